/*
 * What is asked for, resolved: the user's words before the card's before the dialect's; what cannot be said is refused
 * when the user said it, and left out when a card did.
 */
#include "tests/unit/runners/scene.h"

#include "harness/base/json_write.h"
#include "runners/openai_body.h"

struct bench { struct arena *arena; struct openai_query query; };

static int read_query(struct bench *bench, const struct dialect *fallback, const char *settings, struct err *err)
{
    struct model model;
    char spec[256];

    *bench = (struct bench){ .arena = arena_new() };
    snprintf(spec, sizeof spec, "openai/m%s%s", settings[0] != '\0' ? "," : "", settings);
    assert_int_equal(0, model_parse(bench->arena, spec, "--model", &model, err));
    assert_int_equal(0, model_check(&model, runners_find("openai")->settings, err));
    return openai_query_read(&model, fallback, bench->arena, &bench->query, err);
}

static void begin(struct bench *bench, const char *settings)
{
    struct err err = ERR_INIT;

    if (read_query(bench, &dialect_unnamed, settings, &err) < 0)
        fail_msg("%s", err.text);
}

static void end(struct bench *bench)
{
    arena_free(bench->arena);
}

static void assert_field(const struct bench *bench, enum sampling_field field, double expected)
{
    double value = bench->query.sampling.value[field];

    if (isnan(expected) ? !isnan(value) : !(value >= expected && value <= expected))
        fail_msg("%s is %g instead of %g", sampling_key(field), value, expected);
}

static void test_openai_query_takes_the_users_word_before_the_card_s(void **state)
{
    struct bench bench;

    (void)state;
    begin(&bench, "dialect=vllm,like=qwen3.5-27b,temperature=0,top_k=5,max_tokens=77");
    assert_field(&bench, SAMPLING_TEMPERATURE, 0);
    assert_field(&bench, SAMPLING_TOP_K, 5);
    assert_field(&bench, SAMPLING_MAX_TOKENS, 77);
    assert_field(&bench, SAMPLING_TOP_P, 0.95);
    assert_field(&bench, SAMPLING_PRESENCE_PENALTY, 1.5);
    assert_int_equal(THINKING_ON, bench.query.thinking);
    end(&bench);
}

static void test_openai_query_falls_back_on_the_dialect_s_neutral(void **state)
{
    struct bench bench;

    (void)state;
    begin(&bench, "dialect=vllm,like=gpt-oss-20b");
    assert_field(&bench, SAMPLING_TEMPERATURE, 1);
    assert_field(&bench, SAMPLING_TOP_K, -1);
    assert_field(&bench, SAMPLING_MIN_P, 0);
    assert_field(&bench, SAMPLING_MAX_TOKENS, NAN);
    assert_int_equal(THINKING_UNSAID, bench.query.thinking);     /* the card knows one way only */
    end(&bench);
    begin(&bench, "like=gpt-oss-20b");
    assert_field(&bench, SAMPLING_TOP_K, NAN);
    end(&bench);
}

static void test_openai_query_leaves_out_what_only_the_card_wants(void **state)
{
    struct bench bench;

    (void)state;
    begin(&bench, "dialect=ollama,like=qwen3.5-27b");
    assert_field(&bench, SAMPLING_TEMPERATURE, 1);
    assert_field(&bench, SAMPLING_TOP_K, NAN);
    assert_field(&bench, SAMPLING_MIN_P, NAN);
    end(&bench);
}

static const struct thinks { const char *settings; enum thinking thinking; double temperature; } THINKS[] = {
    { "dialect=vllm", THINKING_UNSAID, 1 },
    { "dialect=vllm,reasoning=on", THINKING_ON, 1 },
    { "dialect=vllm,like=qwen3-8b", THINKING_ON, 0.6 },
    { "dialect=vllm,like=qwen3-8b,reasoning=off", THINKING_OFF, 0.7 },
    { "dialect=vllm,like=qwen3.5-2b", THINKING_OFF, 0.7 },
    { "dialect=vllm,like=qwen3.5-2b,reasoning=on", THINKING_ON, 1 },
    { "dialect=vllm,like=smollm2-360m-instruct,reasoning=on", THINKING_ON, 0.2 },
    { "like=qwen3-8b", THINKING_UNSAID, 0.6 },      /* nobody knows how to tell that server */
    { "like=qwen3.5-2b", THINKING_UNSAID, 0.7 },
};

static void test_openai_query_samples_as_the_model_thinks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof THINKS / sizeof THINKS[0]; i++) {
        struct bench bench;

        begin(&bench, THINKS[i].settings);
        assert_int_equal(THINKS[i].thinking, bench.query.thinking);
        assert_field(&bench, SAMPLING_TEMPERATURE, THINKS[i].temperature);
        end(&bench);
    }
}

static const struct effort { const char *settings, *effort; } EFFORTS[] = {
    { "reasoning_effort=high", "high" },
    { "dialect=vllm,reasoning_effort=low,reasoning=off", "low" },      /* there thinking has a switch of its own */
    { "dialect=openai,reasoning=off", "none" },
    { "dialect=ollama,like=qwen3.5-2b", "none" },
    { "dialect=openai,reasoning=on", NULL },
    { "dialect=openai,reasoning=on,reasoning_effort=low", "low" },
    { "dialect=vllm", NULL },
};

static void test_openai_query_says_off_by_effort_where_that_is_the_way(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof EFFORTS / sizeof EFFORTS[0]; i++) {
        struct bench bench;

        begin(&bench, EFFORTS[i].settings);
        if (EFFORTS[i].effort == NULL)
            assert_null(bench.query.effort);
        else
            assert_string_equal(EFFORTS[i].effort, bench.query.effort);
        end(&bench);
    }
}

