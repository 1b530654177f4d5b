#include <ctype.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/engine/grading.h"
#include "tasks/readers/pattern.h"
#include "tasks/readers/readers.h"

#define FINAL "The final answer is (.+)$"
#define LONE "\\b([A-Z])\\b"
#define MARKED "(?i)[\\*\\_]{0,2}Answer[\\*\\_]{0,2}\\s*:[\\s\\*\\_]{0,2}\\s*([A-Z])(?![a-zA-Z0-9])"

/* What the last \boxed holds up to the brace that balances its own; a brace behind a backslash counts as well. Length 0
 * where that box is open, holds nothing, or has no brace right after its name, whatever boxes stand before it. */
static struct span find_last_box(struct span text)
{
    static const char begin[] = "\\boxed{";
    size_t start = span_find_last(text, "\\boxed"), body = start + strlen(begin), depth = 1;

    if (start == SPAN_NOWHERE || !span_has(text, start, begin))
        return span_slice(text, 0, 0);
    for (size_t at = body; at < text.length; at++) {
        depth += text.text[at] == '{';
        depth -= text.text[at] == '}';
        if (depth == 0)
            return span_slice(text, body, at);
    }
    return span_slice(text, 0, 0);
}

/* With their own letters as " A" to " D", and without blanks around it. */
static struct span translate(struct span text, struct arena *arena)
{
    static const char *const FOREIGN[][2] = {
        { "\u0623", " A" }, { "\u0628", " B" }, { "\u062c", " C" }, { "\u062f", " D" }, { "\u0985", " A" },
        { "\u09ac", " B" }, { "\u09a1", " C" }, { "\u09a2", " D" }, { "\uff21", " A" }, { "\uff22", " B" },
        { "\uff23", " C" }, { "\uff24", " D" },
    };
    char *out = arena_alloc(arena, text.length + 1);
    size_t length = 0;

    for (size_t at = 0, taken; at < text.length; at += taken) {
        taken = 0;
        for (size_t i = 0; i < sizeof FOREIGN / sizeof FOREIGN[0] && taken == 0; i++)
            if (span_has(text, at, FOREIGN[i][0])) {
                taken = strlen(FOREIGN[i][0]);      /* 2 or 3 bytes, so what is put for it is never longer */
                memcpy(out + length, FOREIGN[i][1], 2);
                length += 2;
            }
        if (taken == 0)
            out[length++] = text.text[at + taken++];
    }
    return span_trim((struct span){ out, length });
}

static bool is_one_character(struct span text)
{
    size_t characters = 0;

    for (size_t i = 0; i < text.length; i++)
        characters += ((unsigned char)text.text[i] & 0xC0) != 0x80;
    return characters == 1;
}

/* Sets *letter to what was answered, of length 0 for nothing. -1 with err set. */
static int find_letter(struct subject *subject, struct span *letter, struct arena *arena, struct err *err)
{
    struct subject answer = *subject;
    int rc = 1;

    answer.text = find_last_box(subject->text);
    if (answer.text.length == 0)
        rc = pattern_find_last(FINAL, subject, &answer.text, err);
    if (rc > 0) {
        answer.text = translate(answer.text, arena);
        *letter = answer.text;
        if (is_one_character(answer.text))
            return 0;
        answer.steps_left = subject->steps_left;
        rc = pattern_find_last(LONE, &answer, letter, err);
        subject->steps_left = answer.steps_left;
    }
    if (rc == 0)
        rc = pattern_find_last(MARKED, subject, letter, err);
    if (rc == 0)
        *letter = span_slice(subject->text, 0, 0);
    return rc < 0 ? -1 : 0;
}

static int read_choice(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    struct subject subject = subject_of(grading->said->text, arena);
    struct span letter;
    char *text;

    *out = (struct answer){ NULL, NULL };
    if (find_letter(&subject, &letter, arena, err) < 0)
        return -1;
    if (letter.length == 0) {
        out->note = "no box, no \"The final answer is\" and no \"Answer: LETTER\"";
        return 0;
    }
    text = arena_strndup(arena, letter.text, letter.length);
    text[0] = (char)(is_lower(text[0]) ? toupper((unsigned char)text[0]) : text[0]);
    out->text = text;
    return 0;
}

const struct reader reader_choice_nemo = {
    .name = "nemo",
    .grader = "choice",
    .summary = "as NeMo-Skills: the last box, else \"The final answer is\", else the last \"Answer: LETTER\"",
    .version = 1,
    .read = read_choice,
};
