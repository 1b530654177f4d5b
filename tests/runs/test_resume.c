/*
 * A run that was stopped goes on: what is on paper is not paid for again, boxes are made anew and must say the same, and
 * in the end the store holds the very rows of a run that nobody stopped.
 */
#include "tests/script/world.h"

#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "harness/base/redact.h"
#include "tests/shim/vfs_shim.h"

#define SAMPLES 16
#define COUNT_SCORED "SELECT count(*) FROM episode WHERE outcome = 'scored'"
#define SUM_RESTARTS "SELECT sum(restarts) FROM episode"

/* SIGINT and SIGTERM come through a descriptor, as in the program. */
static int open_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/* Interrupts the run when the model has answered so often. */
static size_t interrupt_at;

static struct reply say_and_interrupt(struct script *script, struct ask *ask)
{
    if (script->answered == interrupt_at)
        raise(SIGINT);
    return world_model_says(script, ask);
}

/* What a run asks that nobody stops. */
struct undisturbed { size_t model_asks, env_asks; };

static void run_undisturbed(struct undisturbed *run, const struct task *task, const char *lie)
{
    struct world world;

    world_init(&world, task, SAMPLES, 1);
    world.lie = lie;
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.status.scored, SAMPLES);
    *run = (struct undisturbed){ .model_asks = world.model.submitted, .env_asks = world.env.submitted };
    world_fini(&world);
}

/* A run stopped when the model has answered so often. */
static void start_and_stop(struct world *world, const struct task *task, size_t at)
{
    world_init(world, task, SAMPLES, 1);
    world->signal_fd = open_signals();
    world->model.say = say_and_interrupt;
    interrupt_at = at;
    assert_end(world, ENGINE_DRAINED, world_start(world));
    assert_true(world->status.scored < SAMPLES);
    world->model.say = world_model_says;
}

static void end(struct world *world)
{
    close(world->signal_fd);
    world_fini(world);
}

/* The world's rows are those of a run that nobody stopped. */
static void check_rows(struct world *world, const struct task *task, const char *lie)
{
    struct world other;

    world_init(&other, task, SAMPLES, 1);
    other.lie = lie;
    assert_end(&other, ENGINE_DONE, world_start(&other));
    assert_string_equal(world_rows(world), world_rows(&other));
    world_fini(&other);
}

static void test_resume_asks_no_model_twice(void **state)
{
    struct undisturbed whole;

    (void)state;
    run_undisturbed(&whole, &world_agent, NULL);
    for (size_t at = 1; at < whole.model_asks - 1; at += 7) {
        struct world world;
        start_and_stop(&world, &world_agent, at);
        size_t before = world.model.submitted;
        assert_true(before < whole.model_asks);
        assert_end(&world, ENGINE_DONE, world_start(&world));
        assert_int_equal(world.model.submitted, whole.model_asks);
        assert_true(world.env.submitted > whole.env_asks);      /* boxes were made anew */
        assert_int_equal(world.status.restarts, 0);
        assert_int_equal(world_number(&world, SUM_RESTARTS), 0);
        check_rows(&world, &world_agent, NULL);
        end(&world);
    }
}

static void test_resume_holds_parked_exams(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, &world_examined, SAMPLES, 1);
    world.signal_fd = open_signals();
    interrupt_at = 1;      /* in the first turn, in which all are answered: all but one exam wait when it is seen */
    world.model.say = say_and_interrupt;
    world.in_flight_max[ASK_ENV] = 1;
    assert_end(&world, ENGINE_DRAINED, world_start(&world));
    assert_int_equal(world.model.submitted, SAMPLES);
    assert_int_equal(world.env.submitted, 1);
    world.model.say = world_model_says;
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.model.submitted, SAMPLES);
    assert_int_equal(world.env.submitted, SAMPLES);
    check_rows(&world, &world_examined, NULL);
    end(&world);
}

/* What was thrown away was paid for: each reply of the model costs 1,000, and each stands in some episode's sum. */
static void check_paid(struct world *world)
{
    assert_int_equal(world_number(world, "SELECT sum(cost_nanousd) FROM episode"), 1000 * world->model.submitted);
}

static void test_resume_starts_over_when_the_box_says_something_else(void **state)
{
    struct undisturbed whole;
    struct world world, other;

    (void)state;
    run_undisturbed(&whole, &world_agent, "other ");
    start_and_stop(&world, &world_agent, 1);
    size_t before = world.model.submitted;
    world.lie = "other ";
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.status.restarts, SAMPLES);
    assert_int_equal(world_number(&world, COUNT_SCORED " AND restarts = 1"), SAMPLES);
    assert_int_equal(world.model.submitted - before, whole.model_asks);     /* none in vain */
    check_paid(&world);
    world_init(&other, &world_agent, SAMPLES, 1);
    other.lie = "other ";
    assert_end(&other, ENGINE_DONE, world_start(&other));
    assert_string_equal(world_rows_unpaid(&world), world_rows_unpaid(&other));
    world_fini(&other);
    end(&world);
}

