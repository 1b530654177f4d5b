/*
 * The body is built first, as one or more pieces, then the head (which may have to say the body's length), and they are
 * put together. A stream goes out chunked, one event a chunk; everything else with a length, unless the rule wants none.
 */
#include "tests/fake/reply.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/hash.h"
#include "harness/base/mem.h"
#include "tests/fake/shape.h"
#include "tests/fake/weigh.h"

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

void draft_add_piece(struct draft *draft, const char *data, size_t length)
{
    if (draft->chunked)
        buf_addf(&draft->body, "%zx\r\n", length);
    buf_add(&draft->body, data, length);
    if (draft->chunked)
        buf_add_string(&draft->body, "\r\n");
    add_stop(draft->reply, draft->body.length);
}

void draft_add_words(struct draft *draft, const char *text, size_t length,
                     void (*write)(struct draft *draft, const char *text, size_t length))
{
    for (size_t at = 0; at < length; ) {
        const char *space = memchr(text + at, ' ', length - at);
        size_t size = space != NULL ? (size_t)(space - text) - at + 1 : length - at;

        write(draft, text + at, size);
        at += size;
    }
}

/* Four bytes a token, as a rule of thumb; tests that need exact numbers write them in the rule. */
int64_t draft_tokens_in(const struct draft *draft)
{
    return draft->rule->usage_in >= 0 ? draft->rule->usage_in : (int64_t)draft->request->body_length / 4 + 1;
}

int64_t draft_tokens_out(const struct draft *draft)
{
    size_t length = draft->content.length + draft->rule->reasoning.length;

    return draft->rule->usage_out >= 0 ? draft->rule->usage_out : (int64_t)length / 4 + 1;
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

static void write_body(struct draft *draft)
{
    const struct rule *rule = draft->rule;
    const struct buf *content = &draft->content;

    if (rule->body == BODY_RAW)
        buf_add(&draft->body, rule->text.data, rule->text.length);
    else if (rule->body == BODY_WEIGH && rule->status < 300)
        weigh_write(draft);
    else if (rule->status >= 300 && content->length > 0)
        draft->shape->write_error(draft, rule->status, content->data, content->length);
    else if (rule->status >= 300)
        draft->shape->write_error(draft, rule->status, "the script says so", strlen("the script says so"));
    else if (draft->stream)
        draft->shape->write_stream(draft);
    else
        draft->shape->write_whole(draft);
}

/* What an endless body repeats: the last piece of a stream, or else a blank, which JSON may have between its parts. */
static void write_loop(struct draft *draft)
{
    size_t start = draft->body.length;

    if (draft->stream)
        draft->shape->write_word(draft, "more ", 5);
    else
        draft_add_piece(draft, "                ", 16);
    draft->reply->loop_from = start;
}

static void write_head(struct draft *draft, int status, const char *headers, int64_t big_header, bool no_length)
{
    struct buf *out = &draft->reply->bytes;

    buf_addf(out, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\n%s: req_%llu\r\n%s", status, reason_phrase(status),
        draft->type, draft->shape->id_header, (unsigned long long)draft->number, headers);
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
        .shape = request->is_messages ? &shape_messages : &shape_chat, .type = "application/json" };
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
    draft_add_piece(draft, whole.data, whole.length);
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
        draft_add_piece(draft, "", 0);
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
