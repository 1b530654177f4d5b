#include "harness/base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <time.h>

static void test_clock_utc_ms_is_now(void **state)
{
    (void)state;
    assert_in_range(clock_utc_ms() / 1000, (uint64_t)time(NULL) - 1, (uint64_t)time(NULL) + 1);
}

static void test_clock_monotonic_ms_goes_on(void **state)
{
    struct timespec pause = { 0, 20 * 1000000 };
    int64_t start = clock_monotonic_ms();

    (void)state;
    nanosleep(&pause, NULL);
    assert_in_range(clock_monotonic_ms() - start, 19, 10000);
}

static void test_clock_format_is_utc(void **state)
{
    char compact[17], text[20];

    (void)state;
    clock_format_compact(INT64_C(1795290531999), compact);
    assert_string_equal(compact, "20261121T194851Z");
    clock_format(INT64_C(1795290531000), text);
    assert_string_equal(text, "2026-11-21 19:48:51");
    clock_format(0, text);
    assert_string_equal(text, "1970-01-01 00:00:00");
    clock_format(-1, text);
    assert_string_equal(text, "1969-12-31 23:59:59");
    clock_format(-1000, text);
    assert_string_equal(text, "1969-12-31 23:59:59");
}

static void test_clock_format_stays_in_its_room(void **state)
{
    char compact[17], text[20];

    (void)state;
    clock_format(INT64_MAX, text);
    assert_string_equal(text, "9999-12-31 23:59:59");
    clock_format(INT64_MIN, text);
    assert_string_equal(text, "0001-01-01 00:00:00");
    clock_format_compact(INT64_MIN, compact);
    assert_string_equal(compact, "00010101T000000Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clock_utc_ms_is_now),
        cmocka_unit_test(test_clock_monotonic_ms_goes_on),
        cmocka_unit_test(test_clock_format_is_utc),
        cmocka_unit_test(test_clock_format_stays_in_its_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
