#include "reports/scoreboard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "reports/stats/mean.h"
#include "results/journal.h"
#include "results/store.h"

#define HASH "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* A store in a folder of its own, with one run. */
struct fixture {
    char folder[64];
    struct arena *arena;
    struct err err;
    struct store *store;
    struct run_row run;
    struct journal *journal;
    enum score_by by;
};

static void set_up(struct fixture *f, const char *plan)
{
    *f = (struct fixture){ .folder = "/tmp/vernier-test-XXXXXX", .arena = arena_new(), .err = ERR_INIT };
    f->run = (struct run_row){ .fingerprint = "f1", .model = "fake/one", .plan = plan, .places = "{}",
                               .version = "0.1.0", .state = "running", .started_ms = 1795290531000 };
    assert_non_null(mkdtemp(f->folder));
    f->store = store_open(arena_printf(f->arena, "%s/vernier.db", f->folder), "test", &f->err);
    if (f->store == NULL || store_add_run(f->store, f->arena, &f->run, &f->err) < 0)
        fail_msg("%s", f->err.text);
    f->journal = journal_open(f->store, f->run.id);
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info;
    (void)type;
    (void)walk;
    return remove(path);
}

static void tear_down(struct fixture *f)
{
    journal_close(f->journal);
    store_close(f->store);
    nftw(f->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    arena_free(f->arena);
}

static int64_t put_sample(struct fixture *f, const char *task, int number, const char *category, const char *cluster)
{
    struct sample_row row = { .task = task, .name = arena_printf(f->arena, "q%d", number), .hash = HASH,
                              .category = category, .cluster = cluster, .input = "2 + 2?" };
    int64_t id = store_put_sample(f->store, &row, &f->err);

    if (id < 0)
        fail_msg("%s", f->err.text);
    return id;
}

static struct episode_row *new_episode(struct fixture *f, const char *task, int64_t sample, int epoch)
{
    struct episode_row *episode = arena_alloc(f->arena, sizeof *episode);

    *episode = (struct episode_row){ .sample = sample, .task = task, .epoch = epoch, .tokens_in = TOKENS_UNKNOWN,
                                     .tokens_out = TOKENS_UNKNOWN, .tokens_reasoning = TOKENS_UNKNOWN,
                                     .tokens_cache = TOKENS_UNKNOWN, .cost_nanousd = COST_UNKNOWN, .passes = 1,
                                     .started_ms = 1000, .ended_ms = 2000 };
    return episode;
}

/* Queues a scored episode, which may be changed until commit. answer_class NULL: no answer was read. */
static struct episode_row *add_scored(struct fixture *f, const char *task, int64_t sample, int epoch, double score,
                                      const char *answer_class)
{
    struct episode_row *episode = new_episode(f, task, sample, epoch);
    struct grade_row *grade = arena_alloc(f->arena, sizeof *grade);

    episode->finished = true;
    episode->outcome = "scored";
    *grade = (struct grade_row){ .grader = "choice", .version = 1, .profile = "plain", .score = score,
                                 .answer = answer_class, .answer_class = answer_class, .graded_ms = 2000 };
    journal_add_outcome(f->journal, episode, grade);
    return episode;
}

static void add_void(struct fixture *f, const char *task, int64_t sample, int epoch, const char *origin)
{
    struct episode_row *episode = new_episode(f, task, sample, epoch);

    episode->finished = true;
    episode->outcome = "void";
    episode->origin = origin;
    episode->reason = "made up";
    journal_add_outcome(f->journal, episode, NULL);
}

static void add_started(struct fixture *f, const char *task, int64_t sample, int epoch)
{
    static const struct ask_row ask = { .kind = "model", .role = "model", .request_hash = HASH, .reply = "{}",
                                        .reply_length = 2, .cost_nanousd = COST_UNKNOWN };

    journal_add_ask(f->journal, new_episode(f, task, sample, epoch), &ask);
}

/* Commits what is queued and gathers the board of the run. */
static const struct scoreboard *gather(struct fixture *f)
{
    const struct scoreboard *board;

    if (journal_commit(f->journal, &f->err) < 0)
        fail_msg("%s", f->err.text);
    board = scoreboard_gather(f->store, f->arena, &f->run, 1, f->by, &f->err);
    if (board == NULL)
        fail_msg("%s", f->err.text);
    return board;
}

static const struct score_line *gather_one(struct fixture *f)
{
    const struct scoreboard *board = gather(f);

    assert_int_equal(board->line_count, 1);
    return &board->lines[0];
}

static void assert_near(double got, double expected, double tolerance)
{
    if (!(fabs(got - expected) <= tolerance))
        fail_msg("got %.17g, expected %.17g", got, expected);
}

/* A recorded run of AIME 2025: right answers of 8 epochs for its 30 problems. */
static const int aime_right[30] = { 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8,
                                    8, 8, 7, 8, 8, 7, 8, 8, 8, 8, 8, 1, 7, 4, 7 };

#define AIME_PLAN \
    "{\"vernier\":1,\"seed\":0,\"tasks\":[{\"name\":\"aime2025\",\"profile\":\"qwen\",\"epochs\":8,\"samples\":30," \
    "\"chance\":0.0,\"private\":false,\"clustered\":false}]}"

/* Problem 27 got eight different answers, problem 29 the answers 45 42 60 60 37 60 60 45, of which 60 is right. */
static const char *aime_class(int problem, int epoch)
{
    static const char *const answers_27[] = { "1", "2", "3", "4", "5", "6", "7" };
    static const char *const answers_29[] = { "45", "42", "37", "45" };

    if (epoch < aime_right[problem])
        return "right";
    return problem == 26 ? answers_27[epoch - 1] : problem == 28 ? answers_29[epoch - 4] : "wrong";
}

static void test_scoreboard_gather_has_the_known_figures_of_aime(void **state)
{
    struct fixture f;
    const struct score_line *line;

    (void)state;
    set_up(&f, AIME_PLAN);
    for (int i = 0; i < 30; i++) {
        int64_t sample = put_sample(&f, "aime2025", i, i % 2 == 0 ? "I" : "II", NULL);
        for (int j = 0; j < 8; j++)
            add_scored(&f, "aime2025", sample, j + 1, j < aime_right[i], aime_class(i, j));
    }
    line = gather_one(&f);
    assert_string_equal(line->task, "aime2025");
    assert_string_equal(line->model, "fake/one");
    assert_string_equal(line->run, f.run.name);
    assert_string_equal(line->profile, "qwen");
    assert_int_equal(line->samples, 30);
    assert_int_equal(line->epochs, 8);
    assert_int_equal(line->expected, 240);
    assert_int_equal(line->scored, 240);
    assert_int_equal(line->unfinished, 0);
    assert_near(line->mean, 0.9375, 0);
    assert_near(line->se_questions, 0.0332, 5e-5);
    assert_near(line->se_epochs, 0.0112, 5e-5);
    assert_string_equal(line->interval.method, "normal");
    assert_near(line->interval.lower, 0.9375 - 1.959963984540054 * line->se_questions, 1e-12);
    assert_near(line->interval.upper, 1, 0);
    tear_down(&f);
}

static void test_scoreboard_gather_has_the_known_tries_of_aime(void **state)
{
    struct fixture f;
    const struct score_line *line;

    (void)state;
    set_up(&f, AIME_PLAN);
    for (int i = 0; i < 30; i++) {
        int64_t sample = put_sample(&f, "aime2025", i, NULL, NULL);
        for (int j = 0; j < 8; j++)
            add_scored(&f, "aime2025", sample, j + 1, j < aime_right[i], aime_class(i, j));
    }
    line = gather_one(&f);
    assert_int_equal(line->at_count, 4);
    assert_int_equal(line->at[0].k, 1);
    assert_int_equal(line->at[2].k, 4);
    assert_near(line->at[0].pass, 0.9375, 1e-14);
    assert_near(line->at[0].maj, 0.9375, 1e-14);
    assert_near(line->at[2].pass, 0.9829, 5e-5);
    assert_ptr_equal(score_line_last(line), &line->at[3]);
    assert_int_equal(line->at[3].k, 8);
    assert_int_equal(line->at[3].samples, 30);
    assert_near(line->at[3].avg, 0.9375, 1e-14);
    assert_near(line->at[3].pass, 1, 0);
    assert_near(line->at[3].pass_hat, 24 / 30.0, 1e-14);
    assert_near(line->at[3].maj, 0.9708, 5e-5);
    tear_down(&f);
}

static void test_scoreboard_gather_leaves_voids_out_and_counts_them(void **state)
{
    struct fixture f;
    const struct score_line *line;
    int64_t one, two, three;

    (void)state;
    set_up(&f, "{\"tasks\":[{\"name\":\"t\",\"epochs\":3,\"samples\":4}]}");
    one = put_sample(&f, "t", 1, NULL, NULL);
    two = put_sample(&f, "t", 2, NULL, NULL);
    three = put_sample(&f, "t", 3, NULL, NULL);
    add_scored(&f, "t", one, 1, 1, "a");
    add_void(&f, "t", one, 2, "provider");
    add_scored(&f, "t", one, 3, 0, "b");
    add_scored(&f, "t", two, 1, 1, "a");
    add_scored(&f, "t", two, 2, 1, "a");
    add_scored(&f, "t", two, 3, 1, "a");
    add_void(&f, "t", three, 1, "harness");
    add_void(&f, "t", three, 2, "environment");
    add_void(&f, "t", three, 3, "environment");
    line = gather_one(&f);
    assert_int_equal(line->samples, 2);
    assert_int_equal(line->scored, 5);
    assert_int_equal(line->voids, 4);
    assert_int_equal(line->voids_harness, 1);
    assert_int_equal(line->voids_provider, 1);
    assert_int_equal(line->voids_environment, 2);
    assert_int_equal(line->expected, 12);
    assert_int_equal(line->unfinished, 3); /* the fourth sample has not begun */
    assert_near(line->mean, 0.75, 0);
    assert_int_equal(line->at_count, 3);
    assert_int_equal(line->at[1].k, 2);
    assert_int_equal(line->at[1].samples, 2);
    assert_near(line->at[1].pass, 1, 0);
    assert_near(line->at[1].pass_hat, 0.5, 0);
    assert_near(line->at[1].maj, 0.75, 0); /* one right of two: a tie is half */
    assert_int_equal(line->at[2].k, 3);
    assert_int_equal(line->at[2].samples, 1);
    assert_int_equal(line->at[2].left_out, 1);
    assert_near(line->at[2].avg, 1, 0);
    tear_down(&f);
}

static void test_scoreboard_gather_has_the_errors_of_its_questions(void **state)
{
    static const double scores[] = { 1, 0, 1, 0.5, 0.25, 1, 0, 0, 1 };
    static const size_t epochs[] = { 3, 2, 1, 3 };
    struct fixture f;
    const struct score_line *line;
    const double *score = scores;
    const double means[] = { 2 / 3.0, 0.375, 1, 1 / 3.0 };
    const double within = (1 / 3.0 + 0.03125 + 1 / 3.0) / 3;

    (void)state;
    set_up(&f, "{}");
    for (int i = 0; i < 4; i++) {
        int64_t sample = put_sample(&f, "t", i, NULL, NULL);
        for (int j = 0; j < 3; j++)
            if ((size_t)j < epochs[i])
                add_scored(&f, "t", sample, j + 1, *score++, NULL);
            else
                add_void(&f, "t", sample, j + 1, "provider");
    }
    line = gather_one(&f);
    assert_near(line->mean, mean_of(means, 4), 1e-15);
    assert_near(line->se_questions, mean_se(means, 4), 1e-15);
    assert_near(line->se_epochs, sqrt(within * (1 / 3.0 + 0.5 + 1 + 1 / 3.0) / 4 / 4), 1e-15);
    tear_down(&f);
}

/* The first to have two epochs are the quick ones; what they differ by is not yet that of all. */
static void test_scoreboard_gather_has_no_error_over_epochs_too_early(void **state)
{
    struct fixture f;

    (void)state;
    set_up(&f, "{\"tasks\":[{\"name\":\"t\",\"epochs\":4,\"samples\":2}]}");
    add_scored(&f, "t", put_sample(&f, "t", 1, NULL, NULL), 1, 1, "A");
    add_scored(&f, "t", put_sample(&f, "t", 1, NULL, NULL), 2, 1, "A");
    add_scored(&f, "t", put_sample(&f, "t", 2, NULL, NULL), 1, 0, "A");
    assert_true(isnan(gather_one(&f)->se_epochs));
    assert_int_equal(gather_one(&f)->unfinished, 5);
    add_scored(&f, "t", put_sample(&f, "t", 2, NULL, NULL), 2, 1, "A");
    assert_near(gather_one(&f)->se_epochs, 0.25, 1e-15);        /* W = (0 + 1/2) / 2, over 2 samples of 2 epochs */
    assert_int_equal(gather_one(&f)->untold.in, 4);
    tear_down(&f);
}

static void test_scoreboard_gather_of_one_sample_has_no_error(void **state)
{
    struct fixture f;
    const struct score_line *line;

    (void)state;
    set_up(&f, "{}");
    add_scored(&f, "t", put_sample(&f, "t", 1, NULL, NULL), 1, 0.5, "a");
    line = gather_one(&f);
    assert_int_equal(line->samples, 1);
    assert_near(line->mean, 0.5, 0);
    assert_true(isnan(line->se_questions) && isnan(line->se_epochs));
    assert_null(line->interval.method);
    assert_int_equal(line->expected, COUNT_UNKNOWN);
    assert_int_equal(line->unfinished, 0);
    assert_true(isnan(line->chance));
    assert_string_equal(line->profile, "plain"); /* the grade's, as the plan says none */
    tear_down(&f);
}

static void test_scoreboard_gather_of_all_right_has_wilsons_interval(void **state)
{
    struct fixture f;
    const struct score_line *line;

    (void)state;
    set_up(&f, "{}");
    for (int i = 0; i < 30; i++)
        add_scored(&f, "t", put_sample(&f, "t", i, NULL, NULL), 1, 1, "a");
    line = gather_one(&f);
    assert_near(line->mean, 1, 0);
    assert_near(line->se_questions, 0, 0);
    assert_string_equal(line->interval.method, "wilson");
    assert_near(line->interval.lower, 1 - 0.113513, 1e-6); /* 0 of 30 mirrored */
    assert_near(line->interval.upper, 1, 0);
    assert_near(line->at[0].maj, 1, 0);
    tear_down(&f);
}

static void test_scoreboard_gather_of_a_task_not_begun_has_its_line(void **state)
{
    struct fixture f;
    const struct scoreboard *board;

    (void)state;
    set_up(&f, "{\"tasks\":[{\"name\":\"z\",\"epochs\":2,\"samples\":5,\"chance\":0.25,\"private\":true},"
               "{\"name\":\"a\"}]}");
    add_void(&f, "a", put_sample(&f, "a", 1, NULL, NULL), 1, "harness");
    add_started(&f, "b", put_sample(&f, "b", 1, NULL, NULL), 1);
    board = gather(&f);
    assert_int_equal(board->line_count, 3);
    assert_string_equal(board->lines[0].task, "z"); /* the plan's order, then what it does not name */
    assert_string_equal(board->lines[1].task, "a");
    assert_string_equal(board->lines[2].task, "b");
    assert_int_equal(board->lines[0].unfinished, 10);
    assert_int_equal(board->lines[0].epochs, 2);
    assert_int_equal(board->lines[0].at_count, 2);
    assert_true(isnan(board->lines[0].mean) && isnan(board->lines[0].at[1].pass));
    assert_near(board->lines[0].chance, 0.25, 0);
    assert_true(board->lines[0].is_private);
    assert_int_equal(board->lines[1].voids, 1);
    assert_int_equal(board->lines[1].samples, 0);
    assert_true(isnan(board->lines[1].mean) && isnan(board->lines[1].se_questions));
    assert_null(board->lines[1].interval.method);
    assert_int_equal(board->lines[2].unfinished, 1);
    tear_down(&f);
}

/* 14 samples in 5 clusters, neighbours in different ones. */
static const double clustered_x[14] = { 1, 0, 1, 1, 0, 0, 1, 1, 1, 0, 1, 0, 1, 0 };
static const char *const clustered_in[14] = { "e", "a", "b", "c", "d", "e", "a", "b", "c", "d", "e", "a", "b", "c" };

static void test_scoreboard_gather_corrects_for_clusters(void **state)
{
    struct fixture f;
    const struct score_line *line;
    double residual[5] = { 0 }, squares = 0;

    (void)state;
    set_up(&f, "{}");
    for (int i = 0; i < 14; i++) {
        add_scored(&f, "t", put_sample(&f, "t", i, NULL, clustered_in[i]), 1, clustered_x[i], "a");
        residual[clustered_in[i][0] - 'a'] += clustered_x[i] - 8 / 14.0;
    }
    for (int i = 0; i < 5; i++)
        squares += residual[i] * residual[i];
    line = gather_one(&f);
    assert_int_equal(line->clusters, 5);
    assert_near(line->mean, 8 / 14.0, 1e-15);
    assert_near(line->se_questions, sqrt(squares) / 14 * sqrt(5 / 4.0), 1e-15);
    assert_string_equal(line->interval.method, "t");
    tear_down(&f);
}

static void test_scoreboard_gather_lets_a_sample_without_a_cluster_be_one(void **state)
{
    struct fixture f;
    const struct score_line *line;

    (void)state;
    set_up(&f, "{}");
    for (int i = 0; i < 14; i++)
        add_scored(&f, "t", put_sample(&f, "t", i, NULL, i % 2 == 0 ? "a" : NULL), 1, clustered_x[i], "a");
    line = gather_one(&f);
    assert_int_equal(line->clusters, 8);
    tear_down(&f);
}

static void test_scoreboard_gather_takes_the_plans_word_on_clusters(void **state)
{
    struct fixture f;
    const struct score_line *line;

    (void)state;
    set_up(&f, "{\"tasks\":[{\"name\":\"t\",\"clustered\":false}]}");
    for (int i = 0; i < 14; i++)
        add_scored(&f, "t", put_sample(&f, "t", i, NULL, clustered_in[i]), 1, clustered_x[i], "a");
    line = gather_one(&f);
    assert_int_equal(line->clusters, 0);
    assert_string_equal(line->interval.method, "wilson");
    tear_down(&f);
}

static void test_scoreboard_gather_has_no_error_with_few_clusters(void **state)
{
    struct fixture f;
    const struct score_line *line;

    (void)state;
    set_up(&f, "{}");
    for (int i = 0; i < 14; i++)
        add_scored(&f, "t", put_sample(&f, "t", i, NULL, i < 7 ? "a" : "b"), 1, clustered_x[i], "a");
    line = gather_one(&f);
    assert_int_equal(line->clusters, 2);
    assert_true(isnan(line->se_questions));
    assert_null(line->interval.method);
    tear_down(&f);
}

static void test_scoreboard_gather_means_by_category(void **state)
{
    struct fixture f;
    const struct score_line *line;
    int64_t first;

    (void)state;
    set_up(&f, "{}");
    first = put_sample(&f, "t", 1, "physics", NULL);
    add_scored(&f, "t", first, 1, 1, "a");
    add_scored(&f, "t", first, 2, 0, "a");
    add_scored(&f, "t", put_sample(&f, "t", 2, "biology", NULL), 1, 1, "a");
    add_scored(&f, "t", put_sample(&f, "t", 3, "physics", NULL), 1, 1, "a");
    add_scored(&f, "t", put_sample(&f, "t", 4, NULL, NULL), 1, 0, "a");
    add_void(&f, "t", put_sample(&f, "t", 5, "chemistry", NULL), 1, "harness");
    line = gather_one(&f);
    assert_int_equal(line->category_count, 3);
    assert_string_equal(line->categories[0].name, "physics");
    assert_int_equal(line->categories[0].samples, 2);
    assert_near(line->categories[0].mean, 0.75, 0);
    assert_near(line->categories[1].mean, 1, 0);
    assert_int_equal(line->categories[2].samples, 0);
    assert_true(isnan(line->categories[2].mean));
    tear_down(&f);
}

/* As in test_items, from a store: translations of one question in two languages' categories. */
static void test_scoreboard_gather_by_category_and_cluster(void **state)
{
    static const struct { const char *category, *cluster; double score; } rows[12] = {
        { "x/a", "0", 1 }, { "x/a", "1", 0 }, { "x/b", "2", 1 }, { "x/b", "3", 0.5 }, { "x", "4", 1 }, { "y/a", "0", 1 },
        { "y/a", "1", 0 }, { "y/b", "2", 0 }, { "y/b", "3", 0.5 }, { "y/b", "4", 1 }, { "y/b", "5", 0 }, { NULL, "5", 1 },
    };
    struct fixture f;
    const struct score_line *line;

    (void)state;
    set_up(&f, "{}");
    for (int i = 0; i < 12; i++)
        add_scored(&f, "t", put_sample(&f, "t", i, rows[i].category, rows[i].cluster), 1, rows[i].score, "a");
    line = gather_one(&f);
    assert_null(line->by_cluster);
    assert_near(line->se_questions, 0.15365907428821474, 1e-15);
    assert_int_equal(line->category_count, 6);
    assert_string_equal(line->categories[0].name, "x");
    assert_int_equal(line->categories[0].samples, 5);
    assert_near(line->categories[0].se, 0.2, 1e-15);
    assert_string_equal(line->categories[5].name, "y/b");
    assert_near(line->categories[5].mean, 0.375, 1e-15);
    assert_near(line->categories[5].se, 0.23935677693908453, 1e-15);
    assert_int_equal(line->outermost.samples, 2);
    assert_near(line->outermost.mean, 0.5583333333333333, 1e-15);
    assert_near(line->outermost.se, 0.17224820592518356, 1e-15);
    f.by = SCORE_BY_CLUSTER;
    line = gather_one(&f);
    assert_int_equal(line->by_cluster_count, 6);
    assert_string_equal(line->by_cluster[5].name, "5");
    assert_int_equal(line->by_cluster[5].samples, 2);
    assert_near(line->by_cluster[5].mean, 0.5, 0);
    tear_down(&f);
}

static void test_scoreboard_gather_finds_the_epochs_no_plan_tells(void **state)
{
    static const int epochs[] = { 1, 3, 2, 6, 4 };
    static const size_t k[] = { 1, 2, 4, 6 }, samples[] = { 5, 4, 2, 1 };
    struct fixture f;
    const struct score_line *line;

    (void)state;
    set_up(&f, "not JSON at all");
    for (int i = 0; i < 5; i++) {
        int64_t sample = put_sample(&f, "t", i, NULL, NULL);
        for (int j = 1; j <= epochs[i]; j++)
            add_scored(&f, "t", sample, j, 1, "a");
    }
    line = gather_one(&f);
    assert_int_equal(line->epochs, 6);
    assert_int_equal(line->at_count, 4);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(line->at[i].k, k[i]);
        assert_int_equal(line->at[i].samples, samples[i]);
        assert_int_equal(line->at[i].left_out, 5 - samples[i]);
    }
    tear_down(&f);
}

