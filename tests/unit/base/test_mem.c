#include "harness/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* AddressSanitizer would abort on a size no malloc gives; here it shall return NULL as the C library does. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static void test_xmalloc_of_nothing_is_not_null(void **state)
{
    void *memory = xmalloc(0);

    (void)state;
    assert_non_null(memory);
    memory = xreallocarray(memory, 0, 8);
    assert_non_null(memory);
    free(memory);
    memory = xcalloc(0, 8);
    assert_non_null(memory);
    free(memory);
}

static void test_xcalloc_is_zeroed(void **state)
{
    char *memory = xcalloc(3, 5);

    (void)state;
    for (size_t i = 0; i < 15; i++)
        assert_int_equal(memory[i], 0);
    free(memory);
}

static void test_xreallocarray_keeps_the_data(void **state)
{
    char *memory = xstrdup("abc");

    (void)state;
    memory = xreallocarray(memory, 1000, 1000);
    assert_string_equal(memory, "abc");
    free(memory);
}

static void test_xstrndup_stops_at_length_and_nul(void **state)
{
    char *cut = xstrndup("abcdef", 3), *whole = xstrndup("ab", 100);

    (void)state;
    assert_string_equal(cut, "abc");
    assert_string_equal(whole, "ab");
    free(cut);
    free(whole);
}

static int exit_status_of(int how)
{
    volatile size_t huge = SIZE_MAX / 4;
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        if (freopen("/dev/null", "w", stderr) == NULL)
            _exit(1);
        if (how == 0)
            free(xmalloc(huge));
        else if (how == 1)
            free(xcalloc(huge, 16));
        else
            free(xreallocarray(NULL, huge, 16));
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_out_of_memory_exits_70(void **state)
{
    (void)state;
    for (int how = 0; how < 3; how++)
        assert_int_equal(exit_status_of(how), 70);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_xmalloc_of_nothing_is_not_null),
        cmocka_unit_test(test_xcalloc_is_zeroed),
        cmocka_unit_test(test_xreallocarray_keeps_the_data),
        cmocka_unit_test(test_xstrndup_stops_at_length_and_nul),
        cmocka_unit_test(test_out_of_memory_exits_70),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
