/* Counts as an answer has them, and what is to be paid for them, at the prices that stand in the list. */
#include "tests/unit/runners/scene.h"

#include "harness/base/json.h"
#include "harness/base/price.h"
#include "harness/engine/reply.h"
#include "results/journal.h"
#include "runners/anthropic_usage.h"

static struct anthropic_usage take(const char *json)
{
    struct anthropic_usage usage = anthropic_usage_unknown();
    struct err err = ERR_INIT;
    struct json_doc *doc = json_parse(json, strlen(json), &err);

    assert_non_null(doc);
    anthropic_usage_take(&usage, json_root(doc));
    json_free(doc);
    return usage;
}

/* What an answer of Opus 4.6 costs that counts so; nano-dollars. */
static const struct cost { const char *json; bool is_hour; int64_t nanousd; } COSTS[] = {
    { "{\"input_tokens\":100,\"output_tokens\":10}", false, 100 * 5000 + 10 * 25000 },
    { "{\"input_tokens\":0,\"output_tokens\":0}", false, 0 },
    { "{\"input_tokens\":100,\"output_tokens\":10,\"cache_creation_input_tokens\":null,\"cache_read_input_tokens\":null}",
      false, 100 * 5000 + 10 * 25000 },
    { "{\"input_tokens\":100,\"output_tokens\":10,\"cache_read_input_tokens\":1000}", false,
      100 * 5000 + 1000 * 500 + 10 * 25000 },
    { "{\"input_tokens\":1,\"output_tokens\":1,\"cache_creation_input_tokens\":100}", false, 5000 + 25000 + 100 * 6250 },
    { "{\"input_tokens\":1,\"output_tokens\":1,\"cache_creation_input_tokens\":100}", true, 5000 + 25000 + 100 * 10000 },
    { "{\"input_tokens\":1,\"output_tokens\":1,\"cache_creation_input_tokens\":100,\"cache_creation\":"
      "{\"ephemeral_5m_input_tokens\":70,\"ephemeral_1h_input_tokens\":30}}", false,
      5000 + 25000 + 70 * 6250 + 30 * 10000 },
    { "{\"input_tokens\":1,\"output_tokens\":1,\"cache_creation_input_tokens\":100,\"cache_creation\":"
      "{\"ephemeral_1h_input_tokens\":0}}", true, 5000 + 25000 + 100 * 6250 },
    { "{\"input_tokens\":1,\"output_tokens\":1,\"cache_creation_input_tokens\":10,\"cache_creation\":"
      "{\"ephemeral_1h_input_tokens\":900}}", false, 5000 + 25000 + 10 * 10000 },
    { "{\"input_tokens\":100,\"output_tokens\":10,\"service_tier\":\"batch\"}", false, (100 * 5000 + 10 * 25000) / 2 },
    { "{\"input_tokens\":100,\"output_tokens\":10,\"service_tier\":\"priority\",\"speed\":\"standard\"}", false,
      100 * 5000 + 10 * 25000 },
    { "{\"input_tokens\":100,\"output_tokens\":10,\"service_tier\":\"standard\",\"speed\":\"fast\"}", false,
      100 * 30000 + 10 * 150000 },
    { "{\"input_tokens\":100,\"output_tokens\":10,\"inference_geo\":\"us\"}", false, (100 * 5000 + 10 * 25000) / 10 * 11 },
    { "{\"input_tokens\":100,\"output_tokens\":10,\"inference_geo\":\"global\"}", false, 100 * 5000 + 10 * 25000 },
    { "{\"input_tokens\":100,\"output_tokens\":10,\"server_tool_use\":{\"web_search_requests\":0}}", false,
      100 * 5000 + 10 * 25000 },
    { "{\"input_tokens\":100,\"output_tokens\":10,\"server_tool_use\":{\"web_search_requests\":1}}", false, COST_UNKNOWN },
    { "{\"input_tokens\":100}", false, COST_UNKNOWN },
    { "{\"output_tokens\":10}", false, COST_UNKNOWN },
    { "{\"input_tokens\":-1,\"output_tokens\":10}", false, COST_UNKNOWN },
    { "{}", false, COST_UNKNOWN },
    { "null", false, COST_UNKNOWN },
};

static void test_anthropic_usage_bill_is_what_is_to_be_paid(void **state)
{
    const struct price *price = price_find_at("https://api.anthropic.com/v1", "claude-opus-4-6");

    (void)state;
    for (size_t i = 0; i < sizeof COSTS / sizeof COSTS[0]; i++) {
        struct anthropic_usage usage = take(COSTS[i].json);
        struct usage bill = anthropic_usage_bill(&usage, COSTS[i].is_hour);

        if (price_cost(price, &bill) != COSTS[i].nanousd)
            fail_msg("%s: %lld", COSTS[i].json, (long long)price_cost(price, &bill));
    }
}

static void test_anthropic_usage_tell_counts_the_whole_input(void **state)
{
    struct anthropic_usage usage = take("{\"input_tokens\":3,\"output_tokens\":40,\"cache_read_input_tokens\":500,"
                                        "\"cache_creation_input_tokens\":20,\"output_tokens_details\":{\"thinking_tokens\":"
                                        "30}}");
    struct reply reply = reply_empty();

    (void)state;
    anthropic_usage_tell(&usage, &reply);
    assert_int_equal(523, reply.tokens_in);
    assert_int_equal(500, reply.tokens_cache);
    assert_int_equal(40, reply.tokens_out);
    assert_int_equal(30, reply.tokens_reasoning);
    usage = take("{}");
    anthropic_usage_tell(&usage, &reply);
    assert_int_equal(TOKENS_UNKNOWN, reply.tokens_in);
    assert_int_equal(TOKENS_UNKNOWN, reply.tokens_cache);
    assert_int_equal(TOKENS_UNKNOWN, reply.tokens_out);
    assert_int_equal(TOKENS_UNKNOWN, reply.tokens_reasoning);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_anthropic_usage_bill_is_what_is_to_be_paid),
        cmocka_unit_test(test_anthropic_usage_tell_counts_the_whole_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
