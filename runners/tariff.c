#include "runners/tariff.h"

#include <math.h>

#include "runners/heard.h"

/* What Anthropic takes, who alone sells writes: 1.25 times the input's price for 5 minutes, 2 times for an hour. */
#define WRITE_FACTOR 1.25
#define HOUR_FACTOR 1.6

static int64_t to_rate(double usd)
{
    return llround(usd * 1e6);
}

/* What the list knows beside prices (longest answer, context) stays. Batches and fast mode have no price then. */
static void take_told(const struct model *model, struct price *price)
{
    double input = model_number(model, "price_in", 0), write = model_number(model, "price_cache_write",
                                                                            input * WRITE_FACTOR);

    price->source = "as told";
    price->since = NULL;
    price->input = to_rate(input);
    price->output = to_rate(model_number(model, "price_out", 0));
    price->cache_read = to_rate(model_number(model, "price_cache_read", input));
    price->cache_write_5m = to_rate(write);
    price->cache_write_1h = to_rate(write * HOUR_FACTOR);
    price->batch_percent = price->fast_input = price->fast_output = 0;
}

int tariff_read(const struct model *model, const char *base, struct tariff *out, struct err *err)
{
    const struct price *listed = price_find_at(base, model->id);
    bool has_in = model_has(model, "price_in"), has_out = model_has(model, "price_out");
    bool has_cache = model_has(model, "price_cache_read") || model_has(model, "price_cache_write");

    *out = (struct tariff){ .is_known = listed != NULL || has_in };
    if (listed != NULL)
        out->price = *listed;
    if (has_in != has_out || (has_cache && !has_in))
        return err_set_code(err, EXIT_USAGE, "expected price_in and price_out together, found %s alone",
                            has_in ? "price_in" : has_out ? "price_out" : "a cache's price");
    if (has_in)
        take_told(model, &out->price);
    return 0;
}

static bool is_free(const struct price *price)
{
    return price->input == 0 && price->output == 0 && price->cache_read == 0 && price->cache_write_5m <= 0 &&
           price->cache_write_1h <= 0;
}

void tariff_bill(const struct tariff *tariff, const struct usage *usage, struct heard *heard)
{
    bool is_answer = heard->end == HEARD_ANSWER || heard->end == HEARD_PAUSED;

    if (!tariff->is_known)
        heard->cost_nanousd = COST_UNKNOWN;
    else if (is_free(&tariff->price))
        heard->cost_nanousd = 0;
    else if (is_answer)
        heard->cost_nanousd = price_cost(&tariff->price, usage);
}

void tariff_bill_whole(const struct tariff *tariff, const struct usage *usage, struct heard *heard)
{
    if (tariff->is_known && usage->input >= 0 && usage->output >= 0)
        heard->cost_nanousd = price_cost(&tariff->price, usage);
    else
        tariff_bill(tariff, usage, heard);
}

int64_t tariff_worst(const struct tariff *tariff, size_t prompt_max, int64_t output_max, enum price_tier tier,
                     int64_t geo_percent)
{
    struct price price;
    int64_t worst;

    if (!tariff->is_known)
        return 0;
    price = price_in_tier(&tariff->price, tier, geo_percent);
    worst = price_worst(&price, prompt_max, output_max);
    return worst > 0 ? worst : 0;
}

int64_t tariff_output_max(const struct tariff *tariff, int64_t max_tokens)
{
    if (max_tokens > 0)
        return max_tokens;
    return tariff->is_known && tariff->price.output_max_tokens > 0 ? tariff->price.output_max_tokens : -1;
}

int tariff_bounds_cost(const struct tariff *tariff, int64_t output_max, struct err *err)
{
    if (!tariff->is_known)
        return err_set_code(err, EXIT_USAGE, "a bound on money needs its price, and no list knows it: set price_in and "
                            "price_out, US$ per million tokens (0 where it costs nothing)");
    if (output_max < 0 && !is_free(&tariff->price))
        return err_set_code(err, EXIT_USAGE, "a bound on money needs to know its longest answer: set max_tokens");
    return 0;
}
