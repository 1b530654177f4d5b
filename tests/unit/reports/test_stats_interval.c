#include "reports/stats/interval.h"

#include "reports/stats/mean.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ITEMS_MAX 64

static void assert_near(double got, double expected, double tolerance)
{
    if (!(fabs(got - expected) <= tolerance))
        fail_msg("got %.17g, expected %.17g", got, expected);
}

static void assert_interval(struct interval got, const char *method, double lower, double upper)
{
    assert_non_null(got.method);
    assert_string_equal(got.method, method);
    assert_near(got.lower, lower, 5e-6);
    assert_near(got.upper, upper, 5e-6);
}

static void assert_no_interval(struct interval got)
{
    assert_null(got.method);
    assert_true(isnan(got.lower));
    assert_true(isnan(got.upper));
}

/* The first `right` of count items score 1, the others `rest`. */
static const double *fill(double *x, size_t count, size_t right, double rest)
{
    for (size_t i = 0; i < count; i++)
        x[i] = i < right ? 1 : rest;
    return x;
}

static void test_interval_wilson_has_hand_worked_values(void **state)
{
    (void)state;
    assert_interval(interval_wilson(417, 500, 0.95), "wilson", 0.798865, 0.864042);
    assert_interval(interval_wilson(0, 30, 0.95), "wilson", 0, 0.113513);
    assert_interval(interval_wilson(13, 30, 0.95), "wilson", 0.273775, 0.608027);
}

static void test_interval_wilson_ends_exactly_at_zero_and_one(void **state)
{
    (void)state;
    for (int n = 1; n < 200; n++) {
        assert_true(interval_wilson(0, n, 0.95).lower == 0);
        assert_true(interval_wilson(n, n, 0.95).upper == 1);
        assert_true(interval_wilson(0, n, 0.95).upper < 1);
        assert_true(interval_wilson(n, n, 0.95).lower > 0);
    }
}

static void test_interval_normal_and_t_have_hand_worked_values(void **state)
{
    (void)state;
    assert_interval(interval_normal(0.7, 0.10513149660756935, 0.95), "normal", 0.493946, 0.906054);
    assert_interval(interval_t(0.7, 0.10513149660756935, 19, 0.95), "t", 0.479957, 0.920043);
    assert_true(interval_normal(-0.3, 0.4, 0.95).lower < -1);
}

static void test_estimate_mean_takes_wilson_for_right_and_wrong(void **state)
{
    double x[ITEMS_MAX];
    struct scores scores = {.x = fill(x, 30, 13, 0), .count = 30, .epochs = 1};
    struct estimate got = estimate_mean(&scores, 0.95);

    (void)state;
    assert_int_equal(got.count, 30);
    assert_int_equal(got.clusters, 0);
    assert_near(got.mean, 13 / 30.0, 1e-15);
    assert_near(got.se, mean_se(x, 30), 0);
    assert_interval(got.interval, "wilson", 0.273775, 0.608027);
}

static void test_estimate_mean_takes_normal_from_thirty_items_on(void **state)
{
    double x[ITEMS_MAX];
    struct scores scores = {.x = fill(x, 30, 13, 0.5), .count = 30, .epochs = 1};

    (void)state;
    assert_string_equal(estimate_mean(&scores, 0.95).interval.method, "normal");
    scores.count = 29;
    assert_string_equal(estimate_mean(&scores, 0.95).interval.method, "t");
}

static void test_estimate_mean_takes_no_wilson_for_several_epochs(void **state)
{
    double x[ITEMS_MAX];
    struct scores scores = {.x = fill(x, 40, 13, 0), .count = 40, .epochs = 8};

    (void)state;
    assert_string_equal(estimate_mean(&scores, 0.95).interval.method, "normal");
}

static void test_estimate_mean_uses_t_for_few_clusters(void **state)
{
    const double x[] = {1, 1, 0, 0, 0, 1, 1, 1, 1, 0, 1, 1, 0, 0};
    const size_t cluster[] = {0, 0, 0, 1, 1, 2, 2, 2, 2, 3, 3, 4, 4, 4};
    struct scores scores = {.x = x, .cluster = cluster, .count = 14, .epochs = 1};
    struct estimate got = estimate_mean(&scores, 0.95);

    (void)state;
    assert_int_equal(got.clusters, 5);
    assert_near(got.se, 0.176002, 5e-7);
    /* 0.571429 -/+ t(0.975, 4) 0.176002, the upper end clamped */
    assert_interval(got.interval, "t", 0.571429 - 2.776445 * 0.176002, 1);
}

static void test_estimate_mean_is_clamped_below_too(void **state)
{
    const double x[] = {0, 0.25, 0};
    struct scores scores = {.x = x, .count = 3, .epochs = 4};
    struct estimate got = estimate_mean(&scores, 0.95);

    (void)state;
    assert_string_equal(got.interval.method, "t");
    assert_true(got.interval.lower == 0);
}

