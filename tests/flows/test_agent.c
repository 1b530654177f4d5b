#include "tests/flows/hand.h"

#define TURNS_MAX 4

static bool submits(const char *text)
{
    return strncmp(text, "SUBMIT", 6) == 0;
}

static const struct task AGENT = {
    .name = "agent", .flow = &flow_agent, .grader = &HAND_GRADER, .prompt = hand_prompt, .exam = hand_exam,
    .submits = submits, .turns_max = TURNS_MAX,
};

static struct part call(const char *id, const char *arguments)
{
    return (struct part){ .kind = PART_TOOL_CALL, .id = id, .name = "shell", .text = arguments };
}

/* One of the chat's parts, counted over all turns. */
static const struct part *chat_part(const struct chat *chat, size_t n, enum chat_role role)
{
    for (const struct turn *turn = chat->first; turn != NULL; turn = turn->next)
        for (const struct part *part = turn->first; part != NULL; part = part->next)
            if (n-- == 0) {
                assert_int_equal(turn->role, role);
                return part;
            }
    fail_msg("the chat has fewer parts");
    return NULL;
}

static size_t count_parts(const struct chat *chat)
{
    size_t count = 0;

    for (const struct turn *turn = chat->first; turn != NULL; turn = turn->next)
        for (const struct part *part = turn->first; part != NULL; part = part->next)
            count++;
    return count;
}

static void assert_part(const struct episode *ep, size_t n, enum chat_role role, enum part_kind kind, const char *id,
                        const char *text)
{
    const struct part *part = chat_part(ep->chat, n, role);

    assert_int_equal(part->kind, kind);
    assert_string_equal(part->text, text);
    if (id == NULL)
        assert_null(part->id);
    else
        assert_string_equal(part->id, id);
}

/* Its environment is open and the model is asked for the first time. */
static struct episode *opened(const char *greeting)
{
    struct episode *ep = hand_begin(&AGENT);

    assert_string_equal(hand_asked(ep, ASK_ENV, "env")->action->text, "");
    hand_say(ep, greeting);
    hand_asked(ep, ASK_MODEL, "model");
    return ep;
}

static void test_agent_acts_by_text_until_it_submits(void **state)
{
    struct episode *ep = opened("You are in /src.");

    (void)state;
    assert_part(ep, 0, ROLE_USER, PART_TEXT, NULL, "2 + 2?");
    assert_part(ep, 1, ROLE_USER, PART_TEXT, NULL, "You are in /src.");
    hand_say(ep, "ls");
    assert_string_equal(hand_asked(ep, ASK_ENV, "env")->action->text, "ls");
    hand_say(ep, "a.c b.c");
    hand_asked(ep, ASK_MODEL, "model");
    assert_part(ep, 2, ROLE_MODEL, PART_TEXT, NULL, "ls");
    assert_part(ep, 3, ROLE_USER, PART_TEXT, NULL, "a.c b.c");
    hand_say(ep, "SUBMIT 4");
    assert_non_null(hand_asked(ep, ASK_ENV, "exam")->exam);
    hand_say(ep, "all passed");
    const struct grading *grading = &hand_asked(ep, ASK_GRADE, "grade")->grading;
    assert_string_equal(grading->said->text, "SUBMIT 4");
    assert_string_equal(grading->exam->text, "all passed");
    hand_grade(ep, 1, "4");
    assert_int_equal(ep->outcome, OUTCOME_SCORED);
    episode_free(ep);
}

static void test_agent_opened_says_nothing_when_the_environment_does_not(void **state)
{
    struct episode *ep = opened("");

    (void)state;
    assert_int_equal(count_parts(ep->chat), 1);
    episode_free(ep);
}

static void test_agent_is_examined_after_turns_max(void **state)
{
    struct episode *ep = opened("hi");

    (void)state;
    for (int turn = 1; turn < TURNS_MAX; turn++) {
        hand_say(ep, "ls");
        hand_asked(ep, ASK_ENV, "env");
        hand_say(ep, "a.c");
        hand_asked(ep, ASK_MODEL, "model");
    }
    hand_say(ep, "ls");
    hand_asked(ep, ASK_ENV, "exam");
    episode_free(ep);
}

