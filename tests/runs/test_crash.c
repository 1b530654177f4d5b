/*
 * kill -9 in mid-run, again and again, and the run is resumed each time: in the end its rows are those of a run that
 * nobody killed, no episode has started over, and no model was asked again for what was on disk.
 *
 * Half of the kills come from within, at an event counted out beforehand (an ask that is answered, a turn that is over),
 * and fall between commits; half from outside after a time, and fall mostly into commits, where the time goes.
 */
#include "tests/script/world.h"

#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/base/random.h"

#define SAMPLES 12
#define KILLS 50
#define IN_FLIGHT 5

/* Seen by parent and children. */
static struct shared {
    size_t model_asks;           /* ever submitted */
    size_t events_left;          /* until a child kills itself; 0: never */
    bool has_begun;              /* the child's store is open */
    enum engine_end end;
} *shared;

static void count_event(void)
{
    if (shared->events_left > 0 && --shared->events_left == 0)
        raise(SIGKILL);
}

static struct reply say_until_killed(struct script *script, struct ask *ask)
{
    count_event();
    if (ask->kind == ASK_ENV)
        return world_env_says(script, ask);
    shared->model_asks++;
    return world_model_says(script, ask);
}

static void show_until_killed(const struct engine_status *status, void *world)
{
    (void)status;
    (void)world;
    count_event();
}

static void note_begin(struct world *world)
{
    (void)world;
    shared->has_begun = true;
}

static void begin(struct world *world)
{
    world_init(world, &world_agent, SAMPLES, 2);
    world->in_flight_max[ASK_MODEL] = IN_FLIGHT;
    world->commit_each_ms = COMMIT_EACH_MS;
    world->model.say = world->env.say = say_until_killed;
    world->show = show_until_killed;
    world->begun = note_begin;
}

static void wait_for_begin(void)
{
    struct timespec pause = { .tv_nsec = 100000 };

    while (!*(volatile bool *)&shared->has_begun)
        nanosleep(&pause, NULL);
}

/* One start in a child. True when it was killed, by itself or after that time. */
static bool start_and_kill(struct world *world, size_t events, int64_t after_us)
{
    struct timespec pause = { .tv_sec = after_us / 1000000, .tv_nsec = after_us % 1000000 * 1000 };
    int status;

    shared->events_left = events;
    shared->has_begun = false;
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        shared->end = world_start(world);
        _exit(0);
    }
    if (after_us > 0) {
        wait_for_begin();
        nanosleep(&pause, NULL);
        kill(pid, SIGKILL);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == 0);
    return WIFSIGNALED(status);
}

/* How long a run takes that nobody kills, so that kills may fall anywhere in one. */
static struct { size_t events; int64_t us; } whole_run;

/* Starts until one is not killed; how often it was. */
static int kill_until_done(struct world *world, struct splitmix *random, int kills_max)
{
    int kills = 0;

    for (;;) {
        bool from_within = splitmix_below(random, 2) == 0, is_spared = kills == kills_max;
        size_t events = from_within && !is_spared ? 1 + splitmix_below(random, whole_run.events) : 0;
        int64_t after_us = from_within || is_spared ? 0 : 1 + (int64_t)splitmix_below(random, (uint64_t)whole_run.us);
        if (!start_and_kill(world, events, after_us))
            return kills;
        kills++;
    }
}

/* The rows of a run that nobody kills; measures it, too. */
static const char *run_whole(struct world *world)
{
    const size_t many = 1000000;
    int64_t begun_ms = clock_monotonic_ms();

    begin(world);
    shared->events_left = many;
    assert_int_equal(world_start(world), ENGINE_DONE);
    whole_run.events = many - shared->events_left;
    whole_run.us = (clock_monotonic_ms() - begun_ms + 1) * 1000;
    return world_rows(world);
}

static void check_whole(struct world *world, const char *rows, size_t model_asks, int kills)
{
    assert_int_equal(shared->end, ENGINE_DONE);
    assert_int_equal(world_number(world, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
    assert_int_equal(world_number(world, "SELECT sum(restarts) FROM episode"), 0);
    assert_string_equal(world_rows(world), rows);
    assert_true(shared->model_asks >= model_asks);
    /* Those that were out, and those whose places they took and which were on their way to the disk. */
    assert_true(shared->model_asks <= model_asks + (size_t)kills * 2 * IN_FLIGHT);
}

static void test_engine_run_survives_kill_9(void **state)
{
    struct world whole;
    struct splitmix random = { .state = 23 };
    int kills = 0, runs = 0;
    size_t again = 0;

    (void)state;
    const char *rows = run_whole(&whole);
    for (size_t model_asks = whole.model.submitted; kills < KILLS; runs++) {
        struct world world;
        begin(&world);
        shared->model_asks = 0;
        int more = kill_until_done(&world, &random, KILLS - kills);
        check_whole(&world, rows, model_asks, more);
        again += shared->model_asks - model_asks;
        kills += more;
        world_fini(&world);
    }
    print_message("%d kills in %d runs of %d episodes: all rows as in a run nobody killed, no episode began anew; a run "
                  "makes %zu model asks, and %zu in all were made again, those not yet on disk\n",
                  kills, runs, 2 * SAMPLES, whole.model.submitted, again);
    print_message("promise: %d tried, 0 failed\n", kills);    /* one that failed has ended the test */
    world_fini(&whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_engine_run_survives_kill_9) };

    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
