/*
 * choice_or_open: readers of sets with questions of both kinds. Choices are read by the readers of that kind; of an
 * open answer all is kept that may hold the answer, and the grader looks for it there.
 */
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/engine/grading.h"
#include "harness/engine/sample.h"
#include "tasks/readers/choice_mmmu.h"
#include "tasks/readers/final.h"
#include "tasks/readers/readers.h"

/* The rest of the last line that has "answer:", or all. */
static struct span keep_answer_line(struct span text)
{
    struct span before = text;
    const char *colon, *newline;

    while ((colon = memrchr(before.text, ':', before.length)) != NULL) {
        size_t at = (size_t)(colon - text.text), word = at;
        while (word > 0 && at - word < 3 && is_one_of(text.text[word - 1], "*_ "))
            word--;
        if (word >= 6 && span_has_any_case(text, word - 6, "answer")) {
            newline = memchr(colon, '\n', text.length - at);
            return span_slice(text, at + 1, newline == NULL ? text.length : (size_t)(newline - text.text));
        }
        before.length = at;
    }
    return text;
}

/* \text{ J} is J. Braces within are rare and stay as they are. */
static struct span unwrap_text(struct span text, struct arena *arena)
{
    char *copy = arena_strndup(arena, text.text, text.length), *out = copy;

    for (size_t at = 0; at < text.length;) {
        const char *close = span_has(text, at, "\\text{") ? memchr(text.text + at, '}', text.length - at) : NULL;
        if (close == NULL) {
            *out++ = text.text[at++];
            continue;
        }
        size_t end = (size_t)(close - text.text);
        for (at += strlen("\\text{"); at < end; at++)
            *out++ = text.text[at];
        at = end + 1;
    }
    *out = '\0';
    return (struct span){ copy, (size_t)(out - copy) };
}

/* The minus and the en dash as a hyphen: they are as long as three of it. */
static struct span plain_minus(struct span text, struct arena *arena)
{
    char *copy = arena_strndup(arena, text.text, text.length), *out = copy;

    for (size_t at = 0; at < text.length;) {
        bool minus = span_has(text, at, "\u2212") || span_has(text, at, "\u2013");
        *out++ = minus ? '-' : text.text[at];
        at += minus ? 3 : 1;
    }
    *out = '\0';
    return (struct span){ copy, (size_t)(out - copy) };
}

static int read_open(const struct grading *grading, struct arena *arena, struct answer *out)
{
    static const char *const MARKS[] = { "$", "\\(", "\\)", "**", NULL };
    struct final final;

    *out = (struct answer){ 0 };
    if (!final_read(grading->said->text, SIZE_MAX, arena, &final)) {
        out->note = final.note;
        return 0;
    }
    struct span text = span_without(plain_minus(keep_answer_line(final.text), arena), MARKS, arena);
    text = span_trim(unwrap_text(text, arena));
    if (text.length > 0)
        out->text = arena_strndup(arena, text.text, text.length);
    else
        out->note = "nothing after \"answer:\"";
    return 0;
}

static int read_official_open(const struct grading *grading, struct arena *arena, struct answer *out)
{
    struct span text = span_trim(span_of(grading->said->text));

    *out = (struct answer){ 0 };
    if (text.length > 0)
        out->text = arena_strndup(arena, text.text, text.length);
    else
        out->note = "nothing was said";
    return 0;
}

static int read_canonical(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    if (grading->sample->choice_count == 0)
        return read_open(grading, arena, out);
    return reader_choice_canonical.read(grading, arena, out, err);
}

/* A prompt that asks for the letter alone gets bare letters and texts of choices. */
static int read_direct(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    struct final final;
    int rc = read_canonical(grading, arena, out, err);

    if (rc < 0 || out->text != NULL || grading->sample->choice_count == 0 ||
        !final_read(grading->said->text, SIZE_MAX, arena, &final))
        return rc;
    char letter = choice_mmmu_find(grading, final.text, arena);
    if (letter != '\0')
        *out = (struct answer){ .text = arena_strndup(arena, &letter, 1), .note = "as MMMU's authors find it" };
    return 0;
}

static int read_official(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    if (grading->sample->choice_count == 0)
        return read_official_open(grading, arena, out);
    return reader_choice_mmmu_official.read(grading, arena, out, err);
}

static int read_official_random(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    if (grading->sample->choice_count == 0)
        return read_official_open(grading, arena, out);
    return reader_choice_mmmu_official_random.read(grading, arena, out, err);
}

const struct reader reader_choice_or_open_canonical = {
    .name = "canonical",
    .grader = "choice_or_open",
    .summary = "the label the model decided for; of an open answer what follows the last \"answer:\", or all",
    .version = 2,
    .read = read_canonical,
};

const struct reader reader_choice_or_open_canonical_direct = {
    .name = "canonical_direct",
    .grader = "choice_or_open",
    .summary = "the same; without a decision, a label or a choice's text as MMMU's authors find it",
    .version = 2,
    .read = read_direct,
};

const struct reader reader_choice_or_open_mmmu_official = {
    .name = "mmmu_official",
    .grader = "choice_or_open",
    .summary = "as MMMU's authors; no label counts 1/N, what their random draw scores on average",
    .version = 1,
    .draws = true,
    .read = read_official,
};

const struct reader reader_choice_or_open_mmmu_official_random = {
    .name = "mmmu_official_random",
    .grader = "choice_or_open",
    .summary = "the same with a random draw, fixed by the sample's id, where there is no label",
    .version = 1,
    .draws = true,
    .read = read_official_random,
};
