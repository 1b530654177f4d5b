#include "reports/reports.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "harness/base/buf.h"
#include "reports/scoreboard.h"

static void test_categories_stand_below_the_outer_ones(void **state)
{
    static struct score_category categories[] = {
        { "b", 2, 0.5 }, { "a b", 1, 1 }, { "a", 3, 0.25 }, { "a/z|y", 2, NAN }, { "a/x", 1, 1 }, { "a/x/deep", 1, 1 },
    };
    struct score_line line = { .run = "r1", .model = "m", .task = "t", .samples = 6, .mean = 0.4, .categories = categories,
                               .category_count = 6 };
    struct scoreboard board = { .lines = &line, .line_count = 1 };
    struct buf out;

    (void)state;
    buf_init(&out, 0);
    report_categories.write(&board, &out);
    assert_string_equal(out.data,
                        "t, m, run r1\n\n"
                        "| category             |  n | score |\n"
                        "| -------------------- | -: | ----: |\n"
                        "| a                    |  3 |  25.0 |\n"
                        "| - x                  |  1 | 100.0 |\n"
                        "| - z/y                |  2 |     \xe2\x80\x93 |\n"
                        "| a b                  |  1 | 100.0 |\n"
                        "| b                    |  2 |  50.0 |\n"
                        "| all questions        |  6 |  40.0 |\n"
                        "| mean of 3 categories |  3 |  58.3 |\n\n");
    buf_fini(&out);
}

static void test_categories_may_be_none(void **state)
{
    struct score_line line = { .run = "r1", .model = "m", .task = "t" };
    struct scoreboard board = { .lines = &line, .line_count = 1 };
    struct buf out;

    (void)state;
    buf_init(&out, 0);
    report_categories.write(&board, &out);
    assert_string_equal(out.data, "No task here has categories.\n");
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_categories_stand_below_the_outer_ones),
        cmocka_unit_test(test_categories_may_be_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
