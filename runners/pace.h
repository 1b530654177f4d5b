/*
 * pace: how many calls one server bears at once for one model. It grows by one with each answer and is halved when the
 * server says that it is too much (429, 529): once for all calls that were in flight then, since they all say the same.
 *
 * Times are monotonic milliseconds, given by the caller.
 */
#ifndef VERNIER_RUNNERS_PACE_H
#define VERNIER_RUNNERS_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACE_UNLIMITED SIZE_MAX

struct pace {
    size_t limit;               /* PACE_UNLIMITED until the server first complains */
    size_t in_flight;
    int64_t cut_ms;             /* when it was last halved */
    int64_t closed_until_ms;    /* the server's own word that nobody gets in before */
};

/* start: calls at once to begin with; 0: as many as there are. */
struct pace pace_begin(int start);

bool pace_has_room(const struct pace *pace, int64_t now_ms);
void pace_start(struct pace *pace);

enum pace_end { PACE_ANSWERED, PACE_REFUSED, PACE_FAILED };

/* A call begun at started_ms is over. */
void pace_end(struct pace *pace, enum pace_end end, int64_t started_ms, int64_t now_ms);

/* Nobody gets in before until_ms; an earlier time than is known changes nothing. */
void pace_close(struct pace *pace, int64_t until_ms);

#endif
