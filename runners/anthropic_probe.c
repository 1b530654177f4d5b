#include "runners/anthropic_probe.h"

#include <inttypes.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/http.h"
#include "harness/base/json.h"
#include "harness/engine/ask.h"
#include "harness/engine/chat.h"
#include "runners/anthropic_body.h"
#include "runners/anthropic_reply.h"
#include "runners/anthropic_usage.h"
#include "runners/fix.h"
#include "runners/openai_server.h"
#include "runners/probe.h"
#include "runners/remote.h"
#include "runners/specimen.h"

#define QUESTION "What is 2 + 3?"
#define QUESTION_MORE "Answer with the number alone."

/* As many as a prompt's bytes can be at least. */
#define BYTES_PER_TOKEN_MANY 8

/* Fields of a request that a server may refuse. */
static const char *const FIELDS[] = { "temperature", "top_p", "top_k", "max_tokens", "thinking", "budget_tokens", "effort",
                                      "output_config", "cache_control", "stream", NULL };

struct inquiry {
    struct probe *probe;
    const struct model *model;
    const struct remote *remote;
    const struct anthropic_query *query;
    struct arena *arena;
    const struct dialect **dialect;
};

static struct http_call *ask_at(const struct inquiry *inquiry, const char *base, const char *path, const char *body)
{
    const struct probe_question question = {
        .url = arena_printf(inquiry->probe->arena, "%s%s", base, path), .body = body,
        .body_length = body != NULL ? strlen(body) : 0,
    };

    return probe_ask(inquiry->probe, inquiry->model, inquiry->remote, &question);
}

static struct http_call *ask(const struct inquiry *inquiry, const char *path, const char *body)
{
    return ask_at(inquiry, inquiry->remote->base, path, body);
}

/* What the page of a model says of its limits and its life. Older servers say neither. */
static void judge_page(const struct inquiry *inquiry, const struct json *page)
{
    const char *life = json_string(page, "lifecycle");
    int64_t limit = 0, context = 0, least = (int64_t)inquiry->probe->wish.prompt_bytes / BYTES_PER_TOKEN_MANY;

    if (life != NULL && strcmp(life, "active") != 0)
        probe_find(inquiry->probe, "model", SEVERITY_WARN, "name its successor", "%s is %s", inquiry->query->model, life);
    if (json_get_int64(page, "max_tokens", &limit) && limit > 0 && limit < inquiry->query->max_tokens)
        probe_find(inquiry->probe, "limit", SEVERITY_BAD, "ask for less with --max-tokens", "answers have at most %" PRId64
                   " tokens, and max_tokens is %" PRId64, limit, inquiry->query->max_tokens);
    if (json_get_int64(page, "max_input_tokens", &context) && context > 0)
        probe_find(inquiry->probe, "context", least > context ? SEVERITY_BAD : SEVERITY_OK,
                   least > context ? "leave the longest samples out" : NULL, "prompts have at most %" PRId64
                   " tokens; the longest has %" PRId64 " at least", context, least);
}

/* Of servers that have no page for each model: what they list. False: the model is not there. */
static bool judge_list(const struct inquiry *inquiry, const struct json *list)
{
    struct openai_server server = openai_server_begin();
    const char *id = inquiry->query->model;
    struct buf words;
    bool serves;

    openai_server_read_models(&server, list, id, inquiry->probe->arena);
    serves = !server.lists || openai_server_serves(&server, id);
    buf_init(&words, 0);
    openai_server_tell(&server, id, &words);
    if (serves)
        probe_find(inquiry->probe, "model", SEVERITY_OK, NULL, server.lists ? "%s is served"
                   : "%s, which the server need not list", id);
    else
        probe_find(inquiry->probe, "model", SEVERITY_BAD, fix_of(*inquiry->dialect, FLAW_MODEL), "%s", words.data);
    buf_fini(&words);
    return serves;
}

static struct json_doc *parse(const struct http_call *call)
{
    struct err err = ERR_INIT;

    return call->end == HTTP_ANSWERED && call->status == 200 ? json_parse(call->body.data, call->body.length, &err) : NULL;
}

static bool has_mark(const struct inquiry *inquiry, const struct dialect *dialect)
{
    size_t length = strlen(inquiry->remote->base) - strlen("/v1");      /* anthropic.c sees to it that it ends so */
    const char *root = arena_strndup(inquiry->probe->arena, inquiry->remote->base, length);
    struct http_call *call = ask_at(inquiry, root, dialect->mark.path, NULL);
    struct json_doc *doc = call != NULL ? parse(call) : NULL;
    bool has = json_get(json_root(doc), dialect->mark.member) != NULL;

    json_free(doc);
    http_free_call(call);
    return has;
}

