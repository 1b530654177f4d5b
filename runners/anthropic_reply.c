/*
 * Both shapes become a list of blocks: a whole answer holds it, and of a stream each block is put together first
 * (anthropic_block.h). What parts of a reply they are is decided in one place, keep_block.
 *
 * A turn with tools of the server's own may be paused: stop_reason "pause_turn". What was said so far is the end of the
 * next request, unchanged, and the next answer goes on from there, so the two are one reply: texts and parts follow
 * each other, tokens are added up. The courier asks on; here the reply before the pause comes in as said.
 */
#include "runners/anthropic_reply.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/http.h"
#include "harness/base/json.h"
#include "harness/base/mem.h"
#include "harness/base/price.h"
#include "harness/engine/chat.h"
#include "runners/anthropic_block.h"
#include "runners/anthropic_body.h"
#include "runners/anthropic_error.h"
#include "runners/anthropic_usage.h"
#include "runners/sse.h"

/* More blocks in one answer are nobody's intent. */
#define BLOCKS_MAX 1024

struct message {
    struct arena *arena;
    struct block *blocks;           /* of a stream, until it ends; BLOCKS_MAX of them, made with the first */
    size_t block_count;
    struct buf text, reasoning;
    struct part first, *last;       /* the parts begin at first.next */
    bool is_more;                   /* than text */
    struct anthropic_usage usage;
    const char *stop, *model;       /* in the arena; NULL until they come */
    bool has_begun, is_done;
    bool is_cut;                    /* a block is too long */
    const char *odd;                /* what came that is none of the shapes we know; NULL: nothing */
};

static void message_init(struct message *message, struct arena *arena)
{
    *message = (struct message){ .arena = arena, .usage = anthropic_usage_unknown() };
    message->last = &message->first;
    buf_init(&message->text, 0);
    buf_init(&message->reasoning, 0);
}

static void message_fini(struct message *message)
{
    for (size_t i = 0; i < message->block_count; i++)
        block_fini(&message->blocks[i]);
    free(message->blocks);
    buf_fini(&message->reasoning);
    buf_fini(&message->text);
}

static struct part *add_part(struct message *message, enum part_kind kind, const char *text)
{
    message->last = part_append(message->arena, message->last, kind, text);
    return message->last;
}

static const char *keep_raw(struct message *message, const struct json_doc *doc, const struct json *value)
{
    size_t length;
    const char *raw = json_raw(doc, value, &length);

    return arena_strndup(message->arena, raw, length);
}

static void keep_text(struct message *message, const char *text)
{
    buf_add_string(&message->text, text);
    if (text[0] != '\0')
        add_part(message, PART_TEXT, arena_strdup(message->arena, text));
}

/* Input is an object; that of a streamed block which was cut off is a string of what came. */
static void keep_call(struct message *message, const struct json_doc *doc, const struct json *block)
{
    const struct json *input = json_get(block, "input");
    const char *id = json_string(block, "id"), *name = json_string(block, "name");
    struct part *part;

    part = add_part(message, PART_TOOL_CALL, json_text(input) != NULL ? arena_strdup(message->arena, json_text(input))
                                             : input != NULL ? keep_raw(message, doc, input) : "{}");
    part->id = arena_strdup(message->arena, id != NULL ? id : "");
    part->name = arena_strdup(message->arena, name != NULL ? name : "");
    message->is_more = true;
}

static void keep_opaque(struct message *message, const struct json_doc *doc, const struct json *block)
{
    add_part(message, PART_OPAQUE, keep_raw(message, doc, block))->name = ANTHROPIC_OPAQUE;
    message->is_more = true;
}

static void add_reasoning(struct buf *reasoning, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    if (reasoning->length > 0)
        buf_add_char(reasoning, '\n');
    buf_add_string(reasoning, text);
}

/* Citations would be lost in a text, and go back with it. */
static void keep_block(struct message *message, const struct json_doc *doc, const struct json *block)
{
    const char *type = json_string(block, "type"), *text = json_string(block, "text");

    if (type == NULL) {
        message->odd = "a block without a type";
    } else if (strcmp(type, "tool_use") == 0) {
        keep_call(message, doc, block);
    } else if (strcmp(type, "text") == 0 && text != NULL && json_first(json_get(block, "citations")) == NULL) {
        keep_text(message, text);
    } else {
        if (strcmp(type, "text") == 0 && text != NULL)
            buf_add_string(&message->text, text);
        else if (strcmp(type, "thinking") == 0)
            add_reasoning(&message->reasoning, json_string(block, "thinking"));
        keep_opaque(message, doc, block);
    }
}

