/*
 * look: a closer look at what a running engine waits for, for whoever shows it to a person. It changes nothing.
 *
 * Valid while engine_run runs, between two of its turns: from its callbacks show, ended and heed_guest. What is handed
 * out points into episodes and holds until the callback returns.
 */
#ifndef VERNIER_ENGINE_LOOK_H
#define VERNIER_ENGINE_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/engine/runner.h"

struct engine_setup;
struct seat;

struct look {
    const struct engine_setup *setup;
    struct seat *const *live;           /* the engine's list of all, the oldest first */
    const bool *holding;                /* whether those that were turned down hold back the rest */
};

/* A live episode. */
struct look_live {
    size_t index;                       /* its entry in the ledger */
    int64_t begun_ms;                   /* monotonic */
};

/* What one live episode waits for. */
struct look_wait {
    const struct ask *ask;              /* its oldest that is not answered; ask->episode names sample and epoch */
    int64_t since_ms;                   /* monotonic: asked then, or begun where it waits for room */
    struct runner_wait at;              /* the runner's words; the engine's where no runner holds the ask */
};

/* What asks to models wait for, summed over the runners that can tell; limit and next_ms are the lowest known. */
void look_load(const struct look *look, struct runner_load *out);

/* Up to max live episodes, the oldest first. Returns how many. */
size_t look_live(const struct look *look, struct look_live *out, size_t max);

/* Up to max of those that wait, the longest wait first. Returns how many wait in all; those just stepped do not. */
size_t look_waits(const struct look *look, struct look_wait *out, size_t max);

#endif
