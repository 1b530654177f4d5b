/* Answers as OpenAI's chat completions have them. */
#include "tests/fake/shape.h"

#include <stdio.h>

#include "harness/base/json_write.h"

static const char *reasoning_name(const struct rule *rule)
{
    if (rule->reasoning.data == NULL || rule->reasoning_field == REASONING_INLINE)
        return NULL;
    return rule->reasoning_field == REASONING_CONTENT ? "reasoning_content" : "reasoning";
}

static const char *finish_reason(const struct rule *rule)
{
    if (rule->done_off)
        return NULL;
    return rule->stop != NULL ? rule->stop : rule->tool_count > 0 ? "tool_calls" : "stop";
}

static void add_usage(struct draft *draft, struct json_write *w)
{
    const struct rule *rule = draft->rule;
    int64_t in = draft_tokens_in(draft), out = draft_tokens_out(draft);

    json_open(w, "usage", '{');
    json_add_int(w, "prompt_tokens", in);
    json_add_int(w, "completion_tokens", out);
    json_add_int(w, "total_tokens", in + out);
    if (rule->cache_read >= 0) {
        json_open(w, "prompt_tokens_details", '{');
        json_add_int(w, "cached_tokens", rule->cache_read);
        json_close(w);
    }
    json_close(w);
}

static void open_envelope(struct draft *draft, struct json_write *w, const char *object)
{
    char id[40];

    snprintf(id, sizeof id, "chatcmpl-%llu", (unsigned long long)draft->number);
    json_open(w, NULL, '{');
    json_add_string(w, "id", id);
    json_add_string(w, "object", object);
    json_add_int(w, "created", 1763750000);
    json_add_string(w, "model", draft->request->model);
}

static void add_tools(struct draft *draft, struct json_write *w, bool indexed)
{
    char id[64];

    json_open(w, "tool_calls", '[');
    for (size_t i = 0; i < draft->rule->tool_count; i++) {
        snprintf(id, sizeof id, "call_%llu_%zu", (unsigned long long)draft->number, i);
        json_open(w, NULL, '{');
        if (indexed)
            json_add_int(w, "index", (int64_t)i);
        json_add_string(w, "id", id);
        json_add_string(w, "type", "function");
        json_open(w, "function", '{');
        json_add_string(w, "name", draft->rule->tools[i].name);
        json_add_string(w, "arguments", draft->rule->tools[i].arguments);
        json_close(w);
        json_close(w);
    }
    json_close(w);
}

static void add_message(struct draft *draft, struct json_write *w)
{
    const char *reasoning = reasoning_name(draft->rule);

    json_open(w, "message", '{');
    json_add_string(w, "role", "assistant");
    if (draft->rule->tool_count > 0 && draft->content.length == 0)
        json_add_null(w, "content");
    else
        json_add_bytes(w, "content", draft->content.data, draft->content.length);
    if (reasoning != NULL)
        json_add_bytes(w, reasoning, draft->rule->reasoning.data, draft->rule->reasoning.length);
    if (draft->rule->tool_count > 0)
        add_tools(draft, w, false);
    json_close(w);
}

static void write_completion(struct draft *draft)
{
    struct json_write w = json_write_to(&draft->body);

    open_envelope(draft, &w, "chat.completion");
    json_open(&w, "choices", '[');
    json_open(&w, NULL, '{');
    json_add_int(&w, "index", 0);
    add_message(draft, &w);
    json_add_string(&w, "finish_reason", finish_reason(draft->rule));
    json_close(&w);
    json_close(&w);
    if (!draft->rule->usage_off)
        add_usage(draft, &w);
    json_close(&w);
}

/* Opens one event; what follows goes into choices[0].delta until close_event. */
static struct json_write open_event(struct draft *draft)
{
    struct json_write w = json_write_to(&draft->event);

    buf_clear(&draft->event);
    buf_add_string(&draft->event, "data: ");
    open_envelope(draft, &w, "chat.completion.chunk");
    json_open(&w, "choices", '[');
    json_open(&w, NULL, '{');
    json_add_int(&w, "index", 0);
    json_open(&w, "delta", '{');
    return w;
}

static void close_event(struct draft *draft, struct json_write *w, const char *finish)
{
    json_close(w);
    json_add_string(w, "finish_reason", finish);
    json_close(w);
    json_close(w);
    json_close(w);
    buf_add_string(&draft->event, "\n\n");
    draft_add_piece(draft, draft->event.data, draft->event.length);
}

static void write_delta(struct draft *draft, const char *field, const char *text, size_t length)
{
    struct json_write w = open_event(draft);

    json_add_bytes(&w, field, text, length);
    close_event(draft, &w, NULL);
}

static void write_content_word(struct draft *draft, const char *text, size_t length)
{
    write_delta(draft, "content", text, length);
}

static void write_reasoning_word(struct draft *draft, const char *text, size_t length)
{
    write_delta(draft, reasoning_name(draft->rule), text, length);
}

static void write_usage_event(struct draft *draft)
{
    struct json_write w = json_write_to(&draft->event);

    buf_clear(&draft->event);
    buf_add_string(&draft->event, "data: ");
    open_envelope(draft, &w, "chat.completion.chunk");
    json_open(&w, "choices", '[');
    json_close(&w);
    add_usage(draft, &w);
    json_close(&w);
    buf_add_string(&draft->event, "\n\n");
    draft_add_piece(draft, draft->event.data, draft->event.length);
}

static void write_stream_end(struct draft *draft)
{
    struct json_write w;

    if (draft->rule->done_off)
        return;
    w = open_event(draft);
    close_event(draft, &w, finish_reason(draft->rule));
    if (draft->request->include_usage && !draft->rule->usage_off)
        write_usage_event(draft);
    draft_add_piece(draft, "data: [DONE]\n\n", 14);
}

static void write_stream(struct draft *draft)
{
    const struct rule *rule = draft->rule;
    struct json_write w = open_event(draft);

    json_add_string(&w, "role", "assistant");
    json_add_null(&w, "content");
    close_event(draft, &w, NULL);
    if (reasoning_name(rule) != NULL)
        draft_add_words(draft, rule->reasoning.data, rule->reasoning.length, write_reasoning_word);
    draft_add_words(draft, draft->content.data, draft->content.length, write_content_word);
    if (rule->tool_count > 0) {
        w = open_event(draft);
        add_tools(draft, &w, true);
        close_event(draft, &w, NULL);
    }
    if (rule->endless)
        return;
    write_stream_end(draft);
}

static void write_error(struct draft *draft, int status, const char *message, size_t length)
{
    struct json_write w = json_write_to(&draft->body);

    json_open(&w, NULL, '{');
    json_open(&w, "error", '{');
    json_add_bytes(&w, "message", message, length);
    json_add_string(&w, "type", status == 429 ? "rate_limit_error"
        : status < 500 ? "invalid_request_error" : "server_error");
    json_add_int(&w, "code", status);
    json_close(&w);
    json_close(&w);
}

const struct shape shape_chat = {
    .id_header = "x-request-id", .write_whole = write_completion, .write_stream = write_stream,
    .write_word = write_content_word, .write_error = write_error,
};
