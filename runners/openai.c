/*
 * openai: any server of OpenAI's shape: OpenAI itself, vLLM, llama-server, SGLang, Ollama, DashScope. Settings and the
 * way there; what is asked stands in openai_query.c, the request in openai_body.c, the answer in openai_reply.c.
 *
 * A key goes only to the host it belongs to: OPENAI_API_KEY to OpenAI's own, the one in api_key_env to base_url.
 */
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/mem.h"
#include "harness/base/redact.h"
#include "harness/engine/runner.h"
#include "runners/courier.h"
#include "runners/openai_body.h"
#include "runners/openai_reply.h"
#include "runners/runners.h"

#define OWN_HOST "https://api.openai.com"
#define OWN_KEY "OPENAI_API_KEY"
#define DAYS_S (7 * 24 * 3600.0)

static const struct setting_spec SETTINGS[] = {
    { "base_url", SETTING_TEXT, "the server's address with its version: http://gpu1:8000/v1", .is_place = true },
    { "api_key_env", SETTING_TEXT, "the environment variable that holds the server's key", .is_place = true },
    { "dialect", SETTING_TEXT, "vllm, llama-server, sglang, ollama, dashscope or openai" },
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
    { "stream", SETTING_BOOL, "take the answer as it is made (on)", .is_place = true },
    { "tries", SETTING_INT, "calls per ask at most (6)", .is_place = true, .min = 1, .max = 100 },
    { "connect_s", SETTING_NUMBER, "longest wait for a connection (10)", .is_place = true, .min = 0.01, .max = 3600 },
    { "first_byte_s", SETTING_NUMBER, "for the first byte (1800)", .is_place = true, .min = 0.01, .max = DAYS_S },
    { "idle_s", SETTING_NUMBER, "for the next one (300)", .is_place = true, .min = 0.01, .max = DAYS_S },
    { "total_s", SETTING_NUMBER, "for the whole answer (7200)", .is_place = true, .min = 0.01, .max = DAYS_S },
    { "reply_max_mb", SETTING_INT, "largest answer in MiB (64)", .is_place = true, .min = 1, .max = 1024 },
    { .key = NULL },
};

struct runner {
    const struct runner_type *type;
    struct arena *arena;
    struct openai_query query;
    const char *headers[4];
    struct courier *courier;
};

/* Not a prefix alone: "https://api.openai.com.evil.org" and "https://api.openai.com@evil.org" are other hosts. */
static bool is_own_host(const char *url)
{
    size_t length = strlen(OWN_HOST);

    return strncmp(url, OWN_HOST, length) == 0 && (url[length] == '\0' || url[length] == '/');
}

static bool has_scheme(const char *url)
{
    return (strncmp(url, "http://", 7) == 0 && url[7] != '\0') || (strncmp(url, "https://", 8) == 0 && url[8] != '\0');
}

static const char *choose_url(const struct model *model)
{
    const char *variable = getenv("OPENAI_BASE_URL");

    if (variable == NULL || variable[0] == '\0')
        variable = OWN_HOST "/v1";
    return model_text(model, "base_url", variable);
}

/* The words name no URL in full: it may hold a password. */
static int check_url(const char *url, struct err *err)
{
    if (!has_scheme(url))
        return err_set_code(err, EXIT_USAGE, "base_url: expected http://HOST/v1 or https://HOST/v1");
    for (const char *c = url; *c != '\0'; c++)
        if ((unsigned char)*c <= ' ' || *c == '?' || *c == '#')
            return err_set_code(err, EXIT_USAGE, "base_url: expected an address without blanks, ? and #");
    if (strstr(url, "/chat/completions") != NULL)
        return err_set_code(err, EXIT_USAGE, "base_url: expected the address up to /v1; /chat/completions is added");
    return 0;
}

/* -1 with err set when the variable is not there, or holds what no header can. *key without blanks around it. */
static int read_key(struct arena *arena, const char *variable, const char **key, struct err *err)
{
    const char *value = getenv(variable);
    size_t length;

    value = value != NULL ? value + strspn(value, " \t\r\n") : "";
    for (length = strlen(value); length > 0 && strchr(" \t\r\n", value[length - 1]) != NULL; length--)
        continue;
    if (length == 0)
        return err_set_code(err, EXIT_UNAVAILABLE, "no key: set the environment variable %s", variable);
    *key = arena_strndup(arena, value, length);
    redact_register(variable, *key);
    for (const char *c = *key; *c != '\0'; c++)
        if ((unsigned char)*c <= ' ' || (unsigned char)*c > '~')
            return err_set_code(err, EXIT_USAGE, "the key in %s holds blanks or letters that no key has", variable);
    return 0;
}

