#include "runners/anthropic_usage.h"

#include <string.h>

#include "harness/base/json.h"
#include "harness/base/price.h"
#include "harness/engine/reply.h"
#include "runners/count.h"

/* What inference in the United States costs of the price, in percent. */
#define US_PERCENT 110

struct anthropic_usage anthropic_usage_unknown(void)
{
    return (struct anthropic_usage){
        .input = TOKENS_UNKNOWN, .cache_read = TOKENS_UNKNOWN, .cache_write = TOKENS_UNKNOWN,
        .cache_write_1h = TOKENS_UNKNOWN, .output = TOKENS_UNKNOWN, .thinking = TOKENS_UNKNOWN,
    };
}

static bool is_word(const struct json *object, const char *key, const char *word)
{
    return json_string(object, key) != NULL && strcmp(json_string(object, key), word) == 0;
}

void anthropic_usage_take(struct anthropic_usage *usage, const struct json *object)
{
    int64_t searches = 0;

    count_take(object, "input_tokens", &usage->input);
    count_take(object, "output_tokens", &usage->output);
    count_take(object, "cache_read_input_tokens", &usage->cache_read);
    count_take(object, "cache_creation_input_tokens", &usage->cache_write);
    count_take(json_get(object, "cache_creation"), "ephemeral_1h_input_tokens", &usage->cache_write_1h);
    count_take(json_get(object, "output_tokens_details"), "thinking_tokens", &usage->thinking);
    count_take(json_get(object, "server_tool_use"), "web_search_requests", &searches);
    usage->has_extras |= searches > 0;
    usage->is_us |= is_word(object, "inference_geo", "us");
    if (is_word(object, "service_tier", "batch"))
        usage->tier = PRICE_BATCH;
    else if (is_word(object, "speed", "fast"))
        usage->tier = PRICE_FAST;
}

static int64_t known(int64_t count)
{
    return count > 0 ? count : 0;
}

void anthropic_usage_tell(const struct anthropic_usage *usage, struct reply *reply)
{
    reply->tokens_in = usage->input;
    if (usage->input >= 0)
        reply->tokens_in += known(usage->cache_read) + known(usage->cache_write);
    reply->tokens_out = usage->output;
    reply->tokens_reasoning = usage->thinking;
    reply->tokens_cache = usage->cache_read;
}

struct usage anthropic_usage_bill(const struct anthropic_usage *usage, bool is_hour)
{
    int64_t written = known(usage->cache_write), long_lived = usage->cache_write_1h;

    if (long_lived < 0)
        long_lived = is_hour ? written : 0;
    if (long_lived > written)
        long_lived = written;
    return (struct usage){
        .input = usage->has_extras ? TOKENS_UNKNOWN : usage->input, .cache_read = known(usage->cache_read),
        .cache_write_5m = written - long_lived, .cache_write_1h = long_lived, .output = usage->output,
        .tier = usage->tier, .geo_percent = usage->is_us ? US_PERCENT : 0,
    };
}
