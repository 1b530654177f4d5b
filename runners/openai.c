/*
 * openai: any server of OpenAI's shape: OpenAI itself, vLLM, llama-server, SGLang, Ollama, DashScope. Settings and the
 * way there; what is asked stands in openai_query.c, the request in openai_body.c, the answer in openai_reply.c.
 */
#include <math.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/call.h"
#include "harness/base/log.h"
#include "harness/engine/chat.h"
#include "harness/engine/runner.h"
#include "harness/engine/sample.h"
#include "runners/courier.h"
#include "runners/courier_runner.h"
#include "runners/openai_amend.h"
#include "runners/openai_body.h"
#include "runners/openai_likelihood.h"
#include "runners/openai_probe.h"
#include "runners/openai_reply.h"
#include "runners/probe.h"
#include "runners/remote.h"
#include "runners/runners.h"
#include "runners/tariff.h"

static const struct setting_spec SETTINGS[] = {
    REMOTE_SETTINGS,
    TARIFF_SETTINGS,
    { "dialect", SETTING_TEXT, "vllm, llama-server, sglang, ollama, dashscope or openai; else the probe finds it",
      .is_place = true },      /* the one that counts is described, named or found */
    { "like", SETTING_TEXT, "a known model whose card gives sampling and thinking (list models)" },
    { "temperature", SETTING_NUMBER, "0 to 2", .min = 0, .max = 2 },
    { "top_p", SETTING_NUMBER, "0 to 1", .min = 0, .max = 1 },
    { "top_k", SETTING_INT, "how many tokens are drawn from; 0 or -1 is all", .min = -1, .max = 1e6 },
    { "min_p", SETTING_NUMBER, "0 to 1", .min = 0, .max = 1 },
    { "presence_penalty", SETTING_NUMBER, "-2 to 2", .min = -2, .max = 2 },
    { "frequency_penalty", SETTING_NUMBER, "-2 to 2", .min = -2, .max = 2 },
    { "repetition_penalty", SETTING_NUMBER, "1 is none", .min = 0.01, .max = 10 },
    { "max_tokens", SETTING_INT, "longest answer, thinking included", .min = 1, .max = 1e8 },
    { "seed", SETTING_INT, "sent with every ask instead of each ask's own", .min = 0, .max = 0x7fffffff },
    { "reasoning", SETTING_BOOL, "thinking, on or off" },
    { "reasoning_effort", SETTING_TEXT, "low, medium, high, or what else the server knows" },
    { "thinking_budget", SETTING_INT, "tokens of thinking after which the server ends it by force", .min = 0, .max = 1e8 },
    { "tool_choice", SETTING_TEXT, "auto, none or required, where a task offers tools" },
    { "parallel_tool_calls", SETTING_BOOL, "several calls in one turn, where a task offers tools" },
    { "extra", SETTING_TEXT, "more fields of the request, as a JSON object: {\"repeat_last_n\":256}" },
    { "likelihood", SETTING_TEXT, "how the server tells how likely a choice is: echo, echo_each (a prompt a call) or next "
      "(single letters only); else the probe finds it", .is_place = true },      /* the one that counts is described */
    { "stream", SETTING_BOOL, "take the answer as it is made (on)", .is_place = true },
    PROBE_SETTINGS,
    { .key = NULL },
};

struct runner {
    struct courier_runner base;
    struct openai_query query;
    struct remote remote;
    struct tariff tariff;
    const char *completions_url;    /* where likelihoods are asked for */
    int64_t output_max;             /* tokens of the longest answer; -1: nobody knows */
    size_t noted[OPENAI_NOTES];     /* replies that openai_amend had a word on, by kind */
};

/* A picture of few bytes may be many tokens. Most are one of gpt-4o-mini's: 2833 and 5667 for each of 8 tiles at most,
 * as its prices say; Qwen's models read 16,384 at most. */
#define IMAGE_TOKENS_MAX 48169

static const char *const HEADERS[] = { "Content-Type: application/json", "Accept: application/json, text/event-stream",
                                       NULL };

static const struct remote_kind OPENAI = {
    .own_host = "https://api.openai.com", .version = "/v1", .url_variable = "OPENAI_BASE_URL",
    .key_variable = "OPENAI_API_KEY", .key_header = "Authorization: Bearer %s", .path = "/chat/completions",
    .headers = HEADERS, .start_in_flight = 8,
};

/* What the courier says and hears, with the types it knows. */
static void write_body(const void *query, const struct ask *ask, int pauses, struct buf *out)
{
    const struct runner *openai = query;

    if (ask->continuations != NULL)
        openai_likelihood_write(&openai->query, ask, (size_t)pauses, out);
    else
        openai_body_write(&openai->query, ask, out);
}

static const char *find_url(const void *query, const struct ask *ask)
{
    return ask->continuations != NULL ? ((const struct runner *)query)->completions_url : NULL;
}

static const char *object_to(const void *query, const struct ask *ask)
{
    return ask->continuations != NULL ? openai_likelihood_objection(&((const struct runner *)query)->query, ask) : NULL;
}

/* prompt_tokens count what was read from a cache too. */
static struct usage find_usage(const struct reply *reply)
{
    int64_t cached = reply->tokens_cache > 0 ? reply->tokens_cache : 0;

    return (struct usage){ .input = reply->tokens_in - cached, .cache_read = cached, .output = reply->tokens_out };
}

static void read_likelihoods(const struct runner *openai, const struct ask *ask, const struct http_call *call,
                             struct arena *arena, struct heard *out)
{
    struct usage usage;

    openai_likelihood_read(&openai->query, ask, call, arena, out);
    usage = find_usage(&out->reply);
    tariff_bill_whole(&openai->tariff, &usage, out);
    openai_likelihood_join(ask, out);
}

