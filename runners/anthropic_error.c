#include "runners/anthropic_error.h"

#include <inttypes.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/base/json.h"

/* What is said, in the order in which it is looked for: 400 has many meanings, and some of them are nobody's request's
 * fault. Money can be had for more of it, so it ends the run, which goes on later. */
static const struct heard_word WORDS[] = {
    { "usage limits", { HEARD_NEVER, CAUSE_QUOTA, "the spend limit is reached: " } },
    { "spend limit", { HEARD_NEVER, CAUSE_QUOTA, "the spend limit is reached: " } },
    { "credit balance", { HEARD_NEVER, CAUSE_QUOTA, "no money is left: " } },
    { "prompt is too long", { HEARD_NEVER, CAUSE_OVERFLOW, "prompt does not fit: " } },
    { "exceed context limit", { HEARD_NEVER, CAUSE_OVERFLOW, "prompt does not fit: " } },
    { "request_too_large", { HEARD_NEVER, CAUSE_OVERFLOW, "prompt does not fit: " } },
    /* llama-server's: the second as of its other API (openai_error.c). */
    { "exceed_context_size_error", { HEARD_NEVER, CAUSE_OVERFLOW, "prompt does not fit: " } },
    { "output that does not match the expected", { HEARD_AGAIN, CAUSE_UNPARSABLE, "" } },
    { "image input is not supported", { HEARD_NEVER, CAUSE_REFUSED, "" } },
    { .part = NULL },
};

static const struct { const char *type; int status; } TYPES[] = {
    { "api_error", 500 },
    { "authentication_error", 401 },
    { "billing_error", 402 },
    { "conflict_error", 409 },
    { "invalid_request_error", 400 },
    { "not_found_error", 404 },
    { "overloaded_error", 529 },
    { "permission_error", 403 },
    { "rate_limit_error", 429 },
    { "request_too_large", 413 },
    { "timeout_error", 504 },
};

static bool is_there(const struct json *value)
{
    return value != NULL && json_kind(value) != JSON_NULL;
}

bool anthropic_error_is(const struct json *root)
{
    const char *type = json_string(root, "type");

    return is_there(json_get(root, "error")) || (type != NULL && strcmp(type, "error") == 0);
}

static int status_of(const struct json_doc *doc)
{
    const struct json *error = json_get(json_root(doc), "error");
    const char *type = json_string(error, "type");
    int64_t code;

    for (size_t i = 0; type != NULL && i < sizeof TYPES / sizeof TYPES[0]; i++)
        if (strcmp(TYPES[i].type, type) == 0)
            return TYPES[i].status;
    return json_get_int64(error, "code", &code) && code >= 400 && code <= 599 ? (int)code : 200;
}

/* "message; type"; an error that is just a text, as some servers between have it, is that text. */
static void add_words(struct buf *out, const struct json_doc *doc)
{
    const struct json *error = json_get(json_root(doc), "error");
    const char *message = json_text(error) != NULL ? json_text(error) : json_string(error, "message");
    const char *type = json_string(error, "type");

    if (message == NULL)
        message = json_string(json_root(doc), "message");
    if (message != NULL)
        buf_add_string(out, message);
    if (type != NULL)
        buf_addf(out, "%s%s", out->length > 0 ? "; " : "", type);
}

static const struct heard_tongue TONGUE = { WORDS, add_words };

void anthropic_error_read_json(const struct json_doc *doc, struct arena *arena, struct heard *out)
{
    heard_document(out, 200, status_of(doc), doc, &TONGUE, arena);
}

void anthropic_error_read(int status, const char *body, size_t length, struct arena *arena, struct heard *out)
{
    heard_body(out, status, body, length, &TONGUE, arena);
}
