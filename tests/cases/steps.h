/*
 * steps: a case file, one step a line: a word, then what belongs to it. `#` at the start of a line begins a comment.
 */
#ifndef VERNIER_CASES_STEPS_H
#define VERNIER_CASES_STEPS_H

#include <stddef.h>

#include "harness/base/err.h"

struct arena;

struct step {
    const char *word;
    const char *rest;      /* of the line, without blanks around it */
    size_t line;
};

struct steps { struct step *items; size_t count; };

/* -1 with err set "path line 7: no word ..." when a line begins with none of words (NULL-terminated). */
int steps_read(const char *path, const char *const *words, struct arena *arena, struct steps *out, struct err *err);

#endif
