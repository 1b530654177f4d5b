/*
 * interval: how sure we are of a benchmark's mean, and the rule that picks the method.
 *
 * Levels are two-sided shares, 0.95 for the usual interval, 0 < level < 1. Scores are in [0,1]. Pure
 * functions, nothing allocated. What is not defined is NAN (print null), and its method NULL; it is never 0
 * and never a zero-width interval, so that no gate can read "we cannot tell" as "we are certain".
 */
#ifndef VERNIER_STATS_INTERVAL_H
#define VERNIER_STATS_INTERVAL_H

#include <stddef.h>

struct interval {
    const char *method; /* "wilson", "t" or "normal", a constant; NULL: there is no interval */
    double lower, upper;
};

/*
 * The score interval of Wilson (1927) for `right` of `count`, count > 0, 0 <= right <= count; both may be
 * fractions. None right gives a lower end of exactly 0, all right an upper end of exactly 1.
 */
struct interval interval_wilson(double right, double count, double level);

/* mean -/+ z se, and mean -/+ t(df) se, df > 0. Numbers in, not NAN; not clamped, as for a difference. */
struct interval interval_normal(double mean, double se, double level);
struct interval interval_t(double mean, double se, double df, double level);

/* The items of one task in one run, voids left out. The arrays are the caller's and only read. */
struct scores {
    const double *x;       /* each item's score, the mean over its epochs */
    const size_t *cluster; /* as in mean_cluster_se: never decreasing; NULL when items are independent */
    size_t count;          /* how many items */
    size_t epochs;         /* the most epochs any item was scored in, at least 1 */
};

struct estimate {
    size_t count;    /* items */
    size_t clusters; /* 0: not clustered */
    double mean;     /* NAN when there are no items, or one of them has no score in [0,1] */
    double se;       /* over questions, clustered ones corrected; NAN for 1 item or under 5 clusters */
    struct interval interval;
};

/*
 * The house's default. Wilson when every score is 0 or 1, with one epoch an item and no clusters; it holds
 * for one item too. Otherwise mean -/+ se, with t when there are fewer than 30 items (or clusters), clamped
 * to [0,1]; none where the se is undefined. When the se is 0, as all scores are the same, Wilson again, over
 * the items (or clusters): a mean of 1 over 30 items is not known exactly.
 */
struct estimate estimate_mean(const struct scores *scores, double level);

#endif