static void test_scoreboard_gather_leaves_pass_undefined_for_fractions(void **state)
{
    struct fixture f;
    const struct score_line *line;
    int64_t sample;

    (void)state;
    set_up(&f, "{}");
    sample = put_sample(&f, "t", 1, NULL, NULL);
    add_scored(&f, "t", sample, 1, 0.5, NULL);
    add_scored(&f, "t", sample, 2, 1, NULL);
    line = gather_one(&f);
    assert_near(line->at[1].avg, 0.75, 0);
    assert_true(isnan(line->at[1].pass) && isnan(line->at[1].pass_hat));
    assert_true(isnan(line->at[1].maj)); /* answers without classes have no majority */
    tear_down(&f);
}

static void test_scoreboard_gather_puts_right_answers_in_one_class(void **state)
{
    struct fixture f;
    const struct score_line *line;
    int64_t sample;

    (void)state;
    set_up(&f, "{}");
    sample = put_sample(&f, "t", 1, NULL, NULL);
    add_scored(&f, "t", sample, 1, 1, "1/2");
    add_scored(&f, "t", sample, 2, 0, "2");
    add_scored(&f, "t", sample, 3, 0, "2");
    add_scored(&f, "t", sample, 4, 1, "0.5");
    add_scored(&f, "t", sample, 5, 1, "2/4");
    add_scored(&f, "t", sample, 6, 0, NULL);
    line = gather_one(&f);
    assert_near(score_line_last(line)->maj, 1, 0);
    tear_down(&f);
}

