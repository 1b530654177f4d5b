/*
 * answer: the model is asked once, and what it says is graded.
 *
 *     start ─► heard ─► examined ─► graded        examined: a fresh box has run the tests (tasks that hold an exam)
 *                └──────────────────► graded
 */
#include "harness/engine/episode.h"
#include "tasks/flows/flows.h"

struct answer_state { const struct reply *said; };

static step_fn start, heard, examined, graded;
static const struct step START = { .name = "start", .run = start };
static const struct step HEARD = { .name = "heard", .run = heard };
static const struct step EXAMINED = { .name = "examined", .run = examined, .takes_timeouts = true };
static const struct step GRADED = { .name = "graded", .run = graded };
const struct flow flow_answer = {
    .name = "answer", .summary = "one question, one answer", .state_size = sizeof(struct answer_state), .first = &START,
};

static const struct step *start(struct episode *ep)
{
    ask_model(ep, "model");
    return &HEARD;
}

static const struct step *heard(struct episode *ep)
{
    struct answer_state *state = episode_state(ep);

    state->said = episode_reply(ep, 0);
    if (ep->task->exam != NULL) {
        ask_exam(ep);
        return &EXAMINED;
    }
    ask_grade(ep, state->said, NULL);
    return &GRADED;
}

static const struct step *examined(struct episode *ep)
{
    struct answer_state *state = episode_state(ep);

    ask_grade(ep, state->said, episode_reply(ep, 0));
    return &GRADED;
}

static const struct step *graded(struct episode *ep)
{
    episode_score(ep, episode_reply(ep, 0));
    return NULL;
}
