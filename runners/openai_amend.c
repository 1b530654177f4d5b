#include "runners/openai_amend.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/json.h"
#include "harness/base/price.h"
#include "harness/engine/ask.h"
#include "harness/engine/chat.h"
#include "runners/heard.h"
#include "runners/openai_body.h"
#include "runners/text_call.h"

#define BYTES_PER_TOKEN_MAX 8

static int64_t count_bytes(const char *text)
{
    int64_t count = 0;

    for (const char *c = text; *c != '\0'; c++)
        count += c == text || c[0] != c[-1];
    return count;
}

int64_t openai_tokens_min(const struct chat *chat)
{
    int64_t bytes = 0;

    for (const struct turn *turn = chat->first; turn != NULL; turn = turn->next)
        for (const struct part *part = turn->first; part != NULL; part = part->next)
            if (part->kind == PART_TEXT || part->kind == PART_TOOL_RESULT)
                bytes += count_bytes(part->text);
    return bytes / BYTES_PER_TOKEN_MAX;
}

static const struct { const char *name, *words; } NOTES[OPENAI_NOTES] = {
    [OPENAI_CALL_IN_TEXT] = { "tool_parse_fallback",
                               "with tool calls in the text: the server runs without a parser for them" },
    [OPENAI_CALL_CUT] = { "tool_call_cut", "that ended within a tool call, which was not run" },
    [OPENAI_CONTEXT_FULL] = { "context_full", "cut by a full context before max_tokens" },
    [OPENAI_TOKEN_SPANS] = { "token_spans", "where a token spans prompt and choice, and counts whole with the choice" },
    [OPENAI_NONE_LISTED] = { "none_listed", "where no choice is among the likeliest next tokens, so none was read" },
};

const char *openai_note_name(int note)
{
    return NOTES[note].name;
}

const char *openai_note_words(int note)
{
    return NOTES[note].words;
}

int openai_note_find(const char *text)
{
    int note = 0;

    for (; note < OPENAI_NOTES; note++) {
        size_t length = strlen(NOTES[note].name);
        if (strncmp(text, NOTES[note].name, length) == 0 && text[length] == ':')
            break;
    }
    return note;
}

/* The first thing to say stands. */
static void note(struct heard *heard, struct arena *arena, enum openai_note kind, const char *words)
{
    if (heard->note == NULL)
        heard->note = arena_printf(arena, "%s: %s", NOTES[kind].name, words);
}

static bool is_object(const char *arguments)
{
    struct err err = ERR_INIT;
    struct json_doc *doc = json_parse(arguments, strlen(arguments), &err);
    bool is = doc != NULL && json_kind(json_root(doc)) == JSON_OBJECT;

    json_free(doc);
    return is;
}

/* A copy of parts without the calls that nobody may run; *dropped counts them. */
static const struct part *keep_whole(const struct part *parts, struct arena *arena, size_t *dropped)
{
    struct part first = { .next = NULL }, *last = &first;

    for (; parts != NULL; parts = parts->next) {
        if (parts->kind == PART_TOOL_CALL && !is_object(parts->text)) {
            ++*dropped;
            continue;
        }
        last->next = part_copy(arena, parts);
        last = last->next;
    }
    return first.next;
}

static void drop_cut_calls(struct arena *arena, struct heard *heard)
{
    size_t dropped = 0;
    const struct part *parts;

    if (heard->reply.stop != STOP_LENGTH)
        return;
    parts = keep_whole(heard->reply.parts, arena, &dropped);
    if (dropped == 0)
        return;
    heard->reply.parts = parts;
    note(heard, arena, OPENAI_CALL_CUT, "the answer ended within a call, which is not run");
}

static void lift_calls(const struct ask *ask, struct arena *arena, struct heard *heard)
{
    struct reply *reply = &heard->reply;
    struct part first = { .next = NULL }, *last = &first;
    struct part *calls;
    size_t before = 0, count = 0;

    if (ask->tool_count == 0 || reply->parts != NULL)
        return;
    calls = text_calls_find(reply->text, ask, arena, &before);
    if (calls == NULL)
        return;
    for (const struct part *call = calls; call != NULL; call = call->next)
        count++;
    reply->text = arena_strndup(arena, reply->text, before);
    if (reply->reasoning != NULL)
        last = part_append(arena, last, PART_REASONING, reply->reasoning);
    if (before > 0)
        last = part_append(arena, last, PART_TEXT, reply->text);
    last->next = calls;
    reply->parts = first.next;
    if (reply->stop == STOP_END)
        reply->stop = STOP_TOOL;
    note(heard, arena, OPENAI_CALL_IN_TEXT, arena_printf(arena, "%zu %s stood in the text", count,
                                                         count == 1 ? "call" : "calls"));
}

/* What was read of a prompt cannot be fewer tokens than its bytes make. True: it was, and heard says so. */
static bool was_shortened(const struct openai_query *query, const struct ask *ask, struct arena *arena,
                          struct heard *heard)
{
    int64_t least, read = heard->reply.tokens_in, cost_nanousd = heard->cost_nanousd;

    if (!query->dialect->cuts_silently || read == TOKENS_UNKNOWN)
        return false;
    least = openai_tokens_min(ask->chat);
    if (read >= least)
        return false;
    heard_fail(heard, HEARD_NEVER, CAUSE_USELESS,
               arena_printf(arena, "the server shortened the prompt in silence: it read %" PRId64 " tokens of %" PRId64
                            " or more; its context is too small (OLLAMA_CONTEXT_LENGTH)", read, least), arena);
    heard->cost_nanousd = cost_nanousd;
    return true;
}

/* A server that ends an answer before the limit it was given had no room for more. */
static void note_full_context(const struct openai_query *query, struct arena *arena, struct heard *heard)
{
    double limit = query->sampling.value[SAMPLING_MAX_TOKENS];
    const struct reply *reply = &heard->reply;

    if (reply->stop != STOP_LENGTH || isnan(limit) || reply->tokens_out == TOKENS_UNKNOWN ||
        (double)reply->tokens_out >= limit)
        return;
    note(heard, arena, OPENAI_CONTEXT_FULL,
         arena_printf(arena, "the answer was cut after %" PRId64 " of %.0f tokens, behind a prompt of %" PRId64,
                      reply->tokens_out, limit, reply->tokens_in));
}

void openai_amend(const struct openai_query *query, const struct ask *ask, struct arena *arena, struct heard *heard)
{
    if (heard->reply.cause == CAUSE_UNPARSABLE && query->dialect->loses_unparsed)
        heard_blame_model(heard, arena);
    if (heard->end != HEARD_ANSWER || was_shortened(query, ask, arena, heard))
        return;
    note_full_context(query, arena, heard);
    drop_cut_calls(arena, heard);
    lift_calls(ask, arena, heard);
}
