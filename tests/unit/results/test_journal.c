#include "scratch.h"

#include "harness/base/clock.h"
#include "harness/base/random.h"
#include "harness/base/redact.h"

struct fixture {
    struct scratch scratch;
    struct store *store;
    struct journal *journal;
    int64_t sample;
    struct episode_row episode;
};

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    scratch_init(&fixture->scratch);
    fixture->store = scratch_store(&fixture->scratch);
    fixture->journal = journal_open(fixture->store, add_run(fixture->store, fixture->scratch.arena));
    fixture->sample = put_sample(fixture->store, "demo", "q1");
    fixture->episode = started_episode("demo", fixture->sample, 1);
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

static struct ask_row *read_asks(struct fixture *fixture, int64_t episode, size_t count)
{
    struct ask_row *asks;
    size_t got;

    if (journal_read_asks(fixture->store, fixture->scratch.arena, episode, &asks, &got, &fixture->scratch.err) < 0)
        fail_msg("%s", fixture->scratch.err.text);
    assert_int_equal(got, count);
    return asks;
}

static void finish_void(struct episode_row *episode)
{
    episode->finished = true;
    episode->outcome = "void";
    episode->origin = "provider";
    episode->reason = "it was down";
    episode->ended_ms = 3000;
}

static void finish_scored(struct episode_row *episode)
{
    episode->finished = true;
    episode->outcome = "scored";
    episode->origin = episode->reason = NULL;
    episode->ended_ms = 3000;
}

static void test_journal_commit_writes_ask_and_calls(void **state)
{
    struct fixture *fixture = *state;
    struct call second = { .try_number = 2, .status = 200, .started_ms = 20, .elapsed_ms = 5, .wait_ms = 10,
                               .request_id = "req-2" };
    struct call first = { .next = &second, .try_number = 1, .status = 429, .started_ms = 1, .elapsed_ms = 3,
                              .error = "slow down" };
    struct ask_row ask = model_ask(0, "{\"text\":\"4\"}"), *asks;
    struct call *calls;

    ask.calls = &first;
    ask.cost_nanousd = 1200;
    journal_add_ask(fixture->journal, &fixture->episode, &ask);
    commit(fixture->journal);
    assert_true(fixture->episode.id > 0);
    asks = read_asks(fixture, fixture->episode.id, 1);
    assert_int_equal(asks[0].ordinal, 0);
    assert_string_equal(asks[0].kind, "model");
    assert_string_equal(asks[0].role, "model");
    assert_string_equal(asks[0].request_hash, HASH_A);
    assert_string_equal(asks[0].reply, "{\"text\":\"4\"}");
    assert_int_equal(asks[0].reply_length, 12);
    assert_int_equal(asks[0].elapsed_ms, 7);
    assert_int_equal(asks[0].cost_nanousd, 1200);
    assert_null(asks[0].calls);
    assert_int_equal(journal_read_calls(fixture->store, fixture->scratch.arena, fixture->episode.id, 0, &calls,
                                        &fixture->scratch.err), 0);
    assert_int_equal(calls->status, 429);
    assert_string_equal(calls->error, "slow down");
    assert_null(calls->request_id);
    assert_int_equal(calls->next->try_number, 2);
    assert_int_equal(calls->next->wait_ms, 10);
    assert_string_equal(calls->next->request_id, "req-2");
    assert_null(calls->next->next);
}

static void test_journal_commit_of_nothing_does_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct arena *arena = fixture->scratch.arena;

    commit(fixture->journal);
    assert_int_equal(ask_number(fixture->store, "SELECT count(*) FROM episode"), 0);
    read_asks(fixture, 1, 0);
    (void)arena;
}

static void test_journal_add_ask_replaces_the_same_ordinal(void **state)
{
    struct fixture *fixture = *state;
    struct ask_row first = model_ask(0, "{\"text\":\"one\"}"), again = model_ask(0, "{\"text\":\"two\"}");

    journal_add_ask(fixture->journal, &fixture->episode, &first);
    commit(fixture->journal);
    journal_add_ask(fixture->journal, &fixture->episode, &again);
    commit(fixture->journal);
    assert_string_equal(read_asks(fixture, fixture->episode.id, 1)[0].reply, "{\"text\":\"two\"}");
}

