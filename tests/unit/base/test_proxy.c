#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "harness/base/proxy.h"

static void unset_all(void)
{
    static const char *const names[] = { "http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY" };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unsetenv(names[i]);
}

static void test_find_reads_place(void **state)
{
    static const struct { const char *value, *place; int port; } cases[] = {
        { "http://proxy:3128", "proxy:3128", 3128 }, { "proxy:3128", "proxy:3128", 3128 },
        { "http://me:pass%2Fword@proxy:3128/", "proxy:3128", 3128 }, { "me:p/w@x@proxy", "proxy:1080", 1080 },
        { "https://proxy", "proxy:443", 443 }, { "http://[::1]:8080", "[::1]:8080", 8080 },
        { "[::1]", "[::1]:1080", 1080 }, { "proxy:none", "proxy:none", 0 }, { "socks5h://s:9/x", "s:9", 9 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct proxy proxy;
        unset_all();
        setenv("http_proxy", cases[i].value, 1);
        assert_true(proxy_find("http://model/v1", &proxy));
        assert_string_equal(proxy.place, cases[i].place);
        assert_int_equal(proxy.port, cases[i].port);
    }
}

static void assert_variable(const char *url, const char *expected)
{
    struct proxy proxy = { .variable = "none" };

    proxy_find(url, &proxy);
    assert_string_equal(proxy.variable, expected);
}

static void test_find_takes_curls_order(void **state)
{
    (void)state;
    unset_all();
    assert_variable("http://x/", "none");
    setenv("HTTP_PROXY", "evil:1", 1);
    assert_variable("http://x/", "none");
    setenv("ALL_PROXY", "a:1", 1);
    assert_variable("http://x/", "ALL_PROXY");
    setenv("http_proxy", "", 1);
    assert_variable("http://x/", "ALL_PROXY");
    setenv("all_proxy", "a:1", 1);
    setenv("HTTPS_PROXY", "b:1", 1);
    assert_variable("http://x/", "all_proxy");
    assert_variable("HTTPS://x/", "HTTPS_PROXY");
    setenv("https_proxy", "c:1", 1);
    assert_variable("https://x/", "https_proxy");
}

static void test_was_called_tells_it_from_the_server(void **state)
{
    const struct proxy proxy = { .place = "gate:3128", .port = 3128 };

    (void)state;
    assert_true(proxy_was_called(&proxy, "model:443", 3128, ""));
    assert_false(proxy_was_called(&proxy, "model:443", 443, ""));           /* no_proxy kept it out */
    assert_false(proxy_was_called(&proxy, "model:443", 0, ""));
    assert_true(proxy_was_called(&proxy, "model:3128", 3128, "Failed to connect to gate port 3128"));
    assert_false(proxy_was_called(&proxy, "model:3128", 3128, "Failed to connect to model port 3128"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find_reads_place),
        cmocka_unit_test(test_find_takes_curls_order),
        cmocka_unit_test(test_was_called_tells_it_from_the_server),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
