/*
 * anthropic: Claude, and any server of the Messages API's shape, as llama-server's /v1/messages. Settings and the way
 * there; what is asked stands in anthropic_query.c, the request in anthropic_body.c, the answer in anthropic_reply.c.
 */
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/json_write.h"
#include "harness/engine/chat.h"
#include "harness/engine/runner.h"
#include "runners/anthropic_body.h"
#include "runners/anthropic_probe.h"
#include "runners/anthropic_reply.h"
#include "runners/anthropic_usage.h"
#include "runners/courier.h"
#include "runners/courier_runner.h"
#include "runners/dialect.h"
#include "runners/probe.h"
#include "runners/remote.h"
#include "runners/runners.h"
#include "runners/tariff.h"

static const struct setting_spec SETTINGS[] = {
    REMOTE_SETTINGS,
    TARIFF_SETTINGS,
    { "dialect", SETTING_TEXT, "llama-server, where it is one; else the probe finds it", .is_place = true },
    { "like", SETTING_TEXT, "a known model whose card gives sampling (list models); Claude needs none" },
    { "temperature", SETTING_NUMBER, "0 to 1; not with top_p, and none while it thinks", .min = 0, .max = 1 },
    { "top_p", SETTING_NUMBER, "0 to 1; from 0.95 while it thinks", .min = 0, .max = 1 },
    { "top_k", SETTING_INT, "how many tokens are drawn from; not while it thinks", .min = 0, .max = 1e6 },
    { "max_tokens", SETTING_INT, "longest answer, thinking included (32000; 64000 with thinking)", .min = 1,
      .max = 1e8 },
    { "reasoning", SETTING_BOOL, "thinking, on or off: the best way the model has" },
    { "thinking", SETTING_TEXT, "adaptive, off, or how many tokens it may take" },
    { "effort", SETTING_TEXT, "low, medium, high or max" },
    { "beta", SETTING_TEXT, "header anthropic-beta: names with commas between" },
    { "cache", SETTING_TEXT, "which prompts the server keeps: off, or all for 5m or 1h (those that come again, for 5m)",
      .is_place = true },
    { "stream", SETTING_BOOL, "take the answer as it is made (on)", .is_place = true },
    PROBE_SETTINGS,
    { .key = NULL },
};

struct runner {
    struct courier_runner base;
    struct anthropic_query query;
    const char *resolved;           /* the id that ours is an alias of, as a probe found; NULL: none is known */
    const struct dialect *dialect;  /* llama-server's, as named or found; dialect_unnamed: Claude's, or nobody knows */
    struct remote remote;
    struct tariff tariff;
};

/* A picture of few bytes may be many tokens: those of the newest models up to 4,784 (1,600 before), as the provider says. */
#define IMAGE_TOKENS_MAX 4784

/* The newer version of the API takes no temperature from anyone. */
static const char *const HEADERS[] = {
    "Content-Type: application/json", "Accept: application/json, text/event-stream", "anthropic-version: 2023-06-01",
    NULL,
};

static const struct remote_kind ANTHROPIC = {
    .own_host = "https://api.anthropic.com", .version = "/v1", .url_variable = "ANTHROPIC_BASE_URL",
    .key_variable = "ANTHROPIC_API_KEY", .key_header = "x-api-key: %s", .path = "/messages",
    .headers = HEADERS, .start_in_flight = 4,
};

/* What the courier says and hears, with the types it knows. */
static const char *object(const void *anthropic, const struct ask *ask)
{
    if (ask->continuations != NULL)
        return ANTHROPIC_NO_LIKELIHOOD;
    return anthropic_body_objection(&((const struct runner *)anthropic)->query, ask);
}

static void write_body(const void *anthropic, const struct ask *ask, int pauses, struct buf *out)
{
    (void)pauses;
    anthropic_body_write(&((const struct runner *)anthropic)->query, ask, out);
}

static void read_reply(const void *query, const struct ask *ask, const struct http_call *call, struct arena *arena,
                       struct heard *out)
{
    const struct runner *anthropic = query;
    struct anthropic_usage used;
    struct usage bill;

    anthropic_reply_read(&ask->reply, call, arena, &used, out);
    if (out->reply.cause == CAUSE_UNPARSABLE && anthropic->dialect->loses_unparsed)
        heard_blame_model(out, arena);
    bill = anthropic_usage_bill(&used, anthropic->query.cache == CLAUDE_CACHE_1H);
    tariff_bill(&anthropic->tariff, &bill, out);
}

