#include "runners/openai_error.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/base/json.h"

/* What is said, in the order in which it is looked for in message, type and code: the status alone misleads. */
static const struct heard_word WORDS[] = {
    { "exceed_context_size_error", { HEARD_NEVER, CAUSE_OVERFLOW, "prompt does not fit: " } },
    { "context_length_exceeded", { HEARD_NEVER, CAUSE_OVERFLOW, "prompt does not fit: " } },
    { "exceeds the available context size", { HEARD_NEVER, CAUSE_OVERFLOW, "prompt does not fit: " } },
    { "maximum context length", { HEARD_NEVER, CAUSE_OVERFLOW, "prompt does not fit: " } },
    { "longer than the model's context", { HEARD_NEVER, CAUSE_OVERFLOW, "prompt does not fit: " } },
    { "Range of input length", { HEARD_NEVER, CAUSE_OVERFLOW, "prompt does not fit: " } },
    /* The model's bytes were no UTF-8 or no tool call that llama-server can read; whose doing that is, the dialect says
     * (heard_blame_model). */
    { "output that does not match the expected", { HEARD_AGAIN, CAUSE_UNPARSABLE, "" } },
    /* llama-server answers 500 where our request is to blame. */
    { "json.exception.parse_error", { HEARD_NEVER, CAUSE_REFUSED, "our request was not understood: " } },
    { "image input is not supported", { HEARD_NEVER, CAUSE_REFUSED, "" } },
    { "non-streaming calls", { HEARD_NEVER, CAUSE_REFUSED, "it thinks only with stream=on: " } },
    /* 429 is said of money too: what is used up stays so. DashScope's allocation is mostly that of a minute. */
    { "FreeTierOnly", { HEARD_NEVER, CAUSE_QUOTA, "" } },
    { "Free allocated quota", { HEARD_NEVER, CAUSE_QUOTA, "" } },
    { "AllocationQuota", { HEARD_LATER, CAUSE_LATER, "" } },
    { "Allocated quota exceeded", { HEARD_LATER, CAUSE_LATER, "" } },
    { "insufficient_quota", { HEARD_NEVER, CAUSE_QUOTA, "" } },
    { "exceeded your current quota", { HEARD_NEVER, CAUSE_QUOTA, "" } },
    /* DashScope says with 400 what is not the request's fault. */
    { "data_inspection_failed", { HEARD_NEVER, CAUSE_FILTERED, "" } },
    { "Arrearage", { HEARD_NEVER, CAUSE_QUOTA, "" } },
    { .part = NULL },
};

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

static const struct heard_tongue TONGUE = { WORDS, add_words };

void openai_error_read_json(int status, const struct json_doc *doc, struct arena *arena, struct heard *out)
{
    heard_document(out, status, inner_status(doc, status), doc, &TONGUE, arena);
}

void openai_error_read(int status, const char *body, size_t length, struct arena *arena, struct heard *out)
{
    heard_body(out, status, body, length, &TONGUE, arena);
}