/* Three passes: one call; then two; then none, as for an exam that is repeated. */
static void test_journal_add_ask_keeps_what_earlier_passes_took(void **state)
{
    static const int STATUSES[] = { 500, 429, 200 };
    struct fixture *fixture = *state;
    struct call second = { .try_number = 2, .status = 200 };
    struct call first = { .next = &second, .try_number = 1, .status = 429 };
    struct call failed = { .try_number = 1, .status = 500, .error = "down" };
    struct ask_row asks[] = { model_ask(0, "{}"), model_ask(0, "{}"), model_ask(0, "{}") };
    struct call *call;

    asks[0].calls = &failed;
    asks[0].cost_nanousd = 40;
    asks[1].calls = &first;
    asks[1].cost_nanousd = 2;
    for (int i = 0; i < 3; i++) {
        journal_add_ask(fixture->journal, &fixture->episode, &asks[i]);
        commit(fixture->journal);
    }
    assert_int_equal(read_asks(fixture, fixture->episode.id, 1)[0].cost_nanousd, 42);
    assert_int_equal(journal_read_calls(fixture->store, fixture->scratch.arena, fixture->episode.id, 0, &call,
                                        &fixture->scratch.err), 0);
    for (int i = 0; i < 3; i++, call = call->next) {
        assert_int_equal(call->try_number, i + 1);
        assert_int_equal(call->status, STATUSES[i]);
    }
    assert_null(call);
}

static void test_journal_add_ask_writes_the_episode_as_it_stands(void **state)
{
    struct fixture *fixture = *state;
    struct ask_row ask = model_ask(0, "{}"), next = model_ask(1, "{}");

    journal_add_ask(fixture->journal, &fixture->episode, &ask);
    commit(fixture->journal);
    assert_int_equal(ask_number(fixture->store, "SELECT tokens_in IS NULL AND cost_nanousd IS NULL FROM episode"), 1);
    fixture->episode.tokens_in = 12;
    fixture->episode.cost_nanousd = 900;
    fixture->episode.truncated = true;
    fixture->episode.permutation = "2013";
    journal_add_ask(fixture->journal, &fixture->episode, &next);
    commit(fixture->journal);
    assert_int_equal(ask_number(fixture->store, "SELECT count(*) FROM episode WHERE state = 'started'"
                                " AND tokens_in = 12 AND tokens_out IS NULL AND cost_nanousd = 900 AND truncated = 1"
                                " AND permutation = '2013' AND ended_ms IS NULL"), 1);
}

static void test_journal_commit_keeps_long_replies_in_blobs(void **state)
{
    struct fixture *fixture = *state;
    char *text = malloc(50001);
    struct ask_row ask, *asks;

    memset(text, 'y', 50000);
    text[50000] = '\0';
    ask = model_ask(0, text);
    journal_add_ask(fixture->journal, &fixture->episode, &ask);
    commit(fixture->journal);
    assert_int_equal(ask_number(fixture->store, "SELECT reply = '' AND reply_blob = (SELECT sha256 FROM blob)"
                                " FROM ask"), 1);
    asks = read_asks(fixture, fixture->episode.id, 1);
    assert_int_equal(asks[0].reply_length, 50000);
    assert_string_equal(asks[0].reply, text);
    free(text);
}

