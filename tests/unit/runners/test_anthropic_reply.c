/*
 * Answers of Claude's shape: every sample of the shared folder, then a smaller set of our own with the same classes, so
 * that a tree without shared data tests them too, then whatever is broken.
 */
#include "tests/unit/runners/scene.h"

#include <dirent.h>

#include "harness/base/http.h"
#include "harness/base/json.h"
#include "harness/base/redact.h"
#include "harness/base/text.h"
#include "runners/anthropic_reply.h"
#include "runners/anthropic_usage.h"
#include "runners/heard.h"

#define WIRE SHARED_DIR "/data/wire/claude/"
#define LLAMA SHARED_DIR "/data/wire/llama_server/"

struct hearing {
    struct arena *arena;
    struct http_call call;
    struct reply said;
    struct anthropic_usage used;
    struct heard heard;
};

static void begin(struct hearing *hearing)
{
    *hearing = (struct hearing){ .arena = arena_new() };
}

static void hear(struct hearing *hearing, int status, const char *body, size_t length)
{
    hearing->call = (struct http_call){ .end = HTTP_ANSWERED, .status = status };
    buf_init(&hearing->call.body, 0);
    buf_add(&hearing->call.body, body, length);
    anthropic_reply_read(&hearing->said, &hearing->call, hearing->arena, &hearing->used, &hearing->heard);
    assert_non_null(hearing->heard.reply.text);
    assert_true(text_is_utf8(hearing->heard.reply.text, strlen(hearing->heard.reply.text)));
    buf_fini(&hearing->call.body);
}

static void end(struct hearing *hearing)
{
    arena_free(hearing->arena);
}

/* Without the newlines, and what indents after them: the samples are laid out for people. */
static void add_flat(struct buf *out, const char *text)
{
    for (; *text != '\0'; text += text[0] == '\n' ? strspn(text, "\n ") : 1)
        if (*text != '\n')
            buf_add_char(out, *text);
}

static void add_part(struct buf *out, const struct part *part)
{
    if (part->kind == PART_TEXT) {
        buf_addf(out, " text[%s]", part->text);
    } else if (part->kind == PART_TOOL_CALL) {
        buf_addf(out, " %s:%s(", part->id, part->name);
        add_flat(out, part->text);
        buf_add_char(out, ')');
    } else {
        assert_int_equal(PART_OPAQUE, part->kind);
        assert_string_equal("anthropic", part->name);
        buf_add_string(out, " opaque");
        add_flat(out, part->text);
    }
}

/* All that a test looks at, on one line: end, stop, text, reasoning, tokens in/out/thinking/cache, parts; or end, status,
 * origin, reason. */
static const char *sum_up(struct hearing *hearing)
{
    static const char *const ends[] = {
        [HEARD_ANSWER] = "", [HEARD_AGAIN] = "again ", [HEARD_LATER] = "later ", [HEARD_NEVER] = "never ",
        [HEARD_PAUSED] = "paused ",
    };
    const struct reply *reply = &hearing->heard.reply;
    struct buf out;
    const char *kept;

    buf_init(&out, 0);
    buf_add_string(&out, ends[hearing->heard.end]);
    if (hearing->heard.end != HEARD_ANSWER && hearing->heard.end != HEARD_PAUSED) {
        buf_addf(&out, "%s%s%s: %s", origin_name(reply->origin),
                 hearing->heard.end != HEARD_LATER && reply_shuts_out_all(reply) ? " unreachable" : "",
                 reply->status == REPLY_TIMEOUT ? " timeout" : "", reply->reason);
        assert_string_equal(reply->reason, hearing->heard.note);
    } else {
        buf_addf(&out, "%s [%s]", stop_name(reply->stop), reply->text);
        if (reply->reasoning != NULL)
            buf_addf(&out, " thinks [%s]", reply->reasoning);
        buf_addf(&out, " %d/%d/%d/%d", (int)reply->tokens_in, (int)reply->tokens_out, (int)reply->tokens_reasoning,
                 (int)reply->tokens_cache);
        for (const struct part *part = reply->parts; part != NULL; part = part->next)
            add_part(&out, part);
    }
    kept = arena_strdup(hearing->arena, out.data);
    buf_fini(&out);
    return kept;
}

#define SIGNATURE "EqQBCgIYAhIkFixtureSignatureNotReal0000000000000000"