static void test_estimate_mean_counts_clusters_for_normal(void **state)
{
    double x[ITEMS_MAX];
    size_t cluster[ITEMS_MAX];
    struct scores scores = {.x = fill(x, 60, 33, 0), .cluster = cluster, .count = 60, .epochs = 1};

    (void)state;
    for (size_t i = 0; i < 60; i++)
        cluster[i] = i / 2;
    assert_string_equal(estimate_mean(&scores, 0.95).interval.method, "normal");
    cluster[1] = cluster[0] = cluster[2];
    assert_string_equal(estimate_mean(&scores, 0.95).interval.method, "t");
}

static void test_estimate_mean_refuses_four_clusters(void **state)
{
    const double x[] = {1, 0, 1, 0, 1, 1};
    const size_t cluster[] = {0, 0, 1, 2, 3, 3};
    struct scores scores = {.x = x, .cluster = cluster, .count = 6, .epochs = 1};
    struct estimate got = estimate_mean(&scores, 0.95);

    (void)state;
    assert_int_equal(got.clusters, 4);
    assert_near(got.mean, 4 / 6.0, 1e-15);
    assert_true(isnan(got.se));
    assert_no_interval(got.interval);
}

static void test_estimate_mean_of_one_item_has_no_se(void **state)
{
    const double right = 1, half = 0.5;
    struct scores scores = {.x = &right, .count = 1, .epochs = 1};

    (void)state;
    assert_true(isnan(estimate_mean(&scores, 0.95).se));
    assert_interval(estimate_mean(&scores, 0.95).interval, "wilson", 0.206549, 1);
    scores.x = &half;
    assert_true(isnan(estimate_mean(&scores, 0.95).se));
    assert_no_interval(estimate_mean(&scores, 0.95).interval);
}

static void test_estimate_mean_of_equal_scores_is_not_certain(void **state)
{
    double x[ITEMS_MAX];
    struct scores scores = {.x = fill(x, 30, 0, 0), .count = 30, .epochs = 8};
    struct estimate got = estimate_mean(&scores, 0.95);

    (void)state;
    assert_true(got.se == 0);
    assert_interval(got.interval, "wilson", 0, 0.113513);
    /* The mean of 24 times 0.1 is not 0.1 to the last digit, and so the residuals are not quite 0. */
    fill(x, 24, 0, 0.1);
    scores.count = 24;
    got = estimate_mean(&scores, 0.95);
    assert_true(mean_se(x, 24) > 0 && got.se == 0);
    assert_string_equal(got.interval.method, "wilson");
    assert_true(got.interval.lower < 0.05 && got.interval.upper > 0.2);
}

static void test_estimate_mean_of_equal_clusters_counts_clusters(void **state)
{
    double x[ITEMS_MAX];
    size_t cluster[ITEMS_MAX];
    struct scores scores = {.x = fill(x, 60, 60, 0), .cluster = cluster, .count = 60, .epochs = 1};

    (void)state;
    for (size_t i = 0; i < 60; i++)
        cluster[i] = i / 2;
    assert_interval(estimate_mean(&scores, 0.95).interval, "wilson", 1 - 0.113513, 1);
}

static void test_estimate_mean_of_nothing_is_undefined(void **state)
{
    struct scores scores = {.x = NULL, .count = 0, .epochs = 1};
    struct estimate got = estimate_mean(&scores, 0.95);

    (void)state;
    assert_true(isnan(got.mean) && isnan(got.se));
    assert_no_interval(got.interval);
}

static void test_estimate_mean_of_a_spoilt_score_is_undefined(void **state)
{
    const double spoilt[] = {NAN, INFINITY, -0.5, 1.5};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        const double x[] = {1, spoilt[i], 0};
        struct scores scores = {.x = x, .count = 3, .epochs = 1};
        assert_true(isnan(estimate_mean(&scores, 0.95).mean));
        assert_true(isnan(estimate_mean(&scores, 0.95).se));
        assert_no_interval(estimate_mean(&scores, 0.95).interval);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_interval_wilson_has_hand_worked_values),
        cmocka_unit_test(test_interval_wilson_ends_exactly_at_zero_and_one),
        cmocka_unit_test(test_interval_normal_and_t_have_hand_worked_values),
        cmocka_unit_test(test_estimate_mean_takes_wilson_for_right_and_wrong),
        cmocka_unit_test(test_estimate_mean_takes_normal_from_thirty_items_on),
        cmocka_unit_test(test_estimate_mean_takes_no_wilson_for_several_epochs),
        cmocka_unit_test(test_estimate_mean_uses_t_for_few_clusters),
        cmocka_unit_test(test_estimate_mean_is_clamped_below_too),
        cmocka_unit_test(test_estimate_mean_counts_clusters_for_normal),
        cmocka_unit_test(test_estimate_mean_refuses_four_clusters),
        cmocka_unit_test(test_estimate_mean_of_one_item_has_no_se),
        cmocka_unit_test(test_estimate_mean_of_equal_scores_is_not_certain),
        cmocka_unit_test(test_estimate_mean_of_equal_clusters_counts_clusters),
        cmocka_unit_test(test_estimate_mean_of_nothing_is_undefined),
        cmocka_unit_test(test_estimate_mean_of_a_spoilt_score_is_undefined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
