#include "reports/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/json.h"

static struct run_settings read(struct arena *arena, const char *plan, const char *places)
{
    struct err err = ERR_INIT;
    struct json_doc *plan_doc = json_parse(plan, strlen(plan), &err), *places_doc = json_parse(places, strlen(places), &err);
    struct run_settings settings;

    assert_non_null(plan_doc);
    assert_non_null(places_doc);
    settings = settings_read(arena, json_root(plan_doc), json_root(places_doc));
    json_free(plan_doc);
    json_free(places_doc);
    return settings;
}

static void test_settings_read_tells_what_was_asked_for_first(void **state)
{
    struct arena *arena = arena_new();
    struct run_settings settings = read(arena, "{\"model\":{\"provider\":\"openai\",\"id\":\"x\",\"settings\":{\"like\":"
        "\"qwen\",\"temperature\":\"1\"},\"dialect\":\"vllm\",\"sampling\":{\"temperature\":1,\"top_p\":0.95},"
        "\"thinking\":true,\"sha256\":\"0123456789abcdef\",\"list\":[1]},\"seed\":7}",
        "{\"names\":{\"plan\":\"nightly\",\"model\":\"hot\"}}");

    (void)state;
    assert_string_equal(settings_text(arena, &settings),
                        "like=qwen, temperature=1, dialect=vllm, thinking=on, sha256=01234567, top_p=0.95");
    assert_string_equal(settings.plan, "nightly");
    assert_string_equal(settings.called, "hot");
    assert_string_equal(settings_find(&settings, "top_p"), "0.95");
    assert_null(settings_find(&settings, "id"));
    arena_free(arena);
}

static void test_settings_read_takes_any_record(void **state)
{
    static const char *const odd[] = { "{}", "[]", "{\"model\":7}", "{\"model\":{\"settings\":[1],\"sampling\":\"x\"}}", "{\"model\":{}}" };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        struct run_settings settings = read(arena, odd[i], odd[i]);
        assert_null(settings.plan);
        assert_null(settings.called);
        assert_true(settings.count <= 1);
    }
    assert_int_equal(settings_read(arena, NULL, NULL).count, 0);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_settings_read_tells_what_was_asked_for_first),
        cmocka_unit_test(test_settings_read_takes_any_record),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
