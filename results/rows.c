#include "results/rows.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/mem.h"
#include "results/episode_columns.h"
#include "results/statement.h"

/*
 * CROSS JOIN keeps the episodes outermost, so that the index of UNIQUE (run, task, sample, epoch) gives the order and
 * nothing is sorted. ?3 narrows what is read; it chooses no index.
 */
#define SELECT \
    "SELECT e.id, e.sample, e.task, e.epoch, e.state = 'finished', e.outcome, e.origin, e.reason," \
    MARK_COLUMNS("e.") ", e.target, e.permutation," USAGE_COLUMNS("e.") \
    ", e.passes, e.restarts, e.started_ms, e.ended_ms," \
    " s.name, s.category, s.cluster," \
    " g.id IS NOT NULL, g.grader, g.version, g.profile, g.score, g.answer, g.answer_class, g.reason, g.graded_ms," \
    " g.verdict, g.asked_language, g.language" \
    " FROM episode e CROSS JOIN sample s ON s.id = e.sample LEFT JOIN grade g ON g.id = e.grade"
#define NARROW " AND (?3 IS NULL OR s.name = ?3) ORDER BY e.task, e.sample, e.epoch"

static const char ALL_TASKS[] = SELECT " WHERE e.run = ?1 AND ?2 IS NULL" NARROW;
static const char ONE_TASK[] = SELECT " WHERE e.run = ?1 AND e.task = ?2" NARROW;

/* Each column costs a row 20 to 50 ns, a row of sample 250: so these are read apart, once for all epochs. */
static const char SCORES[] =
    "SELECT e.sample, e.task, e.epoch, e.outcome, e.origin," MARK_COLUMNS("e.") "," USAGE_COLUMNS("e.")
    ", g.id IS NOT NULL, g.profile, g.score, g.answer_class, g.verdict, g.asked_language, g.language"
    " FROM episode e LEFT JOIN grade g ON g.id = e.grade"
    " WHERE e.run = ?1 ORDER BY e.task, e.sample, e.epoch";
/* typeof reads the head of the row alone, where IS NOT NULL would fetch the text too. */
static const char LABELS[] =
    "SELECT id, category, cluster, typeof(choices) <> 'null' FROM sample WHERE id >= ? ORDER BY id";

struct rows {
    struct statement *statement;
    struct statement *labels;            /* of rows_open_scores: on the sample at hand; else NULL */
    int64_t labelled;                    /* where that is; 0: nowhere */
    const char *category, *cluster;      /* and what it reads there */
    bool has_choices;
};

static void bind_name(struct statement *statement, const char *name)
{
    if (name == NULL)
        statement_bind_null(statement);
    else
        statement_bind_cleaned(statement, name, strlen(name));
}

struct rows *rows_open(struct store *store, int64_t run, const char *task, const char *sample, struct err *err)
{
    struct statement *statement = statement_new(store, task == NULL ? ALL_TASKS : ONE_TASK, err);
    struct rows *rows;

    if (statement == NULL)
        return NULL;
    statement_bind_int(statement, run);
    bind_name(statement, task);
    bind_name(statement, sample);
    rows = xcalloc(1, sizeof *rows);
    rows->statement = statement;
    return rows;
}

struct rows *rows_open_scores(struct store *store, int64_t run, struct err *err)
{
    struct rows *rows = xcalloc(1, sizeof *rows);

    rows->statement = statement_new(store, SCORES, err);
    rows->labels = rows->statement != NULL ? statement_new(store, LABELS, err) : NULL;
    if (rows->labels == NULL) {
        rows_close(rows);
        return NULL;
    }
    statement_bind_int(rows->statement, run);
    return rows;
}

static void read_episode(struct statement *statement, struct episode_row *row)
{
    row->id = statement_read_int(statement);
    row->sample = statement_read_int(statement);
    row->task = statement_read_text(statement);
    row->epoch = (int)statement_read_int(statement);
    row->finished = statement_read_int(statement) != 0;
    row->outcome = statement_read_text(statement);
    row->origin = statement_read_text(statement);
    row->reason = statement_read_text(statement);
    episode_columns_read_marks(statement, row);
    row->target = statement_read_text(statement);
    row->permutation = statement_read_text(statement);
    episode_columns_read_usage(statement, row);
    row->passes = (int)statement_read_int(statement);
    row->restarts = (int)statement_read_int(statement);
    row->started_ms = statement_read_int(statement);
    row->ended_ms = statement_read_int_or(statement, 0);
}

