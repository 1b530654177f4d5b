/*
 * rows: what reports, resume and regrade read: the episodes of a run with the grade that counts. Reports of a million
 * read but the scores: rows_open_scores takes a third less time.
 *
 * One pass, in the order (task, sample, epoch), where a sample's place is its row id: the order in which the store
 * first met it, which is the data set's. Nothing is gathered or sorted in memory, so a million episodes stream. The
 * journal of the same store may be committed between two rows_next (regrade does): what it writes moves no row.
 */
#ifndef VERNIER_RESULTS_ROWS_H
#define VERNIER_RESULTS_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/base/err.h"
#include "results/journal.h"

struct rows;
struct store;

struct result_row {
    struct episode_row episode;       /* as stored; strings live until the next rows_next */
    const char *sample;               /* the sample's id in its data set */
    const char *category, *cluster;
    bool has_choices;                 /* of rows_open_scores alone: its question offers some */
    bool has_grade;
    struct grade_row grade;
};

/* task NULL: all; sample (its id in the data set) NULL: all. NULL with err set. To be closed before the store is. */
struct rows *rows_open(struct store *store, int64_t run, const char *task, const char *sample, struct err *err);

/*
 * As rows_open, for all that is counted and averaged; of a row these are set, and the rest is NULL or 0: the episode's
 * sample, task, epoch, finished, outcome, origin, marks, tokens and cost; category, cluster and has_choices; has_grade, and
 * the grade's profile, score, answer_class, verdict and languages.
 */
struct rows *rows_open_scores(struct store *store, int64_t run, struct err *err);

/* 1: *row set; 0: the end; -1: err set. */
int rows_next(struct rows *rows, struct result_row *row, struct err *err);
void rows_close(struct rows *rows);               /* NULL is allowed */

#endif
