#include "reports/stats/tries.h"

#include "reports/stats/mean.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_near(double got, double expected, double tolerance)
{
    if (!(fabs(got - expected) <= tolerance))
        fail_msg("got %.17g, expected %.17g", got, expected);
}

static void test_tries_pass_at_k_has_hand_worked_values(void **state)
{
    (void)state;
    assert_near(tries_pass_at_k(10, 3, 5), 0.9166667, 5e-8);
    assert_near(tries_pass_at_k(200, 13, 100), 0.9999195, 5e-8);
    assert_near(tries_pass_at_k(10, 3, 1), 0.3, 1e-15);
}

static void test_tries_pass_at_k_is_certain_at_the_ends(void **state)
{
    (void)state;
    assert_true(tries_pass_at_k(64, 0, 8) == 0);
    assert_true(tries_pass_at_k(64, 64, 8) == 1);
    assert_true(tries_pass_at_k(4, 2, 4) == 1);
    assert_true(tries_pass_at_k(4, 2, 3) == 1);
}

static void test_tries_pass_hat_k_needs_k_right(void **state)
{
    (void)state;
    assert_true(tries_pass_hat_k(10, 3, 5) == 0);
    assert_true(tries_pass_hat_k(64, 64, 8) == 1);
    assert_near(tries_pass_hat_k(10, 3, 1), 0.3, 1e-15);
    assert_near(tries_pass_hat_k(10, 3, 3), 1 / 120.0, 1e-15);
}

static void test_tries_pass_at_and_hat_k_mirror_each_other(void **state)
{
    (void)state;
    for (size_t right = 0; right <= 20; right++)
        for (size_t k = 1; k <= 20; k++)
            assert_near(tries_pass_at_k(20, right, k), 1 - tries_pass_hat_k(20, 20 - right, k), 1e-14);
}

static void test_tries_at_k_extrapolate_nothing(void **state)
{
    const int class_of[] = {0, 0};

    (void)state;
    for (size_t k = 0; k <= 3; k += 3) {
        assert_true(isnan(tries_pass_at_k(2, 1, k)));
        assert_true(isnan(tries_pass_hat_k(2, 1, k)));
        assert_true(isnan(tries_maj_at_k(class_of, 2, 0, k, 1)));
    }
    assert_true(isnan(tries_maj_at_k(NULL, 0, 0, 1, 1)));
}

static void test_tries_maj_at_k_has_hand_worked_values(void **state)
{
    const int class_of[] = {0, 0, 1, 0, 2, 1, 0, 1}; /* 12, 12, 7, 12, 9, 7, 12, 7 */

    (void)state;
    assert_near(tries_maj_at_k(class_of, 8, 0, 1, 1), 0.5, 1e-15);
    assert_near(tries_maj_at_k(class_of, 8, 0, 3, 1), 0.571429, 5e-7);
    assert_near(tries_maj_at_k(class_of, 8, 0, 5, 1), 0.660714, 5e-7);
    assert_near(tries_maj_at_k(class_of, 8, 0, 8, 1), 1, 0);
}

static void test_tries_maj_at_k_shares_ties(void **state)
{
    const int two[] = {5, 9, 5, 9}, all_apart[] = {3, 1, 4, 2, 5, 8, 6, 7};

    (void)state;
    assert_near(tries_maj_at_k(two, 4, 9, 4, 1), 0.5, 0);
    assert_near(tries_maj_at_k(all_apart, 8, 2, 8, 1), 1 / 8.0, 0);
}

static void test_tries_maj_at_k_gives_unparsed_answers_no_vote(void **state)
{
    const int most_unparsed[] = {-1, -1, -1, 7, -1}, none_parsed[] = {-1, -1, -1};

    (void)state;
    assert_near(tries_maj_at_k(most_unparsed, 5, 7, 5, 1), 1, 0);
    assert_near(tries_maj_at_k(most_unparsed, 5, 7, 1, 1), 0.2, 1e-15);
    assert_near(tries_maj_at_k(none_parsed, 3, CLASS_NOBODY, 3, 1), 0, 0);
    assert_near(tries_maj_at_k(none_parsed, 3, CLASS_UNPARSED, 3, 1), 0, 0);
}

