/*
 * question: a task that is data. A JSON file says where the samples lie, which of their fields is what, how they are
 * put to a model and how answers are read; this makes a struct task of it.
 *
 * The file (comments allowed, unknown keys refused):
 *
 *     name, summary, source, licence   words
 *     private                          true: pages show ids only
 *     paths                            candidates under --data DIR; .jsonl or .csv
 *     builtin                          instead of paths: a data file compiled into the program
 *     fields                           id, input, category, cluster: a column, or a list of names it goes by;
 *                                      answer, and choices (a column that holds a list, answer being an index from 0 or
 *                                      a letter), or correct and incorrect (a column and a list of columns)
 *     shuffle                          true: each epoch has its own order of choices
 *     grader                           "choice", "integer"
 *     epochs, chance                   defaults and the score of a blind guess
 *     profiles                         the first is the default: name, summary, reader, prompt, and if need be system
 *                                      and choice ("{letter}) {text}")
 *
 * Slots in a prompt: {question} {choices} {letters} (ABCD) {letters,} (A,B,C,D) {letters/} (A/B/C/D). Any other brace
 * stands for itself.
 */
#ifndef VERNIER_TASKS_QUESTION_H
#define VERNIER_TASKS_QUESTION_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/err.h"
#include "harness/engine/task.h"

struct arena;
struct embedded;
struct json;

/* The names a column goes by, tried in order, in any case. NULL-terminated; NULL: the data has no such column. */
typedef const char *const *column_names;

struct question {
    struct task task;                 /* first, so that a struct task * of this kind is a struct question * */
    column_names id, input, answer, choices, category, cluster, correct;
    column_names *incorrect;          /* NULL-terminated */
    const char *const *choice_formats;    /* of each profile */
    bool shuffle;
    const struct embedded *builtin;   /* NULL: the data lies in a file */
};

/* Parses a task file; name stands for it in errors. The task lives in arena. NULL with err set (EXIT_BAD_DATA). */
const struct task *question_parse(struct arena *arena, const char *name, const char *text, size_t length,
                                  const struct embedded *const *builtins, struct err *err);

/* The functions of struct task. */
int question_load(const struct task *task, const struct data_source *source, struct dataset *out, struct err *err);
void question_prompt(struct episode *ep);
void question_gold(struct episode *ep, struct buf *out);
void question_guess(struct episode *ep, struct buf *out);

#endif
