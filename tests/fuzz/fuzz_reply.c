/*
 * Any bytes as the body of a model server's answer: whole, as a stream, as an error. Whatever comes out is a reply that
 * may be stored: UTF-8, a status, a reason where there is no answer.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/http.h"
#include "harness/base/text.h"
#include "runners/openai_reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void require_text(const char *text)
{
    require(text != NULL && text_is_utf8(text, strlen(text)));
}

static void hear(int status, const char *before, const uint8_t *data, size_t size)
{
    struct http_call call = { .end = HTTP_ANSWERED, .status = status };
    struct arena *arena = arena_new();
    struct heard heard;

    buf_init(&call.body, 0);
    buf_add(&call.body, before, strlen(before));
    buf_add(&call.body, data, size);
    openai_reply_read(&call, arena, &heard);
    require_text(heard.reply.text);
    require((heard.end == HEARD_ANSWER) == (heard.reply.status == REPLY_OK));
    if (heard.end != HEARD_ANSWER)
        require_text(heard.reply.reason);
    for (const struct part *part = heard.reply.parts; part != NULL; part = part->next)
        require_text(part->text);
    buf_fini(&call.body);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hear(200, "", data, size);
    hear(200, "data: ", data, size);
    hear(500, "", data, size);
    return 0;
}