static void test_tries_maj_at_k_is_zero_when_nobody_gave_gold(void **state)
{
    const int class_of[] = {0, 0, 1};

    (void)state;
    assert_near(tries_maj_at_k(class_of, 3, CLASS_NOBODY, 3, 1), 0, 0);
    assert_near(tries_maj_at_k(class_of, 3, 2, 3, 1), 0, 0);
}

static void test_tries_maj_at_k_counts_every_subset_up_to_20000(void **state)
{
    int class_of[20000] = {0};

    (void)state;
    /* C(20000,1) = 20000 subsets, one in four right: exact, so no seed can matter */
    for (size_t i = 0; i < 20000; i++)
        class_of[i] = i % 4 == 0 ? 1 : 0;
    assert_near(tries_maj_at_k(class_of, 20000, 1, 1, 1), 0.25, 0);
    assert_near(tries_maj_at_k(class_of, 20000, 1, 1, 2), 0.25, 0);
}

static void test_tries_maj_at_k_draws_from_its_seed_beyond(void **state)
{
    int class_of[64];
    double first, second;

    (void)state;
    for (size_t i = 0; i < 64; i++)
        class_of[i] = i % 2 == 0 ? 0 : 1;
    first = tries_maj_at_k(class_of, 64, 0, 15, 42);
    second = tries_maj_at_k(class_of, 64, 0, 15, 43);
    assert_true(tries_maj_at_k(class_of, 64, 0, 15, 42) == first);
    assert_true(first != second);
    /* Two equal camps and an odd k: a half by symmetry, and 1000 draws have an error of 0.016. */
    assert_near(first, 0.5, 0.08);
    assert_near(second, 0.5, 0.08);
}

static void test_tries_maj_at_k_draws_every_answer_alike(void **state)
{
    int class_of[1024] = {0};

    (void)state;
    /* One answer in 1024 is gold, all others unparsed: gold wins when drawn, in half the subsets. */
    for (size_t i = 0; i < 1024; i++)
        class_of[i] = CLASS_UNPARSED;
    class_of[1023] = 0;
    assert_near(tries_maj_at_k(class_of, 1024, 0, 512, 7), 0.5, 0.08);
}

/* Item i owns the next epochs[i] of scores. */
static struct tries_spread spread_of(const double *scores, const size_t *epochs, size_t items)
{
    struct tries_spread spread = {0};

    for (size_t i = 0; i < items; scores += epochs[i++])
        tries_spread_add(&spread, scores, epochs[i]);
    return spread;
}

static void test_tries_spread_has_hand_worked_values(void **state)
{
    const double scores[] = {1, 1, 1, 0, 0, 0, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0};
    const size_t epochs[] = {4, 4, 4, 4, 4, 4};
    struct tries_spread got = spread_of(scores, epochs, 6);

    (void)state;
    assert_near(tries_spread_within(&got), 0.166667, 5e-7);
    assert_near(tries_spread_se(&got), 0.083333, 5e-7);
}

static void test_tries_spread_takes_items_with_voids(void **state)
{
    const double scores[] = {1, 0, 1, 1, 0, 0, 1};
    const size_t epochs[] = {2, 1, 4};
    const double within = (0.5 + 1 / 3.0) / 2;
    struct tries_spread got = spread_of(scores, epochs, 3);

    (void)state;
    assert_int_equal(got.items, 3);
    assert_int_equal(got.repeated, 2);
    assert_near(tries_spread_within(&got), within, 1e-15);
    assert_near(tries_spread_se(&got), sqrt(within * (0.5 + 1 + 0.25) / 3 / 3), 1e-15);
}

static void test_tries_spread_leaves_undefined_what_is(void **state)
{
    const double scores[] = {1, 0};
    const size_t twice[] = {2}, once[] = {1, 1};
    struct tries_spread one_item = spread_of(scores, twice, 1);
    struct tries_spread one_epoch = spread_of(scores, once, 2);
    struct tries_spread nothing = {0};

    (void)state;
    assert_near(tries_spread_se(&one_item), 0.5, 1e-15);
    assert_true(isnan(tries_spread_within(&one_epoch)) && isnan(tries_spread_se(&one_epoch)));
    assert_true(isnan(tries_spread_within(&nothing)) && isnan(tries_spread_se(&nothing)));
}

