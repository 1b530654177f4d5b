/*
 * Who asks for a stop gets that, though the provider may fail meanwhile; unless that was found before.
 */
#include "tests/script/world.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "harness/engine/outage.h"
#include "tests/shim/vfs_shim.h"

#define COUNT_VOID "SELECT count(*) FROM episode WHERE outcome = 'void'"
#define MANY (UNANSWERED_IN_A_ROW_MAX + 3)
#define FEW (UNANSWERED_IN_A_ROW_MAX - 2)

static int open_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static size_t interrupt_at;     /* so many are answered then */
static bool pauses;             /* the signal is seen before anything else comes in */

static struct reply say_nobody_is_there(struct script *script, struct ask *ask)
{
    struct reply reply = reply_failed(ORIGIN_PROVIDER, "connection refused");

    (void)ask;
    reply.cause = CAUSE_NOBODY;
    if (script->answered == interrupt_at) {
        raise(SIGINT);
        script->silent = pauses;
    }
    return reply;
}

static void let_it_answer(const struct engine_status *status, void *shown_to)
{
    (void)status;
    ((struct world *)shown_to)->model.silent = false;
}

/* A provider that is not there, and an interrupt when so many were not answered. */
static enum engine_end start(struct world *world, size_t samples, size_t at)
{
    world_init(world, &world_answer, samples, 1);
    world->signal_fd = open_signals();
    world->model.say = say_nobody_is_there;
    world->show = let_it_answer;
    interrupt_at = at;
    return world_start(world);
}

/* Nobody was judged, so that none has lost a chance. */
static void check_goes_on(struct world *world, size_t samples)
{
    assert_int_equal(world->status.voided, 0);
    assert_int_equal(world_number(world, COUNT_VOID), 0);
    world->model.say = world_model_says;
    assert_int_equal(ENGINE_DONE, world_start(world));
    assert_int_equal(samples, world->status.scored);
    assert_int_equal(0, world_number(world, "SELECT count(*) FROM episode WHERE passes <> 1"));
    close(world->signal_fd);
    world_fini(world);
}

static void test_engine_run_finds_no_outage_after_an_interrupt(void **state)
{
    struct world world;

    (void)state;
    pauses = true;
    assert_int_equal(ENGINE_DRAINED, start(&world, MANY, 1));
    assert_int_equal(MANY, world.model.answered);
    assert_int_equal(STOPPING_WISH, world.status.stopping);
    check_goes_on(&world, MANY);
}

/* The last reply and the interrupt come together. */
static void test_engine_run_judges_nobody_after_an_interrupt(void **state)
{
    struct world world;

    (void)state;
    pauses = false;
    assert_int_equal(ENGINE_DRAINED, start(&world, FEW, FEW));
    assert_int_equal(STOPPING_WISH, world.status.stopping);
    check_goes_on(&world, FEW);
}

static void test_engine_run_stands_by_an_outage_found_before_the_interrupt(void **state)
{
    struct world world;

    (void)state;
    pauses = false;
    assert_int_equal(ENGINE_OUTAGE, start(&world, MANY, MANY));
    assert_int_equal(EXIT_UNAVAILABLE, world.err.code);
    assert_string_equal("connection refused", world.err.text);
    check_goes_on(&world, MANY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_engine_run_finds_no_outage_after_an_interrupt),
        cmocka_unit_test(test_engine_run_judges_nobody_after_an_interrupt),
        cmocka_unit_test(test_engine_run_stands_by_an_outage_found_before_the_interrupt),
    };
    struct vfs_shim *shim = vfs_shim_install();      /* syncs do not reach the disk: this is about the engine */
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    vfs_shim_remove(shim);
    return failed;
}
