/*
 * question_row: makes a sample of a row of a data set, as the "fields" of the question's file say.
 *
 * A row is foreign: each column has its own words for what was expected and what was found, to which the caller adds file
 * and line. What the sample holds is copied, so the row may go afterwards. Main thread only: the scratch is shared.
 */
#ifndef VERNIER_TASKS_QUESTION_ROW_H
#define VERNIER_TASKS_QUESTION_ROW_H

#include "tasks/question.h"

struct arena;
struct images;
struct json;
struct sample;

/* What rows are read with. */
struct row_reader {
    const struct question *question;
    const struct columns *columns;         /* the task's, or those of worked examples */
    const struct task_part *part;          /* of the file at hand; NULL: rows name theirs, or there are none */
    const char *folder;                    /* of the file at hand: images lie from there */
    struct arena *arena;                   /* for what samples hold */
    struct arena *scratch;                 /* for what is forgotten after the load */
    struct images *images;
    size_t *missed_images;                 /* counts samples whose text names a picture that they have not */
    bool is_shot;                          /* worked examples need no id */
};

/* Fills sample but for its shots. -1 with err set: no "column" (what was expected), or what is wrong in
 * it. */
int row_read(const struct row_reader *reader, const struct json *row, struct sample *sample, struct err *err);

#endif
