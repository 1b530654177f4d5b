/*
 * Nothing steps on a reply that is not on disk; and what the engine does when the disk says no.
 *
 * The proof: a flow around a flow looks before each step at the journal's own files, through the SQLite shim. All that
 * the step is about to read must be a row, outside of any transaction, and no write to the log may wait for its sync.
 */
#include "tests/script/world.h"

#include <sqlite3.h>
#include <string.h>

#include "harness/engine/seat.h"
#include "results/store.h"
#include "tasks/flows/flows.h"
#include "results/store_body.h"      /* store_db */
#include "tests/shim/vfs_shim.h"

#define SAMPLES 40

/* What the watcher sees with; one run at a time. */
static struct {
    struct vfs_shim *shim;
    struct world *world;
    size_t steps, replies, unsynced, unwritten;
} watch;

/* Whether the ask's reply is a row of the store that was committed. A grading's goes there with the outcome. */
static bool is_written(const struct ask *ask)
{
    sqlite3 *db = store_db(watch.world->store);
    sqlite3_stmt *stmt = NULL;
    bool found;

    assert_int_equal(sqlite3_prepare_v2(db, "SELECT 1 FROM ask WHERE episode = ? AND ordinal = ? AND request_hash = ?",
                                        -1, &stmt, NULL), SQLITE_OK);
    sqlite3_bind_int64(stmt, 1, ask->episode->seat->row.id);
    sqlite3_bind_int(stmt, 2, ask->ordinal);
    sqlite3_bind_text(stmt, 3, ask->hash, -1, SQLITE_TRANSIENT);
    found = sqlite3_step(stmt) == SQLITE_ROW;
    sqlite3_finalize(stmt);
    return found && sqlite3_get_autocommit(db);
}

static void look(const struct episode *ep)
{
    watch.steps++;
    watch.unsynced += vfs_shim_unsynced(watch.shim, "-wal") > 0;
    for (size_t i = 0; i < ep->heard_count; i++) {
        if (ep->heard[i]->kind == ASK_GRADE)
            continue;
        watch.replies++;
        watch.unwritten += !is_written(ep->heard[i]);
    }
}

/* The flow inside keeps its own state; the watcher's stands around it. */
struct watched { const struct step *inside; max_align_t state[4]; };

static step_fn watched_step;
static const struct step WATCHED = { .name = "watched", .run = watched_step };
static const struct step WATCHED_LATE = { .name = "watched", .run = watched_step, .takes_timeouts = true };
static const struct flow FLOW = { .name = "watched", .state_size = sizeof(struct watched), .first = &WATCHED };

static const struct step *watched_step(struct episode *ep)
{
    struct watched *watched = ep->state;
    const struct flow *flow = ep->task->turns_max > 0 ? &flow_agent : &flow_answer;

    assert_true(flow->state_size <= sizeof watched->state);
    if (watched->inside == NULL)
        watched->inside = flow->first;
    else
        look(ep);
    ep->state = watched->state;
    watched->inside = watched->inside->run(ep);
    ep->state = watched;
    if (watched->inside == NULL)
        return NULL;
    return watched->inside->takes_timeouts ? &WATCHED_LATE : &WATCHED;
}

/* A run of task, watched; tests may change the world before they start it. */
static void begin_watch(struct world *world, struct task *task)
{
    memset(&watch, 0, sizeof watch);
    watch.shim = vfs_shim_install();
    watch.world = world;
    task->flow = &FLOW;
    world_init(world, task, SAMPLES, 2);
    world->model.order.state = world->env.order.state = 5;      /* replies trickle in, so turns and steps mix */
    world->in_flight_max[ASK_MODEL] = 12;
}

static void end_watch(struct world *world)
{
    world_fini(world);
    vfs_shim_remove(watch.shim);
}

static size_t steps_checked;    /* of all runs; one that failed ends the test */

static void check_watch(const char *name)
{
    print_message("%s: %zu steps on %zu replies checked, %zu with unsynced writes, %zu replies not on disk\n", name,
                  watch.steps, watch.replies, watch.unsynced, watch.unwritten);
    steps_checked += watch.steps;
    assert_int_equal(watch.unsynced, 0);
    assert_int_equal(watch.unwritten, 0);
}

/* Each turn by itself on disk, and those close together joined. */
static void test_steps_stand_on_what_is_on_disk(void **state)
{
    static const struct task *const tasks[] = { &world_answer, &world_examined, &world_agent };

    (void)state;
    for (size_t i = 0; i < 2 * sizeof tasks / sizeof *tasks; i++) {
        struct task task = *tasks[i / 2];
        struct world world;
        begin_watch(&world, &task);
        world.commit_each_ms = i % 2 * COMMIT_EACH_MS;
        assert_end(&world, ENGINE_DONE, world_start(&world));
        assert_int_equal(world.status.scored, 2 * SAMPLES);
        check_watch(task.name);
        assert_true(watch.steps >= 2 * 2 * SAMPLES);
        end_watch(&world);
    }
}

static void sync_nothing(struct world *world)
{
    assert_int_equal(sqlite3_exec(store_db(world->store), "PRAGMA synchronous = OFF", NULL, NULL, NULL), SQLITE_OK);
}

