#include "runners/openai_error.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/json.h"
#include "harness/base/redact.h"
#include "harness/base/text.h"

/* Columns of a server's words that are kept: enough to know them by, too few to hold a prompt that it echoes. */
#define WORDS_MAX 300

/* Bytes of them that are looked at. Far more than can be kept, so a secret that is cut here is not seen. */
#define LOOKED_AT_MAX 16384

/* What is said, in the order in which it is looked for in message, type and code: the status alone misleads. */
static const struct meaning {
    const char *part;
    enum heard_end end;
    enum origin origin;
    const char *prefix;
    bool unreachable;               /* nobody will be served, whatever is asked */
} MEANINGS[] = {
    { "exceed_context_size_error", HEARD_NEVER, ORIGIN_HARNESS, "prompt does not fit: " },
    { "context_length_exceeded", HEARD_NEVER, ORIGIN_HARNESS, "prompt does not fit: " },
    { "exceeds the available context size", HEARD_NEVER, ORIGIN_HARNESS, "prompt does not fit: " },
    { "maximum context length", HEARD_NEVER, ORIGIN_HARNESS, "prompt does not fit: " },
    { "longer than the model's context", HEARD_NEVER, ORIGIN_HARNESS, "prompt does not fit: " },
    { "Range of input length", HEARD_NEVER, ORIGIN_HARNESS, "prompt does not fit: " },
    /* The model's bytes were no UTF-8 or no tool call that llama-server can read: its own doing, and with the same seed
     * it comes again. */
    { "output that does not match the expected", HEARD_ANSWER, ORIGIN_HARNESS, "" },
    /* llama-server answers 500 where our request is to blame. */
    { "json.exception.parse_error", HEARD_NEVER, ORIGIN_HARNESS, "our request was not understood: " },
    { "image input is not supported", HEARD_NEVER, ORIGIN_HARNESS, "" },
    /* DashScope says with 400 what is not the request's fault. */
    { "data_inspection_failed", HEARD_NEVER, ORIGIN_PROVIDER, "" },
    { "Arrearage", HEARD_NEVER, ORIGIN_PROVIDER, "", .unreachable = true },
};

/* The first range that holds a status counts. */
static const struct status_range {
    int first, last;
    enum heard_end end;
    enum origin origin;
    bool unreachable;
} STATUSES[] = {
    { 200, 299, HEARD_AGAIN, ORIGIN_PROVIDER },       /* an error where an answer should be: nothing else is known */
    { 400, 400, HEARD_NEVER, ORIGIN_HARNESS },
    { 401, 404, HEARD_NEVER, ORIGIN_PROVIDER, .unreachable = true },      /* key, money, model or address is wrong */
    { 408, 409, HEARD_AGAIN, ORIGIN_PROVIDER },
    { 413, 422, HEARD_NEVER, ORIGIN_HARNESS },
    { 425, 425, HEARD_AGAIN, ORIGIN_PROVIDER },
    { 429, 429, HEARD_AGAIN, ORIGIN_PROVIDER },
    { 499, 500, HEARD_AGAIN, ORIGIN_PROVIDER },
    { 501, 501, HEARD_NEVER, ORIGIN_HARNESS },
    { 502, 504, HEARD_AGAIN, ORIGIN_PROVIDER },
    { 505, 505, HEARD_NEVER, ORIGIN_HARNESS },
    { 506, 599, HEARD_AGAIN, ORIGIN_PROVIDER },
};

static struct meaning mean_by_status(int status)
{
    for (size_t i = 0; i < sizeof STATUSES / sizeof STATUSES[0]; i++)
        if (status >= STATUSES[i].first && status <= STATUSES[i].last)
            return (struct meaning){ NULL, STATUSES[i].end, STATUSES[i].origin, "", STATUSES[i].unreachable };
    return (struct meaning){ NULL, HEARD_NEVER, ORIGIN_PROVIDER, "", false };
}

