#include "asked.h"

#include <math.h>

static double score_given;
static int read_fails, grade_fails;

static int read_text(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    (void)arena;
    if (read_fails)
        return err_set(err, "out of steps");
    if (grading->said->text[0] == '\0')
        out->note = "nothing said";
    else
        out->text = grading->said->text;
    return 0;
}

static int grade_text(const struct grading *grading, const struct answer *answer, struct arena *arena,
                      struct grade *out, struct err *err)
{
    (void)grading;
    (void)arena;
    if (grade_fails)
        return err_set(err, "no gold");
    *out = (struct grade){ .score = score_given, .answer = answer->text };
    return 0;
}

static const struct reader READER = { .name = "plain", .read = read_text };
static const struct grader GRADER = { .name = "odd", .grade = grade_text };

static int grade(const char *text, struct grade *out, struct err *err)
{
    struct reply said = reply_empty();
    struct grading grading = { .grader = &GRADER, .reader = &READER, .sample = &ASKED_SAMPLE, .said = &said };

    said.text = text;
    *err = (struct err)ERR_INIT;
    return grading_run(&grading, NULL, out, err);
}

static void test_grading_run_reads_then_grades(void **state)
{
    struct grade out;
    struct err err;

    (void)state;
    score_given = 0.25;
    assert_int_equal(grade("C", &out, &err), 0);
    assert_true(out.score == 0.25);
    assert_string_equal(out.answer, "C");
}

static void test_grading_run_scores_what_cannot_be_read_0(void **state)
{
    struct grade out = { .score = 1 };
    struct err err;

    (void)state;
    assert_int_equal(grade("", &out, &err), 0);
    assert_true(out.score == 0);
    assert_null(out.answer);
    assert_string_equal(out.reason, "nothing said");
}

static void test_grading_run_hands_on_what_failed(void **state)
{
    struct grade out;
    struct err err;

    (void)state;
    read_fails = 1;
    assert_int_equal(grade("C", &out, &err), -1);
    assert_string_equal(err.text, "out of steps");
    read_fails = 0;
    grade_fails = 1;
    assert_int_equal(grade("C", &out, &err), -1);
    assert_string_equal(err.text, "no gold");
    grade_fails = 0;
}

/* The store refuses such a score, and with it the whole turn: one grader must not stop a run. */
static void test_grading_run_refuses_a_score_that_is_none(void **state)
{
    const double wrong[] = { 1.0000001, -0.5, 7, NAN, INFINITY };
    struct grade out;
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        score_given = wrong[i];
        assert_int_equal(grade("C", &out, &err), -1);
        assert_non_null(strstr(err.text, "odd gave the score"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grading_run_reads_then_grades),
        cmocka_unit_test(test_grading_run_scores_what_cannot_be_read_0),
        cmocka_unit_test(test_grading_run_hands_on_what_failed),
        cmocka_unit_test(test_grading_run_refuses_a_score_that_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
