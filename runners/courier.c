/*
 * Each ask on its way is an errand. It is in one of three places:
 *
 *     submit ─► in flight ─► (http_collect) ─┬─► done: handed back by collect
 *                  ▲                         └─► waiting, until its back-off is over ─┐
 *                  └─────────────── (timer, collect) ─────────────────────────────────┘
 *
 * The body is written anew for each try: an ask's chat stays as it is while the ask is open, and thousands of waiting
 * bodies would be memory for nothing.
 */
#include "runners/courier.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <utlist.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/clock.h"
#include "harness/base/http.h"
#include "harness/base/mem.h"
#include "harness/base/random.h"
#include "harness/engine/episode.h"
#include "results/journal.h"
#include "runners/heard.h"

/* A wait is drawn from 0 to a bound that doubles with every try, so that asks refused together do not come together. */
#define BACKOFF_FIRST_MS 500.0
#define BACKOFF_MAX_MS 60000.0

/* A server that wants more peace than this is treated as one that is down. */
#define RETRY_AFTER_MAX_MS 120000

struct errand {
    struct errand *prev, *next;
    struct ask *ask;
    struct splitmix jitter;
    int tries;                      /* calls ended */
    bool waiting;
    int64_t wait_ms, due_ms;        /* before the next call, and until when (monotonic) */
};

struct courier {
    struct http *http;
    struct courier_route route;
    struct courier_tongue tongue;
    struct http_inbox inbox;
    struct errand *errands;         /* all of them */
    struct ask_list spoiled;        /* done without a call */
    bool resting;                   /* no ask is tried again */
    int64_t nearest_ms;             /* no errand is due before; INT64_MAX: none waits */
    int timer;
};

struct courier *courier_open(struct http *http, const struct courier_route *route,
                             const struct courier_tongue *tongue, struct err *err)
{
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    struct courier *courier;

    assert(route->tries >= 1);
    if (timer < 0) {
        err_set_code(err, EXIT_INTERNAL, "no timerfd: %s", strerror(errno));
        return NULL;
    }
    courier = xcalloc(1, sizeof *courier);
    courier->http = http;
    courier->route = *route;
    courier->tongue = *tongue;
    courier->nearest_ms = INT64_MAX;
    courier->timer = timer;
    return courier;
}

/* Sets the timer to the next thing to do; with nothing to do it stays silent. */
static void set_timer(const struct courier *courier)
{
    struct itimerspec when = { .it_value = { 0, 0 } };
    int64_t left_ms = courier->nearest_ms;
    int result;

    if (courier->spoiled.first != NULL)
        left_ms = 0;
    else if (left_ms != INT64_MAX)
        left_ms -= clock_monotonic_ms();
    if (left_ms != INT64_MAX && left_ms <= 0)
        when.it_value.tv_nsec = 1;      /* all zeros would stop it */
    else if (left_ms != INT64_MAX)
        when.it_value = (struct timespec){ left_ms / 1000, left_ms % 1000 * 1000000 };
    result = timerfd_settime(courier->timer, 0, &when, NULL);
    assert(result == 0);
}

static void start_call(struct courier *courier, struct errand *errand, const struct buf *body)
{
    const struct courier_route *route = &courier->route;
    struct http_request request = {
        .method = "POST", .url = route->url, .headers = route->headers, .body = body->data,
        .body_length = body->length, .reply_max = route->reply_max, .connect_ms = route->connect_ms,
        .first_byte_ms = route->first_byte_ms, .idle_ms = route->idle_ms, .total_ms = route->total_ms,
    };

    http_start(courier->http, &request, &courier->inbox, errand);
}

static void drop_errand(struct courier *courier, struct errand *errand)
{
    DL_DELETE(courier->errands, errand);
    free(errand);
}

static void spoil(struct courier *courier, struct errand *errand, struct reply reply)
{
    errand->ask->reply = reply;
    ask_list_add(&courier->spoiled, errand->ask);
    drop_errand(courier, errand);
}

static void send_errand(struct courier *courier, struct errand *errand)
{
    struct buf body;

    buf_init(&body, 0);
    courier->tongue.write(courier->tongue.query, errand->ask, &body);
    if (body.cut)
        spoil(courier, errand, reply_failed(ORIGIN_HARNESS, "the request is too large to be sent"));
    else
        start_call(courier, errand, &body);
    buf_fini(&body);
}

void courier_submit(struct courier *courier, struct ask *ask)
{
    struct errand *errand = xcalloc(1, sizeof *errand);

    errand->ask = ask;
    errand->jitter.state = ask->seed;
    DL_APPEND(courier->errands, errand);
    send_errand(courier, errand);
    set_timer(courier);
}

