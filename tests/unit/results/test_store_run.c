#include "scratch.h"

static void test_store_add_run_names_are_fresh(void **state)
{
    struct scratch *scratch = *state;
    struct store *store = scratch_store(scratch);
    struct run_row *rows;
    size_t count;

    assert_int_equal(store_begin(store, &scratch->err), 0);
    for (int i = 0; i < 2000; i++)      /* of 65,536 names: some 30 meet a taken one */
        add_run(store, scratch->arena);
    assert_int_equal(store_commit(store, &scratch->err), 0);
    assert_int_equal(store_list_runs(store, scratch->arena, &rows, &count, &scratch->err), 0);
    assert_int_equal(count, 2000);
    assert_int_equal(strlen(rows[0].name), 21);
    assert_memory_equal(rows[0].name, "20261121T", 9);
    assert_true(rows[0].id < rows[1999].id);
    store_close(store);
}

static void test_store_list_runs_gives_all_columns(void **state)
{
    struct scratch *scratch = *state;
    struct store *store = scratch_store(scratch);
    struct run_row *rows;
    size_t count;

    assert_int_equal(store_list_runs(store, scratch->arena, &rows, &count, &scratch->err), 0);
    assert_int_equal(count, 0);
    add_run(store, scratch->arena);
    assert_int_equal(store_list_runs(store, scratch->arena, &rows, &count, &scratch->err), 0);
    assert_int_equal(count, 1);
    assert_string_equal(rows[0].fingerprint, "f1");
    assert_string_equal(rows[0].model, "fake/one");
    assert_string_equal(rows[0].plan, "{}");
    assert_string_equal(rows[0].places, "{}");
    assert_string_equal(rows[0].version, "0.1.0");
    assert_string_equal(rows[0].state, "running");
    assert_int_equal(rows[0].started_ms, 1795290531000);
    assert_int_equal(rows[0].ended_ms, 0);
    store_close(store);
}

static void test_store_set_run_state_says_how_it_ended(void **state)
{
    struct scratch *scratch = *state;
    struct store *store = scratch_store(scratch);
    int64_t run = add_run(store, scratch->arena);
    struct run_row row;

    assert_int_equal(store_set_run_state(store, run, "complete", 5, &scratch->err), 0);
    assert_int_equal(store_find_run(store, scratch->arena, "last", &row, &scratch->err), 0);
    assert_string_equal(row.state, "complete");
    assert_int_equal(row.ended_ms, 5);
    assert_int_equal(store_set_run_state(store, run, "running", 0, &scratch->err), 0);
    assert_int_equal(ask_number(store, "SELECT ended_ms IS NULL FROM run"), 1);
    assert_int_equal(store_set_run_state(store, run, "tired", 0, &scratch->err), -1);
    assert_int_equal(store_set_run_state(store, 99, "running", 0, &scratch->err), -1);
    assert_says(&scratch->err, "there is no run 99");
    store_close(store);
}

/* Killed runs, as the next writer finds them. */
static void test_store_stop_others_leaves_one_running(void **state)
{
    struct scratch *scratch = *state;
    struct store *store = scratch_store(scratch);
    int64_t killed = add_run(store, scratch->arena), done = add_run(store, scratch->arena);
    int64_t mine = add_run(store, scratch->arena);

    assert_int_equal(store_set_run_state(store, done, "complete", 5, &scratch->err), 0);
    assert_int_equal(store_stop_others(store, mine, &scratch->err), 0);
    assert_int_equal(ask_number(store, "SELECT count(*) FROM run WHERE state = 'running' AND ended_ms IS NULL"), 1);
    assert_int_equal(ask_number(store, "SELECT id FROM run WHERE state = 'running'"), mine);
    assert_int_equal(ask_number(store, "SELECT id FROM run WHERE state = 'incomplete'"), killed);
    assert_int_equal(ask_number(store, "SELECT ended_ms = started_ms FROM run WHERE state = 'incomplete'"), 1);
    assert_int_equal(ask_number(store, "SELECT ended_ms FROM run WHERE state = 'complete'"), 5);
    store_close(store);
}