/* Every sample of the folder that is the answer to a Messages call. */
static const struct recorded { const char *name, *expected; } RECORDED[] = {
    { "error_400_invalid.json", "never harness: HTTP 400: max_tokens: Field required; invalid_request_error" },
    { "error_400_prefill.json", "never harness: HTTP 400: This model does not support assistant message "
      "prefill. The conversation must end with a user message.; invalid_request_error" },
    { "error_400_prompt_too_long.json", "never harness: prompt does not fit: HTTP 400: prompt is too long: "
      "1203311 tokens > 1000000 maximum; invalid_request_error" },
    { "error_400_spend_limit.json", "never provider unreachable: the spend limit is reached: HTTP 400: You have "
      "reached your specified API usage limits.; invalid_request_error" },
    { "error_400_temperature_new_version.json", "never harness: HTTP 400: temperature: Extra inputs are not "
      "permitted; invalid_request_error" },
    { "error_401.json", "never provider unreachable: HTTP 401: invalid x-api-key; authentication_error" },
    { "error_402.json", "never provider unreachable: no money is left: HTTP 402: Your credit balance is too "
      "low.; billing_error" },
    { "error_403.json", "never provider unreachable: HTTP 403: Your API key does not have permission to use the "
      "specified resource.; permission_error" },
    { "error_404_model.json", "never provider unreachable: HTTP 404: model: claude-opus-4.6; not_found_error" },
    { "error_409.json", "again provider: HTTP 409: The resource was modified concurrently.; conflict_error" },
    { "error_413.json", "never harness: prompt does not fit: HTTP 413: Request exceeds the maximum size; "
      "request_too_large" },
    { "error_429.json", "later provider: HTTP 429: This request would exceed your organization's rate limit of "
      "2,000,000 input tokens per minute.; rate_limit_error" },
    { "error_429_no_retry_after.json", "later provider: HTTP 429: Number of concurrent connections has exceeded "
      "your rate limit.; rate_limit_error" },
    { "error_500.json", "again provider: HTTP 500: Internal server error; api_error" },
    { "error_502_html.json", "again provider: HTTP 502: <html><head><title>502 Bad "
      "Gateway</title></head><body>502</body></html>" },
    { "error_504.json", "again provider: HTTP 504: Request timed out; timeout_error" },
    { "error_529.json", "later provider: HTTP 529: Overloaded; overloaded_error" },
    { "message_cache_read.json", "end [4] 5221/5/-1/5200" },
    { "message_cached.json", "end [4] 5221/5/-1/0" },
    { "message_context_window_exceeded.json", "length [… and so on] 990000/10000/-1/0" },
    { "message_empty_content.json", "end [] 21/3/-1/0" },
    { "message_json_format.json", "end [{\"answer\": 4}] 180/9/-1/0" },
    { "message_max_tokens.json", "length [The answer is that] 21/5/-1/0" },
    { "message_max_tokens_thinking_only.json", "length [] thinks [Let me consider every way to add these "
      "numbers …] 44/1100/1100/0 opaque{\"type\": \"thinking\",\"thinking\": \"Let me consider every way to add "
      "these numbers …\",\"signature\": \"" SIGNATURE "\"}" },
    { "message_null_cache_fields.json", "end [4] 21/5/-1/-1" },
    { "message_pause_turn.json", "paused length [I will look that up.] 1200/90/-1/0 text[I will look that up.] "
      "opaque{\"type\": \"server_tool_use\",\"id\": \"srvtoolu_01Fixture\",\"name\": \"web_search\",\"input\": "
      "{\"query\": \"libgit2 latest release\"}}" },
    { "message_redacted_thinking.json", "end [4] thinks [First part.] 44/61/50/0 opaque{\"type\": "
      "\"thinking\",\"thinking\": \"First part.\",\"signature\": "
      "\"" SIGNATURE "\"} opaque{\"type\": "
      "\"redacted_thinking\",\"data\": \"EmwKAhgBEgyFixtureRedacted0000\"} text[4]" },
    { "message_refusal.json", "refusal [] 60/1/-1/0" },
    { "message_refusal_partial.json", "refusal [I can explain the background, but] 60/9/-1/0" },
    { "message_stop_sequence.json", "end [4] 21/7/-1/0" },
    { "message_text.json", "end [4] 21/5/-1/0" },
    { "message_thinking.json", "end [4] thinks [Two and two is four.] 44/38/30/0 opaque{\"type\": "
      "\"thinking\",\"thinking\": \"Two and two is four.\",\"signature\": "
      "\"" SIGNATURE "\"} text[4]" },
    { "message_thinking_omitted.json", "end [4] 44/38/30/0 opaque{\"type\": \"thinking\",\"thinking\": "
      "\"\",\"signature\": \"" SIGNATURE "\"} text[4]" },
    { "message_tool_result_followup.json", "end [Paris: 18 °C. I could not get London's weather.] 560/22/-1/0" },
    { "message_tool_use.json", "tool [I'll check both.] 420/96/-1/0 text[I'll check both.] "
      "toolu_01FixtureA00000000001:get_weather({\"city\": \"Paris\",\"unit\": \"c\"}) "
      "toolu_01FixtureB00000000002:get_weather({\"city\": \"London\",\"unit\": \"c\"})" },
    { "message_tool_use_thinking.json", "tool [] thinks [I need the tool.] 440/80/25/0 opaque{\"type\": "
      "\"thinking\",\"thinking\": \"I need the tool.\",\"signature\": "
      "\"" SIGNATURE "\"} "
      "toolu_01FixtureA00000000001:get_weather({\"city\": \"Paris\"})" },
    { "message_unicode.json", "end [π ≈ 3.14159, 日本語, emoji 🧮, quote \" backslash \\ slash / tab \t newline \n "
      "end] 21/40/-1/0" },
    { "message_unknown_block.json", "other [4] 21/5/-1/0 opaque{\"type\": \"some_future_block\",\"payload\": "
      "{\"a\": 1}} text[4]" },
    { "stream_crlf_and_comments.sse.txt", "end [π = 3] 21/6/-1/0" },
    { "stream_cut.sse.txt", "again provider: the stream ended without message_stop" },
    { "stream_empty.sse.txt", "end [] 21/3/-1/0" },
    { "stream_error_overloaded.sse.txt", "later provider: HTTP 529: Overloaded; overloaded_error" },
    { "stream_max_tokens.sse.txt", "length [The answer is that] 21/5/-1/0" },
    { "stream_refusal.sse.txt", "refusal [I can explain] 60/6/-1/0" },
    { "stream_stop_sequence.sse.txt", "end [4] 21/7/-1/0" },
    { "stream_text.sse.txt", "end [The answer is 4.] 21/9/-1/0" },
    { "stream_thinking.sse.txt", "end [4] thinks [Two and two is four.] 44/38/30/0 "
      "opaque{\"type\":\"thinking\",\"thinking\":\"Two and two is "
      "four.\",\"signature\":\"EqQBFixtureSignature==\"} text[4]" },
    { "stream_thinking_omitted.sse.txt", "end [4] 44/38/30/0 "
      "opaque{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"EqQBFixtureSignature==\"} text[4]" },
    { "stream_tool_use.sse.txt", "tool [I'll check.] 420/77/-1/0 text[I'll check.] "
      "toolu_01FixtureA00000000001:get_weather({\"city\": \"Paris\", \"unit\": \"c\"}) "
      "toolu_01FixtureB00000000002:list_all({})" },
    { "stream_unicode_split.sse.txt", "end [日本語 🧮 ok] 21/12/-1/0" },
};

