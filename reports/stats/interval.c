#include "reports/stats/interval.h"

#include "reports/stats/mean.h"
#include "reports/stats/quantile.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>

/* From 30 items or clusters on the normal quantile is taken for t. */
#define NORMAL_FROM 30

/* Scores are in [0,1], items a few millions: a smaller standard error is the rounding of equal scores. */
#define SE_ROUNDING 1e-12

static double z_of(double level)
{
    return quantile_normal((1 + level) / 2);
}

struct interval interval_wilson(double right, double count, double level)
{
    assert(count > 0 && right >= 0 && right <= count);
    double z = z_of(level);
    double p = right / count;
    double shrink = 1 + z * z / count;
    double centre = (p + z * z / (2 * count)) / shrink;
    double half = z / shrink * sqrt(p * (1 - p) / count + z * z / (4 * count * count));

    return (struct interval){
        .method = "wilson",
        .lower = right <= 0 ? 0 : fmax(0, centre - half),
        .upper = right >= count ? 1 : fmin(1, centre + half),
    };
}

struct interval interval_normal(double mean, double se, double level)
{
    double half = z_of(level) * se;

    assert(isfinite(mean) && se >= 0);
    return (struct interval){.method = "normal", .lower = mean - half, .upper = mean + half};
}

struct interval interval_t(double mean, double se, double df, double level)
{
    double half = quantile_t((1 + level) / 2, df) * se;

    assert(isfinite(mean) && se >= 0);
    return (struct interval){.method = "t", .lower = mean - half, .upper = mean + half};
}

/* Written so that NaN fails it. */
static bool all_in_range(const struct scores *scores)
{
    for (size_t i = 0; i < scores->count; i++)
        if (!(scores->x[i] >= 0 && scores->x[i] <= 1))
            return false;
    return true;
}

/* Are these plain draws of right and wrong, for which Wilson's interval is made? */
static bool is_binomial(const struct scores *scores)
{
    if (scores->epochs > 1 || scores->cluster != NULL)
        return false;
    for (size_t i = 0; i < scores->count; i++)
        if (scores->x[i] > 0 && scores->x[i] < 1)
            return false;
    return true;
}

static struct interval no_interval(void)
{
    return (struct interval){.method = NULL, .lower = NAN, .upper = NAN};
}

/* What varies independently: clusters where there are some, else items. */
static double count_units(const struct estimate *estimate)
{
    return (double)(estimate->clusters > 0 ? estimate->clusters : estimate->count);
}

static struct interval interval_clamped(const struct estimate *estimate, double level)
{
    double units = count_units(estimate);
    struct interval interval = interval_normal(estimate->mean, estimate->se, level);

    if (units < NORMAL_FROM)
        interval = interval_t(estimate->mean, estimate->se, units - 1, level);
    interval.lower = fmax(0, interval.lower);
    interval.upper = fmin(1, interval.upper);
    return interval;
}

static struct interval choose_interval(const struct scores *scores, const struct estimate *estimate,
                                       double level)
{
    double units = count_units(estimate);

    if (is_binomial(scores))
        return interval_wilson(estimate->mean * units, units, level);
    if (isnan(estimate->se))
        return no_interval();
    /* For fractions this errs on the wide side: in [0,1] no variance is above m(1-m), that of 0/1 draws. */
    if (estimate->se <= 0)
        return interval_wilson(estimate->mean * units, units, level);
    return interval_clamped(estimate, level);
}

struct estimate estimate_mean(const struct scores *scores, double level)
{
    struct estimate estimate = {.count = scores->count, .mean = NAN, .se = NAN, .interval = no_interval()};

    assert(scores->epochs >= 1 && level > 0 && level < 1);
    if (scores->count == 0 || !all_in_range(scores))
        return estimate;

    estimate.mean = mean_of(scores->x, scores->count);
    if (scores->cluster != NULL) {
        struct cluster_se clustered = mean_cluster_se(scores->x, scores->cluster, scores->count);
        estimate.clusters = clustered.clusters;
        estimate.se = clustered.corrected;
    } else {
        estimate.se = mean_se(scores->x, scores->count);
    }
    if (estimate.se < SE_ROUNDING)
        estimate.se = 0;
    estimate.interval = choose_interval(scores, &estimate, level);
    return estimate;
}
