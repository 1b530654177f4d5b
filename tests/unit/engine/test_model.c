#include "harness/engine/model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"

static const struct setting_spec SPECS[] = {
    { .key = "base_url", .kind = SETTING_TEXT },
    { .key = "like", .kind = SETTING_TEXT },
    { .key = "temperature", .kind = SETTING_NUMBER, .min = 0, .max = 2 },
    { .key = "presence_penalty", .kind = SETTING_NUMBER },
    { .key = "max_tokens", .kind = SETTING_INT, .min = 1, .max = 1e9 },
    { .key = "offset", .kind = SETTING_INT },
    { .key = "logprobs", .kind = SETTING_BOOL },
    { 0 },
};

static int make_arena(void **state)
{
    *state = arena_new();
    return 0;
}

static int free_arena(void **state)
{
    arena_free(*state);
    return 0;
}

static struct model parsed(struct arena *arena, const char *spec)
{
    struct model model = { 0 };
    struct err err = ERR_INIT;

    assert_int_equal(model_parse(arena, spec, "--model", &model, &err), 0);
    return model;
}

static void assert_parses_as(void **state, const char *spec, const char *name, const char *provider, const char *id)
{
    struct model model = parsed(*state, spec);

    assert_string_equal(model.name, name);
    assert_string_equal(model.provider, provider);
    assert_string_equal(model.id, id);
}

static void test_model_parse_takes_a_spec_apart(void **state)
{
    struct model model = parsed(*state, "openai/ft7,base_url=http://gpu1:8000/v1,like=qwen3.5-27b");

    assert_string_equal(model.name, "openai/ft7");
    assert_string_equal(model.provider, "openai");
    assert_string_equal(model.id, "ft7");
    assert_string_equal(model.settings->key, "base_url");
    assert_string_equal(model.settings->value, "http://gpu1:8000/v1");
    assert_string_equal(model.settings->where, "--model");
    assert_string_equal(model.settings->next->key, "like");
    assert_string_equal(model.settings->next->value, "qwen3.5-27b");
    assert_null(model.settings->next->next);
}

static void test_model_parse_keeps_the_id_whole(void **state)
{
    assert_parses_as(state, "anthropic/claude-opus-4-6", "anthropic/claude-opus-4-6", "anthropic", "claude-opus-4-6");
    assert_parses_as(state, "replay/../shared/x.jsonl", "replay/../shared/x.jsonl", "replay", "../shared/x.jsonl");
    assert_parses_as(state, "replay//tmp/x.jsonl", "replay//tmp/x.jsonl", "replay", "/tmp/x.jsonl");
    assert_parses_as(state, "openai/org/model:free", "openai/org/model:free", "openai", "org/model:free");
    assert_parses_as(state, "openai/m,seed=1", "openai/m", "openai", "m");
}

static void test_model_parse_begins_a_setting_only_at_a_key(void **state)
{
    struct model model;

    assert_parses_as(state, "replay/a,b.jsonl", "replay/a,b.jsonl", "replay", "a,b.jsonl");
    assert_parses_as(state, "replay/a=b,c/d e=f.jsonl", "replay/a=b,c/d e=f.jsonl", "replay", "a=b,c/d e=f.jsonl");
    assert_parses_as(state, "replay/a,,b,", "replay/a,,b,", "replay", "a,,b,");
    assert_parses_as(state, "replay/a,=b", "replay/a,=b", "replay", "a,=b");

    model = parsed(*state, "openai/m,stop=a,b,,c=d,like=x=y,offset=");
    assert_string_equal(model_text(&model, "stop", ""), "a,b,");
    assert_string_equal(model_text(&model, "c", ""), "d");
    assert_string_equal(model_text(&model, "like", ""), "x=y");
    assert_string_equal(model_text(&model, "offset", "none"), "");
}

static void test_model_parse_does_not_hide_a_mistyped_key_in_the_id(void **state)
{
    struct model model = parsed(*state, "openai/m, temperature=1,Top-P=0.9");

    assert_string_equal(model.id, "m");
    assert_string_equal(model_text(&model, "temperature", ""), "1");
    assert_string_equal(model_text(&model, "Top-P", ""), "0.9");
}

