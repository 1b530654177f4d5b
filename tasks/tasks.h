/*
 * tasks: the table of all tasks. Adding one is its file and one line in tasks.c.
 */
#ifndef VERNIER_TASKS_TASKS_H
#define VERNIER_TASKS_TASKS_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/err.h"
#include "harness/engine/task.h"

struct arena;

/* All names, in alphabetical order, NULL-terminated. */
const char *const *tasks_names(void);

/* Whether a name is the path of a task file: it has a slash or ends with ".json". */
bool tasks_is_file(const char *name);

/* The task of that name, or of that file; a question task is parsed into arena. NULL with err set: EXIT_USAGE, naming the
 * nearest, or EXIT_BAD_DATA, naming file and line. */
const struct task *tasks_find(struct arena *arena, const char *name, struct err *err);

/* A name that stands for several tasks ("demo", "aime"): theirs, NULL-terminated; NULL when it is no such name. */
const char *const *tasks_group(const char *name);

/* Names of groups, NULL-terminated. */
const char *const *tasks_group_names(void);

#endif
