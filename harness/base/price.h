/*
 * price: what models cost by the token, from a dated table (prices.json) that names its sources, or as the user says.
 * A model that is not in the table has no price: its cost is unknown, never 0.
 *
 * Money is integer nano-dollars; a list price of 5 $ a million tokens is 5,000 a token.
 */
#ifndef VERNIER_BASE_PRICE_H
#define VERNIER_BASE_PRICE_H

#include <stddef.h>
#include <stdint.h>

/* Of one model from one day on. Borrowed from the table, or the caller's own. */
struct price {
    const char *model;              /* as its provider calls it */
    const char *since, *source;     /* "2026-02-05"; where it was read */
    int64_t input, output;          /* nano-dollars a token */
    int64_t cache_read, cache_write_5m, cache_write_1h;
    int64_t batch_percent;          /* of every one of these, for a call of a batch: 50; 0: batches are not sold */
    int64_t fast_input, fast_output;       /* in fast mode; 0: it is not sold */
    int64_t context_tokens, output_max_tokens;      /* 0: not known */
};

enum price_tier { PRICE_STANDARD, PRICE_BATCH, PRICE_FAST };

/* What one call used. Counts of tokens; each token stands in one of them. */
struct usage {
    int64_t input;                  /* neither read from a cache nor written to one */
    int64_t cache_read, cache_write_5m, cache_write_1h;
    int64_t output;                 /* thinking included */
    enum price_tier tier;
    int64_t geo_percent;            /* 110 where inference in one country costs more; 0 is 100 */
};

/* The newest price of that model of that provider ("anthropic", "openai", ...); NULL: unknown. */
const struct price *price_find(const char *provider, const char *model);

/* Rounded up to a whole nano-dollar. price NULL, a count below 0 or a tier that is not sold: COST_UNKNOWN (-1). */
int64_t price_cost(const struct price *price, const struct usage *usage);

/* The most a call can cost whose body has so many bytes and which makes at most so many tokens: a token of a prompt is
 * at least a byte, and a server adds some of its own. Never below what price_cost will say. */
int64_t price_worst(const struct price *price, size_t body_length, int64_t output_max);

#endif
