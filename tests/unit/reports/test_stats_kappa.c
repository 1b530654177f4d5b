/* Examples worked by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "reports/stats/kappa.h"

static void expect(size_t no_no, size_t no_yes, size_t yes_no, size_t yes_yes, double kappa)
{
    const size_t pairs[2][2] = { { no_no, no_yes }, { yes_no, yes_yes } };

    assert_true(fabs(kappa_of(pairs) - kappa) < 1e-12);
}

static void test_kappa_of_hand_computed_tables(void **state)
{
    (void)state;
    expect(15, 10, 5, 20, 0.4);             /* seen 35/50, chance (25*20 + 25*30)/2500 = 0.5: 0.2/0.5 */
    expect(15, 5, 10, 20, 0.4);             /* it does not matter who is who */
    expect(1, 1, 0, 2, 0.5);                /* seen 3/4, chance (2*1 + 2*3)/16 = 0.5 */
    expect(5, 0, 0, 5, 1);
    expect(0, 5, 5, 0, -1);
    expect(4, 4, 4, 4, 0);
    expect(0, 0, 3, 7, 0);                  /* the other always said yes, or not: nothing is learned of their agreement */
}

/* The same by the delta method, the derivatives of kappa taken numerically. */
static void test_kappa_interval_is_that_of_the_delta_method(void **state)
{
    static const struct { size_t pairs[2][2]; double stderr_of, lower, upper; } TABLES[] = {
        { { { 20, 5 }, { 10, 15 } }, 0.126996, 0.151092, 0.648908 },
        { { { 3, 1 }, { 2, 2 } }, 0.331456, -0.399642, 0.899642 },
        { { { 45, 15 }, { 25, 15 } }, 0.098662, -0.062938, 0.323808 },
        { { { 100, 2 }, { 1, 5 } }, 0.136242, 0.487515, 1 },
    };
    double lower, upper;

    (void)state;
    for (size_t i = 0; i < sizeof TABLES / sizeof TABLES[0]; i++) {
        kappa_interval(TABLES[i].pairs, &lower, &upper);
        assert_true(fabs(kappa_stderr(TABLES[i].pairs) - TABLES[i].stderr_of) < 1e-6);
        assert_true(fabs(lower - TABLES[i].lower) < 1e-6 && fabs(upper - TABLES[i].upper) < 1e-6);
    }
}

static void test_kappa_interval_is_not_defined_where_all_agree(void **state)
{
    const size_t all[2][2] = { { 5, 0 }, { 0, 4 } }, none[2][2] = { { 0, 5 }, { 4, 0 } }, empty[2][2] = { { 0 } };
    double lower, upper;

    (void)state;
    assert_true(isnan(kappa_stderr(all)) && isnan(kappa_stderr(none)) && isnan(kappa_stderr(empty)));
    kappa_interval(all, &lower, &upper);
    assert_true(isnan(lower) && isnan(upper));
}

static void test_kappa_of_is_not_defined_without_two_words(void **state)
{
    const size_t none[2][2] = { { 0, 0 }, { 0, 0 } }, same[2][2] = { { 0, 0 }, { 0, 9 } };

    (void)state;
    assert_true(isnan(kappa_of(none)));
    assert_true(isnan(kappa_of(same)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kappa_of_hand_computed_tables),
        cmocka_unit_test(test_kappa_interval_is_that_of_the_delta_method),
        cmocka_unit_test(test_kappa_interval_is_not_defined_where_all_agree),
        cmocka_unit_test(test_kappa_of_is_not_defined_without_two_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
