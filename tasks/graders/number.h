/*
 * number: numbers in a text, as Python's float() and three regular expressions of MMMU's authors see them.
 */
#ifndef VERNIER_GRADERS_NUMBER_H
#define VERNIER_GRADERS_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#include "tasks/readers/span.h"

struct arena;

/* The whole text, commas apart, as float() takes it: 1e5, .5, 1_000, inf; not 0x10. */
bool number_parse(struct span text, struct arena *arena, double *out);

/*
 *     NUMBER_COMMAS      -?\b\d{1,3}(?:,\d{3})+\b
 *     NUMBER_SCIENTIFIC  -?\d+(?:\.\d+)?[eE][+-]?\d+
 *     NUMBER_SIMPLE      -?(?:\d+\.\d+|\.\d+|\d+\b)(?![eE][+-]?\d+)(?![,\d])
 */
enum number_form { NUMBER_COMMAS, NUMBER_SCIENTIFIC, NUMBER_SIMPLE };
#define NUMBER_FORMS 3

/* The first match from *at on: its length, and *at where it begins; 0 when there is none. Linear in the text. */
size_t number_find(enum number_form form, struct span text, size_t *at);

#endif
