/*
 * A judge at its desk: what goes out to it lies there until the test says what comes of it. The store is real, and a
 * turn ends as the engine's do: all is collected, then the journal is committed.
 */
#include "tests/unit/results/scratch.h"

#include <poll.h>

#include "harness/base/buf.h"
#include "harness/engine/episode.h"
#include "harness/engine/grading.h"
#include "harness/engine/runner.h"
#include "runners/recalling.h"

#define ASKS_MAX 4

struct runner {
    const struct runner_type *type;
    struct ask_list desk;            /* asked, not answered */
    struct ask_list done;
    size_t asked;
};

static void desk_submit(struct runner *judge, struct ask *ask)
{
    judge->asked++;
    ask_list_add(&judge->desk, ask);
}

static struct ask *desk_collect(struct runner *judge)
{
    return ask_list_take(&judge->done);
}

static int desk_fd(const struct runner *judge)
{
    (void)judge;
    return -1;
}

static void desk_drop(struct runner *judge)
{
    judge->desk = judge->done = (struct ask_list){ NULL, NULL };
}

static const struct runner_type DESK = { .name = "desk", .serves = ASK_MODEL, .submit = desk_submit,
                                         .collect = desk_collect, .fd = desk_fd, .drop = desk_drop };

static const char *const LABELS[] = { "C", "I" };
static const double SCORES[] = { 1, 0 };
static const struct rubric RUBRIC = { .text = "By the river.", .labels = LABELS, .scores = SCORES, .label_count = 2 };

/* "GRADE: " and a label of the rubric, and nothing else. */
static bool is_verdict(const struct rubric *rubric, const struct reply *reply)
{
    bool is_one = false;

    if (reply->status != REPLY_OK || strncmp(reply->text, "GRADE: ", 7) != 0)
        return false;
    for (size_t i = 0; i < rubric->label_count; i++)
        is_one |= strcmp(reply->text + 7, rubric->labels[i]) == 0;
    return is_one;
}

struct fixture {
    struct scratch scratch;
    struct store *store;
    struct journal *journal;
    struct runner judge, *recalling;
    struct buf json;
    struct episode eps[ASKS_MAX];
    struct episode_row rows[ASKS_MAX];
    struct ask asks[ASKS_MAX];
    int64_t run, sample;
};

/* Each in an episode of its own, which has its row; all in the same words. */
static void make_ask(struct fixture *fixture, size_t i)
{
    struct ask_row heard = model_ask(0, "{}");

    fixture->rows[i] = started_episode("rivers", fixture->sample, (int)i + 1);
    journal_add_ask(fixture->journal, &fixture->rows[i], &heard);
    commit(fixture->journal);
    fixture->eps[i] = (struct episode){ .arena = fixture->scratch.arena, .epoch = (int)i + 1 };
    fixture->asks[i] = (struct ask){ .episode = &fixture->eps[i], .kind = ASK_MODEL, .role = "judge", .ordinal = 1,
                                     .rubric = &RUBRIC, .hash = HASH_A, .reply = reply_empty(),
                                     .episode_row = fixture->rows[i].id };
}

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct scratch *scratch = &fixture->scratch;

    scratch_init(scratch);
    buf_init(&fixture->json, 0);
    fixture->store = scratch_store(scratch);
    fixture->run = add_run_of(fixture->store, scratch->arena, "{\"judge\":{\"spec\":\"fake/two\"}}");
    fixture->journal = journal_open(fixture->store, fixture->run);
    fixture->sample = put_sample(fixture->store, "rivers", "r1");
    for (size_t i = 0; i < ASKS_MAX; i++)
        make_ask(fixture, i);
    fixture->judge.type = &DESK;
    fixture->recalling = recalling_open(&fixture->judge, fixture->store, fixture->run, is_verdict, &scratch->err);
    assert_non_null(fixture->recalling);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    if (fixture->recalling != NULL)
        runner_type(fixture->recalling)->close(fixture->recalling);
    journal_close(fixture->journal);
    store_close(fixture->store);
    buf_fini(&fixture->json);
    scratch_fini(&fixture->scratch);
    free(fixture);
    return 0;
}

