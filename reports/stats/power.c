#include "reports/stats/power.h"

#include <assert.h>
#include <math.h>

#include "reports/stats/quantile.h"

static double quantiles(double alpha, double power)
{
    return quantile_normal(1 - alpha / 2) + quantile_normal(power);
}

double power_smallest_difference(double variance, size_t items, double alpha, double power)
{
    assert(items > 0 && variance >= 0);
    return quantiles(alpha, power) * sqrt(variance / (double)items);
}

double power_assumed_variance(size_t epochs)
{
    assert(epochs > 0);
    return POWER_ASSUMED_TRUE + POWER_ASSUMED_CHANCE / (double)epochs;
}
