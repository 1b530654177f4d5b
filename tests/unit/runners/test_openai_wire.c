/*
 * Every file that was recorded of a real llama-server (shared/data/wire/llama_server) meets the code that is for it: chat
 * answers and errors the reader, with the ask in view; pages of the server the probe. What is for neither is named
 * below with the reason, so that no file is passed over in silence.
 */
#include "tests/unit/runners/scene.h"

#include <dirent.h>

#include "harness/base/http.h"
#include "harness/base/json.h"
#include "harness/base/text.h"
#include "results/journal.h"
#include "runners/openai_amend.h"
#include "runners/openai_body.h"
#include "runners/openai_reply.h"
#include "runners/openai_server.h"
#include "runners/probe.h"

#define WIRE SHARED_DIR "/data/wire/llama_server/"

struct record {
    struct arena *arena;
    const char *name;
    const struct json_doc *doc;
    const struct json *request, *response;
    struct http_call call;
};

/* NULL where all is well, else what is not. */
typedef const char *check_fn(struct record *record);

static const char *check_error(struct record *record)
{
    struct heard heard;

    openai_reply_read(&record->call, record->arena, &heard);
    if (heard.end == HEARD_ANSWER || heard.reply.status == REPLY_OK)
        return "an error was taken for an answer";
    if (strstr(heard.reply.reason, "HTTP ") == NULL)
        return "the reason does not say the status";
    return text_is_utf8(heard.reply.reason, strlen(heard.reply.reason)) ? NULL : "the reason is no UTF-8";
}

/* The tools of the recorded request, by name. */
static void read_tools(const struct record *record, struct ask *ask)
{
    const struct json *tools = json_get(json_get(record->request, "body"), "tools");
    struct tool *list = arena_calloc(record->arena, json_count(tools) + 1, sizeof *list);

    for (const struct json *tool = json_first(tools); tool != NULL; tool = json_next(tool))
        list[ask->tool_count++].name = arena_strdup(record->arena, json_string(json_get(tool, "function"), "name"));
    ask->tools = list;
}

static const char *check_calls(const struct reply *reply)
{
    for (const struct part *part = reply->parts; part != NULL; part = part->next) {
        struct err err = ERR_INIT;
        struct json_doc *doc = part->kind == PART_TOOL_CALL ? json_parse(part->text, strlen(part->text), &err) : NULL;
        bool is_bad = part->kind == PART_TOOL_CALL && (doc == NULL || json_kind(json_root(doc)) != JSON_OBJECT);

        json_free(doc);
        if (is_bad)
            return "a call whose arguments do not parse would be run";
    }
    return NULL;
}

static const char *check_answer(struct record *record)
{
    struct openai_query query = { .dialect = dialect_find("llama-server", &(struct err)ERR_INIT),
                                  .sampling = sampling_unstated() };
    struct ask ask = { .chat = chat_new(record->arena) };
    struct heard heard;

    json_get_number(json_get(record->request, "body"), "max_tokens", &query.sampling.value[SAMPLING_MAX_TOKENS]);
    read_tools(record, &ask);
    openai_reply_read(&record->call, record->arena, &heard);
    openai_amend(&query, &ask, record->arena, &heard);
    if (heard.end != HEARD_ANSWER)
        return arena_printf(record->arena, "an answer was not taken for one: %s", heard.reply.reason);
    if (heard.reply.status != REPLY_OK || !text_is_utf8(heard.reply.text, strlen(heard.reply.text)))
        return "the reply cannot be kept";
    if (strstr(heard.reply.text, "</think>") != NULL && strstr(record->name, "context_full") == NULL)
        return "thinking was left in the text";
    return check_calls(&heard.reply);
}

/* What llama-server could not parse is the model's own doing, and so an answer, whatever its status. */
static const char *check_chat(struct record *record)
{
    bool is_answer = record->call.status == 200 || strstr(record->name, "output_not_parsable") != NULL;

    return is_answer ? check_answer(record) : check_error(record);
}

static const char *check_models(struct record *record)
{
    struct openai_server server = openai_server_begin();

    openai_server_read_models(&server, json_get(record->response, "body"), "qwen3.5-tiny", record->arena);
    if (!server.lists || server.id_count != 1 || !openai_server_serves(&server, "qwen3.5-tiny"))
        return "the model is not among those served";
    return server.context == 2048 ? NULL : "the context is another";
}

static const char *check_props(struct record *record)
{
    struct openai_server server = openai_server_begin();
    const struct dialect *dialect = dialect_find("llama-server", &(struct err)ERR_INIT);

    if (json_get(json_get(record->response, "body"), dialect->mark.member) == NULL)
        return "it is not known for a llama-server";
    openai_server_read_props(&server, json_get(record->response, "body"));
    return server.context == 2048 && server.slots == 2 && server.is_blind ? NULL : "context, slots or sight are others";
}

static const char *check_ready(struct record *record)
{
    return probe_is_loading(&record->call) ? "a server that is ready was taken for one that loads" : NULL;
}

/* The pages of the recorded server, by what was asked; check NULL: why not. */
static const struct page { const char *path; check_fn *check; const char *reason; } PAGES[] = {
    { "/v1/chat/completions", check_chat, NULL },
    { "/v1/nothing", check_error, NULL },
    { "/v1/models", check_models, NULL },
    { "/props", check_props, NULL },
    { "/health", check_ready, NULL },
    { "/v1/chat/completions/input_tokens", NULL, "counts tokens; the probe goes by bytes" },
    { "/v1/completions", NULL, "another endpoint, which is not asked" },
    { "/v1/messages", NULL, "Anthropic's shape: the anthropic runner's" },
    { "/v1/messages/count_tokens", NULL, "Anthropic's shape: the anthropic runner's" },
    { "/apply-template", NULL, "a rendered prompt; the answer shows what a template is worth" },
    { "/metrics", NULL, "load while it works; not asked" },
    { "/slots", NULL, "load while it works; /props says how many there are" },
    { "/slots?fail_on_no_slot=1", NULL, "load while it works; /props says how many there are" },
    { "/completion", NULL, "llama-server's native endpoint, which is not asked" },
    { "/tokenize", NULL, "the probe goes by bytes" },
    { "/detokenize", NULL, "the probe goes by bytes" },
};

