/*
 * fuzz_anthropic: any bytes as an answer of Claude's shape: whole, as a stream, as the data of a stream's events, as an
 * error. Whatever comes out is a reply that may be stored, and a chat that holds it can be asked on: the next request is
 * JSON, with every opaque block in it.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/http.h"
#include "harness/base/json.h"
#include "harness/base/text.h"
#include "harness/engine/episode.h"
#include "runners/anthropic_body.h"
#include "runners/anthropic_reply.h"
#include "runners/anthropic_usage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct flow FLOW = { .name = "none" };
static const struct task TASK = { .name = "fuzz", .flow = &FLOW, .turns_max = 3 };
static const struct sample SAMPLE = { .id = "s", .target = "4" };

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void require_text(const char *text)
{
    require(text != NULL && text_is_utf8(text, strlen(text)));
}

static bool is_answer(const struct heard *heard)
{
    return heard->end == HEARD_ANSWER || heard->end == HEARD_PAUSED;
}

static void check_reply(const struct heard *heard)
{
    require_text(heard->reply.text);
    require(is_answer(heard) == (heard->reply.status == REPLY_OK));
    if (!is_answer(heard))
        require_text(heard->reply.reason);
    for (const struct part *part = heard->reply.parts; part != NULL; part = part->next)
        require_text(part->text);
}

/* Written as a request that goes on, whether the model paused or is answered. */
static void ask_on(const struct ask *ask, const struct part *parts)
{
    static const struct claude anyone = { .prefix = "", .prefill = true };
    const struct anthropic_query query = { .model = "m", .takes = &anyone, .max_tokens = 9, .top_k = -1 };
    struct err err = ERR_INIT;
    struct json_doc *doc;
    struct buf out;

    buf_init(&out, 0);
    anthropic_body_write(&query, ask, &out);
    doc = json_parse(out.data, out.length, &err);
    require(doc != NULL || strstr(err.text, "nested deeper") != NULL);      /* a block is deeper in a request than alone */
    for (const struct part *part = parts; part != NULL; part = part->next)
        if (part->kind == PART_OPAQUE)
            require(strstr(out.data, part->text) != NULL);
    json_free(doc);
    buf_fini(&out);
}

static void hear(int status, const char *before, const uint8_t *data, size_t size, const char *after)
{
    struct episode *episode = episode_new(&TASK, NULL, &SAMPLE, 1, 7);
    struct ask ask = { .episode = episode, .chat = episode->chat };
    struct http_call call = { .end = HTTP_ANSWERED, .status = status };
    struct anthropic_usage used;
    struct heard heard;

    buf_init(&call.body, 0);
    buf_add(&call.body, before, strlen(before));
    buf_add(&call.body, data, size);
    buf_add(&call.body, after, strlen(after));
    for (int i = 0; i < 2; i++) {       /* the second time, as what follows a pause */
        anthropic_reply_read(&ask.reply, &call, episode->arena, &used, &heard);
        check_reply(&heard);
        anthropic_usage_bill(&used, i == 0);
        if (is_answer(&heard))
            ask.reply = heard.reply;
    }
    chat_add_text(episode->chat, ROLE_USER, "go");
    ask_on(&ask, ask.reply.parts);
    chat_add_parts(episode->chat, ROLE_MODEL, ask.reply.parts);
    chat_add_text(episode->chat, ROLE_USER, "on");
    ask.reply.parts = NULL;
    ask_on(&ask, NULL);
    buf_fini(&call.body);
    episode_free(episode);
}

#define START "data: {\"type\":\"message_start\",\"message\":{}}\n\ndata: {\"type\":\"content_block_start\",\"index\":0," \
              "\"content_block\":"
#define END "}\n\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"input_json_delta\"," \
            "\"partial_json\":\"{\"}}\n\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"pause_turn\"}}\n\n" \
            "data: {\"type\":\"message_stop\"}\n\n"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hear(200, "", data, size, "");
    hear(200, "data: ", data, size, "");
    hear(200, START, data, size, END);
    hear(200, "{\"stop_reason\":\"pause_turn\",\"content\":[", data, size, "]}");
    hear(500, "", data, size, "");
    return 0;
}
