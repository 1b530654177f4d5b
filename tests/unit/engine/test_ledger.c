#include "asked.h"

#include "harness/engine/ledger.h"
#include "results/store.h"
#include "tests/unit/results/scratch.h"

static const struct task ONE = { .name = "one" }, TWO = { .name = "two" };
static struct sample samples[5];
static const struct sample *const chosen[] = { &samples[0], &samples[1], &samples[2], &samples[3], &samples[4] };

/* Three samples of one task in two epochs, two of another in one: eight places. */
static const struct work WORK[] = {
    { .task = &ONE, .samples = chosen, .sample_count = 3, .epochs = 2 },
    { .task = &TWO, .samples = chosen + 3, .sample_count = 2, .epochs = 1 },
};

static int setup(void **state)
{
    for (int i = 0; i < 5; i++)
        samples[i].row_id = 100 + i;
    *state = ledger_new(WORK, 2);
    return 0;
}

static int teardown(void **state)
{
    ledger_free(*state);
    return 0;
}

static void test_ledger_goes_task_by_task_and_epoch_by_epoch(void **state)
{
    static const struct { int sample, epoch; } wanted[] = { { 0, 1 }, { 1, 1 }, { 2, 1 }, { 0, 2 }, { 1, 2 }, { 2, 2 },
                                                            { 3, 1 }, { 4, 1 } };
    struct ledger *ledger = *state;

    assert_int_equal(ledger_count(ledger), 8);
    for (size_t i = 0; i < 8; i++) {
        const struct sample *sample;
        int epoch;
        assert_ptr_equal(ledger_find(ledger, i, &sample, &epoch), &WORK[i >= 6]);
        assert_ptr_equal(sample, &samples[wanted[i].sample]);
        assert_int_equal(epoch, wanted[i].epoch);
    }
}

static void test_ledger_next_gives_each_place_once(void **state)
{
    struct ledger *ledger = *state;

    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(ledger_next(ledger), i);
        assert_int_equal(ledger_entry(ledger, i)->state, ENTRY_LIVE);
        assert_int_equal(ledger_entry(ledger, i)->passes, 1);
    }
    assert_true(ledger_next(ledger) == SIZE_MAX);
    assert_true(ledger_next(ledger) == SIZE_MAX);
    assert_int_equal(ledger_count_state(ledger, ENTRY_LIVE), 8);
}

static void test_ledger_next_gives_voids_with_passes_left(void **state)
{
    struct ledger *ledger = *state;

    while (ledger_next(ledger) != SIZE_MAX)
        ;
    for (size_t i = 0; i < 8; i++)
        ledger_entry(ledger, i)->state = i % 2 == 0 ? ENTRY_SCORED : ENTRY_VOID;
    ledger_entry(ledger, 3)->passes = PASSES_MAX;
    assert_false(ledger_in_voids(ledger));
    ledger_begin_voids(ledger);
    assert_true(ledger_in_voids(ledger));
    assert_int_equal(ledger_next(ledger), 1);
    assert_int_equal(ledger_entry(ledger, 1)->passes, 2);
    ledger_entry(ledger, 1)->state = ENTRY_VOID;      /* void again: not in this start */
    assert_int_equal(ledger_next(ledger), 5);
    assert_int_equal(ledger_next(ledger), 7);
    assert_true(ledger_next(ledger) == SIZE_MAX);
}

static void test_ledger_of_nothing_is_empty(void **state)
{
    struct ledger *ledger = ledger_new(WORK, 0);

    (void)state;
    assert_int_equal(ledger_count(ledger), 0);
    assert_true(ledger_next(ledger) == SIZE_MAX);
    ledger_free(ledger);
}

