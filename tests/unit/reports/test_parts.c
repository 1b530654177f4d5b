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

#define NO_INTERVAL { NULL, NAN, NAN }

static struct score_part categories[] = {
    { "b", 2, 0.5, 0.5, NO_INTERVAL }, { "a b", 1, 1, NAN, NO_INTERVAL }, { "a", 3, 0.25, 0.125, { "t", 0.1, 0.4 } },
    { "a/z|y", 2, NAN, NAN, NO_INTERVAL }, { "a/x", 1, 1, NAN, NO_INTERVAL }, { "a/x/deep", 1, 1, NAN, NO_INTERVAL },
};
static struct score_part forms[] = { { "choice", 4, 0.5, 0.288675, { "t", 0, 1 } }, { "open", 2, 0.2, 0.2, NO_INTERVAL } };
static struct score_part clusters[] = { { "repo/one", 2, 0.5, 0.5, NO_INTERVAL }, { "=1", 1, 1, NAN, NO_INTERVAL } };

static struct score_line line_with_parts(void)
{
    return (struct score_line){ .run = "r1", .model = "m", .task = "t", .samples = 6, .mean = 0.4, .se_questions = 0.11,
                                .interval = { "normal", 0.2, 0.6 }, .categories = categories, .category_count = 6,
                                .outermost = { NULL, 3, 0.5833, 0.1875, NO_INTERVAL }, .by_cluster = clusters,
                                .by_cluster_count = 2, .forms = forms, .form_count = 2 };
}

static void assert_parts(const struct report *report, const struct score_line *lines, size_t count, enum score_by by,
                         const char *expected)
{
    struct scoreboard board = { .lines = (struct score_line *)lines, .line_count = count, .by = by };
    struct buf out;

    buf_init(&out, 0);
    report->write_parts(&board, &out);
    assert_string_equal(out.data, expected);
    buf_fini(&out);
}

static void test_parts_stand_below_the_outer_ones(void **state)
{
    struct score_line line = line_with_parts();

    (void)state;
    assert_parts(&report_markdown, &line, 1, SCORE_BY_CATEGORY,
                 "t, m, run r1\n\n"
                 "| category             |  n | score |     se |\n"
                 "| -------------------- | -: | ----: | -----: |\n"
                 "| a                    |  3 |  25.0 | ± 12.5 |\n"
                 "| - x                  |  1 | 100.0 |      – |\n"
                 "| - z/y                |  2 |     – |      – |\n"
                 "| a b                  |  1 | 100.0 |      – |\n"
                 "| b                    |  2 |  50.0 | ± 50.0 |\n"
                 "| all questions        |  6 |  40.0 | ± 11.0 |\n"
                 "| mean of 3 categories |  3 |  58.3 | ± 18.8 |\n\n"
                 "In percent. ± is one standard error over questions; n counts them, and\ncategories in the last row.\n");
}

static void test_parts_of_a_run_that_goes_on_are_so_far(void **state)
{
    struct score_line line = line_with_parts();
    struct scoreboard board = { .lines = &line, .line_count = 1, .by = SCORE_BY_CATEGORY };
    struct buf out;

    (void)state;
    line.unfinished = 1;
    buf_init(&out, 0);
    report_markdown.write_parts(&board, &out);
    assert_non_null(strstr(out.data, "| mean of 3 categories so far |"));
    buf_fini(&out);
}

static void test_parts_by_cluster_keep_their_order_and_whole_names(void **state)
{
    struct score_line line = line_with_parts();

    (void)state;
    assert_parts(&report_markdown, &line, 1, SCORE_BY_CLUSTER,
                 "t, m, run r1\n\n"
                 "| cluster       |  n | score |     se |\n"
                 "| ------------- | -: | ----: | -----: |\n"
                 "| repo/one      |  2 |  50.0 | ± 50.0 |\n"
                 "| =1            |  1 | 100.0 |      – |\n"
                 "| all questions |  6 |  40.0 | ± 11.0 |\n\n"
                 "In percent. ± is one standard error over questions; n counts them.\n");
}

