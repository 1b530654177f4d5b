#include "harness/engine/episode.h"

#include <assert.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/hash.h"

/* One number from all that names an episode, so no episode's luck depends on another's. */
static uint64_t episode_seed(const struct episode *ep)
{
    struct hash hash;
    char hex[HASH_HEX_SIZE];
    uint64_t seed = 0;

    hash_init(&hash);
    hash_int(&hash, (int64_t)ep->run_seed);
    hash_string(&hash, ep->task->name);
    hash_string(&hash, ep->sample->id);
    hash_int(&hash, ep->epoch);
    hash_hex(&hash, hex);
    for (int i = 0; i < 16; i++)
        seed = seed << 4 | (uint64_t)(hex[i] <= '9' ? hex[i] - '0' : hex[i] - 'a' + 10);
    return seed;
}

struct episode *episode_new(const struct task *task, const struct profile *profile, const struct sample *sample,
                            int epoch, uint64_t run_seed)
{
    const struct flow *flow = task_flow(task, profile);
    struct arena *arena = arena_new();
    struct episode *ep = arena_alloc(arena, sizeof *ep);

    ep->arena = arena;
    ep->task = task;
    ep->profile = profile;
    ep->sample = sample;
    ep->epoch = epoch;
    ep->run_seed = run_seed;
    ep->chat = chat_new(arena);
    ep->random.state = episode_seed(ep);
    ep->state = arena_alloc(arena, flow->state_size > 0 ? flow->state_size : 1);
    ep->step = flow->first;
    return ep;
}

void episode_free(struct episode *ep)
{
    if (ep != NULL)
        arena_free(ep->arena);
}

/* The runner's own words; who said them where it is not the model that is looked at. */
static const char *tell_failure(struct episode *ep, const struct ask *ask)
{
    bool is_other = ask->kind == ASK_MODEL && strcmp(ask->role, "model") != 0 && ask->reply.reason != NULL;

    return is_other ? arena_printf(ep->arena, "the %s: %s", ask->role, ask->reply.reason) : ask->reply.reason;
}

/* Replies that are no news for this step end the episode. */
static bool is_void(struct episode *ep)
{
    for (size_t i = 0; i < ep->heard_count; i++) {
        const struct reply *reply = &ep->heard[i]->reply;
        if (reply->status == REPLY_OK || (reply->status == REPLY_TIMEOUT && ep->step->takes_timeouts))
            continue;
        episode_void(ep, reply->origin, tell_failure(ep, ep->heard[i]));
        return true;
    }
    return false;
}

static void run_step(struct episode *ep)
{
    ep->step = ep->step->run(ep);
    ep->ask_open = ep->ask_count;
    assert((ep->step == NULL) == (ep->outcome != OUTCOME_NONE));
    assert((ep->step == NULL) == (ep->ask_count == 0));
}

void episode_start(struct episode *ep)
{
    ep->task->prompt(ep);
    run_step(ep);
}

void episode_step(struct episode *ep)
{
    assert(ep->ask_open == 0 && ep->outcome == OUTCOME_NONE);
    memcpy(ep->heard, ep->asks, ep->ask_count * sizeof ep->asks[0]);
    ep->heard_count = ep->ask_count;
    ep->ask_count = 0;
    if (!is_void(ep))
        run_step(ep);
}

void *episode_state(struct episode *ep)
{
    return ep->state;
}

const struct reply *episode_reply(const struct episode *ep, size_t n)
{
    assert(n < ep->heard_count);
    return &ep->heard[n]->reply;
}

uint64_t episode_random(struct episode *ep, uint64_t n)
{
    return splitmix_below(&ep->random, n);
}

static struct ask *post(struct episode *ep, enum ask_kind kind, const char *role)
{
    struct ask *ask = arena_alloc(ep->arena, sizeof *ask);

    assert(ep->ask_count < EPISODE_ASKS_MAX);
    ask->episode = ep;
    ask->kind = kind;
    ask->role = role;
    ask->ordinal = ep->ordinal++;
    ask->reply = reply_empty();
    ep->asks[ep->ask_count++] = ask;
    return ask;
}

static struct ask *post_model(struct episode *ep, const char *role, const struct chat *chat)
{
    struct ask *ask = post(ep, ASK_MODEL, role);
    struct splitmix seed = { episode_seed(ep) + (uint64_t)ask->ordinal };

    ask->chat = chat;
    ask->seed = splitmix_next(&seed);
    return ask;
}

void ask_model(struct episode *ep, const char *role)
{
    struct ask *ask = post_model(ep, role, ep->chat);

    ask->tools = ep->task->tools;
    ask->tool_count = ep->task->tool_count;
    ask_hash(ask);
}

void ask_judge(struct episode *ep, const struct chat *chat, const struct rubric *rubric)
{
    struct ask *ask = post_model(ep, "judge", chat);

    ask->rubric = rubric;
    ask_hash(ask);
}

void ask_likelihoods(struct episode *ep, const char *role, const struct continuations *continuations)
{
    struct ask *ask = post_model(ep, role, ep->chat);

    ask->continuations = continuations;
    ask_hash(ask);
}

void ask_env(struct episode *ep, const char *role, const struct part *action)
{
    struct ask *ask = post(ep, ASK_ENV, role);

    ask->action = part_copy(ep->arena, action);
    ask_hash(ask);
}

void ask_exam(struct episode *ep)
{
    struct ask *ask = post(ep, ASK_ENV, "exam");
    struct exam *exam = arena_alloc(ep->arena, sizeof *exam);

    ep->task->exam(ep, exam);
    ask->exam = exam;
    ask_hash(ask);
}

static void mark(struct episode *ep, const struct reply *said)
{
    ep->truncated = said->stop == STOP_LENGTH;
    ep->refused = said->stop == STOP_REFUSAL;
    ep->unparsable = said->stop == STOP_UNPARSABLE;
    ep->loop = reply_is_loop(said);
}

void ask_grade(struct episode *ep, const struct reply *said, const struct reply *exam)
{
    struct ask *ask = post(ep, ASK_GRADE, "grade");

    ask->grading = (struct grading){
        .grader = ep->task->grader,
        .reader = ep->profile->reader,
        .sample = ep->sample,
        .order = ep->order,
        .target = ep->target,
        .said = said,
        .stop = ep->profile->stop,
        .exam = exam,
    };
    mark(ep, said);
}

void episode_score(struct episode *ep, const struct reply *graded)
{
    ep->outcome = OUTCOME_SCORED;
    ep->grade = graded->grade;
}

void episode_void(struct episode *ep, enum origin origin, const char *reason)
{
    ep->outcome = OUTCOME_VOID;
    ep->origin = origin;
    ep->reason = reason != NULL ? reason : "no reason given";
}
