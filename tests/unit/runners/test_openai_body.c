#include "tests/unit/runners/scene.h"

#include "harness/base/json.h"
#include "runners/openai_body.h"

struct bench {
    struct arena *arena;
    struct openai_query query;
    struct ask ask;
    struct chat *chat;
    struct buf body;
};

/* The query of "openai/m" with those settings. */
static int read_query(struct bench *bench, const char *settings, struct err *err)
{
    struct model model;
    char spec[256];

    *bench = (struct bench){ .arena = arena_new() };
    buf_init(&bench->body, 0);
    bench->chat = chat_new(bench->arena);
    bench->ask = (struct ask){ .chat = bench->chat, .seed = 0x123456789abcdef0u };
    snprintf(spec, sizeof spec, "openai/m%s%s", settings[0] != '\0' ? "," : "", settings);
    assert_int_equal(0, model_parse(bench->arena, spec, "--model", &model, err));
    assert_int_equal(0, model_check(&model, runners_find("openai")->settings, err));
    return openai_query_read(&model, &dialect_unnamed, bench->arena, &bench->query, err);
}

static void begin(struct bench *bench, const char *settings)
{
    struct err err = ERR_INIT;

    if (read_query(bench, settings, &err) < 0)
        fail_msg("%s", err.text);
}

static void end(struct bench *bench)
{
    buf_fini(&bench->body);
    arena_free(bench->arena);
}

/* What was written, and that it is JSON. */
static const char *write_body(struct bench *bench)
{
    struct err err = ERR_INIT;
    struct json_doc *doc;

    buf_clear(&bench->body);
    openai_body_write(&bench->query, &bench->ask, &bench->body);
    doc = json_parse(bench->body.data, bench->body.length, &err);
    if (doc == NULL)
        fail_msg("%s in %s", err.text, bench->body.data);
    json_free(doc);
    return bench->body.data;
}

/* Settings, and the whole of what they add between messages and stream; NULL: they are refused. */
static const struct fields { const char *settings, *expected; } FIELDS[] = {
    { "", "" },
    { "temperature=0.6,top_p=0.95", "\"temperature\":0.6,\"top_p\":0.95," },
    { "seed=7", "\"seed\":7," },
    { "like=gpt-oss-20b", "\"temperature\":1,\"top_p\":1," },
    { "dialect=vllm", "\"temperature\":1,\"top_p\":1,\"top_k\":-1,\"min_p\":0,\"presence_penalty\":0,"
      "\"frequency_penalty\":0,\"repetition_penalty\":1,\"seed\":448585456," },
    { "dialect=sglang,max_tokens=100", "\"temperature\":1,\"top_p\":1,\"top_k\":-1,\"min_p\":0,\"presence_penalty\":0,"
      "\"frequency_penalty\":0,\"repetition_penalty\":1,\"max_tokens\":100,\"seed\":448585456," },
    { "dialect=llama-server,repetition_penalty=1.1", "\"temperature\":1,\"top_p\":1,\"top_k\":0,\"min_p\":0,"
      "\"presence_penalty\":0,\"frequency_penalty\":0,\"repeat_penalty\":1.1,\"seed\":448585456," },
    { "dialect=ollama", "\"temperature\":1,\"top_p\":1,\"presence_penalty\":0,\"frequency_penalty\":0,"
      "\"seed\":448585456," },
    { "dialect=dashscope", "\"temperature\":1,\"top_p\":1,\"presence_penalty\":0,\"repetition_penalty\":1,"
      "\"seed\":448585456," },
    { "dialect=openai,max_tokens=9", "\"max_completion_tokens\":9," },
    { "dialect=openai,reasoning_effort=high", "\"reasoning_effort\":\"high\"," },
    { "dialect=openai,reasoning=off", "\"reasoning_effort\":\"none\"," },
    { "dialect=openai,reasoning=on", "" },
    { "dialect=vllm,like=qwen3.5-27b", "\"temperature\":1,\"top_p\":0.95,\"top_k\":20,\"min_p\":0,"
      "\"presence_penalty\":1.5,\"frequency_penalty\":0,\"repetition_penalty\":1,\"max_tokens\":32768,"
      "\"seed\":448585456,\"chat_template_kwargs\":{\"enable_thinking\":true}," },
    { "dialect=vllm,like=qwen3.5-27b,reasoning=off,top_k=5", "\"temperature\":0.7,\"top_p\":0.8,\"top_k\":5,"
      "\"min_p\":0,\"presence_penalty\":1.5,\"frequency_penalty\":0,\"repetition_penalty\":1,\"max_tokens\":32768,"
      "\"seed\":448585456,\"chat_template_kwargs\":{\"enable_thinking\":false}," },
    { "dialect=dashscope,like=qwen3.5-2b", "\"temperature\":0.7,\"top_p\":0.8,\"top_k\":20,\"presence_penalty\":1.5,"
      "\"repetition_penalty\":1,\"max_tokens\":32768,\"seed\":448585456,\"enable_thinking\":false," },
    { "dialect=ollama,like=smollm2-135m-instruct", "\"temperature\":0.2,\"top_p\":0.9,\"presence_penalty\":0,"
      "\"frequency_penalty\":0,\"seed\":448585456," },
    { "dialect=openai,max_tokens=9,extra={\"top_n_sigma\":1,\"a\":[\"x\"]}", "\"max_completion_tokens\":9,"
      "\"top_n_sigma\":1,\"a\":[\"x\"]," },
    { "extra={\"chat_template_kwargs\":{\"lang\":\"en\"}}", "\"chat_template_kwargs\":{\"lang\":\"en\"}," },
    { "dialect=dashscope,reasoning=on,thinking_budget=99", "\"temperature\":1,\"top_p\":1,\"presence_penalty\":0,"
      "\"repetition_penalty\":1,\"seed\":448585456,\"thinking_budget\":99,\"enable_thinking\":true," },
    { "dialect=llama-server,reasoning=on,thinking_budget=0,extra={\"chat_template_kwargs\":{\"lang\":\"en\"}}",
      "\"temperature\":1,\"top_p\":1,\"top_k\":0,\"min_p\":0,\"presence_penalty\":0,\"frequency_penalty\":0,"
      "\"repeat_penalty\":1,\"seed\":448585456,\"thinking_budget_tokens\":0,\"chat_template_kwargs\":{"
      "\"enable_thinking\":true,\"lang\":\"en\"}," },
    { "dialect=openai,thinking_budget=9", NULL },
    { "dialect=vllm,extra={\"min_p\":0}", NULL },
    { "dialect=llama-server,extra={\"repeat_penalty\":1}", NULL },
    { "dialect=llama-server,extra={\"repetition_penalty\":1}", NULL },      /* the setting's name, which is not the field's */
    { "dialect=vllm,extra={\"thinking_token_budget\":1}", NULL },
    { "extra={\"messages\":[]}", NULL },
    { "extra={\"n\":2}", NULL },
    { "extra={\"chat_template_kwargs\":{\"enable_thinking\":true}}", NULL },
    { "extra={\"chat_template_kwargs\":1}", NULL },
    { "extra=[]", NULL },
    { "extra={", NULL },
    { "dialect=dashscope,reasoning=on,stream=off", NULL },      /* it thinks only in a stream */
    { "tool_choice=maybe", NULL },
    { "dialect=ollama,tool_choice=none", NULL },
    { "dialect=ollama,parallel_tool_calls=on", NULL },
    { "dialect=llama-server,like=qwen3-coder-next", "\"temperature\":1,\"top_p\":0.95,\"top_k\":40,\"min_p\":0,"
      "\"presence_penalty\":0,\"frequency_penalty\":0,\"repeat_penalty\":1,\"seed\":448585456," },
};

