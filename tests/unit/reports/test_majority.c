#include "reports/majority.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include "harness/base/random.h"
#include "reports/stats/tries.h"

static void test_majority_credit_is_that_of_tries(void **state)
{
    struct majority *majority = majority_new(7);
    struct splitmix random = { .state = 1 };

    (void)state;
    for (int i = 0; i < 500; i++) {
        size_t count = 1 + (size_t)splitmix_below(&random, 10), classes = 0;
        int class_of[10];
        for (size_t j = 0; j < count; j++) {
            size_t drawn = (size_t)splitmix_below(&random, classes + 2);
            class_of[j] = drawn > classes ? CLASS_UNPARSED : (int)drawn;
            classes += drawn == classes;
        }
        for (size_t k = 1; k <= count && classes > 0; k++) {
            int gold = (int)splitmix_below(&random, classes);
            double got = majority_credit(majority, class_of, count, gold, k);
            assert_true(fabs(got - tries_maj_at_k(class_of, count, gold, k, 7)) < 1e-14);
        }
    }
    majority_free(majority);
}

static void test_majority_credit_of_many_answers_is_that_of_tries(void **state)
{
    struct majority *majority = majority_new(7);
    int class_of[40];

    (void)state;
    for (int i = 0; i < 40; i++)
        class_of[i] = i % 3;
    for (int turn = 0; turn < 2; turn++) {
        double got = majority_credit(majority, class_of, 40, 1, 20);
        assert_true(fabs(got - tries_maj_at_k(class_of, 40, 1, 20, 7)) < 1e-14);
        class_of[0] = 1; /* the order counts where subsets are drawn: nothing may be remembered */
    }
    majority_free(majority);
}

static void test_majority_credit_is_plain_at_the_ends(void **state)
{
    static const int same[] = { 0, 0, 0 }, unread[] = { -1, -1, -1 };
    struct majority *majority = majority_new(7);

    (void)state;
    assert_true(majority_credit(majority, same, 3, 0, 2) >= 1);
    assert_true(majority_credit(majority, same, 3, CLASS_NOBODY, 2) <= 0);
    assert_true(majority_credit(majority, unread, 3, CLASS_NOBODY, 2) <= 0);
    majority_free(majority);
    majority_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_majority_credit_is_that_of_tries),
        cmocka_unit_test(test_majority_credit_of_many_answers_is_that_of_tries),
        cmocka_unit_test(test_majority_credit_is_plain_at_the_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
