#include <ctype.h>

#include "harness/base/arena.h"
#include "harness/engine/grading.h"
#include "harness/engine/sample.h"
#include "tasks/readers/pattern.h"
#include "tasks/readers/readers.h"

/* What is taken off before: dollars and stars around words, then brackets around a letter that ends a clause. */
#define DOLLARS "\\$\\s*([A-Za-z\\d][A-Za-z\\d ,]*?)\\s*\\$"
#define STARS "\\*\\*\\s*([A-Za-z\\d][A-Za-z\\d ,]*?)\\s*\\*\\*"
#define BRACKETS "(?i)(^|[:,])(\\s*)\\(([A-Za-z\\d])\\)(?=\\s*(?:,|\\.|\\n|\\z))"
#define STRICT "(?im)^ANSWER\\s*:\\s*([A-Za-z\\d ,]+)\\s*(?:$|\\n|\\.)"
#define LOOSE "(?i)ANSWER\\s*:\\s*([A-Za-z\\d ,]+)(?:[^\\w]|\\n|$|\\.)"

/* The single label that the words after the marker are, commas around it apart; '\0' when they are anything else. */
static char read_label(struct span words, size_t choice_count)
{
    size_t label;

    words = span_trim(words);
    while (span_at(words, 0) == ',')
        words = span_slice(words, 1, words.length);
    while (words.length > 0 && words.text[words.length - 1] == ',')
        words.length--;
    if (words.length != 1)
        return '\0';
    label = (size_t)(toupper((unsigned char)words.text[0]) - 'A');
    return label < choice_count ? (char)('A' + label) : '\0';
}

/* 1 with what follows the last marker, 0, or -1. */
static int find_marked(struct subject *subject, struct span *group, struct arena *arena, struct err *err)
{
    int rc;

    if (pattern_unwrap(DOLLARS, subject, arena, err) < 0 || pattern_unwrap(STARS, subject, arena, err) < 0 ||
        pattern_unwrap(BRACKETS, subject, arena, err) < 0)
        return -1;
    rc = pattern_find_last(STRICT, subject, group, err);
    return rc != 0 ? rc : pattern_find_last(LOOSE, subject, group, err);
}

static int read_choice(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    struct subject subject = subject_of(grading->said->text, arena);
    struct span group = { NULL, 0 };
    int rc = find_marked(&subject, &group, arena, err);
    char letter;

    *out = (struct answer){ NULL, NULL };
    if (rc < 0)
        return -1;
    letter = rc > 0 ? read_label(group, grading->sample->choice_count) : '\0';
    if (letter != '\0')
        out->text = arena_strndup(arena, &letter, 1);
    else
        out->note = rc > 0 ? "what follows \"ANSWER:\" is no single label" : "no \"ANSWER: LETTER\"";
    return 0;
}

const struct reader reader_choice_inspect = {
    .name = "inspect",
    .grader = "choice",
    .summary = "as inspect's multiple_choice: the last \"ANSWER: LETTER\", on a line of its own where there is one",
    .version = 2,       /* as inspect_ai 0.3.285, which takes wrapping off first */
    .read = read_choice,
};