/* Answers to other calls, which this reader must never take for a message. */
static const struct recorded OTHERS[] = {
    { "batch_create.json", "again provider: the answer holds no message" },
    { "batch_delete.json", "again provider: the answer holds no message" },
    { "batch_get_canceling.json", "again provider: the answer holds no message" },
    { "batch_get_ended.json", "again provider: the answer holds no message" },
    { "batch_get_in_progress.json", "again provider: the answer holds no message" },
    { "batch_list.json", "again provider: the answer holds no message" },
    { "batch_results.jsonl.txt", "again provider: the answer is not JSON: line 2: expected nothing more after "
      "the document, found \"{\"" },
    { "count_tokens.json", "again provider: the answer holds no message" },
    { "model_get.json", "again provider: the answer holds no message" },
    { "models_list.json", "again provider: the answer holds no message" },
};

/* The body: an object in the file, a text in it, or the bytes of the file themselves. */
static void read_recorded(const char *folder, const char *name, int *status, struct buf *body)
{
    struct err err = ERR_INIT;
    struct buf file;
    struct json_doc *doc;
    const struct json *response;
    char path[300];
    int64_t number = 200;
    size_t length;

    buf_init(&file, 0);
    snprintf(path, sizeof path, "%s%s", folder, name);
    assert_int_equal(0, file_read(path, &file, &err));
    doc = strstr(name, ".txt") == NULL ? json_parse(file.data, file.length, &err) : NULL;
    response = json_get(json_root(doc), "response");
    json_get_int64(response, "status", &number);
    *status = (int)number;
    if (doc == NULL) {
        buf_add(body, file.data, file.length);
    } else if (json_string(response, "body_text") != NULL) {
        buf_add_string(body, json_string(response, "body_text"));
    } else {
        const char *raw = json_raw(doc, json_get(response, "body"), &length);
        buf_add(body, raw, length);
    }
    json_free(doc);
    buf_fini(&file);
}

static void check_recorded(const char *folder, const char *name, const char *expected)
{
    struct hearing hearing;
    struct buf body;
    int status = 0;

    begin(&hearing);
    buf_init(&body, 0);
    read_recorded(folder, name, &status, &body);
    hear(&hearing, status, body.data, body.length);
    if (strcmp(expected, sum_up(&hearing)) != 0)
        fail_msg("%s: %s", name, sum_up(&hearing));
    if (status == 200 && hearing.heard.end == HEARD_ANSWER)
        assert_non_null(strstr("claude-opus-4-6 qwen3.5-tiny", hearing.heard.reply.model));
    buf_fini(&body);
    end(&hearing);
}

