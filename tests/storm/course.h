/*
 * course: one run of vernier against a scripted server, from an empty store to its end, and what came of it.
 *
 * The task is one of sums: sample sN asks "Case sN: ...", the right answer is 7. Everything lies in a scratch folder,
 * which is removed when all went well.
 */
#ifndef VERNIER_STORM_COURSE_H
#define VERNIER_STORM_COURSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/buf.h"
#include "harness/base/err.h"

struct arena;

struct course {
    const char *vernier, *fake_server, *scripts;      /* scripts: their folder */
    struct arena *arena;
    char scratch[64], *data;
    size_t samples, runs;
};

struct weather {
    const char *script;                   /* of the server, in the scripts' folder */
    const char *connections;
    const char *const *settings;          /* "tries=9", NULL-terminated; NULL: none */
    const char *const *environment;       /* "NAME=value" beside ours; likewise */
};

struct outcome {
    char *store;
    const char *log;                      /* the server's: what it was asked */
    int code;                             /* exit status; 128 + signal */
    size_t requests;
    int64_t elapsed_ms;
};

/* -1 with err set. argv: PROGRAM VERNIER FAKE_SERVER SCRIPTS. */
int course_open(struct course *course, int argc, char **argv, size_t samples, struct err *err);
void course_close(struct course *course, bool keep);      /* keep: the scratch folder, and say where it is */

/* -1 with err set when it could not be run to an end; however it ended else. */
int course_run(struct course *course, const struct weather *weather, struct outcome *out, struct err *err);

/* The number that sql gives; -1 where there is none. */
long course_count(const struct outcome *outcome, const char *sql);

/* What each sample came to: outcome, score, answer, marks, tokens, the model's whole reply but its times. */
int course_rows(const struct outcome *outcome, struct buf *out, struct err *err);

/* Lines that are not the same in both. */
size_t course_compare(const struct buf *left, const struct buf *right);

#endif