static void test_journal_commit_repairs_and_redacts(void **state)
{
    struct fixture *fixture = *state;
    struct ask_row ask = model_ask(0, "");
    char *long_text = malloc(6001);

    redact_register("KEY", "sk-123456789");
    ask.reply = "a\0b \xff sk-123456789";
    ask.reply_length = 18;
    journal_add_ask(fixture->journal, &fixture->episode, &ask);
    commit(fixture->journal);
    assert_string_equal(read_asks(fixture, fixture->episode.id, 1)[0].reply,
                        "a\xef\xbf\xbd" "b \xef\xbf\xbd [secret KEY]");
    memset(long_text, 'z', 6000);
    memcpy(long_text + 5000, "sk-123456789", 12);
    long_text[0] = '\xc3';
    long_text[6000] = '\0';
    ask = model_ask(1, long_text);
    journal_add_ask(fixture->journal, &fixture->episode, &ask);
    commit(fixture->journal);
    redact_forget_all();
    struct ask_row *asks = read_asks(fixture, fixture->episode.id, 2);
    assert_null(strstr(asks[1].reply, "sk-123456789"));
    assert_non_null(strstr(asks[1].reply, "z[secret KEY]z"));
    assert_memory_equal(asks[1].reply, "\xef\xbf\xbdz", 4);
    free(long_text);
}

static void test_journal_add_outcome_scored(void **state)
{
    struct fixture *fixture = *state;
    struct ask_row ask = model_ask(0, "{}");
    struct grade_row grade = plain_grade(0.5);

    journal_add_ask(fixture->journal, &fixture->episode, &ask);
    finish_scored(&fixture->episode);
    journal_add_outcome(fixture->journal, &fixture->episode, &grade);
    commit(fixture->journal);
    assert_int_equal(ask_number(fixture->store, "SELECT count(*) FROM episode e JOIN grade g ON g.id = e.grade"
                                " WHERE e.state = 'finished' AND e.outcome = 'scored' AND g.episode = e.id"
                                " AND g.score = 0.5 AND e.ended_ms = 3000"), 1);
    assert_int_equal(ask_number(fixture->store, "SELECT count(*) FROM ask"), 1);
}

static void test_journal_add_outcome_void(void **state)
{
    struct fixture *fixture = *state;

    finish_void(&fixture->episode);
    journal_add_outcome(fixture->journal, &fixture->episode, NULL);
    commit(fixture->journal);
    assert_int_equal(ask_number(fixture->store, "SELECT count(*) FROM episode WHERE state = 'finished'"
                                " AND outcome = 'void' AND origin = 'provider' AND reason = 'it was down'"
                                " AND grade IS NULL"), 1);
}

static void test_journal_a_void_tried_again_uses_its_row(void **state)
{
    struct fixture *fixture = *state;
    struct ask_row ask = model_ask(0, "{}");
    struct grade_row grade = plain_grade(1);
    int64_t id;

    finish_void(&fixture->episode);
    journal_add_outcome(fixture->journal, &fixture->episode, NULL);
    commit(fixture->journal);
    id = fixture->episode.id;
    fixture->episode.finished = false;
    fixture->episode.passes = 2;
    journal_add_ask(fixture->journal, &fixture->episode, &ask);
    commit(fixture->journal);
    assert_int_equal(ask_number(fixture->store, "SELECT count(*) FROM episode WHERE state = 'started'"
                                " AND outcome IS NULL AND origin IS NULL AND reason IS NULL AND ended_ms IS NULL"
                                " AND passes = 2"), 1);
    finish_scored(&fixture->episode);
    journal_add_outcome(fixture->journal, &fixture->episode, &grade);
    commit(fixture->journal);
    assert_int_equal(fixture->episode.id, id);
    assert_int_equal(ask_number(fixture->store, "SELECT count(*) FROM episode WHERE outcome = 'scored'"), 1);
}

static void test_journal_add_ask_leaves_a_scored_episode_scored(void **state)
{
    struct fixture *fixture = *state;
    struct ask_row exam = model_ask(1, "{\"exit\":0}");
    struct grade_row grade = plain_grade(1);

    finish_scored(&fixture->episode);
    journal_add_outcome(fixture->journal, &fixture->episode, &grade);
    commit(fixture->journal);
    exam.kind = "env";
    exam.role = "exam";
    journal_add_ask(fixture->journal, &fixture->episode, &exam);
    commit(fixture->journal);
    assert_int_equal(ask_number(fixture->store, "SELECT outcome = 'scored' AND grade IS NOT NULL FROM episode"), 1);
    assert_string_equal(read_asks(fixture, fixture->episode.id, 1)[0].role, "exam");
}

