/*
 * The view `results` and the scoreboard say the same of the same episodes: people read one in SQLite's shell, the other
 * in a report.
 */
#include "tests/unit/results/scratch.h"

#include <math.h>

#include "harness/base/random.h"
#include "reports/scoreboard.h"

struct fixture {
    struct scratch scratch;
    struct store *store;
    struct journal *journal;
    struct run_row run;
    struct splitmix random;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    scratch_init(&f->scratch);
    f->store = scratch_store(&f->scratch);
    f->run.id = add_run(f->store, f->scratch.arena);
    if (store_find_run(f->store, f->scratch.arena, "last", &f->run, &f->scratch.err) < 0)
        fail_msg("%s", f->scratch.err.text);
    f->journal = journal_open(f->store, f->run.id);
    f->random.state = 20261121;
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    journal_close(f->journal);
    store_close(f->store);
    scratch_fini(&f->scratch);
    free(f);
    return 0;
}

static int64_t put_question(struct fixture *f, const char *task, int number, const char *cluster)
{
    struct sample_row row = { .task = task, .name = arena_printf(f->scratch.arena, "q%d", number), .hash = HASH_A,
                              .cluster = cluster, .input = "2 + 2?" };
    int64_t id = store_put_sample(f->store, &row, &f->scratch.err);

    assert_true(id > 0);
    return id;
}

/* Queues a finished episode; a score below 0 makes it void. */
static void add(struct fixture *f, const char *task, int64_t sample, int epoch, double score)
{
    struct episode_row *row = arena_alloc(f->scratch.arena, sizeof *row);
    struct grade_row *grade = arena_alloc(f->scratch.arena, sizeof *grade);

    *row = started_episode(task, sample, epoch);
    *grade = plain_grade(score);
    row->finished = true;
    row->outcome = score < 0 ? "void" : "scored";
    row->origin = score < 0 ? "provider" : NULL;
    row->truncated = epoch % 2 == 0;
    row->no_answer = epoch % 3 == 0;
    row->tokens_out = epoch;
    row->cost_nanousd = 1000000 * epoch;
    row->unsure_nanousd = strcmp(task, "eight") == 0 ? 7 : 0;
    journal_add_outcome(f->journal, row, score < 0 ? NULL : grade);
}

static void add_all(struct fixture *f, const char *task, const double *scores, int count)
{
    for (int i = 0; i < count; i++)
        add(f, task, put_question(f, task, i, NULL), 1, scores[i]);
}

/* The number that the view has in that column for the task; NAN for NULL. */
static double ask_view(struct fixture *f, const char *column, const char *task)
{
    const char *text = ask_text(f->store, f->scratch.arena,
                                arena_printf(f->scratch.arena, "SELECT printf('%%!.17g', %s) FROM results "
                                             "WHERE task = '%s' AND %s IS NOT NULL", column, task, column));

    return text != NULL ? strtod(text, NULL) : (double)NAN;
}

static void assert_same(struct fixture *f, const char *column, const char *task, double expected)
{
    double got = ask_view(f, column, task);

    if (isnan(expected) ? !isnan(got) : !(fabs(got - expected) <= 1e-9))
        fail_msg("%s of %s: the view has %.17g, the scoreboard %.17g", column, task, got, expected);
}

/* Commits, and holds each line of the scoreboard against the view. */
static const struct scoreboard *compare(struct fixture *f)
{
    const struct scoreboard *board;

    commit(f->journal);
    board = scoreboard_gather(f->store, f->scratch.arena, &f->run, 1, SCORE_BY_NOTHING, &f->scratch.err);
    assert_non_null(board);
    assert_int_equal(ask_number(f->store, "SELECT count(*) FROM results"), board->line_count);
    for (size_t i = 0; i < board->line_count; i++) {
        const struct score_line *line = &board->lines[i];
        bool clustered = line->clusters > 0;
        assert_same(f, "n", line->task, (double)line->samples);
        assert_same(f, "episodes", line->task, (double)line->scored);
        assert_same(f, "mean", line->task, line->mean);
        assert_same(f, "stderr", line->task, clustered ? (double)NAN : line->se_questions);
        assert_same(f, "lower", line->task, clustered ? (double)NAN : line->interval.lower);
        assert_same(f, "upper", line->task, clustered ? (double)NAN : line->interval.upper);
        assert_same(f, "void", line->task, (double)line->voids);
        assert_same(f, "truncated", line->task, (double)line->truncated);
        assert_same(f, "no_answer", line->task, (double)line->no_answer);
        assert_same(f, "tokens_out", line->task, (double)line->tokens_out);
        assert_same(f, "cost_usd", line->task, score_usd(line->cost_nanousd));
        assert_same(f, "cost_is_known", line->task, line->cost_is_known);
        assert_same(f, "cost_per_episode_usd", line->task, score_usd_per(line->cost_nanousd, (double)line->scored));
        assert_same(f, "cost_per_correct_usd", line->task, score_usd_per(line->cost_nanousd, line->correct));
    }
    return board;
}

