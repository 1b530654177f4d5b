/*
 * hendrycks: answers made comparable as the authors of MATH do (arXiv:2103.03874), as lm-evaluation-harness has it
 * (lm_eval/tasks/aime/utils.py, strip_string): two answers are equal when these forms have the same characters.
 *
 * It is theirs to the letter: "x=5" is "5", for what stands before the sign has two characters at most, but "xyz=5" is
 * not; 0.5 is \frac{1}{2}, 0.25 is only itself.
 */
#ifndef VERNIER_READERS_HENDRYCKS_H
#define VERNIER_READERS_HENDRYCKS_H

#include <stdbool.h>

#include "tasks/readers/span.h"

struct arena;

/* The form, in the arena. false where theirs ends in an exception (a root of nothing, "m/n"): then the texts are
 * compared as they stand. */
bool hendrycks_form(struct span text, struct arena *arena, struct span *out);

#endif
