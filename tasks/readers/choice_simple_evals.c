#include "harness/base/arena.h"
#include "harness/engine/grading.h"
#include "tasks/readers/pattern.h"
#include "tasks/readers/readers.h"

/* simple-evals takes the FIRST match, though models that think aloud may name several; so do we, to compare with it.
 * Its letter keeps its case, and a small one is wrong there. Always A to D. */
static int read_choice(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    struct subject subject = subject_of(grading->said->text, arena);
    struct span group;
    int rc = pattern_find_first("(?i)Answer[ \\t]*:[ \\t]*\\$?([A-D])\\$?", &subject, &group, err);

    *out = (struct answer){ NULL, NULL };
    if (rc < 0)
        return -1;
    if (rc > 0)
        out->text = arena_strndup(arena, group.text, group.length);
    else
        out->note = "no \"Answer: LETTER\"";
    return 0;
}

const struct reader reader_choice_simple_evals = {
    .name = "simple_evals",
    .grader = "choice",
    .summary = "as OpenAI's simple-evals: the first \"Answer: LETTER\", thinking included, its case kept",
    .version = 1,
    .read = read_choice,
};
