/*
 * Both shapes are read into one message: a whole answer's "message" and a stream's many "delta"s have the same members,
 * so a whole answer is a stream of one delta. The strings grow in bufs and move to the arena once the message is whole.
 */
#include "runners/openai_reply.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/http.h"
#include "harness/base/json.h"
#include "harness/base/mem.h"
#include "harness/base/price.h"
#include "runners/count.h"
#include "runners/openai_error.h"
#include "runners/sse.h"

/* More calls in one answer are nobody's intent; the rest is dropped. */
#define CALLS_MAX 128

struct tool_call {
    int64_t index;
    char *id, *name;                /* in the arena; NULL until they come */
    struct buf arguments;
};

struct message {
    struct arena *arena;
    struct buf text, reasoning, refusal;
    struct tool_call *calls;        /* CALLS_MAX of them, made with the first */
    size_t call_count;
    const char *finish, *model;     /* in the arena; NULL until they come */
    int64_t tokens_in, tokens_out, tokens_reasoning, tokens_cache;
    bool has_choice, is_done;
    const char *odd;                /* what came that is none of the shapes we know; NULL: nothing */
};

static void message_init(struct message *message, struct arena *arena)
{
    *message = (struct message){ .arena = arena };
    buf_init(&message->text, 0);
    buf_init(&message->reasoning, 0);
    buf_init(&message->refusal, 0);
    message->tokens_in = message->tokens_out = TOKENS_UNKNOWN;
    message->tokens_reasoning = message->tokens_cache = TOKENS_UNKNOWN;
}

static void message_fini(struct message *message)
{
    for (size_t i = 0; i < message->call_count; i++)
        buf_fini(&message->calls[i].arguments);
    free(message->calls);
    buf_fini(&message->refusal);
    buf_fini(&message->reasoning);
    buf_fini(&message->text);
}

/* Content is a string, null, missing, or an array of parts of which we take the text. */
static void take_content(struct message *message, const struct json *content)
{
    if (content == NULL || json_kind(content) == JSON_NULL)
        return;
    if (json_kind(content) == JSON_STRING) {
        buf_add_string(&message->text, json_text(content));
        return;
    }
    if (json_kind(content) != JSON_ARRAY)
        message->odd = "content that is neither text nor parts";
    for (const struct json *part = json_first(content); part != NULL; part = json_next(part))
        if (json_string(part, "text") != NULL)
            buf_add_string(&message->text, json_string(part, "text"));
}

/* One name or the other; some servers send both, with the same text. */
static void take_reasoning(struct message *message, const struct json *delta)
{
    const char *text = json_string(delta, "reasoning_content");

    if (text == NULL || text[0] == '\0')
        text = json_string(delta, "reasoning");
    if (text != NULL)
        buf_add_string(&message->reasoning, text);
}

static struct tool_call *add_call(struct message *message, int64_t index)
{
    struct tool_call *call;

    if (message->call_count == CALLS_MAX)
        return NULL;
    if (message->calls == NULL)
        message->calls = xcalloc(CALLS_MAX, sizeof *message->calls);
    call = &message->calls[message->call_count++];
    call->index = index;
    buf_init(&call->arguments, 0);
    return call;
}

/*
 * The call a delta goes on with, or a new one. A delta names its call by index; one that brings another id begins a new
 * call even so (Ollama gives whole calls, all with index 0). Without an index, an id or a name begins one.
 */
static struct tool_call *find_call(struct message *message, const struct json *delta)
{
    const char *id = json_string(delta, "id");
    bool begins = id != NULL || json_string(json_get(delta, "function"), "name") != NULL;
    struct tool_call *call = NULL;
    int64_t index = -1;

    bool has_index = json_get_int64(delta, "index", &index);
    for (size_t i = message->call_count; call == NULL && i > 0; i--)
        if (has_index ? message->calls[i - 1].index == index : !begins)
            call = &message->calls[i - 1];
    if (call != NULL && id != NULL && id[0] != '\0' && call->id != NULL && strcmp(call->id, id) != 0)
        call = NULL;
    return call != NULL ? call : add_call(message, index);
}