static void test_agent_pairs_results_with_calls_by_id(void **state)
{
    struct episode *ep = opened("hi");
    struct part second = call("c2", "{\"cmd\":\"pwd\"}"), first = call("c1", "{\"cmd\":\"ls\"}");
    struct reply said = reply_empty();

    (void)state;
    first.next = &second;
    said.parts = &first;
    said.stop = STOP_TOOL;
    hand_reply(ep, said);
    assert_int_equal(ep->ask_count, 2);
    assert_string_equal(ep->asks[0]->action->text, "{\"cmd\":\"ls\"}");
    assert_string_equal(ep->asks[1]->action->id, "c2");
    hand_say(ep, "a.c");
    assert_int_equal(ep->ask_open, 1);      /* nothing steps before all are in */
    hand_say(ep, "/src");
    hand_asked(ep, ASK_MODEL, "model");
    assert_part(ep, 2, ROLE_MODEL, PART_TOOL_CALL, "c1", "{\"cmd\":\"ls\"}");
    assert_part(ep, 3, ROLE_MODEL, PART_TOOL_CALL, "c2", "{\"cmd\":\"pwd\"}");
    assert_part(ep, 4, ROLE_USER, PART_TOOL_RESULT, "c1", "a.c");
    assert_part(ep, 5, ROLE_USER, PART_TOOL_RESULT, "c2", "/src");
    assert_string_equal(chat_part(ep->chat, 5, ROLE_USER)->name, "shell");
    episode_free(ep);
}

/* A server refuses a chat in which a call has no result, so those that were not run get one too. */
static void test_agent_answers_calls_beyond_what_one_step_asks(void **state)
{
    struct episode *ep = opened("hi");
    struct part calls[EPISODE_ASKS_MAX + 2];
    struct reply said = reply_empty();

    (void)state;
    for (size_t i = 0; i < EPISODE_ASKS_MAX + 2; i++) {
        calls[i] = call(arena_printf(ep->arena, "c%zu", i), "{}");
        calls[i].next = i + 1 < EPISODE_ASKS_MAX + 2 ? &calls[i + 1] : NULL;
    }
    said.parts = calls;
    hand_reply(ep, said);
    assert_int_equal(ep->ask_count, EPISODE_ASKS_MAX);
    for (size_t i = 0; i < EPISODE_ASKS_MAX; i++)
        hand_say(ep, "done");
    hand_asked(ep, ASK_MODEL, "model");
    assert_int_equal(count_parts(ep->chat), 2 + 2 * (EPISODE_ASKS_MAX + 2));
    assert_part(ep, 2 + 2 * EPISODE_ASKS_MAX + 1, ROLE_USER, PART_TOOL_RESULT, "c15", "done");
    assert_part(ep, 2 + 2 * EPISODE_ASKS_MAX + 2, ROLE_USER, PART_TOOL_RESULT, "c16", "(not run: too many calls at once)");
    assert_part(ep, 2 + 2 * EPISODE_ASKS_MAX + 3, ROLE_USER, PART_TOOL_RESULT, "c17", "(not run: too many calls at once)");
    episode_free(ep);
}

static struct part screenshot(const char *data)
{
    return (struct part){ .kind = PART_IMAGE, .media_type = "image/png", .text = data };
}

/* parts is the whole reply, its text too, which the chat must not hold twice. */
static void test_agent_shows_screenshots_once_with_their_text(void **state)
{
    struct episode *ep = hand_begin(&AGENT);
    struct part image = screenshot("aGk="), text = { .next = &image, .kind = PART_TEXT, .text = "a desktop" };
    struct reply seen = reply_empty();

    (void)state;
    seen.text = "a desktop";
    seen.parts = &text;
    hand_reply(ep, seen);
    assert_part(ep, 1, ROLE_USER, PART_TEXT, NULL, "a desktop");
    assert_part(ep, 2, ROLE_USER, PART_IMAGE, NULL, "aGk=");
    hand_say(ep, "click");
    hand_reply(ep, seen);
    assert_part(ep, 3, ROLE_MODEL, PART_TEXT, NULL, "click");
    assert_part(ep, 4, ROLE_USER, PART_TEXT, NULL, "a desktop");
    assert_part(ep, 5, ROLE_USER, PART_IMAGE, NULL, "aGk=");
    assert_string_equal(chat_part(ep->chat, 5, ROLE_USER)->media_type, "image/png");
    assert_int_equal(count_parts(ep->chat), 6);
    episode_free(ep);
}

static void test_agent_tells_the_model_of_a_timeout(void **state)
{
    struct episode *ep = opened("hi");
    struct part one = call("c1", "{}");
    struct reply said = reply_empty();

    (void)state;
    hand_say(ep, "sleep 1000");
    hand_time_out(ep, "60 s are over");
    hand_asked(ep, ASK_MODEL, "model");
    assert_part(ep, 3, ROLE_USER, PART_TEXT, NULL, "(timed out)");
    said.parts = &one;
    hand_reply(ep, said);
    hand_time_out(ep, "60 s are over");
    assert_part(ep, 5, ROLE_USER, PART_TOOL_RESULT, "c1", "(timed out)");
    episode_free(ep);
}

