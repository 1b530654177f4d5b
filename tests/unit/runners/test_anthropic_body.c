/*
 * Requests of Claude's shape: fields, turns, blocks, marks. The task of the episode may take one turn or several, which
 * decides what is marked to be kept.
 */
#include "tests/unit/runners/scene.h"

#include "harness/base/json.h"
#include "runners/anthropic_body.h"

struct bench {
    struct arena *arena;
    struct anthropic_query query;
    struct episode *episode;
    struct ask ask;
    struct chat *chat;
    struct buf body;
};

static const struct task AGENT = { .name = "agent", .flow = &SCENE_FLOW, .turns_max = 9 };

/* words: an id and settings. */
static void begin_task(struct bench *bench, const char *words, const struct task *task)
{
    struct err err = ERR_INIT;
    struct model model;
    char spec[256];

    *bench = (struct bench){ .arena = arena_new(), .episode = episode_new(task, NULL, &SCENE_SAMPLES[0], 1, 7) };
    buf_init(&bench->body, 0);
    bench->chat = bench->episode->chat;
    bench->ask = (struct ask){ .episode = bench->episode, .chat = bench->chat };
    snprintf(spec, sizeof spec, "anthropic/%s", words);
    assert_int_equal(0, model_parse(bench->arena, spec, "--model", &model, &err));
    assert_int_equal(0, model_check(&model, runners_find("anthropic")->settings, &err));
    if (anthropic_query_read(&model, bench->arena, &bench->query, &err) < 0)
        fail_msg("%s", err.text);
}

static void begin(struct bench *bench, const char *words)
{
    begin_task(bench, words, &SCENE_TASK);
}

static void end(struct bench *bench)
{
    buf_fini(&bench->body);
    episode_free(bench->episode);
    arena_free(bench->arena);
}

/* What was written, and that it is JSON. */
static const char *write_body(struct bench *bench)
{
    struct err err = ERR_INIT;
    struct json_doc *doc;

    buf_clear(&bench->body);
    anthropic_body_write(&bench->query, &bench->ask, &bench->body);
    doc = json_parse(bench->body.data, bench->body.length, &err);
    if (doc == NULL)
        fail_msg("%s in %s", err.text, bench->body.data);
    json_free(doc);
    return bench->body.data;
}

/* A member of the body as it was written. */
static void assert_member(struct bench *bench, const char *key, const char *expected)
{
    struct err err = ERR_INIT;
    const char *body = write_body(bench), *raw = "";
    struct json_doc *doc = json_parse(body, strlen(body), &err);
    const struct json *member = json_get(json_root(doc), key);
    size_t length = 0;
    char *text;

    if (member != NULL)
        raw = json_raw(doc, member, &length);
    text = arena_strndup(bench->arena, raw, length);
    json_free(doc);
    assert_string_equal(expected, text);
}

/* Settings, and the whole of what they add to a question. */
static const struct fields { const char *words, *before, *after; } FIELDS[] = {
    { "claude-opus-4-6", "\"max_tokens\":32000", "\"temperature\":1,\"stream\":true" },
    { "claude-opus-4-6,temperature=0,max_tokens=9,stream=off", "\"max_tokens\":9", "\"temperature\":0,\"stream\":false" },
    { "claude-opus-4-6,top_p=0.5,top_k=3", "\"max_tokens\":32000", "\"top_p\":0.5,\"top_k\":3,\"stream\":true" },
    { "claude-opus-4-6,thinking=adaptive,effort=high", "\"max_tokens\":64000", "\"thinking\":{\"type\":\"adaptive\"},"
      "\"output_config\":{\"effort\":\"high\"},\"stream\":true" },
    { "claude-haiku-4-5-20251001,thinking=2000", "\"max_tokens\":64000", "\"thinking\":{\"type\":\"enabled\","
      "\"budget_tokens\":2000},\"stream\":true" },
    { "claude-opus-4-6,reasoning=off", "\"max_tokens\":32000", "\"thinking\":{\"type\":\"disabled\"},\"temperature\":1,"
      "\"stream\":true" },
    { "local", "\"max_tokens\":32000", "\"stream\":true" },
};

