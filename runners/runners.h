/*
 * runners: the table of all that serve asks.
 */
#ifndef VERNIER_RUNNERS_RUNNERS_H
#define VERNIER_RUNNERS_RUNNERS_H

#include "harness/base/err.h"
#include "harness/engine/runner.h"

extern const struct runner_type runner_anthropic, runner_grade, runner_openai, runner_oracle, runner_predictions,
    runner_replay;

/* In alphabetical order; NULL ends it. */
extern const struct runner_type *const runner_types[];

/* NULL when there is none of that name. The runner of grades is opened without a model:
 * runners_find("grade")->open(NULL, NULL, err). */
const struct runner_type *runners_find(const char *name);

/*
 * Opens the runner that a model names: its provider looked up, its settings checked. model may go afterwards, http must
 * outlive the runner. NULL with err set; an unknown provider (EXIT_USAGE) names the nearest and all there are.
 */
struct runner *runners_open(const struct model *model, const struct runner_means *means, struct err *err);

#endif
