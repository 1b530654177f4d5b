/*
 * errand: one ask on its way to a server: the calls made for it, the waits between them, and whether there is another.
 *
 * The courier's own, one per ask; it stands in the courier's roster (roster.h). Times are monotonic milliseconds.
 */
#ifndef VERNIER_RUNNERS_ERRAND_H
#define VERNIER_RUNNERS_ERRAND_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/base/random.h"

struct ask;
struct courier_route;
struct heard;
struct http_call;

#define WORST_UNKNOWN (-1)

/* What it waits for: room, an answer, the end of its back-off. */
enum errand_place { ERRAND_HELD, ERRAND_FLYING, ERRAND_WAITING, ERRAND_PLACES };

struct errand {
    struct errand *prev, *next;     /* in its list of the roster's */
    enum errand_place place;        /* which */
    struct ask *ask;
    struct splitmix jitter;
    int tries, failures;            /* calls ended; of those, the failed ones but for who was told to come later */
    int pauses;                     /* of those, the ones that brought a part of the answer */
    int64_t worst_nanousd;          /* put aside while it flies; WORST_UNKNOWN before its body was written */
    int64_t wait_ms, due_ms;        /* before the next call, and until when */
    int64_t since_ms;               /* in that list */
    int64_t refused_ms;             /* first told to come later, of all such calls in a row; 0: the last was none */
    int status;                     /* of the last call; 0: none came */
    bool was_refused;               /* by the last call: told to come later */
};

struct errand *errand_new(struct ask *ask);
void errand_free(struct errand *errand);      /* the ask is not touched */

/* A call is over: it becomes a row of ask->calls. */
void errand_note(struct errand *errand, const struct http_call *call, const struct heard *heard);

/* Whether another call is worth while. Of LATER that is for as long as the route's patience lasts, of AGAIN for so many
 * tries, and within the patience where the server asks for peace. When only patience is wanting, what was heard says so,
 * and that nobody is let in. */
bool errand_tries_again(struct errand *errand, const struct courier_route *route, const struct http_call *call,
                        struct heard *heard);

/* Draws how long it waits for the next call: as long as the server asked for (> 0: it did), else longer each time. */
void errand_draw_wait(struct errand *errand, int64_t retry_after_ms);

/* What was heard last is the ask's reply. What it cost stands with its calls. */
void errand_conclude(struct errand *errand, const struct heard *heard);

#endif
