#include "runners/openai_server.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/json.h"
#include "harness/base/text.h"

/* Served names that are told where ours is not among them. */
#define NAMES_SHOWN 8

struct openai_server openai_server_begin(void)
{
    return (struct openai_server){ .context = SERVER_UNKNOWN, .slots = SERVER_UNKNOWN };
}

/* Whether a server's name for a model is id; Ollama's may end in ":latest". */
static bool is_name_of(const char *served, const char *id)
{
    size_t length = strlen(id);

    return strncmp(served, id, length) == 0 && (served[length] == '\0' || strcmp(served + length, ":latest") == 0);
}

/* Providers serve dated models under a name without the date: "claude-haiku-4-5" is "claude-haiku-4-5-20251001". */
static bool is_dated(const char *served, const char *id)
{
    size_t length = strlen(id);

    return strncmp(served, id, length) == 0 && served[length] == '-' && strlen(served + length + 1) >= strlen("20251001") &&
           served[length + 1 + strspn(served + length + 1, "0123456789-")] == '\0';
}

bool openai_server_serves(const struct openai_server *server, const char *id)
{
    for (size_t i = 0; i < server->id_count; i++)
        if (is_name_of(server->ids[i], id) || is_dated(server->ids[i], id))
            return true;
    return false;
}

void openai_server_tell(const struct openai_server *server, const char *id, struct buf *out)
{
    const char *nearest = server->id_count > 0 ? text_nearest(id, server->ids) : NULL;

    buf_addf(out, "\"%s\" is not served; served: %s", id, server->id_count == 0 ? "nothing" : "");
    for (size_t i = 0; i < server->id_count && i < NAMES_SHOWN; i++)
        buf_addf(out, "%s\"%s\"", i > 0 ? ", " : "", server->ids[i]);
    if (server->id_count > NAMES_SHOWN)
        buf_addf(out, " and %zu more", server->id_count - NAMES_SHOWN);
    if (nearest != NULL)
        buf_addf(out, "; did you mean \"%s\"?", nearest);
}

static void take_positive(const struct json *object, const char *key, int64_t *out)
{
    int64_t value;

    if (json_get_int64(object, key, &value) && value > 0)
        *out = value;
}

static void add_id(struct openai_server *server, const char *id, struct arena *arena)
{
    for (size_t i = 0; id != NULL && i < server->id_count; i++)
        if (strcmp(server->ids[i], id) == 0)
            return;
    if (id != NULL)
        server->ids[server->id_count++] = arena_strdup(arena, id);
}

static size_t count_names(const struct json *data)
{
    size_t count = 0;

    for (const struct json *model = json_first(data); model != NULL; model = json_next(model))
        count += 1 + json_count(json_get(model, "aliases"));
    return count;
}

static bool is_named(const struct json *model, const char *id)
{
    const char *own = json_string(model, "id");
    bool is = own != NULL && is_name_of(own, id);

    for (const struct json *alias = json_first(json_get(model, "aliases")); alias != NULL; alias = json_next(alias))
        is = is || (json_text(alias) != NULL && strcmp(json_text(alias), id) == 0);
    return is;
}

void openai_server_read_models(struct openai_server *server, const struct json *root, const char *id,
                               struct arena *arena)
{
    const struct json *data = json_get(root, "data");

    server->lists = data != NULL && json_kind(data) == JSON_ARRAY;
    server->ids = arena_calloc(arena, count_names(data) + 1, sizeof server->ids[0]);
    server->id_count = 0;
    for (const struct json *model = json_first(data); model != NULL; model = json_next(model)) {
        const struct json *aliases = json_get(model, "aliases");

        add_id(server, json_string(model, "id"), arena);
        for (const struct json *alias = json_first(aliases); alias != NULL; alias = json_next(alias))
            add_id(server, json_text(alias), arena);
        if (!is_named(model, id))
            continue;
        take_positive(model, "max_model_len", &server->context);
        take_positive(json_get(model, "meta"), "n_ctx", &server->context);
    }
}

void openai_server_read_props(struct openai_server *server, const struct json *root)
{
    bool sees = true;

    take_positive(json_get(root, "default_generation_settings"), "n_ctx", &server->context);
    take_positive(root, "total_slots", &server->slots);
    server->is_blind = json_get_bool(json_get(root, "modalities"), "vision", &sees) && !sees;
}

bool openai_server_read_loaded(struct openai_server *server, const struct json *root, const char *id)
{
    int64_t context = SERVER_UNKNOWN;

    for (const struct json *model = json_first(json_get(root, "models")); model != NULL; model = json_next(model)) {
        const char *name = json_string(model, "model") != NULL ? json_string(model, "model")
                                                               : json_string(model, "name");
        if (name != NULL && is_name_of(name, id))
            take_positive(model, "context_length", &context);
    }
    if (context != SERVER_UNKNOWN)
        server->context = context;
    return context != SERVER_UNKNOWN;
}

/* "parameters" is text, a parameter a line: "num_ctx                        98304". */
bool openai_server_read_shown(struct openai_server *server, const struct json *root)
{
    const char *text = json_string(root, "parameters"), *at = text != NULL ? strstr(text, "num_ctx") : NULL;
    long long context = at != NULL ? strtoll(at + strlen("num_ctx"), NULL, 10) : 0;

    if (context <= 0)
        return false;
    server->context = context;
    return true;
}

/* vLLM says the number beside the tokens, llama-server the tokens alone. */
int64_t openai_server_read_count(const struct json *answer)
{
    const struct json *tokens = json_get(answer, "tokens");
    int64_t count = SERVER_UNKNOWN;

    if (json_get_int64(answer, "count", &count) && count > 0)
        return count;
    return json_kind(tokens) == JSON_ARRAY && json_count(tokens) > 0 ? (int64_t)json_count(tokens) : SERVER_UNKNOWN;
}
