#include "scratch.h"

#include <math.h>

#include "results/rows.h"

struct fixture {
    struct scratch scratch;
    struct store *store;
    struct journal *journal;
    int64_t run;
};

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    scratch_init(&fixture->scratch);
    fixture->store = scratch_store(&fixture->scratch);
    fixture->run = add_run(fixture->store, fixture->scratch.arena);
    fixture->journal = journal_open(fixture->store, fixture->run);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    journal_close(fixture->journal);
    store_close(fixture->store);
    scratch_fini(&fixture->scratch);
    free(fixture);
    return 0;
}

/* One finished episode; a score below 0 makes it void. */
static int64_t add(struct fixture *fixture, const char *task, const char *sample, int epoch, double score)
{
    struct episode_row row = started_episode(task, put_sample(fixture->store, task, sample), epoch);
    struct grade_row grade = plain_grade(score);

    row.finished = true;
    row.outcome = score < 0 ? "void" : "scored";
    row.origin = score < 0 ? "environment" : NULL;
    row.tokens_out = 10;
    row.cost_nanousd = 500000000;
    row.ended_ms = 9000;
    journal_add_outcome(fixture->journal, &row, score < 0 ? NULL : &grade);
    commit(fixture->journal);
    return row.id;
}

static struct rows *open_rows(struct fixture *fixture, const char *task, const char *sample)
{
    struct rows *rows = rows_open(fixture->store, fixture->run, task, sample, &fixture->scratch.err);

    if (rows == NULL)
        fail_msg("%s", fixture->scratch.err.text);
    return rows;
}

/* "task sample epoch" of all rows, in the order given, a comma between. */
static const char *list(struct fixture *fixture, const char *task, const char *sample)
{
    struct rows *rows = open_rows(fixture, task, sample);
    struct result_row row;
    char *text = arena_strdup(fixture->scratch.arena, "");
    int got;

    while ((got = rows_next(rows, &row, &fixture->scratch.err)) > 0)
        text = arena_printf(fixture->scratch.arena, "%s%s%s %s %d", text, text[0] != '\0' ? ", " : "", row.episode.task,
                            row.sample, row.episode.epoch);
    assert_int_equal(got, 0);
    rows_close(rows);
    return text;
}

static void test_rows_next_gives_task_then_data_order_then_epoch(void **state)
{
    struct fixture *fixture = *state;

    put_sample(fixture->store, "b", "z");
    put_sample(fixture->store, "b", "a");
    add(fixture, "b", "a", 2, 1);
    add(fixture, "b", "z", 1, 1);
    add(fixture, "a", "q", 1, 1);
    add(fixture, "b", "a", 1, 1);
    assert_string_equal(list(fixture, NULL, NULL), "a q 1, b z 1, b a 1, b a 2");
}

static void test_rows_open_narrows(void **state)
{
    struct fixture *fixture = *state;

    add(fixture, "a", "q", 1, 1);
    add(fixture, "b", "q", 1, 1);
    add(fixture, "b", "r", 1, 1);
    assert_string_equal(list(fixture, "b", NULL), "b q 1, b r 1");
    assert_string_equal(list(fixture, "b", "r"), "b r 1");
    assert_string_equal(list(fixture, NULL, "q"), "a q 1, b q 1");
    assert_string_equal(list(fixture, "c", NULL), "");
    fixture->run++;
    assert_string_equal(list(fixture, NULL, NULL), "");
}

