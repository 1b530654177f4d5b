#include "reports/stats/quantile.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_near(double got, double expected, double relative)
{
    if (!(fabs(got - expected) <= relative * fmax(fabs(expected), 1e-300)))
        fail_msg("got %.17g, expected %.17g", got, expected);
}

static void test_quantile_normal_has_tabled_points(void **state)
{
    (void)state;
    assert_near(quantile_normal(0.975), 1.959963984540054, 1e-14);
    assert_near(quantile_normal(0.995), 2.5758293035489004, 1e-14);
    assert_near(quantile_normal(0.9), 1.2815515655446004, 1e-14);
    assert_true(fabs(quantile_normal(0.5)) < 1e-16);
}

static void test_quantile_normal_is_odd(void **state)
{
    (void)state;
    for (double p = 0.0078125; p < 0.5; p *= 2)
        assert_true(fabs(quantile_normal(p) + quantile_normal(1 - p)) < 1e-15);
}

static void test_quantile_normal_inverts_far_tails(void **state)
{
    (void)state;
    for (double p = 0.3; p > 1e-300; p *= 1e-7) {
        double z = quantile_normal(p);
        assert_near(0.5 * erfc(-z / sqrt(2)), p, 1e-12);
    }
}

/* Worked out to 40 digits with mpmath. */
static void test_quantile_t_has_tabled_points(void **state)
{
    (void)state;
    assert_near(quantile_t(0.975, 1), 12.706204736174694, 1e-12);
    assert_near(quantile_t(0.975, 2), 4.302652729749464, 1e-12);
    assert_near(quantile_t(0.975, 5), 2.5705818356363146, 1e-12);
    assert_near(quantile_t(0.975, 29), 2.0452296421327043, 1e-12);
    assert_near(quantile_t(0.025, 29), -2.0452296421327043, 1e-12);
    assert_near(quantile_t(0.975, 499), 1.964729390987689, 1e-12);
}

static void test_quantile_t_of_one_half_is_zero(void **state)
{
    (void)state;
    assert_true(fabs(quantile_t(0.5, 7)) < 1e-12);
}

static void test_quantile_t_of_one_degree_is_the_cauchy_quantile(void **state)
{
    (void)state;
    for (double p = 0.51; p < 1; p += 0.01)
        assert_near(quantile_t(p, 1), tan(acos(-1) * (p - 0.5)), 1e-13);
    assert_near(quantile_t(0.5 + 0x1p-30, 1), tan(acos(-1) * 0x1p-30), 1e-6);
    assert_true(isfinite(quantile_t(1 - 1e-16, 0.01)));
}

static void test_incomplete_beta_ends_at_zero_and_one(void **state)
{
    (void)state;
    assert_true(incomplete_beta(2, 3, 0) == 0);
    assert_true(incomplete_beta(2, 3, 1) == 1);
}

static void test_incomplete_beta_has_known_values(void **state)
{
    (void)state;
    assert_near(incomplete_beta(2, 3, 0.4), 0.5248, 1e-13);
    assert_near(incomplete_beta(0.5, 0.5, 0.2), 0.29516723530086664, 1e-13);
    assert_near(incomplete_beta(418, 83, 0.8), 0.023212000667212483, 1e-10);
    assert_near(incomplete_beta(250.5, 250.5, 0.5), 0.5, 1e-10);
    assert_near(incomplete_beta(1, 30, 0.05), 1 - pow(0.95, 30), 1e-13);
}

static void test_incomplete_beta_mirrors(void **state)
{
    (void)state;
    for (double x = 0.0625; x < 1; x += 0.0625)
        assert_near(incomplete_beta(3, 7.5, x) + incomplete_beta(7.5, 3, 1 - x), 1, 1e-13);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantile_normal_has_tabled_points),
        cmocka_unit_test(test_quantile_normal_is_odd),
        cmocka_unit_test(test_quantile_normal_inverts_far_tails),
        cmocka_unit_test(test_quantile_t_has_tabled_points),
        cmocka_unit_test(test_quantile_t_of_one_half_is_zero),
        cmocka_unit_test(test_quantile_t_of_one_degree_is_the_cauchy_quantile),
        cmocka_unit_test(test_incomplete_beta_ends_at_zero_and_one),
        cmocka_unit_test(test_incomplete_beta_has_known_values),
        cmocka_unit_test(test_incomplete_beta_mirrors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