static void test_parts_by_form_are_two(void **state)
{
    struct score_line line = line_with_parts();

    (void)state;
    assert_parts(&report_markdown, &line, 1, SCORE_BY_FORM,
                 "t, m, run r1\n\n"
                 "| form          |  n | score |     se |\n"
                 "| ------------- | -: | ----: | -----: |\n"
                 "| choice        |  4 |  50.0 | ± 28.9 |\n"
                 "| open          |  2 |  20.0 | ± 20.0 |\n"
                 "| all questions |  6 |  40.0 | ± 11.0 |\n\n"
                 "In percent. ± is one standard error over questions; n counts them.\n");
    assert_parts(&report_csv, &line, 1, SCORE_BY_FORM,
                 "run,model,task,by,name,samples,mean,se_over_questions,interval_method,lower,upper,"
                 "language_asked,language_known,language_share\r\n"
                 "r1,m,t,form,choice,4,0.5,0.288675,t,0,1,,,\r\n"
                 "r1,m,t,form,open,2,0.2,0.2,,,,,,\r\n"
                 "r1,m,t,all questions,,6,0.4,0.11,normal,0.2,0.6,,,\r\n");
}

static void test_parts_may_be_none(void **state)
{
    struct score_line line = { .run = "r1", .model = "m", .task = "t" };

    (void)state;
    assert_parts(&report_markdown, &line, 1, SCORE_BY_CATEGORY, "No task here has categories.\n");
    assert_parts(&report_markdown, &line, 1, SCORE_BY_FORM, "No task here has questions of both forms.\n");
    assert_parts(&report_markdown, &line, 1, SCORE_BY_CLUSTER, "No task here has clusters.\n");
}

static void test_parts_in_csv_are_a_record_each(void **state)
{
    struct score_line line = line_with_parts();
    struct score_part told[3];

    (void)state;
    memcpy(told, categories, sizeof told);
    told[0].languages = (struct score_languages){ .asked = 4, .same = 2, .untold = 1 };
    told[1].languages = (struct score_languages){ .asked = 1, .untold = 1 };
    line.categories = told;
    line.category_count = 3;
    assert_parts(&report_csv, &line, 1, SCORE_BY_CATEGORY,
                 "run,model,task,by,name,samples,mean,se_over_questions,interval_method,lower,upper,"
                 "language_asked,language_known,language_share\r\n"
                 "r1,m,t,category,b,2,0.5,0.5,,,,4,3,0.666667\r\n"
                 "r1,m,t,category,a b,1,1,,,,,1,0,\r\n"
                 "r1,m,t,category,a,3,0.25,0.125,t,0.1,0.4,,,\r\n"
                 "r1,m,t,all questions,,6,0.4,0.11,normal,0.2,0.6,,,\r\n"
                 "r1,m,t,mean of categories,,3,0.5833,0.1875,,,,,,\r\n");
    assert_parts(&report_csv, &line, 1, SCORE_BY_CLUSTER,
                 "run,model,task,by,name,samples,mean,se_over_questions,interval_method,lower,upper,"
                 "language_asked,language_known,language_share\r\n"
                 "r1,m,t,cluster,repo/one,2,0.5,0.5,,,,,,\r\n"
                 "r1,m,t,cluster,'=1,1,1,,,,,,,\r\n"
                 "r1,m,t,all questions,,6,0.4,0.11,normal,0.2,0.6,,,\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts_stand_below_the_outer_ones),
        cmocka_unit_test(test_parts_of_a_run_that_goes_on_are_so_far),
        cmocka_unit_test(test_parts_by_cluster_keep_their_order_and_whole_names),
        cmocka_unit_test(test_parts_by_form_are_two),
        cmocka_unit_test(test_parts_may_be_none),
        cmocka_unit_test(test_parts_in_csv_are_a_record_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
