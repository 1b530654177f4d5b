/*
 * evaluate: one run: a model over all tasks of a resolved plan, from its samples' rows to the run's last row.
 */
#ifndef VERNIER_CLI_EVALUATE_H
#define VERNIER_CLI_EVALUATE_H

#include "harness/base/err.h"
#include "harness/cli/evaluation.h"

struct cast;

/* The earlier run that evaluate will go on with. 1: *run set; 0: a new one will begin; -1: err set. */
int evaluate_find(const struct evaluation *evaluation, const struct model *model, const struct cast *cast,
                  struct run_row *run, struct err *err);

/* Runs model with its cast. *run is its row, for reports, also when it ended early; its id stays 0 where it did not
 * begin. Returns the exit code, or -1 with err set. */
int evaluate(struct evaluation *evaluation, const struct model *model, const struct cast *cast, struct run_row *run,
             struct err *err);

#endif
