/*
 * From what costs nothing to what costs a few tokens, so that the first thing wrong is the first one told:
 *
 *     /v1/models ─► which dialect ─► is the model there ─► does its context suffice
 *                                      ─► a short ask ─► (one with a tool) ─► (one with a picture)
 *
 * Whatever makes the rest pointless ends it: nobody there, no such dialect, another model.
 */
#include "runners/openai_probe.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/http.h"
#include "harness/base/json.h"
#include "harness/base/json_write.h"
#include "harness/engine/model.h"
#include "runners/fix.h"
#include "runners/openai_body.h"
#include "runners/openai_likelihood_probe.h"
#include "runners/openai_quiz.h"
#include "runners/openai_server.h"
#include "runners/probe.h"
#include "runners/remote.h"

/* Bytes of a token, from few to many: what a prompt is at most, and what it is at least. */
#define BYTES_PER_TOKEN_FEW 3
#define BYTES_PER_TOKEN_MANY 8

/* What a chat template puts around a prompt, at most. */
#define TEMPLATE_TOKENS 32

/* What an answer needs at least where no max_tokens says more. */
#define ANSWER_TOKENS 4096

struct inquiry {
    struct probe *probe;
    const struct model *model;
    const struct remote *remote;
    struct arena *arena;            /* of the query */
    struct openai_query *query;
    const char *root;               /* the server's address without its version */
    struct openai_server server;
    struct openai_quiz quiz;        /* what is asked in words */
};

static void find(const struct inquiry *inquiry, const char *name, enum severity severity, enum flaw flaw, const char *words)
{
    probe_find(inquiry->probe, name, severity, fix_of(inquiry->query->dialect, flaw), "%s", words);
}

static struct http_call *ask(const struct inquiry *inquiry, const char *base, const char *path, const char *body)
{
    struct arena *arena = inquiry->probe->arena;
    const struct probe_question question = { .url = arena_printf(arena, "%s%s", base, path), .body = body,
                                             .body_length = body != NULL ? strlen(body) : 0 };

    return probe_ask(inquiry->probe, inquiry->model, inquiry->remote, &question);
}

/* The object or array that a page holds; NULL where there is none. Freed with json_free. */
static struct json_doc *read_page(const struct inquiry *inquiry, const char *path, const char *body)
{
    struct http_call *call = ask(inquiry, inquiry->root, path, body);
    struct err err = ERR_INIT;
    struct json_doc *doc = NULL;

    if (call != NULL && call->end == HTTP_ANSWERED && call->status == 200)
        doc = json_parse(call->body.data, call->body.length, &err);
    http_free_call(call);
    return doc;
}

/* False: the probe is over. A server that lists nothing, or to others only, may still answer. */
static bool read_models(struct inquiry *inquiry)
{
    struct http_call *call = ask(inquiry, inquiry->remote->base, "/models", NULL);
    struct err err = ERR_INIT;
    struct json_doc *doc;

    if (call == NULL || !probe_judge_presence(inquiry->probe, call)) {
        http_free_call(call);
        return false;
    }
    doc = call->status == 200 ? json_parse(call->body.data, call->body.length, &err) : NULL;
    openai_server_read_models(&inquiry->server, json_root(doc), inquiry->query->model, inquiry->probe->arena);
    json_free(doc);
    http_free_call(call);
    return true;
}

static bool has_mark(const struct inquiry *inquiry, const struct dialect *dialect)
{
    struct json_doc *doc = read_page(inquiry, dialect->mark.path, NULL);
    bool has = json_get(json_root(doc), dialect->mark.member) != NULL;

    json_free(doc);
    return has;
}

/* By its address, else by the page that only it has. NULL: none of those we know. */
static const struct dialect *find_dialect(const struct inquiry *inquiry)
{
    for (const struct dialect *dialect = dialects; dialect->name != NULL; dialect++)
        if (dialect->host != NULL && strstr(inquiry->remote->base, dialect->host) != NULL)
            return dialect;
    for (const struct dialect *dialect = dialects; dialect->name != NULL; dialect++)
        if (dialect->mark.path != NULL && !inquiry->probe->interrupted && has_mark(inquiry, dialect))
            return dialect;
    return NULL;
}

/* Who was named by a person, or by the address of the provider's own. */
static void confirm_dialect(const struct inquiry *inquiry)
{
    const struct dialect *dialect = inquiry->query->dialect;

    if (dialect->mark.path != NULL && !has_mark(inquiry, dialect))
        probe_find(inquiry->probe, "dialect", SEVERITY_WARN, "name the right one, or none: then it is found",
                   "%s was named, but the server has no %s of its kind", dialect->name, dialect->mark.path);
    else
        probe_find(inquiry->probe, "dialect", SEVERITY_OK, NULL, "%s, as named", dialect->name);
}

