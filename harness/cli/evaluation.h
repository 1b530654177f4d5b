/*
 * evaluation: what all runs of one command share: where they are kept, what is asked, how far they may go.
 *
 * Filled in by the command, which owns all it points to and keeps it until the last run has ended; evaluate (evaluate.h)
 * sets stopped and nothing else. Main thread only.
 */
#ifndef VERNIER_CLI_EVALUATION_H
#define VERNIER_CLI_EVALUATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/cli/resolve.h"
#include "results/store.h"

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
    size_t connections_max;       /* asks to models at once */
    int64_t deadline_ms;          /* monotonic, 0: none */
    int signal_fd;                /* a signalfd of SIGINT and SIGTERM, not blocking; -1: none */
    struct listener *listener;    /* at which others ask how it stands; NULL: nobody can */
    struct arena *arena;          /* for the run's row */
    bool judge_anew;              /* the judge is asked also what it said before (recalling.h) */
    bool stopped;                 /* by evaluate: an interrupt or the deadline came, so no further run should begin */
};

#endif
