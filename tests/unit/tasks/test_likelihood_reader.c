#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/engine/sample.h"
#include "tasks/graders/graders.h"
#include "tasks/readers/readers.h"

static const char *const CHOICES[] = { "a", "b", "c" };
static const struct sample SAMPLE = { .id = "s", .choices = CHOICES, .choice_count = 3, .hash = "h" };

static struct arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* The verdict by that reader; B is right. */
static struct grade read_with(const struct reader *reader, const char *text)
{
    struct reply said = reply_empty();
    struct err err = ERR_INIT;
    struct grade grade;

    said.text = text;
    const struct grading grading = { .grader = &grader_choice, .reader = reader, .sample = &SAMPLE, .target = "B",
                                     .said = &said };
    assert_int_equal(grading_run(&grading, arena, &grade, &err), 0);
    return grade;
}

static void fails_with(const struct reader *reader, const char *text, const char *words)
{
    struct reply said = reply_empty();
    struct err err = ERR_INIT;
    struct grade grade;

    said.text = text;
    const struct grading grading = { .grader = &grader_choice, .reader = reader, .sample = &SAMPLE, .target = "B",
                                     .said = &said };
    assert_int_equal(grading_run(&grading, arena, &grade, &err), -1);
    assert_string_equal(err.text, words);
}

/* Sums -3, -4, -5; per character -3, -2, -1.25; per byte -1, -2, -1.25; per token -3, -4, -1. */
#define SCALES "{\"likelihoods\":[{\"logprobs\":[-3],\"chars\":1,\"bytes\":3}," \
               "{\"logprobs\":[-4],\"chars\":2,\"bytes\":2},{\"logprobs\":[-1,-1,-1,-1,-1],\"chars\":4,\"bytes\":4}]}"

static void test_each_reader_weighs_length_its_own_way(void **state)
{
    (void)state;
    assert_string_equal(read_with(&reader_choice_likelihood, SCALES).answer, "A");
    assert_string_equal(read_with(&reader_choice_likelihood_per_character, SCALES).answer, "C");
    assert_string_equal(read_with(&reader_choice_likelihood_per_byte, SCALES).answer, "A");
    assert_string_equal(read_with(&reader_choice_likelihood_per_token, SCALES).answer, "C");
    assert_null(read_with(&reader_choice_likelihood, SCALES).reason);
}

static void test_the_right_choice_scores(void **state)
{
    struct grade grade = read_with(&reader_choice_likelihood,
        "{\"likelihoods\":[{\"logprobs\":[-3],\"chars\":1,\"bytes\":1},{\"logprobs\":[-2.5],\"chars\":1,\"bytes\":1},"
        "{\"logprobs\":[-9],\"chars\":1,\"bytes\":1}]}");

    (void)state;
    assert_string_equal(grade.answer, "B");
    assert_true(grade.score == 1);
    assert_string_equal(grade.answer_class, "choice 1");
}

static void test_ties_take_the_first_and_say_so(void **state)
{
    struct grade grade = read_with(&reader_choice_likelihood,
        "{\"likelihoods\":[{\"logprobs\":[-3],\"chars\":1,\"bytes\":1},{\"logprobs\":[-1,-1],\"chars\":1,\"bytes\":1},"
        "{\"logprobs\":[-2],\"chars\":1,\"bytes\":1}]}");

    (void)state;
    assert_string_equal(grade.answer, "B");
    assert_true(grade.score == 1);
    assert_string_equal(grade.reason, "B, C equally likely: the first counts");
}

static void test_a_spanning_token_is_said(void **state)
{
    struct grade grade = read_with(&reader_choice_likelihood,
        "{\"likelihoods\":[{\"logprobs\":[-3],\"chars\":1,\"bytes\":1,\"spans\":true},"
        "{\"logprobs\":[-1],\"chars\":1,\"bytes\":1},{\"logprobs\":[-2],\"chars\":1,\"bytes\":1}]}");

    (void)state;
    assert_string_equal(grade.reason, "A: a token spans prompt and choice, and counts whole");
}

/* What is less likely than all that was listed cannot be the likeliest; where lengths differ it might. */
static void test_bounds_are_used_and_never_guessed_at(void **state)
{
    const char *same = "{\"likelihoods\":[{\"below\":-8,\"chars\":1,\"bytes\":1},{\"logprobs\":[-7],\"chars\":1,\"bytes\":1},"
                       "{\"below\":-8,\"chars\":4,\"bytes\":1}]}";
    struct grade grade = read_with(&reader_choice_likelihood, same);

    (void)state;
    assert_string_equal(grade.answer, "B");
    assert_string_equal(grade.reason, "A, C less likely than all that the server listed");
    fails_with(&reader_choice_likelihood_per_character, same,
               "of choice C it is known only how likely it is at most, and that may be more than B");
}

static void test_what_are_no_likelihoods_is_no_answer(void **state)
{
    static const struct { const char *text, *reason; } CASES[] = {
        { "", "nothing was said of how likely the choices are" },
        { "Answer: B", "no likelihoods: line 1: expected a value, found \"Answer: B\"" },
        { "{}", "no likelihoods: expected \"likelihoods\", a list" },
        { "{\"likelihoods\":[{}]}", "no likelihoods: choice 1: expected \"chars\", a whole number from 0" },
        { "{\"likelihoods\":[{\"logprobs\":[],\"chars\":1,\"bytes\":1}]}",
          "no likelihoods: choice 1: expected \"logprobs\", a list of numbers, or \"below\", a number" },
        { "{\"likelihoods\":[{\"logprobs\":[null],\"chars\":1,\"bytes\":1}]}",
          "no likelihoods: choice 1: \"logprobs\": expected numbers, found null" },
        { "{\"likelihoods\":[{\"below\":-8,\"chars\":1,\"bytes\":1},{\"below\":-8,\"chars\":1,\"bytes\":1},"
          "{\"below\":-8,\"chars\":1,\"bytes\":1}]}", "no choice is among the likeliest next tokens that the server listed" },
        { "{\"likelihoods\":[{\"logprobs\":[-1],\"chars\":1,\"bytes\":1}]}", "likelihoods of 1 choices, where there are 3" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct grade grade = read_with(&reader_choice_likelihood, CASES[i].text);
        assert_null(grade.answer);
        assert_true(grade.score == 0);
        if (i != 1)
            assert_string_equal(grade.reason, CASES[i].reason);
        else
            assert_memory_equal(grade.reason, "no likelihoods: line 1: ", strlen("no likelihoods: line 1: "));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_each_reader_weighs_length_its_own_way, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_right_choice_scores, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_ties_take_the_first_and_say_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_spanning_token_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bounds_are_used_and_never_guessed_at, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_are_no_likelihoods_is_no_answer, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
