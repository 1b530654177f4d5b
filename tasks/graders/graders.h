/*
 * graders: every way to compare an answer with a target, one file each.
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
