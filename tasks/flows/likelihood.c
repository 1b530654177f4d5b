/*
 * likelihood: the model says nothing; it is asked how likely each choice is after the prompt.
 *
 *     start ─► weighed ─► graded
 *
 * One ask for all choices, and one reply that holds all their numbers (harness/engine/likelihood.h): the reader then
 * says which of them counts for how much. Where prompt and choice meet, blanks at the prompt's end move to the choice,
 * as in lm-evaluation-harness: tokenizers hold a blank with the word after it.
 */
#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/engine/episode.h"
#include "tasks/flows/flows.h"

static step_fn start, weighed, graded;
static const struct step START = { .name = "start", .run = start };
static const struct step WEIGHED = { .name = "weighed", .run = weighed };
static const struct step GRADED = { .name = "graded", .run = graded };
const struct flow flow_likelihood = {
    .name = "likelihood", .summary = "how likely each choice is, and no words",
    .first = &START,
};

/* The prompt is one text: whoever makes it adds nothing else. */
static const char *prompt_of(const struct episode *ep)
{
    const struct turn *turn = ep->chat->first;

    assert(turn != NULL && turn->next == NULL && turn->first->kind == PART_TEXT && turn->first->next == NULL);
    return turn->first->text;
}

static const struct step *start(struct episode *ep)
{
    struct continuations *asked = arena_alloc(ep->arena, sizeof *asked);
    size_t count = ep->sample->choice_count;
    const char *prompt = prompt_of(ep), **texts = arena_calloc(ep->arena, count, sizeof texts[0]);
    size_t length = strlen(prompt);

    while (length > 0 && isspace((unsigned char)prompt[length - 1]))
        length--;
    if (length == 0) {
        episode_void(ep, ORIGIN_HARNESS, "the prompt is empty: there is nothing that a choice could follow");
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        texts[i] = arena_printf(ep->arena, "%s%s", prompt + length, ep->continuations[i]);
    *asked = (struct continuations){ .context = arena_strndup(ep->arena, prompt, length), .texts = texts, .count = count };
    ask_likelihoods(ep, "model", asked);
    return &WEIGHED;
}

static const struct step *weighed(struct episode *ep)
{
    ask_grade(ep, episode_reply(ep, 0), NULL);
    return &GRADED;
}

static const struct step *graded(struct episode *ep)
{
    episode_score(ep, episode_reply(ep, 0));
    return NULL;
}
