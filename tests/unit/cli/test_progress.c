#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "harness/base/buf.h"
#include "harness/base/clock.h"
#include "harness/cli/progress.h"

/* What is shown of that, ten seconds after the start. */
static struct buf line_of(struct engine_status status)
{
    struct progress progress = { .model = "openai/x", .started_ms = clock_monotonic_ms() - 10000 };
    struct buf line;

    buf_init(&line, 0);
    progress_add_line(&line, &progress, &status);
    return line;
}

static void test_progress_add_line_tells_how_far(void **state)
{
    (void)state;
    struct buf line = line_of((struct engine_status){ .expected = 40, .scored = 18, .voided = 2, .score_sum = 9,
                                                      .in_flight = { [ASK_MODEL] = 12, [ASK_GRADE] = 5 } });

    assert_string_equal(line.data, "openai/x  20/40 · mean 50.0% · 12 in flight · 2 void · 10 s left");
    buf_fini(&line);
}

static void test_progress_add_line_tells_environments_apart(void **state)
{
    (void)state;
    struct buf line = line_of((struct engine_status){ .expected = 40, .in_flight = { [ASK_MODEL] = 12, [ASK_ENV] = 3 } });

    assert_non_null(strstr(line.data, " · in flight: 12 model, 3 env"));
    buf_fini(&line);
}

/* Voids of an earlier start that are tried again: fewer are done than were. */
static void test_progress_add_line_promises_no_time_it_cannot_know(void **state)
{
    (void)state;
    struct buf line = line_of((struct engine_status){ .expected = 40, .scored = 30, .voided = 8, .resumed = 39 });

    assert_null(strstr(line.data, "left"));
    buf_fini(&line);
    line = line_of((struct engine_status){ .expected = 40, .scored = 30, .resumed = 30 });
    assert_null(strstr(line.data, "left"));
    buf_fini(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_progress_add_line_tells_how_far),
        cmocka_unit_test(test_progress_add_line_tells_environments_apart),
        cmocka_unit_test(test_progress_add_line_promises_no_time_it_cannot_know),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
