#include "runners/openai_body.h"

#include <math.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/base/json.h"
#include "harness/base/json_write.h"
#include "harness/engine/ask.h"
#include "harness/engine/chat.h"

/* What every server takes: some read a signed 32-bit number. */
#define SEED_MASK 0x7fffffffu

static const struct part *find_part(const struct turn *turn, enum part_kind kind)
{
    const struct part *part = turn->first;

    while (part != NULL && part->kind != kind)
        part = part->next;
    return part;
}

/* Parts of a kind as one string, a newline between, as the servers themselves join text parts. */
static void add_joined(struct json_write *w, const char *key, const struct turn *turn, enum part_kind kind)
{
    struct buf text;
    const char *between = "";

    buf_init(&text, w->out->ceiling);
    for (const struct part *part = turn->first; part != NULL; part = part->next)
        if (part->kind == kind) {
            buf_add_string(&text, between);
            buf_add_string(&text, part->text);
            between = "\n";
        }
    json_add_bytes(w, key, text.data, text.length);
    w->out->cut |= text.cut;
    buf_fini(&text);
}

static void add_image(struct json_write *w, const struct part *part)
{
    struct buf url;

    buf_init(&url, w->out->ceiling);
    buf_addf(&url, "data:%s;base64,", part->media_type);
    buf_add_string(&url, part->text);
    json_open(w, NULL, '{');
    json_add_string(w, "type", "image_url");
    json_open(w, "image_url", '{');
    json_add_bytes(w, "url", url.data, url.length);
    json_close(w);
    json_close(w);
    w->out->cut |= url.cut;
    buf_fini(&url);
}

static void add_content_part(struct json_write *w, const struct part *part)
{
    if (part->kind == PART_IMAGE) {
        add_image(w, part);
    } else if (part->kind == PART_TEXT) {
        json_open(w, NULL, '{');
        json_add_string(w, "type", "text");
        json_add_string(w, "text", part->text);
        json_close(w);
    }
}

/* A plain string where there is only text: every template takes it, and not every server takes parts. */
static void add_content(struct json_write *w, const struct turn *turn)
{
    if (find_part(turn, PART_IMAGE) == NULL) {
        add_joined(w, "content", turn, PART_TEXT);
        return;
    }
    json_open(w, "content", '[');
    for (const struct part *part = turn->first; part != NULL; part = part->next)
        add_content_part(w, part);
    json_close(w);
}

static void add_tool_calls(struct json_write *w, const struct turn *turn)
{
    json_open(w, "tool_calls", '[');
    for (const struct part *part = turn->first; part != NULL; part = part->next) {
        if (part->kind != PART_TOOL_CALL)
            continue;
        json_open(w, NULL, '{');
        json_add_string(w, "id", part->id);
        json_add_string(w, "type", "function");
        json_open(w, "function", '{');
        json_add_string(w, "name", part->name);
        json_add_string(w, "arguments", part->text);
        json_close(w);
        json_close(w);
    }
    json_close(w);
}

/* Reasoning goes under both names: some servers know only one, and each ignores the other's. */
static void add_model_turn(struct json_write *w, const struct dialect *dialect, const struct turn *turn)
{
    bool calls = find_part(turn, PART_TOOL_CALL) != NULL;

    json_open(w, NULL, '{');
    json_add_string(w, "role", "assistant");
    if (calls && find_part(turn, PART_TEXT) == NULL)
        json_add_null(w, "content");
    else
        add_joined(w, "content", turn, PART_TEXT);
    if (dialect->keeps_reasoning && find_part(turn, PART_REASONING) != NULL) {
        add_joined(w, "reasoning_content", turn, PART_REASONING);
        add_joined(w, "reasoning", turn, PART_REASONING);
    }
    if (calls)
        add_tool_calls(w, turn);
    json_close(w);
}

static void add_tool_result(struct json_write *w, const struct part *part)
{
    json_open(w, NULL, '{');
    json_add_string(w, "role", "tool");
    json_add_string(w, "tool_call_id", part->id);
    json_add_string(w, "content", part->text);
    json_close(w);
}

/* Results come first: they must follow the turn whose calls they answer. */
static void add_user_turn(struct json_write *w, const struct turn *turn, const char *role)
{
    for (const struct part *part = turn->first; part != NULL; part = part->next)
        if (part->kind == PART_TOOL_RESULT)
            add_tool_result(w, part);
    if (find_part(turn, PART_TEXT) == NULL && find_part(turn, PART_IMAGE) == NULL)
        return;
    json_open(w, NULL, '{');
    json_add_string(w, "role", role);
    add_content(w, turn);
    json_close(w);
}

