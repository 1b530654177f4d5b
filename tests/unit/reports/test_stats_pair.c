#include "reports/stats/pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#define COUNT 200

static void assert_near(double got, double expected, double off)
{
    if (!(fabs(got - expected) <= off))
        fail_msg("%.17g is not %.17g", got, expected);
}

/* 120 up, 80 down: by the normal distribution 2 (1 - F(40 / sqrt(200))) = 0.0047. */
static void test_pair_permutation_draws_where_there_are_many(void **state)
{
    double d[COUNT];
    const struct differences differences = { .d = d, .count = COUNT };
    double p;

    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        d[i] = i % 5 < 3 ? 1 : -1;
    p = pair_permutation(&differences, 7).p;
    assert_near(p, 0.0056, 0.002);
    assert_true(p == pair_permutation(&differences, 7).p);
    assert_false(p == pair_permutation(&differences, 8).p);
}

/* None of those drawn comes so far: 1 of 10,000 is the most that can be said. */
static void test_pair_permutation_knows_its_bound(void **state)
{
    double d[COUNT];
    const struct differences differences = { .d = d, .count = COUNT };
    struct permutation permutation;

    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        d[i] = i % 5 < 3 ? 1 : -1;
    permutation = pair_permutation(&differences, 7);
    assert_true(!permutation.is_bound && permutation.signs == 9999);
    for (size_t i = 0; i < COUNT; i++)
        d[i] = 0.5;
    permutation = pair_permutation(&differences, 7);
    assert_true(permutation.is_bound && permutation.signs == 9999);
    assert_near(permutation.p, 0.0001, 1e-15);
    permutation = pair_permutation(&(struct differences){ .d = d, .count = 20 }, 7);
    assert_true(!permutation.is_bound && permutation.signs == 1 << 20);
}

/* Five clusters that differ all one way: 2 of 32 signs, however many items each has. */
static void test_pair_permutation_flips_whole_clusters(void **state)
{
    double d[COUNT];
    size_t cluster[COUNT];
    const struct differences differences = { d, cluster, COUNT };

    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        cluster[i] = i / 40;
        d[i] = 0.25;
    }
    assert_near(pair_permutation(&differences, 7).p, 2.0 / 32, 1e-15);
}

static void test_pair_bootstrap_of_equal_differences_is_none(void **state)
{
    const double d[] = { 0.5, 0.5, 0.5 };
    const struct differences differences = { .d = d, .count = 3 };

    (void)state;
    assert_null(pair_bootstrap(&differences, 0.95, 100, 1).bca.method);
}

static void test_pair_compare_chooses_the_test(void **state)
{
    const double a[] = { 1, 1, 1, 0, 1, 1 }, b[] = { 0, 0, 1, 0, 0, 0 }, half[] = { 0.5, 0, 1, 0, 0, 0 };
    const size_t cluster[] = { 0, 0, 1, 1, 2, 2 };
    struct comparison got = pair_compare(a, b, NULL, 6, true, 0.95, 1);

    (void)state;
    assert_string_equal(got.test, "mcnemar");
    assert_near(got.p, 0.0625, 1e-12);                  /* 4 to 0: 2 (1/16 - 1/32) */
    assert_string_equal(got.interval.method, "t");
    assert_true(got.interval.upper <= 1);
    assert_string_equal(pair_compare(a, b, NULL, 6, false, 0.95, 1).test, "permutation");
    got = pair_compare(a, half, NULL, 6, true, 0.95, 1);
    assert_string_equal(got.test, "permutation");
    assert_string_equal(got.interval.method, "bca");
    got = pair_compare(a, b, cluster, 6, true, 0.95, 1);
    assert_string_equal(got.test, "permutation");
    assert_true(isnan(got.se));                         /* too few clusters */
    assert_null(got.interval.method);
}

/* "We cannot tell" must not read as "we are certain". */
static void test_pair_compare_has_no_interval_without_width(void **state)
{
    const double a[] = { 1, 0, 1 };
    struct comparison got = pair_compare(a, a, NULL, 3, true, 0.95, 1);

    (void)state;
    assert_true(got.difference <= 0 && got.difference >= 0 && got.p >= 1);
    assert_null(got.interval.method);
    got = pair_compare(a, a, NULL, 0, true, 0.95, 1);
    assert_true(isnan(got.difference) && isnan(got.p));
    assert_null(got.test);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pair_permutation_draws_where_there_are_many),
        cmocka_unit_test(test_pair_permutation_knows_its_bound),
        cmocka_unit_test(test_pair_permutation_flips_whole_clusters),
        cmocka_unit_test(test_pair_bootstrap_of_equal_differences_is_none),
        cmocka_unit_test(test_pair_compare_chooses_the_test),
        cmocka_unit_test(test_pair_compare_has_no_interval_without_width),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
