/*
 * fold: characters beyond ASCII, written as TeX would: a square root sign becomes \sqrt, a superscript ^{2}, a fraction
 * \frac{1}{2}, a full-width digit a digit. Letters of other scripts stay as they are.
 */
#ifndef VERNIER_MATHS_FOLD_H
#define VERNIER_MATHS_FOLD_H

#include <stddef.h>

struct arena;

/* text itself when it is ASCII; else a copy. NUL-terminated. */
const char *fold(const char *text, size_t length, struct arena *arena);

#endif