static void test_rows_next_gives_all_columns(void **state)
{
    struct fixture *fixture = *state;
    struct sample_row sample = { .task = "t", .name = "q", .hash = HASH_A, .category = "algebra", .cluster = "c7",
                                 .input = "?" };
    int64_t id = store_put_sample(fixture->store, &sample, &fixture->scratch.err);
    struct episode_row stored = {
        .sample = id, .task = "t", .epoch = 3, .finished = true, .outcome = "scored", .truncated = true,
        .no_answer = true, .refused = true, .loop = true, .tampered = true, .unparsable = true, .target = "C", .permutation = "2013",
        .tokens_in = 1, .tokens_out = 2, .tokens_reasoning = 3, .tokens_cache = 0, .cost_nanousd = 5, .passes = 2,
        .restarts = 1, .started_ms = 100, .ended_ms = 200 };
    struct grade_row grade = { .grader = "choice", .version = 4, .profile = "p", .score = 0.25, .answer = "C",
                               .answer_class = "c", .reason = "why", .verdict = "undecided", .graded_ms = 300 };
    struct result_row row;
    struct rows *rows;

    journal_add_outcome(fixture->journal, &stored, &grade);
    commit(fixture->journal);
    rows = open_rows(fixture, NULL, NULL);
    assert_int_equal(rows_next(rows, &row, &fixture->scratch.err), 1);
    assert_int_equal(row.episode.id, stored.id);
    assert_int_equal(row.episode.sample, id);
    assert_string_equal(row.episode.task, "t");
    assert_int_equal(row.episode.epoch, 3);
    assert_true(row.episode.finished && row.episode.truncated && row.episode.no_answer && row.episode.refused
                && row.episode.loop && row.episode.tampered && row.episode.unparsable);
    assert_string_equal(row.episode.outcome, "scored");
    assert_null(row.episode.origin);
    assert_null(row.episode.reason);
    assert_string_equal(row.episode.target, "C");
    assert_string_equal(row.episode.permutation, "2013");
    assert_int_equal(row.episode.tokens_in, 1);
    assert_int_equal(row.episode.tokens_out, 2);
    assert_int_equal(row.episode.tokens_reasoning, 3);
    assert_int_equal(row.episode.tokens_cache, 0);
    assert_int_equal(row.episode.cost_nanousd, 5);
    assert_int_equal(row.episode.passes, 2);
    assert_int_equal(row.episode.restarts, 1);
    assert_int_equal(row.episode.started_ms, 100);
    assert_int_equal(row.episode.ended_ms, 200);
    assert_string_equal(row.sample, "q");
    assert_string_equal(row.category, "algebra");
    assert_string_equal(row.cluster, "c7");
    assert_true(row.has_grade);
    assert_string_equal(row.grade.grader, "choice");
    assert_int_equal(row.grade.version, 4);
    assert_string_equal(row.grade.profile, "p");
    assert_true(row.grade.score == 0.25);
    assert_string_equal(row.grade.answer, "C");
    assert_string_equal(row.grade.answer_class, "c");
    assert_string_equal(row.grade.reason, "why");
    assert_string_equal(row.grade.verdict, "undecided");
    assert_int_equal(row.grade.graded_ms, 300);
    assert_int_equal(rows_next(rows, &row, &fixture->scratch.err), 0);
    rows_close(rows);
}

static void test_rows_next_tells_unknown_from_none(void **state)
{
    struct fixture *fixture = *state;
    struct episode_row started = started_episode("t", put_sample(fixture->store, "t", "q"), 1);
    struct ask_row ask = model_ask(0, "{}");
    struct result_row row;
    struct rows *rows;

    journal_add_ask(fixture->journal, &started, &ask);
    commit(fixture->journal);
    rows = open_rows(fixture, NULL, NULL);
    assert_int_equal(rows_next(rows, &row, &fixture->scratch.err), 1);
    assert_false(row.episode.finished);
    assert_null(row.episode.outcome);
    assert_int_equal(row.episode.tokens_in, TOKENS_UNKNOWN);
    assert_int_equal(row.episode.cost_nanousd, COST_UNKNOWN);
    assert_int_equal(row.episode.ended_ms, 0);
    assert_null(row.category);
    assert_false(row.has_grade);
    rows_close(rows);
}

static void test_rows_next_may_be_mixed_with_commits(void **state)
{
    struct fixture *fixture = *state;
    struct grade_row grade = plain_grade(0);
    struct result_row row;
    struct rows *rows;
    int count = 0;

    for (int i = 0; i < 300; i++)
        add(fixture, "t", arena_printf(fixture->scratch.arena, "q%d", i), 1, 1);
    rows = open_rows(fixture, NULL, NULL);
    while (rows_next(rows, &row, &fixture->scratch.err) > 0) {
        journal_add_grade(fixture->journal, row.episode.id, false, &grade);
        commit(fixture->journal);
        count++;
    }
    rows_close(rows);
    assert_int_equal(count, 300);
    assert_int_equal(ask_number(fixture->store, "SELECT count(*) FROM samples WHERE score = 0"), 300);
}

/* Every line of the plan of what sql would do; a sort shows as "USE TEMP B-TREE". */
static void assert_no_sort(struct fixture *fixture, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    const char *explain = arena_printf(fixture->scratch.arena, "EXPLAIN QUERY PLAN %s", sql);

    assert_int_equal(sqlite3_prepare_v2(store_db(fixture->store), explain, -1, &stmt, NULL), SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        const char *line = (const char *)sqlite3_column_text(stmt, 3);
        if (strstr(line, "B-TREE") != NULL || strncmp(line, "SCAN", 4) == 0)
            fail_msg("%s", line);
    }
    sqlite3_finalize(stmt);
}

