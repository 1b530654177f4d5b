#include <ctype.h>

#include "harness/base/arena.h"
#include "harness/engine/grading.h"
#include "harness/engine/sample.h"
#include "tasks/readers/pattern.h"
#include "tasks/readers/readers.h"

#define STRICT "(?im)^ANSWER\\s*:\\s*([A-Za-z\\d ,]+)\\s*(?:$|\\n|\\.)"
#define LOOSE "(?i)ANSWER\\s*:\\s*([A-Za-z\\d ,]+)(?:[^\\w]|\\n|$|\\.)"

/* The single label that the words after the marker are; '\0' when they are anything else. */
static char read_label(struct span words, size_t choice_count)
{
    size_t label;

    words = span_trim(words);
    if (words.length != 1)
        return '\0';
    label = (size_t)(toupper((unsigned char)words.text[0]) - 'A');
    return label < choice_count ? (char)('A' + label) : '\0';
}

static int read_choice(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    struct subject subject = subject_of(grading->said->text, arena);
    struct span group = { NULL, 0 };
    char letter;
    int rc = pattern_find_last(STRICT, &subject, &group, err);

    *out = (struct answer){ NULL, NULL };
    if (rc == 0)
        rc = pattern_find_last(LOOSE, &subject, &group, err);
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
    .version = 1,
    .read = read_choice,
};
