/*
 * engine: runs episodes until every one has its outcome: starts what there is room for, waits in one place, writes
 * what came in, and lets step only what is on disk.
 *
 * One thread. The engine owns the episodes it makes; journal, runners, http and data sets are borrowed. What an
 * episode needs to know of an earlier start of the same run comes from the store: finished ones are skipped, model
 * replies on paper are not paid for again, environments run again and must say the same.
 */
#ifndef VERNIER_ENGINE_ENGINE_H
#define VERNIER_ENGINE_ENGINE_H

#include "harness/base/err.h"
#include "harness/engine/engine_setup.h"
#include "harness/engine/engine_status.h"

/* Returns when nothing is live any more; status says then how the run stands. err is set where the end says so. */
enum engine_end engine_run(const struct engine_setup *setup, struct engine_status *status, struct err *err);

#endif