/* Arguments are JSON as text, in pieces; some servers give the object itself. */
static void take_arguments(struct tool_call *call, const struct json_doc *doc, const struct json *arguments)
{
    size_t length;
    const char *raw;

    if (json_text(arguments) != NULL) {
        buf_add_string(&call->arguments, json_text(arguments));
    } else if (arguments != NULL && json_kind(arguments) == JSON_OBJECT) {
        raw = json_raw(doc, arguments, &length);
        buf_add(&call->arguments, raw, length);
    }
}

static void take_call(struct message *message, const struct json_doc *doc, const struct json *delta)
{
    const struct json *function = json_get(delta, "function");
    struct tool_call *call = find_call(message, delta);

    if (call == NULL)
        return;
    if (call->id == NULL)
        call->id = arena_strdup(message->arena, json_string(delta, "id"));
    if (call->name == NULL)
        call->name = arena_strdup(message->arena, json_string(function, "name"));
    take_arguments(call, doc, json_get(function, "arguments"));
}

static void take_delta(struct message *message, const struct json_doc *doc, const struct json *delta)
{
    const struct json *calls = json_get(delta, "tool_calls");

    take_content(message, json_get(delta, "content"));
    take_reasoning(message, delta);
    if (json_string(delta, "refusal") != NULL)
        buf_add_string(&message->refusal, json_string(delta, "refusal"));
    for (const struct json *call = json_first(calls); call != NULL; call = json_next(call))
        take_call(message, doc, call);
}

/* Of several choices the one with index 0: we ask for no more, whatever the order they come in. */
static void take_choices(struct message *message, const struct json_doc *doc, const struct json *choices)
{
    for (const struct json *choice = json_first(choices); choice != NULL; choice = json_next(choice)) {
        const struct json *delta = json_get(choice, "delta");
        int64_t index = 0;

        if (json_get_int64(choice, "index", &index) && index != 0)
            continue;
        message->has_choice = true;
        take_delta(message, doc, delta != NULL ? delta : json_get(choice, "message"));
        if (json_string(choice, "finish_reason") != NULL)
            message->finish = arena_strdup(message->arena, json_string(choice, "finish_reason"));
    }
}

/* The last usage counts: some servers send a running one. SGLang has reasoning_tokens at the top. */
static void take_usage(struct message *message, const struct json *usage)
{
    count_take(usage, "prompt_tokens", &message->tokens_in);
    count_take(usage, "completion_tokens", &message->tokens_out);
    count_take(usage, "reasoning_tokens", &message->tokens_reasoning);
    count_take(json_get(usage, "completion_tokens_details"), "reasoning_tokens", &message->tokens_reasoning);
    count_take(json_get(usage, "prompt_tokens_details"), "cached_tokens", &message->tokens_cache);
}

static void take_answer(struct message *message, const struct json_doc *doc)
{
    const struct json *root = json_root(doc);

    if (message->model == NULL)
        message->model = arena_strdup(message->arena, json_string(root, "model"));
    take_choices(message, doc, json_get(root, "choices"));
    take_usage(message, json_get(root, "usage"));
}

static bool is_error(const struct json_doc *doc)
{
    const struct json *root = json_root(doc), *error = json_get(root, "error");
    const char *object = json_string(root, "object");

    return (error != NULL && json_kind(error) != JSON_NULL) || (object != NULL && strcmp(object, "error") == 0);
}

/* -1 with out set when the JSON is no answer or part of one. */
static int read_json(struct message *message, const char *text, size_t length, struct heard *out)
{
    struct json_doc *doc = heard_parse(text, length, message->arena, out);
    bool failed;

    if (doc == NULL)
        return -1;
    failed = is_error(doc);
    if (failed)
        openai_error_read_json(200, doc, message->arena, out);
    else
        take_answer(message, doc);
    json_free(doc);
    return failed ? -1 : 0;
}

