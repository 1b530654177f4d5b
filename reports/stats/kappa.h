/*
 * kappa: how far two who say yes or no agree beyond chance (Cohen, Educational and Psychological Measurement 20, 1960).
 *
 *     kappa = (p_o - p_e) / (1 - p_e)      p_o: the share on which they agree
 *                                          p_e: the share expected of two who say yes as often, each without looking
 */
#ifndef VERNIER_STATS_KAPPA_H
#define VERNIER_STATS_KAPPA_H

#include <stddef.h>

/* pairs[a][b]: how often one said a (0: no, 1: yes) and the other b. NAN where it is not defined: no pairs, or both always
 * said the same one word. */
double kappa_of(const size_t pairs[2][2]);

#endif
