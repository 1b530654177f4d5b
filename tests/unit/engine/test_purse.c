#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <cmocka.h>

#include "harness/base/random.h"
#include "harness/engine/purse.h"

static void test_purse_reserve_lets_in_what_has_room(void **state)
{
    struct purse purse = { .cap_nanousd = 100 };

    (void)state;
    assert_true(purse_reserve(&purse, 60));
    assert_false(purse_reserve(&purse, 50));
    assert_false(purse.is_empty);               /* there may be room later */
    assert_true(purse_reserve(&purse, 40));
    purse_settle(&purse, 60, 10);
    assert_true(purse_reserve(&purse, 50));
    purse_settle(&purse, 40, -1);
    purse_settle(&purse, 50, 45);
    assert_int_equal(purse.spent_nanousd, 95);
    assert_int_equal(purse.unsure_nanousd, 40);
    assert_int_equal(purse.reserved_nanousd, 0);
    assert_false(purse_reserve(&purse, 6));
    assert_true(purse.is_empty);
    assert_true(purse_reserve(&purse, 5));
}

static void test_purse_without_a_cap_counts(void **state)
{
    struct purse purse = { .cap_nanousd = 0 };

    (void)state;
    assert_true(purse_reserve(&purse, INT64_MAX / 2));
    purse_settle(&purse, INT64_MAX / 2, 7);
    assert_int_equal(purse.spent_nanousd, 7);
    assert_false(purse.is_empty);
}

static void test_purse_add_spent_counts_towards_the_cap(void **state)
{
    struct purse purse = { .cap_nanousd = 100 };

    (void)state;
    purse_add_spent(&purse, 95, 20);
    assert_int_equal(purse.unsure_nanousd, 20);
    assert_false(purse_reserve(&purse, 6));
    purse_add_spent(&purse, 50, 0);             /* a smaller cap than what is spent */
    assert_false(purse_reserve(&purse, 1));
    assert_true(purse.is_empty);
}

static int keep_what_is_said(void *to, int64_t unsure_nanousd, struct err *err)
{
    int64_t *number = to;

    if (*number < 0)
        return err_set(err, "the disk is full");
    *number = unsure_nanousd;
    return 0;
}

static void test_purse_keeps_before_a_call_begins(void **state)
{
    struct purse purse = { .cap_nanousd = 1000 };
    int64_t number = 0, unsure = 0;

    (void)state;
    purse_begin_run(&purse, 0, keep_what_is_said, &number);
    assert_true(purse_reserve(&purse, 100));
    assert_int_equal(number, 125);
    assert_true(purse_reserve(&purse, 20));     /* covered */
    assert_int_equal(number, 125);
    purse_settle(&purse, 100, 60);              /* no row tells of it yet: 60 + 20 in flight */
    assert_true(purse_reserve(&purse, 40));
    assert_int_equal(number, 125);
    purse_tell(&purse, 60);
    assert_true(purse_draft(&purse, &unsure));
    assert_int_equal(unsure, 75);
    assert_true(purse_reserve(&purse, 30));     /* the rows are not on disk yet: 60 + 60 + 30 */
    assert_int_equal(number, 187);
    purse_draft(&purse, &unsure);
    purse_commit(&purse);
    purse_settle(&purse, 20, -1);
    purse_settle(&purse, 40, 0);
    purse_settle(&purse, 30, 5);
    assert_int_equal(purse_end_run(&purse), 25);
}

static void test_purse_keeps_no_more_than_the_cap_allows(void **state)
{
    struct purse purse = { .cap_nanousd = 110 };
    int64_t number = 0;

    (void)state;
    purse_add_spent(&purse, 10, 10);
    purse_begin_run(&purse, 10, keep_what_is_said, &number);
    assert_true(purse_reserve(&purse, 90));
    assert_int_equal(number, 10 + 100);
}

static void test_purse_lets_nothing_pass_that_cannot_be_kept(void **state)
{
    struct purse purse = { .cap_nanousd = 0 };
    int64_t number = -1;

    (void)state;
    purse_begin_run(&purse, 0, keep_what_is_said, &number);
    assert_true(purse_reserve(&purse, 0));      /* it costs nothing */
    assert_false(purse_reserve(&purse, 1));
    assert_true(purse.has_failed);
    assert_string_equal(purse.err.text, "the disk is full");
    assert_false(purse.is_empty);
    number = 0;
    assert_false(purse_reserve(&purse, 1));
}

/*
 * Runs of up to 64 calls in flight, killed now and then at any moment, with the store read back: whatever comes back,
 * what the provider bills is never above the cap, and never above what the store says. `paper` is what is on disk.
 */
#define FLYING_MAX 64
#define RUNS 1000
#define CAP 1000000

struct paper { int64_t rows, unsure; };
struct flight { int64_t worst, cost; };         /* cost: what the provider will bill, known to us or not */

struct world {
    struct splitmix random;
    struct paper paper;
    struct purse purse;
    struct flight flying[FLYING_MAX];
    size_t count;
    int64_t billed;                             /* what the provider billed, all starts together */
    int64_t settled, queued;                    /* in this start: in no row yet; in rows that wait for a commit */
    bool reserves;                              /* false: it looks only at what is settled, to see the test fail */
};

static int64_t draw(struct world *world, int64_t below)
{
    return (int64_t)(splitmix_unit(&world->random) * (double)below);
}

