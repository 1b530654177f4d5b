/*
 * stage: where a case is played: its folders, its server, its commands and what they said.
 *
 * TMP/vernier-case-XXXXXX/     made by stage_open, removed by stage_close
 *     server.log               what the server was asked
 *     work/                    {DIR}: the folder every command runs in
 *
 * A command and all it started die with its end, with stage_close, and when the case's time is over.
 */
#ifndef VERNIER_CASES_STAGE_H
#define VERNIER_CASES_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/buf.h"
#include "harness/base/err.h"

struct arena;
struct proc;
struct server;

struct stage {
    const char *vernier, *fake_server, *shared, *folder;     /* folder: the case's own */
    struct arena *arena;
    char *top, *dir;
    struct server *server;
    const char *url;                /* of the server, the last one when it is stopped */
    int port;
    struct proc *running, *started; /* in front, and beside it; NULL: none */
    int64_t started_ms, deadline_ms;
    int code;                       /* of the last command: exit status, or 128 + signal as a shell says it */
    int64_t elapsed_ms;
    struct buf output, error;       /* of the last command */
};

int stage_open(struct stage *stage, struct err *err);
void stage_close(struct stage *stage);

/* text with {URL} {PORT} {DIR} {CASE} {SHARED} {VERNIER} filled in. */
char *stage_fill(const struct stage *stage, const char *text);

/* Starts the server with this script of the case (on its old port when it had one), or stops it: "off". */
int stage_serve(struct stage *stage, const char *script, struct err *err);

/* Copies a file of the case into {DIR}, filled in. */
int stage_copy(struct stage *stage, const char *name, const char *as, struct err *err);

/* Runs vernier with these words, filled in and quotes undone, or a line for the shell. Code and output are kept; -1
 * only when it could not be started or did not end in time. */
int stage_run(struct stage *stage, const char *words, bool is_shell, struct err *err);

/* The same in three parts; meanwhile stage_run may run others. */
int stage_start(struct stage *stage, const char *words, struct err *err);
int stage_signal(struct stage *stage, int number, struct err *err);
int stage_wait(struct stage *stage, struct err *err);

/* Waits until the server has been asked so often, or until the command started says text on its stderr, or for a
 * moment; -1 when that command ends before. */
int stage_meet(struct stage *stage, size_t count, struct err *err);
int stage_hear(struct stage *stage, const char *text, struct err *err);
int stage_linger(struct stage *stage, const char *what, struct err *err);

/* The first file under {DIR} that holds text, or NULL. */
const char *stage_find(const struct stage *stage, const char *text);

#endif
