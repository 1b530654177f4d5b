/*
 * mend: episodes that are void since their replies could not be graded. What the model said is journaled and paid for, so
 * once the grader is mended a verdict makes them scored, as if it had been given at once.
 */
#ifndef VERNIER_CLI_MEND_H
#define VERNIER_CLI_MEND_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/err.h"

struct arena;
struct episode_row;
struct reply;
struct resolved;
struct result_row;
struct run_row;
struct store;

/* Whether it is void for its grading alone. Of what a model judges it never is: that judge must be asked again. */
bool mend_is_wanted(const struct result_row *row, const struct resolved *resolved);

/* The row of a scored one, marked by those words, in the arena; what only a verdict tells is left to be set. */
struct episode_row *mend_row(struct arena *arena, const struct episode_row *row, const struct reply *said);

/* Makes a run complete of which nothing is open any more, and no more void than void_max, a share. -1 with err set. */
int mend_run(struct store *store, const struct run_row *run, const struct resolved *resolved, double void_max,
             struct err *err);

#endif
