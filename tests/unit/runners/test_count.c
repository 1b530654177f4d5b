/* What is taken for a count, and what for nothing said. */
#include "tests/unit/runners/scene.h"

#include "harness/base/json.h"
#include "runners/count.h"

static const struct { const char *json; int64_t expected; } COUNTS[] = {
    { "{\"n\":0}", 0 }, { "{\"n\":7}", 7 }, { "{\"n\":1099511627776}", COUNT_MAX }, { "{\"n\":1099511627777}", -5 },
    { "{\"n\":9007199254740991}", -5 }, { "{\"n\":9223372036854775807}", -5 }, { "{\"n\":1e300}", -5 },
    { "{\"n\":-1}", -5 }, { "{\"n\":1.5}", -5 }, { "{\"n\":\"7\"}", -5 }, { "{\"n\":null}", -5 }, { "{}", -5 }, { "[7]", -5 },
};

static void test_count_take_leaves_what_is_no_count(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof COUNTS / sizeof COUNTS[0]; i++) {
        struct err err = ERR_INIT;
        struct json_doc *doc = json_parse(COUNTS[i].json, strlen(COUNTS[i].json), &err);
        int64_t count = -5;

        count_take(json_root(doc), "n", &count);
        if (count != COUNTS[i].expected)
            fail_msg("%s is taken for %lld", COUNTS[i].json, (long long)count);
        json_free(doc);
    }
}

static void test_count_take_of_nothing_is_nothing(void **state)
{
    int64_t count = 3;

    (void)state;
    count_take(NULL, "n", &count);
    assert_int_equal(3, count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_count_take_leaves_what_is_no_count),
        cmocka_unit_test(test_count_take_of_nothing_is_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
