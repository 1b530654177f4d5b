/*
 * Answers in words, against each other.
 */
#include <string.h>

#include "harness/base/arena.h"
#include "tasks/maths/compare.h"
#include "tasks/maths/policy.h"
#include "tasks/maths/wording.h"
#include "tasks/maths/work.h"

/* A copy without hyphens and blanks. */
static const char *joined(struct work *work, const char *plain)
{
    char *copy = arena_strdup(work->arena, plain);
    size_t used = 0;

    for (const char *c = plain; *c != '\0'; c++)
        if (*c != '-' && *c != ' ')
            copy[used++] = *c;
    copy[used] = '\0';
    return copy;
}

/* "the function is even" for "even": nothing but a subject and a verb before it. */
static bool is_sentence_of(const char *answer, const char *gold)
{
    static const char *const VERBS[] = { " is ", " are ", " is a ", " is an ", " is the " };
    size_t length = strlen(answer), tail = strlen(gold);

    for (size_t i = 0; i < sizeof VERBS / sizeof VERBS[0]; i++) {
        size_t verb = strlen(VERBS[i]);
        if (tail > 0 && length > tail + verb && strcmp(answer + length - tail, gold) == 0 &&
            strncmp(answer + length - tail - verb, VERBS[i], verb) == 0)
            return strstr(answer, " not ") == NULL && strstr(answer, "n't ") == NULL && strchr(answer, ',') == NULL;
    }
    return false;
}

enum sameness compare_wording(struct compare *compare, const char *gold, const char *answer)
{
    struct work *work = compare->work;
    const char *one = wording_plain(work, gold), *other = wording_plain(work, answer);

    compare->rule = "the same words";
    if (strcmp(one, other) == 0 && one[0] != '\0')
        return SAME;
    if (wording_is_nothing(one) && wording_is_nothing(other))
        return SAME;
    if (one[0] != '\0' && strchr(one, '-') != strchr(other, '-') && strcmp(joined(work, one), joined(work, other)) == 0 &&
        work_allows(work, POLICY_WORDING))
        return SAME;
    if (is_sentence_of(other, one) && work_allows(work, POLICY_WORDING)) {
        compare->rule = "a sentence that says the word";
        return SAME;
    }
    compare->rule = "different words";
    return DIFFERENT;
}