/* The question has changed under the run: what the model said before answers another. */
static void test_resume_starts_over_when_hashes_differ(void **state)
{
    struct undisturbed whole;
    struct world world;

    (void)state;
    run_undisturbed(&whole, &world_agent, NULL);
    start_and_stop(&world, &world_agent, 1);
    size_t before = world.model.submitted;
    world.samples[3].input = "What is it?";
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.status.restarts, 1);
    assert_int_equal(world_number(&world, COUNT_SCORED " AND restarts = 1"), 1);
    assert_int_equal(world.status.scored, SAMPLES);
    assert_int_equal(world.model.submitted, whole.model_asks + 1);     /* the one reply that no longer fitted */
    assert_true(world.model.submitted > before);
    check_paid(&world);
    end(&world);
}

static int failures_left;

static struct reply say_third_fails(struct script *script, struct ask *ask)
{
    if (world_sample(ask->episode) == 3 && failures_left-- > 0)
        return reply_failed(ORIGIN_PROVIDER, "HTTP 500");
    return world_model_says(script, ask);
}

/* One that started over, became void and was tried again, all in one start, has started over all the same. */
static void test_resume_counts_a_restart_before_a_void(void **state)
{
    struct world world;

    (void)state;
    start_and_stop(&world, &world_agent, 1);
    world.samples[3].input = "What is it?";
    world.model.say = say_third_fails;
    failures_left = 1;
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.status.restarts, 1);
    assert_int_equal(world_number(&world, COUNT_SCORED " AND passes = 2 AND restarts = 1"), 1);
    assert_int_equal(world_number(&world, SUM_RESTARTS), 1);
    end(&world);
}

static bool box_is_down;

static struct reply say_box_is_down(struct script *script, struct ask *ask)
{
    return box_is_down ? reply_failed(ORIGIN_ENVIRONMENT, "no box could be made") : world_env_says(script, ask);
}

/* A box that fails says nothing about what was seen in it: what is paid for must outlive the failure. */
static void test_resume_keeps_its_paper_when_boxes_fail(void **state)
{
    struct undisturbed whole;
    struct world world;

    (void)state;
    run_undisturbed(&whole, &world_agent, NULL);
    start_and_stop(&world, &world_agent, whole.model_asks / 2);
    world.env.say = say_box_is_down;
    box_is_down = true;
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_true(world.status.voided > 0);
    box_is_down = false;
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.status.scored, SAMPLES);
    assert_int_equal(world_number(&world, SUM_RESTARTS), 0);
    assert_int_equal(world.model.submitted, whole.model_asks);
    end(&world);
}

static struct reply say_second_turns_fail(struct script *script, struct ask *ask)
{
    if (world_sample(ask->episode) % 6 == 2 && ask->ordinal > 2 && failures_left-- > 0)
        return reply_failed(ORIGIN_PROVIDER, "HTTP 500");
    return world_model_says(script, ask);
}

static void test_resume_asks_again_what_failed(void **state)
{
    struct undisturbed whole;
    struct world world;

    (void)state;
    run_undisturbed(&whole, &world_agent, NULL);
    world_init(&world, &world_agent, SAMPLES, 1);
    world.model.say = say_second_turns_fail;
    failures_left = 3;
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.status.scored, SAMPLES);
    assert_int_equal(world.model.submitted, whole.model_asks + 3);
    assert_int_equal(world_number(&world, COUNT_SCORED " AND passes = 2"), 3);
    assert_int_equal(world_number(&world, SUM_RESTARTS), 0);
    world_fini(&world);
}

static struct reply say_bytes(struct script *script, struct ask *ask)
{
    struct reply reply = world_env_says(script, ask);

    reply.text = arena_printf(ask->episode->arena, "\x89PNG\xff sesame-open %s", reply.text);
    return reply;
}

static void test_resume_fits_what_is_no_text_and_what_is_secret(void **state)
{
    struct world world;

    (void)state;
    redact_register("KEY", "sesame-open");
    world_init(&world, &world_agent, SAMPLES, 1);
    world.signal_fd = open_signals();
    world.env.say = say_bytes;
    world.model.say = say_and_interrupt;
    interrupt_at = SAMPLES + 3;
    assert_end(&world, ENGINE_DRAINED, world_start(&world));
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.status.scored, SAMPLES);
    assert_int_equal(world_number(&world, SUM_RESTARTS), 0);
    assert_int_equal(world_number(&world, "SELECT count(*) FROM ask WHERE reply LIKE '%sesame-open%'"), 0);
    redact_forget_all();
    end(&world);
}