static void test_scoreboard_gather_adds_up_marks_tokens_and_cost(void **state)
{
    struct fixture f;
    const struct score_line *line;
    struct episode_row *one, *two;

    (void)state;
    set_up(&f, "{}");
    one = add_scored(&f, "t", put_sample(&f, "t", 1, NULL, NULL), 1, 1, "a");
    two = add_scored(&f, "t", put_sample(&f, "t", 2, NULL, NULL), 1, 0, NULL);
    one->tokens_in = 10;
    one->tokens_out = 100;
    one->cost_nanousd = 1500;
    one->refused = one->tampered = one->unparsable = true;
    two->tokens_in = 20;
    two->truncated = two->no_answer = two->loop = two->refused = true;
    line = gather_one(&f);
    assert_int_equal(line->tokens_in, 30);
    assert_int_equal(line->tokens_out, 100);
    assert_int_equal(line->tokens_reasoning, TOKENS_UNKNOWN);
    assert_int_equal(line->tokens_cache, TOKENS_UNKNOWN);
    assert_int_equal(line->cost_nanousd, 1500);
    assert_false(line->cost_is_known); /* of the second it is not */
    assert_int_equal(line->unsure_nanousd, 0);
    assert_near(line->correct, 1, 0);
    assert_int_equal(line->truncated, 1);
    assert_int_equal(line->no_answer, 1);
    assert_int_equal(line->loop, 1);
    assert_int_equal(line->refused, 2);
    assert_int_equal(line->tampered, 1);
    assert_int_equal(line->unparsable, 1);
    tear_down(&f);
}

