/*
 * What can be seen of a run from outside while it runs: counts, live episodes, what they wait for.
 */
#include "tests/script/world.h"

#include <string.h>

#include "harness/base/clock.h"
#include "harness/engine/look.h"

#define MAX 64

/* What was seen, at most, at any turn. */
static struct {
    size_t turns, waits_most, live_most, queued;
    size_t unbegun_first, unbegun_last;
    bool in_order, named;
} seen;

static void note_wait(const struct look_wait *wait, const struct look_wait *before)
{
    seen.in_order &= before == NULL || before->since_ms <= wait->since_ms;
    seen.named &= wait->ask->episode->sample->id[0] == 's' && wait->ask->episode->epoch >= 1;
    seen.queued += strstr(wait->at.words, "waits for room: 3 asks at once") != NULL;
}

static void look_round(const struct engine_status *status, void *shown_to)
{
    struct look_wait waits[MAX];
    struct look_live live[MAX];
    struct runner_load load;
    size_t count = look_waits(status->look, waits, MAX), live_count = look_live(status->look, live, MAX);

    (void)shown_to;
    for (size_t i = 0; i < count; i++)
        note_wait(&waits[i], i > 0 ? &waits[i - 1] : NULL);
    assert_int_equal(live_count, status->live);
    assert_true(count <= live_count);
    assert_int_equal(look_waits(status->look, waits, 1), count);
    look_load(status->look, &load);
    assert_int_equal(load.calling + load.retrying + load.held, 0);      /* a scripted runner cannot tell */
    seen.unbegun_first = seen.turns++ == 0 ? status->unbegun + status->live + status->scored : seen.unbegun_first;
    seen.unbegun_last = status->unbegun;
    seen.waits_most = count > seen.waits_most ? count : seen.waits_most;
    seen.live_most = live_count > seen.live_most ? live_count : seen.live_most;
}

static void test_look_sees_who_waits_oldest_first(void **state)
{
    struct world world;

    (void)state;
    memset(&seen, 0, sizeof seen);
    seen.in_order = seen.named = true;
    world_init(&world, &world_agent, 20, 1);
    world.show = look_round;
    world.in_flight_max[ASK_MODEL] = 3;
    world.model.order.state = world.env.order.state = 11;
    assert_int_equal(world_start(&world), ENGINE_DONE);
    assert_true(seen.turns > 3 && seen.waits_most > 3 && seen.live_most >= seen.waits_most);
    assert_true(seen.in_order && seen.named);
    assert_true(seen.queued > 0);
    assert_int_equal(seen.unbegun_first, 20);
    assert_int_equal(seen.unbegun_last, 0);
    assert_null(world.status.look);
    assert_true(world.status.replies > 20);
    world_fini(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_look_sees_who_waits_oldest_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