static void test_store_find_fingerprint_gives_the_newest(void **state)
{
    struct scratch *scratch = *state;
    struct store *store = scratch_store(scratch);
    struct run_row row;

    assert_int_equal(store_find_fingerprint(store, scratch->arena, "f1", &row, &scratch->err), 0);
    add_run(store, scratch->arena);
    int64_t second = add_run(store, scratch->arena);
    assert_int_equal(store_find_fingerprint(store, scratch->arena, "f1", &row, &scratch->err), 1);
    assert_int_equal(row.id, second);
    assert_int_equal(store_find_fingerprint(store, scratch->arena, "f2", &row, &scratch->err), 0);
    store_close(store);
}

static void test_store_find_run_by_each_name(void **state)
{
    struct scratch *scratch = *state;
    struct store *store = scratch_store(scratch);
    struct arena *arena = scratch->arena;
    struct err err = ERR_INIT;
    struct run_row row;

    sqlite3_exec(store_db(store), "INSERT INTO run (id, name, fingerprint, model, plan, places, version,"
        " state, started_ms, ended_ms, unsure_nanousd) VALUES"
        " (1, '20260101T000000Z-aaaa', 'f', 'm', '{}', '{}', '1', 'complete', 1, 2, 0),"
        " (2, '20260101T000000Z-aabb', 'f', 'm', '{}', '{}', '1', 'complete', 1, 2, 0),"
        " (3, '20260202T000000Z-cccc', 'f', 'm', '{}', '{}', '1', 'complete', 1, 2, 0);"
        "INSERT INTO baseline VALUES ('spring', 2, 0, NULL)", NULL, NULL, NULL);
    assert_int_equal(store_find_run(store, arena, "20260101T000000Z-aaaa", &row, &err), 0);
    assert_int_equal(row.id, 1);
    assert_int_equal(store_find_run(store, arena, "last", &row, &err), 0);
    assert_int_equal(row.id, 3);
    assert_int_equal(store_find_run(store, arena, "spring", &row, &err), 0);
    assert_int_equal(row.id, 2);
    assert_int_equal(store_find_run(store, arena, "202602", &row, &err), 0);
    assert_int_equal(row.id, 3);
    store_close(store);
}

static void test_store_find_run_names_what_it_could_be(void **state)
{
    struct scratch *scratch = *state;
    struct store *store = scratch_store(scratch);
    struct arena *arena = scratch->arena;
    struct err err = ERR_INIT;
    struct run_row row;

    assert_int_equal(store_find_run(store, arena, "last", &row, &err), -1);
    assert_int_equal(err.code, EXIT_USAGE);
    assert_says(&err, "there are no runs yet");
    for (int i = 0; i < 7; i++)
        add_run(store, arena);
    assert_int_equal(store_find_run(store, arena, "2026", &row, &err), -1);
    assert_int_equal(err.code, EXIT_USAGE);
    assert_says(&err, "7 runs begin with \"2026\": 20261121T");
    assert_says(&err, ", ...; name one of them");
    assert_int_equal(store_find_run(store, arena, "%", &row, &err), -1);
    assert_says(&err, "no run is called \"%\"; the newest run is 20261121T");
    assert_int_equal(store_find_run(store, arena, "", &row, &err), -1);
    assert_int_equal(err.code, EXIT_USAGE);
    store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_store_add_run_names_are_fresh),
        TEST(test_store_list_runs_gives_all_columns),
        TEST(test_store_set_run_state_says_how_it_ended),
        TEST(test_store_stop_others_leaves_one_running),
        TEST(test_store_find_fingerprint_gives_the_newest),
        TEST(test_store_find_run_by_each_name),
        TEST(test_store_find_run_names_what_it_could_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
