/*
 * word: what a person wrote for a setting, read strictly: a number, a switch, one of several names.
 */
#ifndef VERNIER_ENGINE_WORD_H
#define VERNIER_ENGINE_WORD_H

#include <stdbool.h>
#include <stdint.h>

struct buf;

/* The whole word must be one: no blanks, no hex, no inf or nan. False leaves *out alone. */
bool word_to_number(const char *word, double *out);
bool word_to_int(const char *word, int64_t *out);      /* digits, perhaps a minus; 1e3 and 2.0 are none */
bool word_to_bool(const char *word, bool *out);        /* on off, true false, yes no, 1 0 */

/* Adds `; did you mean "epochs"?`, or `; known: a, b, c` where none of names (NULL ends them) is near. */
void word_add_nearest(struct buf *out, const char *word, const char *const *names);

#endif
