/*
 * A call's way: http_start takes a flight (flight.h: an easy handle and what we must remember) from the pool and gives
 * it to its multi handle; curl moves it whenever its socket is ready (sockets.h); it ends once, in one of three ways,
 * and its call goes to the inbox.
 *
 *     pool ─► in flight ─┬─ curl says it is done (read_messages) ─┬─► call in its inbox, flight back in the pool
 *                        ├─ a deadline passed (expire_calls) ─────┤
 *                        └─ http_drop ────────────────────────────┘   (then no call is handed back)
 *
 * Deadlines are ours, but for the one on connecting (flight.c says why). All calls are looked at together, at most
 * every SCAN_MS, and only once the nearest deadline seen at the last look has come; so a wait costs nothing per call
 * while none is late.
 */
#include "harness/base/http.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "harness/base/clock.h"
#include "harness/base/flight.h"
#include "harness/base/log.h"
#include "harness/base/mem.h"
#include "harness/base/sockets.h"

/* How late a deadline may be seen: the scan costs about 20 us for 4000 calls, so this is nothing. */
#define SCAN_MS 50

/* A connection that was to be kept and is gone when it is used again costs a call, which may have to be paid: such a one
 * weighs as much as so many that went well, and after three in a row no connection is used twice. */
#define STALE_WEIGHT 8
#define STALE_MAX (3 * STALE_WEIGHT)

struct http {
    CURLSH *share;
    struct sockets *sockets;
    struct flight *first;             /* in flight */
    struct flight *pool;
    size_t in_flight;
    int64_t nearest_ms;               /* no deadline is before this; INT64_MAX when there is none */
    int64_t scanned_ms;
    int stale;                        /* STALE_MAX: connections that servers say they keep are gone too often */
    bool has_ended;                   /* a call ended outside http_wait: the next wait must not sleep */
};

/* What all multi handles know together. Only this thread asks: no locks. */
static CURLSH *new_share(void)
{
    CURLSH *share = curl_share_init();

    if (share == NULL)
        mem_exhausted();
    curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
    curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    return share;
}

struct http *http_open(struct err *err)
{
    struct http *http;

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        err_set(err, "libcurl cannot be started");
        return NULL;
    }
    http = xcalloc(1, sizeof *http);
    *http = (struct http){ .share = new_share(), .sockets = sockets_open(err), .nearest_ms = INT64_MAX };
    if (http->sockets != NULL)
        return http;
    http_close(http);
    return NULL;
}

static struct flight *take_flight(struct http *http)
{
    struct flight *flight = http->pool;

    if (flight != NULL) {
        http->pool = flight->next;
        return flight;
    }
    flight = flight_new(&http->nearest_ms);
    flight->multi = sockets_assign(http->sockets);
    curl_easy_setopt(flight->easy, CURLOPT_SHARE, http->share);
    return flight;
}

static void return_flight(struct http *http, struct flight *flight)
{
    flight_clear(flight);
    flight->next = http->pool;
    http->pool = flight;
}

static void add_flight(struct http *http, struct flight *flight)
{
    flight->next = http->first;
    flight->previous = NULL;
    if (http->first != NULL)
        http->first->previous = flight;
    http->first = flight;
    http->in_flight++;
}

static void remove_flight(struct http *http, struct flight *flight)
{
    curl_multi_remove_handle(flight->multi, flight->easy);
    if (flight->previous != NULL)
        flight->previous->next = flight->next;
    else
        http->first = flight->next;
    if (flight->next != NULL)
        flight->next->previous = flight->previous;
    http->in_flight--;
}

/* The call has its end: to the inbox with it. */
static void deliver(struct http *http, struct flight *flight)
{
    struct http_inbox *inbox = flight->inbox;
    struct http_call *call = flight->call;

    call->elapsed_ms = clock_monotonic_ms() - call->started_ms;
    if (inbox->last != NULL)
        inbox->last->next = call;
    else
        inbox->first = call;
    inbox->last = call;
    return_flight(http, flight);
}

/* The call of a flight on its way has its end. */
static void land(struct http *http, struct flight *flight)
{
    remove_flight(http, flight);
    deliver(http, flight);
}

static bool keeps_connections(const struct http *http)
{
    return http->stale < STALE_MAX;
}

/* Every time, as a handle keeps its options. */
static void choose_connection(const struct http *http, struct flight *flight)
{
    long alone = !keeps_connections(http);

    curl_easy_setopt(flight->easy, CURLOPT_FRESH_CONNECT, alone);
    curl_easy_setopt(flight->easy, CURLOPT_FORBID_REUSE, alone);
}

/* What a call's end tells of the connection that it found open. */
static void weigh_connection(struct http *http, const struct flight *flight, CURLcode code)
{
    long connects = 1;

    if (!keeps_connections(http))
        return;
    curl_easy_getinfo(flight->easy, CURLINFO_NUM_CONNECTS, &connects);
    if (flight->requests > 1)
        http->stale += STALE_WEIGHT;
    else if (code == CURLE_OK && connects == 0 && http->stale > 0)
        http->stale--;
    if (!keeps_connections(http))
        log_warn("%s closes connections that it said it keeps: none is used twice from here on", flight->place);
}

