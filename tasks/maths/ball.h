/*
 * ball: the value of a canonical expression as a ball of complex numbers that surely holds it (Arb).
 */
#ifndef VERNIER_MATHS_BALL_H
#define VERNIER_MATHS_BALL_H

#include <stdbool.h>

#include "tasks/maths/balls.h"

struct atoms;
struct node;
struct work;

/*
 * Sets out to the value with so many bits; atoms[i] is worth values[i]. Real odd roots of negative numbers are taken
 * where the policy says so. False when it has none (a division by zero, an infinity) or the work was stopped.
 */
bool ball_evaluate(struct work *work, const struct node *node, const struct atoms *atoms, const acb_struct *values,
                   slong bits, acb_t out);

#endif
