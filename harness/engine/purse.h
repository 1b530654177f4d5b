/*
 * purse: money that may be spent, by everyone who spends in one command. Whoever is about to make a call puts aside the
 * most it can cost, and settles when it knows: so the cap holds whatever comes back, and whenever.
 *
 * It holds over a kill too. What a call cost is on disk only with the rows of its ask; until then a number in the store,
 * the run's unsure_nanousd, says how much calls may cost of which no row tells. It is written before a call begins that
 * it does not cover (keep), a quarter too high so that few calls wait for the disk, and anew with every commit of rows.
 * What stands there when a process is killed is lost from sight, and counts as spent from then on.
 *
 * Money is integer nano-dollars. A purse without a cap lets everything pass and counts. Main thread only.
 */
#ifndef VERNIER_ENGINE_PURSE_H
#define VERNIER_ENGINE_PURSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"

/* Puts the number on disk. -1 with err set. */
typedef int purse_keep_fn(void *to, int64_t unsure_nanousd, struct err *err);

struct purse {
    int64_t cap_nanousd;            /* 0: none */
    int64_t spent_nanousd;          /* settled, with what earlier starts of the runs spent */
    int64_t unsure_nanousd;         /* of that: worst cases of calls of which nobody knows the cost */
    int64_t reserved_nanousd;       /* the worst cases of all calls in flight */
    size_t over_count;              /* calls that cost more than was put aside for them: only then the cap can be passed */
    int64_t over_nanousd;           /* by so much, all in all */
    bool is_empty;                  /* a call found no room with none in flight: it never will */
    bool has_failed;                /* keep did: err says why, and no call begins any more */
    struct err err;

    /* Of the run at hand; the purse's own. */
    purse_keep_fn *keep;            /* NULL: between runs, or nobody keeps anything */
    void *keep_to;
    int64_t told_nanousd;           /* of spent: rows on disk tell of it */
    int64_t queued_nanousd;         /* of spent: the rows of the next commit do */
    int64_t lost_nanousd;           /* what earlier starts of the run lost from sight */
    int64_t kept_nanousd;           /* what the store says */
    int64_t draft_nanousd;          /* what it will say after the next commit */
};

/* Puts worst_nanousd (>= 0) aside. False: there is no room for it now; when calls in flight are settled there may be. */
bool purse_reserve(struct purse *purse, int64_t worst_nanousd);

/* A call for which worst_nanousd was put aside is over, and cost that; below 0, nobody knows: then all of it. What costs
 * more is spent all the same. Of a call for which nothing was put aside nobody knew what it can cost. */
void purse_settle(struct purse *purse, int64_t worst_nanousd, int64_t cost_nanousd);

/* What an earlier start spent of the same money, and how much of that is unsure. */
void purse_add_spent(struct purse *purse, int64_t nanousd, int64_t unsure_nanousd);

/* From here on calls are a run's whose unsure_nanousd in the store is that. */
void purse_begin_run(struct purse *purse, int64_t unsure_nanousd, purse_keep_fn *keep, void *keep_to);

/* Rows that the next commit writes tell of calls settled for so much. */
void purse_tell(struct purse *purse, int64_t nanousd);

/* What that commit has to write as the run's unsure_nanousd; false: what stands there will do. */
bool purse_draft(struct purse *purse, int64_t *unsure_nanousd);

/* It succeeded. */
void purse_commit(struct purse *purse);

/* No call of the run is in flight any more. Returns what its unsure_nanousd is to be from now on. */
int64_t purse_end_run(struct purse *purse);

#endif
