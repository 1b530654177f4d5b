/* What rate-limit headers say, and what they only seem to say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "harness/base/rate.h"

/* 2026-11-21T19:48:51Z */
#define NOW_MS INT64_C(1795290531000)

static const struct row { const char *remaining, *reset; int64_t wait_ms; } ROWS[] = {
    { "0", "2026-11-21T19:48:52Z", 1000 },
    { "0", "2026-11-21T19:49:51.25Z", 60000 },
    { "0", "2026-11-21T19:49:51+00:00", 60000 },
    { "0", "2026-11-21T21:49:51+02:00", 60000 },
    { "0", "2026-11-21T12:19:51-07:30", 60000 },
    { "0", "2026-11-21t19:48:52z", -1 },
    { "0", "2026-11-21T19:48:51Z", 0 },
    { "0", "2015-10-21T07:28:00Z", 0 },
    { "0", "9999-12-31T23:59:59Z", 600000 },
    { "0", "2026-11-21", -1 },
    { "0", "2026-11-21T19:48:52", -1 },
    { "0", "2026-11-21T19:48:52+25:00", -1 },
    { "0", "2026-11-21T19:48:52+02:00 or so", -1 },
    { "0", "2026-13-41T99:99:99Z", -1 },
    { "0", "1s", 1000 },
    { "0", "120ms", 120 },
    { "0", "6m0s", 360000 },
    { "0", "1m30.5s", 90500 },
    { "0", "1h2m", 600000 },
    { "0", "1d", 600000 },
    { "0", "7", 7000 },
    { "0", "0.5", 500 },
    { "0", "0s", 0 },
    { "0", "1795290591", -1 },          /* seconds since 1970, as some say it: not 57 years */
    { "0", "1e400s", -1 },
    { "0", "inf", -1 },
    { "0", "nan", -1 },
    { "0", "-5s", -1 },
    { "0", "5 s", -1 },
    { "0", "5x", -1 },
    { "0", "s", -1 },
    { "0", "1hms", -1 },
    { "0", "soon", -1 },
    { "0", "", -1 },
    { "0", NULL, -1 },
    { "0 ", "1s", 1000 },
    { "0.0", "1s", 1000 },
    { "-3", "1s", 1000 },
    { "1", "1s", -1 },
    { "4000000", "1s", -1 },
    { "", "1s", -1 },
    { "none", "1s", -1 },
    { "0 left", "1s", -1 },
    { "nan", "1s", -1 },
    { NULL, "1s", -1 },
};

static void test_wait_reads_dates_and_durations(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        const struct row *row = &ROWS[i];
        int64_t wait_ms = rate_wait_ms(row->remaining, row->reset, NOW_MS);

        if (wait_ms != row->wait_ms)
            print_message("row %zu: %s, %s: %lld\n", i, row->remaining, row->reset, (long long)wait_ms);
        assert_int_equal(row->wait_ms, wait_ms);
    }
}

/* A clock that is wrong by an hour must not stop a night. */
static void test_wait_is_bounded_where_clocks_differ(void **state)
{
    (void)state;
    assert_int_equal(600000, rate_wait_ms("0", "2026-11-21T19:48:52Z", NOW_MS - 3600000));
    assert_int_equal(0, rate_wait_ms("0", "2026-11-21T19:48:52Z", NOW_MS + 3600000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wait_reads_dates_and_durations),
        cmocka_unit_test(test_wait_is_bounded_where_clocks_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