static void skip_without(const char *path)
{
    if (file_exists(path))
        return;
    print_message("no samples at %s: skipped\n", path);
    skip();
}

static const char *find_expected(const char *name)
{
    for (size_t i = 0; i < sizeof RECORDED / sizeof RECORDED[0]; i++)
        if (strcmp(RECORDED[i].name, name) == 0)
            return RECORDED[i].expected;
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++)
        if (strcmp(OTHERS[i].name, name) == 0)
            return OTHERS[i].expected;
    fail_msg("%s is in neither table", name);
    return NULL;
}

static void test_anthropic_reply_reads_every_sample(void **state)
{
    DIR *folder;
    size_t count = 0;

    (void)state;
    skip_without(WIRE "message_text.json");
    folder = opendir(WIRE);
    assert_non_null(folder);
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL; )
        if (entry->d_name[0] != '.' && strcmp(entry->d_name, "README.md") != 0) {
            check_recorded(WIRE, entry->d_name, find_expected(entry->d_name));
            count++;
        }
    closedir(folder);
    assert_int_equal(sizeof RECORDED / sizeof RECORDED[0] + sizeof OTHERS / sizeof OTHERS[0], count);
}

static void test_anthropic_reply_reads_what_llama_server_said(void **state)
{
    (void)state;
    skip_without(LLAMA "anthropic_messages.json");
    check_recorded(LLAMA, "anthropic_messages.json", "end [The answer is: 4] thinks [Two plus two makes four.] 17/15/-1/15"
                   " opaque{\"type\": \"thinking\",\"thinking\": \"Two plus two makes four.\",\"signature\": \"\"} "
                   "text[The answer is: 4]");
    check_recorded(LLAMA, "anthropic_messages_stream.body.txt", "end [The answer is: 4] thinks [Two plus two makes four.] "
                   "17/15/-1/15 opaque{\"type\":\"thinking\",\"thinking\":\"Two plus two makes four.\",\"signature\":\"\"} "
                   "text[The answer is: 4]");
    check_recorded(LLAMA, "anthropic_count_tokens.json", "again provider: the answer holds no message");
}

#define WHOLE(content, stop) \
    "{\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":" content ",\"stop_reason\":" stop \
    ",\"usage\":{\"input_tokens\":3,\"output_tokens\":4}}"
#define EVENT(data) "data: " data "\n\n"
#define START EVENT("{\"type\":\"message_start\",\"message\":{\"model\":\"m\",\"content\":[],\"stop_reason\":null,\"usage\":" \
                    "{\"input_tokens\":3,\"output_tokens\":1}}}")
#define OPEN(index, block) EVENT("{\"type\":\"content_block_start\",\"index\":" index ",\"content_block\":" block "}")
#define DELTA(index, delta) EVENT("{\"type\":\"content_block_delta\",\"index\":" index ",\"delta\":" delta "}")
#define TEXT(index, text) DELTA(index, "{\"type\":\"text_delta\",\"text\":\"" text "\"}")
#define CLOSE(index) EVENT("{\"type\":\"content_block_stop\",\"index\":" index "}")
#define STOP(reason) EVENT("{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":" reason "},\"usage\":{\"output_tokens\":9}}")
#define END EVENT("{\"type\":\"message_stop\"}")
#define TEXT_BLOCK "{\"type\":\"text\",\"text\":\"\"}"
#define TOOL_BLOCK "{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"run\",\"input\":{}}"