static void test_model_parse_refuses_what_is_no_spec(void **state)
{
    static const char *const SPECS_WRONG[] = { "", "/", "openai", "openai/", "/m", "temperature=1", ",a=b",
                                               "openai,a=b/c", "openai/,a=b" };

    for (size_t i = 0; i < sizeof SPECS_WRONG / sizeof SPECS_WRONG[0]; i++) {
        struct model model;
        struct err err = ERR_INIT;

        assert_int_equal(model_parse(*state, SPECS_WRONG[i], "--model", &model, &err), -1);
        assert_int_equal(err.code, EXIT_USAGE);
        assert_non_null(strstr(err.text, "--model: expected PROVIDER/ID, as in openai/ft7, found "));
    }
}

static void test_model_parse_lives_in_its_arena(void **state)
{
    char *spec = strdup("openai/m,like=x");
    struct model model = parsed(*state, spec);

    memset(spec, '#', strlen(spec));
    free(spec);
    assert_string_equal(model.name, "openai/m");
    assert_string_equal(model_text(&model, "like", ""), "x");
}

static void test_model_set_hides_an_earlier_one(void **state)
{
    struct model model = parsed(*state, "openai/m,temperature=1,like=x");

    model_set(*state, &model, "temperature", "0.5", "-M");
    assert_float_equal(model_number(&model, "temperature", 9), 0.5, 0);
    assert_string_equal(model_text(&model, "like", ""), "x");
    assert_string_equal(model.settings->next->next->where, "-M");
}

static void test_model_values_fall_back(void **state)
{
    struct model model = parsed(*state, "openai/m");

    assert_false(model_has(&model, "like"));
    assert_null(model_text(&model, "like", NULL));
    assert_string_equal(model_text(&model, "like", "x"), "x");
    assert_float_equal(model_number(&model, "temperature", 0.7), 0.7, 0);
    assert_int_equal(model_int(&model, "max_tokens", -3), -3);
    assert_true(model_bool(&model, "logprobs", true));
    assert_false(model_bool(&model, "logprobs", false));
}

static void assert_checks(void **state, const char *settings)
{
    char *spec = arena_printf(*state, "openai/m,%s", settings);
    struct model model = parsed(*state, spec);
    struct err err = ERR_INIT;

    if (model_check(&model, SPECS, &err) < 0)
        fail_msg("%s: %s", settings, err.text);
}

static void test_model_check_takes_each_kind(void **state)
{
    static const char *const RIGHT[] = {
        "base_url=", "like=a b=c", "temperature=0", "temperature=2", "temperature=0.6", "temperature=1e-3",
        "temperature=.5", "temperature=+1", "presence_penalty=-1e300", "max_tokens=1", "max_tokens=1000000000",
        "offset=-9223372036854775808", "offset=9223372036854775807", "logprobs=on", "logprobs=off", "logprobs=true",
        "logprobs=false", "logprobs=yes", "logprobs=no", "logprobs=1", "logprobs=0",
    };

    for (size_t i = 0; i < sizeof RIGHT / sizeof RIGHT[0]; i++)
        assert_checks(state, RIGHT[i]);
}

static void test_model_values_are_those_checked(void **state)
{
    struct model model = parsed(*state, "openai/m,temperature=1e-3,max_tokens=32000,logprobs=yes,offset=-5");
    struct err err = ERR_INIT;

    assert_int_equal(model_check(&model, SPECS, &err), 0);
    assert_float_equal(model_number(&model, "temperature", 9), 0.001, 0);
    assert_int_equal(model_int(&model, "max_tokens", 9), 32000);
    assert_int_equal(model_int(&model, "offset", 9), -5);
    assert_true(model_bool(&model, "logprobs", false));
    assert_true(model_has(&model, "logprobs"));
    model_set(*state, &model, "logprobs", "off", "-M");
    assert_false(model_bool(&model, "logprobs", true));
}

static void assert_check_fails(void **state, const char *settings, const char *text)
{
    char *spec = arena_printf(*state, "openai/m,%s", settings);
    struct model model = parsed(*state, spec);
    struct err err = ERR_INIT;

    assert_int_equal(model_check(&model, SPECS, &err), -1);
    assert_string_equal(err.text, text);
    assert_int_equal(err.code, EXIT_USAGE);
}

