/*
 * anthropic_query: what is asked of a model of Claude's shape, resolved from settings, the known model's card and what
 * that model takes. What it does not take is refused here, in words, before anything is sent.
 */
#ifndef VERNIER_RUNNERS_ANTHROPIC_QUERY_H
#define VERNIER_RUNNERS_ANTHROPIC_QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/base/err.h"

struct arena;
struct json_write;
struct model;

/* What a model takes, by the beginning of its id. */
struct claude {
    const char *prefix;             /* "" is every model */
    const char *card;               /* in known_models; NULL: what is not stated here is not known, and goes as said */
    bool adaptive;                  /* thinking=adaptive */
    bool prefill;                   /* a chat that ends with the model's own turn */
    bool samples_freely;            /* temperature together with top_p, and any of them while it thinks */
    bool is_slow;                   /* long answers come as a stream or not at all: networks drop what is silent */
    int64_t output_max;             /* tokens of an answer; 0: not known */
    const char *const *efforts;     /* NULL-terminated; NULL: it has none, or nobody knows */
};

/* The server's defaults hold where nothing is said: no thinking. */
enum claude_thinking { CLAUDE_UNSAID, CLAUDE_OFF, CLAUDE_ADAPTIVE, CLAUDE_BUDGET };

/* Which prompts are marked to be kept by the server: those that will come again, none, or all, for 5 minutes or an
 * hour. A prompt that is kept costs a quarter more (an hour: double), and read again a tenth. */
enum claude_cache { CLAUDE_CACHE_TURNS, CLAUDE_CACHE_OFF, CLAUDE_CACHE_5M, CLAUDE_CACHE_1H };

struct anthropic_query {
    const char *model;
    const struct claude *takes;
    int64_t max_tokens;             /* thinking included */
    double temperature, top_p;      /* NAN is not sent */
    int64_t top_k;                  /* -1 is not sent */
    enum claude_thinking thinking;
    int64_t budget;                 /* tokens of thinking, of CLAUDE_BUDGET */
    const char *effort;             /* NULL: not sent */
    const char *beta;               /* header anthropic-beta; NULL: none */
    enum claude_cache cache;
    bool stream;
};

/* model's settings are checked already; strings go to the arena. -1 with err set (EXIT_USAGE). */
int anthropic_query_read(const struct model *model, struct arena *arena, struct anthropic_query *out,
                         struct err *err);

/* Adds temperature, top_p and top_k, those that are sent: members of a request, or of a plan's sampling. */
void anthropic_query_add_sampling(const struct anthropic_query *query, struct json_write *w);

/* Adds sampling, thinking and effort as resolved: members of a plan. */
void anthropic_query_describe(const struct anthropic_query *query, struct json_write *w);

#endif