static void test_scoreboard_gather_knows_the_cost_when_all_do(void **state)
{
    struct fixture f;
    const struct score_line *line;

    (void)state;
    set_up(&f, "{}");
    add_scored(&f, "t", put_sample(&f, "t", 1, NULL, NULL), 1, 1, "a")->cost_nanousd = 0;
    add_started(&f, "t", put_sample(&f, "t", 2, NULL, NULL), 1);
    line = gather_one(&f);
    assert_int_equal(line->cost_nanousd, 0);
    assert_true(line->cost_is_known);
    tear_down(&f);
}

static void test_scoreboard_gather_bounds_what_is_unsure(void **state)
{
    struct fixture f;
    const struct score_line *line;
    struct episode_row *one, *two;

    (void)state;
    set_up(&f, "{}");
    one = add_scored(&f, "t", put_sample(&f, "t", 1, NULL, NULL), 1, 0.5, "a");
    two = add_scored(&f, "t", put_sample(&f, "t", 2, NULL, NULL), 1, 1, "a");
    one->cost_nanousd = two->cost_nanousd = 100;
    one->unsure_nanousd = 30;
    line = gather_one(&f);
    assert_int_equal(line->cost_nanousd, 200);
    assert_int_equal(line->unsure_nanousd, 30);
    assert_false(line->cost_is_known);
    assert_near(score_usd_per(line->cost_nanousd, line->correct), 200 / 1.5e9, 1e-15);
    add_scored(&f, "t", put_sample(&f, "t", 3, NULL, NULL), 1, 1, "a")->unsure_nanousd = COST_UNKNOWN;
    line = gather_one(&f);
    assert_int_equal(line->unsure_nanousd, COST_UNKNOWN);
    tear_down(&f);
}