static void run_sql(const struct world *world, const char *sql)
{
    sqlite3 *db = NULL;
    char *why = NULL;

    assert_int_equal(sqlite3_open(world->path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s", why);
    sqlite3_close(db);
}

/* As a crash leaves it between the verdict and the outcome. */
#define UNFINISH "UPDATE episode SET state = 'started', outcome = NULL, grade = NULL, ended_ms = NULL; DELETE FROM grade"

static void test_resume_takes_verdicts_from_paper(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, &world_answer, SAMPLES, 1);
    assert_end(&world, ENGINE_DONE, world_start(&world));
    run_sql(&world, UNFINISH);
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.status.scored, SAMPLES);
    assert_int_equal(world.model.submitted, SAMPLES);
    check_rows(&world, &world_answer, NULL);
    world_fini(&world);
}

/* After a better reader an unfinished run grades anew, and pays for no model. */
static void test_resume_grades_anew_by_a_new_version(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, &world_answer, SAMPLES, 1);
    assert_end(&world, ENGINE_DONE, world_start(&world));
    run_sql(&world, UNFINISH);
    struct profile profile = *world.work.profile;
    struct reader reader = *profile.reader;
    reader.version++;
    profile.reader = &reader;
    world.work.profile = &profile;
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.model.submitted, SAMPLES);
    assert_int_equal(world.status.restarts, 0);
    assert_int_equal(world.status.scored, SAMPLES);
    world_fini(&world);
}

static void interrupt_each_turn(const struct engine_status *status, void *world)
{
    (void)status;
    (void)world;
    raise(SIGINT);
}

static void test_engine_run_drops_its_calls_at_a_second_interrupt(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, &world_answer, SAMPLES, 1);
    world.signal_fd = open_signals();
    world.model.silent = true;
    world.show = interrupt_each_turn;
    assert_end(&world, ENGINE_INTERRUPTED, world_start(&world));
    assert_int_equal(world.model.dropped, SAMPLES);
    assert_int_equal(world.status.scored, 0);
    world.model.silent = false;
    world.show = NULL;
    assert_end(&world, ENGINE_DONE, world_start(&world));
    check_rows(&world, &world_answer, NULL);
    end(&world);
}

/* SIGINT and SIGTERM at once are two. */
static struct reply say_and_interrupt_twice(struct script *script, struct ask *ask)
{
    if (script->answered == interrupt_at)
        raise(SIGTERM);
    return say_and_interrupt(script, ask);
}

/* What came in before is on disk. */
static void test_engine_run_keeps_what_came_in_before_the_second_interrupt(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, &world_answer, SAMPLES, 1);
    world.signal_fd = open_signals();
    interrupt_at = 1;
    world.model.say = say_and_interrupt_twice;
    assert_end(&world, ENGINE_INTERRUPTED, world_start(&world));
    assert_int_equal(world_number(&world, "SELECT count(*) FROM ask WHERE kind = 'model'"), SAMPLES);
    world.model.say = world_model_says;
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.model.submitted, SAMPLES);
    check_rows(&world, &world_answer, NULL);
    end(&world);
}

static void test_engine_run_asks_nothing_after_an_early_interrupt(void **state)
{
    struct world world;

    (void)state;
    world_init(&world, &world_answer, SAMPLES, 1);
    world.signal_fd = open_signals();
    raise(SIGINT);
    assert_end(&world, ENGINE_DRAINED, world_start(&world));
    assert_int_equal(world.model.submitted, 0);
    end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resume_asks_no_model_twice),
        cmocka_unit_test(test_resume_holds_parked_exams),
        cmocka_unit_test(test_resume_starts_over_when_the_box_says_something_else),
        cmocka_unit_test(test_resume_starts_over_when_hashes_differ),
        cmocka_unit_test(test_resume_counts_a_restart_before_a_void),
        cmocka_unit_test(test_resume_keeps_its_paper_when_boxes_fail),
        cmocka_unit_test(test_resume_asks_again_what_failed),
        cmocka_unit_test(test_resume_fits_what_is_no_text_and_what_is_secret),
        cmocka_unit_test(test_resume_takes_verdicts_from_paper),
        cmocka_unit_test(test_resume_grades_anew_by_a_new_version),
        cmocka_unit_test(test_engine_run_asks_nothing_after_an_early_interrupt),
        cmocka_unit_test(test_engine_run_drops_its_calls_at_a_second_interrupt),
        cmocka_unit_test(test_engine_run_keeps_what_came_in_before_the_second_interrupt),
    };
    struct vfs_shim *shim = vfs_shim_install();      /* syncs do not reach the disk: this is about the engine */
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    vfs_shim_remove(shim);
    return failed;
}