/* The statement that rows holds open is the only one that is in use. */
static const char *sql_in_use(struct fixture *fixture)
{
    sqlite3_stmt *stmt = NULL;

    while ((stmt = sqlite3_next_stmt(store_db(fixture->store), stmt)) != NULL)
        if (sqlite3_stmt_busy(stmt))
            return arena_strdup(fixture->scratch.arena, sqlite3_sql(stmt));
    return NULL;
}

static void test_rows_next_sorts_nothing(void **state)
{
    struct fixture *fixture = *state;
    static const char *const TASKS[] = { NULL, "t" };

    add(fixture, "t", "q", 1, 1);
    for (size_t i = 0; i < 2; i++) {
        struct rows *rows = open_rows(fixture, TASKS[i], i == 1 ? "q" : NULL);
        struct result_row row;

        assert_int_equal(rows_next(rows, &row, &fixture->scratch.err), 1);
        assert_no_sort(fixture, sql_in_use(fixture));
        rows_close(rows);
    }
}

static void assert_near(double got, double expected)
{
    if (!(fabs(got - expected) < 1e-12))
        fail_msg("%.17g is not %.17g", got, expected);
}

/*
 * Three questions: q1 scored 1, 0 (mean 1/2); q2 scored 1, void (mean 1); q3 scored 0, 0 (mean 0); q4 void only.
 * n = 3, mean = 1/2, variance of the questions' means = 1/4, stderr = sqrt(1/4 / 3).
 */
static void test_results_view_averages_epochs_then_questions(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store;

    add(fixture, "t", "q1", 1, 1);
    add(fixture, "t", "q1", 2, 0);
    add(fixture, "t", "q2", 1, 1);
    add(fixture, "t", "q2", 2, -1);
    add(fixture, "t", "q3", 1, 0);
    add(fixture, "t", "q3", 2, 0);
    add(fixture, "t", "q4", 1, -1);
    assert_int_equal(ask_number(store, "SELECT count(*) FROM results"), 1);
    assert_int_equal(ask_number(store, "SELECT n FROM results"), 3);
    assert_int_equal(ask_number(store, "SELECT episodes FROM results"), 5);
    assert_int_equal(ask_number(store, "SELECT void FROM results"), 2);
    assert_int_equal(ask_number(store, "SELECT tokens_in IS NULL AND tokens_out = 70 FROM results"), 1);
    assert_near(ask_real(store, "SELECT mean FROM results"), 0.5);
    assert_near(ask_real(store, "SELECT stderr FROM results"), sqrt(0.25 / 3));
    assert_near(ask_real(store, "SELECT lower FROM results"), 0);       /* Student's t would go below */
    assert_near(ask_real(store, "SELECT upper FROM results"), 1);
    assert_near(ask_real(store, "SELECT cost_usd FROM results"), 3.5);
}

static void test_results_view_of_few_questions(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store;
    struct episode_row started = started_episode("open", put_sample(store, "open", "q"), 1);
    struct ask_row ask = model_ask(0, "{}");

    add(fixture, "one", "q", 1, 1);
    add(fixture, "void", "q", 1, -1);
    journal_add_ask(fixture->journal, &started, &ask);
    commit(fixture->journal);
    assert_int_equal(ask_number(store, "SELECT count(*) FROM results WHERE task = 'one' AND n = 1 AND mean = 1"
                                " AND stderr IS NULL AND lower BETWEEN 0.2 AND 0.21 AND upper = 1 AND void = 0"), 1);
    assert_int_equal(ask_number(store, "SELECT count(*) FROM results WHERE task = 'void' AND n = 0 AND mean IS NULL"
                                " AND stderr IS NULL AND void = 1"), 1);
    assert_int_equal(ask_number(store, "SELECT count(*) FROM results WHERE task = 'open' AND n = 0 AND void = 0"), 1);
}

static void test_results_view_counts_the_newest_grade(void **state)
{
    struct fixture *fixture = *state;
    int64_t episode = add(fixture, "t", "q", 1, 1);
    struct grade_row grade = plain_grade(0);

    journal_add_grade(fixture->journal, episode, false, &grade);
    commit(fixture->journal);
    assert_near(ask_real(fixture->store, "SELECT mean FROM results"), 0);
}

