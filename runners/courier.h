/*
 * courier: carries asks to a model's server over HTTP and brings back replies. Tries, back-off and the server's own
 * retry-after are its business; what is written and how an answer is read it is told.
 *
 * Every ask comes back exactly once, after at most `tries` calls, each bounded in time. Each call is added to
 * ask->calls. Main thread only.
 */
#ifndef VERNIER_RUNNERS_COURIER_H
#define VERNIER_RUNNERS_COURIER_H

#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"

struct arena;
struct ask;
struct buf;
struct courier;
struct heard;
struct http;
struct http_call;

/* Where to and how long. Strings are borrowed until the close. */
struct courier_route {
    const char *url;
    const char *const *headers;     /* NULL-terminated */
    int64_t connect_ms, first_byte_ms, idle_ms, total_ms;
    size_t reply_max;
    int tries;                      /* calls per ask at most, >= 1 */
};

/* What is said there. */
struct courier_tongue {
    const void *query;              /* the dialect's own; borrowed until the close */
    void (*write)(const void *query, const struct ask *ask, struct buf *out);
    void (*read)(const struct http_call *call, struct arena *arena, struct heard *out);
};

/* NULL with err set when the system has no descriptor left. http must outlive the courier. */
struct courier *courier_open(struct http *http, const struct courier_route *route,
                             const struct courier_tongue *tongue, struct err *err);
void courier_close(struct courier *courier);        /* drops, and frees; NULL is allowed */

void courier_submit(struct courier *courier, struct ask *ask);

/* Starts what is due; then an ask that is done, or NULL: to be called until it is NULL, which sets the timer anew. */
struct ask *courier_collect(struct courier *courier);

/* No more tries: asks that wait for one, now or later, are done as REPLY_NONE. Calls in flight go on. */
void courier_rest(struct courier *courier);

/* Lets go of every ask: calls in flight are broken off, none comes back. */
void courier_drop(struct courier *courier);

/* Readable when a try is due; calls in flight are http_wait's. */
int courier_fd(const struct courier *courier);

#endif
