/*
 * Answers of a real llama-server, as recorded (shared/data/wire/llama_server), then the shapes of other servers, then
 * whatever is broken.
 */
#include "tests/unit/runners/scene.h"

#include "harness/base/http.h"
#include "harness/base/json.h"
#include "harness/base/redact.h"
#include "harness/base/text.h"
#include "results/journal.h"
#include "runners/openai_reply.h"

#define WIRE SHARED_DIR "/data/wire/llama_server/"

struct hearing { struct arena *arena; struct http_call call; struct heard heard; };

static void hear(struct hearing *hearing, int status, const char *body, size_t length)
{
    *hearing = (struct hearing){ .arena = arena_new(), .call = { .end = HTTP_ANSWERED, .status = status } };
    buf_init(&hearing->call.body, 0);
    buf_add(&hearing->call.body, body, length);
    openai_reply_read(&hearing->call, hearing->arena, &hearing->heard);
    assert_non_null(hearing->heard.reply.text);
    assert_true(text_is_utf8(hearing->heard.reply.text, strlen(hearing->heard.reply.text)));
}

static void end(struct hearing *hearing)
{
    buf_fini(&hearing->call.body);
    arena_free(hearing->arena);
}

/* All that a test looks at, on one line: end, stop, text, reasoning, tokens, calls; or end, status, origin, reason. */
static const char *sum_up(struct hearing *hearing)
{
    static const char *const ends[] = { "answer", "again", "later", "never" };
    const struct reply *reply = &hearing->heard.reply;
    struct buf out;
    const char *kept;

    buf_init(&out, 0);
    if (hearing->heard.end != HEARD_ANSWER) {
        buf_addf(&out, "%s %s%s: %s", ends[hearing->heard.end], origin_name(reply->origin),
                 reply->status == REPLY_TIMEOUT ? " timeout" : "", reply->reason);
        assert_string_equal(reply->reason, hearing->heard.note);
    } else {
        buf_addf(&out, "%s [%s]", stop_name(reply->stop), reply->text);
        if (reply->reasoning != NULL)
            buf_addf(&out, " thinks [%s]", reply->reasoning);
        buf_addf(&out, " %d/%d/%d/%d", (int)reply->tokens_in, (int)reply->tokens_out, (int)reply->tokens_reasoning,
                 (int)reply->tokens_cache);
        for (const struct part *part = reply->parts; part != NULL; part = part->next)
            if (part->kind == PART_TOOL_CALL)
                buf_addf(&out, " %s(%s)", part->name, part->text);
            else
                buf_add_string(&out, part->kind == PART_TEXT ? " text" : " reasoning");
    }
    kept = arena_strdup(hearing->arena, out.data);
    buf_fini(&out);
    return kept;
}

