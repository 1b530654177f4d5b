/*
 * verdict: what two verdicts on one reply have in common, the one that counts and the one given now.
 */
#ifndef VERNIER_CLI_VERDICT_H
#define VERNIER_CLI_VERDICT_H

#include <stdbool.h>

struct buf;
struct grade_row;

/* The score, and the answer that was read. */
bool verdict_has_same_answer(const struct grade_row *old, const struct grade_row *new);

/* All that is said, whoever said it. One without a word for it (from an older store) may get one. */
bool verdict_is_same(const struct grade_row *old, const struct grade_row *new);

/* Who said it, and by what. */
bool verdict_has_same_judge(const struct grade_row *old, const struct grade_row *new);

/* Adds ": " and why the new one is another; nothing where that is not known. */
void verdict_add_why(struct buf *out, const struct grade_row *old, const struct grade_row *new);

#endif