static void read_reply(const void *query, const struct ask *ask, const struct http_call *call, struct arena *arena,
                       struct heard *out)
{
    const struct runner *openai = query;
    struct usage usage;

    if (ask->continuations != NULL) {
        read_likelihoods(openai, ask, call, arena, out);
        return;
    }
    openai_reply_read(call, arena, out);
    usage = find_usage(&out->reply);
    tariff_bill(&openai->tariff, &usage, out);
    openai_amend(&openai->query, ask, arena, out);
}

static int64_t find_worst(const void *query, const struct ask *ask, size_t body_length)
{
    const struct runner *openai = query;
    size_t prompt_max = body_length + chat_count(ask->chat, PART_IMAGE) * IMAGE_TOKENS_MAX;

    if (ask->continuations != NULL)
        return tariff_worst(&openai->tariff, prompt_max, (int64_t)ask->continuations->count, PRICE_STANDARD, 0);
    return tariff_worst(&openai->tariff, prompt_max, openai->output_max, PRICE_STANDARD, 0);
}

/* Thinking that max_tokens may not count; -1: nobody knows how much. */
static int64_t find_thinking_apart(const struct openai_query *query)
{
    return !query->dialect->thinks_apart || query->thinking == THINKING_OFF ? 0 : query->thinking_budget;
}

static int64_t find_output_max(const struct runner *openai)
{
    double max_tokens = openai->query.sampling.value[SAMPLING_MAX_TOKENS];
    int64_t apart = find_thinking_apart(&openai->query);
    int64_t output_max = tariff_output_max(&openai->tariff, isnan(max_tokens) ? 0 : (int64_t)max_tokens);

    return output_max < 0 || apart < 0 ? -1 : output_max + apart;
}

static int prepare(struct runner *openai, const struct runner_means *means, struct err *err)
{
    const struct model *model = &openai->base.model;
    const struct courier_tongue tongue = { .query = openai, .write = write_body, .read = read_reply,
                                          .worst_nanousd = find_worst, .url = find_url, .objection = object_to,
                                          .pauses_max = SAMPLE_CHOICES_MAX };
    const struct dialect *fallback = means->probes ? NULL : &dialect_unnamed;

    if (remote_read(model, &OPENAI, openai->base.arena, &openai->remote, err) < 0)
        return -1;
    openai->completions_url = arena_printf(openai->base.arena, "%s%s", openai->remote.base, OPENAI_COMPLETIONS_PATH);
    if (openai->remote.is_own)
        fallback = dialect_find("openai", err);
    if (openai_query_read(model, fallback, openai->base.arena, &openai->query, err) < 0 ||
        tariff_read(model, openai->remote.base, &openai->tariff, err) < 0)
        return -1;
    openai->tariff.price.cache_write_5m = openai->tariff.price.cache_write_1h = RATE_UNKNOWN;     /* nobody asks for them */
    openai->output_max = find_output_max(openai);
    openai->base.courier = courier_open(means, &openai->remote.route, &tongue, err);
    return openai->base.courier != NULL ? 0 : -1;
}

static void tell_notes(const struct runner *openai)
{
    for (int note = 0; note < OPENAI_NOTES; note++)
        if (openai->noted[note] > 0)
            log_warn("model %s: %s: %zu %s %s", openai->base.model.name, openai_note_name(note), openai->noted[note],
                     openai->noted[note] == 1 ? "reply" : "replies", openai_note_words(note));
}

static void openai_close(struct runner *openai)
{
    tell_notes(openai);
    courier_runner_close(openai);
}

static struct runner *openai_open(const struct model *model, const struct runner_means *means, struct err *err)
{
    return courier_runner_open(sizeof(struct runner), &runner_openai, model, means, prepare, err);
}

static void openai_describe(const struct runner *openai, struct json_write *w)
{
    openai_query_describe(&openai->query, w);
}

static void openai_ask_around(struct runner *openai, struct probe *probe)
{
    openai_probe(probe, &openai->base.model, &openai->remote, openai->base.arena, &openai->query);
    openai->output_max = find_output_max(openai);
}

static int openai_bounds_cost(const struct runner *openai, bool wants_words, struct err *err)
{
    if (!wants_words)
        return tariff_bounds_cost(&openai->tariff, 1, err);      /* openai_likelihood_write asks for one token */
    if (find_thinking_apart(&openai->query) < 0)
        return err_set_code(err, EXIT_USAGE, "a bound on money needs to know its longest answer, and on this server "
                            "max_tokens may not count thinking: set reasoning=off or thinking_budget");
    return tariff_bounds_cost(&openai->tariff, openai->output_max, err);
}

static struct ask *openai_collect(struct runner *openai)
{
    struct ask *ask = courier_runner_collect(openai);
    const struct call *call = ask != NULL ? ask->calls : NULL;
    int note;

    for (; call != NULL && call->next != NULL; call = call->next)
        continue;
    note = call != NULL && call->error != NULL ? openai_note_find(call->error) : OPENAI_NOTES;
    if (note < OPENAI_NOTES)
        openai->noted[note]++;
    return ask;
}

const struct runner_type runner_openai = {
    .name = "openai", .summary = "servers of OpenAI's shape: vLLM, llama-server, SGLang, Ollama, DashScope, OpenAI",
    .serves = ASK_MODEL, .settings = SETTINGS, .open = openai_open, .describe = openai_describe,
    .probe = openai_ask_around, .bounds_cost = openai_bounds_cost,
    .worst_nanousd = courier_runner_worst, .submit = courier_runner_submit, .collect = openai_collect,
    .fd = courier_runner_fd, .rest = courier_runner_rest, .load = courier_runner_load,
    .explain = courier_runner_explain, .drop = courier_runner_drop, .close = openai_close,
};
