#include "reports/stats/mean.h"

#include "reports/stats/sum.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_near(double got, double expected, double tolerance)
{
    if (!(fabs(got - expected) <= tolerance))
        fail_msg("got %.17g, expected %.17g", got, expected);
}

static void test_sum_value_keeps_what_additions_lose(void **state)
{
    const double x[] = {1, 1e100, 1, -1e100};
    struct sum sum = {0};

    (void)state;
    for (size_t i = 0; i < 4; i++)
        sum_add(&sum, x[i]);
    assert_true(sum_value(&sum) == 2);
}

static void test_sum_value_of_a_million_tenths_is_exact(void **state)
{
    struct sum sum = {0};

    (void)state;
    for (int i = 0; i < 1000000; i++)
        sum_add(&sum, 0.1);
    assert_true(sum_value(&sum) == 1e5);
}

static void test_mean_of_does_not_depend_on_order(void **state)
{
    enum { COUNT = 1000000 };
    double *x = malloc(COUNT * sizeof *x);
    double forward;

    (void)state;
    assert_non_null(x);
    for (int i = 0; i < COUNT; i++)
        x[i] = 1 / (double)(i + 1);
    forward = mean_of(x, COUNT);
    for (int i = 0; i < COUNT; i++)
        x[COUNT - 1 - i] = 1 / (double)(i + 1);
    assert_true(mean_of(x, COUNT) == forward);
    assert_near(forward * COUNT, 14.392726722865723632, 1e-14);
    free(x);
}

static void test_mean_of_nothing_is_undefined(void **state)
{
    (void)state;
    assert_true(isnan(mean_of(NULL, 0)));
    assert_true(isnan(mean_se(NULL, 0)));
}

static void test_mean_of_lets_nan_through(void **state)
{
    const double x[] = {1, NAN, 0};

    (void)state;
    assert_true(isnan(mean_of(x, 3)));
    assert_true(isnan(mean_se(x, 3)));
}

static void test_mean_se_has_the_n_minus_one_form(void **state)
{
    const double x[] = {1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 0, 1};

    (void)state;
    assert_near(mean_of(x, 20), 0.7, 0);
    assert_near(mean_variance(x, 20), 0.22105, 5e-6);
    assert_near(mean_se(x, 20), 0.105131, 5e-7);
}

static void test_mean_se_of_one_item_is_undefined(void **state)
{
    const double x[] = {1};

    (void)state;
    assert_true(mean_of(x, 1) == 1);
    assert_true(isnan(mean_variance(x, 1)));
    assert_true(isnan(mean_se(x, 1)));
}

static void test_mean_se_of_equal_scores_is_zero(void **state)
{
    const double x[] = {0.75, 0.75, 0.75};

    (void)state;
    assert_true(mean_se(x, 3) == 0);
}

static void test_mean_cluster_se_has_and_has_not_the_factor(void **state)
{
    const double x[] = {1, 1, 0, 0, 0, 1, 1, 1, 1, 0, 1, 1, 0, 0};
    const size_t cluster[] = {0, 0, 0, 1, 1, 2, 2, 2, 2, 3, 3, 4, 4, 4};
    struct cluster_se se = mean_cluster_se(x, cluster, 14);
    double alone = mean_se(x, 14);

    (void)state;
    assert_int_equal(se.clusters, 5);
    assert_near(se.plain, 0.157421, 5e-7);
    assert_near(se.corrected, 0.176002, 5e-7);
    assert_near(alone, 0.137253, 5e-7);
    assert_near(se.corrected * se.corrected / (alone * alone), 1.644345, 5e-7); /* the design effect */
}

static void test_mean_cluster_se_allows_gaps_in_the_numbers(void **state)
{
    const double x[] = {1, 0, 1, 0, 1, 1};
    const size_t dense[] = {0, 1, 1, 2, 3, 4}, gaps[] = {3, 7, 7, 8, 100, 4000};

    (void)state;
    assert_int_equal(mean_cluster_se(x, gaps, 6).clusters, 5);
    assert_true(mean_cluster_se(x, gaps, 6).plain == mean_cluster_se(x, dense, 6).plain);
}

static void test_mean_cluster_se_of_single_items_is_the_plain_se(void **state)
{
    const double x[] = {1, 0, 0.5, 1, 0.25, 0.75};
    const size_t cluster[] = {1, 2, 3, 4, 5, 6};

    (void)state;
    assert_near(mean_cluster_se(x, cluster, 6).corrected, mean_se(x, 6), 1e-15);
}

static void test_mean_cluster_se_refuses_four_clusters(void **state)
{
    const double x[] = {1, 0, 1, 0, 1};
    const size_t cluster[] = {0, 0, 1, 2, 3};
    struct cluster_se se = mean_cluster_se(x, cluster, 5);

    (void)state;
    assert_int_equal(se.clusters, 4);
    assert_true(isnan(se.plain));
    assert_true(isnan(se.corrected));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sum_value_keeps_what_additions_lose),
        cmocka_unit_test(test_sum_value_of_a_million_tenths_is_exact),
        cmocka_unit_test(test_mean_of_does_not_depend_on_order),
        cmocka_unit_test(test_mean_of_nothing_is_undefined),
        cmocka_unit_test(test_mean_of_lets_nan_through),
        cmocka_unit_test(test_mean_se_has_the_n_minus_one_form),
        cmocka_unit_test(test_mean_se_of_one_item_is_undefined),
        cmocka_unit_test(test_mean_se_of_equal_scores_is_zero),
        cmocka_unit_test(test_mean_cluster_se_has_and_has_not_the_factor),
        cmocka_unit_test(test_mean_cluster_se_allows_gaps_in_the_numbers),
        cmocka_unit_test(test_mean_cluster_se_of_single_items_is_the_plain_se),
        cmocka_unit_test(test_mean_cluster_se_refuses_four_clusters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