static const struct seed { const char *settings; bool sends; int64_t seed; const char *said; } SEEDS[] = {
    { "", false, -1, "none" }, { "seed=7", true, 7, "fixed" }, { "seed=0", true, 0, "fixed" },
    { "dialect=vllm", true, -1, "of each ask" }, { "dialect=openai", false, -1, "none" },
    { "dialect=openai,seed=7", true, 7, "fixed" },
};

static void test_openai_query_sends_each_ask_s_seed_or_the_users(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SEEDS / sizeof SEEDS[0]; i++) {
        struct bench bench;
        struct buf out;
        struct json_write w;

        begin(&bench, SEEDS[i].settings);
        buf_init(&out, 0);
        w = json_write_to(&out);
        json_open(&w, NULL, '{');
        openai_query_describe(&bench.query, &w);
        json_close(&w);
        assert_int_equal(SEEDS[i].sends, bench.query.sends_seed);
        assert_int_equal(SEEDS[i].seed, bench.query.seed);
        assert_non_null(strstr(out.data, arena_printf(bench.arena, "\"seed\":\"%s\"", SEEDS[i].said)));
        buf_fini(&out);
        end(&bench);
    }
}

static void test_openai_query_takes_the_fallback_where_no_dialect_is_named(void **state)
{
    struct err err = ERR_INIT;
    const struct dialect *ollama = dialect_find("ollama", &err), *vllm = dialect_find("vllm", &err);
    struct bench bench;

    (void)state;
    assert_int_equal(0, read_query(&bench, ollama, "", &err));
    assert_ptr_equal(ollama, bench.query.dialect);
    assert_true(bench.query.stream);
    assert_string_equal("m", bench.query.model);
    end(&bench);
    assert_int_equal(0, read_query(&bench, ollama, "dialect=vllm,stream=off", &err));
    assert_ptr_equal(vllm, bench.query.dialect);
    assert_false(bench.query.stream);
    end(&bench);
}

static const struct wrong { const char *settings, *words; } WRONG[] = {
    { "dialect=vlm", "\"vllm\"" },
    { "like=qwen3.5-27", "qwen3.5-27b" },
    { "dialect=ollama,top_k=20", "dialect ollama takes no top_k" },
    { "dialect=dashscope,min_p=0.1", "dialect dashscope takes no min_p" },
    { "dialect=dashscope,reasoning_effort=low", "takes no reasoning_effort" },
    { "dialect=openai,reasoning=off,reasoning_effort=low", "contradict" },
    { "reasoning=off", "needs a dialect" },
};

static void test_openai_query_refuses_what_cannot_be_said(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        struct bench bench;
        struct err err = ERR_INIT;

        assert_int_equal(-1, read_query(&bench, &dialect_unnamed, WRONG[i].settings, &err));
        assert_int_equal(EXIT_USAGE, err.code);
        if (strstr(err.text, WRONG[i].words) == NULL)
            fail_msg("\"%s\" lacks \"%s\"", err.text, WRONG[i].words);
        end(&bench);
    }
}

static void test_openai_query_describe_says_what_is_sent(void **state)
{
    struct bench bench;
    struct buf out;
    struct json_write w;

    (void)state;
    begin(&bench, "dialect=ollama,like=qwen3.5-27b,max_tokens=81920");
    buf_init(&out, 0);
    w = json_write_to(&out);
    json_open(&w, NULL, '{');
    openai_query_describe(&bench.query, &w);
    json_close(&w);
    assert_string_equal("{\"dialect\":\"ollama\",\"sampling\":{\"temperature\":1,\"top_p\":0.95,\"presence_penalty\":1.5,"
                        "\"frequency_penalty\":0,\"max_tokens\":81920},\"thinking\":true,\"seed\":\"of each ask\"}",
                        out.data);
    buf_fini(&out);
    end(&bench);
}

/* What only a dialect can carry waits for the one that a probe finds. */
static void test_openai_query_leaves_open_what_a_probe_will_find(void **state)
{
    struct err err = ERR_INIT;
    struct bench bench;

    (void)state;
    assert_int_equal(0, read_query(&bench, NULL, "reasoning=on,thinking_budget=9", &err));
    assert_true(bench.query.dialect_is_open);
    assert_ptr_equal(&dialect_unnamed, bench.query.dialect);
    assert_int_equal(THINKING_UNSAID, bench.query.thinking);
    assert_int_equal(-1, bench.query.thinking_budget);
    end(&bench);
    assert_int_equal(0, read_query(&bench, NULL, "dialect=vllm,reasoning=on", &err));
    assert_false(bench.query.dialect_is_open);
    assert_int_equal(THINKING_ON, bench.query.thinking);
    end(&bench);
    assert_int_equal(-1, read_query(&bench, &dialect_unnamed, "reasoning=on", &err));
    end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_openai_query_takes_the_users_word_before_the_card_s),
        cmocka_unit_test(test_openai_query_falls_back_on_the_dialect_s_neutral),
        cmocka_unit_test(test_openai_query_leaves_out_what_only_the_card_wants),
        cmocka_unit_test(test_openai_query_samples_as_the_model_thinks),
        cmocka_unit_test(test_openai_query_says_off_by_effort_where_that_is_the_way),
        cmocka_unit_test(test_openai_query_sends_each_ask_s_seed_or_the_users),
        cmocka_unit_test(test_openai_query_takes_the_fallback_where_no_dialect_is_named),
        cmocka_unit_test(test_openai_query_refuses_what_cannot_be_said),
        cmocka_unit_test(test_openai_query_describe_says_what_is_sent),
        cmocka_unit_test(test_openai_query_leaves_open_what_a_probe_will_find),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