static void test_anthropic_body_sends_what_was_resolved(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof FIELDS / sizeof FIELDS[0]; i++) {
        struct bench bench;
        char expected[600];

        begin(&bench, FIELDS[i].words);
        chat_add_text(bench.chat, ROLE_USER, "2+2?");
        snprintf(expected, sizeof expected, "{\"model\":\"%s\",%s,\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":"
                 "\"text\",\"text\":\"2+2?\"}]}],%s}", bench.query.model, FIELDS[i].before, FIELDS[i].after);
        assert_string_equal(expected, write_body(&bench));
        end(&bench);
    }
}

static void test_anthropic_body_puts_system_apart_and_merges_turns(void **state)
{
    struct bench bench;

    (void)state;
    begin(&bench, "m");
    chat_add_text(bench.chat, ROLE_SYSTEM, "Be brief.");
    chat_add_part(bench.chat, ROLE_SYSTEM, &(struct part){ .kind = PART_TEXT, .text = "Be \"kind\"." });
    chat_add_text(bench.chat, ROLE_USER, "a");
    chat_add_text(bench.chat, ROLE_SYSTEM, "late");
    chat_add_text(bench.chat, ROLE_USER, "b");
    chat_add_text(bench.chat, ROLE_MODEL, " \n");       /* says nothing, and would be refused */
    chat_add_text(bench.chat, ROLE_USER, "c");
    chat_add_text(bench.chat, ROLE_MODEL, "d");
    chat_add_text(bench.chat, ROLE_USER, "");
    chat_add_text(bench.chat, ROLE_MODEL, "e");
    chat_add_text(bench.chat, ROLE_USER, "f");
    assert_member(&bench, "system", "[{\"type\":\"text\",\"text\":\"Be brief.\"},{\"type\":\"text\",\"text\":"
                  "\"Be \\\"kind\\\".\"}]");
    assert_member(&bench, "messages", "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\","
                  "\"text\":\"late\"},{\"type\":\"text\",\"text\":\"b\"},{\"type\":\"text\",\"text\":\"c\"}]},"
                  "{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"d\"},{\"type\":\"text\",\"text\":\"e\"}]},"
                  "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"f\"}]}]");
    end(&bench);
}

static void test_anthropic_body_lets_the_user_begin(void **state)
{
    struct bench bench;

    (void)state;
    begin(&bench, "m");
    chat_add_text(bench.chat, ROLE_MODEL, "Hello.");
    chat_add_text(bench.chat, ROLE_USER, "Hi.");
    assert_member(&bench, "messages", "[{\"role\":\"user\",\"content\":\"Begin.\"},{\"role\":\"assistant\",\"content\":"
                  "[{\"type\":\"text\",\"text\":\"Hello.\"}]},{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":"
                  "\"Hi.\"}]}]");
    end(&bench);
}

#define THOUGHT "{\"type\": \"thinking\", \"thinking\":\"\\u00e9 \\/\",\n \"signature\":\"s\"}"

/* Opaque blocks stand in their places, byte for byte; results come before everything else the user says. */
static void test_anthropic_body_sends_blocks_back_as_they_came(void **state)
{
    struct bench bench;

    (void)state;
    begin(&bench, "claude-opus-4-6");
    chat_add_text(bench.chat, ROLE_USER, "go");
    chat_add_part(bench.chat, ROLE_MODEL, &(struct part){ .kind = PART_OPAQUE, .name = "anthropic", .text = THOUGHT });
    chat_add_part(bench.chat, ROLE_MODEL, &(struct part){ .kind = PART_OPAQUE, .name = "other", .text = "{}" });
    chat_add_part(bench.chat, ROLE_MODEL, &(struct part){ .kind = PART_REASONING, .text = "unsigned" });
    chat_add_text(bench.chat, ROLE_MODEL, "I look.");
    chat_add_part(bench.chat, ROLE_MODEL, &(struct part){ .kind = PART_TOOL_CALL, .id = "t1", .name = "run",
                                                          .text = "{ \"n\": 12345678901234567890 }" });
    chat_add_part(bench.chat, ROLE_MODEL, &(struct part){ .kind = PART_TOOL_CALL, .id = "t2", .name = "run",
                                                          .text = "{\"cut\": \"of" });
    chat_add_text(bench.chat, ROLE_USER, "more");
    chat_add_part(bench.chat, ROLE_USER, &(struct part){ .kind = PART_IMAGE, .media_type = "image/png", .text = "QUJD" });
    chat_add_part(bench.chat, ROLE_USER, &(struct part){ .kind = PART_TOOL_RESULT, .id = "t1", .text = "ok" });
    chat_add_part(bench.chat, ROLE_USER, &(struct part){ .kind = PART_TOOL_RESULT, .id = "t2", .text = "" });
    assert_member(&bench, "messages", "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"go\"}]},"
                  "{\"role\":\"assistant\",\"content\":[" THOUGHT ",{\"type\":\"text\",\"text\":\"I look.\"},"
                  "{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"run\",\"input\":{ \"n\": 12345678901234567890 }},"
                  "{\"type\":\"tool_use\",\"id\":\"t2\",\"name\":\"run\",\"input\":{\"INVALID_JSON\":\"{\\\"cut\\\": \\\"of\"}}]},"
                  "{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"t1\",\"content\":\"ok\"},"
                  "{\"type\":\"tool_result\",\"tool_use_id\":\"t2\"},{\"type\":\"text\",\"text\":\"more\"},{\"type\":\"image\","
                  "\"source\":{\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\"QUJD\"}}]}]");
    end(&bench);
}

