#include "runners/errand.h"

#include <inttypes.h>
#include <stdlib.h>
#include <utlist.h>

#include "harness/base/arena.h"
#include "harness/base/call.h"
#include "harness/base/clock.h"
#include "harness/base/http.h"
#include "harness/base/mem.h"
#include "harness/engine/ask.h"
#include "harness/engine/episode.h"
#include "runners/courier_route.h"
#include "runners/heard.h"

/* A wait is drawn from 0 to a bound that doubles with every try, so that asks refused together do not come together. */
#define BACKOFF_FIRST_MS 500.0
#define BACKOFF_MAX_MS 60000.0

struct errand *errand_new(struct ask *ask)
{
    struct errand *errand = xcalloc(1, sizeof *errand);

    errand->ask = ask;
    errand->jitter.state = ask->seed;
    errand->worst_nanousd = WORST_UNKNOWN;
    errand->since_ms = clock_monotonic_ms();
    return errand;
}

void errand_free(struct errand *errand)
{
    free(errand);
}

static void add_call(const struct errand *errand, const struct http_call *call, const struct heard *heard)
{
    struct arena *arena = errand->ask->episode->arena;
    struct call *row = arena_alloc(arena, sizeof *row);

    *row = (struct call){
        .try_number = errand->tries,
        .status = call->status,
        .started_ms = clock_utc_ms() - (clock_monotonic_ms() - call->started_ms),
        .elapsed_ms = call->elapsed_ms,
        .wait_ms = errand->wait_ms,
        .request_id = call->request_id[0] != '\0' ? arena_strdup(arena, call->request_id) : NULL,
        .error = heard->note,
        .cost_nanousd = heard->cost_nanousd,
        .worst_nanousd = errand->worst_nanousd,
    };
    LL_APPEND(errand->ask->calls, row);
}

void errand_note(struct errand *errand, const struct http_call *call, const struct heard *heard)
{
    errand->tries++;
    errand->status = call->status;
    errand->was_refused = heard->end == HEARD_LATER;
    if (heard->end != HEARD_LATER && call->retry_after_ms <= 0)
        errand->refused_ms = 0;
    add_call(errand, call, heard);
}

/* Nobody is let in: that is an outage, whatever was asked. */
static void lose_patience(const struct errand *errand, const struct courier_route *route, int64_t asked_ms,
                          struct heard *heard)
{
    struct arena *arena = errand->ask->episode->arena;
    const char *reason = heard->reply.reason;
    int64_t patience_s = route->patience_ms / 1000;

    heard->reply.cause = CAUSE_LATER;
    heard->reply.reason = asked_ms > 0
        ? arena_printf(arena, "%s; asks for %" PRId64 " s of peace, patience_s is %" PRId64, reason,
                       (asked_ms + 999) / 1000, patience_s)
        : arena_printf(arena, "%s; told to come later for %" PRId64 " s, patience_s is %" PRId64, reason,
                       (clock_monotonic_ms() - errand->refused_ms) / 1000, patience_s);
}

static bool is_patient(struct errand *errand, const struct courier_route *route, int64_t asked_ms,
                       struct heard *heard)
{
    int64_t now_ms = clock_monotonic_ms();

    if (errand->refused_ms == 0)
        errand->refused_ms = now_ms;
    if (now_ms - errand->refused_ms + asked_ms <= route->patience_ms)
        return true;
    lose_patience(errand, route, asked_ms, heard);
    return false;
}

bool errand_tries_again(struct errand *errand, const struct courier_route *route, const struct http_call *call,
                        struct heard *heard)
{
    int64_t asked_ms = call->retry_after_ms > 0 ? call->retry_after_ms : 0;

    if (heard->end == HEARD_LATER)
        return is_patient(errand, route, asked_ms, heard);
    if (heard->end != HEARD_AGAIN || ++errand->failures >= route->tries)
        return false;
    return asked_ms == 0 || is_patient(errand, route, asked_ms, heard);
}

/* Doubled with each call that ended like the last one: faults say nothing of how long a refusal will last. */
static double find_bound_ms(const struct errand *errand)
{
    int refusals = errand->tries - errand->failures - errand->pauses;
    double bound_ms = BACKOFF_FIRST_MS;

    for (int i = errand->was_refused ? refusals : errand->failures; i > 1 && bound_ms < BACKOFF_MAX_MS; i--)
        bound_ms *= 2;
    return bound_ms < BACKOFF_MAX_MS ? bound_ms : BACKOFF_MAX_MS;
}

/* A server that says how long is believed, with up to a tenth more, since it told the same to everyone. */
void errand_draw_wait(struct errand *errand, int64_t retry_after_ms)
{
    double unit = splitmix_unit(&errand->jitter);

    if (retry_after_ms > 0)
        errand->wait_ms = (int64_t)((double)retry_after_ms * (1 + unit / 10));
    else
        errand->wait_ms = (int64_t)(find_bound_ms(errand) * unit);
    errand->due_ms = clock_monotonic_ms() + errand->wait_ms;
}

void errand_conclude(struct errand *errand, const struct heard *heard)
{
    struct reply *reply = &errand->ask->reply;

    *reply = heard->reply;
    if (heard->end == HEARD_AGAIN || heard->end == HEARD_LATER)
        reply->reason = arena_printf(errand->ask->episode->arena, "after %d %s: %s", errand->tries,
                                     errand->tries == 1 ? "try" : "tries", reply->reason);
}
