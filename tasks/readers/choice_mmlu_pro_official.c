/*
 * choice, mmlu_pro_official: the three levels of MMLU-Pro's authors, on the text without "**". Levels 2 and 3 take a
 * letter from "Answer: Cannot say" and from "8 J"; so do we. Where nothing matches the authors draw at random: here it
 * counts what a draw scores on average, or is drawn where the profile asks for that.
 */
#include "harness/base/arena.h"
#include "harness/engine/grading.h"
#include "harness/engine/sample.h"
#include "tasks/readers/draw.h"
#include "tasks/readers/pattern.h"
#include "tasks/readers/readers.h"

/* Of levels 1 and 2 the first match counts, of level 3 the last: "\b[A-J]\b(?!.*\b[A-J]\b)" says the same, slowly. */
static int find_letter(struct subject *subject, struct span *group, struct err *err)
{
    int rc = pattern_find_first("answer is \\(?([A-J])\\)?", subject, group, err);

    if (rc == 0)
        rc = pattern_find_first(".*[aA]nswer:\\s*([A-J])", subject, group, err);
    return rc != 0 ? rc : pattern_find_last("\\b([A-J])\\b", subject, group, err);
}

static int read_choice(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    static const char *const BOLD[] = { "**", NULL };
    struct subject subject = subject_of(span_without(span_of(grading->said->text), BOLD, arena).text, arena);
    struct span group;
    int rc = find_letter(&subject, &group, err);

    *out = (struct answer){ 0 };
    if (rc < 0)
        return -1;
    if (rc > 0)
        out->text = arena_strndup(arena, group.text, group.length);
    else
        draw_expected(grading->sample->choice_count, out);
    return 0;
}

static int read_or_draw(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    return read_choice(grading, arena, out, err) < 0 ? -1 : draw_where_none(grading, arena, out);
}

const struct reader reader_choice_mmlu_pro_official = {
    .name = "mmlu_pro_official",
    .grader = "choice",
    .summary = "as MMLU-Pro's authors: three levels; no answer counts 1/N, what their random draw scores on average",
    .version = 1,
    .draws = true,
    .read = read_choice,
};

const struct reader reader_choice_mmlu_pro_official_random = {
    .name = "mmlu_pro_official_random",
    .grader = "choice",
    .summary = "the same with a random draw, fixed by the sample's id, where there is no answer",
    .version = 1,
    .draws = true,
    .read = read_or_draw,
};