/* A judge's ask, one call of it told as unknown where call_nanousd says so. */
static void add_judged(struct fixture *f, int number, int64_t ask_nanousd, int64_t call_nanousd)
{
    struct call *call = arena_calloc(f->arena, 1, sizeof *call);
    struct ask_row *ask = arena_calloc(f->arena, 1, sizeof *ask);

    *call = (struct call){ .try_number = 1, .status = 200, .cost_nanousd = call_nanousd };
    *ask = (struct ask_row){ .kind = "model", .role = "judge", .request_hash = HASH, .reply = "{}", .reply_length = 2,
                             .cost_nanousd = ask_nanousd, .calls = call };
    journal_add_ask(f->journal, new_episode(f, "t", put_sample(f, "t", number, NULL, NULL), 1), ask);
}

static struct role_cost gather_judge(struct fixture *f)
{
    return scoreboard_sum_run(gather(f), 0).judge;
}

static void test_scoreboard_gather_knows_no_judge_s_cost_that_nobody_told(void **state)
{
    struct fixture f;
    struct role_cost judge;

    (void)state;
    set_up(&f, "{\"judge\":{},\"tasks\":[{\"name\":\"t\",\"epochs\":1,\"samples\":9}]}");
    judge = gather_judge(&f);
    assert_true(judge.is_known && judge.nanousd == 0);
    add_judged(&f, 1, COST_UNKNOWN, COST_UNKNOWN);
    judge = gather_judge(&f);
    assert_true(!judge.is_known && judge.nanousd == COST_UNKNOWN);
    add_judged(&f, 2, 70, 70);
    judge = gather_judge(&f);
    assert_true(!judge.is_known && judge.nanousd == 70);
    tear_down(&f);
    set_up(&f, "{\"judge\":{},\"tasks\":[{\"name\":\"t\",\"epochs\":1,\"samples\":9}]}");
    add_judged(&f, 1, 70, 70);
    judge = gather_judge(&f);
    assert_true(judge.is_known && judge.nanousd == 70);
    add_judged(&f, 2, 30, COST_UNKNOWN);        /* of a try before it something is known */
    judge = gather_judge(&f);
    assert_true(!judge.is_known && judge.nanousd == 100);
    tear_down(&f);
}

