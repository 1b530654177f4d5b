/*
 * quantile: points of the normal and of Student's t distribution, and the incomplete beta function.
 *
 * Pure functions of their arguments; no allocation, no shared state (lgamma_r, not lgamma, which writes
 * signgam), so any thread may call them. Arguments outside the stated range are a bug of the caller: assert.
 * Quantiles are good to about 1e-13 relative (mpmath). Textbook numerics (DLMF 8.17; Abramowitz and Stegun
 * 26.2), written for this project.
 */
#ifndef VERNIER_STATS_QUANTILE_H
#define VERNIER_STATS_QUANTILE_H

/* The z with P(Z <= z) = p, for 0 < p < 1: z(0.975) = 1.959963984540054. */
double quantile_normal(double p);

/* The t with P(T <= t) = p, for 0 < p < 1 and degrees of freedom df > 0: t(0.975, 29) = 2.0452296421327. */
double quantile_t(double p, double df);

/* The regularised incomplete beta function I_x(a, b), in [0, 1], for a, b > 0 and 0 <= x <= 1. */
double incomplete_beta(double a, double b, double x);

#endif
