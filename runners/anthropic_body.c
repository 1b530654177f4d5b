/*
 * A chat as messages: turns of one role that follow each other are one message, as the API would merge them; what says
 * nothing (empty texts are refused, another dialect's opaque parts mean nothing here) is left out, and so is a turn of
 * nothing else. System turns at the beginning go apart, later ones are the user's.
 *
 * Marks say up to where a prompt shall be kept and looked for. The server finds a beginning it has kept at a mark, or
 * up to 20 blocks before one; a model may make more calls than that in one turn. So three of the four allowed are used:
 *
 *     tools, system [mark]  user  model  user [mark]  model  user [mark]
 *                                         what the last request kept      what this one keeps
 */
#include "runners/anthropic_body.h"

#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/json_write.h"
#include "harness/engine/ask.h"
#include "harness/engine/chat.h"
#include "harness/engine/episode.h"

/* Said for the user where a chat begins with the model: a first message must be the user's. */
#define BEGINNING "Begin."

struct body {
    struct json_write w;
    const struct anthropic_query *query;
    const struct ask *ask;
    struct turn paused;             /* what the model said before it paused; empty: nothing */
    const char *ttl;                /* how long a marked prompt is kept; NULL: nothing is marked */
};

/* Turns of one role: from first up to, without, end. */
struct message { const struct turn *first, *end; bool is_model; };

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t\r\n\v\f")] == '\0';
}

static bool is_block(const struct part *part)
{
    switch (part->kind) {
    case PART_TEXT:
        return !is_blank(part->text);
    case PART_REASONING:            /* only signed thinking may go back, and that is opaque */
        return false;
    case PART_OPAQUE:
        return strcmp(part->name, ANTHROPIC_OPAQUE) == 0;
    case PART_IMAGE:
    case PART_TOOL_CALL:
    case PART_TOOL_RESULT:
        return true;
    }
    return false;
}

static bool says_something(const struct turn *turn)
{
    const struct part *part = turn->first;

    while (part != NULL && !is_block(part))
        part = part->next;
    return part != NULL;
}

static const struct turn *next_turn(const struct body *body, const struct turn *turn)
{
    if (turn == &body->paused)
        return NULL;
    return turn->next != NULL ? turn->next : &body->paused;
}

static const struct turn *after_system(const struct body *body)
{
    const struct turn *turn = body->ask->chat->first;

    while (turn != NULL && turn->role == ROLE_SYSTEM)
        turn = turn->next;
    return turn != NULL ? turn : &body->paused;
}

/* The message that begins at turn or later. False: none does. */
static bool find_message(const struct body *body, const struct turn *turn, struct message *out)
{
    while (turn != NULL && !says_something(turn))
        turn = next_turn(body, turn);
    if (turn == NULL)
        return false;
    *out = (struct message){ .first = turn, .end = turn, .is_model = turn->role == ROLE_MODEL };
    while (out->end != NULL && (!says_something(out->end) || (out->end->role == ROLE_MODEL) == out->is_model))
        out->end = next_turn(body, out->end);
    return true;
}

static void add_mark(struct body *body)
{
    json_open(&body->w, "cache_control", '{');
    json_add_string(&body->w, "type", "ephemeral");
    if (strcmp(body->ttl, "5m") != 0)       /* which is what it is where nothing is said */
        json_add_string(&body->w, "ttl", body->ttl);
    json_close(&body->w);
}

static void add_text(struct json_write *w, const char *text)
{
    json_add_string(w, "type", "text");
    json_add_string(w, "text", text);
}

static void add_image(struct json_write *w, const struct part *part)
{
    json_add_string(w, "type", "image");
    json_open(w, "source", '{');
    json_add_string(w, "type", "base64");
    json_add_string(w, "media_type", part->media_type);
    json_add_string(w, "data", part->text);
    json_close(w);
}

static bool is_object(const char *json)
{
    struct err err = ERR_INIT;
    struct json_doc *doc = json_parse(json, strlen(json), &err);
    bool result = doc != NULL && json_kind(json_root(doc)) == JSON_OBJECT;

    json_free(doc);
    return result;
}

