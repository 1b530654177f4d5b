/*
 * anthropic_usage: what a call used, as an answer of Claude's shape counts it.
 */
#ifndef VERNIER_RUNNERS_ANTHROPIC_USAGE_H
#define VERNIER_RUNNERS_ANTHROPIC_USAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/base/price.h"

struct json;
struct reply;

/* Counts of tokens; TOKENS_UNKNOWN where nothing was said. */
struct anthropic_usage {
    int64_t input;                  /* neither read from the cache nor written to it */
    int64_t cache_read, cache_write, cache_write_1h;       /* the last: of those written */
    int64_t output, thinking;       /* output includes thinking */
    enum price_tier tier;
    bool is_us;                     /* served in the United States, which costs a tenth more */
    bool has_extras;                /* web searches, which are no tokens and cost apart */
};

struct anthropic_usage anthropic_usage_unknown(void);

/* A "usage" object, or NULL. Its counts are totals, so a later one's outweigh an earlier one's. */
void anthropic_usage_take(struct anthropic_usage *usage, const struct json *object);

/* Fills the counts of reply. */
void anthropic_usage_tell(const struct anthropic_usage *usage, struct reply *reply);

/* What is to be paid. Where the answer does not say how long what it wrote to the cache stays there, is_hour does.
 * Counts below 0 where that cannot be told. */
struct usage anthropic_usage_bill(const struct anthropic_usage *usage, bool is_hour);

#endif