static void add_rows(struct store *store, int64_t run)
{
    struct journal *journal = journal_open(store, run);
    struct episode_row rows[4];
    struct grade_row grade = plain_grade(0.75);

    for (int i = 0; i < 3; i++)
        samples[i].row_id = put_sample(store, "one", (const char *[]){ "a", "b", "c" }[i]);
    rows[0] = started_episode("one", samples[0].row_id, 1);       /* scored */
    rows[1] = started_episode("one", samples[1].row_id, 1);       /* void in its second pass */
    rows[2] = started_episode("one", samples[2].row_id, 1);       /* cut short in its second pass, had started over */
    rows[3] = started_episode("one", samples[0].row_id, 3);       /* an epoch the run does not have */
    rows[0].finished = rows[1].finished = rows[3].finished = true;
    rows[0].outcome = rows[3].outcome = "scored";
    rows[1].outcome = "void";
    rows[1].origin = rows[1].reason = "provider";
    rows[1].passes = rows[2].passes = 2;
    rows[2].restarts = 4;
    journal_add_outcome(journal, &rows[0], &grade);
    journal_add_outcome(journal, &rows[1], NULL);
    journal_add_restart(journal, &rows[2]);
    journal_add_outcome(journal, &rows[3], &grade);
    commit(journal);
    journal_close(journal);
}

static void test_ledger_load_takes_over_what_is_in_the_store(void **state)
{
    struct ledger *ledger = *state;
    struct scratch scratch;
    double score_sum = 0;

    scratch_init(&scratch);
    struct store *store = scratch_store(&scratch);
    int64_t run = add_run(store, scratch.arena);
    add_rows(store, run);
    assert_int_equal(ledger_load(ledger, store, run, &score_sum, &scratch.err), 0);
    assert_true(score_sum == 0.75);
    assert_int_equal(ledger_count_state(ledger, ENTRY_SCORED), 1);
    assert_int_equal(ledger_entry(ledger, 0)->state, ENTRY_SCORED);
    assert_int_equal(ledger_entry(ledger, 1)->state, ENTRY_VOID);
    assert_int_equal(ledger_entry(ledger, 1)->passes, 2);
    const struct entry *cut = ledger_entry(ledger, 2);
    assert_int_equal(cut->state, ENTRY_EXPECTED);
    assert_int_equal(cut->passes, 1);      /* a pass cut short counts not */
    assert_int_equal(cut->restarts, 4);
    assert_true(cut->row_id > 0);
    assert_int_equal(ledger_count_open_voids(ledger), 1);
    size_t epochs;
    assert_true(ledger_mean(ledger, 0, 0, &epochs) == 0.75);
    assert_int_equal(epochs, 1);
    ledger_mean(ledger, 0, 1, &epochs);
    assert_int_equal(epochs, 0);
    assert_int_equal(ledger_next(ledger), 2);
    assert_int_equal(ledger_next(ledger), 3);
    store_close(store);
    scratch_fini(&scratch);
}

static void test_ledger_mean_is_over_the_epochs_of_one_sample(void **state)
{
    struct ledger *ledger = *state;
    size_t epochs;

    ledger_add_score(ledger, 1, 1);        /* sample 1, epoch 1 */
    ledger_add_score(ledger, 4, 0.5);      /* and epoch 2 */
    ledger_add_score(ledger, 7, 0.25);     /* the other task's second */
    assert_true(ledger_mean(ledger, 0, 1, &epochs) == 0.75);
    assert_int_equal(epochs, 2);
    assert_true(ledger_mean(ledger, 1, 1, &epochs) == 0.25);
    ledger_mean(ledger, 0, 2, &epochs);
    assert_int_equal(epochs, 0);
    assert_int_equal(ledger_work_of(ledger, 5), 0);
    assert_int_equal(ledger_work_of(ledger, 6), 1);
    assert_int_equal(ledger_work_count(ledger), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_ledger_goes_task_by_task_and_epoch_by_epoch, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_next_gives_each_place_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_next_gives_voids_with_passes_left, setup, teardown),
        cmocka_unit_test(test_ledger_of_nothing_is_empty),
        cmocka_unit_test_setup_teardown(test_ledger_mean_is_over_the_epochs_of_one_sample, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_load_takes_over_what_is_in_the_store, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
