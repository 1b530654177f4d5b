#include "reports/stats/quantile.h"

#include <assert.h>
#include <float.h>
#include <math.h>

/* sqrt(2 pi), and sqrt(1/2): M_PI and its like are not in C17. */
#define SQRT_TWO_PI 2.50662827463100050242
#define SQRT_HALF 0.70710678118654752440

/*
 * The lower half, p <= 0.5, where erfc keeps its relative precision down to 1e-300. The start is Abramowitz
 * and Stegun 26.2.23 (error below 4.5e-4); a Halley step cubes the error, so three go beyond rounding.
 */
static double normal_lower(double p)
{
    double t = sqrt(-2 * log(p));
    double top = 2.515517 + t * (0.802853 + t * 0.010328);
    double bottom = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
    double z = top / bottom - t;

    for (int step = 0; step < 3; step++) {
        double miss = 0.5 * erfc(-z * SQRT_HALF) - p;
        double newton = miss * SQRT_TWO_PI * exp(z * z / 2);
        z -= newton / (1 + z * newton / 2);
    }
    return z;
}

double quantile_normal(double p)
{
    assert(p > 0 && p < 1);
    return p <= 0.5 ? normal_lower(p) : -normal_lower(1 - p);
}

/* Lentz's method divides by both running terms, so neither may be zero. */
static double away_from_zero(double x)
{
    return fabs(x) < DBL_MIN ? DBL_MIN : x;
}

/*
 * The continued fraction of I_x(a, b) (DLMF 8.17.22) by the modified Lentz method. It converges in about
 * sqrt(max(a, b)) rounds when x <= (a+1)/(a+b+2); the cap is far above what any sample size here needs.
 */
static double beta_fraction(double a, double b, double x)
{
    double c = 1;
    double d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
    double value = d;

    for (int m = 1; m < 100000; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 / away_from_zero(1 + even * d);
        c = away_from_zero(1 + even / c);
        value *= c * d;

        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / away_from_zero(1 + odd * d);
        c = away_from_zero(1 + odd / c);
        value *= c * d;
        if (fabs(c * d - 1) < 2 * DBL_EPSILON)
            break;
    }
    return value;
}

static double log_gamma(double x)
{
    int sign;
    return lgamma_r(x, &sign);
}

double incomplete_beta(double a, double b, double x)
{
    assert(a > 0 && b > 0 && x >= 0 && x <= 1);
    if (x <= 0 || x >= 1)
        return x;

    double log_front = log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * log(x) + b * log1p(-x);
    if (x > (a + 1) / (a + b + 2))
        return 1 - exp(log_front) * beta_fraction(b, a, 1 - x) / b;
    return exp(log_front) * beta_fraction(a, b, x) / a;
}

/* P(T > t) for t >= 0, from the smaller of df/(df+t^2) and its complement, which keeps its digits. */
static double t_tail(double t, double df)
{
    double square = t * t;

    if (square < df)
        return 0.5 - incomplete_beta(0.5, df / 2, square / (df + square)) / 2;
    return incomplete_beta(df / 2, 0.5, df / (df + square)) / 2;
}

/*
 * The t >= 0 that leaves `tail` above it: bisection, until no double lies between the ends. A tail too thin
 * for t^2 to be finite (a hundredth of a degree and 1e-17, say) ends near 1e150, which is still a number.
 */
static double t_above(double tail, double df)
{
    double low = 0;
    double high = 1;

    while (t_tail(high, df) > tail && high < 1e150) {
        low = high;
        high *= 2;
    }
    for (;;) {
        double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high)
            return middle;
        if (t_tail(middle, df) > tail)
            low = middle;
        else
            high = middle;
    }
}

double quantile_t(double p, double df)
{
    assert(p > 0 && p < 1 && df > 0);
    return p < 0.5 ? -t_above(p, df) : t_above(1 - p, df);
}