static void test_journal_add_restart_removes_the_asks_and_keeps_their_calls(void **state)
{
    struct fixture *fixture = *state;
    struct call call = { .try_number = 1, .status = 200, .cost_nanousd = 70 };
    struct ask_row asks[] = { model_ask(0, "{}"), model_ask(1, "{}"), model_ask(0, "{\"text\":\"new\"}") };

    asks[0].calls = &call;
    journal_add_ask(fixture->journal, &fixture->episode, &asks[0]);
    journal_add_ask(fixture->journal, &fixture->episode, &asks[1]);
    commit(fixture->journal);
    int64_t id = fixture->episode.id;
    fixture->episode.restarts = 1;
    journal_add_restart(fixture->journal, &fixture->episode);
    commit(fixture->journal);
    read_asks(fixture, id, 0);
    assert_int_equal(ask_number(fixture->store, "SELECT count(*) FROM call WHERE ask IS NULL AND cost_nanousd = 70"), 1);
    assert_int_equal(ask_number(fixture->store, "SELECT restarts FROM episode"), 1);
    journal_add_restart(fixture->journal, &fixture->episode);
    journal_add_ask(fixture->journal, &fixture->episode, &asks[2]);
    commit(fixture->journal);
    assert_string_equal(read_asks(fixture, id, 1)[0].reply, "{\"text\":\"new\"}");
}

static void test_journal_add_restart_of_an_episode_not_yet_there(void **state)
{
    struct fixture *fixture = *state;

    fixture->episode.restarts = 1;
    journal_add_restart(fixture->journal, &fixture->episode);
    commit(fixture->journal);
    assert_true(fixture->episode.id > 0);
    assert_int_equal(ask_number(fixture->store, "SELECT restarts FROM episode WHERE state = 'started'"), 1);
}

static void test_journal_add_grade_counts_from_now_on(void **state)
{
    struct fixture *fixture = *state;
    struct grade_row first = plain_grade(1), second = plain_grade(0);

    finish_scored(&fixture->episode);
    journal_add_outcome(fixture->journal, &fixture->episode, &first);
    commit(fixture->journal);
    second.answer = second.answer_class = NULL;
    second.version = 2;
    journal_add_grade(fixture->journal, fixture->episode.id, true, &second);
    commit(fixture->journal);
    assert_int_equal(ask_number(fixture->store, "SELECT count(*) FROM grade"), 2);
    assert_int_equal(ask_number(fixture->store, "SELECT g.version FROM episode e JOIN grade g ON g.id = e.grade"), 2);
    assert_int_equal(ask_number(fixture->store, "SELECT no_answer FROM episode"), 1);
}

static void test_journal_add_grade_refuses_a_void(void **state)
{
    struct fixture *fixture = *state;
    struct grade_row grade = plain_grade(1);

    finish_void(&fixture->episode);
    journal_add_outcome(fixture->journal, &fixture->episode, NULL);
    commit(fixture->journal);
    journal_add_grade(fixture->journal, fixture->episode.id, false, &grade);
    assert_int_equal(journal_commit(fixture->journal, &fixture->scratch.err), -1);
    assert_says(&fixture->scratch.err, "there is no scored episode 1");
    assert_int_equal(ask_number(fixture->store, "SELECT count(*) FROM grade"), 0);
}

