#include "asked.h"

static step_fn first, second, random_first;
static const struct step FIRST = { .name = "first", .run = first };
static const struct step SECOND = { .name = "second", .run = second };
static const struct step PATIENT = { .name = "patient", .run = second, .takes_timeouts = true };
static const struct step RANDOM = { .name = "random", .run = random_first };
static const struct flow FLOW = { .name = "two", .state_size = 64, .first = &FIRST };
static const struct flow RANDOM_FLOW = { .name = "random", .state_size = sizeof(uint64_t), .first = &RANDOM };
static const struct task TASK = { .name = "two", .flow = &FLOW, .prompt = asked_prompt, .exam = asked_exam,
                                  .grader = &ASKED_GRADER };
static const struct task OTHER_TASK = { .name = "other", .flow = &RANDOM_FLOW, .prompt = asked_prompt };
static const struct task RANDOM_TASK = { .name = "random", .flow = &RANDOM_FLOW, .prompt = asked_prompt };

/* One ask of each kind that needs no reply. */
static const struct step *first(struct episode *ep)
{
    ask_model(ep, "model");
    ask_env(ep, "env", &(struct part){ .kind = PART_TEXT, .text = "ls" });
    ask_exam(ep);
    return strcmp(ep->sample->id, "patient") == 0 ? &PATIENT : &SECOND;
}

static const struct step *second(struct episode *ep)
{
    assert_int_equal(ep->heard_count, 3);
    episode_score(ep, episode_reply(ep, 2));
    return NULL;
}

static const struct step *random_first(struct episode *ep)
{
    *(uint64_t *)episode_state(ep) = episode_random(ep, UINT64_MAX);
    ask_model(ep, "model");
    return &SECOND;
}

static struct episode *begun(const char *id)
{
    static struct sample sample;

    sample = ASKED_SAMPLE;
    sample.id = id;
    struct episode *ep = episode_new(&TASK, &ASKED_PROFILE, &sample, 1, 7);
    episode_start(ep);
    return ep;
}

static void test_episode_start_makes_the_prompt_and_asks(void **state)
{
    struct episode *ep = begun("s1");

    (void)state;
    assert_string_equal(ep->chat->first->first->text, "2 + 2?");
    assert_string_equal(ep->target, "4");
    assert_int_equal(ep->ask_count, 3);
    assert_int_equal(ep->ask_open, 3);
    assert_string_equal(ep->step->name, "second");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(ep->asks[i]->ordinal, i);
        assert_int_equal(strlen(ep->asks[i]->hash), 64);
        assert_ptr_equal(ep->asks[i]->episode, ep);
    }
    assert_string_equal(ep->asks[2]->role, "exam");
    assert_int_equal(ep->asks[2]->exam->timeout_ms, 5);
    episode_free(ep);
}

static void test_episode_state_is_zeroed(void **state)
{
    struct episode *ep = begun("s1");
    const char *bytes = episode_state(ep);

    (void)state;
    for (int i = 0; i < 64; i++)
        assert_int_equal(bytes[i], 0);
    episode_free(ep);
}

static void test_episode_step_hands_on_replies_in_the_order_asked(void **state)
{
    struct episode *ep = begun("s1");

    (void)state;
    ep->asks[0]->reply.text = "zero";
    ep->asks[2]->reply.grade.score = 0.5;
    ep->ask_open = 0;
    episode_step(ep);
    assert_string_equal(episode_reply(ep, 0)->text, "zero");
    assert_int_equal(ep->outcome, OUTCOME_SCORED);
    assert_true(ep->grade.score == 0.5);
    assert_null(ep->step);
    episode_free(ep);
}

