/*
 * Each ask on its way is an errand (errand.h) in the roster, which says where it stands (roster.h). It flies when the
 * server bears one more (pace.h) and the most it can cost is put aside (purse.h). That of a model that paused goes back
 * from flying to held, since it is asked on at once. What is done without a call is spoiled, and handed back by collect.
 *
 * The body is written anew for each try: an ask's chat stays as it is while the ask is open, and thousands of waiting
 * bodies would be memory for nothing.
 */
#include "runners/courier.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <utlist.h>

#include "harness/base/buf.h"
#include "harness/base/clock.h"
#include "harness/base/http.h"
#include "harness/base/log.h"
#include "harness/base/mem.h"
#include "harness/base/price.h"
#include "harness/base/url.h"
#include "harness/engine/episode.h"
#include "harness/engine/purse.h"
#include "harness/engine/runner.h"
#include "runners/errand.h"
#include "runners/errand_wait.h"
#include "runners/heard.h"
#include "runners/pace.h"
#include "runners/paces.h"
#include "runners/roster.h"

/* How often a model that pauses is asked to go on, where nobody says. */
#define PAUSES_MAX 10

struct courier {
    struct http *http;
    struct purse *purse;
    struct courier_route route;
    struct courier_tongue tongue;
    struct http_inbox inbox;
    struct roster roster;
    struct ask_list spoiled;        /* done without a call */
    struct pace own, *pace;         /* own: where none is shared */
    bool resting;                   /* no call is begun any more */
    int64_t alarm_ms;               /* what the timer is set to; INT64_MAX: silent */
    int timer;
};

struct courier *courier_open(const struct runner_means *means, const struct courier_route *route,
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
    courier->http = means->http;
    courier->purse = means->purse;
    courier->route = *route;
    courier->tongue = *tongue;
    courier->own = pace_begin(route->start_in_flight);
    courier->pace = means->paces == NULL ? &courier->own
                  : paces_get(means->paces, route->url, route->model, route->start_in_flight);
    courier->roster = roster_begin();
    courier->alarm_ms = INT64_MAX;
    courier->timer = timer;
    return courier;
}

static struct errand *first_held(const struct courier *courier)
{
    return courier->roster.lists[ERRAND_HELD];
}

/* When there is something to do without any call ending; INT64_MAX: never. */
static int64_t find_alarm(const struct courier *courier)
{
    int64_t opens_ms = courier->pace->closed_until_ms, nearest_ms = courier->roster.nearest_ms;

    if (courier->spoiled.first != NULL)
        return 0;
    if (first_held(courier) != NULL && courier->pace->in_flight < courier->pace->limit && opens_ms < nearest_ms &&
        opens_ms > clock_monotonic_ms())
        return opens_ms;
    return nearest_ms;
}

static void set_timer(struct courier *courier)
{
    struct itimerspec when = { .it_value = { 0, 0 } };
    int64_t alarm_ms = find_alarm(courier), left_ms;
    int result;

    if (alarm_ms == courier->alarm_ms)
        return;
    courier->alarm_ms = alarm_ms;
    left_ms = alarm_ms == INT64_MAX ? 0 : alarm_ms - clock_monotonic_ms();
    if (alarm_ms != INT64_MAX && left_ms <= 0)
        when.it_value.tv_nsec = 1;      /* all zeros would stop it */
    else
        when.it_value = (struct timespec){ left_ms / 1000, left_ms % 1000 * 1000000 };
    result = timerfd_settime(courier->timer, 0, &when, NULL);
    assert(result == 0);
}

static void start_call(struct courier *courier, struct errand *errand, const struct buf *body)
{
    const struct courier_route *route = &courier->route;
    const struct courier_tongue *tongue = &courier->tongue;
    const char *url = tongue->url != NULL ? tongue->url(tongue->query, errand->ask) : NULL;
    struct http_request request = {
        .method = "POST", .url = url != NULL ? url : route->url, .headers = route->headers, .body = body->data,
        .body_length = body->length, .reply_max = route->reply_max, .connect_ms = route->connect_ms,
        .first_byte_ms = route->first_byte_ms, .idle_ms = route->idle_ms, .total_ms = route->total_ms,
    };

    http_start(courier->http, &request, &courier->inbox, errand);
}

/* It is done without another call; what its calls cost so far stays known. */
static void spoil(struct courier *courier, struct errand *errand, struct reply reply)
{
    errand->ask->reply = reply;
    ask_list_add(&courier->spoiled, errand->ask);
    roster_drop(&courier->roster, errand);
}

/* False: there is no money for it now. */
static bool reserve(struct courier *courier, struct errand *errand)
{
    return courier->purse == NULL || purse_reserve(courier->purse, errand->worst_nanousd);
}

static int64_t find_worst(const struct courier *courier, const struct errand *errand, const struct buf *body)
{
    const struct courier_tongue *tongue = &courier->tongue;

    return tongue->worst_nanousd == NULL ? 0 : tongue->worst_nanousd(tongue->query, errand->ask, body->length);
}

