/*
 * open: answers in words or numbers, as MMMU's authors compare them (mmmu/utils/eval_utils.py): what follows "is",
 * "so", "=" and the like in each line, and every number in it; numbers to two decimals, words by whether the key stands
 * in them. Small letters are ASCII's here, all of Unicode's there.
 */
#ifndef VERNIER_GRADERS_OPEN_H
#define VERNIER_GRADERS_OPEN_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct buf;

struct open_value {
    const char *text;           /* NULL: a number */
    double number;              /* to two decimals */
};

struct open_values { struct open_value *items; size_t count, room; };

/* What a reply may mean, equal ones as often as they are found. All of it in the arena. */
struct open_values open_candidates(const char *reply, struct arena *arena);

/* What a key may be written as: one text, or a list of alternatives as Python or JSON write it. */
struct open_values open_keys(const char *key, struct arena *arena);

bool open_matches(const struct open_values *candidates, const struct open_values *keys);

/* Adds them as "24.32; 24.32 mol", each once, as far as width bytes go. */
void open_show(struct buf *out, const struct open_values *values, size_t width);

#endif
