/*
 * The engine from its first ask to its last outcome: who is asked how often, how many at once, and what ends a run.
 */
#include "tests/script/world.h"

#include <string.h>
#include <sys/resource.h>

#include "harness/base/clock.h"
#include "tests/shim/vfs_shim.h"

#define COUNT_ASKS "SELECT count(*) FROM ask"
#define COUNT_SCORED "SELECT count(*) FROM episode WHERE outcome = 'scored'"
#define COUNT_VOID "SELECT count(*) FROM episode WHERE outcome = 'void'"

static void test_engine_run_scores_every_sample_and_epoch(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, &world_answer, 40, 2);
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.status.expected, 80);
    assert_int_equal(world.status.scored, 80);
    assert_int_equal(world.status.voided, 0);
    assert_int_equal(world.status.live, 0);
    assert_int_equal(world.status.tokens_out, 800);
    assert_int_equal(world.status.cost_nanousd, 80000);
    assert_int_equal(world.model.submitted, 80);
    assert_int_equal(world_number(&world, COUNT_SCORED), 80);
    assert_int_equal(world_number(&world, COUNT_ASKS), 80);
    assert_int_equal(world_number(&world, "SELECT sum(score) FROM grade"), world.status.score_sum);
    assert_int_equal(world.status.score_sum, 54);      /* (n + epoch) % 3 != 0 */
    assert_int_equal(world_number(&world, "SELECT count(DISTINCT request_hash) FROM ask WHERE kind = 'model'"), 80);
    assert_int_equal(world_number(&world, "SELECT count(*) FROM grade"), 80);
    world_fini(&world);
}

static void test_engine_run_does_nothing_when_all_is_done(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, &world_answer, 10, 1);
    assert_end(&world, ENGINE_DONE, world_start(&world));
    const char *rows = world_rows(&world);
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.status.resumed, 10);
    assert_int_equal(world.status.scored, 10);
    assert_int_equal(world.model.submitted, 10);
    assert_string_equal(world_rows(&world), rows);
    world_fini(&world);
}

/* The rows of a run of that task whose runners answer in the order that seed throws. */
static const char *rows_in_order(struct world *world, const struct task *task, uint64_t seed)
{
    world_init(world, task, 40, 2);
    world->model.order.state = world->env.order.state = seed;
    assert_end(world, ENGINE_DONE, world_start(world));
    assert_int_equal(world->status.scored, 80);
    assert_int_equal(world->model.held + world->env.held, 0);
    return world_rows(world);
}

static void check_orders(const struct task *task)
{
    struct world plain, mixed;
    const char *rows = rows_in_order(&plain, task, 0);

    for (uint64_t seed = 1; seed <= 4; seed++) {
        assert_string_equal(rows_in_order(&mixed, task, seed), rows);
        world_fini(&mixed);
    }
    world_fini(&plain);
}

static void test_engine_run_cares_not_who_answers_first(void **state)
{
    (void)state;
    check_orders(&world_answer);
    check_orders(&world_examined);
    check_orders(&world_agent);
}

static void test_engine_run_carries_parts_into_the_chat(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, &world_agent, 40, 2);
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_true(world_number(&world, "SELECT count(*) FROM ask WHERE reply LIKE '%\"image/png\"%'") > 20);
    assert_true(world_number(&world, "SELECT count(*) FROM ask WHERE reply LIKE '%\"status\":\"timeout\"%'") > 2);
    assert_true(world_number(&world, "SELECT count(*) FROM ask WHERE reply LIKE '%\"kind\":\"opaque\"%'") > 20);
    assert_int_equal(world_number(&world, COUNT_SCORED), 80);
    assert_int_equal(world_number(&world, "SELECT count(DISTINCT answer) FROM grade"), 80);
    world_fini(&world);
}

/* Each such byte takes six in JSON, so this reply is larger on paper than the largest that a runner takes. */
static struct reply say_control_characters(struct script *script, struct ask *ask)
{
    const size_t length = 11 * 1024 * 1024;
    struct reply reply = world_model_says(script, ask);
    char *text;

    if (world_sample(ask->episode) != 1)
        return reply;
    text = arena_alloc(ask->episode->arena, length + 1);
    memset(text, '\x01', length);
    text[length] = '\0';
    reply.text = text;
    return reply;
}

static void test_engine_run_makes_void_what_cannot_be_kept(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, &world_answer, 4, 1);
    world.model.say = say_control_characters;
    world.deadline_ms = 1;      /* once is enough: it takes its time */
    assert_end(&world, ENGINE_DRAINED, world_start(&world));
    assert_int_equal(world.status.scored, 3);
    assert_int_equal(world_number(&world, COUNT_VOID " AND origin = 'harness'"
                                  " AND reason = 'the reply is too large to be kept'"), 1);
    world.deadline_ms = 0;
    world.model.say = world_model_says;
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.status.scored, 4);
    assert_int_equal(world_number(&world, "SELECT count(*) FROM ask WHERE json_valid(reply) = 0"), 0);
    world_fini(&world);
}

/* What was seen in flight after any turn. */
static size_t seen_most[ASK_KINDS], live_most;

static void note_most(const struct engine_status *status, void *world)
{
    (void)world;
    for (int i = 0; i < ASK_KINDS; i++)
        if (status->in_flight[i] > seen_most[i])
            seen_most[i] = status->in_flight[i];
    if (status->live > live_most)
        live_most = status->live;
}