/* Arguments that were cut off are no JSON; the API's manual wants them back under this key. */
static void add_tool_call(struct json_write *w, const struct part *part)
{
    json_add_string(w, "type", "tool_use");
    json_add_string(w, "id", part->id);
    json_add_string(w, "name", part->name);
    if (is_object(part->text)) {
        json_add_raw(w, "input", part->text, strlen(part->text));
        return;
    }
    json_open(w, "input", '{');
    json_add_string(w, "INVALID_JSON", part->text);
    json_close(w);
}

static void add_tool_result(struct json_write *w, const struct part *part)
{
    json_add_string(w, "type", "tool_result");
    json_add_string(w, "tool_use_id", part->id);
    if (!is_blank(part->text))
        json_add_string(w, "content", part->text);
}

static void add_block(struct body *body, const struct part *part, bool is_marked)
{
    struct json_write *w = &body->w;

    if (part->kind == PART_OPAQUE) {
        json_add_raw(w, NULL, part->text, strlen(part->text));
        return;
    }
    json_open(w, NULL, '{');
    if (part->kind == PART_TEXT)
        add_text(w, part->text);
    else if (part->kind == PART_IMAGE)
        add_image(w, part);
    else if (part->kind == PART_TOOL_CALL)
        add_tool_call(w, part);
    else
        add_tool_result(w, part);
    if (is_marked)
        add_mark(body);
    json_close(w);
}

/* Its blocks, of the results of tools or the others; with the one to be marked, or without. */
static void add_blocks(struct body *body, const struct message *message, bool results, const struct part *marked)
{
    for (const struct turn *turn = message->first; turn != message->end; turn = next_turn(body, turn))
        for (const struct part *part = turn->first; part != NULL; part = part->next)
            if (is_block(part) && (part->kind == PART_TOOL_RESULT) == results)
                add_block(body, part, part == marked);
}

/* The block that add_message writes last. */
static const struct part *last_block(const struct body *body, const struct message *message)
{
    const struct part *last = NULL;

    for (const struct turn *turn = message->first; turn != message->end; turn = next_turn(body, turn))
        for (const struct part *part = turn->first; part != NULL; part = part->next)
            if (is_block(part) && (last == NULL || part->kind != PART_TOOL_RESULT || last->kind == PART_TOOL_RESULT))
                last = part;
    return last;
}

/* Results come first: they must follow the turn whose calls they answer. */
static void add_message(struct body *body, const struct message *message, bool is_marked)
{
    const struct part *marked = is_marked ? last_block(body, message) : NULL;

    json_open(&body->w, NULL, '{');
    json_add_string(&body->w, "role", message->is_model ? "assistant" : "user");
    json_open(&body->w, "content", '[');
    add_blocks(body, message, true, marked);
    add_blocks(body, message, false, marked);
    json_close(&body->w);
    json_close(&body->w);
}

static void add_beginning(struct body *body)
{
    json_open(&body->w, NULL, '{');
    json_add_string(&body->w, "role", "user");
    json_add_string(&body->w, "content", BEGINNING);
    json_close(&body->w);
}

static size_t count_user_messages(const struct body *body)
{
    struct message message = { .end = after_system(body) };
    size_t count = 0;

    while (find_message(body, message.end, &message))
        count += !message.is_model;
    return count;
}

static void add_messages(struct body *body)
{
    struct message message = { .end = after_system(body) };
    size_t left = count_user_messages(body);
    bool is_first = true;

    json_open(&body->w, "messages", '[');
    while (find_message(body, message.end, &message)) {
        if (is_first && message.is_model)
            add_beginning(body);
        add_message(body, &message, body->ttl != NULL && !message.is_model && left <= 2);
        left -= !message.is_model;
        is_first = false;
    }
    json_close(&body->w);
}

static const struct part *last_system_text(const struct chat *chat)
{
    const struct part *last = NULL;

    for (const struct turn *turn = chat->first; turn != NULL && turn->role == ROLE_SYSTEM; turn = turn->next)
        for (const struct part *part = turn->first; part != NULL; part = part->next)
            if (part->kind == PART_TEXT && is_block(part))
                last = part;
    return last;
}

static void add_system(struct body *body)
{
    const struct chat *chat = body->ask->chat;
    const struct part *last = last_system_text(chat);

    if (last == NULL)
        return;
    json_open(&body->w, "system", '[');
    for (const struct turn *turn = chat->first; turn != NULL && turn->role == ROLE_SYSTEM; turn = turn->next)
        for (const struct part *part = turn->first; part != NULL; part = part->next)
            if (part->kind == PART_TEXT && is_block(part))
                add_block(body, part, part == last && body->ttl != NULL);
    json_close(&body->w);
}

