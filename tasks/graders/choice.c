#include <string.h>

#include "harness/base/arena.h"
#include "harness/engine/grading.h"
#include "harness/engine/sample.h"
#include "tasks/graders/graders.h"

/* Epochs show the choices in other orders, so the class names the choice itself, not the label it stood at. Some other
 * harnesses' rules read letters that no choice has; these are classes too, never right. */
static const char *class_of(const struct grading *grading, const char *answer, struct arena *arena)
{
    size_t label = (size_t)(answer[0] - 'A');

    if (answer[0] < 'A' || answer[1] != '\0' || label >= grading->sample->choice_count)
        return arena_printf(arena, "letter %s", answer);
    return arena_printf(arena, "choice %zu", grading->order == NULL ? label : (size_t)grading->order[label]);
}

static int grade(const struct grading *grading, const struct answer *answer, struct arena *arena, struct grade *out,
                 struct err *err)
{
    (void)err;
    *out = (struct grade){
        .score = strcmp(answer->text, grading->target) == 0 ? 1 : 0,
        .answer = answer->text,
        .answer_class = class_of(grading, answer->text, arena),
    };
    return 0;
}

static bool equal(const char *answer, const char *expected)
{
    return strcmp(answer, expected) == 0;
}

const struct grader grader_choice = {
    .name = "choice",
    .summary = "a label (A, B, ...) against the right one",
    .version = 1,
    .grade = grade,
    .equal = equal,
};
