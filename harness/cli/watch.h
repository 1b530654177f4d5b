/*
 * watch: looks on while a run is worked on, and can tell at any time how it stands (glance.h): keeps how long episodes
 * took, how many tokens came lately, when anything last came in.
 *
 * What takes long (the scores over all questions, the forecast) is worked out anew at most once a second, and so that
 * it takes no more than a hundredth of the time.
 */
#ifndef VERNIER_CLI_WATCH_H
#define VERNIER_CLI_WATCH_H

#include <stddef.h>
#include <stdint.h>

struct arena;
struct engine_status;
struct glance;
struct ledger;
struct purse;
struct watch;

/* What is watched; all of it outlives the watch. */
struct watch_of {
    const char *model, *run;
    struct ledger *ledger;
    const struct purse *purse;          /* NULL: nothing is spent */
};

struct watch *watch_begin(const struct watch_of *of);
void watch_end(struct watch *watch);

/* After each turn of the engine. */
void watch_turn(struct watch *watch, const struct engine_status *status);

/* The engine's hook: an episode ended. */
void watch_ended(struct watch *watch, size_t index, int64_t took_ms);

/* How it stands now, with up to waits_max waits; strings in the arena. Between two turns of the engine only. */
void watch_take(struct watch *watch, const struct engine_status *status, size_t waits_max, struct arena *arena,
                struct glance *out);

#endif