/* Begun, and nothing finished: what was spent is not known to be nothing. */
static void test_scoreboard_sum_run_knows_no_cost_where_none_was_told(void **state)
{
    struct fixture f;
    struct score_run run;
    struct episode_row *episode;

    (void)state;
    set_up(&f, "{}");
    add_started(&f, "t", put_sample(&f, "t", 1, NULL, NULL), 1);
    run = scoreboard_sum_run(gather(&f), 0);
    assert_true(!run.cost_is_known && run.cost_nanousd == COST_UNKNOWN);
    episode = add_scored(&f, "t", put_sample(&f, "t", 2, NULL, NULL), 1, 1, "a");
    episode->cost_nanousd = 5;
    assert_true(scoreboard_sum_run(gather(&f), 0).cost_is_known);
    tear_down(&f);
}

static void test_scoreboard_gather_counts_the_newest_grade(void **state)
{
    static const struct grade_row later = { .grader = "choice", .version = 2, .profile = "plain", .score = 1,
                                            .answer = "b", .answer_class = "b", .graded_ms = 3000 };
    struct fixture f;
    struct episode_row *episode;

    (void)state;
    set_up(&f, "{}");
    episode = add_scored(&f, "t", put_sample(&f, "t", 1, NULL, NULL), 1, 0, "a");
    assert_near(gather_one(&f)->mean, 0, 0);
    journal_add_grade(f.journal, episode->id, false, &later);
    assert_near(gather_one(&f)->mean, 1, 0);
    tear_down(&f);
}