static void submit(struct fixture *fixture, size_t i)
{
    runner_type(fixture->recalling)->submit(fixture->recalling, &fixture->asks[i]);
}

/* The judge has something for the one that has lain on its desk longest. */
static void answer(struct fixture *fixture, struct reply reply)
{
    struct ask *ask = ask_list_take(&fixture->judge.desk);

    assert_non_null(ask);
    ask->reply = reply;
    ask_list_add(&fixture->judge.done, ask);
}

static struct reply said(const char *text)
{
    struct reply reply = reply_empty();

    reply.text = text;
    reply.cost_nanousd = 500;
    reply.tokens_out = 9;
    return reply;
}

static void journal(struct fixture *fixture, const struct ask *ask)
{
    struct ask_row *row = arena_alloc(fixture->scratch.arena, sizeof *row);

    buf_clear(&fixture->json);
    reply_write(&ask->reply, &fixture->json);
    *row = (struct ask_row){ .ordinal = ask->ordinal, .kind = "model", .role = "judge", .request_hash = ask->hash,
                             .reply = arena_strdup(fixture->scratch.arena, fixture->json.data),
                             .reply_length = fixture->json.length, .cost_nanousd = ask->reply.cost_nanousd };
    journal_add_ask(fixture->journal, &fixture->rows[ask->episode->epoch - 1], row);
}

/* A turn of the engine's. Returns how many came back. */
static size_t turn(struct fixture *fixture)
{
    size_t count = 0;

    for (struct ask *ask; (ask = runner_type(fixture->recalling)->collect(fixture->recalling)) != NULL; count++)
        if (ask->reply.status != REPLY_NONE)
            journal(fixture, ask);
    commit(fixture->journal);
    return count;
}

static bool calls(const struct fixture *fixture)
{
    struct pollfd either = { .fd = runner_type(fixture->recalling)->fd(fixture->recalling), .events = POLLIN };

    return poll(&either, 1, 0) == 1;
}

static void assert_recalled(const struct fixture *fixture, size_t i, const char *place)
{
    const struct reply *reply = &fixture->asks[i].reply;

    assert_non_null(reply->precedent);
    assert_non_null(strstr(reply->precedent, place));
    assert_int_equal(reply->cost_nanousd, 0);
    assert_int_equal(reply->tokens_out, 0);
    assert_int_equal(reply->first_cost_nanousd, 500);
}

static void test_recalling_submit_waits_for_the_same_in_flight(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < 3; i++)
        submit(fixture, i);
    assert_int_equal(fixture->judge.asked, 1);
    assert_false(calls(fixture));
    answer(fixture, said("GRADE: C"));
    assert_int_equal(turn(fixture), 1);
    assert_true(calls(fixture));            /* what is on disk now can be told */
    assert_int_equal(turn(fixture), 2);
    assert_false(calls(fixture));
    assert_int_equal(fixture->judge.asked, 1);
    assert_null(fixture->asks[0].reply.precedent);
    assert_recalled(fixture, 1, "/rivers/r1/1");
    assert_recalled(fixture, 2, "/rivers/r1/1");
}

/* Replies that make room let new asks out before they are on disk. */
static void test_recalling_submit_waits_for_what_is_not_on_disk(void **state)
{
    struct fixture *fixture = *state;

    submit(fixture, 0);
    answer(fixture, said("GRADE: C"));
    journal(fixture, runner_type(fixture->recalling)->collect(fixture->recalling));
    submit(fixture, 1);
    assert_int_equal(turn(fixture), 0);
    assert_int_equal(turn(fixture), 1);
    assert_int_equal(fixture->judge.asked, 1);
    assert_recalled(fixture, 1, "/rivers/r1/1");
}

static void test_recalling_asks_for_the_next_after_what_is_no_verdict(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < 4; i++)
        submit(fixture, i);
    answer(fixture, reply_failed(ORIGIN_PROVIDER, "HTTP 500"));
    assert_int_equal(turn(fixture), 1);
    assert_int_equal(fixture->judge.asked, 2);
    answer(fixture, said("I do not know."));
    assert_int_equal(turn(fixture), 1);
    assert_int_equal(fixture->judge.asked, 3);
    answer(fixture, said("GRADE: I"));
    assert_int_equal(turn(fixture) + turn(fixture), 2);
    assert_int_equal(fixture->judge.asked, 3);
    assert_recalled(fixture, 3, "/rivers/r1/3");
}

