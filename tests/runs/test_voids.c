/*
 * The engine where the world fails: who is void and tried again, who is set aside until others are heard, and when
 * nobody is answered, so that the run stops.
 */
#include "harness/engine/outage.h"
#include "tests/script/world.h"

#include <string.h>

#include "tests/shim/vfs_shim.h"

#define COUNT_SCORED "SELECT count(*) FROM episode WHERE outcome = 'scored'"
#define COUNT_VOID "SELECT count(*) FROM episode WHERE outcome = 'void'"

static struct reply say_every_tenth_fails(struct script *script, struct ask *ask)
{
    if (world_sample(ask->episode) % 10 == 3)
        return reply_failed(ORIGIN_PROVIDER, "HTTP 500");
    return world_model_says(script, ask);
}

static void test_engine_run_tries_voids_three_times_in_all(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, &world_answer, 40, 1);
    world.model.say = say_every_tenth_fails;
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.status.voided, 4);
    assert_int_equal(world.model.submitted, 44);
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.model.submitted, 48);
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.model.submitted, 48);
    assert_int_equal(world.status.voided, 4);
    assert_int_equal(world.status.scored, 36);
    assert_int_equal(world_number(&world, COUNT_VOID " AND passes = 3 AND origin = 'provider' AND reason = 'HTTP 500'"), 4);
    world_fini(&world);
}

static void test_engine_run_scores_voids_that_come_back(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, &world_answer, 40, 1);
    world.model.say = say_every_tenth_fails;
    assert_end(&world, ENGINE_DONE, world_start(&world));
    world.model.say = world_model_says;
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.status.scored, 40);
    assert_int_equal(world.status.voided, 0);
    assert_int_equal(world_number(&world, COUNT_SCORED " AND passes = 3 AND origin IS NULL AND reason IS NULL"), 4);
    world_fini(&world);
}

static struct reply say_every_fourth_fails(struct script *script, struct ask *ask)
{
    if (world_sample(ask->episode) % 4 == 3)
        return reply_failed(ORIGIN_PROVIDER, "refused by a filter");
    return world_model_says(script, ask);
}

/* In the second chance they all come one after the other, which is no outage. */
static void test_engine_run_is_not_stopped_by_a_few_that_never_answer(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, &world_answer, 40, 1);
    world.model.say = say_every_fourth_fails;
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.status.voided, 10);
    assert_int_equal(world_number(&world, COUNT_VOID " AND passes = 2"), 10);
    world_fini(&world);
}

static struct reply say_nothing_works(struct script *script, struct ask *ask)
{
    (void)script;
    (void)ask;
    return reply_failed(ORIGIN_PROVIDER, "connection refused");
}

static void test_engine_run_stops_at_an_outage(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, &world_answer, 40, 1);
    world.model.say = say_nothing_works;
    world.in_flight_max[ASK_MODEL] = 4;
    assert_end(&world, ENGINE_OUTAGE, world_start(&world));
    assert_int_equal(world.err.code, EXIT_UNAVAILABLE);
    assert_non_null(strstr(world.err.text, "connection refused"));
    assert_true(world.model.submitted >= UNANSWERED_IN_A_ROW_MAX && world.model.submitted < 20);
    assert_int_equal(world_number(&world, COUNT_VOID), 0);      /* an outage is nobody's void, and costs no pass */
    world.model.say = world_model_says;
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.status.scored, 40);
    assert_int_equal(world_number(&world, "SELECT count(*) FROM episode WHERE passes <> 1"), 0);
    world_fini(&world);
}

static struct reply say_all_fail_by_turns(struct script *script, struct ask *ask)
{
    (void)script;
    return reply_failed(world_sample(ask->episode) % 5 == 0 ? ORIGIN_ENVIRONMENT : ORIGIN_PROVIDER, "one of the two");
}

static void test_engine_run_counts_only_the_providers_voids_as_an_outage(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, &world_answer, 40, 1);
    world.model.say = say_all_fail_by_turns;
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.status.voided, 40);
    world_fini(&world);
}

static int failing_from, failing_below;      /* samples that the provider fails */
static bool nobody_is_there;                  /* and whether it lets anybody in */

static struct reply say_some_fail(struct script *script, struct ask *ask)
{
    int n = world_sample(ask->episode);
    struct reply reply = reply_failed(ORIGIN_PROVIDER, nobody_is_there ? "connection refused" : "HTTP 500");

    reply.cause = nobody_is_there ? CAUSE_NOBODY : CAUSE_SERVER;
    return n >= failing_from && n < failing_below ? reply : world_model_says(script, ask);
}