/* The second episode's sample does not exist, so its row is refused. */
static void test_journal_commit_that_fails_changes_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct episode_row bad = started_episode("demo", 4711, 1);
    struct ask_row ask = model_ask(0, "{}"), other = model_ask(0, "{}");

    journal_add_ask(fixture->journal, &fixture->episode, &ask);
    journal_add_ask(fixture->journal, &bad, &other);
    assert_int_equal(journal_commit(fixture->journal, &fixture->scratch.err), -1);
    assert_int_equal(fixture->scratch.err.code, EXIT_STORE);
    assert_says(&fixture->scratch.err, "adding an episode: FOREIGN KEY constraint failed");
    assert_int_equal(fixture->episode.id, 0);
    assert_int_equal(bad.id, 0);
    assert_int_equal(ask_number(fixture->store, "SELECT count(*) FROM episode"), 0);
    bad.sample = put_sample(fixture->store, "demo", "q2");
    commit(fixture->journal);
    assert_true(fixture->episode.id > 0 && bad.id > 0);
    read_asks(fixture, fixture->episode.id, 1);
    read_asks(fixture, bad.id, 1);
}

static void test_journal_commit_that_fails_keeps_ids_given_before(void **state)
{
    struct fixture *fixture = *state;
    struct episode_row bad = started_episode("demo", 4711, 1);
    struct ask_row ask = model_ask(0, "{}"), next = model_ask(1, "{}"), other = model_ask(0, "{}");
    int64_t id;

    journal_add_ask(fixture->journal, &fixture->episode, &ask);
    commit(fixture->journal);
    id = fixture->episode.id;
    journal_add_ask(fixture->journal, &fixture->episode, &next);
    journal_add_ask(fixture->journal, &bad, &other);
    assert_int_equal(journal_commit(fixture->journal, &fixture->scratch.err), -1);
    assert_int_equal(fixture->episode.id, id);
    read_asks(fixture, id, 1);
}

static void test_journal_commit_says_disk_full(void **state)
{
    struct fixture *fixture = *state;
    struct splitmix random = { .state = 1 };
    char *text = malloc(200001);      /* nothing that compresses well */
    struct ask_row ask;

    for (size_t i = 0; i < 200000; i++)
        text[i] = (char)('a' + splitmix_below(&random, 26));
    text[200000] = '\0';
    ask = model_ask(0, text);
    sqlite3_exec(store_db(fixture->store), "PRAGMA max_page_count = 1", NULL, NULL, NULL);
    journal_add_ask(fixture->journal, &fixture->episode, &ask);
    assert_int_equal(journal_commit(fixture->journal, &fixture->scratch.err), -1);
    assert_says(&fixture->scratch.err, "disk full");
    assert_int_equal(fixture->scratch.err.code, EXIT_STORE);
    sqlite3_exec(store_db(fixture->store), "PRAGMA max_page_count = 100000", NULL, NULL, NULL);
    commit(fixture->journal);
    assert_string_equal(read_asks(fixture, fixture->episode.id, 1)[0].reply, text);
    free(text);
}

static void test_journal_commit_refuses_an_episode_twice(void **state)
{
    struct fixture *fixture = *state;
    struct episode_row twin = fixture->episode;
    struct ask_row ask = model_ask(0, "{}");

    journal_add_ask(fixture->journal, &fixture->episode, &ask);
    commit(fixture->journal);
    journal_add_ask(fixture->journal, &twin, &ask);
    assert_int_equal(journal_commit(fixture->journal, &fixture->scratch.err), -1);
    assert_says(&fixture->scratch.err, "UNIQUE constraint failed");
    assert_int_equal(twin.id, 0);
}

static void test_journal_read_asks_gives_the_order_asked(void **state)
{
    struct fixture *fixture = *state;
    struct ask_row rows[40], *asks;

    for (int i = 39; i >= 0; i--) {
        rows[i] = model_ask(i, "{}");
        journal_add_ask(fixture->journal, &fixture->episode, &rows[i]);
    }
    commit(fixture->journal);
    asks = read_asks(fixture, fixture->episode.id, 40);
    for (int i = 0; i < 40; i++)
        assert_int_equal(asks[i].ordinal, i);
}

