/*
 * courier: carries asks to a model's server over HTTP and brings back replies. Tries, back-off and the server's own
 * retry-after are its business; what is written and how an answer is read it is told.
 *
 * Every ask comes back exactly once: after at most `tries` calls that failed, each bounded in time, and after `patience`
 * of being told to come later. Each call is added to ask->calls. Main thread only.
 */
#ifndef VERNIER_RUNNERS_COURIER_H
#define VERNIER_RUNNERS_COURIER_H

#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"
#include "runners/courier_route.h"

struct arena;
struct ask;
struct buf;
struct courier;
struct heard;
struct http_call;
struct runner_load;
struct runner_means;
struct runner_wait;

/*
 * What is said there. A model may pause in the middle of an answer (HEARD_PAUSED): then ask->reply holds what it has
 * said so far, write adds that to the request, and read gives it again with what came after it. Before the first pause
 * ask->reply.text is "".
 */
struct courier_tongue {
    const void *query;              /* the dialect's own; borrowed until the close */
    /* Why this cannot be asked there; NULL: it can. The function may be NULL: everything can. */
    const char *(*objection)(const void *query, const struct ask *ask);
    /* Where this is asked, if not at the route's url; NULL: there. The function may be NULL: everything is. */
    const char *(*url)(const void *query, const struct ask *ask);
    int pauses_max;                 /* of one answer, before what there is counts as whole; 0: 10 */
    void (*write)(const void *query, const struct ask *ask, int pauses, struct buf *out);      /* pauses: so far */
    void (*read)(const void *query, const struct ask *ask, const struct http_call *call, struct arena *arena,
                 struct heard *out);
    /* The most that a call with a body of so many bytes can cost; NULL: nobody knows, and nothing is put aside. */
    int64_t (*worst_nanousd)(const void *query, const struct ask *ask, size_t body_length);
};

/* NULL with err set when the system has no descriptor left. means->http and purse must outlive the courier; a purse of
 * NULL is one without a cap. */
struct courier *courier_open(const struct runner_means *means, const struct courier_route *route,
                             const struct courier_tongue *tongue, struct err *err);
void courier_close(struct courier *courier);        /* drops, and frees; NULL is allowed */

/* The most that a first call for that ask can cost; 0: nobody knows, or none would be made. Nothing is sent. */
int64_t courier_worst(const struct courier *courier, const struct ask *ask);

void courier_submit(struct courier *courier, struct ask *ask);

/* Starts what is due; then an ask that is done, or NULL: to be called until it is NULL, which sets the timer anew. */
struct ask *courier_collect(struct courier *courier);

/* No more calls: asks that wait for one, now or later, are done as REPLY_NONE. Calls in flight go on, and an answer that
 * paused is asked on to its end while there is money for it: what was said so far is paid for. */
void courier_rest(struct courier *courier);

/* Lets go of every ask: calls in flight are broken off, none comes back. */
void courier_drop(struct courier *courier);

void courier_load(const struct courier *courier, struct runner_load *out);
void courier_explain(const struct courier *courier, const struct ask *ask, struct runner_wait *out);

/* Readable when a try is due; calls in flight are http_wait's. */
int courier_fd(const struct courier *courier);

#endif
