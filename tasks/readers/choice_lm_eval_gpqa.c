/*
 * choice, lm_eval_flexible and lm_eval_strict: the two filters of lm-evaluation-harness's GPQA.
 *
 *     flexible   the last "(B)" of any letter; else the last text of a choice, both without case and punctuation; else what
 *                follows the last colon that has a label after it
 *     strict     what follows the first "The answer is ", its last character cut off, is to be the label and nothing else
 *
 * Texts are compared in ASCII's small letters and without ASCII's punctuation; theirs are all of Unicode's.
 */
#include <ctype.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/engine/grading.h"
#include "harness/engine/sample.h"
#include "tasks/readers/pattern.h"
#include "tasks/readers/readers.h"

/* Of ASCII what Unicode calls punctuation: signs such as + and $ are none. */
#define PUNCTUATION "!\"#%&'()*,-./:;?@[\\]_{}"

static struct span plain(struct span text, struct arena *arena)
{
    char *copy = arena_strndup(arena, text.text, text.length), *out = copy;

    for (size_t i = 0; i < text.length; i++)
        if (!is_one_of(text.text[i], PUNCTUATION))
            *out++ = (char)(is_upper(text.text[i]) ? text.text[i] + 32 : text.text[i]);
    *out = '\0';
    return (struct span){ copy, (size_t)(out - copy) };
}

/* The last text of a choice, where they are looked for from left to right, at each place in their order; '\0': none. Of
 * equal texts the last choice counts. */
static char find_text(const struct grading *grading, struct span said, struct arena *arena)
{
    const struct sample *sample = grading->sample;
    struct span texts[SAMPLE_CHOICES_MAX];
    char found = '\0';

    if (sample->choices == NULL)
        return '\0';
    for (size_t label = 0; label < sample->choice_count; label++) {
        size_t choice = grading->order != NULL ? grading->order[label] : label;
        texts[label] = plain(span_trim(span_of(sample->choices[choice])), arena);
        if (texts[label].length == 0)
            return '\0';            /* it would stand everywhere, and last of all */
    }
    said = plain(said, arena);
    for (size_t at = 0; at < said.length;) {
        size_t first = 0;
        while (first < sample->choice_count && !span_has(said, at, texts[first].text))
            first++;
        if (first == sample->choice_count) {
            at++;
            continue;
        }
        at += texts[first].length;
        for (size_t label = first; label < sample->choice_count; label++)
            if (strcmp(texts[label].text, texts[first].text) == 0)
                found = (char)('A' + label);
    }
    return found;
}

static int read_flexible(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    struct subject subject = subject_of(grading->said->text, arena);
    size_t count = grading->sample->choice_count;
    struct span group;
    char letter;
    int rc = pattern_find_last("\\(([A-Z])\\)", &subject, &group, err);

    *out = (struct answer){ .note = "no \"(LETTER)\", no text of a choice, no \": LETTER\"" };
    if (rc == 0 && (letter = find_text(grading, subject.text, arena)) != '\0') {
        *out = (struct answer){ .text = arena_strndup(arena, &letter, 1) };
        return 0;
    }
    if (rc == 0 && count > 0)
        rc = pattern_find_last(arena_printf(arena, ":[\\s]*([A-%c])", (int)('A' + count - 1)), &subject, &group, err);
    if (rc > 0)
        *out = (struct answer){ .text = arena_strndup(arena, group.text, group.length) };
    return rc < 0 ? -1 : 0;
}

static int read_strict(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    struct subject subject = subject_of(grading->said->text, arena);
    struct span group;
    int rc = pattern_find_first("The answer is (.*)(?=.)", &subject, &group, err);

    *out = (struct answer){ .note = "\"The answer is \" and one letter is not said" };
    if (rc <= 0)
        return rc;
    group = plain(span_trim(group), arena);
    if (group.length == 1 && is_lower(group.text[0]))
        *out = (struct answer){ .text = arena_printf(arena, "%c", toupper((unsigned char)group.text[0])) };
    return 0;
}

const struct reader reader_choice_lm_eval_flexible = {
    .name = "lm_eval_flexible",
    .grader = "choice",
    .summary = "as lm-evaluation-harness's flexible-extract on GPQA: the last \"(LETTER)\", else a choice's text, "
               "else \": LETTER\"",
    .version = 1,
    .read = read_flexible,
};

const struct reader reader_choice_lm_eval_strict = {
    .name = "lm_eval_strict",
    .grader = "choice",
    .summary = "as lm-evaluation-harness's strict-match on GPQA: \"The answer is LETTER.\" to the letter",
    .version = 1,
    .read = read_strict,
};
