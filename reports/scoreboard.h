/*
 * scoreboard: how well each run did on each task. One line (score.h) per run and task; every format (reports.h) prints
 * this.
 *
 * Gathered from the store in one pass over the episodes, with the grade that counts. In memory are one sample's
 * episodes at a time and one number per sample of the task at hand, so a million episodes are fine. The board is in the
 * arena given.
 */
#ifndef VERNIER_REPORTS_SCOREBOARD_H
#define VERNIER_REPORTS_SCOREBOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"
#include "reports/score.h"
#include "results/store.h"

struct arena;

/* The lines of one run together. */
struct score_run {
    size_t line_count, scored;
    double correct;
    int64_t tokens_in, tokens_out, tokens_reasoning;
    struct score_untold untold;
    int64_t cost_nanousd, unsure_nanousd;       /* as in a line, with what no row tells of */
    bool cost_is_known;
    bool is_judged;
    struct role_cost judge;
};

/* Of a command with a cap on money. */
struct score_budget {
    int64_t cap_nanousd, spent_nanousd;         /* with what earlier starts spent */
    int64_t unsure_nanousd;                     /* of spent: the most that calls of unknown cost may have cost */
    bool is_reached;
};

struct scoreboard {
    struct score_line *lines;       /* by run as given; within one, in the plan's order, then what no plan names */
    size_t line_count;
    enum score_by by;
    const struct score_budget *budget;          /* NULL: there was none */
    size_t width;                   /* columns of the terminal it is shown on; 0: it is for a page, or a program */
};

/* A task that is planned and has no episode yet has its line. NULL with err set when the store cannot be read. */
struct scoreboard *scoreboard_gather(struct store *store, struct arena *arena, const struct run_row *runs,
                                     size_t run_count, enum score_by by, struct err *err);

/* The lines of one run stand together: those from first on, added up. */
struct score_run scoreboard_sum_run(const struct scoreboard *board, size_t first);

#endif
