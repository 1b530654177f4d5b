#include "harness/engine/grading.h"
#include "tasks/graders/graders.h"
#include "tasks/maths/maths.h"

#include <stddef.h>

static const char *const PROGRAM[] = { "vernier-worker", NULL };

const struct grader grader_maths = {
    .name = "maths",
    .summary = "mathematical equality, proved: numbers, expressions, sets, intervals, matrices, units, words",
    .version = MATHS_VERSION,
    .program = PROGRAM,
};