static void keep_streamed(struct message *message)
{
    for (size_t i = 0; i < message->block_count; i++) {
        struct err err = ERR_INIT;
        const char *raw = block_end(&message->blocks[i]);
        struct json_doc *doc = raw != NULL ? json_parse(raw, strlen(raw), &err) : NULL;

        message->is_cut |= raw == NULL;
        if (doc != NULL)
            keep_block(message, doc, json_root(doc));
        else
            message->odd = "a block that is no JSON";
        json_free(doc);
    }
}

static void take_stop(struct message *message, const struct json *object)
{
    if (json_string(object, "stop_reason") != NULL)
        message->stop = arena_strdup(message->arena, json_string(object, "stop_reason"));
}

/* A message as it begins, or the whole of it. */
static void take_message(struct message *message, const struct json *object)
{
    message->has_begun = true;
    message->model = arena_strdup(message->arena, json_string(object, "model"));
    take_stop(message, object);
    anthropic_usage_take(&message->usage, json_get(object, "usage"));
}

static void take_whole(struct message *message, const struct json_doc *doc)
{
    const struct json *content = json_get(json_root(doc), "content");

    if (content == NULL || json_kind(content) != JSON_ARRAY)
        return;
    take_message(message, json_root(doc));
    message->is_done = true;
    if (json_count(content) > BLOCKS_MAX) {
        message->odd = "too many blocks";
        return;
    }
    for (const struct json *block = json_first(content); block != NULL; block = json_next(block))
        keep_block(message, doc, block);
}

static void begin_block(struct message *message, const struct json_doc *doc, const struct json *event)
{
    if (message->blocks == NULL)
        message->blocks = xcalloc(BLOCKS_MAX, sizeof *message->blocks);
    if (message->block_count == BLOCKS_MAX)
        message->odd = "too many blocks";
    else if (block_begin(&message->blocks[message->block_count], message->arena, doc, event))
        message->block_count++;
    else
        message->odd = "a block that is no object";
}

/* A delta names its block: llama-server ends one only after it has begun the next. */
static void take_delta(struct message *message, const struct json_doc *doc, const struct json *event)
{
    int64_t index = 0;

    json_get_int64(event, "index", &index);
    for (size_t i = message->block_count; i > 0; i--)
        if (message->blocks[i - 1].index == index) {
            block_add(&message->blocks[i - 1], doc, json_get(event, "delta"));
            return;
        }
    message->odd = "a piece of a block that never began";
}

/* Whatever else comes (ping, content_block_stop, what nobody knows yet) says nothing of the answer. */
static void take_event(struct message *message, const struct json_doc *doc)
{
    const struct json *event = json_root(doc);
    const char *type = json_string(event, "type");

    if (type == NULL) {
        message->odd = "an event without a type";
    } else if (strcmp(type, "message_start") == 0) {
        take_message(message, json_get(event, "message"));
    } else if (strcmp(type, "content_block_start") == 0) {
        begin_block(message, doc, event);
    } else if (strcmp(type, "content_block_delta") == 0) {
        take_delta(message, doc, event);
    } else if (strcmp(type, "message_delta") == 0) {
        take_stop(message, json_get(event, "delta"));
        anthropic_usage_take(&message->usage, json_get(event, "usage"));
    } else if (strcmp(type, "message_stop") == 0) {
        message->is_done = true;
    }
}

/* -1 with out set when the JSON is no answer or part of one. */
static int read_json(struct message *message, const char *text, size_t length,
                     void (*take)(struct message *message, const struct json_doc *doc), struct heard *out)
{
    struct json_doc *doc = heard_parse(text, length, message->arena, out);
    bool failed;

    if (doc == NULL)
        return -1;
    failed = anthropic_error_is(json_root(doc));
    if (failed)
        anthropic_error_read_json(doc, message->arena, out);
    else
        take(message, doc);
    json_free(doc);
    return failed ? -1 : 0;
}

static int read_stream(struct message *message, const struct buf *body, struct heard *out)
{
    struct sse sse;
    struct sse_event event;
    int result = 0;

    sse_init(&sse, body->length + 1);
    sse_add(&sse, body->data, body->length);
    while (result == 0 && !message->is_done && sse_next(&sse, &event))
        if (event.length > 0)
            result = read_json(message, event.data, event.length, take_event, out);
    sse_fini(&sse);
    if (result == 0 && message->is_done)
        keep_streamed(message);
    return result;
}

/* A server may answer a request for a stream with one document. */
static bool is_document(const struct buf *body)
{
    return body->data[strspn(body->data, " \t\r\n")] == '{';
}