static int64_t find_worst(const void *query, const struct ask *ask, size_t body_length)
{
    const struct runner *anthropic = query;
    size_t prompt_max = body_length + chat_count(ask->chat, PART_IMAGE) * IMAGE_TOKENS_MAX;

    /* A workspace may be bound to one country, which costs a tenth more: only the answer tells. */
    return tariff_worst(&anthropic->tariff, prompt_max, anthropic->query.max_tokens, PRICE_STANDARD, 110);
}

/* Anthropic's own programs take addresses without the version, and so does ANTHROPIC_BASE_URL. */
static void add_version(struct runner *anthropic)
{
    struct remote *remote = &anthropic->remote;
    size_t length = strlen(remote->base), version = strlen(ANTHROPIC.version);

    if (length >= version && strcmp(remote->base + length - version, ANTHROPIC.version) == 0)
        return;
    remote->base = arena_printf(anthropic->base.arena, "%s%s", remote->base, ANTHROPIC.version);
    remote->route.url = arena_printf(anthropic->base.arena, "%s%s", remote->base, ANTHROPIC.path);
}

static int find_way(struct runner *anthropic, const struct model *model, struct err *err)
{
    const char *headers[REMOTE_HEADERS_MAX] = { HEADERS[0], HEADERS[1], HEADERS[2] };
    struct remote_kind kind = ANTHROPIC;

    kind.headers = headers;
    if (anthropic->query.beta != NULL)
        headers[3] = arena_printf(anthropic->base.arena, "anthropic-beta: %s", anthropic->query.beta);
    if (remote_read(model, &kind, anthropic->base.arena, &anthropic->remote, err) < 0)
        return -1;
    add_version(anthropic);
    return 0;
}

/* Of the others none speaks this API. */
static int read_dialect(struct runner *anthropic, const struct model *model, struct err *err)
{
    const char *name = model_text(model, "dialect", NULL);

    anthropic->dialect = name != NULL ? dialect_find(name, err) : &dialect_unnamed;
    if (name != NULL && anthropic->dialect != NULL && !anthropic->dialect->speaks_claude)
        return err_set_code(err, EXIT_USAGE, "dialect: expected llama-server, found %.40s", name);
    return anthropic->dialect != NULL ? 0 : -1;
}

static int prepare(struct runner *anthropic, const struct runner_means *means, struct err *err)
{
    const struct model *model = &anthropic->base.model;
    const struct courier_tongue tongue = { .query = anthropic, .objection = object, .write = write_body,
                                           .read = read_reply, .worst_nanousd = find_worst };

    if (anthropic_query_read(model, anthropic->base.arena, &anthropic->query, err) < 0 ||
        read_dialect(anthropic, model, err) < 0 || find_way(anthropic, model, err) < 0 ||
        tariff_read(model, anthropic->remote.base, &anthropic->tariff, err) < 0)
        return -1;
    anthropic->base.courier = courier_open(means, &anthropic->remote.route, &tongue, err);
    return anthropic->base.courier != NULL ? 0 : -1;
}

static struct runner *anthropic_open(const struct model *model, const struct runner_means *means, struct err *err)
{
    return courier_runner_open(sizeof(struct runner), &runner_anthropic, model, means, prepare, err);
}

static void anthropic_describe(const struct runner *anthropic, struct json_write *w)
{
    anthropic_query_describe(&anthropic->query, w);
    if (anthropic->resolved != NULL)
        json_add_string(w, "resolved", anthropic->resolved);
    if (anthropic->dialect->name != NULL)
        json_add_string(w, "dialect", anthropic->dialect->name);
}

static void anthropic_ask_around(struct runner *anthropic, struct probe *probe)
{
    anthropic->resolved = anthropic_probe(probe, &anthropic->base.model, &anthropic->remote, &anthropic->query,
                                          anthropic->base.arena, &anthropic->dialect);
}

/* It gives nothing but words. */
static int anthropic_bounds_cost(const struct runner *anthropic, bool wants_words, struct err *err)
{
    (void)wants_words;
    return tariff_bounds_cost(&anthropic->tariff, anthropic->query.max_tokens, err);
}

const struct runner_type runner_anthropic = {
    .name = "anthropic", .summary = "Claude, and servers of the Messages API's shape: llama-server",
    .serves = ASK_MODEL, .settings = SETTINGS, .open = anthropic_open, .describe = anthropic_describe,
    .probe = anthropic_ask_around, .bounds_cost = anthropic_bounds_cost,
    .worst_nanousd = courier_runner_worst, .submit = courier_runner_submit, .collect = courier_runner_collect,
    .fd = courier_runner_fd, .rest = courier_runner_rest, .load = courier_runner_load,
    .explain = courier_runner_explain, .drop = courier_runner_drop, .close = courier_runner_close,
};
