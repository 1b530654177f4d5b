#include "tests/unit/runners/scene.h"

#include "runners/dialect.h"

static void test_dialects_are_in_order_and_say_something(void **state)
{
    (void)state;
    for (size_t i = 0; dialects[i].name != NULL; i++) {
        const struct dialect *dialect = &dialects[i];

        assert_true(i == 0 || strcmp(dialects[i - 1].name, dialect->name) < 0);
        assert_true(dialect->summary != NULL && dialect->summary[0] != '\0');
        assert_non_null(dialect->fields[SAMPLING_TEMPERATURE].name);
        assert_non_null(dialect->fields[SAMPLING_MAX_TOKENS].name);
        assert_true(dialect->thinking != THINKING_EFFORT || dialect->takes_effort);
    }
}

/* Whoever looks for a server's mark looks for all of them: no two may be the same. */
static void test_dialects_have_marks_of_their_own(void **state)
{
    (void)state;
    for (size_t i = 0; dialects[i].name != NULL; i++) {
        assert_int_equal(dialects[i].mark.path == NULL, dialects[i].mark.member == NULL);
        for (size_t k = 0; k < i && dialects[i].mark.path != NULL; k++)
            assert_true(dialects[k].mark.path == NULL || strcmp(dialects[k].mark.path, dialects[i].mark.path) != 0);
    }
    assert_null(dialect_unnamed.mark.path);
    assert_null(dialect_unnamed.host);
}

/* A longest answer is nothing that could be neutral. */
static void test_dialects_have_no_neutral_length(void **state)
{
    (void)state;
    for (size_t i = 0; dialects[i].name != NULL; i++)
        assert_true(isnan(dialects[i].fields[SAMPLING_MAX_TOKENS].neutral));
}

static void test_dialect_unnamed_knows_all_fields_and_sends_none(void **state)
{
    (void)state;
    assert_null(dialect_unnamed.name);
    assert_int_equal(THINKING_FIXED, dialect_unnamed.thinking);
    assert_false(dialect_unnamed.sends_seed);
    for (int field = 0; field < SAMPLING_FIELDS; field++) {
        assert_string_equal(sampling_key((enum sampling_field)field), dialect_unnamed.fields[field].name);
        assert_true(isnan(dialect_unnamed.fields[field].neutral));
    }
}

static void test_dialect_find_gives_each_by_its_name(void **state)
{
    struct err err = ERR_INIT;

    (void)state;
    for (size_t i = 0; dialects[i].name != NULL; i++)
        assert_ptr_equal(&dialects[i], dialect_find(dialects[i].name, &err));
    assert_string_equal("", err.text);
}

static void test_dialect_find_names_the_nearest_or_all(void **state)
{
    struct err near = ERR_INIT, far = ERR_INIT;

    (void)state;
    assert_null(dialect_find("lama-server", &near));
    assert_int_equal(EXIT_USAGE, near.code);
    assert_string_equal("unknown dialect \"lama-server\"; did you mean \"llama-server\"?", near.text);
    assert_null(dialect_find("tensorrt", &far));
    for (size_t i = 0; dialects[i].name != NULL; i++)
        assert_non_null(strstr(far.text, dialects[i].name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dialects_are_in_order_and_say_something),
        cmocka_unit_test(test_dialects_have_marks_of_their_own),
        cmocka_unit_test(test_dialects_have_no_neutral_length),
        cmocka_unit_test(test_dialect_unnamed_knows_all_fields_and_sends_none),
        cmocka_unit_test(test_dialect_find_gives_each_by_its_name),
        cmocka_unit_test(test_dialect_find_names_the_nearest_or_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