static const struct shape { int status; const char *body, *expected; } SHAPES[] = {
    { 200, WHOLE("[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\",\"text\":\"b\",\"citations\":null}]", "\"end_turn\""),
      "end [ab] 3/4/-1/-1" },
    { 200, WHOLE("[]", "\"end_turn\""), "end [] 3/4/-1/-1" },
    { 200, WHOLE("[]", "\"refusal\""), "refusal [] 3/4/-1/-1" },
    { 200, WHOLE("[]", "\"model_context_window_exceeded\""), "length [] 3/4/-1/-1" },
    { 200, WHOLE("[]", "\"compacted\""), "other [] 3/4/-1/-1" },
    { 200, WHOLE("[]", "null"), "again provider: the answer holds no stop_reason" },
    { 200, WHOLE("[{\"text\":\"a\"}]", "\"end_turn\""), "again provider: a block without a type" },
    { 200, WHOLE("\"a\"", "\"end_turn\""), "again provider: the answer holds no message" },
    /* What a tool is called with stays as it was written; citations make a text more than text. */
    { 200, WHOLE("[{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"run\",\"input\":{ \"n\" : 12345678901234567890, "
                 "\"s\":\"\\/ \\u00e9\" }}]", "\"tool_use\""),
      "tool [] 3/4/-1/-1 t1:run({ \"n\" : 12345678901234567890, \"s\":\"\\/ \\u00e9\" })" },
    { 200, WHOLE("[{\"type\":\"tool_use\",\"name\":\"run\"}]", "\"tool_use\""), "tool [] 3/4/-1/-1 :run({})" },
    { 200, WHOLE("[{\"type\":\"text\",\"text\":\"so\",\"citations\":[{\"url\":\"u\"}]}]", "\"end_turn\""),
      "end [so] 3/4/-1/-1 opaque{\"type\":\"text\",\"text\":\"so\",\"citations\":[{\"url\":\"u\"}]}" },
    { 200, WHOLE("[{\"type\":\"thinking\",\"thinking\":\"x\",\"signature\":\"s\\/\"},{\"type\":\"redacted_thinking\",\"data\":"
                 "\"d\"},{\"type\":\"thinking\",\"thinking\":\"y\",\"signature\":\"\"}]", "\"max_tokens\""),
      "length [] thinks [x\ny] 3/4/-1/-1 opaque{\"type\":\"thinking\",\"thinking\":\"x\",\"signature\":\"s\\/\"} "
      "opaque{\"type\":\"redacted_thinking\",\"data\":\"d\"} opaque{\"type\":\"thinking\",\"thinking\":\"y\",\"signature\":"
      "\"\"}" },
    { 200, "{\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"oh\"}}", "again provider: HTTP 500: oh; "
      "api_error" },
    { 200, "{\"type\":\"error\",\"error\":{\"type\":\"new_error\",\"message\":\"oh\"}}", "again provider: HTTP 200: oh; "
      "new_error" },
    { 200, "{\"error\":\"no room\"}", "again provider: HTTP 200: no room" },
    { 200, "", "again provider: the answer holds no message" },
    { 200, "<html>", "again provider: the answer holds no message" },
    { 200, "{\"content\":[", "again provider: the answer is not JSON: line 1: expected a value or \"]\", "
      "found the end" },
    /* A stream, cut between lines, with pings, comments and things to come. */
    { 200, START ": so\n\n" EVENT("{\"type\":\"ping\"}") OPEN("0", TEXT_BLOCK) TEXT("0", "4") TEXT("0", "2") CLOSE("0")
      EVENT("{\"type\":\"new\"}") DELTA("0", "{\"type\":\"new_delta\",\"x\":1}") STOP("\"end_turn\"") END,
      "end [42] 3/9/-1/-1" },
    { 200, START STOP("\"end_turn\"") END, "end [] 3/9/-1/-1" },
    { 200, START OPEN("0", TEXT_BLOCK) TEXT("0", "4") CLOSE("0") STOP("\"end_turn\""),
      "again provider: the stream ended without message_stop" },
    { 200, START OPEN("0", TEXT_BLOCK) TEXT("0", "4") END, "again provider: the answer holds no stop_reason" },
    { 200, STOP("\"end_turn\"") END, "again provider: the answer holds no message" },
    { 200, START TEXT("0", "4") STOP("\"end_turn\"") END, "again provider: a piece of a block that never began" },
    { 200, START OPEN("0", "7") STOP("\"end_turn\"") END, "again provider: a block that is no object" },
    { 200, START EVENT("{}") STOP("\"end_turn\"") END, "again provider: an event without a type" },
    { 200, START EVENT("{\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"oh\"}}") STOP("\"end_turn\"") END,
      "again provider: HTTP 500: oh; api_error" },
    { 200, START EVENT("{oops") END, "again provider: the answer is not JSON: line 1: expected a key in quotes or "
      "\"}\", found \"oops\"" },
    /* The later block has begun when the earlier one gets its signature. */
    { 200, START OPEN("0", "{\"type\":\"thinking\",\"thinking\":\"\"}") DELTA("0", "{\"type\":\"thinking_delta\","
      "\"thinking\":\"hm\"}") OPEN("1", TEXT_BLOCK) TEXT("1", "4") DELTA("0", "{\"type\":\"signature_delta\",\"signature\":"
      "\"s1\"}") DELTA("0", "{\"type\":\"signature_delta\",\"signature\":\"s2\"}") STOP("\"end_turn\"") END,
      "end [4] thinks [hm] 3/9/-1/-1 opaque{\"type\":\"thinking\",\"thinking\":\"hm\",\"signature\":\"s2\"} text[4]" },
    { 200, START OPEN("0", TOOL_BLOCK) DELTA("0", "{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"a\\\": \"}")
      DELTA("0", "{\"type\":\"input_json_delta\",\"partial_json\":\"[1]}\"}") CLOSE("0") STOP("\"tool_use\"") END,
      "tool [] 3/9/-1/-1 t1:run({\"a\": [1]})" },
    { 200, START OPEN("0", TOOL_BLOCK) DELTA("0", "{\"type\":\"input_json_delta\",\"partial_json\":\"\"}") CLOSE("0")
      STOP("\"tool_use\"") END, "tool [] 3/9/-1/-1 t1:run({})" },
    /* Cut off in the middle of its arguments: what came stands there as it came. */
    { 200, START OPEN("0", TOOL_BLOCK) DELTA("0", "{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"a\\\": \\\"x\"}")
      CLOSE("0") STOP("\"max_tokens\"") END, "length [] 3/9/-1/-1 t1:run({\"a\": \"x)" },
    /* Blocks that nobody knows yet go through, with the pieces that are known. */
    { 200, START OPEN("0", "{\"type\":\"server_tool_use\",\"id\":\"s1\",\"name\":\"web\",\"input\":{},\"new\":[1, 2]}")
      DELTA("0", "{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"q\\\":1}\"}") CLOSE("0") STOP("\"pause_turn\"") END,
      "paused length [] 3/9/-1/-1 opaque{\"type\":\"server_tool_use\",\"id\":\"s1\",\"name\":\"web\",\"input\":{\"q\":1},"
      "\"new\":[1, 2]}" },
    { 200, START OPEN("0", "{\"type\":\"text\",\"text\":\"\",\"citations\":null}") TEXT("0", "so") DELTA("0",
      "{\"type\":\"citations_delta\",\"citation\":{\"url\":\"u\"}}") DELTA("0", "{\"type\":\"citations_delta\",\"citation\":"
      "{\"url\":\"v\"}}") CLOSE("0") STOP("\"end_turn\"") END,
      "end [so] 3/9/-1/-1 opaque{\"type\":\"text\",\"text\":\"so\",\"citations\":[{\"url\":\"u\"},{\"url\":\"v\"}]}" },
    /* Statuses, with and without words of the API's own. */
    { 400, "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"prompt is too long: 5 tokens > 4 "
      "maximum\"}}", "never harness: prompt does not fit: HTTP 400: prompt is too long: 5 tokens > 4 maximum; "
      "invalid_request_error" },
    { 400, "{\"error\":{\"message\":\"input length and `max_tokens` exceed context limit: 3 + 2 > 4\"}}",
      "never harness: prompt does not fit: HTTP 400: input length and `max_tokens` exceed context limit: 3 + 2 > 4" },
    { 400, "{\"error\":{\"message\":\"You have reached your specified API usage limits.\"}}",
      "never provider unreachable: the spend limit is reached: HTTP 400: You have reached your specified API usage limits." },
    { 400, "{\"error\":{\"message\":\"temperature: bad\"}}", "never harness: HTTP 400: temperature: bad" },
    { 401, "{}", "never provider unreachable: HTTP 401: {}" },
    { 402, "", "never provider unreachable: HTTP 402" },
    { 403, "{\"message\":\"Forbidden\"}", "never provider unreachable: HTTP 403: Forbidden" },
    { 404, "", "never provider unreachable: HTTP 404" },
    { 408, "", "again provider: HTTP 408" },
    { 409, "", "again provider: HTTP 409" },
    { 413, "<html>", "never harness: HTTP 413: <html>" },
    { 429, "", "later provider: HTTP 429" },
    { 500, "{\"error\":\"x\"}", "again provider: HTTP 500: x" },
    { 502, "<html>", "again provider: HTTP 502: <html>" },
    { 504, "", "again provider: HTTP 504" },
    { 529, "", "later provider: HTTP 529" },
    /* llama-server has OpenAI's words for its errors there. */
    { 400, "{\"error\":{\"code\":400,\"message\":\"request (15012 tokens) exceeds the available context size (4096 "
      "tokens), try increasing it\",\"type\":\"exceed_context_size_error\"}}", "never harness: prompt does not fit: HTTP "
      "400: request (15012 tokens) exceeds the available context size (4096 tokens), try increasing it; "
      "exceed_context_size_error" },
    { 500, "{\"error\":{\"code\":500,\"message\":\"The model produced output that does not match the expected "
      "format\",\"type\":\"server_error\"}}", "again provider: HTTP 500: The model produced output that does not match the "
      "expected format; server_error" },
    { 500, "{\"error\":{\"code\":500,\"message\":\"image input is not supported\"}}",
      "never harness: HTTP 500: image input is not supported" },
};

