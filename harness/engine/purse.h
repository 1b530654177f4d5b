/*
 * purse: money that may be spent, by everyone who spends in one command. Whoever is about to make a call puts aside the
 * most it can cost, and settles when it knows: so the cap holds whatever comes back, and whenever.
 *
 * Money is integer nano-dollars. A purse without a cap lets everything pass and counts. Main thread only.
 */
#ifndef VERNIER_ENGINE_PURSE_H
#define VERNIER_ENGINE_PURSE_H

#include <stdbool.h>
#include <stdint.h>

struct purse {
    int64_t cap_nanousd;            /* 0: none */
    int64_t spent_nanousd;          /* settled, with what earlier starts of the runs spent */
    int64_t unsure_nanousd;         /* of that: worst cases of calls of which nobody knows the cost */
    int64_t reserved_nanousd;       /* the worst cases of all calls in flight */
    bool is_empty;                  /* a call found no room with none in flight: it never will */
};

/* Puts worst_nanousd (>= 0) aside. False: there is no room for it now; when calls in flight are settled there may be. */
bool purse_reserve(struct purse *purse, int64_t worst_nanousd);

/* A call for which worst_nanousd was put aside is over, and cost that; below 0, nobody knows: then all of it. */
void purse_settle(struct purse *purse, int64_t worst_nanousd, int64_t cost_nanousd);

/* What an earlier start spent of the same money. */
void purse_add_spent(struct purse *purse, int64_t nanousd);

#endif