static int set_headers(struct runner *openai, const struct model *model, const char *url, struct err *err)
{
    const char *variable = model_text(model, "api_key_env", is_own_host(url) ? OWN_KEY : NULL), *key = NULL;
    size_t count = 0;

    openai->headers[count++] = "Content-Type: application/json";
    openai->headers[count++] = "Accept: application/json, text/event-stream";
    if (variable == NULL)
        return 0;
    if (read_key(openai->arena, variable, &key, err) < 0)
        return -1;
    openai->headers[count++] = arena_printf(openai->arena, "Authorization: Bearer %s", key);
    return 0;
}

static char *make_url(struct arena *arena, const char *base)
{
    size_t length = strlen(base);

    while (base[length - 1] == '/')
        length--;
    return arena_printf(arena, "%.*s/chat/completions", (int)length, base);
}

static int64_t setting_ms(const struct model *model, const char *key, double fallback_s)
{
    return (int64_t)(model_number(model, key, fallback_s) * 1000);
}

/* What the courier says and hears, with the types it knows. */
static void write_body(const void *query, const struct ask *ask, struct buf *out)
{
    openai_body_write(query, ask, out);
}

static int open_courier(struct runner *openai, const struct model *model, struct http *http, const char *url,
                        struct err *err)
{
    const struct courier_route route = {
        .url = make_url(openai->arena, url), .headers = openai->headers,
        .connect_ms = setting_ms(model, "connect_s", 10), .first_byte_ms = setting_ms(model, "first_byte_s", 1800),
        .idle_ms = setting_ms(model, "idle_s", 300), .total_ms = setting_ms(model, "total_s", 7200),
        .reply_max = (size_t)model_int(model, "reply_max_mb", 64) << 20,
        .tries = (int)model_int(model, "tries", 6),
    };
    const struct courier_tongue tongue = { .query = &openai->query, .write = write_body, .read = openai_reply_read };

    openai->courier = courier_open(http, &route, &tongue, err);
    return openai->courier != NULL ? 0 : -1;
}

static int prepare(struct runner *openai, const struct model *model, struct http *http, struct err *err)
{
    const char *url = choose_url(model);
    const struct dialect *fallback = is_own_host(url) ? dialect_find("openai", err) : &dialect_unnamed;

    redact_register_url("base_url", url);
    if (check_url(url, err) < 0 || openai_query_read(model, fallback, openai->arena, &openai->query, err) < 0
        || set_headers(openai, model, url, err) < 0)
        return -1;
    return open_courier(openai, model, http, url, err);
}

static void openai_rest(struct runner *openai)
{
    courier_rest(openai->courier);
}

static void openai_drop(struct runner *openai)
{
    courier_drop(openai->courier);
}

static void openai_close(struct runner *openai)
{
    courier_close(openai->courier);
    arena_free(openai->arena);
    free(openai);
}

static struct runner *openai_open(const struct model *model, struct http *http, struct err *err)
{
    struct runner *openai = xcalloc(1, sizeof *openai);

    openai->type = &runner_openai;
    openai->arena = arena_new();
    if (prepare(openai, model, http, err) < 0) {
        err_prefix(err, "model %s: ", model->name);
        openai_close(openai);
        return NULL;
    }
    return openai;
}

static void openai_describe(const struct runner *openai, struct json_write *w)
{
    openai_query_describe(&openai->query, w);
}

static void openai_submit(struct runner *openai, struct ask *ask)
{
    courier_submit(openai->courier, ask);
}

static struct ask *openai_collect(struct runner *openai)
{
    return courier_collect(openai->courier);
}

static int openai_fd(const struct runner *openai)
{
    return courier_fd(openai->courier);
}

const struct runner_type runner_openai = {
    .name = "openai", .summary = "servers of OpenAI's shape: vLLM, llama-server, SGLang, Ollama, DashScope, OpenAI",
    .serves = ASK_MODEL, .settings = SETTINGS, .open = openai_open, .describe = openai_describe,
    .submit = openai_submit, .collect = openai_collect, .fd = openai_fd, .rest = openai_rest, .drop = openai_drop,
    .close = openai_close,
};
