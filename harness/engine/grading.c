#include "harness/engine/grading.h"

int grading_run(const struct grading *grading, struct arena *arena, struct grade *out, struct err *err)
{
    struct answer answer = { NULL, NULL };

    if (grading->reader->read(grading, arena, &answer, err) < 0)
        return -1;
    if (answer.text != NULL)
        return grading->grader->grade(grading, &answer, arena, out, err);
    *out = (struct grade){ .score = 0, .reason = answer.note };
    return 0;
}
