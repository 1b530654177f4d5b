#include <ctype.h>

#include "harness/base/arena.h"
#include "harness/engine/grading.h"
#include "tasks/readers/pattern.h"
#include "tasks/readers/readers.h"

/* In its order: of the first that matches at all the last match counts. The last three turn almost any text into some
 * letter ("I'm sorry" into I). */
static const char *const PATTERNS[] = {
    "(?i)[\\*\\_]{0,2}Answer[\\*\\_]{0,2}\\s*:[\\s\\*\\_]{0,2}\\s*([A-Z])(?![a-zA-Z0-9])",
    "\\\\boxed\\{[^}]*([A-Z])[^}]*\\}",
    "answer is ([a-zA-Z])",
    "answer is \\(([a-zA-Z])",
    "([A-Z])\\)\\s*[^A-Z]*",
    "([A-Z])\\s+is\\s+the\\s+correct\\s+answer",
    "([A-Z])\\s*$",
    "([A-Z])\\s*\\.",
    "([A-Z])\\s*[^\\w]",
};

static int read_choice(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    struct subject subject = subject_of(grading->said->text, arena);
    struct span group;
    char *letter;
    int rc = 0;

    *out = (struct answer){ NULL, NULL };
    for (size_t i = 0; rc == 0 && i < sizeof PATTERNS / sizeof PATTERNS[0]; i++)
        rc = pattern_find_last(PATTERNS[i], &subject, &group, err);
    if (rc < 0)
        return -1;
    if (rc == 0) {
        out->note = "none of its nine patterns matches";
        return 0;
    }
    letter = arena_strndup(arena, group.text, group.length);
    letter[0] = (char)toupper((unsigned char)letter[0]);
    out->text = letter;
    return 0;
}

const struct reader reader_choice_artificial_analysis = {
    .name = "artificial_analysis",
    .grader = "choice",
    .summary = "as Artificial Analysis: nine patterns in turn, the last match of the first that matches",
    .version = 1,
    .read = read_choice,
};
