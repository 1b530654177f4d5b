#include "harness/engine/grading.h"

int grading_run(const struct grading *grading, struct arena *arena, struct grade *out, struct err *err)
{
    struct answer answer = { NULL, NULL };

    if (grading->reader->read(grading, arena, &answer, err) < 0)
        return -1;
    *out = (struct grade){ .score = 0, .reason = answer.note };
    if (answer.text == NULL)
        return 0;
    if (grading->grader->grade(grading, &answer, arena, out, err) < 0)
        return -1;
    if (out->score >= 0 && out->score <= 1)
        return 0;
    return err_set(err, "%s gave the score %g, which is not in 0..1", grading->grader->name, out->score);
}
