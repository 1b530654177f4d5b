/*
 * sum: adding up many doubles without losing digits.
 *
 * Neumaier's form of Kahan's compensated sum: what each addition rounds away is kept in `lost` and given back
 * at the end, so a million scores sum to the last digit or so, and a table does not change when its rows come
 * in another order. Start from a zeroed struct. A NaN that goes in comes out.
 */
#ifndef VERNIER_STATS_SUM_H
#define VERNIER_STATS_SUM_H

#include <stdint.h>

struct sum {
    double total;
    double lost;
};

void sum_add(struct sum *sum, double x);
double sum_value(const struct sum *sum);

/* Counts that may be unknown, below 0: unknown plus unknown stays so; a sum no int64 can hold stays at the largest. */
void sum_add_known(int64_t *total, int64_t more);

#endif