static void test_anthropic_reply_reads_each_shape(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SHAPES / sizeof SHAPES[0]; i++) {
        struct hearing hearing;

        begin(&hearing);
        hear(&hearing, SHAPES[i].status, SHAPES[i].body, strlen(SHAPES[i].body));
        if (strcmp(SHAPES[i].expected, sum_up(&hearing)) != 0)
            fail_msg("%s\n%s", SHAPES[i].body, sum_up(&hearing));
        end(&hearing);
    }
}

/* CR, CRLF, and every place at which a stream can be cut: it is whole or it is not. */
static void test_anthropic_reply_takes_no_part_of_a_stream_for_the_whole(void **state)
{
    static const char body[] = START OPEN("0", TEXT_BLOCK) TEXT("0", "\xe6\x97\xa5 4") STOP("\"end_turn\"") END;
    struct hearing hearing;

    (void)state;
    for (size_t length = 0; length < sizeof body - 1; length++) {
        begin(&hearing);
        hear(&hearing, 200, body, length);
        assert_int_equal(HEARD_AGAIN, hearing.heard.end);
        end(&hearing);
    }
    begin(&hearing);
    hear(&hearing, 200, body, sizeof body - 1);
    assert_string_equal("end [\xe6\x97\xa5 4] 3/9/-1/-1", sum_up(&hearing));
    end(&hearing);
}

