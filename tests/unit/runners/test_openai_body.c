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

/* Settings, and the whole of what they add between messages and stream. */
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
    { "dialect=llama-server,like=qwen3-coder-next", "\"temperature\":1,\"top_p\":0.95,\"top_k\":40,\"min_p\":0,"
      "\"presence_penalty\":0,\"frequency_penalty\":0,\"repeat_penalty\":1,\"seed\":448585456," },
};

static void test_openai_body_says_what_the_dialect_knows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof FIELDS / sizeof FIELDS[0]; i++) {
        struct bench bench;
        char expected[600];

        begin(&bench, FIELDS[i].settings);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_openai_body_says_what_the_dialect_knows),
        cmocka_unit_test(test_openai_body_writes_text_as_strings),
        cmocka_unit_test(test_openai_body_writes_images_as_data),
        cmocka_unit_test(test_openai_body_writes_calls_and_results_in_their_places),
        cmocka_unit_test(test_openai_body_writes_tools),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
