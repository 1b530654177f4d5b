#include "harness/base/arena.h"
#include "harness/engine/grading.h"
#include "tasks/readers/pattern.h"
#include "tasks/readers/readers.h"

/* The filter "custom-extract" of its MMLU-Pro; its GPQA has others. */
static int read_choice(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    struct subject subject = subject_of(grading->said->text, arena);
    struct span group;
    int rc = pattern_find_first("answer is \\(?([ABCDEFGHIJ])\\)?", &subject, &group, err);

    *out = (struct answer){ 0 };
    if (rc < 0)
        return -1;
    if (rc > 0)
        out->text = arena_strndup(arena, group.text, group.length);
    else
        out->note = "no \"answer is (LETTER)\"";
    return 0;
}

const struct reader reader_choice_lm_eval = {
    .name = "lm_eval",
    .grader = "choice",
    .summary = "as lm-evaluation-harness on MMLU-Pro: the first \"answer is (LETTER)\"",
    .version = 1,
    .read = read_choice,
};
