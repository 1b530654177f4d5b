/*
 * pace: how many calls one server bears at once for one model, learned from what it says to them.
 *
 * - It grows by one with each answer, and is halved when the server says that it is too much (429, 529): once for all
 *   calls that were in flight then, since they all say the same. Refusals are quick, so what a server keeps in while
 *   it refuses the others is what it bears: there it ends, be that less than half.
 * - Where it was refused once it is likely to be refused again: it rests just below until PACE_ROUNDS times as many calls
 *   as fly at once were answered there; then it tries one more, after as much calm two more, then four.
 * - One call at a time may still be too many for a limit of so much a minute. A server that refuses PACE_DEAF calls in a
 *   row, the last of them alone, is left in peace as long as that last one has to wait.
 *
 * After Claude's advice (add one after each success, halve on 429 or 529, one gate per model). Measured by tests/storm:
 * what share of calls is refused by a server of a fixed size, and how soon a passing overload is forgotten.
 *
 * Times are monotonic milliseconds, given by the caller. Main thread only.
 */
#ifndef VERNIER_RUNNERS_PACE_H
#define VERNIER_RUNNERS_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACE_UNLIMITED SIZE_MAX
#define PACE_ROUNDS 2
#define PACE_DEAF 4

struct pace {
    size_t limit;               /* PACE_UNLIMITED until the server first complains */
    size_t in_flight;
    size_t ceiling;             /* one more was refused, or is not tried yet; PACE_UNLIMITED: nobody knows */
    size_t lift;                /* by how much the ceiling rises next */
    size_t borne;               /* answers at the ceiling */
    int refused_in_a_row;
    bool has_answered;          /* a call got an answer there, once */
    int64_t cut_ms;             /* when it was last halved */
    int64_t closed_until_ms;    /* nobody gets in before */
};

/* start: calls at once to begin with; 0: as many as there are. */
struct pace pace_begin(int start);

bool pace_has_room(const struct pace *pace, int64_t now_ms);
void pace_start(struct pace *pace);

enum pace_end { PACE_ANSWERED, PACE_REFUSED, PACE_FAILED };

/* A call begun at started_ms is over. */
void pace_end(struct pace *pace, enum pace_end end, int64_t started_ms, int64_t now_ms);

/* A call broken off, of which nobody knows how it would have ended. */
void pace_break(struct pace *pace);

/* The call last refused waits until that time; so do the others if the server is deaf to all. */
void pace_heed_wait(struct pace *pace, int64_t until_ms);

/* Nobody gets in before until_ms; an earlier time than is known changes nothing. */
void pace_close(struct pace *pace, int64_t until_ms);

#endif