static void test_scoreboard_gather_counts_the_undecided_apart(void **state)
{
    struct grade_row doubt = { .grader = "maths", .version = 1, .profile = "canonical", .score = 0, .answer = "x",
                               .verdict = "undecided", .graded_ms = 3000 };
    const struct score_line *line;
    struct episode_row *episode;
    struct fixture f;

    (void)state;
    set_up(&f, "{}");
    add_scored(&f, "t", put_sample(&f, "t", 1, NULL, NULL), 1, 1, "a");
    episode = add_scored(&f, "t", put_sample(&f, "t", 2, NULL, NULL), 1, 1, "a");
    assert_int_equal(gather_one(&f)->undecided, 0);
    journal_add_grade(f.journal, episode->id, false, &doubt);
    line = gather_one(&f);
    assert_int_equal(line->undecided, 1);
    assert_int_equal(line->scored, 2);
    assert_near(line->mean, 0.5, 0);
    tear_down(&f);
}

/* A sample of its own, whose reply is in a language; both NULL: nobody asked. */
static void add_answered_in(struct fixture *f, const char *category, const char *asked, const char *language)
{
    static int number;
    struct grade_row *grade = arena_alloc(f->arena, sizeof *grade);
    struct episode_row *episode = add_scored(f, "t", put_sample(f, "t", 100 + number++, category, NULL), 1, 1, "a");

    *grade = (struct grade_row){ .grader = "choice", .version = 1, .profile = "canonical", .score = 1, .answer = "A",
                                 .asked_language = asked, .language = language, .graded_ms = 3000 };
    gather_one(f);      /* it writes what is queued, so that the episode has its row */
    journal_add_grade(f->journal, episode->id, false, grade);
}

static void test_scoreboard_gather_counts_languages(void **state)
{
    const struct score_line *line;
    struct fixture f;

    (void)state;
    set_up(&f, "{}");
    add_answered_in(&f, "DE/stem", "de", "de");
    add_answered_in(&f, "DE/other", "de", "en");
    add_answered_in(&f, "DE/other", "de", "und");
    add_answered_in(&f, "FR/stem", "fr", "fr");
    add_answered_in(&f, "FR/stem", NULL, NULL);
    line = gather_one(&f);
    assert_int_equal(line->languages.asked, 4);
    assert_int_equal(line->languages.same, 2);
    assert_int_equal(line->languages.untold, 1);
    assert_string_equal(line->categories[0].name, "DE");
    assert_int_equal(line->categories[0].languages.asked, 3);
    assert_int_equal(line->categories[0].languages.same, 1);
    assert_int_equal(line->categories[0].languages.untold, 1);
    tear_down(&f);
}

static int64_t put_choice(struct fixture *f, int number, const char *cluster)
{
    struct sample_row row = { .task = "t", .name = arena_printf(f->arena, "c%d", number), .hash = HASH,
                              .cluster = cluster, .input = "2 + 2?", .choices = "[\"3\",\"4\"]" };
    int64_t id = store_put_sample(f->store, &row, &f->err);

    assert_true(id > 0);
    return id;
}