static void test_openai_body_says_what_the_dialect_knows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof FIELDS / sizeof FIELDS[0]; i++) {
        struct bench bench;
        struct err err = ERR_INIT;
        char expected[600];
        int status = read_query(&bench, FIELDS[i].settings, &err);

        assert_int_equal(FIELDS[i].expected != NULL ? 0 : -1, status);
        if (status < 0) {
            assert_int_equal(EXIT_USAGE, err.code);
            end(&bench);
            continue;
        }
        snprintf(expected, sizeof expected, "{\"model\":\"m\",\"messages\":[],%s"
                 "\"stream\":true,\"stream_options\":{\"include_usage\":true}}", FIELDS[i].expected);
        assert_string_equal(expected, write_body(&bench));
        end(&bench);
    }
}

/* The messages of the chat at hand. */
static void check_messages(struct bench *bench, const char *messages)
{
    char expected[2000];

    snprintf(expected, sizeof expected, "{\"model\":\"m\",\"messages\":%s,\"stream\":false}", messages);
    assert_string_equal(expected, write_body(bench));
}

static void test_openai_body_writes_text_as_strings(void **state)
{
    struct bench bench;

    (void)state;
    begin(&bench, "stream=off");
    chat_add_text(bench.chat, ROLE_SYSTEM, "Be \"brief\".");
    chat_add_text(bench.chat, ROLE_USER, "What is");
    chat_add_text(bench.chat, ROLE_USER, "2+2?");
    chat_add_text(bench.chat, ROLE_MODEL, "4");
    chat_add_text(bench.chat, ROLE_USER, "");
    check_messages(&bench, "[{\"role\":\"system\",\"content\":\"Be \\\"brief\\\".\"},"
                   "{\"role\":\"user\",\"content\":\"What is\\n2+2?\"},"
                   "{\"role\":\"assistant\",\"content\":\"4\"},{\"role\":\"user\",\"content\":\"\"}]");
    end(&bench);
}

static void test_openai_body_writes_images_as_data(void **state)
{
    struct bench bench;
    const struct part image = { .kind = PART_IMAGE, .media_type = "image/png", .text = "iVBOR=" };

    (void)state;
    begin(&bench, "stream=off");
    chat_add_text(bench.chat, ROLE_USER, "see");
    chat_add_part(bench.chat, ROLE_USER, &image);
    check_messages(&bench, "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"see\"},"
                   "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,iVBOR=\"}}]}]");
    end(&bench);
}