static void add_tool(struct body *body, const struct tool *tool, bool is_marked)
{
    static const char no_parameters[] = "{\"type\":\"object\",\"properties\":{}}";
    const char *schema = tool->parameters != NULL ? tool->parameters : no_parameters;

    json_open(&body->w, NULL, '{');
    json_add_string(&body->w, "name", tool->name);
    if (tool->description != NULL)
        json_add_string(&body->w, "description", tool->description);
    json_add_raw(&body->w, "input_schema", schema, strlen(schema));
    if (is_marked)
        add_mark(body);
    json_close(&body->w);
}

/* A mark on the system's words covers the tools, which stand before it. */
static void add_tools(struct body *body)
{
    const struct ask *ask = body->ask;
    bool is_marked = body->ttl != NULL && last_system_text(ask->chat) == NULL;

    if (ask->tool_count == 0)
        return;
    json_open(&body->w, "tools", '[');
    for (size_t i = 0; i < ask->tool_count; i++)
        add_tool(body, &ask->tools[i], is_marked && i + 1 == ask->tool_count);
    json_close(&body->w);
}

static void add_thinking(struct json_write *w, const struct anthropic_query *query)
{
    static const char *const types[] = {
        [CLAUDE_OFF] = "disabled", [CLAUDE_ADAPTIVE] = "adaptive", [CLAUDE_BUDGET] = "enabled",
    };

    if (query->thinking != CLAUDE_UNSAID) {
        json_open(w, "thinking", '{');
        json_add_string(w, "type", types[query->thinking]);
        if (query->thinking == CLAUDE_BUDGET)
            json_add_int(w, "budget_tokens", query->budget);
        json_close(w);
    }
    if (query->effort != NULL) {
        json_open(w, "output_config", '{');
        json_add_string(w, "effort", query->effort);
        json_close(w);
    }
}

static bool has_answered(const struct ask *ask)
{
    const struct turn *turn = ask->chat->first;

    while (turn != NULL && turn->role != ROLE_MODEL)
        turn = turn->next;
    return turn != NULL && ask->ordinal > 0;        /* before the first ask, a turn of the model's is an example */
}

/* A prompt that is asked once is only dearer for being kept, and most of those are shorter than what is kept at all. */
static const char *choose_ttl(const struct anthropic_query *query, const struct ask *ask)
{
    if (query->cache == CLAUDE_CACHE_OFF)
        return NULL;
    if (query->cache == CLAUDE_CACHE_TURNS && ask->episode->task->turns_max < 2 && !has_answered(ask))
        return NULL;
    return query->cache == CLAUDE_CACHE_1H ? "1h" : "5m";
}

static struct body begin(const struct anthropic_query *query, const struct ask *ask, struct buf *out)
{
    struct body body = { .query = query, .ask = ask, .ttl = choose_ttl(query, ask) };

    if (out != NULL)
        body.w = json_write_to(out);
    body.paused = (struct turn){ .role = ROLE_MODEL, .first = (struct part *)ask->reply.parts };     /* only read */
    return body;
}

const char *anthropic_body_objection(const struct anthropic_query *query, const struct ask *ask)
{
    struct body body = begin(query, ask, NULL);
    struct message message = { .end = after_system(&body) };
    bool is_empty = true;

    while (find_message(&body, message.end, &message))
        is_empty = false;
    if (is_empty)
        return "the chat says nothing";
    if (message.is_model && !query->takes->prefill)
        return arena_printf(ask->episode->arena, "%s takes no chat that ends with its own turn", query->model);
    return NULL;
}

void anthropic_body_write(const struct anthropic_query *query, const struct ask *ask, struct buf *out)
{
    struct body body = begin(query, ask, out);
    struct json_write *w = &body.w;

    json_open(w, NULL, '{');
    json_add_string(w, "model", query->model);
    json_add_int(w, "max_tokens", query->max_tokens);
    add_tools(&body);
    add_system(&body);
    add_messages(&body);
    add_thinking(w, query);
    anthropic_query_add_sampling(query, w);
    json_add_bool(w, "stream", query->stream);
    json_close(w);
}
