/*
 * maths: where other harnesses look for an answer. What is found is compared as ours is: their own ways to compare are
 * string rules and computer algebra, and simple-evals' a model.
 *
 *     simple_evals      the first "Answer:", the rest of its line
 *     lm_eval_dollars   hendrycks_math of lm-evaluation-harness: all between the first dollar and the last, else all that
 *                       was said
 *     lm_eval_minerva   its minerva_math, after Lewkowycz et al. (arXiv:2206.14858): the sentence that its worked examples
 *                       end with
 *     verl_dapo         math_dapo of verl: the last "Answer:" of the last 300 characters, the rest of its line
 */
#include <string.h>

#include "harness/base/arena.h"
#include "harness/engine/grading.h"
#include "tasks/readers/pattern.h"
#include "tasks/readers/readers.h"

#define MARKED "(?i)Answer\\s*:\\s*([^\\n]+)"
#define HOPE "I hope it is correct."
#define DAPO_CHARACTERS 300

static int take(int rc, struct span found, const char *note, struct arena *arena, struct answer *out)
{
    if (rc < 0)
        return -1;
    found = rc > 0 ? span_trim(found) : span_of("");
    *out = (struct answer){ .text = found.length > 0 ? arena_strndup(arena, found.text, found.length) : NULL,
                            .note = found.length > 0 ? NULL : note };
    return 0;
}

static int read_first(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    struct subject subject = subject_of(grading->said->text, arena);
    struct span found;
    int rc = pattern_find_first(MARKED, &subject, &found, err);

    return take(rc, found, "no \"Answer:\"", arena, out);
}

static int read_dollars(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    struct span said = span_of(grading->said->text);
    size_t last = span_find_last(said, "$");
    const char *first = memchr(said.text, '$', said.length);

    (void)err;
    if (first != NULL && first < said.text + last)
        said = span_slice(said, (size_t)(first - said.text) + 1, last);
    return take(1, said, "nothing was said", arena, out);
}

/* They put the sentence's end to the text, so that one that was cut off there is read. */
static int read_minerva(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    struct subject subject = subject_of(arena_printf(arena, "%s" HOPE, grading->said->text), arena);
    struct span found;
    int rc = pattern_find_first("Final Answer: The final answer is(.*?). I hope it is correct.", &subject, &found, err);

    return take(rc, found, "no \"Final Answer: The final answer is\"", arena, out);
}

static struct span last_characters(struct span text, size_t count)
{
    size_t at = text.length;

    while (at > 0 && count > 0)
        count -= ((unsigned char)text.text[--at] & 0xC0) != 0x80;
    return span_slice(text, at, text.length);
}

static int read_dapo(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    struct subject subject = subject_of(grading->said->text, arena);
    struct span found;
    int rc;

    subject.text = last_characters(subject.text, DAPO_CHARACTERS);
    rc = pattern_find_last(MARKED, &subject, &found, err);
    return take(rc, found, "no \"Answer:\" in the last 300 characters", arena, out);
}

const struct reader reader_maths_lm_eval_dollars = {
    .name = "lm_eval_dollars", .grader = "maths",
    .summary = "as lm-evaluation-harness's hendrycks_math: all between the first $ and the last",
    .version = 1, .read = read_dollars,
};

const struct reader reader_maths_lm_eval_minerva = {
    .name = "lm_eval_minerva", .grader = "maths",
    .summary = "as lm-evaluation-harness's minerva_math: \"Final Answer: The final answer is ...\"",
    .version = 1, .read = read_minerva, .before = "Final Answer: The final answer is ", .after = ". " HOPE,
};

const struct reader reader_maths_simple_evals = {
    .name = "simple_evals", .grader = "maths", .summary = "as simple-evals: the first \"Answer:\"",
    .version = 1, .read = read_first, .before = "Answer: ", .after = "",
};

const struct reader reader_maths_verl_dapo = {
    .name = "verl_dapo", .grader = "maths",
    .summary = "as verl's math_dapo: the last \"Answer:\" of the last 300 characters",
    .version = 1, .read = read_dapo, .before = "Answer: ", .after = "",
};
