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

/*
 * Its standard error (Fleiss, Cohen and Everitt, Psychological Bulletin 72, 1969), for large samples: below some thirty
 * pairs it is a hint. NAN where kappa is not defined, and where all pairs agree or none does: these say nothing of it.
 *
 *     variance = [ sum_i p_ii (1 - (p_i. + p_.i)(1 - kappa))^2 + (1 - kappa)^2 sum_i<>j p_ij (p_.i + p_j.)^2
 *                  - (kappa - p_e (1 - kappa))^2 ] / (n (1 - p_e)^2)
 */
double kappa_stderr(const size_t pairs[2][2]);

/* At 95 %, within -1 and 1; NAN likewise. */
void kappa_interval(const size_t pairs[2][2], double *lower, double *upper);

#endif