static const struct recorded { const char *name, *expected; } RECORDED[] = {
    { "chat_context_full", "length [The answer is: 4<tool_call>Teproduct cs master.configoci_RE answer is: 4<tool_call>"
      "Teproduct cs master.configoci_RE answ\xe2\x80\xa6(cut for the fixture)] thinks [Two plus two makes four."
      "\xe2\x80\xa6(cut for the fixture)] 1912/136/-1/0" },
    { "chat_input_tokens", "again provider: the answer holds no choices" },
    { "chat_json_schema", "end [{\"ok\"\n\n: true,\n\n                    \"n\":\n\t\t\t \t    \t\t\t \t    \t 3\n"
      "                    }] 16/60/-1/0" },
    { "chat_length", "length [The answer is] 19/3/-1/15" },
    { "chat_length_in_thinking", "length [] thinks [Two plus two] 17/3/-1/15" },
    { "chat_logprobs", "end [The answer is: 4] 19/7/-1/15" },
    { "chat_max_tokens_0", "length [] thinks [Two] 13/1/-1/0" },
    { "chat_n2", "end [The answer is: 4] 19/7/-1/15" },
    { "chat_n3_over_slots", "never harness: HTTP 400: Field 'n': Value must be between 1 <= value <= 2, but got 3; "
      "invalid_request_error" },
    { "chat_nothink", "end [The answer is: 4] 19/7/-1/13" },
    { "chat_prefill", "end [The answer is: 4] 21/5/-1/15" },
    { "chat_reasoning_effort_none", "end [The answer is: 4] 19/7/-1/15" },
    { "chat_reasoning_format_none", "end [The answer is: 4] thinks [Two plus two makes four.] 17/15/-1/15" },
    { "chat_stop_string", "end [The answer] 19/3/-1/15" },
    { "chat_stream", "end [The answer is: 4] thinks [Two plus two makes four.] 17/15/-1/15" },
    { "chat_stream_logprobs_progress", "end [The answer is: 4] 21/7/-1/0" },
    { "chat_stream_nothink", "end [The answer is: 4] -1/-1/-1/-1" },
    { "chat_system_and_parts", "end [The answer is: 4] 29/7/-1/0" },
    { "chat_thinking", "end [The answer is: 4] thinks [Two plus two makes four.] 17/15/-1/0" },
    { "chat_thinking_budget", "end [The answer is: 4] thinks [Two] 17/10/-1/15" },
    { "chat_thinking_cached", "end [The answer is: 4] thinks [Two plus two makes four.] 17/15/-1/13" },
    { "chat_tool_choice_named_is_ignored", "end [The answer is: 4] 135/7/-1/131" },
    { "chat_tools_auto", "end [The answer is: 4] 138/7/-1/119" },
    { "chat_tools_cut", "length [The answer is: 4] 139/60/-1/0 text get_weather({\"metric\":true,\"city\":\" Angeles "
      "four.</think>\\n\\nThe answer is: 4)" },
    { "chat_tools_cut_stream", "length [The answer is: 4] -1/-1/-1/-1 text get_weather({\"metric\":true,\"city\":\" "
      "Angeles four.</think>\\n\\nThe answer is: 4)" },
    { "chat_tools_parallel_cut", "length [The answer is: 4] 135/110/-1/129 text set_mode({\"verbose\":false,"
      "\"metric\":true}) set_mode({\"verbose\":false)" },
    { "chat_tools_required", "tool [The answer is: 4] 138/79/-1/0 text set_mode({\"verbose\":false,\"metric\":true})" },
    { "chat_tools_required_stream", "tool [The answer is: 4] 138/79/-1/134 text set_mode({\"verbose\":false,"
      "\"metric\":true})" },
    { "chat_tools_roundtrip", "end [The answer is: 4] 197/7/-1/120" },
    { "chat_tools_thinking", "tool [The answer is: 4] thinks [Two plus two makes four.] 133/87/-1/119 reasoning text "
      "set_mode({\"verbose\":false,\"metric\":true})" },
    { "chat_verbose_timings", "length [] thinks [Two plus two makes] 13/4/-1/9" },
    { "auth_missing", "never provider: HTTP 401: Invalid API Key; authentication_error" },
    { "auth_wrong", "never provider: HTTP 401: Invalid API Key; authentication_error" },
    { "err_404", "never provider: HTTP 404: File Not Found; not_found_error" },
    { "err_bad_json", "never harness: our request was not understood: HTTP 500: [json.exception.parse_error.101] parse "
      "error at line 1, column 15: syntax error while parsing value - unexpected end of input; expected '[', '{', or a "
      "literal; server_error" },
    { "err_bad_schema", "never harness: HTTP 400: JSON schema conversion failed:\\nUnrecognized schema: "
      "{\"type\":\"nosuch\"}; invalid_request_error" },
    { "err_context_overflow", "never harness: prompt does not fit: HTTP 400: request (5012 tokens) exceeds the "
      "available context size (2048 tokens), try increasing it; exceed_context_size_error" },
    { "err_context_overflow_stream", "never harness: prompt does not fit: HTTP 400: request (5012 tokens) exceeds the "
      "available context size (2048 tokens), try increasing it; exceed_context_size_error" },
    { "err_enable_thinking_string", "never harness: HTTP 400: invalid type for \"enable_thinking\" (expected boolean, "
      "got string); invalid_request_error" },
    { "err_image_unsupported", "never harness: HTTP 500: image input is not supported - hint: if this is unexpected, "
      "you may need to provide the mmproj; server_error" },
    { "err_logprobs_tools_stream", "never harness: HTTP 400: logprobs is not supported with tools + stream; "
      "invalid_request_error" },
    { "err_messages_not_array", "never harness: HTTP 400: Expected 'messages' to be an array; invalid_request_error" },
    { "err_method", "never provider: HTTP 404: File Not Found; not_found_error" },
    { "err_no_messages", "never harness: HTTP 400: 'messages' is required; invalid_request_error" },
    { "err_output_not_parsable", "again provider: HTTP 500: The model produced output that does not match the "
      "expected peg-native format; server_error" },
    { "err_output_not_parsable_stream", "again provider: HTTP 500: The model produced output that does not match the "
      "expected peg-native format; server_error" },
    { "err_response_format_type", "never harness: HTTP 400: response_format type must be one of \"text\" or "
      "\"json_object\", but got: xml; invalid_request_error" },
    { "err_temperature_string", "never harness: HTTP 400: Field 'temperature': [json.exception.type_error.302] type "
      "must be number, but is string; invalid_request_error" },
    { "err_tool_choice_bad", "never harness: HTTP 400: Invalid tool_choice: maybe; invalid_request_error" },
    { "err_top_logprobs_alone", "never harness: HTTP 400: top_logprobs requires logprobs to be set to true; "
      "invalid_request_error" },
};

