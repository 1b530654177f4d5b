/*
 * integer: the whole number from 0 to 999 that an output gives as its answer, or why it gives none. It is found by
 * integer_box and integer_marker.
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

/* The integer of so many digits, leading zeros and all, or INTEGER_NONE with its note. */
struct integer integer_of_digits(struct span digits, struct arena *arena);

/* The answer it makes, in decimal. */
struct answer integer_answer(struct integer integer, struct arena *arena);

#endif
