#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "harness/base/price.h"
#include "harness/base/random.h"

static const char ANTHROPIC[] = "https://api.anthropic.com/v1";
static const char OPUS[] = "claude-opus-4-6", SONNET[] = "claude-sonnet-4-6", HAIKU[] = "claude-haiku-4-5-20251001";

/* Worked out by hand from the list prices, in nano-dollars; 5 $ a million tokens are 5,000 a token. */
static const struct { const char *model; struct usage usage; int64_t cost; } BILLS[] = {
    /* 25 * 5,000 + 140 * 25,000 */
    { OPUS, { .input = 25, .output = 140 }, 3625000 },
    /* 1,000 * 5,000 + 2,000 * 500 + 3,000 * 6,250 + 4,000 * 10,000 + 500 * 25,000 */
    { OPUS, { 1000, .cache_read = 2000, .cache_write_5m = 3000, .cache_write_1h = 4000, .output = 500 }, 77250000 },
    /* the same by half, for a batch */
    { OPUS, { 1000, .cache_read = 2000, .cache_write_5m = 3000, .cache_write_1h = 4000, .output = 500,
              .tier = PRICE_BATCH }, 38625000 },
    /* and a tenth more, in one country: factors multiply */
    { OPUS, { 1000, .cache_read = 2000, .cache_write_5m = 3000, .cache_write_1h = 4000, .output = 500,
              .tier = PRICE_BATCH, .geo_percent = 110 }, 42487500 },
    { OPUS, { .input = 25, .output = 140, .geo_percent = 110 }, 3987500 },
    /* fast: 25 * 30,000 + 140 * 150,000; a cache is read at a tenth of 30,000: 200 * 3,000 */
    { OPUS, { .input = 25, .output = 140, .cache_read = 200, .tier = PRICE_FAST }, 22350000 },
    /* 10 * 3,000 + 20 * 300 + 30 * 3,750 + 40 * 6,000 + 50 * 15,000 */
    { SONNET, { 10, 20, 30, 40, 50 }, 1138500 },
    { SONNET, { 10, 20, 30, 40, 50, .tier = PRICE_BATCH }, 569250 },
    /* 10 * 1,000 + 20 * 100 + 30 * 1,250 + 40 * 2,000 + 50 * 5,000 */
    { HAIKU, { 10, 20, 30, 40, 50 }, 379500 },
    { HAIKU, { .cache_read = 1, .tier = PRICE_BATCH, .geo_percent = 110 }, 55 },
    { HAIKU, { 0 }, 0 },
    { HAIKU, { .input = 1, .tier = PRICE_FAST }, COST_UNKNOWN },       /* not sold */
    { HAIKU, { .input = -1, .output = 3 }, COST_UNKNOWN },
    { HAIKU, { .input = INT64_MAX, .output = 3 }, COST_UNKNOWN },
    { HAIKU, { .input = 1, .geo_percent = -1 }, COST_UNKNOWN },
};

static void test_price_cost_is_what_was_worked_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof BILLS / sizeof BILLS[0]; i++) {
        int64_t cost = price_cost(price_find_at(ANTHROPIC, BILLS[i].model), &BILLS[i].usage);
        if (cost != BILLS[i].cost)
            fail_msg("bill %zu: %lld", i, (long long)cost);
    }
}

static void test_price_cost_rounds_up_once(void **state)
{
    const struct price odd = { .input = 37500, .output = 1, .cache_read = RATE_UNKNOWN };      /* 0.0375 $ a million */

    (void)state;
    assert_int_equal(price_cost(&odd, &(struct usage){ .input = 2 }), 75);
    assert_int_equal(price_cost(&odd, &(struct usage){ .input = 1 }), 38);
    assert_int_equal(price_cost(&odd, &(struct usage){ .output = 1001 }), 2);
}