/* The recorded body: an object, a text, or a file beside. */
static void read_recorded(const char *name, int *status, struct buf *body)
{
    struct err err = ERR_INIT;
    struct buf file;
    struct json_doc *doc;
    const struct json *response;
    char path[300];
    int64_t number = 0;
    size_t length;

    buf_init(&file, 0);
    snprintf(path, sizeof path, WIRE "%s.json", name);
    assert_int_equal(0, file_read(path, &file, &err));
    doc = json_parse(file.data, file.length, &err);
    assert_non_null(doc);
    response = json_get(json_root(doc), "response");
    assert_true(json_get_int64(response, "status", &number));
    *status = (int)number;
    if (json_string(response, "body_file") != NULL) {
        snprintf(path, sizeof path, WIRE "%s", json_string(response, "body_file"));
        assert_int_equal(0, file_read(path, body, &err));
    } else if (json_string(response, "body_text") != NULL) {
        buf_add_string(body, json_string(response, "body_text"));
    } else {
        const char *raw = json_raw(doc, json_get(response, "body"), &length);
        buf_add(body, raw, length);
    }
    json_free(doc);
    buf_fini(&file);
}

static void test_openai_reply_reads_what_was_recorded(void **state)
{
    (void)state;
    if (!file_exists(WIRE "chat_stream.json")) {
        print_message("no recorded answers at " WIRE ": skipped\n");
        skip();
    }
    for (size_t i = 0; i < sizeof RECORDED / sizeof RECORDED[0]; i++) {
        struct hearing hearing;
        struct buf body;
        int status = 0;

        buf_init(&body, 0);
        read_recorded(RECORDED[i].name, &status, &body);
        hear(&hearing, status, body.data, body.length);
        if (strcmp(RECORDED[i].expected, sum_up(&hearing)) != 0)
            fail_msg("%s: %s", RECORDED[i].name, sum_up(&hearing));
        if (hearing.heard.end == HEARD_ANSWER && status == 200 && hearing.heard.note == NULL)
            assert_string_equal("qwen3.5-tiny", hearing.heard.reply.model);
        end(&hearing);
        buf_fini(&body);
    }
}

