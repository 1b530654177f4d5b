#include "tests/flows/hand.h"

#include "tasks/readers/readers.h"

static const char *const CHOICES[] = { "Rome", "Paris" };
static const char *const CONTINUATIONS[] = { " Rome", " Paris" };
static const struct sample CAPITAL = { .id = "s1", .input = "Capital of France?", .choices = CHOICES, .choice_count = 2,
                                       .correct = 1, .hash = "h" };
static const struct profile LIKELIHOOD = { .name = "likelihood", .reader = &reader_choice_likelihood,
                                           .flow = &flow_likelihood };

static const char *prompt = "Capital of France:";

static void put(struct episode *ep)
{
    ep->target = "B";
    ep->continuations = CONTINUATIONS;
    chat_add_text(ep->chat, ROLE_USER, prompt);
}

/* Its own flow is another: the profile's counts. */
static const struct task TASK = { .name = "capitals", .flow = &flow_answer, .grader = &HAND_GRADER, .prompt = put };

static struct episode *begin(const char *with_prompt)
{
    struct episode *ep = episode_new(&TASK, &LIKELIHOOD, &CAPITAL, 1, 7);

    prompt = with_prompt;
    episode_start(ep);
    return ep;
}

static void test_likelihood_asks_once_for_all_choices_and_grades_the_numbers(void **state)
{
    struct episode *ep = begin("Capital of France:");
    const struct ask *ask = hand_asked(ep, ASK_MODEL, "model");

    (void)state;
    assert_string_equal(ask->continuations->context, "Capital of France:");
    assert_int_equal(ask->continuations->count, 2);
    assert_string_equal(ask->continuations->texts[0], " Rome");
    assert_string_equal(ask->continuations->texts[1], " Paris");
    hand_say(ep, "{\"likelihoods\":[]}");
    assert_string_equal(hand_asked(ep, ASK_GRADE, "grade")->grading.said->text, "{\"likelihoods\":[]}");
    hand_grade(ep, 1, "B");
    assert_int_equal(ep->outcome, OUTCOME_SCORED);
    assert_true(ep->grade.score == 1);
    episode_free(ep);
}

/* Tokenizers hold a blank with the word after it; newlines are blanks too. */
static void test_likelihood_moves_blanks_from_the_prompt_to_the_choices(void **state)
{
    struct episode *ep = begin("Capital of France: \n");
    const struct continuations *asked = hand_asked(ep, ASK_MODEL, "model")->continuations;

    (void)state;
    assert_string_equal(asked->context, "Capital of France:");
    assert_string_equal(asked->texts[1], " \n Paris");
    episode_free(ep);
}

static void test_likelihood_of_an_empty_prompt_is_void(void **state)
{
    struct episode *ep = begin(" \n");

    (void)state;
    hand_assert_void(ep, ORIGIN_HARNESS, "the prompt is empty: there is nothing that a choice could follow");
    episode_free(ep);
}

static void test_likelihood_is_void_when_the_server_gives_none(void **state)
{
    struct episode *ep = begin("Capital of France:");

    (void)state;
    hand_reply(ep, reply_failed(ORIGIN_PROVIDER, "no log-probabilities of the prompt"));
    hand_assert_void(ep, ORIGIN_PROVIDER, "no log-probabilities of the prompt");
    episode_free(ep);
}

/* What is asked is all that makes two asks one: a resume must not take one choice's numbers for another's. */
static void test_likelihood_asks_differ_by_context_and_by_choice(void **state)
{
    struct episode *one = begin("Capital of France:"), *same = begin("Capital of France:");
    struct episode *other = begin("Capital of France: ");

    (void)state;
    assert_string_equal(one->asks[0]->hash, same->asks[0]->hash);
    assert_string_not_equal(one->asks[0]->hash, other->asks[0]->hash);
    episode_free(one);
    episode_free(same);
    episode_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_likelihood_asks_once_for_all_choices_and_grades_the_numbers),
        cmocka_unit_test(test_likelihood_moves_blanks_from_the_prompt_to_the_choices),
        cmocka_unit_test(test_likelihood_of_an_empty_prompt_is_void),
        cmocka_unit_test(test_likelihood_is_void_when_the_server_gives_none),
        cmocka_unit_test(test_likelihood_asks_differ_by_context_and_by_choice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
