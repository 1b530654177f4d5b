/*
 * maths_formula: formulas in running text: $...$, $$...$$, \(...\), \[...\]. A $ before a digit without partner is money.
 */
#ifndef VERNIER_READERS_MATHS_FORMULA_H
#define VERNIER_READERS_MATHS_FORMULA_H

#include <stdbool.h>

#include "tasks/readers/span.h"

/* The display that text begins with, with its delimiters; to the end when nothing closes it. */
struct span formula_display(struct span text);

/* The last one's content. False when there is none. */
bool formula_last(struct span text, struct span *content);

/* Whether there is nothing but formulas, and commas and "and" between them; or no formula at all. */
bool formula_is_all(struct span text);

/* What a line says as an answer: without courtesy, emphasis and delimiters around it; the first formula, when prose goes
 * on after it, or when words lead to it. */
struct span formula_of_line(struct span line);

#endif