static void test_steps_are_seen_when_nothing_is_synced(void **state)
{
    struct task task = world_answer;
    struct world world;

    (void)state;
    begin_watch(&world, &task);
    world.begun = sync_nothing;
    assert_end(&world, ENGINE_DONE, world_start(&world));
    print_message("with synchronous=OFF: %zu of %zu steps with unsynced writes\n", watch.unsynced, watch.steps);
    assert_true(watch.unsynced > watch.steps / 2);
    assert_int_equal(watch.unwritten, 0);
    end_watch(&world);
}

/* Looks too early: the reply has come in, and its turn is not over. */
static size_t too_early;

static struct reply say_and_look(struct script *script, struct ask *ask)
{
    too_early += !is_written(ask);
    return world_model_says(script, ask);
}

static void test_steps_are_seen_when_nothing_is_written(void **state)
{
    struct task task = world_answer;
    struct world world;

    (void)state;
    too_early = 0;
    begin_watch(&world, &task);
    world.model.say = say_and_look;
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(too_early, 2 * SAMPLES);
    end_watch(&world);
}

/* A run that is resumed steps on what is on paper too. */
static void test_steps_stand_on_what_is_on_disk_after_a_resume(void **state)
{
    struct task task = world_agent;
    struct world world;

    (void)state;
    begin_watch(&world, &task);
    world.deadline_ms = 1;
    for (int i = 0; i < 4; i++)
        assert_end(&world, ENGINE_DRAINED, world_start(&world));
    world.deadline_ms = 0;
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world.status.scored, 2 * SAMPLES);
    check_watch("agent, resumed");
    end_watch(&world);
}

/* The disk fills up when the model has answered so often; for one write, or for good. */
static struct { struct vfs_shim *shim; size_t at; bool lasting; } disk;

static struct reply say_and_fill_the_disk(struct script *script, struct ask *ask)
{
    if (script->answered == disk.at)
        vfs_shim_fail(disk.shim, VFS_FULL, 2, disk.lasting);
    return world_model_says(script, ask);
}

/* What the store held after the last turn, counted from within. */
static int64_t asks_after_turn;

static void count_asks(const struct engine_status *status, void *shown_to)
{
    struct world *world = shown_to;
    sqlite3_stmt *stmt = NULL;

    (void)status;
    assert_int_equal(sqlite3_prepare_v2(store_db(world->store), "SELECT count(*) FROM ask", -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    asks_after_turn = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
}

static void begin_on_a_bad_disk(struct world *world, size_t at, bool lasting)
{
    disk.shim = vfs_shim_install();
    disk.at = at;
    disk.lasting = lasting;
    world_init(world, &world_agent, SAMPLES, 1);
    world->in_flight_max[ASK_MODEL] = 12;
    world->model.say = say_and_fill_the_disk;
    world->show = count_asks;
}

/* All is as if nothing had happened. */
static void check_against_a_good_disk(struct world *world)
{
    struct world good;

    world_init(&good, &world_agent, SAMPLES, 1);
    assert_end(&good, ENGINE_DONE, world_start(&good));
    assert_string_equal(world_rows(world), world_rows(&good));
    world_fini(&good);
}

static void test_engine_run_tries_again_when_the_disk_was_full(void **state)
{
    struct world world;

    (void)state;
    begin_on_a_bad_disk(&world, 20, false);
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_true(vfs_shim_has_failed(disk.shim));
    assert_int_equal(world.status.scored, SAMPLES);
    assert_string_equal(world.err.text, "");
    check_against_a_good_disk(&world);
    world_fini(&world);
    vfs_shim_remove(disk.shim);
}

static void test_engine_run_fails_when_the_disk_stays_full(void **state)
{
    struct world world;

    (void)state;
    begin_on_a_bad_disk(&world, 40, true);
    assert_end(&world, ENGINE_FAILED, world_start(&world));
    assert_int_equal(world.err.code, EXIT_STORE);
    assert_string_not_equal(world.err.text, "");
    vfs_shim_fail(disk.shim, VFS_NO_FAULT, 0, false);
    assert_int_equal(world_number(&world, "SELECT count(*) FROM ask"), asks_after_turn);     /* nothing half written */
    assert_int_equal(world_number(&world, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
    assert_true(asks_after_turn > 40);
    size_t before = world.model.submitted;
    world.model.say = world_model_says;
    assert_end(&world, ENGINE_DONE, world_start(&world));
    assert_int_equal(world_number(&world, "SELECT sum(restarts) FROM episode"), 0);
    check_against_a_good_disk(&world);
    assert_true(world.model.submitted > before);
    world_fini(&world);
    vfs_shim_remove(disk.shim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps_stand_on_what_is_on_disk),
        cmocka_unit_test(test_steps_are_seen_when_nothing_is_synced),
        cmocka_unit_test(test_steps_are_seen_when_nothing_is_written),
        cmocka_unit_test(test_steps_stand_on_what_is_on_disk_after_a_resume),
        cmocka_unit_test(test_engine_run_tries_again_when_the_disk_was_full),
        cmocka_unit_test(test_engine_run_fails_when_the_disk_stays_full),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    print_message("promise: %zu tried, %d failed\n", steps_checked, failed);
    return failed;
}
