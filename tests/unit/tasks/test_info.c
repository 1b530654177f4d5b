/* What a hub says of a commit, and names that must not become paths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "harness/base/arena.h"
#include "tasks/hub/hub.h"
#include "tasks/hub/info.h"

#define COMMIT "0123456789abcdef0123456789abcdef01234567"

static void test_info_parse_takes_commit_and_paths(void **state)
{
    static const char TEXT[] = "{\"sha\":\"" COMMIT "\",\"private\":false,\"siblings\":[{\"rfilename\":\"data/test-00001.parquet\"},"
        "{\"rfilename\":\"../../etc/passwd\"},{\"rfilename\":\"/etc/x\"},{\"x\":1},{\"rfilename\":\"data/test-00000.parquet\"},"
        "{\"rfilename\":\"data/sub/test-9.parquet\"}]}";
    struct arena *arena = arena_new();
    struct err err = ERR_INIT;
    struct info info;
    const char *const *found;

    (void)state;
    assert_int_equal(0, info_parse(arena, TEXT, strlen(TEXT), &info, &err));
    assert_string_equal(COMMIT, info.commit);
    assert_int_equal(3, info.path_count);
    found = info_match(&info, arena, "data/test-*.parquet", &err);
    assert_string_equal("data/test-00000.parquet", found[0]);
    assert_string_equal("data/test-00001.parquet", found[1]);
    assert_null(found[2]);
    assert_null(info_match(&info, arena, "*.csv", &err));
    assert_non_null(strstr(err.text, "no file there is named *.csv"));
    arena_free(arena);
}

static void test_info_parse_wants_a_commit(void **state)
{
    static const char *const BAD[] = { "", "[]", "{}", "{\"sha\":\"main\"}", "{\"sha\":7}", "{\"sha\":\"" COMMIT "\"" };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        struct err err = ERR_INIT;
        struct info info;
        assert_int_equal(-1, info_parse(arena, BAD[i], strlen(BAD[i]), &info, &err));
        assert_int_equal(EXIT_UNAVAILABLE, err.code);
    }
    arena_free(arena);
}

static void test_names_that_lead_elsewhere_are_none(void **state)
{
    (void)state;
    assert_true(hub_is_id("TIGER-Lab/MMLU-Pro") && hub_is_id("gsm8k"));
    assert_false(hub_is_id("a/b/c") || hub_is_id("") || hub_is_id("../x") || hub_is_id("a/..") || hub_is_id("a b") ||
                 hub_is_id("a?b"));
    assert_true(hub_is_path("standard (10 options)/test-0.parquet"));
    assert_false(hub_is_path("../x") || hub_is_path("a//b") || hub_is_path("/a") || hub_is_path("a/./b") ||
                 hub_is_path("a\nb") ||
                 hub_is_path("a/") || hub_is_path("a\\b"));
    assert_true(hub_is_commit(COMMIT));
    assert_false(hub_is_commit("main") || hub_is_commit(COMMIT "0") ||
                 hub_is_commit("0123456789ABCDEF0123456789abcdef01234567"));
}

static void test_addresses_escape_what_they_are_given(void **state)
{
    struct arena *arena = arena_new();
    struct hub hub = { .arena = arena, .endpoint = "https://h", .rows_endpoint = "https://r" };

    (void)state;
    assert_string_equal("https://h/datasets/a/b/resolve/" COMMIT "/standard%20%2810%20options%29/t%25.csv",
                        hub_file_url(&hub, "a/b", COMMIT, "standard (10 options)/t%.csv"));
    assert_string_equal("https://r/rows?dataset=a%2Fb&config=x%26y&split=test&offset=200&length=100",
                        hub_rows_url(&hub, "a/b", "x&y", "test", 200, 100));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_info_parse_takes_commit_and_paths),
        cmocka_unit_test(test_info_parse_wants_a_commit),
        cmocka_unit_test(test_names_that_lead_elsewhere_are_none),
        cmocka_unit_test(test_addresses_escape_what_they_are_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