/* By form: of five questions with choices three are right, of two open ones one; clusters do not mix them up. */
static void test_scoreboard_gather_tells_forms_apart(void **state)
{
    const struct score_line *line;
    struct fixture f;

    (void)state;
    set_up(&f, "{}");
    for (int i = 0; i < 5; i++)
        add_scored(&f, "t", put_choice(&f, i, i % 2 == 0 ? "z" : "a"), 1, i < 3, "A");
    line = gather_one(&f);
    assert_int_equal(line->form_count, 0);      /* all alike so far */
    add_scored(&f, "t", put_sample(&f, "t", 8, NULL, "z"), 1, 1, "4");
    add_scored(&f, "t", put_sample(&f, "t", 9, NULL, "a"), 1, 0, "5");
    line = gather_one(&f);
    assert_int_equal(line->form_count, 2);
    assert_string_equal(line->forms[0].name, "choice");
    assert_int_equal(line->forms[0].samples, 5);
    assert_near(line->forms[0].mean, 0.6, 1e-15);
    assert_string_equal(line->forms[1].name, "open");
    assert_int_equal(line->forms[1].samples, 2);
    assert_near(line->forms[1].mean, 0.5, 0);
    assert_near(line->forms[1].se, 0.5, 1e-15);
    assert_near(line->mean, 4 / 7.0, 1e-15);
    tear_down(&f);
}

static void test_scoreboard_gather_keeps_runs_apart(void **state)
{
    struct fixture f;
    struct run_row runs[2];
    const struct scoreboard *board;
    int64_t sample;

    (void)state;
    set_up(&f, "{}");
    sample = put_sample(&f, "t", 1, NULL, NULL);
    add_scored(&f, "t", sample, 1, 1, "a");
    gather(&f);
    runs[1] = f.run;
    runs[0] = f.run;
    runs[0].model = "fake/two";
    if (store_add_run(f.store, f.arena, &runs[0], &f.err) < 0)
        fail_msg("%s", f.err.text);
    journal_close(f.journal);
    f.journal = journal_open(f.store, runs[0].id);
    add_scored(&f, "t", sample, 1, 0, "b");
    gather(&f);
    board = scoreboard_gather(f.store, f.arena, runs, 2, SCORE_BY_NOTHING, &f.err);
    assert_non_null(board);
    assert_int_equal(board->line_count, 2);
    assert_string_equal(board->lines[0].model, "fake/two"); /* as given, not by age */
    assert_near(board->lines[0].mean, 0, 0);
    assert_string_equal(board->lines[1].model, "fake/one");
    assert_near(board->lines[1].mean, 1, 0);
    tear_down(&f);
}

static void test_scoreboard_gather_of_an_empty_run_has_no_lines(void **state)
{
    struct fixture f;

    (void)state;
    set_up(&f, "{}");
    assert_int_equal(gather(&f)->line_count, 0);
    tear_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scoreboard_gather_has_the_known_figures_of_aime),
        cmocka_unit_test(test_scoreboard_gather_has_the_known_tries_of_aime),
        cmocka_unit_test(test_scoreboard_gather_leaves_voids_out_and_counts_them),
        cmocka_unit_test(test_scoreboard_gather_has_the_errors_of_its_questions),
        cmocka_unit_test(test_scoreboard_gather_has_no_error_over_epochs_too_early),
        cmocka_unit_test(test_scoreboard_gather_of_one_sample_has_no_error),
        cmocka_unit_test(test_scoreboard_gather_of_all_right_has_wilsons_interval),
        cmocka_unit_test(test_scoreboard_gather_of_a_task_not_begun_has_its_line),
        cmocka_unit_test(test_scoreboard_gather_corrects_for_clusters),
        cmocka_unit_test(test_scoreboard_gather_lets_a_sample_without_a_cluster_be_one),
        cmocka_unit_test(test_scoreboard_gather_takes_the_plans_word_on_clusters),
        cmocka_unit_test(test_scoreboard_gather_has_no_error_with_few_clusters),
        cmocka_unit_test(test_scoreboard_gather_means_by_category),
        cmocka_unit_test(test_scoreboard_gather_by_category_and_cluster),
        cmocka_unit_test(test_scoreboard_gather_finds_the_epochs_no_plan_tells),
        cmocka_unit_test(test_scoreboard_gather_leaves_pass_undefined_for_fractions),
        cmocka_unit_test(test_scoreboard_gather_puts_right_answers_in_one_class),
        cmocka_unit_test(test_scoreboard_gather_adds_up_marks_tokens_and_cost),
        cmocka_unit_test(test_scoreboard_gather_knows_the_cost_when_all_do),
        cmocka_unit_test(test_scoreboard_gather_knows_no_judge_s_cost_that_nobody_told),
        cmocka_unit_test(test_scoreboard_sum_run_knows_no_cost_where_none_was_told),
        cmocka_unit_test(test_scoreboard_gather_bounds_what_is_unsure),
        cmocka_unit_test(test_scoreboard_gather_counts_the_newest_grade),
        cmocka_unit_test(test_scoreboard_gather_counts_the_undecided_apart),
        cmocka_unit_test(test_scoreboard_gather_counts_languages),
        cmocka_unit_test(test_scoreboard_gather_tells_forms_apart),
        cmocka_unit_test(test_scoreboard_gather_keeps_runs_apart),
        cmocka_unit_test(test_scoreboard_gather_of_an_empty_run_has_no_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
