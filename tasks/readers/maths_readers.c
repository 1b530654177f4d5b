#include "harness/engine/grading.h"
#include "tasks/readers/maths.h"
#include "tasks/readers/readers.h"

static int read_by(const struct grading *grading, const struct maths_rules *rules, struct arena *arena,
                   struct answer *out)
{
    struct maths_answer found;

    maths_find(grading->said->text, rules, arena, &found);
    *out = (struct answer){ .text = found.text, .note = found.how };
    return 0;
}

static int read_canonical(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    (void)err;
    return read_by(grading, &maths_rules_canonical, arena, out);
}

static int read_strict(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    (void)err;
    return read_by(grading, &maths_rules_strict, arena, out);
}

const struct reader reader_maths_canonical = {
    .name = "canonical", .grader = "maths", .summary = "the last box, marker or formula; equality with the usual policies",
    .version = 1, .read = read_canonical,
};

const struct reader reader_maths_prm800k_strict = {
    .name = "prm800k_strict", .grader = "maths", .summary = "box or marker alone; fractions must be reduced, as in PRM800K",
    .version = 1, .read = read_strict,
};