static void test_model_check_names_the_nearest_key(void **state)
{
    assert_check_fails(state, "temperatur=1",
                       "--model: unknown setting \"temperatur\" of openai/m; did you mean \"temperature\"?");
    assert_check_fails(state, "max-tokens=1",
                       "--model: unknown setting \"max-tokens\" of openai/m; did you mean \"max_tokens\"?");
    assert_check_fails(state, "zzzzzz=1",
                       "--model: unknown setting \"zzzzzz\" of openai/m; known: base_url, like, temperature, "
                       "presence_penalty, max_tokens, offset, logprobs");
}

static void test_model_check_refuses_a_wrong_value(void **state)
{
    static const char *const NO_NUMBERS[] = { "hot", "", "1.0x", " 1", "1 ", "0x1", "inf", "nan", "1e", "1e999", "--1",
                                              "1,5", "-0.1", "2.1" };
    static const char *const NO_INTS[] = { "", "1.5", "1e3", "2.0", "0", "-1", "1000000001", "99999999999999999999",
                                           "x", "1-", "+1" };

    for (size_t i = 0; i < sizeof NO_NUMBERS / sizeof NO_NUMBERS[0]; i++)
        assert_check_fails(state, arena_printf(*state, "temperature=%s", NO_NUMBERS[i]),
                           arena_printf(*state, "--model: temperature: expected a number from 0 to 2, found \"%s\"",
                                        NO_NUMBERS[i]));
    for (size_t i = 0; i < sizeof NO_INTS / sizeof NO_INTS[0]; i++)
        assert_check_fails(state, arena_printf(*state, "max_tokens=%s", NO_INTS[i]),
                           arena_printf(*state, "--model: max_tokens: expected a whole number from 1 to 1000000000, "
                                        "found \"%s\"", NO_INTS[i]));
    assert_check_fails(state, "offset=9223372036854775808",
                       "--model: offset: expected a whole number, found \"9223372036854775808\"");
    assert_check_fails(state, "presence_penalty=much", "--model: presence_penalty: expected a number, found \"much\"");
    assert_check_fails(state, "logprobs=On",
                       "--model: logprobs: expected on or off (true, false, yes, no, 1, 0), found \"On\"");
}

static void test_model_check_names_the_place(void **state)
{
    struct model model = parsed(*state, "openai/m");
    struct err err = ERR_INIT;

    model_set(*state, &model, "temperature", "hot", "plan.json line 4");
    assert_int_equal(model_check(&model, SPECS, &err), -1);
    assert_string_equal(err.text, "plan.json line 4: temperature: expected a number from 0 to 2, found \"hot\"");
    assert_int_equal(err.code, EXIT_BAD_DATA);
}

static void test_model_check_looks_at_hidden_settings_too(void **state)
{
    assert_check_fails(state, "temperature=hot,temperature=1",
                       "--model: temperature: expected a number from 0 to 2, found \"hot\"");
}

static void test_model_check_knows_models_without_settings(void **state)
{
    struct model model = parsed(*state, "oracle/gold");
    struct err err = ERR_INIT;

    assert_int_equal(model_check(&model, NULL, &err), 0);
    model_set(*state, &model, "seed", "1", "-M");
    assert_int_equal(model_check(&model, NULL, &err), -1);
    assert_string_equal(err.text, "-M: unknown setting \"seed\" of oracle/gold, which takes none");
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, make_arena, free_arena)
    const struct CMUnitTest tests[] = {
        TEST(test_model_parse_takes_a_spec_apart),
        TEST(test_model_parse_keeps_the_id_whole),
        TEST(test_model_parse_begins_a_setting_only_at_a_key),
        TEST(test_model_parse_does_not_hide_a_mistyped_key_in_the_id),
        TEST(test_model_parse_refuses_what_is_no_spec),
        TEST(test_model_parse_lives_in_its_arena),
        TEST(test_model_set_hides_an_earlier_one),
        TEST(test_model_values_fall_back),
        TEST(test_model_check_takes_each_kind),
        TEST(test_model_values_are_those_checked),
        TEST(test_model_check_names_the_nearest_key),
        TEST(test_model_check_refuses_a_wrong_value),
        TEST(test_model_check_names_the_place),
        TEST(test_model_check_looks_at_hidden_settings_too),
        TEST(test_model_check_knows_models_without_settings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