static void add_messages(struct json_write *w, const struct dialect *dialect, const struct chat *chat)
{
    json_open(w, "messages", '[');
    for (const struct turn *turn = chat->first; turn != NULL; turn = turn->next)
        if (turn->role == ROLE_MODEL)
            add_model_turn(w, dialect, turn);
        else
            add_user_turn(w, turn, turn->role == ROLE_SYSTEM ? "system" : "user");
    json_close(w);
}

static void add_tools(struct json_write *w, const struct openai_query *query, const struct ask *ask)
{
    if (ask->tool_count == 0)
        return;
    json_open(w, "tools", '[');
    for (size_t i = 0; i < ask->tool_count; i++) {
        const struct tool *tool = &ask->tools[i];

        json_open(w, NULL, '{');
        json_add_string(w, "type", "function");
        json_open(w, "function", '{');
        json_add_string(w, "name", tool->name);
        if (tool->description != NULL)
            json_add_string(w, "description", tool->description);
        if (tool->parameters != NULL)
            json_add_raw(w, "parameters", tool->parameters, strlen(tool->parameters));
        json_close(w);
        json_close(w);
    }
    json_close(w);
    if (query->tool_choice != NULL)
        json_add_string(w, "tool_choice", query->tool_choice);
    if (query->sends_parallel)
        json_add_bool(w, "parallel_tool_calls", query->parallel);
}

static void add_sampling(struct json_write *w, const struct openai_query *query, const struct ask *ask)
{
    for (int field = 0; field < SAMPLING_FIELDS; field++)
        if (!isnan(query->sampling.value[field]))
            json_add_number(w, query->dialect->fields[field].name, query->sampling.value[field]);
    if (query->sends_seed)
        json_add_int(w, "seed", query->seed >= 0 ? query->seed : (int64_t)(ask->seed & SEED_MASK));
}

/* What the template is told: whether to think, and whatever else extra has for it. */
static void add_kwargs(struct json_write *w, const struct openai_query *query, const struct json *more)
{
    bool says_thinking = query->dialect->thinking == THINKING_KWARGS && query->thinking != THINKING_UNSAID;

    if (!says_thinking && more == NULL)
        return;
    json_open(w, "chat_template_kwargs", '{');
    if (says_thinking)
        json_add_bool(w, "enable_thinking", query->thinking == THINKING_ON);
    for (const struct json *member = json_first(more); member != NULL; member = json_next(member))
        json_add_value(w, json_key(member), member);
    json_close(w);
}

static void add_thinking(struct json_write *w, const struct openai_query *query)
{
    if (query->effort != NULL)
        json_add_string(w, "reasoning_effort", query->effort);
    if (query->thinking_budget >= 0)
        json_add_int(w, query->dialect->budget, query->thinking_budget);
    if (query->thinking != THINKING_UNSAID && query->dialect->thinking == THINKING_TOP_LEVEL)
        json_add_bool(w, "enable_thinking", query->thinking == THINKING_ON);
}

/* query->extra was checked: it is an object, and says nothing that we say. */
static void add_extra(struct json_write *w, const struct openai_query *query)
{
    struct err err = ERR_INIT;
    struct json_doc *doc = query->extra != NULL ? json_parse(query->extra, strlen(query->extra), &err) : NULL;
    const struct json *root = json_root(doc);

    add_kwargs(w, query, json_get(root, "chat_template_kwargs"));
    for (const struct json *member = json_first(root); member != NULL; member = json_next(member))
        if (strcmp(json_key(member), "chat_template_kwargs") != 0)
            json_add_value(w, json_key(member), member);
    json_free(doc);
}

/* stream_options is refused where nothing is streamed. */
static void add_stream(struct json_write *w, bool stream)
{
    json_add_bool(w, "stream", stream);
    if (!stream)
        return;
    json_open(w, "stream_options", '{');
    json_add_bool(w, "include_usage", true);
    json_close(w);
}

void openai_body_write(const struct openai_query *query, const struct ask *ask, struct buf *out)
{
    struct json_write w = json_write_to(out);

    json_open(&w, NULL, '{');
    json_add_string(&w, "model", query->model);
    add_messages(&w, query->dialect, ask->chat);
    add_tools(&w, query, ask);
    add_sampling(&w, query, ask);
    add_thinking(&w, query);
    add_extra(&w, query);
    add_stream(&w, query->stream);
    json_close(&w);
}
