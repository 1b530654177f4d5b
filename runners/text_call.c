#include "runners/text_call.h"

#include <stdbool.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/json.h"
#include "harness/base/json_write.h"
#include "harness/engine/ask.h"
#include "harness/engine/chat.h"

/* More in one text are nobody's intent. */
#define CALLS_MAX 128

#define CALL_BEGIN "<tool_call>"
#define CALL_END "</tool_call>"
#define FUNCTION_BEGIN "<function="
#define FUNCTION_END "</function>"
#define PARAMETER_BEGIN "<parameter="
#define PARAMETER_END "</parameter>"

/* A stretch of the text. */
struct span { const char *from, *to; };

static struct span skip_blank(struct span span)
{
    while (span.from < span.to && strchr(" \t\r\n", *span.from) != NULL)
        span.from++;
    return span;
}

/* Where word first stands in span, or NULL. */
static const char *find(struct span span, const char *word)
{
    return memmem(span.from, (size_t)(span.to - span.from), word, strlen(word));
}

static const char *nearer(const char *a, const char *b)
{
    return a == NULL || (b != NULL && b < a) ? b : a;
}

static const struct tool *find_tool(const struct ask *ask, struct span name)
{
    size_t length = (size_t)(name.to - name.from);

    for (size_t i = 0; i < ask->tool_count; i++)
        if (strlen(ask->tools[i].name) == length && memcmp(ask->tools[i].name, name.from, length) == 0)
            return &ask->tools[i];
    return NULL;
}

/* Whether the tool's schema says that this argument is something else than text. One without a type is text. */
static bool is_typed(const struct json *schema, const char *name)
{
    const struct json *property = json_get(json_get(schema, "properties"), name), *type = json_get(property, "type");

    if (json_text(type) != NULL)
        return strcmp(json_text(type), "string") != 0;
    return type != NULL || json_get(property, "anyOf") != NULL;
}

/* One newline before and one after belong to the tags. */
static struct span trim(struct span value)
{
    if (value.from < value.to && *value.from == '\n')
        value.from++;
    if (value.from < value.to && value.to[-1] == '\n')
        value.to--;
    return value;
}

static void add_argument(struct json_write *w, const struct json *schema, const char *name, struct span value)
{
    struct err err = ERR_INIT;
    size_t length = (size_t)(value.to - value.from);
    struct json_doc *doc = is_typed(schema, name) ? json_parse(value.from, length, &err) : NULL;

    if (doc != NULL)
        json_add_value(w, name, json_root(doc));
    else
        json_add_bytes(w, name, value.from, length);
    json_free(doc);
}

/* Models forget </parameter>: a value ends where the next one begins, too. */
static const char *end_of_value(struct span rest)
{
    return nearer(nearer(find(rest, PARAMETER_END), find(rest, PARAMETER_BEGIN)), rest.to);
}

static void add_arguments(struct json_write *w, const struct json *schema, struct span inside, struct arena *arena)
{
    const char *at;

    while ((at = find(inside, PARAMETER_BEGIN)) != NULL) {
        struct span rest = { at + strlen(PARAMETER_BEGIN), inside.to };
        const char *close = memchr(rest.from, '>', (size_t)(rest.to - rest.from));

        if (close == NULL)
            return;
        const char *name = arena_strndup(arena, rest.from, (size_t)(close - rest.from));
        rest.from = close + 1;
        inside.from = end_of_value(rest);
        add_argument(w, schema, name, trim((struct span){ rest.from, inside.from }));
    }
}

static struct part *make_call(const struct tool *tool, const char *arguments, size_t length, struct arena *arena)
{
    struct part *part = arena_calloc(arena, 1, sizeof *part);

    part->kind = PART_TOOL_CALL;
    part->name = tool->name;
    part->text = arena_strndup(arena, arguments, length);
    return part;
}

/* call begins with "<function=". */
static struct part *read_tags(struct span call, const struct ask *ask, struct arena *arena)
{
    struct span name = { call.from + strlen(FUNCTION_BEGIN), memchr(call.from, '>', (size_t)(call.to - call.from)) };
    const char *end = find(call, FUNCTION_END);
    const struct tool *tool = name.to == NULL || end == NULL || name.to > end ? NULL : find_tool(ask, name);
    struct err err = ERR_INIT;
    struct json_doc *schema;
    struct json_write w;
    struct part *part;
    struct buf out;

    if (tool == NULL)
        return NULL;
    schema = tool->parameters != NULL ? json_parse(tool->parameters, strlen(tool->parameters), &err) : NULL;
    buf_init(&out, 0);
    w = json_write_to(&out);
    json_open(&w, NULL, '{');
    add_arguments(&w, json_root(schema), (struct span){ name.to + 1, end }, arena);
    json_close(&w);
    part = make_call(tool, out.data, out.length, arena);
    buf_fini(&out);
    json_free(schema);
    return part;
}

/* {"name": "f", "arguments": {...}}; arguments may be missing. */
static struct part *read_json(struct span call, const struct ask *ask, struct arena *arena)
{
    struct err err = ERR_INIT;
    struct json_doc *doc = json_parse(call.from, (size_t)(call.to - call.from), &err);
    const char *name = json_string(json_root(doc), "name"), *raw = "{}";
    const struct json *arguments = json_get(json_root(doc), "arguments");
    const struct tool *tool = name == NULL ? NULL : find_tool(ask, (struct span){ name, name + strlen(name) });
    struct part *part = NULL;
    size_t length = 2;

    if (arguments != NULL)
        raw = json_raw(doc, arguments, &length);
    if (tool != NULL && (arguments == NULL || json_kind(arguments) == JSON_OBJECT))
        part = make_call(tool, raw, length, arena);
    json_free(doc);
    return part;
}

/* What stands between two tags; a missing last </tool_call> is the text's end. */
static struct part *read_call(struct span call, const struct ask *ask, struct arena *arena)
{
    call = skip_blank(call);
    if (call.from < call.to && *call.from == '{')
        return read_json(call, ask, arena);
    return strncmp(call.from, FUNCTION_BEGIN, strlen(FUNCTION_BEGIN)) == 0 ? read_tags(call, ask, arena) : NULL;
}

struct part *text_calls_find(const char *text, const struct ask *ask, struct arena *arena, size_t *before)
{
    struct part first = { .next = NULL }, *last = &first;
    struct span rest = { text, text + strlen(text) };
    const char *at;

    for (size_t count = 0; count < CALLS_MAX && (at = find(rest, CALL_BEGIN)) != NULL;) {
        rest.from = at + strlen(CALL_BEGIN);
        struct span call = { rest.from, nearer(find(rest, CALL_END), rest.to) };
        struct part *part = read_call(call, ask, arena);

        rest.from = call.to;
        if (part == NULL)
            continue;
        if (last == &first)
            *before = (size_t)(at - text);
        part->id = arena_printf(arena, "call_%zu", count++);
        last->next = part;
        last = part;
    }
    return first.next;
}
