/*
 * power: what a comparison can show, reckoned before it is made.
 *
 * Pure functions; shares in [0,1], levels and power in (0,1). Nothing here knows a run: what varies is given or assumed.
 */
#ifndef VERNIER_STATS_POWER_H
#define VERNIER_STATS_POWER_H

#include <stddef.h>

/*
 * The smallest true difference of two means that a paired test over `items` > 0 items, two-sided at `alpha`, finds with
 * that power: (z(1 - alpha/2) + z(power)) sqrt(variance / items). variance: of the items' differences; for right and
 * wrong in one epoch the share of items on which the two differ. Normal approximation with one variance under both
 * hypotheses: Miettinen, Biometrics 24 (1968); Connor, Biometrics 43 (1987). Items that form clusters show less.
 */
double power_smallest_difference(double variance, size_t items, double alpha, double power);

/*
 * What is assumed of two models of which nothing is known, one made from the other: at one epoch they differ on 10 % of
 * the questions (5 to 15 % are usual), 9 of these 10 by chance, which epochs average out: 0.01 + 0.09 / epochs.
 */
#define POWER_ASSUMED_TRUE 0.01
#define POWER_ASSUMED_CHANCE 0.09
double power_assumed_variance(size_t epochs);

#endif