static int keep_paper(void *to, int64_t unsure_nanousd, struct err *err)
{
    (void)err;
    ((struct paper *)to)->unsure = unsure_nanousd;
    return 0;
}

static void start(struct world *world)
{
    world->purse = (struct purse){ .cap_nanousd = CAP };
    world->count = 0;
    world->settled = world->queued = 0;
    purse_add_spent(&world->purse, world->paper.rows + world->paper.unsure, world->paper.unsure);
    purse_begin_run(&world->purse, world->paper.unsure, keep_paper, &world->paper);
}

/* The provider bills what was begun, whether or not anybody is there to hear of it. */
static void begin_call(struct world *world)
{
    int64_t worst = 1 + draw(world, CAP / 40);

    if (world->reserves ? !purse_reserve(&world->purse, worst) : world->purse.spent_nanousd >= CAP)
        return;
    world->flying[world->count] = (struct flight){ worst, draw(world, 3) == 0 ? worst : draw(world, worst) };
    world->billed += world->flying[world->count++].cost;
}

static void end_call(struct world *world)
{
    size_t i = (size_t)draw(world, (int64_t)world->count);
    struct flight call = world->flying[i];
    int64_t told = draw(world, 10) == 0 ? -1 : call.cost;        /* broken off, or a bill */

    world->flying[i] = world->flying[--world->count];
    if (!world->reserves)
        world->purse.reserved_nanousd += call.worst;
    purse_settle(&world->purse, call.worst, told);
    world->settled += told < 0 ? call.worst : told;
}

/* Rows of what is settled; now and then of nothing, since asks wait for another try. */
static void queue_rows(struct world *world)
{
    if (draw(world, 2) == 0)
        return;
    purse_tell(&world->purse, world->settled);
    world->queued += world->settled;
    world->settled = 0;
}

static void commit(struct world *world)
{
    int64_t unsure;

    if (purse_draft(&world->purse, &unsure))
        world->paper.unsure = unsure;
    world->paper.rows += world->queued;
    world->queued = 0;
    purse_commit(&world->purse);
}

static bool is_exceeded(const struct world *world)
{
    int64_t paper = world->paper.rows + world->paper.unsure;

    return world->billed > CAP || (world->reserves && (world->billed > paper || paper > CAP));
}

static void take_turn(struct world *world)
{
    int64_t what = draw(world, 100);

    if (what < 45 && world->count < FLYING_MAX)
        begin_call(world);
    else if (what < 75 && world->count > 0)
        end_call(world);
    else if (what < 88)
        queue_rows(world);
    else if (what < 99)
        commit(world);
    else if (draw(world, 3) == 0)
        start(world);                           /* killed: what flies is lost from sight */
}

static bool exceeds(uint64_t seed, bool reserves)
{
    struct world world = { .random = { .state = seed }, .reserves = reserves };
    bool is_over = false;

    start(&world);
    for (int i = 0; i < 1000 && !is_over; i++) {
        take_turn(&world);
        is_over = is_exceeded(&world);
    }
    return is_over;
}

static size_t count_exceeded(bool reserves)
{
    size_t exceeded = 0;

    for (uint64_t seed = 1; seed <= RUNS; seed++)
        exceeded += exceeds(seed, reserves);
    return exceeded;
}

static void test_purse_is_never_exceeded(void **state)
{
    size_t exceeded = count_exceeded(true), without = count_exceeded(false);

    (void)state;
    print_message("promise: %d tried, %zu failed\n", RUNS, exceeded);
    print_message("promise: %d tried, %zu failed\n", RUNS, without);    /* with nothing put aside */
    assert_int_equal(exceeded, 0);
    assert_true(without > RUNS / 2);
}

/* A bill above what was put aside is spent, counted, and on disk before the next call. */
static void test_purse_settle_counts_what_costs_more_than_was_put_aside(void **state)
{
    struct purse purse = { .cap_nanousd = 100 };
    int64_t number = 0;

    (void)state;
    purse_begin_run(&purse, 0, keep_what_is_said, &number);
    assert_true(purse_reserve(&purse, 30));
    assert_true(purse_reserve(&purse, 20));
    purse_settle(&purse, 30, 75);
    assert_int_equal(purse.spent_nanousd, 75);
    assert_int_equal(purse.over_count, 1);
    assert_int_equal(purse.over_nanousd, 45);
    assert_true(number >= 95);
    assert_false(purse_reserve(&purse, 6));
    purse_settle(&purse, 20, 20);
    assert_true(purse_reserve(&purse, 5));
    purse_settle(&purse, 5, -1);
    assert_true(purse_reserve(&purse, 0));
    purse_settle(&purse, 0, 7);
    assert_int_equal(purse.over_count, 1);
    assert_int_equal(purse.spent_nanousd, 107);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_purse_settle_counts_what_costs_more_than_was_put_aside),
        cmocka_unit_test(test_purse_reserve_lets_in_what_has_room),
        cmocka_unit_test(test_purse_without_a_cap_counts),
        cmocka_unit_test(test_purse_add_spent_counts_towards_the_cap),
        cmocka_unit_test(test_purse_keeps_before_a_call_begins),
        cmocka_unit_test(test_purse_keeps_no_more_than_the_cap_allows),
        cmocka_unit_test(test_purse_lets_nothing_pass_that_cannot_be_kept),
        cmocka_unit_test(test_purse_is_never_exceeded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