static const struct shape { int status; const char *body, *expected; } SHAPES[] = {
    /* vLLM: "reasoning", null content, a stop_reason of its own; usage null in all chunks but the last. */
    { 200, "{\"model\":\"q\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":null,\"reasoning\":"
      "\"so\",\"tool_calls\":[]},\"finish_reason\":\"length\",\"stop_reason\":null}],\"usage\":{\"prompt_tokens\":3,"
      "\"completion_tokens\":4,\"prompt_tokens_details\":null}}", "length [] thinks [so] 3/4/-1/-1" },
    { 200, "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}],"
      "\"usage\":null}\n\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"reasoning\":\"so\"}}],\"usage\":null}\n\n"
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"4\"}}],\"usage\":null}\n\ndata: {\"choices\":[{\"index\":0,"
      "\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":null}\n\ndata: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,"
      "\"completion_tokens\":4}}\n\ndata: [DONE]\n\n", "end [4] thinks [so] 3/4/-1/-1" },
    { 200, "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"\",\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":"
      "\"f\",\"arguments\":\"\"}}]},\"finish_reason\":\"stop\"}]}", "tool [] -1/-1/-1/-1 f({})" },
    { 200, "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"x\"},\"finish_reason\":\"abort\"}]}",
      "again provider: the server ended the answer: finish_reason \"abort\"" },
    { 400, "{\"object\":\"error\",\"message\":\"This model's maximum context length is 10 tokens. However, you requested "
      "5 output tokens\",\"type\":\"BadRequestError\",\"param\":null,\"code\":400}", "never harness: prompt does not fit: "
      "HTTP 400: This model's maximum context length is 10 tokens. However, you requested 5 output tokens; "
      "BadRequestError" },
    { 404, "{\"error\":{\"message\":\"The model `x` does not exist.\",\"type\":\"NotFoundError\",\"code\":404}}",
      "never provider: HTTP 404: The model `x` does not exist.; NotFoundError" },
    { 422, "{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"field required\"}]}",
      "never harness: HTTP 422: [{\"loc\":[\"body\"],\"msg\":\"field required\"}]" },
    { 503, "", "again provider: HTTP 503" },
    /* SGLang: reasoning_tokens at the top of usage; a full queue. */
    { 200, "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"4\",\"reasoning_content\":\"so\",\"tool_calls\":null},"
      "\"finish_reason\":\"stop\",\"matched_stop\":1}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":9,"
      "\"reasoning_tokens\":5,\"prompt_tokens_details\":{\"cached_tokens\":2}}}", "end [4] thinks [so] 3/9/5/2" },
    { 400, "{\"object\":\"error\",\"message\":\"The input (61709 tokens) is longer than the model's context length (40960 "
      "tokens).\",\"type\":\"BadRequestError\",\"param\":null,\"code\":400}", "never harness: prompt does not fit: HTTP "
      "400: The input (61709 tokens) is longer than the model's context length (40960 tokens).; BadRequestError" },
    { 503, "{\"object\":\"error\",\"message\":\"The request queue is full.\",\"type\":\"x\",\"code\":503}",
      "again provider: HTTP 503: The request queue is full.; x" },
    /* Ollama: finish_reason null to the end, whole calls all with index 0, an error that is a string. */
    { 200, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"4\"},\"finish_reason\":null}]}\n\ndata: [DONE]\n\n",
      "end [4] -1/-1/-1/-1" },
    { 200, "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"4\",\"reasoning\":\"so\"},\"finish_reason\":null}]}",
      "end [4] thinks [so] -1/-1/-1/-1" },
    { 200, "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":"
      "\"f\",\"arguments\":\"{}\"}},{\"index\":0,\"id\":\"b\",\"function\":{\"name\":\"g\",\"arguments\":{\"x\": 1}}}]},"
      "\"finish_reason\":\"tool_calls\"}]}\n\n", "tool [] -1/-1/-1/-1 f({}) g({\"x\": 1})" },
    { 500, "{\"error\":\"boom\"}", "again provider: HTTP 500: boom" },
    { 503, "{\"error\":{\"message\":\"server busy, please try again.  maximum pending requests exceeded\",\"type\":"
      "\"api_error\",\"param\":null,\"code\":null}}", "again provider: HTTP 503: server busy, please try again.  maximum "
      "pending requests exceeded; api_error" },
    /* DashScope: details of both kinds, a filter, codes that are words. */
    { 200, "data: {\"choices\":[{\"delta\":{\"content\":null,\"reasoning_content\":\"so\"},\"index\":0}]}\n\ndata: "
      "{\"choices\":[{\"delta\":{\"content\":\"4\",\"reasoning_content\":null},\"finish_reason\":\"content_filter\","
      "\"index\":0}]}\n\ndata: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":9,"
      "\"completion_tokens_details\":{\"reasoning_tokens\":5},\"prompt_tokens_details\":{\"cached_tokens\":1}}}\n\n"
      "data: [DONE]\n\n", "refusal [4] thinks [so] 3/9/5/1" },
    { 429, "{\"error\":{\"message\":\"Request rate increased too quickly\",\"type\":\"Throttling.BurstRate\",\"code\":"
      "\"limit_burst_rate\"},\"request_id\":\"r\"}", "later provider: HTTP 429: Request rate increased too quickly; "
      "Throttling.BurstRate; limit_burst_rate" },
    { 400, "{\"error\":{\"message\":\"bad\",\"type\":\"data_inspection_failed\",\"code\":\"data_inspection_failed\"}}",
      "never provider: HTTP 400: bad; data_inspection_failed" },
    { 400, "{\"error\":{\"message\":\"Range of input length should be [1, 100]\",\"code\":\"InvalidParameter\"}}",
      "never harness: prompt does not fit: HTTP 400: Range of input length should be [1, 100]; InvalidParameter" },
    /* OpenAI: refusals apart. */
    { 200, "{\"choices\":[{\"index\":0,\"message\":{\"content\":null,\"refusal\":\"No.\"},\"finish_reason\":\"stop\"}]}",
      "refusal [No.] -1/-1/-1/-1" },
    { 403, "<html>\x01no</html>", "never provider: HTTP 403: <html>\\x01no</html>" },
    { 301, "", "never provider: HTTP 301" },
    { 529, "{}", "later provider: HTTP 529: {}" },
};

