/*
 * episode: one attempt at one sample of a task, being run. What steps read and what they may do.
 *
 * An episode owns its arena: chat, asks, replies and state live there and go with it. Main thread only.
 */
#ifndef VERNIER_ENGINE_EPISODE_H
#define VERNIER_ENGINE_EPISODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/random.h"
#include "harness/engine/ask.h"
#include "harness/engine/chat.h"
#include "harness/engine/sample.h"
#include "harness/engine/step.h"
#include "harness/engine/task.h"

#define EPISODE_ASKS_MAX 16        /* in one step */

struct seat;

enum outcome { OUTCOME_NONE, OUTCOME_SCORED, OUTCOME_VOID };

struct episode {
    struct arena *arena;
    const struct task *task;
    const struct profile *profile;      /* one of the task's */
    const struct sample *sample;
    int epoch;                          /* from 1 */
    uint64_t run_seed;

    struct chat *chat;
    const unsigned char *order;         /* order[k]: which of the sample's choices stands at label k; NULL: as in the data */
    const char *target;                 /* this epoch's expected answer, as shown */
    const char *const *continuations;   /* one a label, where the flow asks how likely each is after the prompt; else NULL */

    const struct step *step;            /* runs when all replies are in; for gdb: where this episode stands */
    struct ask *heard[EPISODE_ASKS_MAX];    /* what the step before asked, answered, in the order asked */
    size_t heard_count;
    struct ask *asks[EPISODE_ASKS_MAX]; /* what this step asks */
    size_t ask_count;
    size_t ask_open;                    /* of these, not yet answered; counted down by the engine */
    int ordinal;                        /* the next ask's */
    struct splitmix random;
    void *state;                        /* the flow's */

    enum outcome outcome;
    enum origin origin;                 /* of a void */
    const char *reason;                 /* of a void */
    struct grade grade;                 /* of a scored one */
    struct seat *seat;                  /* the engine's; steps leave it alone */
    bool truncated, refused, loop, unparsable;      /* marks, from the words that were graded */
};

/* A fresh episode, its prompt not yet made; memory and all. run_seed, task, sample and epoch fix all its randomness. */
struct episode *episode_new(const struct task *task, const struct profile *profile, const struct sample *sample,
                            int epoch, uint64_t run_seed);
void episode_free(struct episode *ep);

/* Makes the prompt (task->prompt) and runs the flow's first step; the asks it posted are in ep->asks. */
void episode_start(struct episode *ep);

/* Runs ep->step on the replies, which are all in: a failed reply, or a timeout that the step does not take, makes the
 * episode void instead. Afterwards either outcome is set or new asks are posted. */
void episode_step(struct episode *ep);

/* For steps. */
void *episode_state(struct episode *ep);
const struct reply *episode_reply(const struct episode *ep, size_t n);      /* of the n-th ask of the step before */
uint64_t episode_random(struct episode *ep, uint64_t n);                    /* uniform in 0..n-1 */

void ask_model(struct episode *ep, const char *role);                       /* with ep->chat as it stands */
/* In the role "judge", with a chat of its own and no tools; what is said is read by that rubric. */
void ask_judge(struct episode *ep, const struct chat *chat, const struct rubric *rubric);
/* How likely each is after their context; borrowed. The reply's text is as likelihood.h says. */
void ask_likelihoods(struct episode *ep, const char *role, const struct continuations *continuations);
void ask_env(struct episode *ep, const char *role, const struct part *action);
void ask_exam(struct episode *ep);                                          /* task->exam says what is run */
void ask_grade(struct episode *ep, const struct reply *said, const struct reply *exam);

/* Ends the episode; the step returns NULL after it. */
void episode_score(struct episode *ep, const struct reply *graded);
void episode_void(struct episode *ep, enum origin origin, const char *reason);

#endif
