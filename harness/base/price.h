/*
 * price: what models cost by the token, from a dated table (prices.json) that names its sources, or as the user says.
 * A model that is not in the table has no price: its cost is unknown, never 0.
 *
 * Costs are integer nano-dollars. Rates are integer pico-dollars a token, which is millionths of a dollar a million
 * tokens: a list price of 5 $ a million is 5,000,000, and one of 0.0375 $ is still whole.
 */
#ifndef VERNIER_BASE_PRICE_H
#define VERNIER_BASE_PRICE_H

#include <stddef.h>
#include <stdint.h>

struct buf;

/* Of one model from one day on. Borrowed from the table, or the caller's own. */
struct price {
    const char *provider, *model;   /* as the provider calls it */
    const char *host;               /* who sells at this price: "https://api.anthropic.com" */
    const char *since, *source;     /* "2026-02-05"; where it was read */
    int64_t input, output;          /* pico-dollars a token; these and the next: RATE_UNKNOWN where nobody knows */
    int64_t cache_read, cache_write_5m, cache_write_1h;
    int64_t batch_percent;          /* of every one of these, for a call of a batch: 50; 0: batches are not sold */
    int64_t fast_input, fast_output;       /* in fast mode, where caches cost more in proportion; 0: it is not sold */
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

#define TOKENS_UNKNOWN (-1)     /* a count that nobody told */
#define COST_UNKNOWN (-1)
#define RATE_UNKNOWN (-1)

/* All of the table, in its order: by provider and model, the newest price of a model first. */
const struct price *price_table(size_t *count);

/* The newest price of that model at whoever serves that address ("https://api.anthropic.com/v1"); NULL: unknown. A
 * model of a known name on a host of one's own has no list price. */
const struct price *price_find_at(const char *url, const char *model);

/* Rounded up to a whole nano-dollar. COST_UNKNOWN where price is NULL, a count is below 0, what was used has no known
 * rate or is not sold, or no int64 holds the sum. */
int64_t price_cost(const struct price *price, const struct usage *usage);

/* price as it is in that tier and geography (0 is 100 %): those are its standard rates then. A tier that is not sold has
 * none. */
struct price price_in_tier(const struct price *price, enum price_tier tier, int64_t geo_percent);

/*
 * The most a call can cost at standard rates whose prompt holds so many tokens at most and which makes at most so
 * many: a token of words is at least a byte, so of words that is the body's length, but a picture may be more tokens
 * than bytes. 4,096 tokens more are for what a server adds of its own: the marks of its chat template, its words about
 * tools, of which Claude's come to 1,600 at most. All of them may go to the dearest cache, and no more than the
 * context is ever read. It is not below what price_cost will say, unless a server counts or writes more than it was
 * asked for. COST_UNKNOWN where price is NULL, has no standard rates, or output_max is below 0.
 */
int64_t price_worst(const struct price *price, size_t prompt_max, int64_t output_max);

/* Adds a cost as people write it: "$4.98"; below a dollar with three digits that count, as in "$0.0123". */
void price_add_usd(struct buf *out, int64_t nanousd);

#endif
