/*
 * choice_or_open: sets that hold questions of both kinds, as MMMU does: a label against the right one, or an open answer
 * as MMMU's authors compare it (open.h).
 */
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/engine/grading.h"
#include "harness/engine/sample.h"
#include "tasks/graders/graders.h"
#include "tasks/graders/open.h"

#define SHOWN_BYTES 200

static int grade(const struct grading *grading, const struct answer *answer, struct arena *arena, struct grade *out,
                 struct err *err)
{
    struct open_values candidates, keys;
    struct buf shown;

    if (grading->sample->choice_count > 0)
        return grader_choice.grade(grading, answer, arena, out, err);
    candidates = open_candidates(answer->text, arena);
    keys = open_keys(grading->target, arena);
    buf_init(&shown, 0);
    open_show(&shown, &candidates, SHOWN_BYTES);
    *out = (struct grade){ .score = open_matches(&candidates, &keys) ? 1 : 0 };
    out->answer = out->answer_class = arena_strndup(arena, shown.data, shown.length);
    buf_fini(&shown);
    return 0;
}

/* A case file does not say of which kind its rows are; of two labels the open rule says the same. */
static bool equal(const char *answer, const char *expected)
{
    struct arena *arena = arena_new();
    struct open_values candidates = open_candidates(answer, arena), keys = open_keys(expected, arena);
    bool matches = open_matches(&candidates, &keys);

    arena_free(arena);
    return matches;
}

const struct grader grader_choice_or_open = {
    .name = "choice_or_open",
    .summary = "a label against the right one; an open answer as MMMU's authors compare it",
    .version = 1,
    .grade = grade,
    .equal = equal,
};
