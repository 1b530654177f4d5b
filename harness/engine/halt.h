/*
 * halt: whether a run takes no new asks any more, and why: a person's wish, the clock, the purse, an outage, a fault.
 *
 * It drains then: no new asks and no more tries at old ones, and what is out comes in. Who interrupts waits for the end:
 * then a grader that is silent is waited for no longer than a moment, whatever the run drained for before. A failure is a
 * halt after which the run cannot go on. The engine's own, one per run; what it points to is borrowed.
 */
#ifndef VERNIER_ENGINE_HALT_H
#define VERNIER_ENGINE_HALT_H

#include <stdbool.h>

#include "harness/base/err.h"
#include "harness/engine/engine_setup.h"
#include "harness/engine/engine_status.h"

struct halt {
    const struct engine_setup *setup;
    struct engine_status *status;       /* whose draining and stopping it keeps */
    struct err *err;
    int interrupts;                     /* so many signals came */
    bool hurries;                       /* the runners were told that a person waits */
    enum stopping failure;              /* other than STOPPING_NOT: the run cannot go on, and err is set */
};

/* Look whether a signal came; whether the deadline is reached. */
void halt_heed_signals(struct halt *halt);
void halt_heed_deadline(struct halt *halt);

/* Looks whether the purse is empty, or cannot keep its books. */
void halt_heed_purse(struct halt *halt);

/* The run cannot go on: an outage, a refusal, a fault. err says why already. */
void halt_fail(struct halt *halt, enum stopping failure);

bool halt_has_failed(const struct halt *halt);

/* How a run ended of which nothing is live any more. */
enum engine_end halt_end(const struct halt *halt);

#endif
