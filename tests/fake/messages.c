/* Answers as Claude's messages have them: blocks of thinking, text and tool calls, whole or as named events. */
#include "tests/fake/shape.h"

#include <stdio.h>
#include <string.h>

#include "harness/base/json_write.h"

/* Scripts say it in OpenAI's words; others go out as they are. */
static const char *stop_reason(const struct rule *rule)
{
    static const char *const words[][2] = {
        { "stop", "end_turn" }, { "length", "max_tokens" }, { "tool_calls", "tool_use" },
        { "content_filter", "refusal" },
    };

    if (rule->stop == NULL)
        return rule->tool_count > 0 ? "tool_use" : "end_turn";
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i][0], rule->stop) == 0)
            return words[i][1];
    return rule->stop;
}

static bool has_thinking(const struct rule *rule)
{
    return rule->reasoning.data != NULL && rule->reasoning_field != REASONING_INLINE;
}

static void add_usage(const struct draft *draft, struct json_write *w, int64_t out)
{
    const struct rule *rule = draft->rule;

    if (rule->usage_off)
        return;
    json_open(w, "usage", '{');
    json_add_int(w, "input_tokens", draft_tokens_in(draft));
    json_add_int(w, "output_tokens", out);
    if (rule->cache_read >= 0) {
        json_add_int(w, "cache_read_input_tokens", rule->cache_read);
        json_add_int(w, "cache_creation_input_tokens", rule->cache_written);
    }
    json_close(w);
}

/* An envelope up to its content, which is left open. */
static void open_message(const struct draft *draft, struct json_write *w, const char *key)
{
    char id[40];

    snprintf(id, sizeof id, "msg_%llu", (unsigned long long)draft->number);
    json_open(w, key, '{');
    json_add_string(w, "id", id);
    json_add_string(w, "type", "message");
    json_add_string(w, "role", "assistant");
    json_add_string(w, "model", draft->request->model);
    json_open(w, "content", '[');
}

static void close_message(const struct draft *draft, struct json_write *w, const char *stop, int64_t tokens_out)
{
    json_close(w);
    json_add_string(w, "stop_reason", stop);
    json_add_null(w, "stop_sequence");
    add_usage(draft, w, tokens_out);
    json_close(w);
}

static void add_thinking(const struct draft *draft, struct json_write *w, const char *key, bool is_whole)
{
    char signature[40];

    snprintf(signature, sizeof signature, "signed/%llu==", (unsigned long long)draft->number);
    json_open(w, key, '{');
    json_add_string(w, "type", "thinking");
    json_add_bytes(w, "thinking", draft->rule->reasoning.data, is_whole ? draft->rule->reasoning.length : 0);
    json_add_string(w, "signature", is_whole ? signature : "");
    json_close(w);
}

static void add_text(const struct draft *draft, struct json_write *w, const char *key, bool is_whole)
{
    json_open(w, key, '{');
    json_add_string(w, "type", "text");
    json_add_bytes(w, "text", draft->content.data, is_whole ? draft->content.length : 0);
    json_close(w);
}

static void add_tool(const struct draft *draft, struct json_write *w, const char *key, size_t i, bool is_whole)
{
    const char *input = is_whole ? draft->rule->tools[i].arguments : "{}";
    char id[64];

    snprintf(id, sizeof id, "toolu_%llu_%zu", (unsigned long long)draft->number, i);
    json_open(w, key, '{');
    json_add_string(w, "type", "tool_use");
    json_add_string(w, "id", id);
    json_add_string(w, "name", draft->rule->tools[i].name);
    json_add_raw(w, "input", input, strlen(input));
    json_close(w);
}

static void write_whole(struct draft *draft)
{
    struct json_write w = json_write_to(&draft->body);

    open_message(draft, &w, NULL);
    if (has_thinking(draft->rule))
        add_thinking(draft, &w, NULL, true);
    if (draft->content.length > 0)
        add_text(draft, &w, NULL, true);
    for (size_t i = 0; i < draft->rule->tool_count; i++)
        add_tool(draft, &w, NULL, i, true);
    close_message(draft, &w, draft->rule->done_off ? NULL : stop_reason(draft->rule), draft_tokens_out(draft));
}

static struct json_write open_event(struct draft *draft, const char *name)
{
    struct json_write w = json_write_to(&draft->event);

    buf_clear(&draft->event);
    buf_addf(&draft->event, "event: %s\ndata: ", name);
    json_open(&w, NULL, '{');
    json_add_string(&w, "type", name);
    return w;
}

static void close_event(struct draft *draft, struct json_write *w)
{
    json_close(w);
    buf_add_string(&draft->event, "\n\n");
    draft_add_piece(draft, draft->event.data, draft->event.length);
}