static void forget_most(void)
{
    memset(seen_most, 0, sizeof seen_most);
    live_most = 0;
}

static void test_engine_run_keeps_each_kind_under_its_limit(void **state)
{
    static const size_t max[ASK_KINDS] = { 5, 3, 1 };
    struct world world;

    (void)state;
    world_init(&world, &world_agent, 120, 1);
    memcpy(world.in_flight_max, max, sizeof max);
    world.model.order.state = world.env.order.state = 3;
    world.show = note_most;
    forget_most();
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.status.scored, 120);
    assert_int_equal(world.model.held_most, 5);
    assert_int_equal(world.env.held_most, 3);
    assert_int_equal(seen_most[ASK_GRADE], 1);
    assert_true(live_most > 20 && live_most < 80);
    world_fini(&world);
}

/* The graders are asked for all twenty answers while the run drains. */
static void test_engine_run_keeps_the_limit_while_draining(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, &world_answer, 20, 1);
    world.in_flight_max[ASK_GRADE] = 2;
    world.deadline_ms = 1;
    world.show = note_most;
    forget_most();
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.status.scored, 20);
    assert_true(world.status.draining);
    assert_int_equal(seen_most[ASK_GRADE], 2);
    world_fini(&world);
}

static size_t turns;

static void count_turn(const struct engine_status *status, void *shown_to)
{
    (void)status;
    (void)shown_to;
    turns++;
}

static size_t count_turns(int64_t commit_each_ms)
{
    struct world world;

    world_init(&world, &world_agent, 40, 1);
    world.in_flight_max[ASK_MODEL] = 32;
    world.commit_each_ms = commit_each_ms;
    world.model.order.state = world.env.order.state = 3;      /* replies trickle in */
    world.show = count_turn;
    turns = 0;
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.status.scored, 40);
    world_fini(&world);
    return turns;
}

/* Nobody waits for the minute to be over: once nothing more is out, what there is goes to disk. */
static void test_engine_run_joins_what_comes_in_close_together(void **state)
{
    size_t joined = count_turns(60000), each = count_turns(0);

    (void)state;
    print_message("%zu turns joined, %zu by themselves\n", joined, each);
    assert_true(joined * 2 < each);
}

static void test_engine_run_drains_at_the_deadline(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, &world_answer, 40, 1);
    world.in_flight_max[ASK_MODEL] = 8;
    world.deadline_ms = clock_monotonic_ms();
    assert_end(&world, ENGINE_DRAINED, world_start(&world));
    assert_int_equal(world.model.submitted, 8);
    assert_int_equal(world.status.scored, 8);
    assert_int_equal(world_number(&world, COUNT_ASKS), 8);
    world.deadline_ms = 0;
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.model.submitted, 40);
    world_fini(&world);
}

static void test_engine_run_makes_void_what_nobody_plays(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, &world_agent, 10, 1);
    world.model_role = "rival";
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.status.voided, 10);
    assert_int_equal(world.model.submitted, 0);
    assert_int_equal(world_number(&world, COUNT_VOID " AND origin = 'harness'"
                                  " AND reason = 'nobody plays the role \"model\"'"), 10);
    world_fini(&world);
}

/* How much memory this process has had at most. */
static long peak_kb(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static void test_engine_run_takes_5000_episodes_with_1000_in_flight(void **state)
{
    int64_t begun_ms = clock_monotonic_ms();
    struct world world;

    (void)state;
    world_init(&world, &world_answer, 2500, 2);
    world.in_flight_max[ASK_MODEL] = 1000;
    world.show = note_most;
    forget_most();
    assert_end(&world, ENGINE_DONE, world_start(&world));
    print_message("5000 episodes, %zu live and %zu model asks in flight at most: %lld ms, %ld MB at most\n", live_most,
                  world.model.held_most, (long long)(clock_monotonic_ms() - begun_ms), peak_kb() / 1024);
    assert_int_equal(world.status.scored, 5000);
    assert_int_equal(world.model.held_most, 1000);
    assert_true(live_most <= 2 * 1000 + 64);
    assert_true(peak_kb() < 1024 * 1024);
    assert_true(clock_monotonic_ms() - begun_ms < 60000);
    world_fini(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_engine_run_scores_every_sample_and_epoch),
        cmocka_unit_test(test_engine_run_does_nothing_when_all_is_done),
        cmocka_unit_test(test_engine_run_carries_parts_into_the_chat),
        cmocka_unit_test(test_engine_run_cares_not_who_answers_first),
        cmocka_unit_test(test_engine_run_makes_void_what_cannot_be_kept),
        cmocka_unit_test(test_engine_run_keeps_each_kind_under_its_limit),
        cmocka_unit_test(test_engine_run_keeps_the_limit_while_draining),
        cmocka_unit_test(test_engine_run_joins_what_comes_in_close_together),
        cmocka_unit_test(test_engine_run_drains_at_the_deadline),
        cmocka_unit_test(test_engine_run_makes_void_what_nobody_plays),
        cmocka_unit_test(test_engine_run_takes_5000_episodes_with_1000_in_flight),
    };
    struct vfs_shim *shim = vfs_shim_install();      /* syncs do not reach the disk: this is about the engine */
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    vfs_shim_remove(shim);
    return failed;
}
