/*
 * seat: what the engine keeps of one live episode: its row for the journal, its entry in the ledger, and what an
 * earlier start of the run has on paper about it.
 *
 * Recall: a model's ask that is asked again in the same words is answered from paper; but in a later pass of a void not the
 * last that a judge was asked, since a judge that said no verdict would make it void for ever. An environment cannot be read
 * back from paper: its ask runs again and must say the same. Where either differs, the episode starts over. A grading is
 * the last that is asked: it goes to disk with the outcome, as a row of grade, or is made anew.
 */
#ifndef VERNIER_ENGINE_SEAT_H
#define VERNIER_ENGINE_SEAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"
#include "harness/engine/episode.h"
#include "results/journal.h"

struct buf;
struct ledger;
struct store;

struct seat {
    struct seat *next;                   /* in a seat_list of the engine's */
    struct seat *live_prev, *live_next;  /* in its list of all */
    struct episode *ep;
    size_t index;                        /* of its entry in the ledger */
    struct episode_row row;              /* as the journal will write it */
    struct grade_row grade;              /* of a scored one */
    struct arena *paper;                 /* holds what was recorded; NULL when nothing was */
    struct ask_row *recorded;
    size_t recorded_count;
    bool must_restart;                   /* paper and episode differ; done once nothing of it is in flight */
    bool parked;                         /* may ask no more in this start */
    uint32_t accused;                    /* of a void that may be an outage: a bit for each binding that gave no answer */
    int64_t begun_ms;                    /* monotonic, when it was admitted */
};

/* Seats in a row, first in first out; zeroed is empty. A seat stands in one list at a time. */
struct seat_list { struct seat *first, *last; };

void seat_list_add(struct seat_list *list, struct seat *seat);
struct seat *seat_list_take(struct seat_list *list);      /* the first, or NULL */

/* A seat for that entry of the ledger, with what is recorded of it, and its episode not yet begun. NULL with err set
 * (the store). */
struct seat *seat_new(struct ledger *ledger, size_t index, struct store *store, struct err *err);
void seat_free(struct seat *seat);

/* Makes a fresh episode and starts it: its first asks are posted in seat->ep->asks. */
void seat_begin(struct seat *seat, struct ledger *ledger, uint64_t run_seed);

/* Forgets what is on paper and the episode with it, but not what they took; seat_begin comes next. */
void seat_restart(struct seat *seat);

/* Answers ask from paper when it can (true); else notes whether paper and episode differ. */
bool seat_recall(struct seat *seat, struct ask *ask);

/* Whether this reply of an environment is on paper already, word for word; else notes whether they differ. One that
 * failed says nothing: the episode becomes void, and its paper stays for the next pass. */
bool seat_confirms(struct seat *seat, const struct ask *ask);

/* Whether paper has that this ask failed before, of the same cause as now. */
bool seat_fails_as_before(const struct seat *seat, const struct ask *ask);

/*
 * Adds to the row what an ask that came back took: the reply's tokens, and what its calls cost, of which the reply tells
 * the sum from now on. A row is never cleared: what an earlier start, pass or beginning took stays. Returns the charge on
 * the purse: of a call of unknown cost the most it can have cost.
 */
int64_t seat_count(struct seat *seat, struct ask *ask);

/*
 * Queues for the next commit what came back for an ask: the reply with the calls it took, unless paper has it already;
 * of one that was given up (REPLY_NONE) only the calls, which were paid for: it is parked then; of a grading nothing.
 * The reply is cleaned first, and takes its time from here. scratch is used on the way. A reply that it cannot hold becomes
 * a failure.
 */
void seat_keep(struct seat *seat, struct ask *ask, struct journal *journal, struct buf *scratch);

/* Whether its episode is void and not ended yet: it stands by until it is known whether others are answered. */
bool seat_is_suspect(const struct seat *seat);

/* Fills row and grade from the episode's outcome. */
void seat_end(struct seat *seat);

/* The outcome is on disk, or it left without one: its entry in the ledger learns what became of it. */
void seat_settle(const struct seat *seat, struct ledger *ledger);

#endif
