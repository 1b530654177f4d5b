#include "tests/flows/hand.h"

static const struct task PLAIN = { .name = "plain", .flow = &flow_answer, .grader = &HAND_GRADER, .prompt = hand_prompt };
static const struct task EXAMINED = { .name = "examined", .flow = &flow_answer, .grader = &HAND_GRADER,
                                      .prompt = hand_prompt, .exam = hand_exam };

static void test_answer_asks_once_and_grades(void **state)
{
    struct episode *ep = hand_begin(&PLAIN);
    const struct ask *ask = hand_asked(ep, ASK_MODEL, "model");

    (void)state;
    assert_int_equal(ask->ordinal, 0);
    assert_string_equal(ask->chat->first->first->text, "2 + 2?");
    hand_say(ep, "It is 4.");
    ask = hand_asked(ep, ASK_GRADE, "grade");
    assert_int_equal(ask->ordinal, 1);
    assert_string_equal(ask->grading.said->text, "It is 4.");
    assert_string_equal(ask->grading.target, "4");
    assert_ptr_equal(ask->grading.reader, &HAND_READER);
    assert_null(ask->grading.exam);
    hand_grade(ep, 1, "4");
    assert_int_equal(ep->outcome, OUTCOME_SCORED);
    assert_true(ep->grade.score == 1);
    assert_string_equal(ep->grade.answer, "4");
    episode_free(ep);
}

static void test_answer_holds_an_exam_before_grading(void **state)
{
    struct episode *ep = hand_begin(&EXAMINED);
    struct reply log = reply_empty();

    (void)state;
    hand_say(ep, "def f(): pass");
    assert_string_equal(hand_asked(ep, ASK_ENV, "exam")->exam->commands[0], "make test");
    log.text = "1 failed";
    log.exit_code = 1;
    hand_reply(ep, log);
    const struct grading *grading = &hand_asked(ep, ASK_GRADE, "grade")->grading;
    assert_string_equal(grading->said->text, "def f(): pass");
    assert_string_equal(grading->exam->text, "1 failed");
    assert_int_equal(grading->exam->exit_code, 1);
    hand_grade(ep, 0, NULL);
    assert_int_equal(ep->outcome, OUTCOME_SCORED);
    assert_true(ep->grade.score == 0);
    episode_free(ep);
}

static void test_answer_is_void_when_the_model_fails(void **state)
{
    struct episode *ep = hand_begin(&PLAIN);

    (void)state;
    hand_reply(ep, reply_failed(ORIGIN_PROVIDER, "HTTP 500, five times"));
    hand_assert_void(ep, ORIGIN_PROVIDER, "HTTP 500, five times");
    episode_free(ep);
}

static void test_answer_is_void_when_the_model_times_out(void **state)
{
    struct episode *ep = hand_begin(&EXAMINED);
    struct reply late = reply_failed(ORIGIN_PROVIDER, "no byte in 600 s");

    (void)state;
    late.status = REPLY_TIMEOUT;
    hand_reply(ep, late);
    hand_assert_void(ep, ORIGIN_PROVIDER, "no byte in 600 s");
    episode_free(ep);
}

static void test_answer_is_void_when_the_exam_fails(void **state)
{
    struct episode *ep = hand_begin(&EXAMINED);

    (void)state;
    hand_say(ep, "def f(): pass");
    hand_reply(ep, reply_failed(ORIGIN_ENVIRONMENT, "no box could be made"));
    hand_assert_void(ep, ORIGIN_ENVIRONMENT, "no box could be made");
    episode_free(ep);
}

/* A patch that hangs its tests is the model's failing: the grader sees the timeout. */
static void test_answer_takes_an_exam_that_times_out(void **state)
{
    struct episode *ep = hand_begin(&EXAMINED);

    (void)state;
    hand_say(ep, "while True: pass");
    hand_time_out(ep, "1 s is over");
    assert_int_equal(hand_asked(ep, ASK_GRADE, "grade")->grading.exam->status, REPLY_TIMEOUT);
    hand_grade(ep, 0, NULL);
    assert_int_equal(ep->outcome, OUTCOME_SCORED);
    episode_free(ep);
}

static void test_answer_is_void_when_grading_fails(void **state)
{
    struct episode *ep = hand_begin(&PLAIN);

    (void)state;
    hand_say(ep, "4");
    hand_reply(ep, reply_failed(ORIGIN_HARNESS, "grading: out of steps"));
    hand_assert_void(ep, ORIGIN_HARNESS, "grading: out of steps");
    episode_free(ep);
}

static void test_answer_is_void_when_grading_times_out(void **state)
{
    struct episode *ep = hand_begin(&PLAIN);
    struct reply late = reply_failed(ORIGIN_HARNESS, "the worker hung");

    (void)state;
    hand_say(ep, "4");
    late.status = REPLY_TIMEOUT;
    hand_reply(ep, late);
    hand_assert_void(ep, ORIGIN_HARNESS, "the worker hung");
    episode_free(ep);
}

static void test_answer_marks_what_was_cut_and_refused(void **state)
{
    struct episode *ep = hand_begin(&PLAIN);
    struct reply reply = reply_empty();

    (void)state;
    reply.stop = STOP_LENGTH;
    hand_reply(ep, reply);
    assert_true(ep->truncated && !ep->refused && !ep->loop);
    episode_free(ep);
    ep = hand_begin(&PLAIN);
    reply.stop = STOP_REFUSAL;
    hand_reply(ep, reply);
    assert_true(ep->refused && !ep->truncated);
    episode_free(ep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answer_asks_once_and_grades),
        cmocka_unit_test(test_answer_holds_an_exam_before_grading),
        cmocka_unit_test(test_answer_is_void_when_the_model_fails),
        cmocka_unit_test(test_answer_is_void_when_the_model_times_out),
        cmocka_unit_test(test_answer_is_void_when_the_exam_fails),
        cmocka_unit_test(test_answer_takes_an_exam_that_times_out),
        cmocka_unit_test(test_answer_is_void_when_grading_fails),
        cmocka_unit_test(test_answer_is_void_when_grading_times_out),
        cmocka_unit_test(test_answer_marks_what_was_cut_and_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
