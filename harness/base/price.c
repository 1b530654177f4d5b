#include "harness/base/price.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/base/embedded.h"
#include "harness/base/err.h"
#include "harness/base/json.h"

extern const struct embedded embedded_prices_json;

#define PRICES_MAX 256
#define PICO_PER_NANO 1000

/* Tokens that a server may add to a prompt: a template's marks, words about tools. Claude's come to 1,600 at most. */
#define OWN_TOKENS_MAX 4096

/* Read at the first question, and kept: the table refers to the document. Main thread only. */
static struct json_doc *document;
static struct price table[PRICES_MAX];
static size_t table_count;

/* 5 US$ a million tokens are 5,000,000 pico-dollars a token. */
static int64_t read_rate(const struct json *object, const char *key, int64_t fallback)
{
    double usd;

    return json_get_number(object, key, &usd) ? llround(usd * 1e6) : fallback;
}

static int64_t read_count(const struct json *object, const char *key)
{
    int64_t count = 0;

    json_get_int64(object, key, &count);
    return count;
}

static struct price read_price(const struct json *provider, const struct json *object)
{
    return (struct price){
        .provider = json_key(provider), .host = json_string(provider, "host"),
        .source = json_string(provider, "source"), .model = json_string(object, "model"),
        .since = json_string(object, "since"),
        .input = read_rate(object, "input", RATE_UNKNOWN), .output = read_rate(object, "output", RATE_UNKNOWN),
        .cache_read = read_rate(object, "cache_read", RATE_UNKNOWN),
        .cache_write_5m = read_rate(object, "cache_write_5m", RATE_UNKNOWN),
        .cache_write_1h = read_rate(object, "cache_write_1h", RATE_UNKNOWN),
        .fast_input = read_rate(object, "fast_input", 0), .fast_output = read_rate(object, "fast_output", 0),
        .batch_percent = read_count(object, "batch_percent"), .context_tokens = read_count(object, "context_tokens"),
        .output_max_tokens = read_count(object, "output_max_tokens"),
    };
}

/* The file is our own and tested, so what is wrong with it is a bug. */
static void read_table(void)
{
    struct err err = ERR_INIT;

    document = json_parse_ours(embedded_prices_json.data, embedded_prices_json.length, &err);
    assert(document != NULL);
    for (const struct json *provider = json_first(json_root(document)); provider != NULL; provider = json_next(provider)) {
        const struct json *prices = json_get(provider, "prices");
        for (const struct json *object = json_first(prices); object != NULL; object = json_next(object)) {
            assert(table_count < PRICES_MAX);
            table[table_count++] = read_price(provider, object);
        }
    }
}

const struct price *price_table(size_t *count)
{
    if (document == NULL)
        read_table();
    *count = table_count;
    return table;
}

/* Not a prefix alone: "https://api.anthropic.com.evil.org" is another host. */
static bool is_at(const char *host, const char *url)
{
    size_t length = strlen(host);

    return strncmp(url, host, length) == 0 && (url[length] == '\0' || url[length] == '/');
}

const struct price *price_find_at(const char *url, const char *model)
{
    size_t count;
    const struct price *prices = price_table(&count);

    for (size_t i = 0; i < count; i++)
        if (is_at(prices[i].host, url) && strcmp(prices[i].model, model) == 0)
            return &prices[i];
    return NULL;
}

/* rate * part / whole, rounded up; RATE_UNKNOWN where it is, or where no int64 holds it. */
static int64_t scale(int64_t rate, int64_t part, int64_t whole)
{
    int64_t product;

    if (rate < 0 || part < 0 || whole <= 0 || __builtin_mul_overflow(rate, part, &product))
        return RATE_UNKNOWN;
    return product / whole + (product % whole != 0);
}

static void scale_all(struct price *price, int64_t part, int64_t whole)
{
    int64_t *const rates[] = { &price->input, &price->output, &price->cache_read, &price->cache_write_5m,
                               &price->cache_write_1h };

    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++)
        *rates[i] = scale(*rates[i], part, whole);
}

struct price price_in_tier(const struct price *price, enum price_tier tier, int64_t geo_percent)
{
    struct price result = *price;

    if (tier == PRICE_BATCH) {
        scale_all(&result, price->batch_percent > 0 ? price->batch_percent : RATE_UNKNOWN, 100);
    } else if (tier == PRICE_FAST) {
        scale_all(&result, price->fast_input > 0 ? price->fast_input : RATE_UNKNOWN, price->input);
        result.output = price->fast_output > 0 ? price->fast_output : RATE_UNKNOWN;
    }
    if (geo_percent != 0)
        scale_all(&result, geo_percent, 100);
    return result;
}

/* Adds what count tokens cost. False: nobody knows. What was not used costs nothing, whatever its rate. */
static bool add(int64_t *pico, int64_t count, int64_t rate)
{
    int64_t product;

    if (count <= 0)
        return count == 0;
    return rate >= 0 && !__builtin_mul_overflow(count, rate, &product) &&
           !__builtin_add_overflow(*pico, product, pico);
}

static int64_t to_nano(int64_t pico)
{
    return pico / PICO_PER_NANO + (pico % PICO_PER_NANO != 0);
}

int64_t price_cost(const struct price *price, const struct usage *usage)
{
    struct price rates;
    int64_t pico = 0;

    if (price == NULL)
        return COST_UNKNOWN;
    rates = price_in_tier(price, usage->tier, usage->geo_percent);
    if (!add(&pico, usage->input, rates.input) || !add(&pico, usage->cache_read, rates.cache_read) ||
        !add(&pico, usage->cache_write_5m, rates.cache_write_5m) ||
        !add(&pico, usage->cache_write_1h, rates.cache_write_1h) || !add(&pico, usage->output, rates.output))
        return COST_UNKNOWN;
    return to_nano(pico);
}

static int64_t largest(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

int64_t price_worst(const struct price *price, size_t prompt_max, int64_t output_max)
{
    int64_t input, dearest, pico = 0;

    if (price == NULL || output_max < 0 || price->input < 0 || price->output < 0)
        return COST_UNKNOWN;
    dearest = largest(largest(price->input, price->cache_read), largest(price->cache_write_5m, price->cache_write_1h));
    input = (int64_t)prompt_max + OWN_TOKENS_MAX;
    if (price->context_tokens > 0 && input > price->context_tokens)
        input = price->context_tokens;
    if (!add(&pico, input, dearest) || !add(&pico, output_max, price->output))
        return COST_UNKNOWN;
    return to_nano(pico);
}

void price_add_usd(struct buf *out, int64_t nanousd)
{
    double usd = (double)nanousd / 1e9;
    int digits = usd > 0 && usd < 1 ? 2 - (int)floor(log10(usd)) : 2;
    char text[64];
    size_t length = (size_t)snprintf(text, sizeof text, "$%.*f", digits, usd), least = length - (size_t)(digits - 2);

    while (length > least && text[length - 1] == '0')
        length--;
    buf_add(out, text, length);
}