static void test_results_view_is_stable_for_equal_scores(void **state)
{
    struct fixture *fixture = *state;

    for (int i = 0; i < 400; i++)
        add(fixture, "t", arena_printf(fixture->scratch.arena, "q%d", i), 1, 0.7);
    assert_true(ask_real(fixture->store, "SELECT stderr FROM results") <= 0);
    assert_near(ask_real(fixture->store, "SELECT mean FROM results"), 0.7);
}

static void test_samples_view_has_a_row_an_episode(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store;

    add(fixture, "t", "q", 1, 1);
    add(fixture, "t", "q", 2, -1);
    assert_int_equal(ask_number(store, "SELECT count(*) FROM samples WHERE epoch = 1 AND outcome = 'scored'"
                                " AND score = 1 AND answer = 'A' AND sample = 'q' AND model = 'fake/one'"
                                " AND cost_usd = 0.5"), 1);
    assert_int_equal(ask_number(store, "SELECT count(*) FROM samples WHERE epoch = 2 AND outcome = 'void'"
                                " AND score IS NULL AND origin = 'environment'"), 1);
}

static void test_transcripts_view_shows_what_was_said(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store;
    struct arena *arena = fixture->scratch.arena;
    struct episode_row started = started_episode("t", put_sample(store, "t", "q"), 1);
    struct call call = { .try_number = 1, .status = 200 };
    struct ask_row said = model_ask(0, "{\"text\":\"hello\"}"), broken = model_ask(1, "not JSON");

    said.calls = &call;
    journal_add_ask(fixture->journal, &started, &said);
    journal_add_ask(fixture->journal, &started, &broken);
    commit(fixture->journal);
    sqlite3_exec(store_db(store), "PRAGMA trusted_schema = ON", NULL, NULL, NULL);      /* as SQLite's shell has it */
    assert_string_equal(ask_text(store, arena, "SELECT text FROM transcripts WHERE ordinal = 0"), "hello");
    assert_int_equal(ask_number(store, "SELECT tries FROM transcripts WHERE ordinal = 0"), 1);
    assert_null(ask_text(store, arena, "SELECT text FROM transcripts WHERE ordinal = 1"));
    assert_int_equal(ask_number(store, "SELECT count(*) FROM transcripts"), 2);
}

static void assert_same_text(const char *got, const char *expected)
{
    assert_int_equal(got == NULL, expected == NULL);
    if (got != NULL)
        assert_string_equal(got, expected);
}

static void assert_same_scores(const struct result_row *got, const struct result_row *all)
{
    const struct episode_row *one = &got->episode, *other = &all->episode;

    assert_int_equal(one->sample, other->sample);
    assert_string_equal(one->task, other->task);
    assert_int_equal(one->epoch, other->epoch);
    assert_int_equal(one->finished, other->finished);
    assert_same_text(one->outcome, other->outcome);
    assert_same_text(one->origin, other->origin);
    assert_int_equal(one->truncated, other->truncated);
    assert_int_equal(one->no_answer, other->no_answer);
    assert_int_equal(one->refused, other->refused);
    assert_int_equal(one->loop, other->loop);
    assert_int_equal(one->tampered, other->tampered);
    assert_int_equal(one->unparsable, other->unparsable);
    assert_int_equal(one->tokens_in, other->tokens_in);
    assert_int_equal(one->tokens_out, other->tokens_out);
    assert_int_equal(one->tokens_reasoning, other->tokens_reasoning);
    assert_int_equal(one->tokens_cache, other->tokens_cache);
    assert_int_equal(one->cost_nanousd, other->cost_nanousd);
    assert_same_text(got->category, all->category);
    assert_same_text(got->cluster, all->cluster);
    assert_int_equal(got->has_grade, all->has_grade);
    assert_same_text(got->grade.profile, all->grade.profile);
    assert_near(got->grade.score, all->grade.score);
    assert_same_text(got->grade.answer_class, all->grade.answer_class);
}

/* Reads the run both ways; how many rows there were. */
static int compare_scores(struct fixture *fixture)
{
    struct rows *rows = open_rows(fixture, NULL, NULL);
    struct rows *scores = rows_open_scores(fixture->store, fixture->run, &fixture->scratch.err);
    struct result_row all, row;
    int count = 0;

    assert_non_null(scores);
    while (rows_next(rows, &all, &fixture->scratch.err) > 0) {
        assert_int_equal(rows_next(scores, &row, &fixture->scratch.err), 1);
        assert_same_scores(&row, &all);
        count++;
    }
    assert_int_equal(rows_next(scores, &row, &fixture->scratch.err), 0);
    rows_close(rows);
    rows_close(scores);
    return count;
}