/* Totals so far, of which the last counts; null and missing ones change nothing. */
static void test_anthropic_reply_takes_the_last_totals(void **state)
{
    static const char body[] =
        EVENT("{\"type\":\"message_start\",\"message\":{\"model\":\"m\",\"usage\":{\"input_tokens\":10,\"output_tokens\":1,"
              "\"cache_creation_input_tokens\":30,\"cache_read_input_tokens\":5,\"cache_creation\":{\"ephemeral_5m_input_tokens\":"
              "10,\"ephemeral_1h_input_tokens\":20},\"service_tier\":\"standard\",\"inference_geo\":\"us\"}}}")
        EVENT("{\"type\":\"message_delta\",\"delta\":{},\"usage\":{\"output_tokens\":7,\"input_tokens\":11}}")
        EVENT("{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":9,"
              "\"cache_read_input_tokens\":null,\"output_tokens_details\":{\"thinking_tokens\":6}}}") END;
    struct hearing hearing;
    struct usage bill;

    (void)state;
    begin(&hearing);
    hear(&hearing, 200, body, strlen(body));
    assert_string_equal("end [] 46/9/6/5", sum_up(&hearing));
    bill = anthropic_usage_bill(&hearing.used, false);
    assert_int_equal(11, bill.input);
    assert_int_equal(5, bill.cache_read);
    assert_int_equal(10, bill.cache_write_5m);
    assert_int_equal(20, bill.cache_write_1h);
    assert_int_equal(9, bill.output);
    assert_int_equal(110, bill.geo_percent);
    end(&hearing);
}

/* What was said before a pause and what came after it are one reply, twice over. */
static void test_anthropic_reply_goes_on_after_a_pause(void **state)
{
    static const char first[] = WHOLE("[{\"type\":\"thinking\",\"thinking\":\"x\",\"signature\":\"s\"},{\"type\":\"text\","
                                      "\"text\":\"I look. \"},{\"type\":\"server_tool_use\",\"id\":\"w\"}]", "\"pause_turn\"");
    static const char second[] = WHOLE("[{\"type\":\"web_search_tool_result\",\"content\":[]}]", "\"pause_turn\"");
    static const char third[] = WHOLE("[{\"type\":\"thinking\",\"thinking\":\"y\",\"signature\":\"s\"},{\"type\":\"text\","
                                      "\"text\":\"It is 4.\"}]", "\"end_turn\"");
    struct hearing hearing;

    (void)state;
    begin(&hearing);
    hear(&hearing, 200, first, strlen(first));
    assert_int_equal(HEARD_PAUSED, hearing.heard.end);
    hearing.said = hearing.heard.reply;
    hear(&hearing, 200, second, strlen(second));
    assert_int_equal(HEARD_PAUSED, hearing.heard.end);
    assert_int_equal(3, hearing.used.input);
    hear(&hearing, 529, "", 0);      /* a fault between leaves what was said */
    hear(&hearing, 200, second, strlen(second));
    hearing.said = hearing.heard.reply;
    hear(&hearing, 200, third, strlen(third));
    assert_string_equal("end [I look. It is 4.] thinks [x\ny] 9/12/-1/-1 opaque{\"type\":\"thinking\",\"thinking\":\"x\","
                        "\"signature\":\"s\"} text[I look. ] opaque{\"type\":\"server_tool_use\",\"id\":\"w\"} "
                        "opaque{\"type\":\"web_search_tool_result\",\"content\":[]} opaque{\"type\":\"thinking\","
                        "\"thinking\":\"y\",\"signature\":\"s\"} text[It is 4.]", sum_up(&hearing));
    end(&hearing);
}

