/* The order in which a courier's errands go. */
#include "tests/unit/runners/scene.h"

#include "harness/base/clock.h"
#include "harness/engine/runner.h"
#include "runners/roster.h"

#define ERRANDS 4

struct fixture {
    struct roster roster;
    struct ask asks[ERRANDS];
    struct errand *errands[ERRANDS];
};

static void begin(struct fixture *f)
{
    *f = (struct fixture){ .roster = roster_begin() };
    for (size_t i = 0; i < ERRANDS; i++) {
        f->errands[i] = errand_new(&f->asks[i]);
        roster_hold(&f->roster, f->errands[i]);
    }
}

static void end(struct fixture *f)
{
    for (int place = 0; place < ERRAND_PLACES; place++)
        while (f->roster.lists[place] != NULL)
            roster_drop(&f->roster, f->roster.lists[place]);
}

static void postpone(struct fixture *f, size_t i, int64_t due_ms)
{
    roster_fly(&f->roster, f->errands[i]);
    f->errands[i]->due_ms = due_ms;
    roster_postpone(&f->roster, f->errands[i]);
}

/* Digits: which errands stand there, in their order. */
static void expect(const struct fixture *f, enum errand_place place, const char *digits)
{
    const struct errand *errand = f->roster.lists[place];

    for (; *digits != '\0'; digits++, errand = errand->next) {
        assert_ptr_equal(f->errands[*digits - '0'], errand);
        assert_int_equal(place, errand->place);
    }
    assert_null(errand);
}

static void test_hold_due_puts_the_older_first(void **state)
{
    int64_t now_ms = clock_monotonic_ms();
    struct fixture f;

    (void)state;
    begin(&f);
    postpone(&f, 1, now_ms + 60000);
    postpone(&f, 2, now_ms);
    postpone(&f, 0, now_ms);
    assert_int_equal(now_ms, f.roster.nearest_ms);
    roster_hold_due(&f.roster);
    expect(&f, ERRAND_HELD, "203");
    expect(&f, ERRAND_WAITING, "1");
    assert_int_equal(now_ms + 60000, f.roster.nearest_ms);
    roster_drop(&f.roster, f.errands[1]);
    assert_int_equal(INT64_MAX, f.roster.nearest_ms);
    end(&f);
}

static void test_hold_again_goes_before_all_others(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f);
    roster_fly(&f.roster, f.errands[2]);
    roster_fly(&f.roster, f.errands[0]);
    expect(&f, ERRAND_FLYING, "20");
    roster_hold_again(&f.roster, f.errands[0]);
    expect(&f, ERRAND_HELD, "013");
    end(&f);
}

static void test_load_counts_each_where_it_stands(void **state)
{
    struct runner_load load = { .limit = 8 };
    int64_t due_ms = clock_monotonic_ms() + 60000;
    struct fixture f;

    (void)state;
    begin(&f);
    postpone(&f, 0, due_ms + 1);
    postpone(&f, 1, due_ms);
    f.errands[1]->was_refused = true;
    roster_fly(&f.roster, f.errands[3]);
    roster_load(&f.roster, &load);
    assert_int_equal(1, load.held);
    assert_int_equal(1, load.calling);
    assert_int_equal(2, load.retrying);
    assert_int_equal(1, load.later);
    assert_int_equal(due_ms, load.next_ms);
    assert_int_equal(8, load.limit);
    assert_ptr_equal(f.errands[3], roster_find(&f.roster, &f.asks[3]));
    roster_drop(&f.roster, f.errands[3]);
    assert_null(roster_find(&f.roster, &f.asks[3]));
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hold_due_puts_the_older_first),
        cmocka_unit_test(test_hold_again_goes_before_all_others),
        cmocka_unit_test(test_load_counts_each_where_it_stands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
