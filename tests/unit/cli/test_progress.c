/*
 * The plain lines of a pipe, and when they come. What is drawn on a terminal is in test_block and test_screen.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "harness/base/buf.h"
#include "harness/cli/glance.h"
#include "harness/cli/progress.h"

static struct glance_wait wait = { "aime2025", "a1", 3, "model", "h:1", "no byte yet", "given up", 300000, 0, 0, true };

static void test_progress_add_line_tells_when_nothing_moves(void **state)
{
    struct glance glance = { .run = "r", .model = "openai/x", .expected = 40, .scored = 18, .voided = 2, .out_model = 1,
                             .left_ms = 10000, .waits = &wait, .wait_count = 1, .wait_total = 1, .still_ms = 61000 };
    struct buf line;

    (void)state;
    buf_init(&line, 0);
    progress_add_line(&line, &glance, true);
    assert_string_equal(line.data, "openai/x: 20 of 40 (50 %), about 10 s left | 1 ask to the model | 2 void | the longest "
                                   "wait: aime2025/a1/3 for 5 min at h:1, no byte yet | nothing came in for 61 s");
    buf_clear(&line);
    glance.still_ms = 59000;
    wait.is_slow = false;
    progress_add_line(&line, &glance, true);
    assert_string_equal(line.data, "openai/x: 20 of 40 (50 %), about 10 s left | 1 ask to the model | 2 void");
    buf_fini(&line);
}

static void test_progress_is_due_now_and_then(void **state)
{
    static const struct { int64_t now_s, still_s; size_t done; bool due; } turns[] = {
        { 1, 0, 50, false },       /* half is done, but lines keep two seconds apart */
        { 2, 0, 50, true },
        { 5, 0, 59, false },       /* no tenth since */
        { 5, 0, 60, true },
        { 14, 0, 69, false }, { 15, 1, 69, true },     /* ten seconds in which something came in */
        { 25, 11, 69, false },     /* nothing came since the last line */
        { 74, 60, 69, false }, { 75, 61, 69, true },   /* so once a minute */
        { 76, 0, 100, false }, { 77, 0, 100, true },
    };
    struct progress_pace pace = { .last_ms = 0 };

    (void)state;
    for (size_t i = 0; i < sizeof turns / sizeof turns[0]; i++) {
        struct glance glance = { .expected = 100, .scored = turns[i].done - 1, .voided = 1,
                                 .still_ms = turns[i].still_s * 1000 };
        if (progress_is_due(&pace, &glance, turns[i].now_s * 1000) != turns[i].due)
            fail_msg("turn %zu", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_progress_add_line_tells_when_nothing_moves),
        cmocka_unit_test(test_progress_is_due_now_and_then),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