static int read_event(struct message *message, const struct sse_event *event, struct heard *out)
{
    if (event->length == 0)
        return 0;
    if (strcmp(event->data, "[DONE]") == 0) {
        message->is_done = true;
        return 0;
    }
    return read_json(message, event->data, event->length, out);
}

static int read_stream(struct message *message, const struct buf *body, struct heard *out)
{
    struct sse sse;
    struct sse_event event;
    int result = 0;

    sse_init(&sse, body->length + 1);
    sse_add(&sse, body->data, body->length);
    while (result == 0 && !message->is_done && sse_next(&sse, &event))
        result = read_event(message, &event, out);
    sse_fini(&sse);
    return result;
}

/* A server may answer a request for a stream with one document, and every server does so for its errors. */
static bool is_document(const struct buf *body)
{
    size_t i = strspn(body->data, " \t\r\n");

    return body->data[i] == '{' || body->data[i] == '[';
}

/* finish_reason as servers say it. Words we do not know are STOP_OTHER. */
static const struct finish { const char *word; enum stop stop; bool is_failure; } FINISHES[] = {
    { "stop", STOP_END, false },
    { "length", STOP_LENGTH, false },
    { "tool_calls", STOP_TOOL, false },
    { "function_call", STOP_TOOL, false },
    { "content_filter", STOP_REFUSAL, false },
    { "abort", STOP_OTHER, true },          /* vLLM and SGLang, when the engine or an operator ends it */
    { "error", STOP_OTHER, true },
};

static struct finish find_finish(const char *word)
{
    if (word == NULL)
        return (struct finish){ "", STOP_END, false };
    for (size_t i = 0; i < sizeof FINISHES / sizeof FINISHES[0]; i++)
        if (strcmp(FINISHES[i].word, word) == 0)
            return FINISHES[i];
    return (struct finish){ word, STOP_OTHER, false };
}

static const char *skip_blank(const char *text)
{
    return text + strspn(text, " \t\r\n");
}

static char *keep_trimmed(struct arena *arena, const char *text, size_t length)
{
    while (length > 0 && strchr(" \t\r\n", text[length - 1]) != NULL)
        length--;
    return arena_strndup(arena, text, length);
}

/*
 * Thinking that stands in the text, because the server runs without a parser for it, ends at the first </think>; the
 * opening tag is often the prompt's. An opening tag alone means that the answer was never begun.
 */
static void split_thinking(struct message *message, struct reply *reply)
{
    const char *start = skip_blank(reply->text), *end = strstr(start, "</think>");
    bool is_open = strncmp(start, "<think>", 7) == 0;

    if (end == NULL && !is_open)
        return;
    start = skip_blank(is_open ? start + 7 : start);
    reply->text = end != NULL ? skip_blank(end + 8) : "";
    end = end != NULL ? end : start + strlen(start);
    if (end > start)
        reply->reasoning = keep_trimmed(message->arena, start, (size_t)(end - start));
}

/* Empty arguments are none. What was cut off stays as it is: whoever runs a call must see that it parses. */
static const char *keep_arguments(struct arena *arena, const struct buf *arguments)
{
    return arguments->length > 0 ? arena_strndup(arena, arguments->data, arguments->length) : "{}";
}

/* Only an answer with tool calls is more than its text. */
static const struct part *make_parts(const struct message *message, const struct reply *reply)
{
    struct arena *arena = message->arena;
    struct part first = { .next = NULL }, *last = &first;

    if (reply->reasoning != NULL)
        last = part_append(arena, last, PART_REASONING, reply->reasoning);
    if (reply->text[0] != '\0')
        last = part_append(arena, last, PART_TEXT, reply->text);
    for (size_t i = 0; i < message->call_count; i++) {
        const struct tool_call *call = &message->calls[i];

        last = part_append(arena, last, PART_TOOL_CALL, keep_arguments(arena, &call->arguments));
        last->id = call->id != NULL ? call->id : arena_printf(arena, "call_%zu", i);
        last->name = call->name != NULL ? call->name : "";
    }
    return first.next;
}

