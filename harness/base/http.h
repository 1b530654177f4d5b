/*
 * http: HTTP calls, many in flight on one thread (libcurl's multi interface). Only http.c, flight.h and
 * sockets.h include curl.
 *
 * A call is started, waited for together with everything else, and handed back exactly once by http_collect, however it
 * ended. No wait is without a bound: connect, first byte, idle and total are all timed here on the monotonic clock.
 * Redirects are not followed, cookies not kept; a proxy is taken from the usual environment variables.
 */
#ifndef VERNIER_BASE_HTTP_H
#define VERNIER_BASE_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/buf.h"
#include "harness/base/err.h"

struct http;                          /* the multi handle and its calls; one serves a whole process */

/* Where finished calls wait for whoever started them: each model runner has its own. Zeroed is empty. */
struct http_inbox { struct http_call *first, *last; };

#define HTTP_WANTS_MAX 4

struct http_request {
    const char *method;               /* "GET" or "POST" */
    const char *url;
    const char *const *headers;       /* "Name: value", NULL-terminated; NULL for none */
    const char *body;                 /* copied; NULL for none */
    size_t body_length;
    const char *wants[HTTP_WANTS_MAX];      /* names of headers to be kept; static strings, NULL where there are fewer */
    size_t reply_max;                 /* a longer body ends the call with HTTP_TOO_LONG */
    /* All > 0. First byte means the body's first, as some servers send headers at once and think afterwards. */
    int64_t connect_ms, first_byte_ms, idle_ms, total_ms;
};

enum http_end {
    HTTP_ANSWERED,        /* a whole reply by HTTP's own rules; look at status (and at the body: see below) */
    HTTP_REFUSED,         /* nobody listens, no route, no connection in time, or a proxy lets nobody through */
    HTTP_NO_HOST,         /* the name does not resolve */
    HTTP_TLS,             /* certificate or handshake */
    HTTP_BROKEN,          /* reset, cut short, bad chunk, empty reply: worth another try */
    HTTP_TIMED_OUT,       /* a bound on first byte, idle or total time; error says which */
    HTTP_TOO_LONG,        /* body over reply_max, or headers over libcurl's bound: not worth another try */
    HTTP_NOT_HTTP,        /* the peer speaks something else, or the URL is bad */
    HTTP_NO_DESCRIPTOR,   /* this process may open no more files: nothing was sent, and no server is to blame */
};

enum http_advice { HTTP_NO_ADVICE, HTTP_TRY_AGAIN, HTTP_TRY_NO_MORE };

/* A call. The caller owns it from http_collect on and frees it with http_free_call. A reply without a length that was
 * closed early looks HTTP_ANSWERED: whoever reads the body must see its end marker. */
struct http_call {
    struct http_call *next;           /* in its inbox */
    void *owner;                      /* the caller's, untouched */
    enum http_end end;
    int status;                       /* HTTP status, 0 when none came */
    struct buf body;                  /* raw bytes, may hold NUL */
    char error[256];                  /* in words, "" when HTTP_ANSWERED */
    char request_id[128];             /* request-id or x-request-id, "" when none; both without secrets */
    char content_type[128];
    char gate[200];                   /* who may have answered in the server's place, in words (proxy.h); "" nobody */
    char *got[HTTP_WANTS_MAX];        /* of the headers that were wanted; NULL: it did not come */
    int64_t retry_after_ms;           /* Retry-After or retry-after-ms, seconds or date; -1 when none */
    int64_t spent_for_ms;             /* by its rate-limit headers nothing is left for so long; -1 when they do not say so */
    enum http_advice advice;          /* x-should-retry */
    int64_t started_ms, first_byte_ms, elapsed_ms;   /* monotonic start; then durations; no body: first_byte_ms is -1 */
};

struct http *http_open(struct err *err);
void http_close(struct http *http);   /* calls in flight are dropped */

/* Starts a call, which ends up in inbox (that must outlive it). Never fails at once: what is wrong comes back. */
void http_start(struct http *http, const struct http_request *request, struct http_inbox *inbox, void *owner);

/* Drops the calls in flight that would end up in inbox, and frees those that wait in it. */
void http_drop(struct http *http, struct http_inbox *inbox);

/* Waits until a call has moved, one of fds (poll for reading) is ready, or wait_ms is over; and moves the
 * calls that can be moved. */
/* Descriptors that so many calls at once take. */
size_t http_descriptors(size_t calls);

void http_wait(struct http *http, const int *fds, size_t fd_count, int wait_ms);

/* Puts the calls on the wire that were started since the last wait: for who has something else to do before the next. */
void http_push(struct http *http);

/* The oldest finished call of that inbox, or NULL. */
struct http_call *http_collect(struct http_inbox *inbox);
void http_free_call(struct http_call *call);
size_t http_in_flight(const struct http *http);

/* How far a call in flight is. Times are monotonic. */
struct http_progress {
    bool is_connected;                /* its request is on the way, or sent */
    size_t body_bytes;                /* come so far */
    int64_t moved_ms;                 /* when the last of them came; its start when none has */
    int64_t until_ms;                 /* it is given up then, if nothing comes before */
    int64_t end_ms;                   /* and then, whatever comes */
};

/* False when no call of that owner is in flight towards inbox. Walks all calls: for a person who asks, not for a loop. */
bool http_find_progress(const struct http *http, const struct http_inbox *inbox, const void *owner,
                        struct http_progress *out);

/* One call, start to end, for probes at start-up. Never NULL. */
struct http_call *http_perform(struct http *http, const struct http_request *request);

#endif
