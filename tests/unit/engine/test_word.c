#include "tests/unit/engine/asked.h"

#include <math.h>

#include "harness/base/buf.h"
#include "harness/engine/word.h"

static void test_word_to_number_takes_plain_decimals(void **state)
{
    static const struct { const char *word; double value; } NUMBERS[] = {
        { "0", 0 }, { "0.95", 0.95 }, { "-2", -2 }, { "+1.5", 1.5 }, { ".5", 0.5 }, { "3.", 3 }, { "1e3", 1000 },
        { "2.5E-1", 0.25 }, { "007", 7 }, { "-0", 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof NUMBERS / sizeof NUMBERS[0]; i++) {
        double value = NAN;

        assert_true(word_to_number(NUMBERS[i].word, &value));
        assert_true(value >= NUMBERS[i].value && value <= NUMBERS[i].value);
    }
}

/* What strtod would take: hex, blanks, infinities, the front of a word. False leaves the number alone. */
static void test_word_to_number_takes_nothing_else(void **state)
{
    static const char *const WORDS[] = { "", " 1", "1 ", "0x1f", "inf", "nan", "1,5", "1e", "1.2.3", "--1", "e3",
                                         "1e999", "-1e999", "abc", "1\n" };

    (void)state;
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
        double value = 42;

        if (word_to_number(WORDS[i], &value))
            fail_msg("\"%s\" was taken for %g", WORDS[i], value);
        assert_true(value >= 42 && value <= 42);
    }
}

static void test_word_to_int_takes_digits_to_the_last_one_that_fits(void **state)
{
    static const struct { const char *word; int64_t value; } NUMBERS[] = {
        { "0", 0 }, { "-1", -1 }, { "1000000", 1000000 }, { "00012", 12 },
        { "9223372036854775807", INT64_MAX }, { "-9223372036854775808", INT64_MIN },
    };

    (void)state;
    for (size_t i = 0; i < sizeof NUMBERS / sizeof NUMBERS[0]; i++) {
        int64_t value = 42;

        assert_true(word_to_int(NUMBERS[i].word, &value));
        assert_true(value == NUMBERS[i].value);
    }
}

static void test_word_to_int_takes_nothing_else(void **state)
{
    static const char *const WORDS[] = { "", "-", "1e3", "2.0", "+1", " 1", "1 ", "0x10", "1-2", "9223372036854775808",
                                         "-9223372036854775809", "ten" };

    (void)state;
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
        int64_t value = 42;

        if (word_to_int(WORDS[i], &value))
            fail_msg("\"%s\" was taken for %lld", WORDS[i], (long long)value);
        assert_int_equal(42, value);
    }
}

static void test_word_to_bool_knows_four_pairs(void **state)
{
    static const char *const YES[] = { "on", "true", "yes", "1" }, *const NO[] = { "off", "false", "no", "0" };
    static const char *const NEITHER[] = { "", "On", "TRUE", "y", "2", "on ", "null" };
    bool value;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        value = false;
        assert_true(word_to_bool(YES[i], &value) && value);
        assert_true(word_to_bool(NO[i], &value) && !value);
    }
    for (size_t i = 0; i < sizeof NEITHER / sizeof NEITHER[0]; i++) {
        value = true;
        assert_false(word_to_bool(NEITHER[i], &value));
        assert_true(value);
    }
}

static void test_word_add_nearest_names_one_or_all(void **state)
{
    static const char *const NAMES[] = { "epochs", "limit", "profile", NULL }, *const NOBODY[] = { NULL };
    struct buf out;

    (void)state;
    buf_init(&out, 0);
    word_add_nearest(&out, "epoch", NAMES);
    assert_string_equal("; did you mean \"epochs\"?", out.data);
    buf_clear(&out);
    word_add_nearest(&out, "temperature", NAMES);
    assert_string_equal("; known: epochs, limit, profile", out.data);
    buf_clear(&out);
    word_add_nearest(&out, "epoch", NOBODY);
    assert_string_equal("", out.data);
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_word_to_number_takes_plain_decimals),
        cmocka_unit_test(test_word_to_number_takes_nothing_else),
        cmocka_unit_test(test_word_to_int_takes_digits_to_the_last_one_that_fits),
        cmocka_unit_test(test_word_to_int_takes_nothing_else),
        cmocka_unit_test(test_word_to_bool_knows_four_pairs),
        cmocka_unit_test(test_word_add_nearest_names_one_or_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