void http_start(struct http *http, const struct http_request *request, struct http_inbox *inbox, void *owner)
{
    struct flight *flight = take_flight(http);
    bool begun;

    assert(strcmp(request->method, "GET") == 0 || strcmp(request->method, "POST") == 0);
    assert(request->connect_ms > 0 && request->first_byte_ms > 0 && request->idle_ms > 0 && request->total_ms > 0);
    flight->inbox = inbox;
    begun = flight_begin(flight, request, owner);
    choose_connection(http, flight);
    if (begun && curl_multi_add_handle(flight->multi, flight->easy) != CURLM_OK) {
        flight_fail(flight, HTTP_BROKEN, "libcurl did not take the call to %s", flight->place);
        begun = false;
    }
    if (begun) {
        add_flight(http, flight);
    } else {
        deliver(http, flight);
        http->has_ended = true;
    }
}

static void read_messages_of(struct http *http, CURLM *multi)
{
    CURLMsg *message;
    int ignored;

    while ((message = curl_multi_info_read(multi, &ignored)) != NULL) {
        struct flight *flight = NULL;
        CURLcode code = message->data.result;      /* the message dies with the handle's removal */

        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &flight);
        weigh_connection(http, flight, code);
        flight_end(flight, code);
        land(http, flight);
    }
}

/* What curl says has ended. */
static void read_messages(struct http *http)
{
    CURLM *multi;

    for (size_t i = 0; (multi = sockets_multi(http->sockets, i)) != NULL; i++)
        read_messages_of(http, multi);
}

static void expire_calls(struct http *http)
{
    int64_t now_ms = clock_monotonic_ms();
    struct flight *next;

    if (now_ms < http->nearest_ms || now_ms < http->scanned_ms + SCAN_MS)
        return;
    http->scanned_ms = now_ms;
    http->nearest_ms = INT64_MAX;
    for (struct flight *flight = http->first; flight != NULL; flight = next) {
        int64_t late_ms = flight_deadline_ms(flight);

        next = flight->next;
        if (late_ms <= now_ms) {
            flight_expire(flight, now_ms);
            land(http, flight);
        } else if (late_ms < http->nearest_ms) {
            http->nearest_ms = late_ms;
        }
    }
}

/* wait_ms, or less when a scan is due before. */
static int bound_wait(const struct http *http, int wait_ms)
{
    int64_t due_ms = http->scanned_ms + SCAN_MS;

    if (http->has_ended)
        return 0;
    return clock_bound_wait(due_ms > http->nearest_ms ? due_ms : http->nearest_ms, wait_ms);
}

void http_wait(struct http *http, const int *fds, size_t fd_count, int wait_ms)
{
    sockets_wait(http->sockets, fds, fd_count, bound_wait(http, wait_ms));
    http->has_ended = false;
    sockets_move(http->sockets);
    read_messages(http);
    expire_calls(http);
}

size_t http_descriptors(size_t calls)
{
    return sockets_descriptors(calls);
}

void http_push(struct http *http)
{
    size_t in_flight = http->in_flight;

    sockets_push(http->sockets);
    read_messages(http);
    http->has_ended |= http->in_flight < in_flight;
}

struct http_call *http_collect(struct http_inbox *inbox)
{
    struct http_call *call = inbox->first;

    if (call == NULL)
        return NULL;
    inbox->first = call->next;
    if (inbox->first == NULL)
        inbox->last = NULL;
    call->next = NULL;
    return call;
}

void http_free_call(struct http_call *call)
{
    if (call == NULL)
        return;
    for (size_t i = 0; i < HTTP_WANTS_MAX; i++)
        free(call->got[i]);
    buf_fini(&call->body);
    free(call);
}

static void drop_flight(struct http *http, struct flight *flight)
{
    remove_flight(http, flight);
    http_free_call(flight->call);
    return_flight(http, flight);
}

void http_drop(struct http *http, struct http_inbox *inbox)
{
    struct flight *next;
    struct http_call *call;

    for (struct flight *flight = http->first; flight != NULL; flight = next) {
        next = flight->next;
        if (flight->inbox == inbox)
            drop_flight(http, flight);
    }
    while ((call = http_collect(inbox)) != NULL)
        http_free_call(call);
}

size_t http_in_flight(const struct http *http)
{
    return http->in_flight;
}

bool http_find_progress(const struct http *http, const struct http_inbox *inbox, const void *owner,
                        struct http_progress *out)
{
    const struct flight *flight = http->first;

    while (flight != NULL && (flight->inbox != inbox || flight->call->owner != owner))
        flight = flight->next;
    if (flight == NULL)
        return false;
    *out = flight_progress(flight);
    return true;
}

struct http_call *http_perform(struct http *http, const struct http_request *request)
{
    struct http_inbox inbox = { NULL, NULL };
    struct http_call *call;

    http_start(http, request, &inbox, NULL);
    while ((call = http_collect(&inbox)) == NULL)
        http_wait(http, NULL, 0, 1000);
    return call;
}

void http_close(struct http *http)
{
    if (http == NULL)
        return;
    while (http->first != NULL)
        drop_flight(http, http->first);
    while (http->pool != NULL) {
        struct flight *flight = http->pool;

        http->pool = flight->next;
        flight_free(flight);
    }
    sockets_close(http->sockets);
    curl_share_cleanup(http->share);
    curl_global_cleanup();
    free(http);
}
