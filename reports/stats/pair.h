/*
 * pair: two runs on the same items: by how much they differ, how sure that is, and how likely chance alone does as much.
 *
 * Pairs, not two separate intervals: what an item's difficulty does to both falls out. Differences of scores in [0,1].
 * What is not defined is NAN, and an interval's method NULL. Same seed, same digits; the resampling depends on the order
 * of the items, so give them in one that is fixed.
 *
 * McNemar's test with mid-p (Fagerland, Lydersen, Laake, 2013), sign-flip permutation, BCa bootstrap (Efron, 1987) and
 * Holm (1979).
 */
#ifndef VERNIER_STATS_PAIR_H
#define VERNIER_STATS_PAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reports/stats/interval.h"

/* Two-sided mid-p: only_a and only_b count the items that one alone has right. 1 where there are none. */
double pair_mcnemar(size_t only_a, size_t only_b);

/* Differences of item means; cluster as in mean_cluster_se, or NULL. */
struct differences {
    const double *d;
    const size_t *cluster;
    size_t count;
};

/*
 * The chance that random signs give a mean as far from 0: over all signs of up to 20 items (or clusters) that differ, else
 * over 9999 drawn. Whole clusters are flipped.
 */
struct permutation {
    double p;
    size_t signs;                   /* so many ways to set them were tried */
    bool is_bound;                  /* none of those drawn came so far: the chance is p at most */
};
struct permutation pair_permutation(const struct differences *differences, uint64_t seed);

/* Of so many resamples, of items or of whole clusters; method "bca". None where all differences are the same. */
struct bootstrap {
    struct interval percentile, bca;
    double z0, acceleration;
};
struct bootstrap pair_bootstrap(const struct differences *differences, double level, size_t resamples, uint64_t seed);

struct comparison {
    double difference, se;          /* se NAN: one item, under CLUSTERS_MIN clusters */
    size_t clusters;                /* 0: not clustered */
    struct interval interval;       /* BCa below 100 items, else normal (t below 30 clusters); not where the se is 0 */
    double p;                       /* two-sided */
    bool p_is_bound;                /* as in struct permutation */
    size_t signs;                   /* too; 0: no permutation */
    const char *test;               /* "mcnemar" or "permutation" */
};

/*
 * a[i] and b[i] are item i's scores, the means over its epochs. The house's default: McNemar where every score is 0 or 1
 * in one epoch (is_single) and nothing is clustered, with interval difference -/+ se; else the permutation. NAN, and no
 * test, without items.
 */
struct comparison pair_compare(const double *a, const double *b, const size_t *cluster, size_t count, bool is_single,
                               double level, uint64_t seed);

/* Adjusted p of many tests, out in the order of p: of the chance that any is false. */
void pair_holm(const double *p, size_t count, double *out);

#endif
