/*
 * The body is built first, as one or more pieces, then the head (which may have to say the body's length), and they are
 * put together. A stream goes out chunked, one event a chunk; everything else with a length, unless the rule wants none.
 */
#include "tests/fake/reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/hash.h"
#include "harness/base/json_write.h"
#include "harness/base/mem.h"

/* What is being built for one request. */
struct draft {
    const struct rule *rule;
    const struct request *request;
    uint64_t number;
    struct reply *reply;            /* takes the pieces' ends, counted from the body's start until the head is known */
    struct buf body;
    struct buf content;             /* what the model says, its holes filled */
    struct buf event;               /* scratch */
    const char *type;
    bool stream;                    /* events, one a piece */
    bool chunked;                   /* pieces go out as HTTP chunks */
};

void reply_init(struct reply *reply)
{
    *reply = (struct reply){ .limit = 0 };
    buf_init(&reply->bytes, 0);
}

void reply_fini(struct reply *reply)
{
    buf_fini(&reply->bytes);
    free(reply->stops);
}

static const char *reason_phrase(int status)
{
    return status < 300 ? "OK" : status == 429 ? "Too Many Requests" : status < 500 ? "Refused" : "Failed";
}

static void add_stop(struct reply *reply, size_t at)
{
    if (reply->stop_count == reply->stop_capacity) {
        reply->stop_capacity = reply->stop_capacity * 2 + 16;
        reply->stops = xreallocarray(reply->stops, reply->stop_capacity, sizeof *reply->stops);
    }
    reply->stops[reply->stop_count++] = at;
}

/* A piece of length 0 ends a chunked body. */
static void add_piece(struct draft *draft, const char *data, size_t length)
{
    if (draft->chunked)
        buf_addf(&draft->body, "%zx\r\n", length);
    buf_add(&draft->body, data, length);
    if (draft->chunked)
        buf_add_string(&draft->body, "\r\n");
    add_stop(draft->reply, draft->body.length);
}

static uint64_t hash_of(const char *data, size_t length)
{
    unsigned char digest[32];
    uint64_t value = 0;

    hash_sha256(data, length, digest);
    for (size_t i = 0; i < 8; i++)
        value = value << 8 | digest[i];
    return value;
}

/* One of the words in choices (blanks between), or one of its letters when it is a single word. */
static void add_choice(struct buf *out, const char *choices, size_t length, uint64_t hash)
{
    size_t count = 1, at = 0;

    for (size_t i = 0; i < length; i++)
        count += choices[i] == ' ';
    if (count == 1) {
        buf_add_char(out, choices[hash % length]);
        return;
    }
    for (uint64_t skip = hash % count; skip > 0; skip--)
        at = (size_t)((const char *)memchr(choices + at, ' ', length - at) - choices) + 1;
    buf_add(out, choices + at, strcspn(choices + at, " }"));
}

/* Fills the hole that text begins with. Returns its length, 0 when it is no hole. */
static size_t fill_hole(struct draft *draft, const char *text)
{
    const struct request *request = draft->request;
    const char *end = strchr(text, '}');
    bool hash = strncmp(text, "{hash ", 6) == 0;

    if (end != NULL && (hash || strncmp(text, "{pick ", 6) == 0)) {
        uint64_t value = hash ? hash_of(request->user, strlen(request->user))
                              : hash_of(request->body, request->body_length);
        add_choice(&draft->content, text + 6, (size_t)(end - text) - 6, value);
        return (size_t)(end - text) + 1;
    }
    if (strncmp(text, "{user}", 6) == 0) {
        buf_add_string(&draft->content, request->user);
        return 6;
    }
    if (strncmp(text, "{n}", 3) == 0) {
        buf_addf(&draft->content, "%llu", (unsigned long long)draft->number);
        return 3;
    }
    return 0;
}

static void fill(struct draft *draft, const char *text)
{
    while (*text != '\0') {
        size_t length = *text == '{' ? fill_hole(draft, text) : 0;

        if (length == 0)
            buf_add_char(&draft->content, *text);
        text += length > 0 ? length : 1;
    }
}