static void check_shapes(const struct shape *shapes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct hearing hearing;

        hear(&hearing, shapes[i].status, shapes[i].body, strlen(shapes[i].body));
        assert_string_equal(shapes[i].expected, sum_up(&hearing));
        end(&hearing);
    }
}

static void test_openai_reply_reads_every_server_s_shape(void **state)
{
    (void)state;
    check_shapes(SHAPES, sizeof SHAPES / sizeof SHAPES[0]);
}

#define MESSAGE(text) "{\"choices\":[{\"index\":0,\"message\":{\"content\":" text "},\"finish_reason\":\"stop\"}]}"

static const struct shape ODD[] = {
    /* Whole, though empty. */
    { 200, MESSAGE("\"\""), "end [] -1/-1/-1/-1" },
    { 200, MESSAGE("null"), "end [] -1/-1/-1/-1" },
    { 200, "{\"choices\":[{\"message\":{},\"finish_reason\":\"stop\"}]}", "end [] -1/-1/-1/-1" },
    { 200, MESSAGE("[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\",\"text\":\"b\"}]"), "end [ab] -1/-1/-1/-1" },
    { 200, "{\"choices\":[{\"index\":1,\"message\":{\"content\":\"b\"}},{\"index\":0,\"message\":{\"content\":\"a\"}}]}",
      "end [a] -1/-1/-1/-1" },
    { 200, "{\"choices\":[{\"message\":{\"content\":\"a\"},\"finish_reason\":\"weary\"}]}", "other [a] -1/-1/-1/-1" },
    { 200, ": hello\r\n\r\ndata: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\r\n\r\n",
      "end [a] -1/-1/-1/-1" },
    { 200, "{\"choices\":[{\"message\":{\"content\":\"a\"}}],\"usage\":{\"prompt_tokens\":-4,\"completion_tokens\":1.5}}",
      "end [a] -1/-1/-1/-1" },
    { 200, "{\"error\":null,\"choices\":[{\"message\":{\"content\":\"a\\u0000\\ud83d\"}}]}",
      "end [a\xef\xbf\xbd\xef\xbf\xbd] -1/-1/-1/-1" },
    /* Thinking within the text. */
    { 200, MESSAGE("\"so\\n</think>\\n\\n4\""), "end [4] thinks [so] -1/-1/-1/-1" },
    { 200, MESSAGE("\"<think>\\n\\n</think>\\n\\n4\""), "end [4] -1/-1/-1/-1" },
    { 200, MESSAGE("\"<think>a</think>b</think>c\""), "end [b</think>c] thinks [a] -1/-1/-1/-1" },
    { 200, MESSAGE("\"<think>a\""), "end [] thinks [a] -1/-1/-1/-1" },
    { 200, MESSAGE("\" 4 <think>\""), "end [ 4 <think>] -1/-1/-1/-1" },
    { 200, "{\"choices\":[{\"message\":{\"reasoning\":\"r\",\"content\":\"a</think>b\"}}]}",
      "end [a</think>b] thinks [r] -1/-1/-1/-1" },
    /* Not whole. */
    { 200, "", "again provider: the answer holds no choices" },
    { 200, "{\"choices\":[]}", "again provider: the answer holds no choices" },
    { 200, "{}", "again provider: the answer holds no choices" },
    { 200, "[]", "again provider: the answer holds no choices" },
    { 200, "<html>log in</html>", "again provider: the answer holds no choices" },
    { 200, "data: [DONE]\n\n", "again provider: the answer holds no choices" },
    { 200, "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n",
      "again provider: the stream ended without finish_reason or [DONE]" },
    { 200, MESSAGE("7"), "again provider: content that is neither text nor parts" },
    { 200, "{\"error\":{\"message\":\"busy\"}}", "again provider: HTTP 200: busy" },
    { 200, "{\"error\":{\"message\":\"no\",\"code\":401}}", "never provider: HTTP 401: no" },
    { 200, "data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\n\n"
      "data: {\"error\":{\"message\":\"died\",\"code\":503}}\n\n", "again provider: HTTP 503: died" },
    { 200, "error: {\"error\":{\"message\":\"died\"}}\n\n", "again provider: HTTP 200: died" },
};