static const struct tool TOOLS[] = {
    { .name = "run", .description = "runs it", .parameters = "{\"type\":\"object\",\"properties\":{\"c\":{}}}" },
    { .name = "stop" },
};

static void test_anthropic_body_tells_of_tools(void **state)
{
    struct bench bench;

    (void)state;
    begin(&bench, "m");
    chat_add_text(bench.chat, ROLE_USER, "go");
    assert_member(&bench, "tools", "");
    bench.ask.tools = TOOLS;
    bench.ask.tool_count = 2;
    assert_member(&bench, "tools", "[{\"name\":\"run\",\"description\":\"runs it\",\"input_schema\":{\"type\":\"object\","
                  "\"properties\":{\"c\":{}}}},{\"name\":\"stop\",\"input_schema\":{\"type\":\"object\",\"properties\":{}}}]");
    end(&bench);
}

/* What a model said before it paused is the end of the next request; twice, since a try may fail. */
static void test_anthropic_body_goes_on_where_the_model_paused(void **state)
{
    struct part search = { .kind = PART_OPAQUE, .name = "anthropic", .text = "{\"type\":\"server_tool_use\"}" };
    struct part text = { .kind = PART_TEXT, .text = "I look.", .next = &search };
    struct bench bench;

    (void)state;
    begin(&bench, "claude-opus-4-6");
    chat_add_text(bench.chat, ROLE_USER, "go");
    bench.ask.reply = (struct reply){ .text = "I look.", .parts = &text };
    for (int i = 0; i < 2; i++)
        assert_member(&bench, "messages", "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"go\"}]},"
                      "{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"I look.\"},"
                      "{\"type\":\"server_tool_use\"}]}]");
    end(&bench);
}

static void test_anthropic_body_objects_to_what_cannot_be_asked(void **state)
{
    struct bench bench;

    (void)state;
    begin(&bench, "claude-opus-4-6");
    assert_string_equal("the chat says nothing", anthropic_body_objection(&bench.query, &bench.ask));
    chat_add_text(bench.chat, ROLE_SYSTEM, "Be brief.");
    assert_string_equal("the chat says nothing", anthropic_body_objection(&bench.query, &bench.ask));
    chat_add_text(bench.chat, ROLE_USER, "go");
    assert_null(anthropic_body_objection(&bench.query, &bench.ask));
    chat_add_text(bench.chat, ROLE_MODEL, "The answer is");
    assert_string_equal("claude-opus-4-6 takes no chat that ends with its own turn",
                        anthropic_body_objection(&bench.query, &bench.ask));
    chat_add_text(bench.chat, ROLE_USER, " ");
    assert_non_null(anthropic_body_objection(&bench.query, &bench.ask));
    end(&bench);
    begin(&bench, "claude-haiku-4-5-20251001");
    chat_add_text(bench.chat, ROLE_USER, "go");
    chat_add_text(bench.chat, ROLE_MODEL, "The answer is");
    assert_null(anthropic_body_objection(&bench.query, &bench.ask));
    end(&bench);
}

static size_t count_marks(struct bench *bench)
{
    size_t count = 0;

    for (const char *at = write_body(bench); (at = strstr(at, "\"cache_control\":{\"type\":\"ephemeral\"")) != NULL; at++)
        count++;
    return count;
}

