/*
 * graders: the table of all ways to compare an answer with a target, one file each (grading.h says what a grader must be).
 * Adding one is its file, its declaration here and a line in graders.c. All are constants; grading is pure.
 */
#ifndef VERNIER_GRADERS_GRADERS_H
#define VERNIER_GRADERS_GRADERS_H

#include "harness/engine/grading.h"

extern const struct grader grader_choice;
extern const struct grader grader_choice_or_open;
extern const struct grader grader_integer;
extern const struct grader grader_maths;

/* By name; ends with NULL. */
extern const struct grader *const graders[];

/* NULL when there is none of that name. '-' and '_' are alike. */
const struct grader *graders_find(const char *name);

#endif
