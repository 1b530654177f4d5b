/*
 * evaluate: one run: a model over all tasks of a resolved plan, from its samples' rows to the run's last row.
 */
#ifndef VERNIER_CLI_EVALUATE_H
#define VERNIER_CLI_EVALUATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"
#include "harness/cli/resolve.h"
#include "results/store.h"

struct cast;
struct http;
struct listener;
struct purse;

enum evaluate_again {
    AGAIN_CONTINUE,       /* an unfinished run of the same plan goes on; else a new one begins */
    AGAIN_NEW,            /* always a new one */
    AGAIN_THIS,           /* resume this run, which must be of the same plan */
};

struct evaluation {
    struct store *store;
    struct http *http;
    struct purse *purse;          /* of the whole command */
    const struct plan *plan;
    const struct resolved *resolved;
    enum evaluate_again again;
    struct run_row resume;        /* with AGAIN_THIS */
    size_t connections_max;
    int64_t deadline_ms;          /* monotonic, 0: none */
    int signal_fd;
    struct listener *listener;    /* at which others ask how it stands; NULL: nobody can */
    struct arena *arena;          /* for the run's row */
    bool judge_anew;              /* the judge is asked also what it said before (recalling.h) */
    bool stopped;                 /* by evaluate: an interrupt or the deadline came, so no further run should begin */
};

/* The earlier run that evaluate will go on with. 1: *run set; 0: a new one will begin; -1: err set. */
int evaluate_find(const struct evaluation *evaluation, const struct model *model, const struct cast *cast,
                  struct run_row *run, struct err *err);

/* Runs model with its cast. *run is its row, for reports, also when it ended early; its id stays 0 where it did not
 * begin. Returns the exit code, or -1 with err set. */
int evaluate(struct evaluation *evaluation, const struct model *model, const struct cast *cast, struct run_row *run,
             struct err *err);

#endif
