/*
 * engine_status: how a run stands, in figures: what the engine counts while it runs, for whoever shows it; and how it
 * can end.
 *
 * Open to be read between two turns of the engine's; only the engine writes.
 */
#ifndef VERNIER_ENGINE_ENGINE_STATUS_H
#define VERNIER_ENGINE_ENGINE_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/engine/ask.h"

struct ledger;
struct look;
struct seat;

/* Why a run takes no new asks any more: the first that came up. */
enum stopping {
    STOPPING_NOT,
    STOPPING_WISH,          /* a person's */
    STOPPING_CLOCK,         /* the deadline */
    STOPPING_MONEY,         /* the purse is empty */
    STOPPING_OUTAGE,        /* the provider answers nobody */
    STOPPING_REFUSAL,       /* the provider turns everybody's request down */
    STOPPING_FAULT,         /* of the store's */
};

enum engine_end {
    ENGINE_DONE,            /* every episode is scored or void */
    ENGINE_DRAINED,         /* stopped early with everything that came in on disk: interrupt, deadline */
    ENGINE_INTERRUPTED,     /* a second interrupt: calls in flight were dropped */
    ENGINE_OUTAGE,          /* the provider answers nobody; err has its last words */
    ENGINE_REFUSAL,         /* the provider turns everybody's request down; err likewise */
    ENGINE_FAILED,          /* the store; err says why */
};

struct engine_status {
    size_t expected, scored, voided, resumed;        /* resumed: had their outcome before this start */
    size_t live, in_flight[ASK_KINDS];
    size_t unbegun;                                   /* not yet live, of those this pass will try */
    size_t truncated;                                 /* of the scored: cut short by their token limit */
    double score_sum;                                 /* over all scored episodes */
    int64_t tokens_in, tokens_out, cost_nanousd;      /* of this start; what was not reported counts 0 */
    size_t untold;                                    /* replies of models that told no tokens out */
    size_t replies;                                   /* asks of this start that came back, failures included */
    size_t calls, retries;                            /* HTTP calls of this start, and those after a first */
    size_t refused;                                   /* of the calls: told to come later (429, 529) */
    size_t restarts;                                  /* episodes whose journal did not fit */
    bool draining;
    enum stopping stopping;
    char void_reason[200];                            /* of the last void of this start, cut; "" when there was none */
    const struct look *look;                          /* for who looks closer, while the engine runs; else NULL */
};

/* At the start: what ledger, loaded, has from earlier starts, whose scores sum up to that. */
struct engine_status engine_status_begin(const struct ledger *ledger, double score_sum);

/* An ask came back: its reply, and the calls it took. */
void engine_status_count_ask(struct engine_status *status, const struct ask *ask);

/* The episode of that seat is over, and its outcome on disk; one that left without an outcome counts for nothing. */
void engine_status_count_end(struct engine_status *status, const struct seat *seat);

#endif