static void open_anew(struct fixture *fixture)
{
    runner_type(fixture->recalling)->close(fixture->recalling);
    fixture->recalling = recalling_open(&fixture->judge, fixture->store, fixture->run, is_verdict,
                                        &fixture->scratch.err);
    assert_non_null(fixture->recalling);
}

static void test_recalling_passes_over_a_newer_failure(void **state)
{
    struct fixture *fixture = *state;
    const struct reply duds[] = { reply_failed(ORIGIN_PROVIDER, "HTTP 500"), said("I do not know.") };

    fixture->asks[0].reply = said("GRADE: C");
    journal(fixture, &fixture->asks[0]);
    for (size_t i = 0; i < 2; i++) {
        fixture->asks[i + 1].reply = duds[i];
        commit(fixture->journal);
        journal(fixture, &fixture->asks[i + 1]);
    }
    commit(fixture->journal);
    open_anew(fixture);
    submit(fixture, 3);
    assert_int_equal(turn(fixture), 1);
    assert_int_equal(fixture->judge.asked, 0);
    assert_recalled(fixture, 3, "/rivers/r1/1");
}

static void test_recalling_rest_asks_for_nobody_who_waits(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < 3; i++)
        submit(fixture, i);
    runner_type(fixture->recalling)->rest(fixture->recalling);
    assert_int_equal(turn(fixture), 0);     /* the one that is out may still bring a verdict for all */
    answer(fixture, reply_failed(ORIGIN_PROVIDER, "HTTP 500"));
    assert_int_equal(turn(fixture), 3);
    assert_int_equal(fixture->judge.asked, 1);
    assert_int_equal(fixture->asks[1].reply.status, REPLY_NONE);
    assert_int_equal(fixture->asks[2].reply.status, REPLY_NONE);
}

static void test_recalling_asks_anew_what_never_came_to_disk(void **state)
{
    struct fixture *fixture = *state;

    submit(fixture, 0);
    submit(fixture, 1);
    answer(fixture, said("GRADE: C"));
    while (runner_type(fixture->recalling)->collect(fixture->recalling) != NULL)
        ;
    journal(fixture, &fixture->asks[2]);
    commit(fixture->journal);
    assert_int_equal(turn(fixture), 0);
    assert_int_equal(fixture->judge.asked, 2);
    answer(fixture, said("GRADE: C"));
    assert_int_equal(turn(fixture), 1);
    assert_null(fixture->asks[1].reply.precedent);
}

static void test_recalling_explain_says_who_waits_for_another(void **state)
{
    struct fixture *fixture = *state;
    struct runner_wait wait;

    submit(fixture, 0);
    submit(fixture, 1);
    runner_type(fixture->recalling)->explain(fixture->recalling, &fixture->asks[0], &wait);
    assert_string_equal(wait.words, "");
    runner_type(fixture->recalling)->explain(fixture->recalling, &fixture->asks[1], &wait);
    assert_string_equal(wait.words, "the judge is asked the same already");
}

static void test_recalling_drop_lets_go_of_all(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < 3; i++)
        submit(fixture, i);
    answer(fixture, said("GRADE: C"));
    runner_type(fixture->recalling)->collect(fixture->recalling);
    runner_type(fixture->recalling)->drop(fixture->recalling);
    assert_false(calls(fixture));
    assert_int_equal(turn(fixture), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_recalling_submit_waits_for_the_same_in_flight),
        TEST(test_recalling_submit_waits_for_what_is_not_on_disk),
        TEST(test_recalling_asks_for_the_next_after_what_is_no_verdict),
        TEST(test_recalling_passes_over_a_newer_failure),
        TEST(test_recalling_rest_asks_for_nobody_who_waits),
        TEST(test_recalling_asks_anew_what_never_came_to_disk),
        TEST(test_recalling_explain_says_who_waits_for_another),
        TEST(test_recalling_drop_lets_go_of_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