int64_t courier_worst(const struct courier *courier, const struct ask *ask)
{
    const struct courier_tongue *tongue = &courier->tongue;
    struct buf body;
    int64_t worst_nanousd = 0;

    if (tongue->worst_nanousd == NULL || (tongue->objection != NULL && tongue->objection(tongue->query, ask) != NULL))
        return 0;
    buf_init(&body, 0);
    tongue->write(tongue->query, ask, 0, &body);
    if (!body.cut)
        worst_nanousd = tongue->worst_nanousd(tongue->query, ask, body.length);
    buf_fini(&body);
    return worst_nanousd;
}

static void fly(struct courier *courier, struct errand *errand, const struct buf *body)
{
    roster_fly(&courier->roster, errand);
    pace_start(courier->pace);
    start_call(courier, errand, body);
}

/* False: there is no money for it now, and it stays where it is. A body is not written to learn that twice. */
static bool send_errand(struct courier *courier, struct errand *errand)
{
    bool is_known = errand->worst_nanousd != WORST_UNKNOWN, can_pay = !is_known || reserve(courier, errand);
    struct buf body;

    if (!can_pay)
        return false;
    buf_init(&body, 0);
    courier->tongue.write(courier->tongue.query, errand->ask, errand->pauses, &body);
    assert(!is_known || !body.cut);
    if (!is_known && !body.cut) {
        errand->worst_nanousd = find_worst(courier, errand, &body);
        can_pay = reserve(courier, errand);
    }
    if (body.cut)
        spoil(courier, errand, reply_failed(ORIGIN_HARNESS, "the request is too large to be sent"));
    else if (can_pay)
        fly(courier, errand, &body);
    buf_fini(&body);
    return can_pay;
}

static struct reply no_reply(void)
{
    struct reply reply = reply_empty();

    reply.status = REPLY_NONE;
    return reply;
}

/* While resting only answers that paused are held, and money that is not there now is not waited for: nobody would see
 * that the last of them waits in vain. */
static void send_held(struct courier *courier)
{
    while (first_held(courier) != NULL && pace_has_room(courier->pace, clock_monotonic_ms())) {
        if (send_errand(courier, first_held(courier)))
            continue;
        if (!courier->resting)
            return;
        spoil(courier, first_held(courier), no_reply());
    }
}

void courier_submit(struct courier *courier, struct ask *ask)
{
    const struct courier_tongue *tongue = &courier->tongue;
    const char *objection = tongue->objection != NULL ? tongue->objection(tongue->query, ask) : NULL;
    struct errand *errand = errand_new(ask);

    roster_hold(&courier->roster, errand);
    if (objection != NULL)
        spoil(courier, errand, reply_failed(ORIGIN_HARNESS, objection));
    else if (courier->resting)
        spoil(courier, errand, no_reply());
    else
        send_held(courier);
    set_timer(courier);
}

static void postpone(struct courier *courier, struct errand *errand, int64_t retry_after_ms)
{
    errand_draw_wait(errand, retry_after_ms);
    roster_postpone(&courier->roster, errand);
    pace_heed_wait(courier->pace, errand->due_ms);
}

/* What it said so far goes with the next call, which may cost more than this one. */
static void ask_on(struct courier *courier, struct errand *errand, const struct heard *heard)
{
    errand->ask->reply = heard->reply;
    errand->worst_nanousd = WORST_UNKNOWN;
    errand->wait_ms = 0;
    roster_hold_again(&courier->roster, errand);
}

/* Said of the first; of them all it is told at the end. */
static void tell_over(const struct courier *courier, int64_t worst_nanousd, int64_t cost_nanousd)
{
    struct buf text;

    buf_init(&text, 0);
    price_add_usd(&text, cost_nanousd);
    buf_add_string(&text, ", and no more than ");
    price_add_usd(&text, worst_nanousd);
    log_warn("model %s: a call cost %s was put aside for it: the server counts more tokens than were sent, or heeds no "
             "max_tokens", courier->route.model, text.data);
    buf_fini(&text);
}

static void settle(struct courier *courier, const struct errand *errand, int64_t cost_nanousd)
{
    struct purse *purse = courier->purse;
    size_t before = purse != NULL ? purse->over_count : 0;

    if (purse == NULL)
        return;
    purse_settle(purse, errand->worst_nanousd, cost_nanousd);
    if (before == 0 && purse->over_count > 0)
        tell_over(courier, errand->worst_nanousd, cost_nanousd);
}

static bool is_answer(const struct heard *heard)
{
    return heard->end == HEARD_ANSWER || heard->end == HEARD_PAUSED;
}

/* What the server advises outweighs what its status usually means; an answer is an answer. */
static void heed_advice(struct heard *heard, enum http_advice advice)
{
    if (advice == HTTP_TRY_NO_MORE && !is_answer(heard))
        heard->end = HEARD_NEVER;
    else if (advice == HTTP_TRY_AGAIN && heard->end == HEARD_NEVER)
        heard->end = HEARD_AGAIN;
}

