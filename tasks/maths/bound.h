/*
 * bound: how small an algebraic number can be that is not zero.
 *
 * For an expression of integers, + - * /, roots, roots of unity and their sines: |E| >= 1 / (u^(D-1) l), unless E = 0
 * (Burnikel, Funke, Mehlhorn, Schirra, Schmitt, "A separation bound for real algebraic expressions", ESA 2001). D is the
 * product of the degrees of the different roots; u and l bound the conjugates of numerator and denominator.
 */
#ifndef VERNIER_MATHS_BOUND_H
#define VERNIER_MATHS_BOUND_H

#include <stdbool.h>

struct node;
struct work;

/* Bits b such that |node| < 2^-b proves node = 0. False when node is not such an expression or b is past the limit. */
bool bound_separation(struct work *work, const struct node *node, long *bits);

#endif
