#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "harness/base/arena.h"
#include "runners/heard.h"
#include "runners/tariff.h"

#define ANTHROPIC "https://api.anthropic.com/v1"
#define OWN "http://127.0.0.1:8000/v1"

static struct tariff read_tariff(const char *spec, const char *base)
{
    struct arena *arena = arena_new();
    struct err err = ERR_INIT;
    struct model model;
    struct tariff tariff;

    assert_int_equal(model_parse(arena, spec, "--model", &model, &err), 0);
    assert_int_equal(tariff_read(&model, base, &tariff, &err), 0);
    arena_free(arena);
    return tariff;
}

static int64_t bill(const struct tariff *tariff, struct usage usage, enum heard_end end, int64_t before)
{
    struct heard heard = { .end = end, .cost_nanousd = before };

    tariff_bill(tariff, &usage, &heard);
    return heard.cost_nanousd;
}

static void test_tariff_of_the_list_is_where_it_is_sold(void **state)
{
    struct tariff sold = read_tariff("openai/claude-opus-4-6", ANTHROPIC);
    struct tariff own = read_tariff("openai/claude-opus-4-6", OWN);

    (void)state;
    assert_int_equal(bill(&sold, (struct usage){ .input = 25, .output = 140 }, HEARD_ANSWER, 0), 3625000);
    assert_int_equal(bill(&own, (struct usage){ .input = 25, .output = 140 }, HEARD_ANSWER, 0), COST_UNKNOWN);
    assert_int_equal(tariff_output_max(&sold, 0), 128000);
    assert_int_equal(tariff_output_max(&sold, 500), 500);
    assert_int_equal(tariff_output_max(&own, 0), -1);
    assert_int_equal(tariff_worst(&own, 100, 100, PRICE_STANDARD, 0), 0);
}

static void test_tariff_as_told_overrules_the_list(void **state)
{
    struct tariff told = read_tariff("openai/claude-opus-4-6,price_in=2,price_out=8", ANTHROPIC);
    struct tariff cached = read_tariff("openai/x,price_in=2,price_out=8,price_cache_read=0.5,price_cache_write=3", OWN);

    (void)state;
    assert_int_equal(bill(&told, (struct usage){ .input = 10, .output = 5 }, HEARD_ANSWER, 0), 60000);
    assert_int_equal(bill(&told, (struct usage){ .cache_read = 10 }, HEARD_ANSWER, 0), 20000);
    assert_int_equal(bill(&told, (struct usage){ .cache_write_5m = 10, .cache_write_1h = 10 }, HEARD_ANSWER, 0), 65000);
    assert_int_equal(bill(&told, (struct usage){ .input = 1, .tier = PRICE_BATCH }, HEARD_ANSWER, 0), COST_UNKNOWN);
    assert_int_equal(tariff_output_max(&told, 0), 128000);
    assert_int_equal(bill(&cached, (struct usage){ .cache_read = 10, .cache_write_5m = 10, .cache_write_1h = 10 },
                          HEARD_PAUSED, 0), 5000 + 30000 + 48000);
}

static void test_tariff_bill_is_unknown_where_a_call_broke_off(void **state)
{
    struct tariff sold = read_tariff("openai/claude-opus-4-6", ANTHROPIC);
    struct tariff free = read_tariff("openai/mine,price_in=0,price_out=0", OWN);
    const struct usage usage = { .input = 25, .output = 140 }, untold = { .input = -1, .output = -1 };

    (void)state;
    assert_int_equal(bill(&sold, usage, HEARD_AGAIN, COST_UNKNOWN), COST_UNKNOWN);
    assert_int_equal(bill(&sold, usage, HEARD_LATER, 0), 0);            /* refused: not billed */
    assert_int_equal(bill(&sold, untold, HEARD_ANSWER, 0), COST_UNKNOWN);
    assert_int_equal(bill(&free, untold, HEARD_ANSWER, COST_UNKNOWN), 0);
    assert_int_equal(bill(&free, untold, HEARD_AGAIN, COST_UNKNOWN), 0);
}

