/* Waits that grow, bounded, and end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "harness/base/backoff.h"
#include "harness/base/clock.h"

static void test_backoff_next_ms_grows_and_ends(void **state)
{
    int64_t bound_ms = 500;

    (void)state;
    for (int round = 0; round < 50; round++) {
        struct backoff backoff = backoff_new();
        bound_ms = 500;
        for (int i = 1; i < BACKOFF_TRIES_MAX; i++, bound_ms = bound_ms * 2 < 30000 ? bound_ms * 2 : 30000) {
            int64_t wait_ms = backoff_next_ms(&backoff, -1);
            assert_in_range(wait_ms, 0, bound_ms);
        }
        assert_int_equal(-1, backoff_next_ms(&backoff, -1));
    }
}

static void test_backoff_next_ms_heeds_the_server(void **state)
{
    struct backoff backoff = backoff_new();

    (void)state;
    assert_int_equal(70000, backoff_next_ms(&backoff, 70000));
    assert_int_equal(-1, backoff_next_ms(&backoff, 301000));
}

static int count_to_two(void *asked)
{
    return ++*(int *)asked < 2;
}

static void test_backoff_sleep_ends_early_when_told(void **state)
{
    int64_t start_ms = clock_monotonic_ms();
    int asked = 0;

    (void)state;
    assert_false(backoff_sleep(60000, count_to_two, &asked));
    assert_int_equal(2, asked);
    assert_true(backoff_sleep(10, NULL, NULL));
    assert_true(clock_monotonic_ms() - start_ms < 30000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_backoff_next_ms_grows_and_ends),
        cmocka_unit_test(test_backoff_next_ms_heeds_the_server),
        cmocka_unit_test(test_backoff_sleep_ends_early_when_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