/* What is missing from a message that ended without an error; NULL: it is whole. */
static const char *find_lack(const struct message *message)
{
    if (message->odd != NULL)
        return message->odd;
    if (!message->has_begun)
        return "the answer holds no message";
    if (!message->is_done)
        return "the stream ended without message_stop";
    if (message->stop == NULL)
        return "the answer holds no stop_reason";
    return NULL;
}

/* Words we do not know are STOP_OTHER. A turn that stays paused was cut short. */
static const struct stop_word { const char *word; enum stop stop; bool is_pause; } STOPS[] = {
    { "end_turn", STOP_END, false },
    { "stop_sequence", STOP_END, false },
    { "max_tokens", STOP_LENGTH, false },
    { "tool_use", STOP_TOOL, false },
    { "pause_turn", STOP_LENGTH, true },
    { "refusal", STOP_REFUSAL, false },
    { "model_context_window_exceeded", STOP_LENGTH, false },
};

static struct stop_word find_stop(const char *word)
{
    for (size_t i = 0; i < sizeof STOPS / sizeof STOPS[0]; i++)
        if (strcmp(STOPS[i].word, word) == 0)
            return STOPS[i];
    return (struct stop_word){ word, STOP_OTHER, false };
}

static void add_count(int64_t *sum, int64_t before)
{
    if (before >= 0)
        *sum = *sum >= 0 ? *sum + before : before;
}

/* Copies of the parts said before, in front of those said now. */
static const struct part *join_parts(const struct part *before, const struct part *now, struct arena *arena)
{
    struct part first = { .next = NULL }, *last = &first;

    for (; before != NULL; before = before->next) {
        last->next = part_copy(arena, before);
        last = last->next;
    }
    last->next = (struct part *)now;        /* which is this reader's own */
    return first.next;
}

static void join(const struct reply *said, struct reply *reply, struct arena *arena)
{
    if (said->text == NULL)
        return;
    reply->text = arena_printf(arena, "%s%s", said->text, reply->text);
    if (said->reasoning != NULL && reply->reasoning != NULL)
        reply->reasoning = arena_printf(arena, "%s\n%s", said->reasoning, reply->reasoning);
    else if (said->reasoning != NULL)
        reply->reasoning = said->reasoning;
    reply->parts = join_parts(said->parts, reply->parts, arena);
    add_count(&reply->tokens_in, said->tokens_in);
    add_count(&reply->tokens_out, said->tokens_out);
    add_count(&reply->tokens_reasoning, said->tokens_reasoning);
    add_count(&reply->tokens_cache, said->tokens_cache);
}

static void finish_message(struct message *message, const struct reply *said, struct heard *out)
{
    struct stop_word stop = find_stop(message->stop);
    struct reply *reply = &out->reply;

    *out = (struct heard){ .end = stop.is_pause ? HEARD_PAUSED : HEARD_ANSWER, .reply = reply_empty(),
                           .cost_nanousd = COST_UNKNOWN };
    reply->stop = stop.stop;
    reply->model = message->model;
    reply->text = arena_strndup(message->arena, message->text.data, message->text.length);
    if (message->reasoning.length > 0)
        reply->reasoning = arena_strndup(message->arena, message->reasoning.data, message->reasoning.length);
    if (message->is_more || stop.is_pause || said->parts != NULL)
        reply->parts = message->first.next;
    anthropic_usage_tell(&message->usage, reply);
    join(said, reply, message->arena);
}

static void read_answer(struct message *message, const struct reply *said, const struct buf *body, struct heard *out)
{
    const char *lack;
    int result;

    result = is_document(body) ? read_json(message, body->data, body->length, take_whole, out)
                               : read_stream(message, body, out);
    if (result < 0)
        return;
    lack = find_lack(message);
    if (message->is_cut || message->text.cut || message->reasoning.cut)
        heard_too_long(out, message->arena);
    else if (lack != NULL)
        heard_fail(out, HEARD_AGAIN, CAUSE_GARBLED, lack, message->arena);
    else
        finish_message(message, said, out);
}

void anthropic_reply_read(const struct reply *said, const struct http_call *call, struct arena *arena,
                          struct anthropic_usage *used, struct heard *out)
{
    struct message message;

    *used = anthropic_usage_unknown();
    if (heard_nothing(call, arena, out))
        return;
    if (call->status < 200 || call->status > 299) {
        anthropic_error_read(call->status, call->body.data, call->body.length, arena, out);
        return;
    }
    message_init(&message, arena);
    read_answer(&message, said, &call->body, out);
    *used = message.usage;
    message_fini(&message);
}
