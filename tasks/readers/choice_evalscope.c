#include "harness/base/arena.h"
#include "harness/engine/grading.h"
#include "harness/engine/sample.h"
#include "tasks/readers/pattern.h"
#include "tasks/readers/readers.h"

#define WORD "answer"

/* What may follow the word: a colon, stars, then a label in brackets (several of them, commas between), or words. */
#define MARKER "\\A\\s*:\\s*\\**\\s*"
#define BRACKETED MARKER "[\\(\\[（【]\\s*([A-Za-z\\d](?:\\s*[,，]\\s*[A-Za-z\\d])*)\\s*[\\)\\]）】]"
#define PLAIN MARKER "([A-Za-z\\d][A-Za-z\\d ,]*)"
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

/* 1 with the labels that follow the last marker with some; 0: there is none; -1 with err set. */
static int find_labels(struct subject *subject, size_t choice_count, struct span *labels, struct err *err)
{
    static const char *const FORMS[] = { BRACKETED, PLAIN };
    const struct span text = subject->text;

    for (size_t at = text.length; at-- > 0;) {
        if (!span_has_any_case(text, at, WORD))
            continue;
        for (size_t i = 0; i < sizeof FORMS / sizeof FORMS[0]; i++) {
            struct subject tail = { span_slice(text, at + sizeof WORD - 1, text.length), subject->steps_left };
            struct span words;
            int rc = pattern_find_first(FORMS[i], &tail, &words, err);
            subject->steps_left = tail.steps_left;
            if (rc < 0)
                return -1;
            *labels = rc > 0 ? labels_of(words, choice_count) : words;
            if (rc > 0 && labels->length > 0)
                return 1;
        }
    }
    return 0;
}

static int read_choice(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    struct subject subject = subject_of(grading->said->text, arena);
    size_t choice_count = grading->sample->choice_count;
    struct span labels;
    int rc = find_labels(&subject, choice_count, &labels, err), fallback = 0;

    *out = (struct answer){ NULL, NULL };
    if (rc == 0)
        fallback = pattern_find_last(LAST_CAPITAL, &subject, &labels, err);
    if (rc < 0 || fallback < 0)
        return -1;
    if (rc + fallback > 0 && labels.length == 1 && is_choice(labels.text[0], choice_count))
        out->text = arena_strndup(arena, labels.text, 1);
    else
        out->note = rc > 0 ? "several labels after \"ANSWER:\"" : "no label after \"ANSWER:\", and the last capital is none";
    return 0;
}

const struct reader reader_choice_evalscope = {
    .name = "evalscope",
    .grader = "choice",
    .summary = "as evalscope: the label after the last \"ANSWER:\" that has one, else the reply's last capital",
    .version = 1,
    .read = read_choice,
};