static void write_content(struct draft *draft)
{
    const struct rule *rule = draft->rule;

    if (rule->reasoning.data != NULL && rule->reasoning_field == REASONING_INLINE)
        buf_addf(&draft->content, "<think>\n%s\n</think>\n\n", rule->reasoning.data);
    if (rule->body == BODY_ECHO)
        buf_add(&draft->content, draft->request->raw, draft->request->raw_length);
    else if (rule->body == BODY_SAY)
        fill(draft, rule->text.data);
}

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

/* Four bytes a token, as a rule of thumb; tests that need exact numbers write them in the rule. */
static void add_usage(struct draft *draft, struct json_write *w)
{
    const struct rule *rule = draft->rule;
    int64_t in = rule->usage_in, out = rule->usage_out;

    if (in < 0)
        in = (int64_t)draft->request->body_length / 4 + 1;
    if (out < 0)
        out = (int64_t)(draft->content.length + rule->reasoning.length) / 4 + 1;
    json_open(w, "usage", '{');
    json_add_int(w, "prompt_tokens", in);
    json_add_int(w, "completion_tokens", out);
    json_add_int(w, "total_tokens", in + out);
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
    add_piece(draft, draft->event.data, draft->event.length);
}

static void write_delta(struct draft *draft, const char *field, const char *text, size_t length)
{
    struct json_write w = open_event(draft);

    json_add_bytes(&w, field, text, length);
    close_event(draft, &w, NULL);
}

/* One event a word, so that no character is cut. */
static void write_words(struct draft *draft, const char *field, const char *text, size_t length)
{
    for (size_t at = 0; at < length; ) {
        const char *space = memchr(text + at, ' ', length - at);
        size_t size = space != NULL ? (size_t)(space - text) - at + 1 : length - at;

        write_delta(draft, field, text + at, size);
        at += size;
    }
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
    add_piece(draft, draft->event.data, draft->event.length);
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
    add_piece(draft, "data: [DONE]\n\n", 14);
}

