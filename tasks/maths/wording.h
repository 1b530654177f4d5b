/*
 * wording: answers in words, and letters of choices.
 */
#ifndef VERNIER_MATHS_WORDING_H
#define VERNIER_MATHS_WORDING_H

#include <stdbool.h>

struct work;

/* Lower case, without wrappers, quotes, final punctuation and leading article; one blank between words. In the arena. */
const char *wording_plain(struct work *work, const char *source);

/* zero to twenty; -1 for other words. */
long wording_number(const char *plain);

/* "no solution", "none": words for the empty set. */
bool wording_is_nothing(const char *plain);

/* The letter A to J that a gold consists of: C, (C), \textbf{C}; '\0' for others. */
char wording_choice(struct work *work, const char *gold);

/* The letter that an answer to a choice gives: C, (C), C. text, Option C; '\0' when it gives none. */
char wording_chosen(struct work *work, const char *answer);

#endif