static void begin_failing(struct world *world, size_t count, int from, int below)
{
    world_init(world, &world_answer, count, 1);
    world->model.say = say_some_fail;
    failing_from = from;
    failing_below = below;
    nobody_is_there = false;
}

/* One fewer than an outage, then an answer: they were out of luck by themselves. */
static void test_engine_run_makes_void_who_fails_while_others_are_answered(void **state)
{
    struct world world;

    (void)state;
    begin_failing(&world, 40, 0, UNANSWERED_IN_A_ROW_MAX - 1);
    world.in_flight_max[ASK_MODEL] = 1;
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.status.voided, UNANSWERED_IN_A_ROW_MAX - 1);
    assert_int_equal(world.status.scored, 40 - (UNANSWERED_IN_A_ROW_MAX - 1));
    assert_int_equal(world_number(&world, COUNT_VOID " AND passes = 2 AND reason = 'HTTP 500'"),
                     UNANSWERED_IN_A_ROW_MAX - 1);
    world_fini(&world);
}

static struct reply say_nobody_is_left_from_20(struct script *script, struct ask *ask)
{
    nobody_is_there = world_sample(ask->episode) >= 20;
    failing_below = nobody_is_there ? 40 : UNANSWERED_IN_A_ROW_MAX - 1;
    return say_some_fail(script, ask);
}

/* The outage takes back its own five, and not those whom an answer has parted from it. */
static void test_engine_run_counts_to_an_outage_who_failed_after_the_last_answer(void **state)
{
    struct world world;

    (void)state;
    begin_failing(&world, 40, 0, 0);
    world.model.say = say_nobody_is_left_from_20;
    world.in_flight_max[ASK_MODEL] = 1;
    assert_end(&world, ENGINE_OUTAGE, world_start(&world));
    assert_int_equal(world_number(&world, COUNT_VOID " AND reason = 'HTTP 500'"), UNANSWERED_IN_A_ROW_MAX - 1);
    assert_int_equal(world_number(&world, COUNT_VOID), UNANSWERED_IN_A_ROW_MAX - 1);
    assert_int_equal(world.status.scored, 20 - (UNANSWERED_IN_A_ROW_MAX - 1));
    world_fini(&world);
}

/* Five in a row are enough, though all that came before was answered. */
static void test_engine_run_stops_when_nobody_is_there_in_mid_run(void **state)
{
    struct world world;

    (void)state;
    begin_failing(&world, 40, 20, 40);
    nobody_is_there = true;
    world.in_flight_max[ASK_MODEL] = 1;
    assert_end(&world, ENGINE_OUTAGE, world_start(&world));
    assert_int_equal(world.err.code, EXIT_UNAVAILABLE);
    assert_int_equal(world.status.scored, 20);
    assert_int_equal(world.model.submitted, 20 + UNANSWERED_IN_A_ROW_MAX);
    assert_int_equal(world_number(&world, COUNT_VOID), 0);
    failing_below = 0;
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.model.submitted, 40 + UNANSWERED_IN_A_ROW_MAX);
    assert_int_equal(world_number(&world, COUNT_SCORED " AND passes = 1"), 40);
    world_fini(&world);
}

/* With all in flight nothing is left that a stop could save: void, unless nobody is there. */
static void test_engine_run_makes_void_who_fails_at_the_tail(void **state)
{
    struct world world;

    (void)state;
    begin_failing(&world, 20, 8, 20);
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.status.scored, 8);
    assert_int_equal(world.status.voided, 12);
    assert_int_equal(world_number(&world, COUNT_VOID " AND origin = 'provider'"), 12);
    world_fini(&world);
    begin_failing(&world, 20, 8, 20);
    nobody_is_there = true;
    assert_end(&world, ENGINE_OUTAGE, world_start(&world));
    assert_int_equal(world.err.code, EXIT_UNAVAILABLE);
    assert_int_equal(world_number(&world, COUNT_VOID), 0);
    world_fini(&world);
}

/* Six are void; when they come again nobody is there, which must not cost them a chance. */
static void test_engine_run_stops_when_nobody_is_there_in_the_second_chance(void **state)
{
    struct world world;

    (void)state;
    begin_failing(&world, 40, 0, 6);
    world.deadline_ms = 1;      /* all are asked once, and the second chance waits for another start */
    assert_end(&world, ENGINE_DRAINED, world_start(&world));
    assert_int_equal(world_number(&world, COUNT_VOID " AND passes = 1"), 6);
    world.deadline_ms = 0;
    nobody_is_there = true;
    assert_end(&world, ENGINE_OUTAGE, world_start(&world));
    assert_int_equal(world.err.code, EXIT_UNAVAILABLE);
    failing_below = 0;
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.status.scored, 40);
    assert_int_equal(world_number(&world, COUNT_SCORED " AND passes = 2"), 6);
    world_fini(&world);
}