/* False: what the user set cannot be said in the dialect that was found. */
static bool settle_dialect(struct inquiry *inquiry)
{
    const struct dialect *found = find_dialect(inquiry);
    struct openai_query query;
    struct err err = ERR_INIT;

    if (inquiry->probe->interrupted)
        return false;
    if (openai_query_read(inquiry->model, found != NULL ? found : &dialect_unnamed, inquiry->arena, &query, &err) < 0) {
        probe_find(inquiry->probe, "dialect", SEVERITY_BAD, NULL, "%s: %s", found != NULL ? found->name : "none that is "
                   "known", err.text);
        return false;
    }
    *inquiry->query = query;
    probe_find(inquiry->probe, "dialect", SEVERITY_OK, NULL, "%s", found != NULL ? found->name :
               "none that is known: only what was set is sent");
    return true;
}

static bool judge_dialect(struct inquiry *inquiry)
{
    if (inquiry->query->dialect_is_open)
        return settle_dialect(inquiry);
    confirm_dialect(inquiry);
    return !inquiry->probe->interrupted;
}

static void refuse_model(const struct inquiry *inquiry)
{
    struct buf words;

    buf_init(&words, 0);
    openai_server_tell(&inquiry->server, inquiry->query->model, &words);
    find(inquiry, "model", SEVERITY_BAD, FLAW_MODEL, words.data);
    buf_fini(&words);
}

/* False: another model stands behind the port. A provider's list need not be whole: there the answer shows it. */
static bool judge_model(const struct inquiry *inquiry)
{
    const struct openai_server *server = &inquiry->server;
    const char *id = inquiry->query->model;

    if (!server->lists || inquiry->query->dialect->host != NULL) {
        probe_find(inquiry->probe, "model", SEVERITY_OK, NULL, "%s, which the server need not list", id);
    } else if (openai_server_serves(server, id)) {
        probe_find(inquiry->probe, "model", SEVERITY_OK, NULL, "%s is served", id);
    } else {
        refuse_model(inquiry);
        return false;
    }
    return true;
}

/* Under what name each server that counts tokens, at /tokenize, wants the text. */
static const struct { const char *dialect, *key; } COUNTERS[] = {
    { "llama-server", "content" },
    { "sglang", "prompt" },
    { "vllm", "prompt" },
};

static const char *find_counter(const struct inquiry *inquiry)
{
    const char *name = inquiry->query->dialect->name;

    for (size_t i = 0; name != NULL && i < sizeof COUNTERS / sizeof COUNTERS[0]; i++)
        if (strcmp(COUNTERS[i].dialect, name) == 0)
            return COUNTERS[i].key;
    return NULL;
}

/* The longest prompt's tokens, with what a template puts around it; SERVER_UNKNOWN: the server does not count. */
static int64_t count_prompt(const struct inquiry *inquiry)
{
    const char *key = find_counter(inquiry), *prompt = inquiry->probe->wish.prompt;
    struct json_doc *doc;
    struct json_write w;
    struct buf body;
    int64_t count;

    if (key == NULL || prompt == NULL)
        return SERVER_UNKNOWN;
    buf_init(&body, 0);
    w = json_write_to(&body);
    json_open(&w, NULL, '{');
    json_add_string(&w, "model", inquiry->query->model);
    json_add_string(&w, key, prompt);
    json_close(&w);
    doc = read_page(inquiry, "/tokenize", body.data);
    count = openai_server_read_count(json_root(doc));
    json_free(doc);
    buf_fini(&body);
    return count == SERVER_UNKNOWN ? count : count + TEMPLATE_TOKENS;
}

/* Without a limit of its own an answer ends where the context does. */
static void judge_open_end(const struct inquiry *inquiry, int64_t prompt_least)
{
    int64_t context = inquiry->server.context;
    bool fits = context >= prompt_least + ANSWER_TOKENS;

    probe_find(inquiry->probe, "context", fits ? SEVERITY_OK : SEVERITY_BAD,
               fits ? NULL : fix_of(inquiry->query->dialect, FLAW_CONTEXT),
               "%" PRId64 " tokens, and no max_tokens: an answer may have %" PRId64 " of them", context,
               context > prompt_least ? context - prompt_least : 0);
}

/* The tokens of prompts are known only roughly; where that leaves it open whether they fit the server is asked, and where it
 * does not count either they are taken to be many: a run that is stopped costs nothing, answers that are cut do. */
static void judge_context(const struct inquiry *inquiry)
{
    const struct dialect *dialect = inquiry->query->dialect;
    int64_t bytes = (int64_t)inquiry->probe->wish.prompt_bytes, context = inquiry->server.context;
    double limit = inquiry->probe->wish.no_words ? 1 : inquiry->query->sampling.value[SAMPLING_MAX_TOKENS];
    int64_t least = bytes / BYTES_PER_TOKEN_MANY, most = bytes / BYTES_PER_TOKEN_FEW, counted = SERVER_UNKNOWN;
    bool fits;

    if (context == SERVER_UNKNOWN)
        probe_find(inquiry->probe, "context", dialect->cuts_silently ? SEVERITY_BAD : SEVERITY_OK,
                   dialect->cuts_silently ? fix_of(dialect, FLAW_CONTEXT) : NULL, "the server does not say how long");
    else if (isnan(limit))
        judge_open_end(inquiry, least);
    else {
        if ((double)(context - least) >= limit && (double)(context - most) < limit)
            counted = count_prompt(inquiry);
        least = counted != SERVER_UNKNOWN ? counted : least;
        most = counted != SERVER_UNKNOWN ? counted : most;
        fits = (double)(context - most) >= limit;
        probe_find(inquiry->probe, "context", fits ? SEVERITY_OK : SEVERITY_BAD, fits ? NULL : fix_of(dialect, FLAW_CONTEXT),
                   "%" PRId64 " tokens, for an answer of %.0f and a prompt of %" PRId64 " to %" PRId64, context, limit,
                   least, most);
    }
}

