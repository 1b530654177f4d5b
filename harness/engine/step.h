/*
 * step: the named pieces a flow is made of. A step looks at the replies, computes, posts asks or ends the episode, and
 * returns the step to run when the new replies are in (NULL once the episode has an outcome).
 *
 * A step is a function of the episode and its replies: no clock, no rand (episode_random), no file, no environment.
 * So the journal can replay it.
 */
#ifndef VERNIER_ENGINE_STEP_H
#define VERNIER_ENGINE_STEP_H

#include <stdbool.h>
#include <stddef.h>

struct episode;
struct step;

typedef const struct step *step_fn(struct episode *ep);

struct step {
    const char *name;
    step_fn *run;
    bool takes_timeouts;        /* a reply that timed out is news for this step; elsewhere it makes the episode void */
};

struct flow {
    const char *name;
    const char *summary;
    size_t state_size;          /* of what episode_state gives, zeroed at the start */
    const struct step *first;
};

#endif