static void read_grade(struct statement *statement, struct grade_row *grade)
{
    grade->grader = statement_read_text(statement);
    grade->version = (int)statement_read_int(statement);
    grade->profile = statement_read_text(statement);
    grade->score = statement_read_real(statement);
    grade->answer = statement_read_text(statement);
    grade->answer_class = statement_read_text(statement);
    grade->reason = statement_read_text(statement);
    grade->graded_ms = statement_read_int(statement);
    grade->verdict = statement_read_text(statement);
    grade->asked_language = statement_read_text(statement);
    grade->language = statement_read_text(statement);
}

static void read_all(struct statement *statement, struct result_row *row)
{
    read_episode(statement, &row->episode);
    row->sample = statement_read_text(statement);
    row->category = statement_read_text(statement);
    row->cluster = statement_read_text(statement);
    row->has_grade = statement_read_int(statement) != 0;
    if (row->has_grade)
        read_grade(statement, &row->grade);
}

static void read_scores(struct statement *statement, struct result_row *row)
{
    struct episode_row *episode = &row->episode;

    episode->sample = statement_read_int(statement);
    episode->task = statement_read_text(statement);
    episode->epoch = (int)statement_read_int(statement);
    episode->outcome = statement_read_text(statement);
    episode->finished = episode->outcome != NULL;
    episode->origin = statement_read_text(statement);
    episode_columns_read_marks(statement, episode);
    episode_columns_read_usage(statement, episode);
    row->has_grade = statement_read_int(statement) != 0;
    if (!row->has_grade)
        return;
    row->grade.profile = statement_read_text(statement);
    row->grade.score = statement_read_real(statement);
    row->grade.answer_class = statement_read_text(statement);
    row->grade.verdict = statement_read_text(statement);
    row->grade.asked_language = statement_read_text(statement);
    row->grade.language = statement_read_text(statement);
}

static int next_labels(struct rows *rows, struct err *err)
{
    int got = statement_next(rows->labels, "reading samples", err);

    rows->labelled = got > 0 ? statement_read_int(rows->labels) : 0;
    rows->category = got > 0 ? statement_read_text(rows->labels) : NULL;
    rows->cluster = got > 0 ? statement_read_text(rows->labels) : NULL;
    rows->has_choices = got > 0 && statement_read_int(rows->labels) != 0;
    return got;
}

/* A task's samples stand one behind the other, so the next row is the one as a rule; else it is looked up. */
static int find_labels(struct rows *rows, int64_t sample, struct err *err)
{
    if (rows->labelled != 0 && next_labels(rows, err) < 0)
        return -1;
    if (rows->labelled == sample)
        return 0;
    statement_reset(rows->labels);
    statement_bind_int(rows->labels, sample);
    if (next_labels(rows, err) < 0)
        return -1;
    if (rows->labelled != sample) {      /* in somebody else's store: none of that id */
        rows->category = rows->cluster = NULL;
        rows->has_choices = false;
    }
    return 0;
}

int rows_next(struct rows *rows, struct result_row *row, struct err *err)
{
    int got = statement_next(rows->statement, "reading results", err);

    if (got <= 0)
        return got;
    *row = (struct result_row){ 0 };
    if (rows->labels == NULL) {
        read_all(rows->statement, row);
        return 1;
    }
    read_scores(rows->statement, row);
    if (row->episode.sample != rows->labelled && find_labels(rows, row->episode.sample, err) < 0)
        return -1;
    row->category = rows->category;
    row->cluster = rows->cluster;
    row->has_choices = rows->has_choices;
    return 1;
}

void rows_close(struct rows *rows)
{
    if (rows == NULL)
        return;
    statement_free(rows->statement);
    statement_free(rows->labels);
    free(rows);
}
