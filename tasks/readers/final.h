/*
 * final: what of an output counts as the answer. Thinking is taken off, and characters that only look different are
 * made plain: the first steps of every canonical reader.
 */
#ifndef VERNIER_READERS_FINAL_H
#define VERNIER_READERS_FINAL_H

#include <stdbool.h>
#include <stddef.h>

#include "tasks/readers/span.h"

struct arena;

struct final {
    struct span text;       /* borrows from what was said when nothing in it had to change; else in the arena */
    bool cut;               /* only its last window_bytes are here */
    const char *note;       /* why there is nothing to read */
};

/*
 * False with note set when nothing of it may be read: nothing was said, the thinking never ended. Only the last
 * window_bytes count, beginning at a character (SIZE_MAX: all).
 */
bool final_read(const char *said, size_t window_bytes, struct arena *arena, struct final *out);

#endif
