#include "harness/cli/verdict.h"

#include <string.h>

#include "harness/base/buf.h"
#include "harness/cli/print.h"
#include "results/journal.h"

static bool same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool verdict_has_same_answer(const struct grade_row *old, const struct grade_row *new)
{
    return old->score == new->score && same_text(old->answer, new->answer) &&
           same_text(old->answer_class, new->answer_class);
}

bool verdict_is_same(const struct grade_row *old, const struct grade_row *new)
{
    return verdict_has_same_answer(old, new) && same_text(old->reason, new->reason) &&
           (old->verdict == NULL || same_text(old->verdict, new->verdict)) &&
           (old->language == NULL || same_text(old->language, new->language));
}

bool verdict_has_same_judge(const struct grade_row *old, const struct grade_row *new)
{
    return same_text(old->grader, new->grader) && old->version == new->version &&
           same_text(old->profile, new->profile) && same_text(old->verdict, new->verdict) &&
           same_text(old->language, new->language);
}

void verdict_add_why(struct buf *out, const struct grade_row *old, const struct grade_row *new)
{
    if (new->reason != NULL) {
        buf_add_string(out, ": ");
        print_add_foreign(out, new->reason);
    } else if (!same_text(old->grader, new->grader)) {
        buf_addf(out, ": grader %s -> %s", old->grader, new->grader);
    } else if (old->version != new->version) {
        buf_addf(out, ": grader %s version %d -> %d", new->grader, old->version, new->version);
    } else if (!same_text(old->profile, new->profile)) {
        buf_addf(out, ": profile %s -> %s", old->profile, new->profile);
    }
}
