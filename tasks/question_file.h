/*
 * question_file: what the readers of a task file share (question.c, question_fields.c, question_profile.c).
 */
#ifndef VERNIER_TASKS_QUESTION_FILE_H
#define VERNIER_TASKS_QUESTION_FILE_H

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

/* The slot of that name, made when it is new. -1 with err set. */
int question_find_slot(struct reading *r, const struct json *value, struct draft *draft, size_t *slot);

/* An object of texts by slot, into texts (of DRAFT_SLOTS_MAX). */
int question_read_texts(struct reading *r, const struct json *value, struct draft *draft, const char **texts);

/* Of a struct draft, each for one key of the file. */
reading_fn question_read_source;         /* into a struct provenance */
reading_fn question_read_grader;         /* one that the file brings */
reading_fn question_read_fields, question_read_parts, question_read_groups, question_read_shots, question_read_profiles;

#endif
