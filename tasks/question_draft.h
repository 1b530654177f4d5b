/*
 * question_draft: a task while its file is read, and what those who read a piece of that share: question_file.c (the task),
 * question_fields.c, question_profile.c, question_grader.c, question_slots.c.
 */
#ifndef VERNIER_TASKS_QUESTION_DRAFT_H
#define VERNIER_TASKS_QUESTION_DRAFT_H

#include "harness/engine/reading.h"
#include "tasks/question.h"

/* The task being made. */
struct draft {
    struct question *question;
    const struct embedded *const *builtins;
    struct profile *profiles;
    struct form *forms;
    size_t profile_count;
    const char **slots;               /* names of texts, as met: the task's, then those of columns and parts */
    size_t slot_count;
    const char *reads;                /* the grader whose readers profiles name; NULL: replies are read whole */
};

#define DRAFT_SLOTS_MAX 32

/* A name, or a list of names. */
int question_read_names(struct reading *r, const struct json *value, column_names *out);

int question_read_flag(struct reading *r, const struct json *value, bool *out);

/* "there is no WHAT "x"; did you mean ..." */
int question_refuse_name(struct reading *r, const struct json *value, const char *what, const char *const *names);

/* Of a struct draft, each for one key of the file. */
reading_fn question_read_source;         /* into a struct provenance */
reading_fn question_read_grader;         /* one that the file brings */
reading_fn question_read_fields, question_read_parts, question_read_groups, question_read_shots, question_read_profiles;

#endif