/* As a model runner does that rests: what waits for another try is given up. */
static struct reply say_every_second_is_given_up(struct script *script, struct ask *ask)
{
    struct reply reply = world_model_says(script, ask);

    if (world_sample(ask->episode) % 2 == 1)
        reply = (struct reply){ .status = REPLY_NONE, .text = "" };
    return reply;
}

static void check_given_up(const struct task *task, size_t count)
{
    struct world world, peaceful;

    world_init(&peaceful, task, count, 1);
    assert_end(&peaceful, ENGINE_DONE, world_start(&peaceful));
    world_init(&world, task, count, 1);
    world.model.say = say_every_second_is_given_up;
    world.deadline_ms = 1;
    assert_end(&world, ENGINE_DRAINED, world_start(&world));
    assert_int_equal(world_number(&world, COUNT_VOID), 0);
    assert_int_equal(world_number(&world, "SELECT count(*) FROM ask a JOIN episode e ON e.id = a.episode JOIN sample s"
                                  " ON s.id = e.sample WHERE a.kind = 'model' AND substr(s.name, 2) % 2 = 1"), 0);
    world.deadline_ms = 0;
    world.model.say = world_model_says;
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.status.scored, count);
    assert_string_equal(world_rows(&world), world_rows(&peaceful));
    world_fini(&world);
    world_fini(&peaceful);
}

static void test_engine_run_parks_whose_ask_is_given_up(void **state)
{
    (void)state;
    check_given_up(&world_answer, 20);
}

static bool is_mended;

/* The first five are turned down by both, and the next shows that the model serves some. */
static struct reply turn_down_the_first(struct script *script, struct ask *ask)
{
    struct reply reply = reply_failed(ORIGIN_HARNESS, arena_printf(ask->episode->arena, "%s: no such field", ask->role));
    int n = world_sample(ask->episode);

    reply.cause = n < UNANSWERED_IN_A_ROW_MAX ? CAUSE_REFUSED : CAUSE_UNTOLD;
    if (is_mended || n > UNANSWERED_IN_A_ROW_MAX || (reply.cause == CAUSE_UNTOLD && strcmp(ask->role, "model") == 0))
        return world_model_says(script, ask);
    return reply;
}

static void test_engine_run_accuses_every_place_that_was_asked_at_once(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, &world_battle, 40, 1);
    world.model.say = world.rival.say = turn_down_the_first;
    world.in_flight_max[ASK_MODEL] = 2 * (UNANSWERED_IN_A_ROW_MAX + 1);
    is_mended = false;
    assert_end(&world, ENGINE_REFUSAL, world_start(&world));
    assert_string_equal(world.err.text, "the rival: rival: no such field");
    assert_int_equal(world_number(&world, COUNT_VOID), 1);
    is_mended = true;
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world_number(&world, COUNT_SCORED), 40);
    world_fini(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_engine_run_accuses_every_place_that_was_asked_at_once),
        cmocka_unit_test(test_engine_run_tries_voids_three_times_in_all),
        cmocka_unit_test(test_engine_run_scores_voids_that_come_back),
        cmocka_unit_test(test_engine_run_is_not_stopped_by_a_few_that_never_answer),
        cmocka_unit_test(test_engine_run_stops_at_an_outage),
        cmocka_unit_test(test_engine_run_counts_only_the_providers_voids_as_an_outage),
        cmocka_unit_test(test_engine_run_makes_void_who_fails_while_others_are_answered),
        cmocka_unit_test(test_engine_run_counts_to_an_outage_who_failed_after_the_last_answer),
        cmocka_unit_test(test_engine_run_stops_when_nobody_is_there_in_mid_run),
        cmocka_unit_test(test_engine_run_makes_void_who_fails_at_the_tail),
        cmocka_unit_test(test_engine_run_stops_when_nobody_is_there_in_the_second_chance),
        cmocka_unit_test(test_engine_run_parks_whose_ask_is_given_up),
    };
    struct vfs_shim *shim = vfs_shim_install();      /* syncs do not reach the disk: this is about the engine */
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    vfs_shim_remove(shim);
    return failed;
}
