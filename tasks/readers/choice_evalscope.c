#include "harness/base/arena.h"
#include "harness/engine/grading.h"
#include "harness/engine/sample.h"
#include "tasks/readers/pattern.h"
#include "tasks/readers/readers.h"

/* The marker, which takes nothing of what follows it, so that each is seen: a label in brackets, others and commas after
 * it, or words of which the first is made of labels. %c: the last label. */
#define MARKER "(?i:ANSWER)\\s*+:\\s*+\\**+\\s*+"
#define BRACKETED "[\\(\\[（【]\\s*([A-%c](?:\\s*[,，]\\s*[A-Za-z\\d])*)\\s*[\\)\\]）】]"
#define PLAIN "([A-%c]+(?![A-Za-z\\d])[A-Za-z\\d ,]*)"
#define MARKED MARKER "(?=(?|" BRACKETED "|" PLAIN "))"
#define LAST_CAPITAL "(\\p{Lu})"

static bool is_choice(char c, size_t choice_count)
{
    return is_upper(c) && (size_t)(c - 'A') < choice_count;
}

/* The words at the begin that are made of the choices' letters alone: "B, " of "B, not C". */
static struct span labels_of(struct span words, size_t choice_count)
{
    size_t end = 0;

    for (size_t at = 0, begin; at < words.length;) {
        while (at < words.length && !is_letter(words.text[at]) && !is_digit(words.text[at]))
            at++;
        for (begin = at; is_choice(span_at(words, at), choice_count);)
            at++;
        if (at == begin || is_letter(span_at(words, at)) || is_digit(span_at(words, at)))
            break;
        end = at;
    }
    return span_slice(words, 0, end);
}

static int read_choice(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    struct subject subject = subject_of(grading->said->text, arena);
    size_t choice_count = grading->sample->choice_count;
    char last = (char)('A' + (choice_count > 0 ? choice_count - 1 : 0));
    struct span labels;
    int rc = pattern_find_last(arena_printf(arena, MARKED, last, last), &subject, &labels, err), fallback = 0;

    *out = (struct answer){ NULL, NULL };
    if (rc > 0)
        labels = labels_of(labels, choice_count);
    else if (rc == 0)
        fallback = pattern_find_last(LAST_CAPITAL, &subject, &labels, err);
    if (rc < 0 || fallback < 0)
        return -1;
    if (rc + fallback > 0 && labels.length == 1 && is_choice(labels.text[0], choice_count))
        out->text = arena_strndup(arena, labels.text, 1);
    else
        out->note = rc > 0 ? "several labels after \"ANSWER:\""
                           : "no label after \"ANSWER:\", and the last capital is none";
    return 0;
}

const struct reader reader_choice_evalscope = {
    .name = "evalscope",
    .grader = "choice",
    .summary = "as evalscope: the label after the last \"ANSWER:\" that has one, else the reply's last capital",
    .version = 1,
    .read = read_choice,
};