static int64_t put_labelled(struct fixture *fixture, const char *task, int number)
{
    const char *name = arena_printf(fixture->scratch.arena, "q%d", number);
    struct sample_row row = { .task = task, .name = name, .hash = HASH_A, .input = "?" };

    row.category = number % 3 > 0 ? name : NULL;
    row.cluster = number % 4 > 0 ? name : NULL;
    return store_put_sample(fixture->store, &row, &fixture->scratch.err);
}

/* Samples of two tasks take turns in the store, and some have no episode: the next sample is not the next row there. */
static void test_rows_open_scores_reads_what_is_counted(void **state)
{
    struct fixture *fixture = *state;
    struct episode_row row;
    struct grade_row grade = plain_grade(0.25);

    for (int i = 0; i < 40; i++) {
        row = started_episode(i % 2 == 0 ? "b" : "a", put_labelled(fixture, i % 2 == 0 ? "b" : "a", i), 1 + i / 30);
        row.finished = i % 5 > 0;
        row.outcome = i % 10 == 1 ? "void" : "scored";
        row.origin = i % 10 == 1 ? "harness" : NULL;
        row.truncated = i % 2 == 0;
        row.no_answer = i % 4 == 1;
        row.refused = i % 3 == 0;
        row.loop = i % 7 == 0;
        row.tampered = i % 11 == 0;
        row.unparsable = i % 13 == 0;
        row.tokens_in = i;
        row.tokens_reasoning = i % 8 == 0 ? TOKENS_UNKNOWN : 1000 + i;
        row.cost_nanousd = i % 9 == 0 ? COST_UNKNOWN : 2000 + i;
        if (!row.finished)
            journal_add_restart(fixture->journal, &row);
        else if (i % 6 > 0)
            journal_add_outcome(fixture->journal, &row, i % 10 == 1 ? NULL : &grade);
        commit(fixture->journal);
    }
    assert_int_equal(compare_scores(fixture), 40 - 5);
    add(fixture, "a", "q1", 2, 1);
    assert_int_equal(compare_scores(fixture), 36);
}

static void test_rows_open_scores_sorts_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct rows *rows;
    struct result_row row;
    sqlite3_stmt *stmt = NULL;

    add(fixture, "t", "q", 1, 1);
    rows = rows_open_scores(fixture->store, fixture->run, &fixture->scratch.err);
    assert_int_equal(rows_next(rows, &row, &fixture->scratch.err), 1);
    while ((stmt = sqlite3_next_stmt(store_db(fixture->store), stmt)) != NULL)
        if (sqlite3_stmt_busy(stmt))
            assert_no_sort(fixture, sqlite3_sql(stmt));
    rows_close(rows);
}

/* A store of somebody else, whose samples were taken out. */
static void test_rows_open_scores_does_without_the_sample(void **state)
{
    struct fixture *fixture = *state;
    struct result_row row;
    struct rows *rows;

    put_labelled(fixture, "t", 1);
    add(fixture, "t", "q1", 1, 1);
    put_labelled(fixture, "t", 2);
    sqlite3_exec(store_db(fixture->store), "PRAGMA foreign_keys = OFF; DELETE FROM sample WHERE name = 'q1'", NULL,
                 NULL, NULL);
    rows = rows_open_scores(fixture->store, fixture->run, &fixture->scratch.err);
    assert_int_equal(rows_next(rows, &row, &fixture->scratch.err), 1);
    assert_true(row.category == NULL && row.cluster == NULL && row.has_grade);
    rows_close(rows);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_rows_next_gives_task_then_data_order_then_epoch),
        TEST(test_rows_open_narrows),
        TEST(test_rows_next_gives_all_columns),
        TEST(test_rows_next_tells_unknown_from_none),
        TEST(test_rows_next_may_be_mixed_with_commits),
        TEST(test_rows_next_sorts_nothing),
        TEST(test_rows_open_scores_reads_what_is_counted),
        TEST(test_rows_open_scores_sorts_nothing),
        TEST(test_rows_open_scores_does_without_the_sample),
        TEST(test_results_view_averages_epochs_then_questions),
        TEST(test_results_view_of_few_questions),
        TEST(test_results_view_counts_the_newest_grade),
        TEST(test_results_view_is_stable_for_equal_scores),
        TEST(test_samples_view_has_a_row_an_episode),
        TEST(test_transcripts_view_shows_what_was_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
