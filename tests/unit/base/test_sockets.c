#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "harness/base/sockets.h"

static void test_sockets_assign_lets_few_share(void **state)
{
    struct err err = ERR_INIT;
    size_t shared[64] = { 0 }, multis = 0;
    struct sockets *sockets;

    (void)state;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    sockets = sockets_open(&err);
    assert_non_null(sockets);
    for (int i = 0; i < 2000; i++) {
        CURLM *multi = sockets_assign(sockets);
        size_t k = 0;

        assert_non_null(multi);
        while (sockets_multi(sockets, k) != multi)
            k++;
        shared[k]++;
        if (i == 15)
            assert_null(sockets_multi(sockets, 1));      /* a few calls need no second one */
        if (i == 63)
            assert_int_equal(shared[3], 16);
    }
    while (sockets_multi(sockets, multis) != NULL)
        multis++;
    for (size_t k = 0; k < multis; k++)
        assert_in_range(shared[k], 2000 / multis - 16, 2000 / multis + 16);
    assert_in_range(multis, 16, 64);
    sockets_close(sockets);
    curl_global_cleanup();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sockets_assign_lets_few_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
