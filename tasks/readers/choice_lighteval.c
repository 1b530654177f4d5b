/*
 * choice, lighteval: as lighteval reads GPQA and MMLU-Pro (its gpqa_instruct_metric). Patterns from the surest to any letter
 * at all; of the first that matches, the last match. It takes thinking off before, tags and all.
 */
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/engine/grading.h"
#include "harness/engine/sample.h"
#include "tasks/readers/pattern.h"
#include "tasks/readers/readers.h"

/* What surrounds a label: "<blank>**B**." */
#define BEFORE "(?:^| )(?:\\*\\*)?"
#define AFTER "(?:\\*\\*)?(?:[.]|[,]|\\s?[:]| |$)"

/* In its order; LABEL stands for the labels, each alone or in brackets. */
static const char *const PATTERNS[] = {
    "(?i:final answer is)\\:?\\s*LABEL\\.?\\s?I hope",
    "(?i:final answer.{0,100}?)\\s+is\\:?\\s*LABEL",
    "(?i:answer)\\s?[:].{0,50}?" BEFORE "LABEL" AFTER,
    "(?i:answer).{0,50}?" BEFORE "LABEL" AFTER,
    "^(?:\\*\\*)?LABEL" AFTER,
    "\\n(?:\\*\\*)?LABEL" AFTER,
    BEFORE "LABEL" AFTER,
    "LABEL",
};

static const char *write_labels(size_t choice_count, struct arena *arena)
{
    struct buf labels;
    const char *copy;

    buf_init(&labels, 0);
    for (size_t i = 0; i < choice_count; i++)
        buf_addf(&labels, "%s(?:%c|\\(%c\\))", i == 0 ? "(" : "|", (int)('A' + i), (int)('A' + i));
    buf_add_char(&labels, ')');
    copy = arena_strndup(arena, labels.data, labels.length);
    buf_fini(&labels);
    return copy;
}

static const char *write_pattern(const char *pattern, const char *labels, struct arena *arena)
{
    const char *at = strstr(pattern, "LABEL");

    return arena_printf(arena, "%.*s%s%s", (int)(at - pattern), pattern, labels, at + strlen("LABEL"));
}

/* Each "<think>...</think>" is cut out, from a first tag to the next end. */
static struct span without_thinking(struct span text, struct arena *arena)
{
    char *copy = arena_strndup(arena, text.text, text.length), *out = copy;
    const char *at = text.text, *end = text.text + text.length, *open, *close;

    while ((open = memmem(at, (size_t)(end - at), "<think>", 7)) != NULL &&
           (close = memmem(open, (size_t)(end - open), "</think>", 8)) != NULL) {
        memcpy(out, at, (size_t)(open - at));
        out += open - at;
        at = close + strlen("</think>");
    }
    memcpy(out, at, (size_t)(end - at));
    out += end - at;
    *out = '\0';
    return (struct span){ copy, (size_t)(out - copy) };
}

static int read_choice(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    size_t count = grading->sample->choice_count;
    struct subject subject = subject_of(grading->said->text, arena);
    const char *labels = write_labels(count, arena);
    struct span group = { NULL, 0 };
    int rc = 0;

    *out = (struct answer){ .note = "not one letter of a choice" };
    if (count == 0)
        return 0;
    subject.text = without_thinking(subject.text, arena);
    for (size_t i = 0; rc == 0 && i < sizeof PATTERNS / sizeof PATTERNS[0]; i++)
        rc = pattern_find_last(write_pattern(PATTERNS[i], labels, arena), &subject, &group, err);
    if (rc <= 0)
        return rc;
    *out = (struct answer){ .text = arena_strndup(arena, group.text + (group.text[0] == '('), 1) };
    return 0;
}

const struct reader reader_choice_lighteval = {
    .name = "lighteval",
    .grader = "choice",
    .summary = "as lighteval: eight patterns from \"final answer is B. I hope\" to any letter, "
               "the last match of the first that matches",
    .version = 1,
    .read = read_choice,
};
