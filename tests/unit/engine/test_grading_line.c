#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "harness/base/arena.h"
#include "harness/engine/grading_line.h"
#include "harness/engine/reply.h"

/* What the readers here found before the program was asked: it says nothing of the language, and maybe not of the answer. */
static const struct grade READ = { .answer = "4", .asked_language = "de", .language = "en" };

static int read_line(const char *line, struct arena *arena, struct grade *out, double *us)
{
    struct err err = ERR_INIT;

    *out = READ;
    return grading_line_read(line, strlen(line), arena, out, us, &err);
}

static void test_grading_line_read_keeps_what_no_program_says(void **state)
{
    struct arena *arena = arena_new();
    struct grade grade;
    double us;

    (void)state;
    assert_int_equal(read_line("{\"score\": 1, \"verdict\": \"equal\", \"us\": 7}", arena, &grade, &us), 0);
    assert_true(grade.score == 1 && us == 7);
    assert_string_equal(grade.verdict, "equal");
    assert_string_equal(grade.answer, "4");
    assert_string_equal(grade.asked_language, "de");
    assert_string_equal(grade.language, "en");
    assert_int_equal(read_line("{\"score\": 0, \"answer\": null}", arena, &grade, &us), 0);
    assert_null(grade.answer);
    assert_string_equal(grade.language, "en");
    arena_free(arena);
}

static void test_grading_line_read_refuses_what_is_no_verdict(void **state)
{
    static const char *const LINES[] = { "", "[]", "{}", "{\"score\": 2}", "{\"score\": \"1\"}", "{\"error\": \"no\"}" };
    struct arena *arena = arena_new();
    struct grade grade;
    double us;

    (void)state;
    for (size_t i = 0; i < sizeof LINES / sizeof LINES[0]; i++)
        assert_int_equal(read_line(LINES[i], arena, &grade, &us), -1);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grading_line_read_keeps_what_no_program_says),
        cmocka_unit_test(test_grading_line_read_refuses_what_is_no_verdict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
