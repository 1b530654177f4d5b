/*
 * mean: the mean of some items and its standard error, plain and clustered.
 *
 * An item is what the rest of the house calls a sample: one question, whose score has already been averaged
 * over its epochs. So `count` is the number of items, never items times epochs; void outcomes are left out by
 * the caller. The numbers may be scores or differences of scores.
 *
 * A number that is not defined comes back as NAN, never as 0: print it as null. A NaN that goes in comes out.
 * Nothing is allocated; sums are compensated (sum.h), so the order of the items does not matter.
 *
 * Formulas: E. Miller, "Adding Error Bars to Evals" (2024), with n-1 in the variance, as lm-eval and Inspect
 * have it.
 */
#ifndef VERNIER_STATS_MEAN_H
#define VERNIER_STATS_MEAN_H

#include <stddef.h>

/* Sum of x over count. NAN when there are no items. */
double mean_of(const double *x, size_t count);

/* Sample variance, sum of (x-m)^2 over count-1. NAN when count < 2. */
double mean_variance(const double *x, size_t count);

/* Standard error of the mean, sqrt(variance/count), items taken as independent. NAN when count < 2. */
double mean_se(const double *x, size_t count);

/*
 * Standard error when items of one cluster hang together (a passage, a repository, a translated original):
 * d_g = sum of (x-m) over cluster g, plain = sqrt(sum of d_g^2)/count.
 */
struct cluster_se {
    size_t clusters;  /* G, how many there are */
    double plain;     /* no finite-cluster factor, as Inspect and Miller have it */
    double corrected; /* times sqrt(G/(G-1)): the house's default */
};

/* With fewer clusters than this the clustered error says nothing, and both come back as NAN. */
#define CLUSTERS_MIN 5

/* cluster[i] numbers the cluster of item i. Numbers never decrease (order rows by cluster); gaps are fine. */
struct cluster_se mean_cluster_se(const double *x, const size_t *cluster, size_t count);

#endif
