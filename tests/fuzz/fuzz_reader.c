/*
 * Every reader over the bytes, as a model might have said them. The first byte says how the reply stopped, the second
 * how many choices there are. What is read stays in its range, and nothing takes a second.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/base/arena.h"
#include "harness/engine/grading.h"
#include "harness/engine/sample.h"
#include "tasks/graders/graders.h"
#include "tasks/readers/readers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_choice(const char *answer, size_t choice_count)
{
    assert(strlen(answer) == 1 && answer[0] >= 'A' && (size_t)(answer[0] - 'A') < choice_count);
}

static void check_integer(const char *answer)
{
    size_t length = strlen(answer);

    assert(length >= 1 && length <= 3 && strspn(answer, "0123456789") == length);
    assert(answer[0] != '0' || length == 1);
}

static void check(const struct grading *grading, struct arena *arena)
{
    const struct reader *reader = grading->reader;
    clock_t start = clock();
    struct err err = ERR_INIT;
    struct grade grade = { 0 };
    struct answer answer;
    int rc = grading->grader->program != NULL ? grading_read(grading, arena, &answer, &grade, &err)
                                              : grading_run(grading, arena, &grade, &err);

    if (rc < 0)
        assert(strncmp(err.text, "limit: ", strlen("limit: ")) == 0);
    else if (grading->grader->program != NULL)
        assert(answer.text != NULL || answer.note != NULL);
    else if (grade.answer == NULL)
        assert(grade.reason != NULL && grade.answer_class == NULL);
    else if (reader == &reader_choice_canonical || reader == &reader_choice_inspect ||
             reader == &reader_choice_evalscope ||
             reader == &reader_choice_mmmu_official || reader == &reader_choice_mmmu_pro_official ||
             reader == &reader_choice_mmmu_official_random ||
             (strcmp(reader->grader, "choice_or_open") == 0 && grading->sample->choice_count > 0))
        check_choice(grade.answer, grading->sample->choice_count);
    else if (reader == &reader_integer_canonical || reader == &reader_integer_matharena)
        check_integer(grade.answer);
    assert(clock() - start < CLOCKS_PER_SEC);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const CHOICES[SAMPLE_CHOICES_MAX] = {
        "a", "", "b c", "C", "\xc3\xa9", "5", "(D)", "x y z", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t", "u",
        "v", "w", "x", "y", "z",
    };
    struct sample sample = { .id = "r", .choices = CHOICES, .choice_count = size > 1 ? data[1] % (SAMPLE_CHOICES_MAX + 1) : 0 };
    struct arena *arena = arena_new();
    char *text = arena_strndup(arena, size > 2 ? (const char *)data + 2 : "", size > 2 ? size - 2 : 0);
    struct reply said = { .text = text, .stop = size > 0 ? (enum stop)(data[0] % (STOP_OTHER + 1)) : STOP_END };

    for (size_t i = 0; readers[i] != NULL; i++) {
        struct grading grading = { .grader = graders_find(readers[i]->grader), .reader = readers[i], .sample = &sample,
                                   .target = "['C', 2.5]", .said = &said };
        check(&grading, arena);
    }
    arena_free(arena);
    return 0;
}
