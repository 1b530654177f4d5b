/*
 * Any bytes as a model's text, in which calls are looked for: whatever is found is a call of a tool that was offered,
 * with an object for its arguments.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/json.h"
#include "harness/base/text.h"
#include "harness/engine/ask.h"
#include "harness/engine/chat.h"
#include "runners/text_call.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct tool TOOLS[] = {
    { .name = "f", .parameters = "{\"properties\":{\"n\":{\"type\":\"number\"},\"s\":{\"type\":\"string\"}}}" },
    { .name = "g" },
};

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void require_call(const struct part *part)
{
    struct err err = ERR_INIT;
    struct json_doc *doc = json_parse(part->text, strlen(part->text), &err);

    require(part->kind == PART_TOOL_CALL && (part->name == TOOLS[0].name || part->name == TOOLS[1].name));
    require(json_kind(json_root(doc)) == JSON_OBJECT);
    json_free(doc);
}

/* As a reply's text is: UTF-8, without NUL. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct ask ask = { .tools = TOOLS, .tool_count = 2 };
    struct arena *arena = arena_new();
    struct buf text;
    size_t before = 0;

    buf_init(&text, 0);
    text_repair(&text, (const char *)data, size);
    for (const struct part *part = text_calls_find(text.data, &ask, arena, &before); part != NULL; part = part->next)
        require_call(part);
    require(before <= text.length);
    buf_fini(&text);
    arena_free(arena);
    return 0;
}
