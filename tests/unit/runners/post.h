/*
 * A courier between a made-up tongue and a peer. The tongue writes the ask's ordinal, and what a model said before it
 * paused; it takes 200 for an answer, 202 for a part of one, 400 for a no, 529 for a "later", anything else for a fault
 * worth another try; what has the ordinal 7 it does not ask.
 */
#ifndef TESTS_RUNNERS_POST_H
#define TESTS_RUNNERS_POST_H

#include "tests/unit/runners/scene.h"

#include <sys/timerfd.h>

#include "harness/base/clock.h"
#include "harness/base/http.h"
#include "harness/base/random.h"
#include "harness/engine/runner.h"
#include "results/journal.h"
#include "runners/courier.h"
#include "runners/heard.h"
#include "tests/unit/runners/peer.h"

#define GOOD PEER_ANSWER("200 OK", "", "fine")
#define BUSY PEER_ANSWER("429 Busy", "", "")
#define BUSY_FOR(seconds) PEER_ANSWER("429 Busy", "Retry-After: " seconds "\r\n", "")
#define LATER PEER_ANSWER("529 Overloaded", "", "")
#define LATER_FOR(seconds) PEER_ANSWER("529 Overloaded", "Retry-After: " seconds "\r\n", "")
#define NEVER PEER_ANSWER("400 No", "", "")
#define PART(text) PEER_ANSWER("202 Part", "", text)

struct post {
    struct arena *arena;
    struct http *http;
    struct courier *courier;
    struct peer peer;
    struct episode *episode;
    struct ask asks[5];
    char heard[65536];
};

/* query says how large a body may be. */
static inline void post_write(const void *query, const struct ask *ask, int pauses, struct buf *out)
{
    assert_true((pauses > 0) == (ask->reply.text[0] != '\0'));
    out->cut = *(const size_t *)query < 100;
    buf_addf(out, "ask %d", ask->ordinal);
    if (pauses > 0)
        buf_addf(out, " [%s]", ask->reply.text);
}

static inline const char *post_object(const void *query, const struct ask *ask)
{
    (void)query;
    return ask->ordinal == 7 ? "seven is never asked" : NULL;
}

static inline void post_read(const void *query, const struct ask *ask, const struct http_call *call,
                             struct arena *arena, struct heard *out)
{
    (void)query;
    out->end = call->status == 200 ? HEARD_ANSWER : call->status == 202 ? HEARD_PAUSED
             : call->status == 400 ? HEARD_NEVER : call->status == 529 ? HEARD_LATER : HEARD_AGAIN;
    out->note = NULL;
    out->reply = reply_empty();
    out->cost_nanousd = 5;
    if (out->end == HEARD_ANSWER || out->end == HEARD_PAUSED) {
        out->reply.text = arena_printf(arena, "%s%s", ask->reply.text, call->body.data);
        return;
    }
    out->cost_nanousd = 0;
    out->note = arena_printf(arena, "HTTP %d", call->status);
    out->reply = reply_failed(ORIGIN_PROVIDER, out->note);
}

static const size_t POST_ANY_SIZE = 1000, POST_NO_SIZE = 0;

static inline int64_t post_worst(const void *query, const struct ask *ask, size_t body_length)
{
    (void)query;
    (void)ask;
    return body_length > 0 ? 40 : 0;
}

/* Where to: the peer, patiently. */
static inline struct courier_route post_route(const struct post *post, int tries)
{
    return (struct courier_route){
        .url = arena_printf(post->arena, "http://127.0.0.1:%d/", post->peer.port), .model = "made-up",
        .connect_ms = 60000, .first_byte_ms = 60000, .idle_ms = 60000, .total_ms = 60000, .reply_max = 100,
        .tries = tries, .patience_ms = 100000,
    };
}

static inline struct courier *post_open(const struct courier_route *route, const struct runner_means *means,
                                        const size_t *size)
{
    struct err err = ERR_INIT;
    struct courier_tongue tongue = { .query = size, .objection = post_object, .write = post_write, .read = post_read,
                                     .worst_nanousd = post_worst };
    struct courier *courier = courier_open(means, route, &tongue, &err);

    assert_non_null(courier);
    return courier;
}

/* All but the courier. */
static inline void post_prepare(struct post *post, const char *const *answers)
{
    struct err err = ERR_INIT;

    *post = (struct post){ .arena = arena_new(), .http = http_open(&err), .peer = peer_start(answers) };
    post->episode = episode_new(&SCENE_TASK, NULL, &SCENE_SAMPLES[0], 1, 7);
    for (int i = 0; i < 5; i++)
        post->asks[i] = (struct ask){ .episode = post->episode, .ordinal = i, .seed = 11 + (uint64_t)i,
                                      .reply = reply_empty() };
}

static inline void post_begin(struct post *post, const char *const *answers, int tries, const size_t *size)
{
    struct courier_route route;

    post_prepare(post, answers);
    route = post_route(post, tries);
    post->courier = post_open(&route, &(struct runner_means){ .http = post->http }, size);
}

static inline void post_end(struct post *post)
{
    courier_close(post->courier);
    http_close(post->http);
    peer_stop(&post->peer, post->heard, sizeof post->heard);
    episode_free(post->episode);
    arena_free(post->arena);
}

static inline void post_wait(const struct post *post)
{
    int fd = courier_fd(post->courier);

    http_wait(post->http, &fd, 1, 1000);
}

static inline struct ask *post_collect(const struct post *post)
{
    struct ask *ask;

    while ((ask = courier_collect(post->courier)) == NULL)
        post_wait(post);
    return ask;
}

/* One ask, from submit to its reply. */
static inline const struct reply *post_carry(struct post *post, const char *const *answers, int tries)
{
    post_begin(post, answers, tries, &POST_ANY_SIZE);
    courier_submit(post->courier, &post->asks[0]);
    assert_ptr_equal(&post->asks[0], post_collect(post));
    assert_null(courier_collect(post->courier));
    return &post->asks[0].reply;
}

/* Until that many of the ask's calls have ended; it is not done by that. */
static inline void post_wait_for_calls(const struct post *post, const struct ask *ask, int calls)
{
    for (;;) {
        const struct call *last = ask->calls;

        while (last != NULL && last->next != NULL)
            last = last->next;
        if (last != NULL && last->try_number == calls)
            return;
        post_wait(post);
        assert_null(courier_collect(post->courier));
    }
}

/* How long the timer still sleeps; 0: it sleeps for good. */
static inline double post_seconds_left(const struct post *post)
{
    struct itimerspec when;

    assert_int_equal(0, timerfd_gettime(courier_fd(post->courier), &when));
    return (double)when.it_value.tv_sec + (double)when.it_value.tv_nsec / 1e9;
}

static inline bool post_is_readable(const struct post *post)
{
    struct pollfd fd = { .fd = courier_fd(post->courier), .events = POLLIN };

    return poll(&fd, 1, 0) == 1;
}

#endif
