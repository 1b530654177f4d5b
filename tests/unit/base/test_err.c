#include "harness/base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "harness/base/text.h"

static void test_err_set_keeps_the_code(void **state)
{
    struct err err = { EXIT_USAGE, "" };

    (void)state;
    assert_int_equal(err_set(&err, "no %s", "field"), -1);
    assert_string_equal(err.text, "no field");
    assert_int_equal(err.code, EXIT_USAGE);
}

static void test_err_set_code_sets_it(void **state)
{
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(err_set_code(&err, EXIT_BAD_DATA, "bad"), -1);
    assert_int_equal(err.code, EXIT_BAD_DATA);
    assert_string_equal(err.text, "bad");
}

static void test_err_prefix_goes_before(void **state)
{
    struct err err = { EXIT_STORE, "" };

    (void)state;
    err_set(&err, "no \"Question\"");
    assert_int_equal(err_prefix(&err, "%s line %d: ", "gpqa.jsonl", 17), -1);
    err_prefix(&err, "loading gpqa: ");
    assert_string_equal(err.text, "loading gpqa: gpqa.jsonl line 17: no \"Question\"");
    assert_int_equal(err.code, EXIT_STORE);
}

static void test_err_set_may_quote_itself(void **state)
{
    struct err err = ERR_INIT;

    (void)state;
    err_set(&err, "inner");
    err_set(&err, "outer (%s)", err.text);
    assert_string_equal(err.text, "outer (inner)");
}

static void test_err_set_is_one_line_of_utf8(void **state)
{
    struct err err = ERR_INIT;

    (void)state;
    err_set(&err, "%s", "a\nb\xff" "c\xc3\xa9");
    assert_string_equal(err.text, "a b\xef\xbf\xbd" "c\xc3\xa9");
}

static void test_err_set_cuts_at_a_characters_end(void **state)
{
    struct err err = ERR_INIT;
    char text[3 * 1000 + 1];

    (void)state;
    for (size_t i = 0; i < 1000; i++)
        memcpy(text + 3 * i, "\xe2\x82\xac", 3);
    text[3000] = '\0';
    err_set(&err, "%s", text);
    assert_int_equal(strlen(err.text), (sizeof err.text - 1) / 3 * 3);
    assert_true(text_is_utf8(err.text, strlen(err.text)));
}

static void test_err_prefix_cuts_the_old_text(void **state)
{
    struct err err = ERR_INIT;
    char text[6000];

    (void)state;
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    err_set(&err, "end");
    err_prefix(&err, "%s", text);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_err_set_keeps_the_code),
        cmocka_unit_test(test_err_set_code_sets_it),
        cmocka_unit_test(test_err_prefix_goes_before),
        cmocka_unit_test(test_err_set_may_quote_itself),
        cmocka_unit_test(test_err_set_is_one_line_of_utf8),
        cmocka_unit_test(test_err_set_cuts_at_a_characters_end),
        cmocka_unit_test(test_err_prefix_cuts_the_old_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
