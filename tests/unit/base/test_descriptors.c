#include "harness/base/descriptors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/resource.h>

static void test_descriptors_raise_takes_all_that_are_allowed(void **state)
{
    struct rlimit limit;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_true(limit.rlim_max > 64);
    limit.rlim_cur = 64;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(descriptors_max(), 64);
    descriptors_raise();
    assert_true(descriptors_max() == (limit.rlim_max == RLIM_INFINITY ? SIZE_MAX : (size_t)limit.rlim_max));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_descriptors_raise_takes_all_that_are_allowed) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