static void test_openai_body_writes_calls_and_results_in_their_places(void **state)
{
    struct bench bench;
    const struct part thought = { .kind = PART_REASONING, .text = "hm" };
    const struct part call = { .kind = PART_TOOL_CALL, .id = "c1", .name = "look", .text = "{\"at\":\"sky\"}" };
    const struct part result = { .kind = PART_TOOL_RESULT, .id = "c1", .text = "blue" };

    (void)state;
    begin(&bench, "stream=off");
    chat_add_text(bench.chat, ROLE_USER, "colour?");
    chat_add_part(bench.chat, ROLE_MODEL, &thought);
    chat_add_part(bench.chat, ROLE_MODEL, &call);
    chat_add_part(bench.chat, ROLE_USER, &result);
    chat_add_text(bench.chat, ROLE_USER, "go on");
    check_messages(&bench, "[{\"role\":\"user\",\"content\":\"colour?\"},"
                   "{\"role\":\"assistant\",\"content\":null,\"reasoning_content\":\"hm\",\"reasoning\":\"hm\","
                   "\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"look\","
                   "\"arguments\":\"{\\\"at\\\":\\\"sky\\\"}\"}}]},"
                   "{\"role\":\"tool\",\"tool_call_id\":\"c1\",\"content\":\"blue\"},"
                   "{\"role\":\"user\",\"content\":\"go on\"}]");
    end(&bench);
}

static void test_openai_body_writes_tools(void **state)
{
    static const struct tool tools[] = {
        { "look", "Looks.", "{\"type\":\"object\",\"properties\":{}}" }, { "stop", NULL, NULL },
    };
    struct bench bench;

    (void)state;
    begin(&bench, "stream=off");
    bench.ask.tools = tools;
    bench.ask.tool_count = 2;
    assert_string_equal("{\"model\":\"m\",\"messages\":[],\"tools\":[{\"type\":\"function\",\"function\":{\"name\":"
                        "\"look\",\"description\":\"Looks.\",\"parameters\":{\"type\":\"object\",\"properties\":{}}}},"
                        "{\"type\":\"function\",\"function\":{\"name\":\"stop\"}}],\"stream\":false}",
                        write_body(&bench));
    end(&bench);
}

/* Tools, and what goes with them: said aloud to servers that are named, to others where it was set. */
static const struct { const char *settings, *expected, *next; } CHOICES[] = {
    { "", "", "stream" },
    { "tool_choice=required", "\"tool_choice\":\"required\",", "stream" },
    { "parallel_tool_calls=off", "\"parallel_tool_calls\":false,", "stream" },
    { "dialect=openai", "", "stream" },
    { "dialect=openai,tool_choice=none", "\"tool_choice\":\"none\",", "stream" },
    { "dialect=vllm", "\"tool_choice\":\"auto\",\"parallel_tool_calls\":true,", "temperature" },
    { "dialect=sglang,parallel_tool_calls=off", "\"tool_choice\":\"auto\",\"parallel_tool_calls\":false,",
      "temperature" },
    { "dialect=ollama", "", "temperature" },
};

static void test_openai_body_says_how_tools_may_be_called(void **state)
{
    static const struct tool tools[] = { { "stop", NULL, NULL } };

    (void)state;
    for (size_t i = 0; i < sizeof CHOICES / sizeof CHOICES[0]; i++) {
        struct bench bench;
        char expected[300];

        begin(&bench, CHOICES[i].settings);
        assert_null(strstr(write_body(&bench), "tool"));
        bench.ask.tools = tools;
        bench.ask.tool_count = 1;
        snprintf(expected, sizeof expected, "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"stop\"}}],%s\"%s",
                 CHOICES[i].expected, CHOICES[i].next);
        assert_non_null(strstr(write_body(&bench), expected));
        end(&bench);
    }
}

/* OpenAI's own service refuses fields that it does not know. */
static void test_openai_body_sends_thinking_back_only_where_it_is_known(void **state)
{
    const struct part thought = { .kind = PART_REASONING, .text = "hm" };
    struct bench bench;

    (void)state;
    begin(&bench, "dialect=openai,stream=off");
    chat_add_part(bench.chat, ROLE_MODEL, &thought);
    chat_add_text(bench.chat, ROLE_MODEL, "4");
    check_messages(&bench, "[{\"role\":\"assistant\",\"content\":\"4\"}]");
    end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_openai_body_says_what_the_dialect_knows),
        cmocka_unit_test(test_openai_body_writes_text_as_strings),
        cmocka_unit_test(test_openai_body_writes_images_as_data),
        cmocka_unit_test(test_openai_body_writes_calls_and_results_in_their_places),
        cmocka_unit_test(test_openai_body_writes_tools),
        cmocka_unit_test(test_openai_body_says_how_tools_may_be_called),
        cmocka_unit_test(test_openai_body_sends_thinking_back_only_where_it_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
