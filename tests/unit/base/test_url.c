#include "harness/base/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static void assert_parts(const char *url, const char *user, const char *host)
{
    size_t length = 0;
    const char *found = url_find_user(url, &length);

    assert_string_equal(url_host(url), host);
    if (user == NULL) {
        assert_null(found);
        return;
    }
    assert_non_null(found);
    assert_int_equal(length, strlen(user));
    assert_memory_equal(found, user, length);
}

static void test_url_find_user_ends_at_the_last_at(void **state)
{
    (void)state;
    assert_parts("http://me:pw@host:80/v1", "me:pw", "host:80/v1");
    assert_parts("https://me@host", "me", "host");
    assert_parts("http://me:p@w@host/v1", "me:p@w", "host/v1");
    assert_parts("http://host/v1", NULL, "host/v1");
    assert_parts("", NULL, "");
}

static void test_url_find_user_takes_a_raw_slash_for_the_passwords(void **state)
{
    (void)state;
    assert_parts("http://me:hunter2/secretpass@host/v1", "me:hunter2/secretpass", "host/v1");
    assert_parts("http://me:a?b#c@host/v1", "me:a?b#c", "host/v1");
}

static void test_url_find_user_needs_no_scheme(void **state)
{
    (void)state;
    assert_string_equal(url_skip_scheme("me:pw@host:3128"), "me:pw@host:3128");
    assert_string_equal(url_skip_scheme("socks5h://host"), "host");
    assert_parts("me:pw@host:3128", "me:pw", "host:3128");
    assert_parts("me:a://b@host", "me:a://b", "host");
    assert_parts("proxy:3128", NULL, "proxy:3128");
}

static void test_url_is_doubtful_with_an_at_in_the_path(void **state)
{
    (void)state;
    assert_true(url_is_doubtful("http://me:hunter2/secretpass@host/v1"));
    assert_true(url_is_doubtful("http://host/v1@x"));
    assert_false(url_is_doubtful("http://me:p@w@host/v1"));
    assert_false(url_is_doubtful("http://host"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_url_find_user_ends_at_the_last_at),
        cmocka_unit_test(test_url_find_user_takes_a_raw_slash_for_the_passwords),
        cmocka_unit_test(test_url_find_user_needs_no_scheme),
        cmocka_unit_test(test_url_is_doubtful_with_an_at_in_the_path),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
