/*
 * Any bytes as what a judge says: either no verdict, or one whose label is the end of the text but for decoration.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/mem.h"
#include "tasks/graders/judge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const LABELS[] = { "C", "CC", "I" };
static const double SCORES[] = { 1, 0.5, 0 };
static const struct rubric RUBRIC = { .text = "", .labels = LABELS, .scores = SCORES, .label_count = 3 };

static void require(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = xmalloc(size + 1);
    size_t label, end;

    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    if (judge_read(&RUBRIC, text, &label)) {
        require(label < RUBRIC.label_count);
        for (end = strlen(text); end > 0 && strchr(" \t\n\v\f\r*`.", text[end - 1]) != NULL; end--)
            continue;
        require(end >= strlen("GRADE:") + strlen(LABELS[label]));
        require(strncmp(text + end - strlen(LABELS[label]), LABELS[label], strlen(LABELS[label])) == 0);
    }
    free(text);
    return 0;
}