/* What the server asked for comes first, with up to a tenth more, since it told the same to everyone. */
static int64_t draw_wait(struct errand *errand, int64_t retry_after_ms)
{
    double bound_ms = BACKOFF_FIRST_MS, asked_ms;

    for (int i = 1; i < errand->tries && bound_ms < BACKOFF_MAX_MS; i++)
        bound_ms *= 2;
    bound_ms = bound_ms < BACKOFF_MAX_MS ? bound_ms : BACKOFF_MAX_MS;
    bound_ms *= splitmix_unit(&errand->jitter);
    if (retry_after_ms < 0)
        return (int64_t)bound_ms;
    asked_ms = (double)(retry_after_ms < RETRY_AFTER_MAX_MS ? retry_after_ms : RETRY_AFTER_MAX_MS);
    asked_ms *= 1 + splitmix_unit(&errand->jitter) / 10;
    return (int64_t)(asked_ms > bound_ms ? asked_ms : bound_ms);
}

static void postpone(struct courier *courier, struct errand *errand, int64_t retry_after_ms)
{
    errand->waiting = true;
    errand->wait_ms = draw_wait(errand, retry_after_ms);
    errand->due_ms = clock_monotonic_ms() + errand->wait_ms;
    if (errand->due_ms < courier->nearest_ms)
        courier->nearest_ms = errand->due_ms;
}

static void send_due(struct courier *courier)
{
    int64_t now_ms = clock_monotonic_ms();
    struct errand *errand, *next;

    if (now_ms < courier->nearest_ms)
        return;
    courier->nearest_ms = INT64_MAX;
    DL_FOREACH_SAFE(courier->errands, errand, next) {
        if (errand->waiting && errand->due_ms <= now_ms) {
            errand->waiting = false;
            send_errand(courier, errand);
        } else if (errand->waiting && errand->due_ms < courier->nearest_ms) {
            courier->nearest_ms = errand->due_ms;
        }
    }
}

static void add_call(const struct errand *errand, const struct http_call *call, const char *note)
{
    struct arena *arena = errand->ask->episode->arena;
    struct call_row *row = arena_alloc(arena, sizeof *row);

    row->try_number = errand->tries;
    row->status = call->status;
    row->started_ms = clock_utc_ms() - (clock_monotonic_ms() - call->started_ms);
    row->elapsed_ms = call->elapsed_ms;
    row->wait_ms = errand->wait_ms;
    row->request_id = call->request_id[0] != '\0' ? arena_strdup(arena, call->request_id) : NULL;
    row->error = note;
    LL_APPEND(errand->ask->calls, row);
}

static void conclude(struct errand *errand, const struct heard *heard)
{
    struct reply *reply = &errand->ask->reply;

    *reply = heard->reply;
    if (heard->end == HEARD_AGAIN)
        reply->reason = arena_printf(errand->ask->episode->arena, "after %d %s: %s", errand->tries,
                                     errand->tries == 1 ? "try" : "tries", reply->reason);
}

static struct reply no_reply(void)
{
    struct reply reply = reply_empty();

    reply.status = REPLY_NONE;
    return reply;
}

/* The ask, when this was its last call; NULL when it waits for another. */
static struct ask *end_call(struct courier *courier, struct http_call *call)
{
    struct errand *errand = call->owner;
    struct ask *ask = errand->ask;
    struct heard heard;

    errand->tries++;
    courier->tongue.read(call, ask->episode->arena, &heard);
    add_call(errand, call, heard.note);
    if (heard.end == HEARD_AGAIN && courier->resting) {
        ask->reply = no_reply();
        drop_errand(courier, errand);
    } else if (heard.end == HEARD_AGAIN && errand->tries < courier->route.tries) {
        postpone(courier, errand, call->retry_after_ms);
        ask = NULL;
    } else {
        conclude(errand, &heard);
        drop_errand(courier, errand);
    }
    http_free_call(call);
    return ask;
}

struct ask *courier_collect(struct courier *courier)
{
    struct http_call *call;
    struct ask *ask;

    send_due(courier);
    ask = ask_list_take(&courier->spoiled);
    while (ask == NULL && (call = http_collect(&courier->inbox)) != NULL)
        ask = end_call(courier, call);
    if (ask == NULL)
        set_timer(courier);
    return ask;
}

void courier_rest(struct courier *courier)
{
    struct errand *errand, *next;

    courier->resting = true;
    DL_FOREACH_SAFE(courier->errands, errand, next)
        if (errand->waiting)
            spoil(courier, errand, no_reply());
    set_timer(courier);
}

int courier_fd(const struct courier *courier)
{
    return courier->timer;
}

void courier_drop(struct courier *courier)
{
    struct errand *errand, *next;

    http_drop(courier->http, &courier->inbox);
    DL_FOREACH_SAFE(courier->errands, errand, next)
        free(errand);
    courier->errands = NULL;
    courier->spoiled = (struct ask_list){ NULL, NULL };
    courier->nearest_ms = INT64_MAX;
    set_timer(courier);
}

void courier_close(struct courier *courier)
{
    if (courier == NULL)
        return;
    courier_drop(courier);
    close(courier->timer);
    free(courier);
}