static void keep_words(struct message *message, struct reply *reply)
{
    struct arena *arena = message->arena;

    reply->text = arena_strndup(arena, message->text.data, message->text.length);
    if (message->reasoning.length > 0)
        reply->reasoning = arena_strndup(arena, message->reasoning.data, message->reasoning.length);
    else
        split_thinking(message, reply);
    if (message->refusal.length > 0 && reply->text[0] == '\0') {
        reply->text = arena_strndup(arena, message->refusal.data, message->refusal.length);
        reply->stop = STOP_REFUSAL;
    }
}

static void finish_message(struct message *message, enum stop stop, struct heard *out)
{
    struct reply *reply = &out->reply;

    *out = (struct heard){ .end = HEARD_ANSWER, .reply = reply_empty() };
    reply->stop = stop;
    reply->model = message->model;
    reply->tokens_in = message->tokens_in;
    reply->tokens_out = message->tokens_out;
    reply->tokens_reasoning = message->tokens_reasoning;
    reply->tokens_cache = message->tokens_cache;
    keep_words(message, reply);
    if (message->call_count == 0)
        return;
    reply->parts = make_parts(message, reply);
    if (reply->stop == STOP_END)      /* vLLM says "stop" when one tool was asked for by name */
        reply->stop = STOP_TOOL;
}

/* What is missing from a message that ended without an error; NULL: it is whole. */
static const char *find_lack(const struct message *message)
{
    if (message->odd != NULL)
        return message->odd;
    if (!message->has_choice)
        return "the answer holds no choices";
    if (message->finish == NULL && !message->is_done)
        return "the stream ended without finish_reason or [DONE]";
    return NULL;
}

static bool is_cut(const struct message *message)
{
    bool cut = message->text.cut || message->reasoning.cut || message->refusal.cut;

    for (size_t i = 0; i < message->call_count; i++)
        cut |= message->calls[i].arguments.cut;
    return cut;
}

static void read_answer(struct message *message, const struct buf *body, struct heard *out)
{
    const char *lack;
    struct finish finish;
    bool is_whole = is_document(body);

    if ((is_whole ? read_json(message, body->data, body->length, out) : read_stream(message, body, out)) < 0)
        return;
    message->is_done |= is_whole;
    lack = find_lack(message);
    finish = find_finish(message->finish);
    if (lack == NULL && finish.is_failure)
        lack = arena_printf(message->arena, "the server ended the answer: finish_reason \"%s\"", finish.word);
    if (is_cut(message))
        heard_too_long(out, message->arena);
    else if (lack != NULL)
        heard_fail(out, HEARD_AGAIN, CAUSE_GARBLED, lack, message->arena);
    else
        finish_message(message, finish.stop, out);
}

static void hear(const struct http_call *call, struct arena *arena, struct heard *out, struct openai_words *words)
{
    struct message message;

    if (heard_nothing(call, arena, out))
        return;
    if (call->status < 200 || call->status > 299) {
        openai_error_read(call->status, call->body.data, call->body.length, arena, out);
        return;
    }
    message_init(&message, arena);
    read_answer(&message, &call->body, out);
    if (words != NULL)
        *words = (struct openai_words){ arena_strndup(arena, message.text.data, message.text.length),
                                        arena_strndup(arena, message.reasoning.data, message.reasoning.length) };
    message_fini(&message);
}

void openai_reply_read(const struct http_call *call, struct arena *arena, struct heard *out)
{
    hear(call, arena, out, NULL);
}

void openai_reply_hear(const struct http_call *call, struct arena *arena, struct heard *out, struct openai_words *words)
{
    *words = (struct openai_words){ "", "" };
    hear(call, arena, out, words);
}
