/*
 * boxes: \boxed{...}, \fbox{...} and \framebox{...} in a text, the backslash and blanks before the brace optional.
 *
 * Braces are balanced; a backslash takes the next character with it, so \{ and \} are none. Found in one pass, however
 * deep they nest.
 */
#ifndef VERNIER_READERS_BOXES_H
#define VERNIER_READERS_BOXES_H

#include <stdbool.h>
#include <stddef.h>

#include "tasks/readers/span.h"

struct arena;

struct box {
    size_t start;               /* of its name, the backslash included */
    size_t body;                /* where its content begins */
    struct span content;        /* what its braces hold; text NULL while it is open */
    size_t depth;               /* of its brace */
    size_t outer;               /* index of the box it stands in, SPAN_NOWHERE for none */
};

struct boxes {
    struct box *items;          /* by start, open ones too: an inner box comes after the one around it */
    size_t count;
    size_t closed_count;
};

struct boxes boxes_find(struct span text, struct arena *arena);

/* The last closed one before index whose content is not blank; SPAN_NOWHERE when there is none. */
size_t boxes_previous(const struct boxes *boxes, size_t index);

#endif
