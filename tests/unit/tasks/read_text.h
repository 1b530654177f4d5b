/*
 * read_text: what a reader takes from a text that a model said, without a run.
 */
#ifndef TESTS_TASKS_READ_TEXT_H
#define TESTS_TASKS_READ_TEXT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "harness/engine/grading.h"
#include "harness/engine/sample.h"

/* The answer's strings lie in the arena. The test fails where the reader does. */
static inline struct answer read_text(const struct reader *reader, const char *text, size_t choice_count,
                                      struct arena *arena)
{
    struct reply said = { .text = text };
    struct sample sample = { .choice_count = choice_count };
    struct grading grading = { .reader = reader, .sample = &sample, .said = &said };
    struct answer answer;
    struct err err = ERR_INIT;

    if (reader->read(&grading, arena, &answer, &err) < 0)
        fail_msg("%s", err.text);
    return answer;
}

#endif