/* Of a server that is not Claude's own and was not named: who it is. */
static void find_dialect(const struct inquiry *inquiry)
{
    for (const struct dialect *dialect = dialects; dialect->name != NULL; dialect++)
        if ((*inquiry->dialect)->name == NULL && dialect->speaks_claude && has_mark(inquiry, dialect))
            *inquiry->dialect = dialect;
    if ((*inquiry->dialect)->name != NULL)
        probe_find(inquiry->probe, "dialect", SEVERITY_OK, NULL, "%s", (*inquiry->dialect)->name);
}

static bool read_list(const struct inquiry *inquiry)
{
    struct http_call *call = ask(inquiry, "/models", NULL);
    struct json_doc *doc = call != NULL ? parse(call) : NULL;
    bool serves = call != NULL && judge_list(inquiry, json_root(doc));

    if (serves && !inquiry->remote->is_own && !inquiry->probe->interrupted)
        find_dialect(inquiry);
    json_free(doc);
    http_free_call(call);
    return serves;
}

/* False: nobody there, or not that model. *resolved: the id that ours is an alias of. */
static bool read_model(const struct inquiry *inquiry, const char **resolved)
{
    struct http_call *call = ask(inquiry, arena_printf(inquiry->probe->arena, "/models/%s", inquiry->query->model), NULL);
    bool is_there = call != NULL && probe_judge_presence(inquiry->probe, call);
    struct json_doc *doc = is_there ? parse(call) : NULL;
    const char *id = json_string(json_root(doc), "id");

    if (is_there && id == NULL) {
        is_there = read_list(inquiry);
    } else if (is_there) {
        if (strcmp(id, inquiry->query->model) != 0)
            *resolved = arena_strdup(inquiry->arena, id);
        probe_find(inquiry->probe, "model", SEVERITY_OK, NULL, "%s is served", id);
        judge_page(inquiry, json_root(doc));
    }
    json_free(doc);
    http_free_call(call);
    return is_there;
}

/* Thinking of a fixed length must fit into the answer's. A question of no episode is never asked again, so none is kept. */
static struct anthropic_query shorten(const struct anthropic_query *query)
{
    struct anthropic_query brief = *query;
    int64_t limit = SPECIMEN_TOKENS_MAX + (query->thinking == CLAUDE_BUDGET ? query->budget : 0);

    if (brief.cache == CLAUDE_CACHE_TURNS)
        brief.cache = CLAUDE_CACHE_OFF;
    brief.max_tokens = query->max_tokens < limit ? query->max_tokens : limit;
    return brief;
}

static enum thinking find_thinking(const struct anthropic_query *query)
{
    return query->thinking == CLAUDE_UNSAID || query->thinking == CLAUDE_ADAPTIVE ? THINKING_UNSAID
           : query->thinking == CLAUDE_OFF ? THINKING_OFF : THINKING_ON;
}

static void try_answer(const struct inquiry *inquiry)
{
    const struct anthropic_query brief = shorten(inquiry->query);
    struct arena *arena = inquiry->probe->arena;
    struct chat *chat = chat_new(arena);
    struct ask wanted = { .kind = ASK_MODEL, .chat = chat };
    struct specimen specimen = {
        .ask = &wanted, .question = QUESTION_MORE, .dialect = *inquiry->dialect, .fields = FIELDS,
        .thinking = find_thinking(inquiry->query), .thinks_not = SEVERITY_WARN, .limit = brief.max_tokens,
        .stream = brief.stream,
    };
    struct anthropic_usage used;
    struct http_call *call;
    struct buf body;

    chat_add_text(chat, ROLE_USER, QUESTION " " QUESTION_MORE);
    buf_init(&body, 0);
    anthropic_body_write(&brief, &wanted, &body);
    call = ask(inquiry, "/messages", body.data);
    buf_fini(&body);
    if (call == NULL)
        return;
    anthropic_reply_read(&wanted.reply, call, arena, &used, &specimen.heard);
    heard_name_gate(&specimen.heard, call, arena);
    specimen.content = specimen.heard.reply.text;
    specimen.reasoning = specimen.heard.reply.reasoning != NULL ? specimen.heard.reply.reasoning : "";
    specimen.first_byte_ms = call->first_byte_ms;
    specimen.elapsed_ms = call->elapsed_ms;
    http_free_call(call);
    specimen_judge_answer(inquiry->probe, &specimen);
}

const char *anthropic_probe(struct probe *probe, const struct model *model, const struct remote *remote,
                            const struct anthropic_query *query, struct arena *arena, const struct dialect **dialect)
{
    const struct inquiry inquiry = { .probe = probe, .model = model, .remote = remote, .query = query, .arena = arena,
                                     .dialect = dialect };
    const char *resolved = NULL;

    if (probe->wish.likelihoods)
        probe_find(probe, "likelihood", SEVERITY_BAD, "take a profile that asks for words", "%s", ANTHROPIC_NO_LIKELIHOOD);
    if (read_model(&inquiry, &resolved))
        try_answer(&inquiry);
    return resolved;
}
