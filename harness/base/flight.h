/*
 * flight: one HTTP call on its way: a curl easy handle, and what must be remembered of the call until it ends. For
 * http.c only, which keeps flights in its lists and hands their calls out; a flight knows no other flights.
 *
 * Life: flight_new -> (flight_begin -> one of flight_end, flight_expire, flight_fail -> flight_clear)* -> flight_free.
 * http.c owns the call; no flight frees one.
 */
#ifndef VERNIER_BASE_FLIGHT_H
#define VERNIER_BASE_FLIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

#include "harness/base/http.h"

/* Of all header lines together. One line is bounded by curl itself (100 kB in 7.88). */
#define FLIGHT_HEADERS_MAX ((size_t)256 << 10)

struct flight {
    struct flight *previous, *next;   /* http.c's lists */
    struct http_inbox *inbox;         /* http.c's: where the call goes */
    struct http_call *call;
    CURLM *multi;                     /* http.c's: the one that moves all its calls */
    CURL *easy;
    struct curl_slist *headers;       /* of the request */
    const char *wants[HTTP_WANTS_MAX];
    size_t header_bytes;              /* of the reply */
    int requests;                     /* how often curl set out to send it */
    int socket_errno;                 /* why no socket could be opened; 0: one could */
    int dialled_port;                 /* of the peer last called, which may be a proxy; 0: none was */
    int64_t connect_ms, first_byte_ms, idle_ms, total_ms;
    int64_t moved_ms;                 /* monotonic, when the body last grew */
    int64_t *nearest_ms;              /* http.c's: no deadline is before this */
    bool has_manners;                 /* the handle has what is the same for every call */
    bool is_answered;                 /* the call ended well */
    char *url;                        /* whose place, parts and proxy are known; NULL: of none */
    CURLU *parts;                     /* of the URL, which curl would take apart anew for each call */
    bool is_proxied;                  /* a proxy is meant for such URLs, if not for this host */
    char place[128];                  /* "host:port", all that error texts say of the URL */
    char curl_error[CURL_ERROR_SIZE];
};

/* nearest_ms is lowered when a call's deadline comes nearer: at its start and at its first byte. */
struct flight *flight_new(int64_t *nearest_ms);
void flight_free(struct flight *flight);

/* Nothing of its call is left in it, nor is the call freed. The connection stays with the multi handle. */
void flight_clear(struct flight *flight);

/* Makes the call and sets the handle up. False, and the call has its end, when the request cannot even be tried. */
bool flight_begin(struct flight *flight, const struct http_request *request, void *owner);

/* When the call is late (monotonic), as things stand. Each byte of the body moves it. */
int64_t flight_deadline_ms(const struct flight *flight);

/* How far it is. */
struct http_progress flight_progress(const struct flight *flight);

/* The call ended as curl says. */
void flight_end(struct flight *flight, CURLcode code);

/* The call is late: HTTP_TIMED_OUT. */
void flight_expire(struct flight *flight, int64_t now_ms);

/* The call ended so; what fits of the words goes to its error. */
void flight_fail(struct flight *flight, enum http_end end, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
