/*
 * openai_server: what a server of OpenAI's shape says of itself on its own pages: what it serves, how long a context it
 * has, how many it answers at once. Read from JSON; no network.
 */
#ifndef VERNIER_RUNNERS_OPENAI_SERVER_H
#define VERNIER_RUNNERS_OPENAI_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct buf;
struct json;

#define SERVER_UNKNOWN (-1)

/* From openai_server_begin. Strings in the arena given. */
struct openai_server {
    const char **ids;               /* what it serves, aliases too; NULL-terminated */
    size_t id_count;
    bool lists;                     /* it says what it serves */
    int64_t context;                /* tokens of one prompt and its answer; SERVER_UNKNOWN */
    int64_t slots;                  /* answers at once; SERVER_UNKNOWN */
    bool is_blind;                  /* it says that it sees no images */
};

struct openai_server openai_server_begin(void);

/* GET /v1/models; the context is that of the model id. Llama-server, vLLM and SGLang say it there. */
void openai_server_read_models(struct openai_server *server, const struct json *root, const char *id,
                               struct arena *arena);

/* GET /props of llama-server: context of one slot, slots, whether it sees. */
void openai_server_read_props(struct openai_server *server, const struct json *root);

/* GET /api/ps of Ollama: the context that the model id was loaded with. False: it is not among them, or does not say. */
bool openai_server_read_loaded(struct openai_server *server, const struct json *root, const char *id);

/* POST /api/show of Ollama: the context that the model's file asks for. False: it asks for none. */
bool openai_server_read_shown(struct openai_server *server, const struct json *root);

/* Whether id is among what is served, under its own name or with a date behind it. */
bool openai_server_serves(const struct openai_server *server, const char *id);

/* Adds that id is not served, what is, and which of it is nearest. */
void openai_server_tell(const struct openai_server *server, const char *id, struct buf *out);

/* How many tokens a text has: the answer to a question at /tokenize. SERVER_UNKNOWN: it is none. */
int64_t openai_server_read_count(const struct json *answer);

#endif
