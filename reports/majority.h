/*
 * majority: maj@k of many samples, each different vote counted once.
 *
 * Counting the subsets of one sample's 16 answers takes about a millisecond; over a million episodes that would be a
 * minute. But few votes differ: what counts is how many answers each class has, not which epoch gave which.
 */
#ifndef VERNIER_REPORTS_MAJORITY_H
#define VERNIER_REPORTS_MAJORITY_H

#include <stddef.h>
#include <stdint.h>

struct majority;

struct majority *majority_new(uint64_t seed);             /* as for tries_maj_at_k */
void majority_free(struct majority *majority);            /* NULL is allowed */

/* As tries_maj_at_k, for 1 <= k <= count and classes numbered from 0 without gaps (or CLASS_UNPARSED). */
double majority_credit(struct majority *majority, const int *class_of, size_t count, int gold, size_t k);

#endif
