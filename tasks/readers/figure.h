/*
 * figure: a whole number as people write it: +70, 1,024, 25.00, 073. Digits are ASCII's. Its size is not bounded, and
 * nothing is computed: what it is worth is the grader's to say.
 */
#ifndef VERNIER_READERS_FIGURE_H
#define VERNIER_READERS_FIGURE_H

#include <stddef.h>

#include "tasks/readers/span.h"

struct arena;

/* How far it goes, and its digits. */
struct figure {
    size_t end;                 /* the place it began at when there is none */
    struct span digits;         /* commas included */
};

/* The one at that place. 12.5 is none, though the digits before its point are given; of 1,02 it is the 1. */
struct figure figure_read(struct span text, size_t at);

/* The first place at or after at that holds no digit. */
size_t figure_skip_digits(struct span text, size_t at);

/* The begin of a text, 40 columns at most, in one line and made safe for a note. In the arena. */
const char *figure_quote(struct span text, struct arena *arena);

#endif
