/*
 * ball_function: the functions that have a value as a ball, those of one number with how they are worked out.
 */
#ifndef VERNIER_MATHS_BALL_FUNCTION_H
#define VERNIER_MATHS_BALL_FUNCTION_H

#include <stdbool.h>
#include <stddef.h>

#include "tasks/maths/balls.h"

struct node;

struct ball_function {
    const char *name;
    void (*evaluate)(acb_t out, const acb_t x, slong bits);     /* out may be x */
    size_t cost;                /* units at 64 bits, measured roughly */
};

/* A function of one number; NULL when nobody knows it. */
const struct ball_function *ball_function_find(const char *name);

/* Whether a call of a function, of so many numbers, can be worked out. */
bool ball_function_knows(const struct node *call);

#endif
