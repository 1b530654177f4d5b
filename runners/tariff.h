/*
 * tariff: what one model's calls cost and can cost at most: as the user says (price_in, price_out), else by the list of
 * who serves it (price.h). A model on a server of one's own has no price until somebody says one.
 */
#ifndef VERNIER_RUNNERS_TARIFF_H
#define VERNIER_RUNNERS_TARIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"
#include "harness/base/price.h"
#include "harness/engine/model.h"

struct heard;

/* The settings that tariff_read reads: for a runner's table. They decide nothing that is asked. */
#define TARIFF_SETTINGS \
    { "price_in", SETTING_NUMBER, "US$ per million tokens of the prompt, where no list knows them (list prices)", \
      .is_place = true, .min = 0, .max = TARIFF_USD_MAX }, \
    { "price_out", SETTING_NUMBER, "US$ per million tokens of the answer, thinking included", .is_place = true, \
      .min = 0, .max = TARIFF_USD_MAX }, \
    { "price_cache_read", SETTING_NUMBER, "of those read from a cache (price_in)", .is_place = true, .min = 0, \
      .max = TARIFF_USD_MAX }, \
    { "price_cache_write", SETTING_NUMBER, "of those written to one for 5 minutes (1.25 times price_in); for an " \
      "hour 1.6 times that", .is_place = true, .min = 0, .max = TARIFF_USD_MAX }
#define TARIFF_USD_MAX 100000.0

struct tariff {
    bool is_known;
    struct price price;             /* when it is */
};

/* base: the server's address. -1 with err set (EXIT_USAGE): one of the two prices without the other. */
int tariff_read(const struct model *model, const char *base, struct tariff *out, struct err *err);

/* Says in heard what the call cost: without a price nobody knows, not even of a refused one, so that unknown stays
 * unknown in every sum; else an answer what usage says, a refused one what it says already (0), any other nobody knows,
 * but where tokens cost nothing. A usage with a count below 0 is one that was not told. */
void tariff_bill(const struct tariff *tariff, const struct usage *usage, struct heard *heard);

/* The same of a document that came whole, not in parts: where it tells its usage that is what it cost, though nothing else
 * in it is of use. */
void tariff_bill_whole(const struct tariff *tariff, const struct usage *usage, struct heard *heard);

/* The most a call can cost, for the courier: 0 where nobody knows. prompt_max as price_worst has it, tier and
 * geo_percent as in struct usage. */
int64_t tariff_worst(const struct tariff *tariff, size_t prompt_max, int64_t output_max, enum price_tier tier,
                     int64_t geo_percent);

/* Tokens of the longest answer: max_tokens where it is set (above 0), else the list's; -1: nobody knows. */
int64_t tariff_output_max(const struct tariff *tariff, int64_t max_tokens);

/* For runner_type.bounds_cost: whether the most a call can cost is known. -1 with err set (EXIT_USAGE), naming the
 * settings that mend it. output_max as tariff_output_max says. */
int tariff_bounds_cost(const struct tariff *tariff, int64_t output_max, struct err *err);

#endif