/* Each look at a server that starts: refused, then 503, then ready. */
static const char *check_start(struct record *record)
{
    static const bool EXPECTED[] = { true, true, false };
    size_t i = 0;

    for (const struct json *look = json_first(json_root(record->doc)); look != NULL; look = json_next(look), i++) {
        int64_t status = 0;
        bool answered = json_get_int64(look, "status", &status), is_loading;
        struct http_call call = { .end = answered ? HTTP_ANSWERED : HTTP_REFUSED, .status = (int)status };
        const char *message = json_string(json_get(json_get(look, "body"), "error"), "message");

        buf_init(&call.body, 0);
        buf_add_string(&call.body, message != NULL ? message : "");
        is_loading = probe_is_loading(&call);
        buf_fini(&call.body);
        if (i >= sizeof EXPECTED / sizeof EXPECTED[0] || is_loading != EXPECTED[i])
            return "a look at a server that starts was misread";
    }
    return i == sizeof EXPECTED / sizeof EXPECTED[0] ? NULL : "another number of looks";
}

/* Files that are no answer to one request. */
static const struct file { const char *name; check_fn *check; const char *reason; } FILES[] = {
    { "README.md", NULL, "words for people" },
    { "health_during_start.json", check_start, NULL },
    { "lifecycle.json", NULL, "signals and exit codes; vernier starts no server" },
    { "load_queueing.json", NULL, "times of eight asks at once; nothing to read" },
};

static void load_body(struct record *record)
{
    const char *file = json_string(record->response, "body_file"), *text = json_string(record->response, "body_text");
    struct err err = ERR_INIT;
    size_t length;

    if (file != NULL) {
        assert_int_equal(0, file_read(arena_printf(record->arena, WIRE "%s", file), &record->call.body, &err));
    } else if (text != NULL) {
        buf_add_string(&record->call.body, text);
    } else {
        const char *raw = json_raw(record->doc, json_get(record->response, "body"), &length);
        buf_add(&record->call.body, raw, length);
    }
}

static const char *check_page(struct record *record)
{
    const char *path = json_string(record->request, "path");
    int64_t status = 0;

    if (path == NULL || !json_get_int64(record->response, "status", &status))
        return "no request and answer in it";
    record->call = (struct http_call){ .end = HTTP_ANSWERED, .status = (int)status };
    buf_init(&record->call.body, 0);
    load_body(record);
    for (size_t i = 0; i < sizeof PAGES / sizeof PAGES[0]; i++)
        if (strcmp(PAGES[i].path, path) == 0) {
            check_fn *check = PAGES[i].check == NULL && status != 200 ? check_error : PAGES[i].check;
            const char *lack = check != NULL ? check(record) : NULL;

            buf_fini(&record->call.body);
            return lack;
        }
    buf_fini(&record->call.body);
    return "a page that nobody here knows";
}

/* The bytes of a stream are read with the record that names them. */
static const char *check_bytes(struct record *record)
{
    const char *end = strstr(record->name, ".body.txt");
    const char *of = arena_printf(record->arena, WIRE "%.*s.json", (int)(end - record->name), record->name);

    return file_exists(of) ? NULL : "bytes that belong to no record";
}

static const char *check_record(struct record *record)
{
    struct err err = ERR_INIT;
    struct json_doc *doc;
    struct buf text;
    const char *lack;

    buf_init(&text, 0);
    assert_int_equal(0, file_read(arena_printf(record->arena, WIRE "%s", record->name), &text, &err));
    doc = json_parse(text.data, text.length, &err);
    record->doc = doc;
    record->request = json_get(json_root(doc), "request");
    record->response = json_get(json_root(doc), "response");
    lack = doc == NULL ? "no JSON" : NULL;
    for (size_t i = 0; lack == NULL && i < sizeof FILES / sizeof FILES[0]; i++)
        if (strcmp(FILES[i].name, record->name) == 0) {
            lack = FILES[i].check != NULL ? FILES[i].check(record) : NULL;
            goto out;
        }
    lack = lack == NULL ? check_page(record) : lack;
out:
    json_free(doc);
    buf_fini(&text);
    return lack;
}

static const char *check_file(struct record *record)
{
    if (strstr(record->name, ".body.txt") != NULL)
        return check_bytes(record);
    return strcmp(record->name, FILES[0].name) == 0 ? NULL : check_record(record);
}

static void test_all_that_was_recorded_is_read_or_named(void **state)
{
    size_t tried = 0, failed = 0;
    struct dirent *entry;
    DIR *folder = opendir(WIRE);

    (void)state;
    if (folder == NULL) {
        print_message("no recorded answers at " WIRE ": skipped\n");
        skip();
    }
    while ((entry = readdir(folder)) != NULL) {
        struct record record = { .arena = arena_new(), .name = entry->d_name };
        const char *lack = entry->d_name[0] != '.' ? check_file(&record) : NULL;

        tried += entry->d_name[0] != '.';
        if (lack != NULL)
            print_error("%s: %s\n", entry->d_name, lack);
        failed += lack != NULL;
        arena_free(record.arena);
    }
    closedir(folder);
    print_message("%zu tried, %zu failed\n", tried, failed);
    assert_true(tried >= 94);
    assert_int_equal(0, failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_that_was_recorded_is_read_or_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
