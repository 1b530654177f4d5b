/*
 * figure: a whole number as people write it: +70, 1,024, 25.00, 073.
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

/* The one at that place. */
struct figure figure_read(struct span text, size_t at);

size_t figure_skip_digits(struct span text, size_t at);

/* The begin of a text, made safe for a note. In the arena. */
const char *figure_quote(struct span text, struct arena *arena);

#endif
