#include <string.h>

#include "harness/base/arena.h"
#include "harness/engine/grading.h"
#include "tasks/graders/graders.h"
#include "tasks/readers/span.h"

/* A key as data sets print it ("073", " 73") without what is no part of the number. */
static struct span plain_target(const char *target)
{
    struct span text = span_trim(span_of(target));

    while (text.length > 1 && text.text[0] == '0')
        text = span_slice(text, 1, text.length);
    return text;
}

/* Readers give the plain number, but those that read as another harness give what it compares: there 073 is not 73.
 * So only blanks are taken off the answer. */
static int grade(const struct grading *grading, const struct answer *answer, struct arena *arena, struct grade *out,
                 struct err *err)
{
    struct span given = span_trim(span_of(answer->text)), target = plain_target(grading->target);

    (void)err;
    *out = (struct grade){
        .score = given.length == target.length && memcmp(given.text, target.text, given.length) == 0 ? 1 : 0,
        .answer = answer->text,
        .answer_class = arena_strndup(arena, given.text, given.length),
    };
    return 0;
}

/* No reader of ours gives more than three digits, and none a sign. */
static bool takes(const char *target)
{
    struct span plain = plain_target(target);

    return plain.length >= 1 && plain.length <= 3 && strspn(plain.text, "0123456789") >= plain.length;
}

static bool equal(const char *answer, const char *expected)
{
    return strcmp(answer, expected) == 0;
}

const struct grader grader_integer = {
    .name = "integer",
    .summary = "a whole number against the right one, leading zeros of the key apart",
    .version = 1,
    .grade = grade,
    .takes = takes,
    .equal = equal,
};