static void heed_pace(struct courier *courier, const struct http_call *call, const struct heard *heard)
{
    int64_t now_ms = clock_monotonic_ms();
    enum pace_end end = heard->end == HEARD_LATER ? PACE_REFUSED : is_answer(heard) ? PACE_ANSWERED : PACE_FAILED;

    pace_end(courier->pace, end, call->started_ms, now_ms);
    if (call->spent_for_ms >= 0)
        pace_close(courier->pace, now_ms + call->spent_for_ms);
}

static void note_call(struct courier *courier, struct errand *errand, const struct http_call *call,
                      struct heard *heard)
{
    int pauses_max = courier->tongue.pauses_max > 0 ? courier->tongue.pauses_max : PAUSES_MAX;

    courier->tongue.read(courier->tongue.query, errand->ask, call, errand->ask->episode->arena, heard);
    if (courier->pace->has_answered)
        heard_pardon_garbage(heard, call, errand->ask->episode->arena);
    heard_name_gate(heard, call, errand->ask->episode->arena);
    if (heard->end == HEARD_PAUSED && ++errand->pauses > pauses_max)
        heard->end = HEARD_ANSWER;
    settle(courier, errand, heard->cost_nanousd);
    heed_pace(courier, call, heard);
    heed_advice(heard, call->advice);
    errand_note(errand, call, heard);
}

/* The ask, when this was its last call; NULL when it waits for another. */
static struct ask *end_call(struct courier *courier, struct http_call *call)
{
    struct errand *errand = call->owner;
    struct ask *ask = errand->ask;
    struct heard heard;

    note_call(courier, errand, call, &heard);
    if (heard.end != HEARD_PAUSED && !errand_tries_again(errand, &courier->route, call, &heard)) {
        errand_conclude(errand, &heard);
        roster_drop(&courier->roster, errand);
    } else if (heard.end == HEARD_PAUSED) {
        ask_on(courier, errand, &heard);
        ask = NULL;
    } else if (courier->resting) {
        ask->reply = no_reply();
        roster_drop(&courier->roster, errand);
    } else {
        postpone(courier, errand, call->retry_after_ms);
        ask = NULL;
    }
    http_free_call(call);
    return ask;
}

struct ask *courier_collect(struct courier *courier)
{
    struct http_call *call;
    struct ask *ask;

    roster_hold_due(&courier->roster);
    ask = ask_list_take(&courier->spoiled);
    while (ask == NULL && (call = http_collect(&courier->inbox)) != NULL)
        ask = end_call(courier, call);
    send_held(courier);
    if (ask == NULL)
        ask = ask_list_take(&courier->spoiled);
    if (ask == NULL)
        set_timer(courier);
    return ask;
}

static void give_up_held(struct courier *courier)
{
    struct errand *errand, *next;

    DL_FOREACH_SAFE(courier->roster.lists[ERRAND_HELD], errand, next)
        if (errand->pauses == 0)
            spoil(courier, errand, no_reply());
}

void courier_rest(struct courier *courier)
{
    courier->resting = true;
    while (courier->roster.lists[ERRAND_WAITING] != NULL)
        spoil(courier, courier->roster.lists[ERRAND_WAITING], no_reply());
    give_up_held(courier);
    set_timer(courier);
}

void courier_load(const struct courier *courier, struct runner_load *out)
{
    *out = (struct runner_load){ .limit = courier->pace->limit == PACE_UNLIMITED ? 0 : courier->pace->limit };
    roster_load(&courier->roster, out);
}

/* HOST:PORT of a URL, without a password. */
static void copy_host(const char *url, char *out, size_t size)
{
    const char *host = url_host(url);

    snprintf(out, size, "%.*s", (int)strcspn(host, "/"), host);
}

void courier_explain(const struct courier *courier, const struct ask *ask, struct runner_wait *out)
{
    const struct errand *errand = roster_find(&courier->roster, ask);

    *out = (struct runner_wait){ .since_ms = 0 };
    copy_host(courier->route.url, out->host, sizeof out->host);
    if (errand != NULL)
        errand_wait_explain(errand, courier->pace, courier->http, &courier->inbox, out);
}

int courier_fd(const struct courier *courier)
{
    return courier->timer;
}

static void drop_list(struct courier *courier, enum errand_place place)
{
    while (courier->roster.lists[place] != NULL)
        roster_drop(&courier->roster, courier->roster.lists[place]);
}

/* Nobody will ever know what the calls broken off cost. */
static void break_calls(struct courier *courier)
{
    const struct errand *errand;

    http_drop(courier->http, &courier->inbox);
    DL_FOREACH(courier->roster.lists[ERRAND_FLYING], errand) {
        settle(courier, errand, COST_UNKNOWN);
        pace_break(courier->pace);
    }
    drop_list(courier, ERRAND_FLYING);
}

void courier_drop(struct courier *courier)
{
    break_calls(courier);
    drop_list(courier, ERRAND_HELD);
    drop_list(courier, ERRAND_WAITING);
    courier->spoiled = (struct ask_list){ NULL, NULL };
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