static void write_delta(struct draft *draft, size_t index, const char *type, const char *field, const char *text,
    size_t length)
{
    struct json_write w = open_event(draft, "content_block_delta");

    json_add_int(&w, "index", (int64_t)index);
    json_open(&w, "delta", '{');
    json_add_string(&w, "type", type);
    json_add_bytes(&w, field, text, length);
    json_close(&w);
    close_event(draft, &w);
}

static void write_thinking_word(struct draft *draft, const char *text, size_t length)
{
    write_delta(draft, 0, "thinking_delta", "thinking", text, length);
}

static size_t text_index(const struct draft *draft)
{
    return has_thinking(draft->rule) ? 1 : 0;
}

static void write_text_word(struct draft *draft, const char *text, size_t length)
{
    write_delta(draft, text_index(draft), "text_delta", "text", text, length);
}

static void write_stop(struct draft *draft, size_t index)
{
    struct json_write w = open_event(draft, "content_block_stop");

    json_add_int(&w, "index", (int64_t)index);
    close_event(draft, &w);
}

static void write_thinking(struct draft *draft)
{
    struct json_write w = open_event(draft, "content_block_start");
    char signature[40];

    json_add_int(&w, "index", 0);
    add_thinking(draft, &w, "content_block", false);
    close_event(draft, &w);
    draft_add_words(draft, draft->rule->reasoning.data, draft->rule->reasoning.length, write_thinking_word);
    snprintf(signature, sizeof signature, "signed/%llu==", (unsigned long long)draft->number);
    write_delta(draft, 0, "signature_delta", "signature", signature, strlen(signature));
    write_stop(draft, 0);
}

static void write_text(struct draft *draft)
{
    struct json_write w = open_event(draft, "content_block_start");

    json_add_int(&w, "index", (int64_t)text_index(draft));
    add_text(draft, &w, "content_block", false);
    close_event(draft, &w);
    draft_add_words(draft, draft->content.data, draft->content.length, write_text_word);
    if (!draft->rule->endless)
        write_stop(draft, text_index(draft));
}

/* The input in two pieces, wherever that cuts it. */
static void write_tool(struct draft *draft, size_t i, size_t index)
{
    struct json_write w = open_event(draft, "content_block_start");
    const char *input = draft->rule->tools[i].arguments;
    size_t half = strlen(input) / 2;

    json_add_int(&w, "index", (int64_t)index);
    add_tool(draft, &w, "content_block", i, false);
    close_event(draft, &w);
    write_delta(draft, index, "input_json_delta", "partial_json", input, half);
    write_delta(draft, index, "input_json_delta", "partial_json", input + half, strlen(input) - half);
    write_stop(draft, index);
}

static void write_end(struct draft *draft)
{
    struct json_write w;

    if (draft->rule->done_off)
        return;
    w = open_event(draft, "message_delta");
    json_open(&w, "delta", '{');
    json_add_string(&w, "stop_reason", stop_reason(draft->rule));
    json_add_null(&w, "stop_sequence");
    json_close(&w);
    add_usage(draft, &w, draft_tokens_out(draft));
    close_event(draft, &w);
    w = open_event(draft, "message_stop");
    close_event(draft, &w);
}

static void write_stream(struct draft *draft)
{
    struct json_write w = open_event(draft, "message_start");
    bool says = draft->content.length > 0 || draft->rule->endless;

    open_message(draft, &w, "message");
    close_message(draft, &w, NULL, 1);
    close_event(draft, &w);
    if (has_thinking(draft->rule))
        write_thinking(draft);
    w = open_event(draft, "ping");
    close_event(draft, &w);
    if (says)
        write_text(draft);
    for (size_t i = 0; i < draft->rule->tool_count; i++)
        write_tool(draft, i, text_index(draft) + says + i);
    if (!draft->rule->endless)
        write_end(draft);
}

static const char *error_type(int status)
{
    static const struct { int status; const char *type; } types[] = {
        { 401, "authentication_error" }, { 402, "billing_error" }, { 403, "permission_error" },
        { 404, "not_found_error" }, { 409, "conflict_error" }, { 413, "request_too_large" },
        { 429, "rate_limit_error" }, { 504, "timeout_error" }, { 529, "overloaded_error" },
    };

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (types[i].status == status)
            return types[i].type;
    return status < 500 ? "invalid_request_error" : "api_error";
}

static void write_error(struct draft *draft, int status, const char *message, size_t length)
{
    struct json_write w = json_write_to(&draft->body);
    char id[40];

    snprintf(id, sizeof id, "req_%llu", (unsigned long long)draft->number);
    json_open(&w, NULL, '{');
    json_add_string(&w, "type", "error");
    json_open(&w, "error", '{');
    json_add_string(&w, "type", error_type(status));
    json_add_bytes(&w, "message", message, length);
    json_close(&w);
    json_add_string(&w, "request_id", id);
    json_close(&w);
}

const struct shape shape_messages = {
    .id_header = "request-id", .write_whole = write_whole, .write_stream = write_stream, .write_word = write_text_word,
    .write_error = write_error,
};
