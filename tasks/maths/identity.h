/*
 * identity: sums of logarithms or of angles that are zero, proved. Of real algebraic a > 0 and z other than 0:
 *
 *     sum of m ln a = 0       exactly when the product of a^m is 1: exp is one to one on the reals
 *     sum of m arg z = 0      exactly when the product of z^m is real and the sum, by a ball, nearer to 0 than pi
 *
 * Both leave an algebraic question, which a separation bound answers (bound.h). arsinh, arcosh and artanh are logarithms;
 * arctan, arcsin, arccos and pi are angles. Factors before them are any; what has the same factor is summed apart.
 *
 * It asks decide of these smaller constants, as decide asks it: one recursion over what the work can pay for.
 */
#ifndef VERNIER_MATHS_IDENTITY_H
#define VERNIER_MATHS_IDENTITY_H

#include <stdbool.h>

struct node;
struct work;

/* Whether a canonical constant is proved to be zero; false says nothing. */
bool identity_is_zero(struct work *work, const struct node *constant);

#endif