static void test_agent_is_void_when_opening_times_out(void **state)
{
    struct episode *ep = hand_begin(&AGENT);

    (void)state;
    hand_time_out(ep, "the desktop did not start");
    hand_assert_void(ep, ORIGIN_ENVIRONMENT, "the desktop did not start");
    episode_free(ep);
}

static void test_agent_is_void_when_the_environment_fails(void **state)
{
    struct episode *ep = opened("hi");

    (void)state;
    hand_say(ep, "ls");
    hand_reply(ep, reply_failed(ORIGIN_ENVIRONMENT, "the box is gone"));
    hand_assert_void(ep, ORIGIN_ENVIRONMENT, "the box is gone");
    episode_free(ep);
}

static void test_agent_takes_an_exam_that_times_out(void **state)
{
    struct episode *ep = opened("hi");

    (void)state;
    hand_say(ep, "SUBMIT");
    hand_time_out(ep, "an hour is over");
    assert_int_equal(hand_asked(ep, ASK_GRADE, "grade")->grading.exam->status, REPLY_TIMEOUT);
    episode_free(ep);
}

static void test_agent_keeps_thoughts_and_opaque_parts_as_they_came(void **state)
{
    struct episode *ep = opened("hi");
    struct part text = { .kind = PART_TEXT, .text = "ls" };
    struct part opaque = { .next = &text, .kind = PART_OPAQUE, .name = "anthropic", .text = "{\"signature\": \"x\\u00e9\"}" };
    struct part thought = { .next = &opaque, .kind = PART_REASONING, .text = "let me see\n" };
    struct reply said = reply_empty();

    (void)state;
    said.text = "ls";
    said.reasoning = "let me see\n";
    said.parts = &thought;
    hand_reply(ep, said);
    hand_say(ep, "a.c");
    assert_part(ep, 2, ROLE_MODEL, PART_REASONING, NULL, "let me see\n");
    assert_part(ep, 3, ROLE_MODEL, PART_OPAQUE, NULL, "{\"signature\": \"x\\u00e9\"}");
    assert_string_equal(chat_part(ep->chat, 3, ROLE_MODEL)->name, "anthropic");
    assert_part(ep, 4, ROLE_MODEL, PART_TEXT, NULL, "ls");
    said.parts = NULL;
    hand_reply(ep, said);
    hand_say(ep, "a.c");
    assert_part(ep, 6, ROLE_MODEL, PART_REASONING, NULL, "let me see\n");
    assert_part(ep, 7, ROLE_MODEL, PART_TEXT, NULL, "ls");
    episode_free(ep);
}

/* Neither is a must: such a task ends at its last turn, and its grader reads the model's last words alone. */
static void test_agent_of_a_task_without_submits_and_exam_is_graded_after_turns_max(void **state)
{
    static const struct task PLAIN = {
        .name = "plain", .flow = &flow_agent, .grader = &HAND_GRADER, .prompt = hand_prompt, .turns_max = 2,
    };
    struct episode *ep = hand_begin(&PLAIN);
    const struct grading *grading;

    (void)state;
    hand_say(ep, "hi");
    hand_say(ep, "SUBMIT 5");
    hand_asked(ep, ASK_ENV, "env");
    hand_say(ep, "no such command");
    hand_say(ep, "SUBMIT 4");
    grading = &hand_asked(ep, ASK_GRADE, "grade")->grading;
    assert_string_equal(grading->said->text, "SUBMIT 4");
    assert_null(grading->exam);
    hand_grade(ep, 1, "4");
    assert_int_equal(ep->outcome, OUTCOME_SCORED);
    episode_free(ep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agent_acts_by_text_until_it_submits),
        cmocka_unit_test(test_agent_opened_says_nothing_when_the_environment_does_not),
        cmocka_unit_test(test_agent_is_examined_after_turns_max),
        cmocka_unit_test(test_agent_pairs_results_with_calls_by_id),
        cmocka_unit_test(test_agent_answers_calls_beyond_what_one_step_asks),
        cmocka_unit_test(test_agent_shows_screenshots_once_with_their_text),
        cmocka_unit_test(test_agent_tells_the_model_of_a_timeout),
        cmocka_unit_test(test_agent_is_void_when_opening_times_out),
        cmocka_unit_test(test_agent_is_void_when_the_environment_fails),
        cmocka_unit_test(test_agent_takes_an_exam_that_times_out),
        cmocka_unit_test(test_agent_keeps_thoughts_and_opaque_parts_as_they_came),
        cmocka_unit_test(test_agent_of_a_task_without_submits_and_exam_is_graded_after_turns_max),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
