/*
 * world: all that a run of the engine needs, small and made up: a task, its samples, a store of its own, and three
 * scripts (model, environment; the graders are the real runner with a reader and a grader made for this).
 *
 * Everything that is said follows from what was asked, so a run that is cut and resumed has to end with the very rows
 * of one that was not.
 */
#ifndef VERNIER_TESTS_WORLD_H
#define VERNIER_TESTS_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "harness/base/arena.h"
#include "harness/base/err.h"
#include "harness/engine/engine.h"
#include "harness/engine/episode.h"
#include "harness/engine/ledger.h"
#include "tests/script/scripted.h"

/* One question, one answer, which is right but for each third. */
extern const struct task world_answer;

/* The same with an exam before the grading. */
extern const struct task world_examined;

/* Two to five turns, by tool calls (several at once) or by text; screenshots, timeouts, an exam. */
extern const struct task world_agent;

/* Two models are asked at once, in the roles "model" and "rival"; what the first says is graded. */
extern const struct task world_battle;

struct world {
    char folder[64];
    const char *path;                    /* of the store */
    struct arena *arena;
    struct http *http;
    struct sample *samples;
    struct work work;
    uint64_t *boxes;                     /* what has been done in each episode's box */
    int64_t run;

    struct script model, rival, env;     /* a test may put its own in say */
    size_t in_flight_max[ASK_KINDS];
    int signal_fd;
    int64_t commit_each_ms;
    int64_t deadline_ms;
    const char *model_role;              /* whom the model plays; "model" */
    void (*begun)(struct world *world);  /* the store is open and nothing has run; NULL */
    void (*show)(const struct engine_status *status, void *world);
    const char *lie;                     /* put before all that boxes say; NULL: nothing */

    struct store *store;                 /* while a start is under way */
    struct journal *journal;
    struct engine_status status;         /* of the last start */
    struct err err;
};

/* Samples s0, s1, ... of that task, and a store with a run that has not begun. */
void world_init(struct world *world, const struct task *task, size_t sample_count, int epochs);
void world_fini(struct world *world);

/* The run starts, or goes on, in fresh boxes. */
enum engine_end world_start(struct world *world);

/* Fails the test, in the words of its err, unless a start ended so. */
void assert_end(const struct world *world, enum engine_end wanted, enum engine_end end);

/* What the two say when nobody interferes. */
struct reply world_model_says(struct script *script, struct ask *ask);
struct reply world_env_says(struct script *script, struct ask *ask);

/* From the store, which no start has open. */
int64_t world_number(const struct world *world, const char *sql);

/* Every episode, grade and ask as text, but for times and restarts. In the arena. */
const char *world_rows(struct world *world);

/* The same but for the episodes' tokens and cost, which keep what was thrown away. */
const char *world_rows_unpaid(struct world *world);

/* The number in the sample's id. */
int world_sample(const struct episode *ep);

#endif
