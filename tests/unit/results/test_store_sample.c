#include "scratch.h"

#include "harness/base/redact.h"

static void test_store_put_sample_keeps_a_text_once(void **state)
{
    struct scratch *scratch = *state;
    struct store *store = scratch_store(scratch);
    struct sample_row row = { .task = "t", .name = "q1", .hash = HASH_A, .category = "c", .input = "why?" }, back;
    int64_t id = store_put_sample(store, &row, &scratch->err);

    assert_true(id > 0);
    assert_int_equal(store_put_sample(store, &row, &scratch->err), id);
    row.hash = "b";
    assert_true(store_put_sample(store, &row, &scratch->err) > id);
    row.hash = HASH_A;                  /* known again, after a new one */
    assert_int_equal(store_put_sample(store, &row, &scratch->err), id);
    assert_int_equal(ask_number(store, "SELECT count(*) FROM sample"), 2);
    assert_int_equal(store_get_sample(store, scratch->arena, id, &back, &scratch->err), 0);
    assert_string_equal(back.task, "t");
    assert_string_equal(back.name, "q1");
    assert_string_equal(back.hash, HASH_A);
    assert_string_equal(back.category, "c");
    assert_null(back.cluster);
    assert_string_equal(back.input, "why?");
    assert_int_equal(store_get_sample(store, scratch->arena, 77, &back, &scratch->err), -1);
    assert_says(&scratch->err, "there is no sample 77");
    store_close(store);
}

static void test_store_put_sample_keeps_the_choices(void **state)
{
    struct scratch *scratch = *state;
    struct store *store = scratch_store(scratch);
    struct sample_row row = { .task = "t", .name = "q1", .hash = "a", .input = "why?",
                              .choices = "[\"so\",\"\\u00e9\"]" };
    struct sample_row back;
    int64_t with = store_put_sample(store, &row, &scratch->err), without;

    row.hash = "b";
    row.choices = NULL;
    without = store_put_sample(store, &row, &scratch->err);
    assert_int_equal(store_get_sample(store, scratch->arena, with, &back, &scratch->err), 0);
    assert_string_equal(back.choices, "[\"so\",\"\\u00e9\"]");
    assert_int_equal(store_get_sample(store, scratch->arena, without, &back, &scratch->err), 0);
    assert_null(back.choices);
    assert_int_equal(ask_number(store, "SELECT count(*) FROM sample WHERE choices IS NULL"), 1);
    store_close(store);
}

static void test_store_put_sample_keeps_long_input_in_a_blob(void **state)
{
    struct scratch *scratch = *state;
    struct store *store = scratch_store(scratch);
    char *input = malloc(9001);
    struct sample_row row = { .task = "t", .name = "q1", .hash = HASH_A, .input = input }, back;
    int64_t id;

    memset(input, 'x', 9000);
    input[9000] = '\0';
    id = store_put_sample(store, &row, &scratch->err);
    assert_true(id > 0);
    assert_int_equal(ask_number(store, "SELECT input = '' AND input_blob IS NOT NULL FROM sample"), 1);
    assert_int_equal(store_get_sample(store, scratch->arena, id, &back, &scratch->err), 0);
    assert_string_equal(back.input, input);
    store_close(store);
    free(input);
}

static void test_store_put_sample_repairs_and_redacts(void **state)
{
    struct scratch *scratch = *state;
    struct store *store = scratch_store(scratch);
    struct sample_row row = { .task = "t", .name = "q\xff", .hash = HASH_A, .input = "the key is sk-123456789." }, back;
    int64_t id;

    redact_register("KEY", "sk-123456789");
    id = store_put_sample(store, &row, &scratch->err);
    assert_int_equal(store_put_sample(store, &row, &scratch->err), id);
    assert_int_equal(store_get_sample(store, scratch->arena, id, &back, &scratch->err), 0);
    assert_string_equal(back.name, "q\xef\xbf\xbd");
    assert_string_equal(back.input, "the key is [secret KEY].");
    redact_forget_all();
    store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_store_put_sample_keeps_a_text_once),
        TEST(test_store_put_sample_keeps_the_choices),
        TEST(test_store_put_sample_keeps_long_input_in_a_blob),
        TEST(test_store_put_sample_repairs_and_redacts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