/* Wilson's interval of 8 right of 10 is a known one: 0.4901625, 0.9433178. */
static void test_results_view_of_right_and_wrong_has_wilsons_interval(void **state)
{
    static const double SCORES[] = { 1, 1, 0, 1, 1, 1, 1, 0, 1, 1 };
    struct fixture *f = *state;

    add_all(f, "eight", SCORES, 10);
    add_all(f, "right", SCORES, 1);
    add_all(f, "two", SCORES, 2);
    add_all(f, "wrong", &SCORES[2], 1);
    compare(f);
    assert_true(fabs(ask_view(f, "lower", "eight") - 0.4901625) < 1e-7);
    assert_true(fabs(ask_view(f, "upper", "eight") - 0.9433178) < 1e-7);
}

static void test_results_view_of_fractions_has_students_interval(void **state)
{
    static const double SCORES[] = { 0.25, 0.5, 0.75, 0.5, 1 };
    static const double HIGH[] = { 1, 0.9, 1 };
    struct fixture *f = *state;

    add_all(f, "five", SCORES, 5);
    add_all(f, "high", HIGH, 3);
    add_all(f, "one", SCORES, 1);
    compare(f);
    assert_true(fabs(ask_view(f, "upper", "five") - (0.6 + 2.7764451051978 * sqrt(0.08125 / 5))) < 1e-9);
    assert_true(ask_view(f, "upper", "high") >= 1);
    assert_true(isnan(ask_view(f, "upper", "one")));
}

static void test_results_view_of_equal_scores_is_not_certain(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < 400; i++)
        add(f, "equal", put_question(f, "equal", i, NULL), 1, 0.7);
    for (int i = 0; i < 60; i++)
        add(f, "right", put_question(f, "right", i / 2, NULL), i % 2 + 1, 1);
    compare(f);
    assert_true(ask_view(f, "stderr", "equal") <= 0);
    assert_true(ask_view(f, "lower", "right") < 0.9);
}

static void test_results_view_leaves_clusters_to_the_report(void **state)
{
    static const char *const CLUSTERS[] = { "a", "b", NULL };
    struct fixture *f = *state;

    for (int i = 0; i < 21; i++)
        add(f, "t", put_question(f, "t", i, CLUSTERS[i % 3]), 1, i % 2);
    assert_true(compare(f)->lines[0].clusters == 9);
    assert_true(isnan(ask_view(f, "upper", "t")) && isnan(ask_view(f, "stderr", "t")));
}

static void test_results_view_of_voids_and_beginnings_has_no_numbers(void **state)
{
    struct fixture *f = *state;
    struct episode_row started = started_episode("begun", put_question(f, "begun", 1, NULL), 1);
    struct ask_row ask = model_ask(0, "{}");

    add(f, "void", put_question(f, "void", 1, NULL), 1, -1);
    journal_add_ask(f->journal, &started, &ask);
    commit(f->journal);
    for (size_t i = 0; i < 2; i++) {
        const char *task = i == 0 ? "void" : "begun";
        assert_true(ask_view(f, "n", task) <= 0 && isnan(ask_view(f, "mean", task)));
        assert_true(isnan(ask_view(f, "lower", task)) && isnan(ask_view(f, "upper", task)));
    }
}

/* Few questions, and those around the switch from t to the normal, in one epoch or several, some of them void. */
static void test_results_view_agrees_for_any_number_of_questions(void **state)
{
    static const double SCORES[] = { 0, 1, 0.5, 1, 0.3, -1 };
    static const int COUNTS[] = { 2, 3, 4, 7, 13, 22, 28, 29, 30, 31 };
    struct fixture *f = *state;

    for (size_t n = 0; n < sizeof COUNTS / sizeof COUNTS[0]; n++)
        for (int epochs = 1; epochs <= 2; epochs++) {
            int questions = COUNTS[n];
            const char *task = arena_printf(f->scratch.arena, "t%d-%d", questions, epochs);
            uint64_t kinds = 2 + splitmix_below(&f->random, 5);
            for (int i = 0; i < questions * epochs; i++)
                add(f, task, put_question(f, task, i / epochs, NULL), i % epochs + 1,
                    i == 0 ? 1 : SCORES[splitmix_below(&f->random, kinds)]);
        }
    compare(f);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_results_view_of_right_and_wrong_has_wilsons_interval),
        TEST(test_results_view_of_fractions_has_students_interval),
        TEST(test_results_view_of_equal_scores_is_not_certain),
        TEST(test_results_view_leaves_clusters_to_the_report),
        TEST(test_results_view_of_voids_and_beginnings_has_no_numbers),
        TEST(test_results_view_agrees_for_any_number_of_questions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
