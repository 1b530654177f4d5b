/*
 * decide: whether two canonical scalars are equal. In this order: the same text; two rationals; two rational functions
 * (modular); balls that do not meet, which proves them different; for constants a separation bound, an identity in pi
 * and its like, or one of logarithms or angles, which prove them equal; for functions, balls that meet at three points.
 * A value that nobody worked out (unknown) and an infinity that is reckoned with are never found different.
 */
#ifndef VERNIER_MATHS_DECIDE_H
#define VERNIER_MATHS_DECIDE_H

#include <stdbool.h>

struct node;
struct work;

enum sameness {
    SAME,
    DIFFERENT,
    UNDECIDED,              /* equal to 2048 bits, and nobody knows why; or a value that nobody worked out */
};

/* rule: set to what decided, in words. */
enum sameness decide(struct work *work, struct node *one, struct node *other, const char **rule);

/* The order of two real constants: -1, 0, 1; false when it cannot be told. */
bool decide_order(struct work *work, struct node *one, struct node *other, int *order);

/* The largest whole number that is not above a real constant; NULL when it cannot be told with LIMIT_BOUND_BITS. */
struct node *decide_floor(struct work *work, struct node *constant);

/* Whether one is a constant multiple of the other, neither being zero; sign: of the constant. */
bool decide_proportional(struct work *work, struct node *one, struct node *other, int *sign);

#endif
