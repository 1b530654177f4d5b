/*
 * integer_marker: the whole number after "answer:", "the answer is" and their like, on the rest of that line, or on the
 * next where the line has nothing more.
 */
#ifndef VERNIER_READERS_INTEGER_MARKER_H
#define VERNIER_READERS_INTEGER_MARKER_H

#include <stdbool.h>
#include <stddef.h>

#include "tasks/readers/span.h"

struct arena;
struct integer;

/* The place after "answer:", "**Answer**:", "answer is", "<answer>", "Answer →" whose first letter is at that place; at when
 * it is another word. */
size_t integer_skip_marker(struct span text, size_t at);

/* The number after the last marker that has one, English ones first. False when there is none. */
bool integer_find_marker(struct span text, struct arena *arena, struct integer *out);

#endif