static struct meaning mean(int status, const char *words)
{
    for (size_t i = 0; i < sizeof MEANINGS / sizeof MEANINGS[0]; i++)
        if (strstr(words, MEANINGS[i].part) != NULL)
            return MEANINGS[i];
    return mean_by_status(status);
}

/* A foreign text as we keep it: without secrets (before it is cut, so none is cut in half), on one line, short. */
static char *tame(struct arena *arena, const char *text, size_t length)
{
    struct buf clean, line;
    char *kept;

    buf_init(&clean, 0);
    buf_init(&line, 0);
    redact_add(&clean, text, length);
    text_show_line(&line, clean.data, clean.length, WORDS_MAX);
    kept = arena_strndup(arena, line.data, line.length);
    buf_fini(&line);
    buf_fini(&clean);
    return kept;
}

void openai_error_set(enum heard_end end, enum origin origin, const char *words, struct arena *arena,
                      struct heard *out)
{
    out->end = end;
    out->note = tame(arena, words, strlen(words));
    out->reply = end == HEARD_ANSWER ? reply_empty() : reply_failed(origin, out->note);
    if (end == HEARD_ANSWER)
        out->reply.stop = STOP_OTHER;
}

static void add_word(struct buf *out, const struct json *object, const char *key)
{
    const char *word = json_string(object, key);

    if (word != NULL && word[0] != '\0' && strstr(out->data, word) == NULL)
        buf_addf(out, "%s%s", out->length > 0 ? "; " : "", word);
}

/* What FastAPI found wrong with a request: an array of findings, or a string. */
static void add_detail(struct buf *out, const struct json_doc *doc, const struct json *detail)
{
    size_t length;
    const char *raw;

    if (json_text(detail) != NULL) {
        buf_add_string(out, json_text(detail));
    } else if (detail != NULL) {
        raw = json_raw(doc, detail, &length);
        buf_add(out, raw, length);
    }
}

/* error as an object or a string, else its fields flat, else detail. Adds nothing where there is none of it. */
static void add_words(struct buf *out, const struct json_doc *doc)
{
    const struct json *root = json_root(doc), *error = json_get(root, "error");

    if (json_text(error) != NULL) {
        buf_add_string(out, json_text(error));
        return;
    }
    if (error == NULL || json_kind(error) != JSON_OBJECT)
        error = root;
    add_word(out, error, "message");
    add_word(out, error, "type");
    add_word(out, error, "code");
    if (out->length == 0)
        add_detail(out, doc, json_get(root, "detail"));
}

/* A code inside the error says more than a 200 around it. */
static int inner_status(const struct json_doc *doc, int status)
{
    const struct json *root = json_root(doc);
    int64_t code = 0;

    if (!json_get_int64(json_get(root, "error"), "code", &code))
        json_get_int64(root, "code", &code);
    return code >= 400 && code <= 599 ? (int)code : status;
}

static void judge(int status, const char *words, struct arena *arena, struct heard *out)
{
    struct meaning meaning = mean(status, words);

    openai_error_set(meaning.end, meaning.origin,
                     arena_printf(arena, "%sHTTP %d%s%s", meaning.prefix, status, words[0] != '\0' ? ": " : "", words),
                     arena, out);
    out->reply.unreachable = meaning.unreachable;
}

void openai_error_read_json(int status, const struct json_doc *doc, struct arena *arena, struct heard *out)
{
    struct buf words;

    buf_init(&words, LOOKED_AT_MAX);
    add_words(&words, doc);
    judge(inner_status(doc, status), words.data, arena, out);
    buf_fini(&words);
}

void openai_error_read(int status, const char *body, size_t length, struct arena *arena, struct heard *out)
{
    struct err err = ERR_INIT;
    struct json_doc *doc = json_parse(body, length, &err);
    struct buf words;

    buf_init(&words, LOOKED_AT_MAX);
    if (doc != NULL)
        add_words(&words, doc);
    if (words.length == 0)
        text_repair(&words, body, length);
    judge(status, words.data, arena, out);
    buf_fini(&words);
    json_free(doc);
}
