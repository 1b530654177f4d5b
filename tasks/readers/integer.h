/*
 * integer: the whole number from 0 to 999 that an output gives as its answer.
 *
 * A box decides when there is one with something in it; else "\boxed 82"; else the last "answer:" or "answer is". An
 * expression that still has to be computed (1/2, 5^3, 12+13) is no integer.
 */
#ifndef VERNIER_READERS_INTEGER_H
#define VERNIER_READERS_INTEGER_H

#include <stdbool.h>

#include "harness/engine/grading.h"
#include "tasks/readers/span.h"

struct arena;

#define INTEGER_MAX 999
#define INTEGER_NONE (-1)

struct integer {
    int value;              /* 0..INTEGER_MAX, or INTEGER_NONE */
    bool boxed;             /* a box decided */
    const char *note;       /* why there is none */
};

/* text as final_read gives it. */
struct integer integer_find(struct span text, struct arena *arena);

/* The integer of so many digits, leading zeros and all, or INTEGER_NONE with its note. */
struct integer integer_of_digits(struct span digits, struct arena *arena);

/* The answer it makes, in decimal. */
struct answer integer_answer(struct integer integer, struct arena *arena);

#endif