/* One question is marked only when the user says so; a chat that goes on is, from its first request where that is known. */
static void test_anthropic_body_marks_what_will_come_again(void **state)
{
    struct bench bench;

    (void)state;
    begin(&bench, "m");
    chat_add_text(bench.chat, ROLE_SYSTEM, "Be brief.");
    chat_add_text(bench.chat, ROLE_USER, "go");
    assert_int_equal(0, count_marks(&bench));
    chat_add_text(bench.chat, ROLE_MODEL, "gone");
    chat_add_text(bench.chat, ROLE_USER, "go");
    assert_int_equal(0, count_marks(&bench));       /* an example */
    bench.ask.ordinal = 1;
    assert_int_equal(3, count_marks(&bench));
    end(&bench);
    begin(&bench, "m,cache=1h");
    chat_add_text(bench.chat, ROLE_USER, "go");
    assert_member(&bench, "messages", "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"go\",\"cache_control\":"
                  "{\"type\":\"ephemeral\",\"ttl\":\"1h\"}}]}]");
    end(&bench);
    begin_task(&bench, "m", &AGENT);
    chat_add_text(bench.chat, ROLE_USER, "go");
    assert_member(&bench, "messages", "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"go\",\"cache_control\":"
                  "{\"type\":\"ephemeral\"}}]}]");
    end(&bench);
    begin_task(&bench, "m,cache=off", &AGENT);
    chat_add_text(bench.chat, ROLE_USER, "go");
    assert_int_equal(0, count_marks(&bench));
    end(&bench);
}

#define MARK ",\"cache_control\":{\"type\":\"ephemeral\"}"

static void test_anthropic_body_marks_the_last_block_written(void **state)
{
    struct bench bench;

    (void)state;
    begin_task(&bench, "m", &AGENT);
    bench.ask.tools = TOOLS;
    bench.ask.tool_count = 2;
    chat_add_text(bench.chat, ROLE_USER, "go");
    assert_member(&bench, "tools", "[{\"name\":\"run\",\"description\":\"runs it\",\"input_schema\":{\"type\":\"object\","
                  "\"properties\":{\"c\":{}}}},{\"name\":\"stop\",\"input_schema\":{\"type\":\"object\",\"properties\":{}}"
                  MARK "}]");
    chat_add_part(bench.chat, ROLE_MODEL, &(struct part){ .kind = PART_TOOL_CALL, .id = "t1", .name = "run", .text = "{}" });
    chat_add_part(bench.chat, ROLE_USER, &(struct part){ .kind = PART_TEXT, .text = "seen" });
    chat_add_part(bench.chat, ROLE_USER, &(struct part){ .kind = PART_TOOL_RESULT, .id = "t1", .text = "ok" });
    assert_member(&bench, "messages", "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"go\"" MARK "}]},"
                  "{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"run\",\"input\":{}}]},"
                  "{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"t1\",\"content\":\"ok\"},"
                  "{\"type\":\"text\",\"text\":\"seen\"" MARK "}]}]");
    chat_add_text(bench.chat, ROLE_MODEL, "so");
    chat_add_part(bench.chat, ROLE_USER, &(struct part){ .kind = PART_TOOL_RESULT, .id = "t2", .text = "" });
    assert_non_null(strstr(write_body(&bench), "\"tool_use_id\":\"t2\"" MARK "}]}]"));
    assert_int_equal(3, count_marks(&bench));
    end(&bench);
}

static void test_anthropic_body_says_when_it_does_not_fit(void **state)
{
    struct bench bench;
    struct buf small;

    (void)state;
    begin(&bench, "m");
    chat_add_text(bench.chat, ROLE_USER, "a question that is longer than what fits there");
    buf_init(&small, 40);
    anthropic_body_write(&bench.query, &bench.ask, &small);
    assert_true(small.cut);
    buf_fini(&small);
    end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_anthropic_body_sends_what_was_resolved),
        cmocka_unit_test(test_anthropic_body_puts_system_apart_and_merges_turns),
        cmocka_unit_test(test_anthropic_body_lets_the_user_begin),
        cmocka_unit_test(test_anthropic_body_sends_blocks_back_as_they_came),
        cmocka_unit_test(test_anthropic_body_tells_of_tools),
        cmocka_unit_test(test_anthropic_body_goes_on_where_the_model_paused),
        cmocka_unit_test(test_anthropic_body_objects_to_what_cannot_be_asked),
        cmocka_unit_test(test_anthropic_body_marks_what_will_come_again),
        cmocka_unit_test(test_anthropic_body_marks_the_last_block_written),
        cmocka_unit_test(test_anthropic_body_says_when_it_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