static void judge_slots(const struct inquiry *inquiry)
{
    int64_t slots = inquiry->server.slots, wanted = (int64_t)inquiry->probe->wish.connections;

    if (slots == SERVER_UNKNOWN)
        return;
    if (wanted > slots)
        probe_find(inquiry->probe, "slots", SEVERITY_WARN, fix_of(inquiry->query->dialect, FLAW_SLOTS),
                   "%" PRId64 " asks at once for %" PRId64 " slots: the others wait in the server's queue, and their time "
                   "(first_byte_s) runs", wanted, slots);
    else
        probe_find(inquiry->probe, "slots", SEVERITY_OK, NULL, "%" PRId64 " answers at once", slots);
}

/* llama-server: a slot's context and their number. */
static void read_props(struct inquiry *inquiry)
{
    struct json_doc *doc = read_page(inquiry, inquiry->query->dialect->mark.path, NULL);

    openai_server_read_props(&inquiry->server, json_root(doc));
    json_free(doc);
}

/* Ollama: what the model is loaded with, which is known only once it has answered; else what its file asks for. */
static void read_loaded(struct inquiry *inquiry)
{
    struct json_doc *doc = read_page(inquiry, "/api/ps", NULL);
    bool is_known = openai_server_read_loaded(&inquiry->server, json_root(doc), inquiry->query->model);
    struct json_write w;
    struct buf body;

    json_free(doc);
    if (is_known)
        return;
    buf_init(&body, 0);
    w = json_write_to(&body);
    json_open(&w, NULL, '{');
    json_add_string(&w, "model", inquiry->query->model);
    json_close(&w);
    doc = read_page(inquiry, "/api/show", body.data);
    openai_server_read_shown(&inquiry->server, json_root(doc));
    json_free(doc);
    buf_fini(&body);
}

/* Where each dialect says how long its context is; those that are not here say it with their models. */
static const struct source {
    const char *dialect;
    void (*read)(struct inquiry *inquiry);
    bool after_answer;
} SOURCES[] = {
    { "llama-server", read_props, false },
    { "ollama", read_loaded, true },
};

static const struct source *find_source(const struct inquiry *inquiry)
{
    const char *name = inquiry->query->dialect->name;

    for (size_t i = 0; name != NULL && i < sizeof SOURCES / sizeof SOURCES[0]; i++)
        if (strcmp(SOURCES[i].dialect, name) == 0)
            return &SOURCES[i];
    return NULL;
}

static void judge_room(struct inquiry *inquiry, bool after_answer)
{
    const struct source *source = find_source(inquiry);

    if ((source != NULL && source->after_answer) != after_answer)
        return;
    if (source != NULL)
        source->read(inquiry);
    if (inquiry->probe->interrupted)
        return;
    judge_context(inquiry);
    judge_slots(inquiry);
}

static void try_images(const struct inquiry *inquiry)
{
    if (inquiry->server.is_blind)
        find(inquiry, "images", SEVERITY_BAD, FLAW_IMAGES, "the server says that this model sees no images");
    else
        openai_quiz_images(&inquiry->quiz);
}

/* base_url without its version: other pages than OpenAI's stand there. */
static const char *find_root(struct arena *arena, const char *base)
{
    size_t length = strlen(base);

    return arena_strndup(arena, base, length > 3 && strcmp(base + length - 3, "/v1") == 0 ? length - 3 : length);
}

void openai_probe(struct probe *probe, const struct model *model, const struct remote *remote, struct arena *arena,
                  struct openai_query *query)
{
    struct inquiry inquiry = { .probe = probe, .model = model, .remote = remote, .arena = arena, .query = query,
                               .root = find_root(probe->arena, remote->base), .server = openai_server_begin(),
                               .quiz = { .probe = probe, .model = model, .remote = remote, .query = query } };

    if (!read_models(&inquiry) || !judge_dialect(&inquiry) || !judge_model(&inquiry))
        return;
    judge_room(&inquiry, false);
    if (probe->wish.likelihoods && !probe->interrupted)
        openai_likelihood_probe(probe, model, remote, query);
    if (probe->interrupted || probe->wish.no_words || !openai_quiz_answer(&inquiry.quiz))
        return;
    judge_room(&inquiry, true);
    if (probe->wish.tools && !probe->interrupted)
        openai_quiz_tools(&inquiry.quiz);
    if (probe->wish.images && !probe->interrupted)
        try_images(&inquiry);
}