static void write_stream(struct draft *draft)
{
    const struct rule *rule = draft->rule;
    struct json_write w = open_event(draft);

    json_add_string(&w, "role", "assistant");
    json_add_null(&w, "content");
    close_event(draft, &w, NULL);
    if (reasoning_name(rule) != NULL)
        write_words(draft, reasoning_name(rule), rule->reasoning.data, rule->reasoning.length);
    write_words(draft, "content", draft->content.data, draft->content.length);
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

static void write_body(struct draft *draft)
{
    const struct rule *rule = draft->rule;
    const struct buf *content = &draft->content;

    if (rule->body == BODY_RAW)
        buf_add(&draft->body, rule->text.data, rule->text.length);
    else if (rule->status >= 300 && content->length > 0)
        write_error(draft, rule->status, content->data, content->length);
    else if (rule->status >= 300)
        write_error(draft, rule->status, "the script says so", strlen("the script says so"));
    else if (draft->stream)
        write_stream(draft);
    else
        write_completion(draft);
}

/* What an endless body repeats: the last piece of a stream, or else a blank, which JSON may have between its parts. */
static void write_loop(struct draft *draft)
{
    size_t start = draft->body.length;

    if (draft->stream)
        write_delta(draft, "content", "more ", 5);
    else
        add_piece(draft, "                ", 16);
    draft->reply->loop_from = start;
}

static void write_head(struct draft *draft, int status, const char *headers, int64_t big_header, bool no_length)
{
    struct buf *out = &draft->reply->bytes;

    buf_addf(out, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nx-request-id: req_%llu\r\n%s", status, reason_phrase(status),
        draft->type, (unsigned long long)draft->number, headers);
    if (big_header > 0) {
        buf_add_string(out, "X-Big: ");
        for (int64_t i = 0; i < big_header; i++)
            buf_add_char(out, 'x');
        buf_add_string(out, "\r\n");
    }
    if (no_length)
        buf_add_string(out, "Connection: close\r\n\r\n");
    else if (draft->chunked)
        buf_add_string(out, "Transfer-Encoding: chunked\r\n\r\n");
    else
        buf_addf(out, "Content-Length: %zu\r\n\r\n", draft->body.length);
    draft->reply->head_length = out->length;
}

/* The body behind the head; offsets so far counted from the body. */
static void join(struct draft *draft)
{
    struct reply *reply = draft->reply;

    for (size_t i = 0; i < reply->stop_count; i++)
        reply->stops[i] += reply->head_length;
    if (reply->loop_from > 0)
        reply->loop_from += reply->head_length;
    buf_add(&reply->bytes, draft->body.data, draft->body.length);
    reply->limit = reply->bytes.length;
}

/* Where the fault cuts, and what happens there. */
static void place_fault(struct reply *reply, const struct rule *rule)
{
    size_t body_length = reply->bytes.length - reply->head_length;
    size_t after = (size_t)(rule->fault_after < 0 ? 0 : rule->fault_after);

    reply->end = rule->fault;
    if (rule->fault == FAULT_HALF)
        reply->limit = reply->head_length + body_length / 2;
    else if (rule->fault != FAULT_NONE && rule->fault_after < 0)
        reply->limit = 0;
    else if (rule->fault != FAULT_NONE)
        reply->limit = reply->head_length + (after < body_length ? after : body_length);
    if (rule->fault != FAULT_NONE)
        reply->loop_from = 0;
}

static void draft_init(struct draft *draft, struct reply *reply, const struct rule *rule,
    const struct request *request, uint64_t number)
{
    *draft = (struct draft){ .rule = rule, .request = request, .number = number, .reply = reply,
        .type = "application/json" };
    buf_init(&draft->body, 0);
    buf_init(&draft->content, 0);
    buf_init(&draft->event, 0);
}

static void draft_fini(struct draft *draft)
{
    buf_fini(&draft->body);
    buf_fini(&draft->content);
    buf_fini(&draft->event);
}

/* Frames a body that is not a stream as one chunk, for an end that never comes. */
static void wrap_body(struct draft *draft)
{
    struct buf whole = draft->body;

    buf_init(&draft->body, 0);
    draft->reply->stop_count = 0;
    add_piece(draft, whole.data, whole.length);
    buf_fini(&whole);
}

static void build(struct draft *draft)
{
    const struct rule *rule = draft->rule;

    draft->stream = draft->request->stream && rule->body != BODY_RAW && rule->status < 300;
    draft->chunked = !rule->no_length && (draft->stream || rule->endless);
    write_content(draft);
    write_body(draft);
    if (rule->endless && !draft->stream)
        wrap_body(draft);
    if (rule->endless)
        write_loop(draft);
    else if (draft->chunked)
        add_piece(draft, "", 0);
    if (rule->content_type != NULL)
        draft->type = rule->content_type;
    else if (draft->stream)
        draft->type = "text/event-stream";
    write_head(draft, rule->status, rule->headers, rule->big_header, rule->no_length);
    join(draft);
    place_fault(draft->reply, rule);
}

void reply_build(struct reply *reply, const struct rule *rule, const struct request *request, uint64_t number)
{
    static const char unknown[] = "{\"error\":{\"message\":\"no rule of the script matches\",\"code\":400}}";
    struct draft draft;

    if (rule == NULL) {
        reply_build_json(reply, 400, unknown);
        return;
    }
    reply->delay_ms = rule->delay_ms;
    reply->drip_ms = rule->drip_ms;
    if (rule->body == BODY_GARBAGE) {
        buf_add_string(&reply->bytes, "\x16\x03\x01 this is not HTTP\r\n\r\n");
        reply->limit = reply->bytes.length;
        reply->end = FAULT_CLOSE;
        return;
    }
    draft_init(&draft, reply, rule, request, number);
    build(&draft);
    draft_fini(&draft);
}

void reply_build_json(struct reply *reply, int status, const char *json)
{
    struct request none = { .model = "" };
    struct draft draft;

    draft_init(&draft, reply, NULL, &none, 0);
    buf_add_string(&draft.body, json);
    write_head(&draft, status, "", 0, false);
    join(&draft);
    draft_fini(&draft);
}

size_t reply_next_stop(const struct reply *reply, size_t sent)
{
    size_t stop = sent + 1;

    if (reply->drip_ms == 0)
        return reply->limit;
    if (sent < reply->head_length)
        stop = reply->head_length;
    else if (reply->stop_count > 0) {
        size_t low = 0, high = reply->stop_count - 1;      /* the first stop past sent; the last is the end */

        while (low < high) {
            size_t middle = (low + high) / 2;

            if (reply->stops[middle] > sent)
                high = middle;
            else
                low = middle + 1;
        }
        stop = reply->stops[low];
    }
    return stop < reply->limit ? stop : reply->limit;
}
