/*
 * judged: the model is asked once, and another model, in the role "judge", says what its answer is worth.
 *
 *     start ─► heard ─► judged ─► graded        judged ─► judged: what the judge said was no verdict, it is asked again
 *                └──────────────► graded                          nothing was said that could be judged
 *
 * A verdict that was cut off is none: it may have gone on. A judge that gives none twice makes the episode void: not the
 * model's failing, and not worth a guess.
 */
#include "harness/base/arena.h"
#include "harness/engine/episode.h"
#include "tasks/flows/flows.h"
#include "tasks/graders/judge.h"

#define ASKED_MAX 2

struct judged {
    const struct reply *said;       /* the model's words */
    struct chat *chat;              /* with the judge */
    int asked;
};

static step_fn start, heard, judged, graded;
static const struct step START = { .name = "start", .run = start };
static const struct step HEARD = { .name = "heard", .run = heard };
static const struct step JUDGED = { .name = "judged", .run = judged };
static const struct step GRADED = { .name = "graded", .run = graded };
const struct flow flow_judged = {
    .name = "judged", .summary = "one question, one answer, judged by a model", .state_size = sizeof(struct judged),
    .first = &START,
};

static const struct step *start(struct episode *ep)
{
    ask_model(ep, "model");
    return &HEARD;
}

static const struct step *consult(struct episode *ep, struct judged *state)
{
    state->asked++;
    ask_judge(ep, state->chat, ep->task->grader->rubric);
    return &JUDGED;
}

/* The judge sees what the reader lets through. */
static const struct step *heard(struct episode *ep)
{
    struct judged *state = episode_state(ep);
    struct err err = ERR_INIT;
    struct answer answer;
    struct grade ignored;

    state->said = episode_reply(ep, 0);
    const struct grading grading = { .grader = ep->task->grader, .reader = ep->profile->reader, .sample = ep->sample,
                                     .order = ep->order, .target = ep->target, .said = state->said,
                                     .stop = ep->profile->stop };
    if (grading_read(&grading, ep->arena, &answer, &ignored, &err) < 0) {
        episode_void(ep, ORIGIN_HARNESS, arena_strdup(ep->arena, err.text));
        return NULL;
    }
    if (answer.text == NULL) {
        ask_grade(ep, state->said, NULL);
        return &GRADED;
    }
    state->chat = judge_ask(ep, ep->task->grader->rubric, answer.text);
    return consult(ep, state);
}

static const struct step *judged(struct episode *ep)
{
    struct judged *state = episode_state(ep);
    const struct reply *reply = episode_reply(ep, 0);
    const struct rubric *rubric = ep->task->grader->rubric;

    if (judge_is_verdict(rubric, reply)) {
        ask_grade(ep, state->said, reply);
        return &GRADED;
    }
    if (state->asked == ASKED_MAX) {
        episode_void(ep, ORIGIN_PROVIDER, reply->stop == STOP_LENGTH
                     ? "the judge was asked twice and cut off before its verdict: raise its max_tokens"
                     : "the judge was asked twice and gave no verdict: expected a last line \"GRADE: ...\"");
        return NULL;
    }
    judge_ask_again(state->chat, rubric, reply);
    return consult(ep, state);
}

static const struct step *graded(struct episode *ep)
{
    episode_score(ep, episode_reply(ep, 0));
    return NULL;
}
