#include "runners/openai_quiz.h"

#include <math.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/http.h"
#include "harness/base/json.h"
#include "harness/engine/ask.h"
#include "harness/engine/chat.h"
#include "runners/openai_body.h"
#include "runners/openai_reply.h"
#include "runners/probe.h"
#include "runners/remote.h"
#include "runners/specimen.h"

#define QUESTION "What is 2 + 3?"
#define QUESTION_MORE "Answer with the number alone."
#define TOOL_QUESTION "Call the tool add with a = 2 and b = 3. Say nothing else."
#define IMAGE_QUESTION "Which colour is this picture? Answer with one word."

/* 56 x 56 pixels, all red: larger than any vision tower's patch. */
#define RED_PNG "iVBORw0KGgoAAAANSUhEUgAAADgAAAA4CAIAAAAn5KxJAAAAQElEQVR42u3OQQkAAAgAsetfWh+mEAYLsKZeSFRUVFRUVFRUVFRUVFRU" \
                "VFRUVFRUVFRUVFRUVFRUVFRUVFRU9CwicjR1t9nCvQAAAABJRU5ErkJggg=="

static const struct tool TOOL_ADD = {
    .name = "add", .description = "adds two numbers",
    .parameters = "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"number\"},\"b\":{\"type\":\"number\"}},"
                  "\"required\":[\"a\",\"b\"]}",
};

/* Under what names the request says what it says, for a server that refuses one. */
static const char *const *list_fields(const struct openai_quiz *quiz, const struct openai_query *query)
{
    static const char *const OTHERS[] = { "seed", "reasoning_effort", "enable_thinking", "chat_template_kwargs",
                                          "stream_options", "tool_choice", "parallel_tool_calls" };
    struct err err = ERR_INIT;
    struct json_doc *extra = query->extra != NULL ? json_parse(query->extra, strlen(query->extra), &err) : NULL;
    size_t count = 0, room = SAMPLING_FIELDS + sizeof OTHERS / sizeof OTHERS[0] + json_count(json_root(extra)) + 2;
    const char **names = arena_calloc(quiz->probe->arena, room, sizeof names[0]);

    for (int field = 0; field < SAMPLING_FIELDS; field++)
        if (!isnan(query->sampling.value[field]))
            names[count++] = query->dialect->fields[field].name;
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++)
        names[count++] = OTHERS[i];
    if (query->thinking_budget >= 0)
        names[count++] = query->dialect->budget;
    for (const struct json *member = json_first(json_root(extra)); member != NULL; member = json_next(member))
        names[count++] = arena_strdup(quiz->probe->arena, json_key(member));
    json_free(extra);
    return names;
}

/* As a run asks, but for the length. Where thinking is but a default, a model may have its own mind about it. */
static struct specimen new_specimen(const struct openai_quiz *quiz, const struct openai_query *query,
                                    const struct ask *wanted)
{
    return (struct specimen){
        .ask = wanted, .question = QUESTION_MORE, .dialect = query->dialect, .fields = list_fields(quiz, query),
        .thinking = query->thinking,
        .thinks_not = query->dialect->thinking == THINKING_EFFORT ? SEVERITY_WARN : SEVERITY_BAD,
        .limit = (int64_t)query->sampling.value[SAMPLING_MAX_TOKENS], .stream = query->stream,
    };
}

/* False: interrupted, and there is no answer to judge. */
static bool try_ask(const struct openai_quiz *quiz, const struct ask *wanted, struct specimen *out)
{
    struct openai_query query = *quiz->query;
    double *limit = &query.sampling.value[SAMPLING_MAX_TOKENS];
    struct openai_words words;
    struct probe_question asked = { .url = arena_printf(quiz->probe->arena, "%s/chat/completions", quiz->remote->base) };
    struct http_call *call;
    struct buf body;

    *limit = isnan(*limit) || *limit > SPECIMEN_TOKENS_MAX ? SPECIMEN_TOKENS_MAX : *limit;
    buf_init(&body, 0);
    openai_body_write(&query, wanted, &body);
    asked.body = body.data;
    asked.body_length = body.length;
    call = probe_ask(quiz->probe, quiz->model, quiz->remote, &asked);
    buf_fini(&body);
    if (call == NULL)
        return false;
    *out = new_specimen(quiz, &query, wanted);
    openai_reply_hear(call, quiz->probe->arena, &out->heard, &words);
    heard_name_gate(&out->heard, call, quiz->probe->arena);
    out->content = words.content;
    out->reasoning = words.reasoning;
    out->first_byte_ms = call->first_byte_ms;
    out->elapsed_ms = call->elapsed_ms;
    http_free_call(call);
    return true;
}

static struct ask new_ask(const struct openai_quiz *quiz, const char *question)
{
    struct chat *chat = chat_new(quiz->probe->arena);

    chat_add_text(chat, ROLE_USER, question);
    return (struct ask){ .kind = ASK_MODEL, .chat = chat, .seed = 1 };
}

bool openai_quiz_answer(const struct openai_quiz *quiz)
{
    struct ask wanted = new_ask(quiz, QUESTION " " QUESTION_MORE);
    struct specimen specimen;

    if (!try_ask(quiz, &wanted, &specimen))
        return false;
    specimen_judge_answer(quiz->probe, &specimen);
    return specimen.heard.end == HEARD_ANSWER;
}

void openai_quiz_tools(const struct openai_quiz *quiz)
{
    struct ask wanted = new_ask(quiz, TOOL_QUESTION);
    struct specimen specimen;

    wanted.tools = &TOOL_ADD;
    wanted.tool_count = 1;
    if (try_ask(quiz, &wanted, &specimen))
        specimen_judge_tools(quiz->probe, &specimen);
}

void openai_quiz_images(const struct openai_quiz *quiz)
{
    struct ask wanted = new_ask(quiz, IMAGE_QUESTION);
    struct chat *chat = chat_new(quiz->probe->arena);
    struct specimen specimen;

    chat_add_text(chat, ROLE_USER, IMAGE_QUESTION);
    chat_add_part(chat, ROLE_USER, &(struct part){ .kind = PART_IMAGE, .media_type = "image/png", .text = RED_PNG });
    wanted.chat = chat;
    if (try_ask(quiz, &wanted, &specimen))
        specimen_judge_images(quiz->probe, &specimen);
}
