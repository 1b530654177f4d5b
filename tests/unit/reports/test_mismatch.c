#include "reports/mismatch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "harness/base/arena.h"
#include "reports/scoreboard.h"

static struct score_line line(const char *run, const char *profile, const char *data, const char *samples,
                              const char *prompts)
{
    return (struct score_line){ .run = run, .task = "t", .asked = { profile, data, samples, prompts } };
}

/* What is found, as "selection: a b / c"; lines of one mismatch by their runs. */
static const char *find(struct score_line *lines, size_t count)
{
    static char text[200];
    const struct scoreboard board = { .lines = lines, .line_count = count };
    struct arena *arena = arena_new();
    size_t found_count, at = 0;
    const struct mismatch *found = mismatch_find(&board, arena, &found_count);

    text[0] = '\0';
    for (size_t i = 0; i < found_count; i++) {
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%s:", i > 0 ? ", " : "", asked_word(found[i].difference));
        for (size_t k = 0; k < found[i].count; k++)
            at += (size_t)snprintf(text + at, sizeof text - at, "%s %s",
                                   k > 0 && found[i].groups[k] != found[i].groups[k - 1] ? " /" : "",
                                   found[i].lines[k]->run);
    }
    arena_free(arena);
    return text;
}

static void test_mismatch_find_knows_what_differs(void **state)
{
    struct score_line same[] = { line("a", "p", "d1", "s1", "q1"), line("b", "p", "d2", "s1", "q1") };
    struct score_line data[] = { line("a", "p", "d1", "s1", "q1"), line("b", "p", "d2", "s2", "q2"),
                                 line("c", "p", "d1", "s1", "q1") };
    struct score_line selection[] = { line("a", "p", "d1", "s1", "q1"), line("b", "p", "d1", "s2", "q2") };
    struct score_line prompts[] = { line("a", "p", "d1", "s1", "q1"), line("b", "p", "d1", "s1", "q2") };
    struct score_line profiles[] = { line("a", "p", "d1", "s1", "q1"), line("b", "other", "d1", "s1", "q2") };

    (void)state;
    assert_string_equal(find(same, 2), "");
    assert_string_equal(find(data, 3), "data: a c / b");
    assert_string_equal(find(selection, 2), "selection: a / b");
    assert_string_equal(find(prompts, 2), "prompts: a / b");
    assert_string_equal(find(profiles, 2), "");
    assert_string_equal(find(NULL, 0), "");
}

static void test_mismatch_find_holds_nothing_against_what_is_not_known(void **state)
{
    struct score_line lines[] = { line("a", NULL, NULL, NULL, NULL), line("b", "p", "d1", "s1", "q1"),
                                  line("c", "p", NULL, "s2", NULL), line("d", "p", "d1", "s1", NULL) };

    (void)state;
    assert_string_equal(find(lines, 2), "");
    assert_string_equal(find(lines, 4), "selection: b d / c");
}

static void test_mismatch_find_keeps_tasks_apart(void **state)
{
    struct score_line lines[] = { line("a", "p", "d1", "s1", "q1"), line("a", "p", "d2", "s2", "q2"),
                                  line("b", "p", "d1", "s1", "q3"), line("b", "p", "d2", "s3", "q4") };

    (void)state;
    lines[1].task = lines[3].task = "u";
    assert_string_equal(find(lines, 4), "prompts: a / b, selection: a / b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mismatch_find_knows_what_differs),
        cmocka_unit_test(test_mismatch_find_holds_nothing_against_what_is_not_known),
        cmocka_unit_test(test_mismatch_find_keeps_tasks_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