static void test_tariff_bill_whole_heeds_the_usage_of_a_failure(void **state)
{
    struct tariff sold = read_tariff("openai/claude-opus-4-6", ANTHROPIC), own = read_tariff("openai/mine", OWN);
    const struct usage usage = { .input = 25, .output = 140 }, untold = { .input = -1, .output = -1 };
    struct heard heard = { .end = HEARD_NEVER, .cost_nanousd = COST_UNKNOWN };

    (void)state;
    tariff_bill_whole(&sold, &untold, &heard);
    assert_int_equal(heard.cost_nanousd, COST_UNKNOWN);
    tariff_bill_whole(&sold, &usage, &heard);
    assert_int_equal(heard.cost_nanousd, 3625000);
    tariff_bill_whole(&own, &usage, &heard);
    assert_int_equal(heard.cost_nanousd, COST_UNKNOWN);
}

static void test_tariff_worst_holds_in_every_tier(void **state)
{
    struct tariff sold = read_tariff("openai/claude-opus-4-6", ANTHROPIC);

    (void)state;
    /* 4,096 + 904 tokens of a prompt to the dearest cache, 10,000 a token, and 100 of an answer, 25,000 each */
    assert_int_equal(tariff_worst(&sold, 904, 100, PRICE_STANDARD, 0), 52500000);
    assert_int_equal(tariff_worst(&sold, 904, 100, PRICE_BATCH, 0), 26250000);
    assert_int_equal(tariff_worst(&sold, 904, 100, PRICE_STANDARD, 110), 57750000);
    assert_int_equal(tariff_worst(&sold, 904, 100, PRICE_FAST, 0), 5000 * INT64_C(60000) + 100 * 150000);
}

static void assert_unbounded(const char *spec, const char *base, const char *words)
{
    struct tariff tariff = read_tariff(spec, base);
    struct err err = ERR_INIT;

    assert_int_equal(tariff_bounds_cost(&tariff, tariff_output_max(&tariff, 0), &err), -1);
    assert_int_equal(err.code, EXIT_USAGE);
    assert_non_null(strstr(err.text, words));
}

static void test_tariff_bounds_cost_names_what_is_missing(void **state)
{
    struct tariff sold = read_tariff("openai/claude-opus-4-6", ANTHROPIC);
    struct tariff free = read_tariff("openai/mine,price_in=0,price_out=0", OWN);
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(tariff_bounds_cost(&sold, tariff_output_max(&sold, 0), &err), 0);
    assert_int_equal(tariff_bounds_cost(&free, -1, &err), 0);
    assert_unbounded("openai/mine", OWN, "set price_in and price_out");
    assert_unbounded("openai/mine,price_in=1,price_out=2", OWN, "set max_tokens");
}

static void test_tariff_read_wants_both_prices(void **state)
{
    static const char *const SPECS[] = { "openai/x,price_in=1", "openai/x,price_out=1", "openai/x,price_cache_read=1" };

    (void)state;
    for (size_t i = 0; i < sizeof SPECS / sizeof SPECS[0]; i++) {
        struct arena *arena = arena_new();
        struct err err = ERR_INIT;
        struct model model;
        struct tariff tariff;

        assert_int_equal(model_parse(arena, SPECS[i], "--model", &model, &err), 0);
        assert_int_equal(tariff_read(&model, OWN, &tariff, &err), -1);
        assert_int_equal(err.code, EXIT_USAGE);
        assert_non_null(strstr(err.text, "price_in and price_out together"));
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tariff_of_the_list_is_where_it_is_sold),
        cmocka_unit_test(test_tariff_as_told_overrules_the_list),
        cmocka_unit_test(test_tariff_bill_is_unknown_where_a_call_broke_off),
        cmocka_unit_test(test_tariff_bill_whole_heeds_the_usage_of_a_failure),
        cmocka_unit_test(test_tariff_worst_holds_in_every_tier),
        cmocka_unit_test(test_tariff_bounds_cost_names_what_is_missing),
        cmocka_unit_test(test_tariff_read_wants_both_prices),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
