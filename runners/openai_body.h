/*
 * openai_body: what is asked of a server of OpenAI's shape, and the request's JSON. No network.
 */
#ifndef VERNIER_RUNNERS_OPENAI_BODY_H
#define VERNIER_RUNNERS_OPENAI_BODY_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/base/err.h"
#include "runners/dialect.h"
#include "runners/sampling.h"

struct arena;
struct ask;
struct buf;
struct json_write;
struct model;

/* How a server tells how likely a continuation is (openai_likelihood.h); OPEN: not found out, or not wanted. */
enum likelihood_way { LIKELIHOOD_OPEN, LIKELIHOOD_ECHO, LIKELIHOOD_ECHO_EACH, LIKELIHOOD_NEXT };

/* All that decides what is asked, resolved from settings, card (`like`) and dialect. Strings in the arena given. */
struct openai_query {
    const char *model;
    const struct dialect *dialect;
    bool dialect_is_open;               /* nobody named one: it is dialect_unnamed until a probe finds it */
    struct sampling sampling;           /* as sent; NAN is not sent */
    enum thinking thinking;
    const char *effort;                 /* reasoning_effort; NULL: not sent */
    int64_t thinking_budget;            /* tokens; -1: not sent */
    const char *tool_choice;            /* sent where tools are offered; NULL: not sent */
    bool sends_parallel, parallel;      /* parallel_tool_calls, likewise */
    const char *extra;                  /* a JSON object whose members are added to the body; NULL: none */
    bool sends_seed;
    int64_t seed;                       /* one for all asks; -1: each ask's own */
    bool stream;
    enum likelihood_way likelihood;
    int next_tokens;                    /* with LIKELIHOOD_NEXT: how many of the likeliest are asked for */
};

/*
 * model's settings are checked already. fallback is the dialect where none is named; NULL: it is still to be found, and
 * what needs one is left out until then. -1 with err set (EXIT_USAGE): an unknown dialect or card, a setting that this
 * dialect cannot carry, an extra that is none; a card's value that it cannot carry is left out.
 */
int openai_query_read(const struct model *model, const struct dialect *fallback, struct arena *arena,
                      struct openai_query *out, struct err *err);

/* Adds dialect, sampling and thinking as resolved: members of a plan. */
void openai_query_describe(const struct openai_query *query, struct json_write *w);

/* Adds the request's body. out->cut when it is larger than out may hold. */
void openai_body_write(const struct openai_query *query, const struct ask *ask, struct buf *out);

#endif
