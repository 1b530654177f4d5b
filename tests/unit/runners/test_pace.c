/* A server's pace: what answers and refusals make of it. Time is made up: a millisecond a call. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "runners/pace.h"

static void start(struct pace *pace, size_t count)
{
    while (count-- > 0)
        pace_start(pace);
}

static void end(struct pace *pace, enum pace_end how, size_t count, int64_t started_ms, int64_t now_ms)
{
    while (count-- > 0)
        pace_end(pace, how, started_ms, now_ms);
}

/* One call after the other, each answered, until the limit is more than that; how many it took. */
static size_t answer_until_above(struct pace *pace, size_t limit)
{
    size_t count = 0;

    for (; pace->limit <= limit; count++) {
        pace_start(pace);
        pace_end(pace, PACE_ANSWERED, 1000, 1000);
    }
    return count;
}

static void test_begin_has_room_for_so_many(void **state)
{
    struct pace few = pace_begin(2), all = pace_begin(0);

    (void)state;
    start(&few, 1);
    assert_true(pace_has_room(&few, 0));
    start(&few, 1);
    assert_false(pace_has_room(&few, 0));
    start(&all, 100000);
    assert_true(pace_has_room(&all, 0));
}

static void test_answers_add_one_each(void **state)
{
    struct pace pace = pace_begin(2), all = pace_begin(0);

    (void)state;
    start(&pace, 2);
    end(&pace, PACE_ANSWERED, 2, 0, 1);
    assert_int_equal(4, pace.limit);
    assert_int_equal(0, pace.in_flight);
    start(&all, 1);
    end(&all, PACE_ANSWERED, 1, 0, 1);
    assert_true(all.limit == PACE_UNLIMITED);
}

/* Resets and timeouts say nothing about how much is borne. */
static void test_failures_change_nothing(void **state)
{
    struct pace pace = pace_begin(4);

    (void)state;
    start(&pace, 4);
    end(&pace, PACE_FAILED, 3, 0, 1);
    pace_break(&pace);
    assert_int_equal(4, pace.limit);
    assert_int_equal(0, pace.in_flight);
}

static void test_refusals_of_one_flight_halve_once(void **state)
{
    struct pace pace = pace_begin(16);

    (void)state;
    start(&pace, 16);
    end(&pace, PACE_REFUSED, 3, 1, 2);
    assert_int_equal(8, pace.limit);
    end(&pace, PACE_REFUSED, 1, 1, 3);
    assert_int_equal(8, pace.limit);
    end(&pace, PACE_FAILED, 6, 1, 4);
    start(&pace, 2);
    assert_int_equal(8, pace.in_flight);
    end(&pace, PACE_REFUSED, 1, 5, 6);      /* this one began after the complaint */
    assert_int_equal(4, pace.limit);
}

/* Of a hundred at once three are kept: three it is, not fifty. */
static void test_refusals_leave_what_was_kept_in(void **state)
{
    struct pace pace = pace_begin(0);

    (void)state;
    start(&pace, 100);
    end(&pace, PACE_REFUSED, 97, 1, 2);
    assert_int_equal(3, pace.in_flight);
    assert_int_equal(3, pace.limit);
    end(&pace, PACE_REFUSED, 3, 1, 3);
    assert_int_equal(1, pace.limit);
}

/* One more than eight is refused, so it stays at eight for two rounds; then it is tried again, with growing courage. */
static void test_limit_rests_below_what_was_refused(void **state)
{
    struct pace pace = pace_begin(9);

    (void)state;
    start(&pace, 9);
    end(&pace, PACE_REFUSED, 1, 1, 2);
    end(&pace, PACE_FAILED, 8, 1, 2);
    assert_int_equal(4, pace.limit);
    assert_int_equal(4, answer_until_above(&pace, 7));
    assert_int_equal(8, pace.limit);
    assert_int_equal(PACE_ROUNDS * 8, answer_until_above(&pace, 8));
    assert_int_equal(9, pace.limit);
    assert_int_equal(PACE_ROUNDS * 9, answer_until_above(&pace, 9));
    assert_int_equal(1, answer_until_above(&pace, 10));
    assert_int_equal(PACE_ROUNDS * 11, answer_until_above(&pace, 11));
    assert_int_equal(3, answer_until_above(&pace, 14));
}

/* A server of so many places: few are refused, and it is kept busy. */
static void test_pace_settles_at_what_a_server_bears(void **state)
{
    struct pace pace = pace_begin(0);
    size_t refused = 0, answered = 0, kept = 0;

    (void)state;
    for (int64_t now_ms = 0; now_ms < 4000; now_ms += 10) {
        while (pace_has_room(&pace, now_ms) && pace.in_flight < 64)
            pace_start(&pace);
        kept = pace.in_flight < 8 ? pace.in_flight : 8;
        refused += pace.in_flight - kept;
        end(&pace, PACE_REFUSED, pace.in_flight - kept, now_ms, now_ms + 1);
        answered += kept;
        end(&pace, PACE_ANSWERED, kept, now_ms, now_ms + 9);
    }
    assert_true(answered > 400 * 6);
    assert_true(refused < 56 + answered / 15);
}

/* A lone call, the fourth refused in a row: the others wait with it. */
static void test_heed_wait_closes_where_the_server_is_deaf(void **state)
{
    struct pace pace = pace_begin(4);

    (void)state;
    for (int i = 1; i <= PACE_DEAF; i++) {
        start(&pace, 1);
        end(&pace, PACE_REFUSED, 1, i, i);
        pace_heed_wait(&pace, 1000);
        assert_int_equal(i < PACE_DEAF, pace_has_room(&pace, 999));
    }
    assert_true(pace_has_room(&pace, 1000));
    start(&pace, 1);
    end(&pace, PACE_ANSWERED, 1, 1000, 1001);
    start(&pace, 1);
    end(&pace, PACE_REFUSED, 1, 1002, 1003);
    pace_heed_wait(&pace, 2000);
    assert_true(pace_has_room(&pace, 1004));
}

/* Somebody is in, so somebody is heard. */
static void test_heed_wait_leaves_others_alone_while_one_is_in(void **state)
{
    struct pace pace = pace_begin(9);

    (void)state;
    start(&pace, 9);
    end(&pace, PACE_REFUSED, 8, 1, 2);
    pace_heed_wait(&pace, 1000);
    end(&pace, PACE_ANSWERED, 1, 1, 3);
    assert_true(pace_has_room(&pace, 3));
}

static void test_close_lets_nobody_in_before(void **state)
{
    struct pace pace = pace_begin(0);

    (void)state;
    pace_close(&pace, 500);
    pace_close(&pace, 300);
    assert_false(pace_has_room(&pace, 499));
    assert_true(pace_has_room(&pace, 500));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_begin_has_room_for_so_many),
        cmocka_unit_test(test_answers_add_one_each),
        cmocka_unit_test(test_failures_change_nothing),
        cmocka_unit_test(test_refusals_of_one_flight_halve_once),
        cmocka_unit_test(test_refusals_leave_what_was_kept_in),
        cmocka_unit_test(test_limit_rests_below_what_was_refused),
        cmocka_unit_test(test_pace_settles_at_what_a_server_bears),
        cmocka_unit_test(test_heed_wait_closes_where_the_server_is_deaf),
        cmocka_unit_test(test_heed_wait_leaves_others_alone_while_one_is_in),
        cmocka_unit_test(test_close_lets_nobody_in_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
