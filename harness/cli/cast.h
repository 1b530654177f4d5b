/*
 * cast: who answers in one run: a runner in each role that its tasks ask: "model", "grade", and where a model judges
 * "judge". The models that a plan gives to other roles are checked with the plan and not opened: nothing would ask them,
 * and a replay file or a key that nobody needs should stop no run.
 */
#ifndef VERNIER_CLI_CAST_H
#define VERNIER_CLI_CAST_H

#include <stddef.h>

#include "harness/base/err.h"
#include "harness/engine/engine.h"
#include "harness/engine/model.h"

struct resolved;
struct runner_means;

#define CAST_ROLES 3

struct cast {
    struct binding bindings[CAST_ROLES];
    size_t count;
};

/*
 * Opens the runners, and asks the model's whether it can serve every epoch of every sample: a reply that was never
 * recorded is told before anything starts, not after half a night. -1 with err set, and nothing stays open.
 */
int cast_open(struct cast *cast, const struct model *model, const struct resolved *resolved,
              const struct runner_means *means, struct err *err);
void cast_close(struct cast *cast);

/* The one in the role "model". */
struct runner *cast_model(const struct cast *cast);

/* The one in the role "judge"; NULL: no task asks it. */
struct runner *cast_judge(const struct cast *cast);

/* Puts another in that one's place, which stays whose it is: such a cast, a copy, is not closed. */
void cast_set_judge(struct cast *cast, struct runner *judge);

#endif
