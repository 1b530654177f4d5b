/*
 * select: which samples of a data set a run asks.
 */
#ifndef VERNIER_CLI_SELECT_H
#define VERNIER_CLI_SELECT_H

#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"
#include "harness/engine/plan.h"
#include "harness/engine/sample.h"

struct arena;

/*
 * The samples wanted, in file order, in the arena. A limit of N takes each category's share of it, by a seeded rank
 * that does not depend on N: so N = 100 is part of N = 200. -1 with err set: an unknown id.
 */
int select_samples(const struct dataset *dataset, const struct plan_task *wanted, uint64_t seed, struct arena *arena,
                   const struct sample ***out, size_t *count, struct err *err);

#endif
