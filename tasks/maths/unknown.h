/*
 * unknown: a value that is definite and that nobody here works out: a sum of 5,000 terms, an integral, a limit, a
 * derivative, a remainder of 10^10000 by pi. A number put in its place proves nothing.
 */
#ifndef VERNIER_MATHS_UNKNOWN_H
#define VERNIER_MATHS_UNKNOWN_H

#include <stdbool.h>

struct atoms;
struct node;

/* Whether one stands in a canonical scalar, or in a part of it. */
bool unknown_is_in(const struct node *node);

/* Whether one stands in an atom. */
bool unknown_is_among(const struct atoms *atoms);

#endif