static void test_journal_read_asks_says_when_a_blob_is_damaged(void **state)
{
    struct fixture *fixture = *state;
    char text[5001];
    struct ask_row ask, *asks;
    size_t count;

    memset(text, 'y', 5000);
    text[5000] = '\0';
    ask = model_ask(0, text);
    journal_add_ask(fixture->journal, &fixture->episode, &ask);
    commit(fixture->journal);
    sqlite3_exec(store_db(fixture->store), "UPDATE blob SET zstd = x'00'", NULL, NULL, NULL);
    assert_int_equal(journal_read_asks(fixture->store, fixture->scratch.arena, fixture->episode.id, &asks, &count,
                                       &fixture->scratch.err), -1);
    assert_says(&fixture->scratch.err, "is damaged");
    assert_string_equal(ask_text(fixture->store, fixture->scratch.arena, "PRAGMA integrity_check"), "ok");
}

/* Tells how long one engine turn's commit takes: 160 replies of 4 kB, each of its own episode. */
static void test_journal_commit_of_160_asks_is_quick(void **state)
{
    enum { ROWS = 160, TURNS = 10 };
    struct fixture *fixture = *state;
    struct episode_row *episodes = calloc(ROWS, sizeof *episodes);
    struct ask_row *asks = calloc(ROWS, sizeof *asks);
    struct call call = { .try_number = 1, .status = 200, .request_id = "req_0123456789" };
    struct splitmix random = { .state = 1 };
    char *text = malloc(4001);
    int64_t started;

    for (size_t i = 0; i < 4000; i++)
        text[i] = (char)('a' + splitmix_below(&random, 26));
    text[4000] = '\0';
    assert_int_equal(store_begin(fixture->store, &fixture->scratch.err), 0);
    for (int i = 0; i < ROWS; i++)
        episodes[i] = started_episode("demo", put_sample(fixture->store, "demo",
                                      arena_printf(fixture->scratch.arena, "s%d", i)), 1);
    assert_int_equal(store_commit(fixture->store, &fixture->scratch.err), 0);
    started = clock_monotonic_ms();
    for (int turn = 0; turn < TURNS; turn++) {
        for (int i = 0; i < ROWS; i++) {
            asks[i] = model_ask(turn, text);
            asks[i].calls = &call;
            journal_add_ask(fixture->journal, &episodes[i], &asks[i]);
        }
        commit(fixture->journal);
    }
    print_message("a commit of %d asks: %.1f ms\n", ROWS, (double)(clock_monotonic_ms() - started) / TURNS);
    assert_int_equal(ask_number(fixture->store, "SELECT count(*) FROM ask"), ROWS * TURNS);
    free(episodes);
    free(asks);
    free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_journal_commit_writes_ask_and_calls),
        TEST(test_journal_commit_of_nothing_does_nothing),
        TEST(test_journal_add_ask_replaces_the_same_ordinal),
        TEST(test_journal_add_ask_keeps_what_earlier_passes_took),
        TEST(test_journal_add_ask_writes_the_episode_as_it_stands),
        TEST(test_journal_commit_keeps_long_replies_in_blobs),
        TEST(test_journal_commit_repairs_and_redacts),
        TEST(test_journal_add_outcome_scored),
        TEST(test_journal_add_outcome_void),
        TEST(test_journal_a_void_tried_again_uses_its_row),
        TEST(test_journal_add_ask_leaves_a_scored_episode_scored),
        TEST(test_journal_add_restart_removes_the_asks_and_keeps_their_calls),
        TEST(test_journal_add_restart_of_an_episode_not_yet_there),
        TEST(test_journal_add_grade_counts_from_now_on),
        TEST(test_journal_add_grade_refuses_a_void),
        TEST(test_journal_commit_that_fails_changes_nothing),
        TEST(test_journal_commit_that_fails_keeps_ids_given_before),
        TEST(test_journal_commit_says_disk_full),
        TEST(test_journal_commit_refuses_an_episode_twice),
        TEST(test_journal_read_asks_gives_the_order_asked),
        TEST(test_journal_read_asks_says_when_a_blob_is_damaged),
        TEST(test_journal_commit_of_160_asks_is_quick),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
