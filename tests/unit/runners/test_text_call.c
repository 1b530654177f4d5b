/*
 * Calls in a model's text: what is one, what its arguments become, and what stays text.
 */
#include "tests/unit/runners/scene.h"

#include "harness/base/json.h"
#include "runners/text_call.h"

static const struct tool TOOLS[] = {
    { .name = "get_weather", .parameters = "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"},\"days\":"
      "{\"type\":\"integer\"},\"metric\":{\"type\":\"boolean\"},\"list\":{\"type\":\"array\"},\"any\":{\"anyOf\":[]},"
      "\"bare\":{}}}" },
    { .name = "stop", .parameters = NULL },
};

/* The calls of text as "name(arguments)", and how much stands before them: "4: f({}) g({})". */
static const char *sum_up(struct arena *arena, const char *text)
{
    const struct ask ask = { .tools = TOOLS, .tool_count = 2 };
    size_t before = 999, count = 0;
    const struct part *part = text_calls_find(text, &ask, arena, &before);
    struct buf out;
    const char *kept;

    if (part == NULL)
        return "none";
    buf_init(&out, 0);
    buf_addf(&out, "%zu:", before);
    for (; part != NULL; part = part->next) {
        assert_int_equal(PART_TOOL_CALL, part->kind);
        assert_string_equal(arena_printf(arena, "call_%zu", count++), part->id);
        buf_addf(&out, " %s(%s)", part->name, part->text);
    }
    kept = arena_strdup(arena, out.data);
    buf_fini(&out);
    return kept;
}

#define CITY(city) "<tool_call>\n<function=get_weather>\n<parameter=city>\n" city "\n</parameter>\n</function>\n</tool_call>"

static const struct { const char *text, *expected; } CASES[] = {
    { CITY("Paris"), "0: get_weather({\"city\":\"Paris\"})" },
    { "Let me see.\n" CITY("Paris") CITY("Rome"), "12: get_weather({\"city\":\"Paris\"}) get_weather({\"city\":\"Rome\"})" },
    { CITY("a\nb \"c\""), "0: get_weather({\"city\":\"a\\nb \\\"c\\\"\"})" },
    { CITY("42"), "0: get_weather({\"city\":\"42\"})" },
    /* What the schema says is no text is taken as JSON, as far as it is some. */
    { "<tool_call><function=get_weather><parameter=days>3</parameter><parameter=metric>true</parameter>"
      "<parameter=list>[1, 2]</parameter><parameter=any>{\"a\":null}</parameter></function></tool_call>",
      "0: get_weather({\"days\":3,\"metric\":true,\"list\":[1,2],\"any\":{\"a\":null}})" },
    { "<tool_call><function=get_weather><parameter=days>three</parameter></function></tool_call>",
      "0: get_weather({\"days\":\"three\"})" },
    { "<tool_call><function=get_weather><parameter=bare>3</parameter><parameter=other>4</parameter></function></tool_call>",
      "0: get_weather({\"bare\":\"3\",\"other\":\"4\"})" },
    /* Models forget closing tags. */
    { "<tool_call><function=get_weather><parameter=city>\nParis\n<parameter=days>3</function>",
      "0: get_weather({\"city\":\"Paris\",\"days\":3})" },
    { "<tool_call>\n<function=stop>\n</function>\n</tool_call>", "0: stop({})" },
    { "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\"}}\n</tool_call>",
      "0: get_weather({\"city\": \"Paris\"})" },
    { "<tool_call>{\"name\":\"stop\"}</tool_call>", "0: stop({})" },
    /* No call, or not a whole one, or of a tool that nobody offered. */
    { "", "none" },
    { "What is a <tool_call>?", "none" },
    { "<tool_call><function=get_weather><parameter=city>Par", "none" },
    { "<tool_call>{\"name\":\"get_weather\",\"arguments\":{\"city\":\"Par", "none" },
    { "<tool_call>{\"name\":\"get_weather\",\"arguments\":\"Paris\"}</tool_call>", "none" },
    { "<tool_call><function=rm>\n</function></tool_call>", "none" },
    { "<tool_call>{\"name\":\"rm\",\"arguments\":{}}</tool_call>", "none" },
    { "<tool_call><function=get_weather</function></tool_call>", "none" },
    { "<tool_call><function=rm></function></tool_call>" CITY("Rome"), "47: get_weather({\"city\":\"Rome\"})" },
    { "<function=stop></function>", "none" },
};

static void test_text_calls_find_takes_whole_calls_of_known_tools(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct arena *arena = arena_new();

        assert_string_equal(CASES[i].expected, sum_up(arena, CASES[i].text));
        arena_free(arena);
    }
}

/* Cut anywhere, a call is none or the whole one: it ends with </function>. */
static void test_text_calls_find_runs_no_cut_call(void **state)
{
    static const char text[] = CITY("Paris");
    size_t whole = (size_t)(strstr(text, "</function>") - text) + strlen("</function>");

    (void)state;
    for (size_t length = 0; length < strlen(text); length++) {
        struct arena *arena = arena_new();
        const char *found = sum_up(arena, arena_strndup(arena, text, length));

        assert_string_equal(length < whole ? "none" : CASES[0].expected, found);
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_calls_find_takes_whole_calls_of_known_tools),
        cmocka_unit_test(test_text_calls_find_runs_no_cut_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
