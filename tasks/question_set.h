/*
 * question_set: sets that are told by their answers. A file of one year is easily given for another's: rows, columns and
 * count are alike, and nothing would show it but a score that is that of another task.
 */
#ifndef VERNIER_TASKS_QUESTION_SET_H
#define VERNIER_TASKS_QUESTION_SET_H

#include <stdbool.h>
#include <stddef.h>

struct sample;

/* The task whose answers, in any order, are just those of the samples; NULL: none that is known. */
const char *question_set_find(const struct sample *samples, size_t count);

/* Whether that task's answers are known. */
bool question_set_is(const char *task);

#endif