/* A pause of words alone has parts even so: they are what goes back. */
static void test_anthropic_reply_gives_back_a_pause_of_words(void **state)
{
    static const char first[] = WHOLE("[{\"type\":\"text\",\"text\":\"Wait. \"}]", "\"pause_turn\"");
    static const char second[] = WHOLE("[{\"type\":\"text\",\"text\":\"4\"}]", "\"end_turn\"");
    struct hearing hearing;

    (void)state;
    begin(&hearing);
    hear(&hearing, 200, first, strlen(first));
    assert_string_equal("paused length [Wait. ] 3/4/-1/-1 text[Wait. ]", sum_up(&hearing));
    hearing.said = hearing.heard.reply;
    hear(&hearing, 200, second, strlen(second));
    assert_string_equal("end [Wait. 4] 6/8/-1/-1 text[Wait. ] text[4]", sum_up(&hearing));
    end(&hearing);
}

static void test_anthropic_reply_bounds_the_blocks(void **state)
{
    struct hearing hearing;
    struct buf whole, stream;

    (void)state;
    buf_init(&whole, 0);
    buf_init(&stream, 0);
    buf_add_string(&whole, "{\"stop_reason\":\"end_turn\",\"content\":[");
    buf_add_string(&stream, START);
    for (int i = 0; i < 3000; i++) {
        buf_addf(&whole, "%s{\"type\":\"text\",\"text\":\"x\"}", i > 0 ? "," : "");
        buf_add_string(&stream, OPEN("0", TEXT_BLOCK));
    }
    buf_add_string(&whole, "]}");
    buf_add_string(&stream, STOP("\"end_turn\"") END);
    begin(&hearing);
    hear(&hearing, 200, whole.data, whole.length);
    assert_string_equal("again provider: too many blocks", sum_up(&hearing));
    hear(&hearing, 200, stream.data, stream.length);
    assert_string_equal("again provider: too many blocks", sum_up(&hearing));
    end(&hearing);
    buf_fini(&whole);
    buf_fini(&stream);
}

/* What a server repeats of a request may hold the key. */
static void test_anthropic_reply_keeps_no_secret_of_an_error(void **state)
{
    static const char body[] = "{\"error\":{\"type\":\"authentication_error\",\"message\":\"bad key sk-ant-canary-12345\"}}";
    struct hearing hearing;

    (void)state;
    redact_register("ANTHROPIC_API_KEY", "sk-ant-canary-12345");
    begin(&hearing);
    hear(&hearing, 401, body, strlen(body));
    assert_null(strstr(hearing.heard.note, "canary"));
    end(&hearing);
    redact_forget_all();
}

/* 66 pieces of 1 MiB each, where 64 can be held, and a proper end. It was paid for, and would be again. */
static void test_anthropic_reply_that_is_too_long_is_asked_for_once(void **state)
{
    static const struct { const char *block, *before; } PLACES[] = {
        { TEXT_BLOCK, "\"type\":\"text_delta\",\"text\":\"" },
        { TOOL_BLOCK, "\"type\":\"input_json_delta\",\"partial_json\":\"" },
    };
    static char much[(1 << 20) + 1];

    (void)state;
    memset(much, 'x', sizeof much - 1);
    for (size_t i = 0; i < sizeof PLACES / sizeof PLACES[0]; i++) {
        struct hearing hearing;

        begin(&hearing);
        hearing.call = (struct http_call){ .end = HTTP_ANSWERED, .status = 200 };
        buf_init(&hearing.call.body, (size_t)70 << 20);
        buf_add_string(&hearing.call.body, START);
        buf_addf(&hearing.call.body, "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":%s}\n\n",
                 PLACES[i].block);
        for (int j = 0; j < 66; j++)
            buf_addf(&hearing.call.body, "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{%s%s\"}}\n\n",
                     PLACES[i].before, much);
        buf_add_string(&hearing.call.body, STOP("\"end_turn\"") END);
        anthropic_reply_read(&hearing.said, &hearing.call, hearing.arena, &hearing.used, &hearing.heard);
        assert_string_equal("never provider: the answer is too long", sum_up(&hearing));
        buf_fini(&hearing.call.body);
        end(&hearing);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_anthropic_reply_reads_every_sample),
        cmocka_unit_test(test_anthropic_reply_reads_what_llama_server_said),
        cmocka_unit_test(test_anthropic_reply_reads_each_shape),
        cmocka_unit_test(test_anthropic_reply_takes_no_part_of_a_stream_for_the_whole),
        cmocka_unit_test(test_anthropic_reply_takes_the_last_totals),
        cmocka_unit_test(test_anthropic_reply_goes_on_after_a_pause),
        cmocka_unit_test(test_anthropic_reply_gives_back_a_pause_of_words),
        cmocka_unit_test(test_anthropic_reply_bounds_the_blocks),
        cmocka_unit_test(test_anthropic_reply_keeps_no_secret_of_an_error),
        cmocka_unit_test(test_anthropic_reply_that_is_too_long_is_asked_for_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