/* A recorded run of AIME 2025: right answers of 8 epochs for its 30 problems, under the canonical reader. */
static const size_t aime_right[30] = {8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8,
                                      8, 8, 7, 8, 8, 7, 8, 8, 8, 8, 8, 1, 7, 4, 7};

static void test_tries_spread_of_aime_has_the_known_errors(void **state)
{
    struct tries_spread got = {0};
    double means[30];

    (void)state;
    for (size_t i = 0; i < 30; i++) {
        double scores[8];
        for (size_t j = 0; j < 8; j++)
            scores[j] = j < aime_right[i] ? 1 : 0;
        tries_spread_add(&got, scores, 8);
        means[i] = mean_of(scores, 8);
    }
    assert_near(mean_of(means, 30), 0.9375, 0);
    assert_near(mean_se(means, 30), 0.0332, 5e-5);
    assert_near(tries_spread_se(&got), 0.0112, 5e-5);
}

static void test_tries_pass_at_k_of_aime_has_the_known_means(void **state)
{
    double pass_at_4[30], pass_at_8[30];

    (void)state;
    for (size_t i = 0; i < 30; i++) {
        pass_at_4[i] = tries_pass_at_k(8, aime_right[i], 4);
        pass_at_8[i] = tries_pass_at_k(8, aime_right[i], 8);
    }
    assert_near(mean_of(pass_at_4, 30), 0.9829, 5e-5);
    assert_near(mean_of(pass_at_8, 30), 1, 0);
}

static void test_tries_maj_at_k_of_aime_has_the_known_mean(void **state)
{
    const int gold_among_eight[8] = {0, 1, 2, 3, 4, 5, 6, 7}; /* problem 27: eight different answers */
    const int gold_leads[8] = {0, 1, 2, 2, 3, 2, 2, 0};       /* problem 29: 45 42 60 60 37 60 60 45 */
    double credit[30];

    (void)state;
    for (size_t i = 0; i < 30; i++)
        credit[i] = 1; /* the others have 7 or 8 right answers */
    credit[26] = tries_maj_at_k(gold_among_eight, 8, 5, 8, 1);
    credit[28] = tries_maj_at_k(gold_leads, 8, 2, 8, 1);
    assert_near(mean_of(credit, 30), 0.9708, 5e-5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tries_pass_at_k_has_hand_worked_values),
        cmocka_unit_test(test_tries_pass_at_k_is_certain_at_the_ends),
        cmocka_unit_test(test_tries_pass_hat_k_needs_k_right),
        cmocka_unit_test(test_tries_pass_at_and_hat_k_mirror_each_other),
        cmocka_unit_test(test_tries_at_k_extrapolate_nothing),
        cmocka_unit_test(test_tries_maj_at_k_has_hand_worked_values),
        cmocka_unit_test(test_tries_maj_at_k_shares_ties),
        cmocka_unit_test(test_tries_maj_at_k_gives_unparsed_answers_no_vote),
        cmocka_unit_test(test_tries_maj_at_k_is_zero_when_nobody_gave_gold),
        cmocka_unit_test(test_tries_maj_at_k_counts_every_subset_up_to_20000),
        cmocka_unit_test(test_tries_maj_at_k_draws_from_its_seed_beyond),
        cmocka_unit_test(test_tries_maj_at_k_draws_every_answer_alike),
        cmocka_unit_test(test_tries_spread_has_hand_worked_values),
        cmocka_unit_test(test_tries_spread_takes_items_with_voids),
        cmocka_unit_test(test_tries_spread_leaves_undefined_what_is),
        cmocka_unit_test(test_tries_spread_of_aime_has_the_known_errors),
        cmocka_unit_test(test_tries_pass_at_k_of_aime_has_the_known_means),
        cmocka_unit_test(test_tries_maj_at_k_of_aime_has_the_known_mean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
