#include "scratch.h"

#include "results/precedent.h"

struct fixture {
    struct scratch scratch;
    struct store *store;
    struct journal *journal;
    struct precedents *precedents;
    int64_t run, episodes[3];
};

/* What the judge said to HASH_A in the i-th episode is on disk. */
static void say(struct fixture *fixture, size_t i, const char *text)
{
    struct episode_row episode = started_episode("rivers", put_sample(fixture->store, "rivers", "r1"), (int)i + 1);
    struct ask_row ask = model_ask(1, text);

    ask.role = "judge";
    journal_add_ask(fixture->journal, &episode, &ask);
    commit(fixture->journal);
    fixture->episodes[i] = episode.id;
}

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct scratch *scratch = &fixture->scratch;

    scratch_init(scratch);
    fixture->store = scratch_store(scratch);
    fixture->run = add_run_of(fixture->store, scratch->arena, "{\"judge\":{\"spec\":\"fake/two\"}}");
    fixture->journal = journal_open(fixture->store, fixture->run);
    say(fixture, 0, "\"first\"");
    say(fixture, 1, "\"second\"");
    fixture->precedents = precedents_open(fixture->store, fixture->run, &scratch->err);
    assert_non_null(fixture->precedents);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    precedents_close(fixture->precedents);
    journal_close(fixture->journal);
    store_close(fixture->store);
    scratch_fini(&fixture->scratch);
    free(fixture);
    return 0;
}

static int find(struct fixture *fixture, struct precedent *out)
{
    return precedents_find(fixture->precedents, HASH_A, fixture->scratch.arena, out, &fixture->scratch.err);
}

static void assert_found(struct fixture *fixture, const char *reply, const char *place)
{
    struct precedent precedent;

    assert_int_equal(find(fixture, &precedent), 1);
    assert_non_null(precedent.reply);
    assert_string_equal(precedent.reply, reply);
    assert_non_null(strstr(precedent.place, place));
}

static void test_precedents_forget_leaves_the_one_before(void **state)
{
    struct fixture *fixture = *state;
    struct precedent precedent;

    assert_found(fixture, "\"second\"", "/rivers/r1/2");
    precedents_forget(fixture->precedents, HASH_A);
    assert_found(fixture, "\"first\"", "/rivers/r1/1");
    precedents_forget(fixture->precedents, HASH_A);
    assert_int_equal(find(fixture, &precedent), 0);
    precedents_forget(fixture->precedents, HASH_A);
    assert_int_equal(find(fixture, &precedent), 0);
}

static void commit_something(struct fixture *fixture)
{
    struct episode_row episode = started_episode("rivers", put_sample(fixture->store, "rivers", "r1"), 9);
    struct ask_row ask = model_ask(0, "\"heard\"");

    journal_add_ask(fixture->journal, &episode, &ask);
    commit(fixture->journal);
}

static void test_precedents_find_tells_what_is_not_on_disk_yet(void **state)
{
    struct fixture *fixture = *state;
    struct precedent precedent;

    say(fixture, 2, "\"third\"");
    precedents_add(fixture->precedents, HASH_A, fixture->episodes[2], 1);
    assert_int_equal(find(fixture, &precedent), 1);
    assert_null(precedent.reply);
    commit(fixture->journal);          /* of nothing: what was added is still to come */
    assert_int_equal(find(fixture, &precedent), 1);
    assert_null(precedent.reply);
    commit_something(fixture);
    assert_found(fixture, "\"third\"", "/rivers/r1/3");
}

static void test_precedents_find_passes_over_what_is_gone(void **state)
{
    struct fixture *fixture = *state;

    precedents_add(fixture->precedents, HASH_A, fixture->episodes[1] + 100, 1);
    commit_something(fixture);
    assert_found(fixture, "\"second\"", "/rivers/r1/2");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_precedents_forget_leaves_the_one_before),
        TEST(test_precedents_find_tells_what_is_not_on_disk_yet),
        TEST(test_precedents_find_passes_over_what_is_gone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
