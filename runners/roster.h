/*
 * roster: the errands of one courier, in the order in which they go, by what they wait for.
 *
 *     added ─► held (for room) ─► flying (for an answer) ─┬─► dropped
 *               ▲                                         └─► waiting (for the end of its back-off) ─┐
 *               └──────────────────────── hold_due, before all others ──────────────────────────────┘
 *
 * It owns them: an errand that is dropped is freed, its ask is not touched. The courier's own; times are monotonic.
 */
#ifndef VERNIER_RUNNERS_ROSTER_H
#define VERNIER_RUNNERS_ROSTER_H

#include <stddef.h>
#include <stdint.h>

#include "runners/errand.h"

struct runner_load;

struct roster {
    struct errand *lists[ERRAND_PLACES];
    int64_t nearest_ms;             /* no waiting errand is due before; INT64_MAX: none waits */
};

struct roster roster_begin(void);

void roster_hold(struct roster *roster, struct errand *errand);           /* a new one, behind all others */
void roster_hold_again(struct roster *roster, struct errand *errand);     /* one that flew, before all others */
void roster_fly(struct roster *roster, struct errand *errand);
void roster_postpone(struct roster *roster, struct errand *errand);       /* until its due_ms */

/* Those whose back-off is over are held, before the ones that were never sent: they are older. */
void roster_hold_due(struct roster *roster);

void roster_drop(struct roster *roster, struct errand *errand);

const struct errand *roster_find(const struct roster *roster, const struct ask *ask);      /* NULL: it has none */

/* How many wait for what; of the rest of out it says nothing. */
void roster_load(const struct roster *roster, struct runner_load *out);

#endif
