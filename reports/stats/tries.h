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
 * avg@R: the mean over items of each item's mean over its epochs, and where its noise comes from. What is not
 * defined is NAN: `within` and what follows from it when no item has two epochs, `between` and what follows
 * with one item.
 */
struct tries_average {
    double mean;
    double within;       /* W: variance among an item's epochs (R-1 form), mean over items with two or more */
    double between;      /* V: the observed variance of the item means */
    double between_true; /* T = V - W/R, without the epochs' noise; 0 where that comes out negative */
    double se_questions; /* sqrt(V/N), over questions, not clustered: what the score says of others */
    double se_epochs;    /* sqrt(W/(N R)), over epochs: these questions asked again, has the model changed? */
};

/*
 * Item i owns the next epochs[i] > 0 numbers of scores. Where voids leave items with unlike numbers of
 * epochs, 1/R is the mean of 1/epochs[i].
 */
struct tries_average tries_average(const double *scores, const size_t *epochs, size_t items);

#endif