static void test_episode_step_is_void_by_the_first_failure(void **state)
{
    struct episode *ep = begun("s1");

    (void)state;
    ep->asks[1]->reply = reply_failed(ORIGIN_ENVIRONMENT, "no box");
    ep->asks[2]->reply = reply_failed(ORIGIN_HARNESS, "nobody");
    ep->ask_open = 0;
    episode_step(ep);
    assert_int_equal(ep->outcome, OUTCOME_VOID);
    assert_int_equal(ep->origin, ORIGIN_ENVIRONMENT);
    assert_string_equal(ep->reason, "no box");
    episode_free(ep);
}

static void end_late(struct episode *ep)
{
    ep->asks[1]->reply.status = REPLY_TIMEOUT;
    ep->asks[1]->reply.origin = ORIGIN_ENVIRONMENT;
    ep->ask_open = 0;
    episode_step(ep);
}

static void test_episode_step_takes_timeouts_where_the_step_does(void **state)
{
    struct episode *ep = begun("s1");

    (void)state;
    end_late(ep);
    assert_int_equal(ep->outcome, OUTCOME_VOID);
    assert_string_equal(ep->reason, "no reason given");
    episode_free(ep);
    ep = begun("patient");
    end_late(ep);
    assert_int_equal(ep->outcome, OUTCOME_SCORED);
    episode_free(ep);
}

struct luck { uint64_t number, seed; };

static struct luck draw(const struct task *task, const char *id, int epoch, uint64_t run_seed)
{
    struct sample sample = ASKED_SAMPLE;
    struct luck luck;

    sample.id = id;
    struct episode *ep = episode_new(task, &ASKED_PROFILE, &sample, epoch, run_seed);
    episode_start(ep);
    luck = (struct luck){ .number = *(uint64_t *)episode_state(ep), .seed = ep->asks[0]->seed };
    episode_free(ep);
    return luck;
}

static void test_episode_random_is_fixed_by_seed_task_sample_and_epoch(void **state)
{
    const struct luck luck[] = {
        draw(&RANDOM_TASK, "a", 1, 7), draw(&RANDOM_TASK, "a", 1, 8), draw(&RANDOM_TASK, "a", 2, 7),
        draw(&RANDOM_TASK, "b", 1, 7), draw(&OTHER_TASK, "a", 1, 7),
    };
    struct luck again = draw(&RANDOM_TASK, "a", 1, 7);

    (void)state;
    assert_true(again.number == luck[0].number && again.seed == luck[0].seed);
    for (size_t i = 0; i < sizeof luck / sizeof *luck; i++)
        for (size_t k = 0; k < i; k++)
            assert_true(luck[i].number != luck[k].number && luck[i].seed != luck[k].seed);
}

static void test_ask_grade_marks_what_the_words_were(void **state)
{
    struct episode *ep = begun("s1");
    struct reply said = reply_empty();
    char loop[700];

    (void)state;
    memset(loop, 'x', sizeof loop - 1);
    loop[sizeof loop - 1] = '\0';
    said.text = loop;
    ask_grade(ep, &said, NULL);
    assert_false(ep->truncated || ep->loop || ep->refused);      /* a model may end so of its own will */
    said.stop = STOP_LENGTH;
    ask_grade(ep, &said, NULL);
    assert_true(ep->truncated && ep->loop);
    said.text = "";
    said.reasoning = loop;
    ask_grade(ep, &said, NULL);
    assert_true(ep->loop);
    said.reasoning = "short";
    ask_grade(ep, &said, NULL);
    assert_true(ep->truncated && !ep->loop);
    episode_free(ep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_episode_start_makes_the_prompt_and_asks),
        cmocka_unit_test(test_episode_state_is_zeroed),
        cmocka_unit_test(test_episode_step_hands_on_replies_in_the_order_asked),
        cmocka_unit_test(test_episode_step_is_void_by_the_first_failure),
        cmocka_unit_test(test_episode_step_takes_timeouts_where_the_step_does),
        cmocka_unit_test(test_episode_random_is_fixed_by_seed_task_sample_and_epoch),
        cmocka_unit_test(test_ask_grade_marks_what_the_words_were),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
