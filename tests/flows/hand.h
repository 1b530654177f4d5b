/*
 * hand: an episode stepped by hand. The test plays every runner: it looks at what is asked and makes up the replies.
 */
#ifndef TESTS_FLOWS_HAND_H
#define TESTS_FLOWS_HAND_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/engine/episode.h"
#include "tasks/flows/flows.h"

static const struct sample HAND_SAMPLE = { .id = "s1", .input = "2 + 2?", .target = "4", .hash = "h" };
static const struct reader HAND_READER = { .name = "plain", .version = 1 };
static const struct grader HAND_GRADER = { .name = "plain", .version = 1 };
static const struct profile HAND_PROFILE = { .name = "plain", .reader = &HAND_READER };

static inline void hand_prompt(struct episode *ep)
{
    ep->target = ep->sample->target;
    chat_add_text(ep->chat, ROLE_USER, ep->sample->input);
}

static inline void hand_exam(struct episode *ep, struct exam *out)
{
    static const char *const commands[] = { "make test" };

    (void)ep;
    *out = (struct exam){ .commands = commands, .command_count = 1, .timeout_ms = 1000, .output_max = 100 };
}

/* Begun, its first asks posted. */
static inline struct episode *hand_begin(const struct task *task)
{
    struct episode *ep = episode_new(task, &HAND_PROFILE, &HAND_SAMPLE, 1, 7);

    episode_start(ep);
    return ep;
}

/* Answers the first ask that is open; the last one's answer makes the episode step. */
static inline void hand_reply(struct episode *ep, struct reply reply)
{
    assert_true(ep->ask_open > 0);
    ep->asks[ep->ask_count - ep->ask_open]->reply = reply_copy(ep->arena, &reply);
    if (--ep->ask_open == 0)
        episode_step(ep);
}

static inline void hand_say(struct episode *ep, const char *text)
{
    struct reply reply = reply_empty();

    reply.text = text;
    hand_reply(ep, reply);
}

static inline void hand_time_out(struct episode *ep, const char *reason)
{
    struct reply reply = reply_failed(ORIGIN_ENVIRONMENT, reason);

    reply.status = REPLY_TIMEOUT;
    hand_reply(ep, reply);
}

static inline void hand_grade(struct episode *ep, double score, const char *answer)
{
    struct reply reply = reply_empty();

    reply.grade = (struct grade){ .score = score, .answer = answer };
    hand_reply(ep, reply);
}

/* The only ask that is open, which must be of that kind and role. */
static inline struct ask *hand_asked(const struct episode *ep, enum ask_kind kind, const char *role)
{
    assert_int_equal(ep->outcome, OUTCOME_NONE);
    assert_int_equal(ep->ask_count, 1);
    assert_int_equal(ep->ask_open, 1);
    assert_int_equal(ep->asks[0]->kind, kind);
    assert_string_equal(ep->asks[0]->role, role);
    return ep->asks[0];
}

static inline void hand_assert_void(const struct episode *ep, enum origin origin, const char *reason)
{
    assert_int_equal(ep->outcome, OUTCOME_VOID);
    assert_int_equal(ep->origin, origin);
    assert_string_equal(ep->reason, reason);
    assert_int_equal(ep->ask_count, 0);
}

#endif
