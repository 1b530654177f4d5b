#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "harness/cli/standing.h"
#include "harness/engine/ledger.h"
#include "harness/engine/sample.h"
#include "harness/engine/task.h"
#include "reports/stats/mean.h"

#define SAMPLES 20

static const struct task TASK = { .name = "one" };
static struct sample samples[SAMPLES];
static const struct sample *chosen[SAMPLES];

static struct ledger *begin(struct work *work, int epochs, const char *const *clusters)
{
    for (size_t i = 0; i < SAMPLES; i++) {
        samples[i].cluster = clusters != NULL ? clusters[i] : NULL;
        chosen[i] = &samples[i];
    }
    *work = (struct work){ .task = &TASK, .samples = chosen, .sample_count = SAMPLES, .epochs = epochs };
    return ledger_new(work, 1);
}

static void test_standing_read_of_nothing_has_no_mean(void **state)
{
    struct work work;
    struct ledger *ledger = begin(&work, 1, NULL);
    struct standing standing = standing_read(ledger, 0);

    (void)state;
    assert_string_equal(standing.task, "one");
    assert_int_equal(standing.questions, SAMPLES);
    assert_int_equal(standing.heard, 0);
    assert_true(isnan(standing.estimate.mean));
    ledger_free(ledger);
}

/* Four of five heard are right: Wilson's interval, as the report has it. */
static void test_standing_read_of_one_epoch_is_wilson_over_those_heard(void **state)
{
    struct work work;
    struct ledger *ledger = begin(&work, 1, NULL);
    struct interval wilson = interval_wilson(4, 5, 0.95);

    (void)state;
    for (size_t i = 0; i < 5; i++)
        ledger_add_score(ledger, 3 * i, i == 2 ? 0 : 1);
    struct standing standing = standing_read(ledger, 0);
    assert_int_equal(standing.heard, 5);
    assert_true(standing.estimate.mean == 0.8);
    assert_true(standing.estimate.interval.lower == wilson.lower);
    assert_true(standing.estimate.interval.upper == wilson.upper);
    ledger_free(ledger);
}

/* One question heard four times weighs as much as one heard once. */
static void test_standing_read_averages_epochs_first(void **state)
{
    struct work work;
    struct ledger *ledger = begin(&work, 4, NULL);

    (void)state;
    for (size_t epoch = 0; epoch < 4; epoch++)
        ledger_add_score(ledger, epoch * SAMPLES, epoch == 0 ? 1 : 0);
    ledger_add_score(ledger, 1, 1);
    struct standing standing = standing_read(ledger, 0);
    assert_int_equal(standing.heard, 2);
    assert_true(standing.estimate.mean == (0.25 + 1) / 2);
    ledger_free(ledger);
}

/* Questions of one cluster score alike: the error is the clustered one, far wider than over single questions. */
static void test_standing_read_heeds_clusters(void **state)
{
    static const char *const names[] = { "a", "b", "c", "d", "e", "f" };
    const char *clusters[SAMPLES];
    struct work work;
    struct ledger *ledger;
    double x[SAMPLES];

    (void)state;
    for (size_t i = 0; i < SAMPLES; i++)
        clusters[i] = i < 18 ? names[i % 6] : NULL;      /* scattered over the data; two stand alone */
    ledger = begin(&work, 1, clusters);
    for (size_t i = 0; i < SAMPLES; i++) {
        x[i] = i % 6 < 3 ? 1 : 0;
        ledger_add_score(ledger, i, x[i]);
    }
    struct standing standing = standing_read(ledger, 0);
    assert_int_equal(standing.estimate.clusters, 8);
    assert_true(standing.estimate.se > 1.4 * mean_se(x, SAMPLES));
    ledger_free(ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_standing_read_of_nothing_has_no_mean),
        cmocka_unit_test(test_standing_read_of_one_epoch_is_wilson_over_those_heard),
        cmocka_unit_test(test_standing_read_averages_epochs_first),
        cmocka_unit_test(test_standing_read_heeds_clusters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