static void test_openai_reply_takes_no_part_for_the_whole(void **state)
{
    (void)state;
    check_shapes(ODD, sizeof ODD / sizeof ODD[0]);
}

/* Every body cut short anywhere is another try or, where the end marker had come, the very same answer. */
static void test_openai_reply_of_a_cut_body_is_whole_or_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const struct shape *shape = &SHAPES[i];

        for (size_t length = 0; length < strlen(shape->body); length++) {
            struct hearing hearing;

            hear(&hearing, 200, shape->body, length);
            if (hearing.heard.end == HEARD_ANSWER)
                assert_memory_equal(shape->expected, sum_up(&hearing), strlen("end [4] thinks [so] "));
            else
                assert_int_equal(HEARD_AGAIN, hearing.heard.end);
            end(&hearing);
        }
    }
}

static void test_openai_reply_of_no_answer_says_why(void **state)
{
    static const struct ending { enum http_end end; bool unreachable; const char *expected; } endings[] = {
        { HTTP_REFUSED, true, "again provider: words" }, { HTTP_NO_HOST, true, "again provider: words" },
        { HTTP_TLS, true, "never provider: words" }, { HTTP_BROKEN, false, "again provider: words" },
        { HTTP_TIMED_OUT, false, "again provider timeout: words" },
        { HTTP_TOO_LONG, false, "never provider: words" }, { HTTP_NOT_HTTP, true, "never provider: words" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        struct hearing hearing = { .arena = arena_new(), .call = { .end = endings[i].end, .error = "words" } };

        buf_init(&hearing.call.body, 0);
        openai_reply_read(&hearing.call, hearing.arena, &hearing.heard);
        assert_string_equal(endings[i].expected, sum_up(&hearing));
        assert_int_equal(endings[i].unreachable, reply_shuts_out_all(&hearing.heard.reply));
        end(&hearing);
    }
}

static void test_openai_reply_keeps_no_secret_and_few_words(void **state)
{
    struct hearing hearing;
    struct buf body;

    (void)state;
    redact_register("THE_KEY", "sk-verysecret");
    buf_init(&body, 0);
    buf_add_string(&body, "you sent sk-verysecret ");
    for (int i = 0; i < 5000; i++)
        buf_add_string(&body, "and more ");
    hear(&hearing, 401, body.data, body.length);
    assert_null(strstr(hearing.heard.note, "sk-verysecret"));
    assert_non_null(strstr(hearing.heard.note, "THE_KEY"));
    assert_true(strlen(hearing.heard.note) < 400);
    end(&hearing);
    buf_fini(&body);
    redact_forget_all();
}

static void test_openai_reply_notes_output_that_could_not_be_read(void **state)
{
    static const char body[] = "{\"error\":{\"code\":500,\"message\":\"The model produced output that does not match the "
                               "expected peg-native format\",\"type\":\"server_error\"}}";
    struct hearing hearing;

    (void)state;
    hear(&hearing, 500, body, strlen(body));
    assert_int_equal(HEARD_AGAIN, hearing.heard.end);
    assert_int_equal(CAUSE_UNPARSABLE, hearing.heard.reply.cause);
    assert_non_null(strstr(hearing.heard.note, "does not match"));
    end(&hearing);
}

/* 66 events of 1 MiB each, where 64 can be held, and a proper end. */
static void hear_much(struct hearing *hearing, const char *before, const char *after)
{
    static char much[(1 << 20) + 1];

    *hearing = (struct hearing){ .arena = arena_new(), .call = { .end = HTTP_ANSWERED, .status = 200 } };
    memset(much, 'x', sizeof much - 1);
    buf_init(&hearing->call.body, (size_t)70 << 20);
    for (int i = 0; i < 66; i++)
        buf_addf(&hearing->call.body, "data: {\"choices\":[{\"delta\":{%s%s%s}}]}\n\n", before, much, after);
    buf_add_string(&hearing->call.body, "data: [DONE]\n\n");
    assert_false(hearing->call.body.cut);
    openai_reply_read(&hearing->call, hearing->arena, &hearing->heard);
}

/* It was paid for, and would be again with every try. */
static void test_openai_reply_that_is_too_long_is_asked_for_once(void **state)
{
    static const struct { const char *before, *after; } PLACES[] = {
        { "\"content\":\"", "\"" }, { "\"reasoning\":\"", "\"" }, { "\"refusal\":\"", "\"" },
        { "\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"", "\"}}]" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof PLACES / sizeof PLACES[0]; i++) {
        struct hearing hearing;

        hear_much(&hearing, PLACES[i].before, PLACES[i].after);
        assert_string_equal("never provider: the answer is too long", sum_up(&hearing));
        end(&hearing);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_openai_reply_reads_what_was_recorded),
        cmocka_unit_test(test_openai_reply_reads_every_server_s_shape),
        cmocka_unit_test(test_openai_reply_takes_no_part_for_the_whole),
        cmocka_unit_test(test_openai_reply_of_a_cut_body_is_whole_or_again),
        cmocka_unit_test(test_openai_reply_of_no_answer_says_why),
        cmocka_unit_test(test_openai_reply_keeps_no_secret_and_few_words),
        cmocka_unit_test(test_openai_reply_notes_output_that_could_not_be_read),
        cmocka_unit_test(test_openai_reply_that_is_too_long_is_asked_for_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
