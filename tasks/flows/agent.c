/*
 * agent: a model works in an environment until it submits or runs out of turns.
 *
 *     start ─► opened ─► heard ─► examined ─► graded      heard: the model has spoken
 *                         ▲ ▼                             acted: the environment has answered
 *                        acted                            examined: a fresh box has run the tests
 *
 * An ask that fails makes the episode void, in the runner's own words; so does a timeout, unless the next step
 * takes_timeouts: here a command that hangs is news for the model, not a fault of ours. The model acts by tool calls,
 * each an ask of its own, or, when it makes none, by the whole text it says.
 */
#include "harness/engine/episode.h"
#include "tasks/flows/flows.h"

struct agent {
    int turns;
    const struct reply *said;       /* the model's last words */
};

static step_fn start, opened, heard, acted, examined, graded;
static const struct step START = { .name = "start", .run = start };
static const struct step OPENED = { .name = "opened", .run = opened };
static const struct step HEARD = { .name = "heard", .run = heard };
static const struct step ACTED = { .name = "acted", .run = acted, .takes_timeouts = true };
static const struct step EXAMINED = { .name = "examined", .run = examined, .takes_timeouts = true };
static const struct step GRADED = { .name = "graded", .run = graded };
const struct flow flow_agent = {
    .name = "agent", .summary = "a model at work in an environment", .state_size = sizeof(struct agent), .first = &START,
};

static const struct step *start(struct episode *ep)
{
    ask_env(ep, "env", &(struct part){ .kind = PART_TEXT, .text = "" });     /* an empty action opens the environment */
    return &OPENED;
}

/* A reply's parts are the whole of it; its text stands in the chat already. */
static void add_screenshots(struct episode *ep, const struct reply *seen)
{
    for (const struct part *part = seen->parts; part != NULL; part = part->next)
        if (part->kind == PART_IMAGE)
            chat_add_part(ep->chat, ROLE_USER, part);
}

static const struct step *opened(struct episode *ep)
{
    const struct reply *seen = episode_reply(ep, 0);

    if (seen->text[0] != '\0')
        chat_add_text(ep->chat, ROLE_USER, seen->text);
    add_screenshots(ep, seen);
    ask_model(ep, "model");
    return &HEARD;
}

/* What the model said goes into the chat whole: thinking and opaque blocks must be sent back as they came. */
static void remember(struct episode *ep, const struct reply *said)
{
    if (said->parts != NULL) {
        chat_add_parts(ep->chat, ROLE_MODEL, said->parts);
        return;
    }
    if (said->reasoning != NULL)
        chat_add_part(ep->chat, ROLE_MODEL, &(struct part){ .kind = PART_REASONING, .text = said->reasoning });
    chat_add_text(ep->chat, ROLE_MODEL, said->text);
}

/* Posts what the model wants done: as many calls as one step may ask. */
static void act(struct episode *ep, const struct reply *said)
{
    size_t count = 0;

    for (const struct part *part = said->parts; part != NULL && count < EPISODE_ASKS_MAX; part = part->next)
        if (part->kind == PART_TOOL_CALL) {
            ask_env(ep, "env", part);
            count++;
        }
    if (count == 0)
        ask_env(ep, "env", &(struct part){ .kind = PART_TEXT, .text = said->text });
}

static bool is_done(const struct episode *ep, const struct agent *agent)
{
    return agent->turns == ep->task->turns_max ||
           (ep->task->submits != NULL && ep->task->submits(agent->said->text));
}

static const struct step *finish(struct episode *ep, const struct agent *agent)
{
    if (ep->task->exam == NULL) {
        ask_grade(ep, agent->said, NULL);
        return &GRADED;
    }
    ask_exam(ep);
    return &EXAMINED;
}

static const struct step *heard(struct episode *ep)
{
    struct agent *agent = episode_state(ep);

    agent->said = episode_reply(ep, 0);
    agent->turns++;
    remember(ep, agent->said);
    if (is_done(ep, agent))
        return finish(ep, agent);
    act(ep, agent->said);
    return &ACTED;
}

static void add_result(struct episode *ep, const struct part *call, const char *text)
{
    chat_add_part(ep->chat, ROLE_USER,
                  &(struct part){ .kind = PART_TOOL_RESULT, .id = call->id, .name = call->name, .text = text });
}

static void add_observation(struct episode *ep, const struct ask *ask)
{
    const char *text = ask->reply.status == REPLY_TIMEOUT ? "(timed out)" : ask->reply.text;

    if (ask->action->kind == PART_TOOL_CALL)
        add_result(ep, ask->action, text);
    else
        chat_add_text(ep->chat, ROLE_USER, text);
    add_screenshots(ep, &ask->reply);
}

/* Calls beyond those that act posted: servers refuse a chat in which a call has no result. */
static void add_not_run(struct episode *ep, const struct reply *said)
{
    size_t count = 0;

    for (const struct part *part = said->parts; part != NULL; part = part->next)
        if (part->kind == PART_TOOL_CALL && ++count > EPISODE_ASKS_MAX)
            add_result(ep, part, "(not run: too many calls at once)");
}

static const struct step *acted(struct episode *ep)
{
    struct agent *agent = episode_state(ep);

    for (size_t i = 0; i < ep->heard_count; i++)
        add_observation(ep, ep->heard[i]);
    add_not_run(ep, agent->said);
    ask_model(ep, "model");
    return &HEARD;
}

static const struct step *examined(struct episode *ep)
{
    struct agent *agent = episode_state(ep);

    ask_grade(ep, agent->said, episode_reply(ep, 0));
    return &GRADED;
}

static const struct step *graded(struct episode *ep)
{
    episode_score(ep, episode_reply(ep, 0));
    return NULL;
}
