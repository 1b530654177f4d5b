#include "reports/stats/mean.h"

#include "reports/stats/sum.h"

#include <assert.h>
#include <math.h>

double mean_of(const double *x, size_t count)
{
    struct sum sum = {0};

    if (count == 0)
        return NAN;
    for (size_t i = 0; i < count; i++)
        sum_add(&sum, x[i]);
    return sum_value(&sum) / (double)count;
}

double mean_variance(const double *x, size_t count)
{
    struct sum squares = {0};
    double mean = mean_of(x, count);

    if (count < 2)
        return NAN;
    for (size_t i = 0; i < count; i++)
        sum_add(&squares, (x[i] - mean) * (x[i] - mean));
    return sum_value(&squares) / (double)(count - 1);
}

double mean_se(const double *x, size_t count)
{
    return sqrt(mean_variance(x, count) / (double)count);
}

/* Adds up the residuals of the cluster that begins at *at, and moves *at behind it. */
static double residual_of_cluster(const double *x, const size_t *cluster, size_t count, double mean,
                                  size_t *at)
{
    struct sum residual = {0};
    size_t first = *at;

    for (; *at < count && cluster[*at] == cluster[first]; ++*at)
        sum_add(&residual, x[*at] - mean);
    assert(*at == count || cluster[*at] > cluster[first]);
    return sum_value(&residual);
}

struct cluster_se mean_cluster_se(const double *x, const size_t *cluster, size_t count)
{
    struct cluster_se se = {.clusters = 0, .plain = NAN, .corrected = NAN};
    struct sum squares = {0};
    double mean = mean_of(x, count);

    for (size_t at = 0; at < count; se.clusters++) {
        double residual = residual_of_cluster(x, cluster, count, mean, &at);
        sum_add(&squares, residual * residual);
    }
    if (se.clusters < CLUSTERS_MIN)
        return se;
    double clusters = (double)se.clusters;
    se.plain = sqrt(sum_value(&squares)) / (double)count;
    se.corrected = se.plain * sqrt(clusters / (clusters - 1));
    return se;
}
