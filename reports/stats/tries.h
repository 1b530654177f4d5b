/*
 * tries: what several epochs of one item (a sample of the task) tell.
 *
 * pass@k, pass^k and maj@k work on one item with `epochs` scored answers; a task's number is mean_of() over
 * its items, its error mean_se() over the same values, never an error over items times epochs. All three are
 * means over the subsets of k of those answers. When k is 0 or more than there are answers, they return NAN
 * (print null) and extrapolate nothing; otherwise the result is in [0,1]. An item that voids have left with
 * fewer than k answers is the caller's to leave out and to count.
 */
#ifndef VERNIER_STATS_TRIES_H
#define VERNIER_STATS_TRIES_H

#include <stddef.h>
#include <stdint.h>

#include "reports/stats/sum.h"

/* The chance that at least one of k answers is right, when `right` of `epochs` are (Chen et al., 2021). */
double tries_pass_at_k(size_t epochs, size_t right, size_t k);

/* pass^k: the chance that all k are right, C(right,k)/C(epochs,k) (reliability in tau-bench). */
double tries_pass_hat_k(size_t epochs, size_t right, size_t k);

/* The class of an answer that could not be read: it takes one of the k places, but forms no class. */
#define CLASS_UNPARSED (-1)
/* The gold answer's class when nobody gave it. */
#define CLASS_NOBODY (-2)

/*
 * The expected credit of the commonest of k answers. class_of[i] numbers the class of equal answers that
 * answer i is in, by the benchmark's own equality: any number >= 0, or CLASS_UNPARSED; gold is the class of
 * the right answer. Classes that tie for the biggest share the credit equally; k unparsed answers earn 0.
 *
 * The mean over all C(epochs,k) subsets if there are at most 20000, else over 1000 drawn with splitmix64 from
 * the seed; then it depends on the order of the answers too: give them by epoch. Keeps nothing it allocates.
 */
double tries_maj_at_k(const int *class_of, size_t epochs, int gold, size_t k, uint64_t seed);

/*
 * Where the noise of avg@R comes from (the mean over items of each item's mean over its R epochs), gathered item by item.
 * Zeroed: of no item yet.
 */
struct tries_spread {
    struct sum variances;  /* among an item's epochs (R-1 form), of those with two or more */
    struct sum inverses;   /* 1/R of each item: where voids leave unlike numbers of epochs, 1/R is their mean */
    size_t items, repeated;
};

/* One item, of epochs > 0 scores. */
void tries_spread_add(struct tries_spread *spread, const double *scores, size_t epochs);

/* W, the mean variance within an item. NAN when no item has two epochs. */
double tries_spread_within(const struct tries_spread *spread);

/* sqrt(W/(N R)), over epochs: were these questions asked again, has the model changed? NAN when W is. */
double tries_spread_se(const struct tries_spread *spread);

#endif