static void test_price_cost_is_unknown_where_nobody_can_say(void **state)
{
    const struct price half = { .input = 1000, .output = 1000, .cache_read = RATE_UNKNOWN };

    (void)state;
    assert_null(price_find_at(ANTHROPIC, "claude-next"));
    assert_null(price_find_at("https://api.openai.com/v1", OPUS));
    assert_int_equal(price_cost(NULL, &(struct usage){ .input = 1 }), COST_UNKNOWN);
    assert_int_equal(price_cost(&half, &(struct usage){ .input = 1, .cache_read = 1 }), COST_UNKNOWN);
    assert_int_equal(price_cost(&half, &(struct usage){ .input = 1 }), 1);
    assert_int_equal(price_cost(&half, &(struct usage){ .input = 1, .tier = PRICE_BATCH }), COST_UNKNOWN);
    assert_int_equal(price_worst(NULL, 1, 1), COST_UNKNOWN);
    assert_int_equal(price_worst(&half, 1, -1), COST_UNKNOWN);
}

static void test_price_find_at_asks_who_sells(void **state)
{
    const struct price *opus = price_find_at(ANTHROPIC, OPUS);

    (void)state;
    assert_string_equal(opus->provider, "anthropic");
    assert_string_equal(opus->model, OPUS);
    assert_ptr_equal(price_find_at("https://api.anthropic.com", OPUS), opus);
    assert_null(price_find_at("https://api.anthropic.com.evil.org/v1", OPUS));
    assert_null(price_find_at("http://127.0.0.1:8000/v1", OPUS));
    assert_null(price_find_at(ANTHROPIC, "gpt"));
}

static void test_price_table_is_whole(void **state)
{
    size_t count;
    const struct price *prices = price_table(&count);

    (void)state;
    assert_true(count >= 3);
    for (size_t i = 0; i < count; i++) {
        const struct price *price = &prices[i], *before = i > 0 ? &prices[i - 1] : NULL;
        assert_non_null(price->provider);
        assert_non_null(price->model);
        assert_non_null(price->source);
        assert_int_equal(strncmp(price->host, "https://", 8), 0);
        assert_int_equal(strlen(price->since), strlen("2026-02-05"));
        assert_true(price->input > 0 && price->output > 0);
        assert_true(price->fast_input == 0 || price->input > 0);
        if (before != NULL && strcmp(before->provider, price->provider) == 0)      /* the newest of a model first */
            assert_true(strcmp(before->model, price->model) < 0 ||
                        (strcmp(before->model, price->model) == 0 && strcmp(before->since, price->since) > 0));
    }
}

/* What is left of a prompt after a share of it, drawn. */
static int64_t take_share(struct splitmix *random, int64_t *left)
{
    int64_t share = (int64_t)(splitmix_unit(random) * (double)*left);

    *left -= share;
    return share;
}

/* A prompt's tokens are at most its bytes; wherever they go and in whatever tier, it never costs more than was said. */
static void test_price_worst_is_never_below_the_cost(void **state)
{
    struct splitmix random = { .state = 7 };
    size_t count, tried = 0;
    const struct price *prices = price_table(&count);

    (void)state;
    for (size_t i = 0; i < 10000; i++) {
        const struct price *price = &prices[i % count];
        size_t body = (size_t)(splitmix_unit(&random) * 100000);
        int64_t left = (int64_t)body, output_max = (int64_t)(splitmix_unit(&random) * 32000);
        struct usage usage = { .tier = (enum price_tier)(i % 3), .geo_percent = i % 2 == 0 ? 0 : 110 };
        struct price sold = price_in_tier(price, usage.tier, usage.geo_percent);

        usage.cache_read = take_share(&random, &left);
        usage.cache_write_5m = take_share(&random, &left);
        usage.cache_write_1h = take_share(&random, &left);
        usage.input = left;
        usage.output = (int64_t)(splitmix_unit(&random) * (double)(output_max + 1));
        assert_true(price_cost(price, &usage) <= price_worst(&sold, body, output_max));
        tried += price_cost(price, &usage) != COST_UNKNOWN;
    }
    assert_true(tried > 5000);
    assert_int_equal(price_worst(price_find_at(ANTHROPIC, HAIKU), (size_t)30 << 20, 1000), 200000 * 2000 + 1000 * 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_price_cost_is_what_was_worked_out),
        cmocka_unit_test(test_price_cost_rounds_up_once),
        cmocka_unit_test(test_price_cost_is_unknown_where_nobody_can_say),
        cmocka_unit_test(test_price_find_at_asks_who_sells),
        cmocka_unit_test(test_price_table_is_whole),
        cmocka_unit_test(test_price_worst_is_never_below_the_cost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
