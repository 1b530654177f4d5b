#include "harness/engine/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/file.h"
#include "harness/base/json.h"

/* The example of the contract, as it stands there. */
static const char EXAMPLE[] =
    "{ \"name\": \"nightly\",\n"
    "  \"models\": { \"ft7\":  { \"spec\": \"openai/ft7\", \"base_url\": \"http://127.0.0.1:8000/v1\","
    " \"dialect\": \"vllm\", \"like\": \"qwen3.5-27b\" },\n"
    "              \"opus\": { \"spec\": \"anthropic/claude-opus-4-6\", \"max_tokens\": 32000,"
    " \"thinking\": \"adaptive\" } },\n"
    "  \"roles\":  { \"judge\": \"opus\" },\n"
    "  \"tasks\":  { \"aime2026\": { \"epochs\": 16 },"
    " \"gpqa_diamond\": { \"epochs\": 4, \"profile\": \"simple-evals\" },"
    " \"mmlu_pro\": { \"limit\": 2000 } },\n"
    "  \"run\":    [\"ft7\", \"opus\"], \"seed\": 7,\n"
    "  \"limits\": { \"usd\": 50, \"hours\": 8, \"void\": \"1%\" } }\n";

static int make_arena(void **state)
{
    *state = arena_new();
    return 0;
}

static int free_arena(void **state)
{
    arena_free(*state);
    return 0;
}

/* Parses a copy of the exact size, gone afterwards: what is read past its end or used too late is seen. */
static struct plan *try_bytes(struct arena *arena, const char *text, size_t length, struct err *err)
{
    char *copy = malloc(length + 1);
    char *exact = realloc(memcpy(copy, text, length), length > 0 ? length : 1);
    struct plan *plan = plan_parse(arena, "plan.json", "plans", exact, length, err);

    free(exact);
    return plan;
}

static struct plan *parsed(struct arena *arena, const char *text)
{
    struct err err = ERR_INIT;
    struct plan *plan = try_bytes(arena, text, strlen(text), &err);

    if (plan == NULL)
        fail_msg("%s", err.text);
    return plan;
}

static void test_plan_parse_reads_the_contracts_example(void **state)
{
    struct plan *plan = parsed(*state, EXAMPLE);
    struct model *ft7 = plan_find_model(plan, "ft7"), *opus = plan_find_model(plan, "opus");
    struct plan_task *task = plan->tasks;

    assert_string_equal(plan->name, "nightly");
    assert_string_equal(plan->folder, "plans");
    assert_ptr_equal(plan->models, ft7);
    assert_ptr_equal(ft7->next, opus);
    assert_null(opus->next);
    assert_string_equal(ft7->provider, "openai");
    assert_string_equal(model_text(ft7, "base_url", ""), "http://127.0.0.1:8000/v1");
    assert_string_equal(model_text(opus, "max_tokens", ""), "32000");
    assert_string_equal(opus->settings->where, "plan.json line 3");
    assert_string_equal(plan->roles->role, "judge");
    assert_string_equal(plan->roles->model, "opus");
    assert_string_equal(plan->roles->where, "plan.json line 4");
    assert_string_equal(task->name, "aime2026");
    assert_string_equal(task->where, "plan.json line 5");
    assert_int_equal(task->epochs, 16);
    assert_string_equal(task->next->profile, "simple-evals");
    assert_int_equal(task->next->next->limit.count, 2000);
    assert_false(task->next->next->limit.first);
    assert_int_equal(plan->run_count, 2);
    assert_string_equal(plan->run[0]->name, "ft7");
    assert_string_equal(plan->run[1]->name, "opus");
    assert_int_equal(plan->seed, 7);
    assert_float_equal(plan->hours_max, 8, 0);
    assert_float_equal(plan->hours_max, 8, 0);
    assert_float_equal(plan->void_max, 0.01, 0);
}

#define MODELS "\"models\": { \"m\": \"openai/m\", \"judge\": \"openai/j\" },\n"

static void test_plan_parse_has_defaults(void **state)
{
    struct plan *plan = parsed(*state, "{ " MODELS "\"tasks\": { \"a\": true, \"b\": {} } }");

    assert_null(plan->name);
    assert_null(plan->roles);
    assert_int_equal(plan->run_count, 2);
    assert_string_equal(plan->run[0]->name, "m");
    assert_string_equal(plan->run[1]->name, "judge");
    assert_int_equal(plan->seed, 0);
    assert_float_equal(plan->usd_max, 0, 0);
    assert_float_equal(plan->hours_max, 0, 0);
    assert_float_equal(plan->void_max, 0.01, 0);
    assert_string_equal(plan->tasks->next->name, "b");
    assert_int_equal(plan->tasks->epochs, 0);
    assert_int_equal(plan->tasks->limit.count, 0);
    assert_null(plan->tasks->profile);
    assert_null(plan->tasks->sample_ids);
}

static void test_plan_parse_keeps_settings_as_words(void **state)
{
    struct plan *plan = parsed(*state, "{ \"tasks\": { \"a\": true },\n"
                                       "\"models\": { \"m\": {"
                                       "\"temperature\": 0.60, \"top_k\": 1e2, \"stream\": false,\n"
                                       "\"spec\": \"openai/x,like=q,temperature=1\", \"stop\": \"\" } } }");
    const struct model *model = plan->models;

    assert_string_equal(model->name, "m");
    assert_string_equal(model->id, "x");
    assert_string_equal(model_text(model, "temperature", ""), "0.60");      /* the plan's own hides the spec's */
    assert_string_equal(model_text(model, "top_k", ""), "1e2");
    assert_string_equal(model_text(model, "stream", ""), "false");
    assert_string_equal(model_text(model, "stop", "none"), "");
    assert_string_equal(model_text(model, "like", ""), "q");
    assert_false(model_has(model, "spec"));
    assert_string_equal(model->settings->where, "plan.json line 3");
    assert_string_equal(model->settings->next->next->where, "plan.json line 2");
}

static void test_plan_parse_reads_every_way_to_limit(void **state)
{
    struct plan *plan = parsed(*state, "{ " MODELS "\"tasks\": {"
                                       "\"a\": { \"limit\": \"first:100\" }, \"b\": { \"limit\": \"all\" },"
                                       "\"c\": { \"limit\": \"25\" }, \"d\": { \"limit\": \"all\", \"sample_ids\": ["
                                       "\"x/1\", 12, -3, 1e2, \"x/1\"] } } }");
    const struct plan_task *task = plan->tasks;

    assert_int_equal(task->limit.count, 100);
    assert_true(task->limit.first);
    task = task->next;
    assert_int_equal(task->limit.count, 0);
    task = task->next;
    assert_int_equal(task->limit.count, 25);
    task = task->next;
    assert_int_equal(task->sample_id_count, 5);
    assert_string_equal(task->sample_ids[0], "x/1");
    assert_string_equal(task->sample_ids[1], "12");
    assert_string_equal(task->sample_ids[2], "-3");
    assert_string_equal(task->sample_ids[3], "100");
}

static void test_plan_parse_takes_the_largest_numbers(void **state)
{
    struct plan *plan = parsed(*state, "{ " MODELS "\"tasks\": { \"a\": { \"epochs\": 10000, \"limit\": 1000000000 } },"
                                       "\"seed\": 9007199254740991,"
                                       "\"limits\": { \"usd\": 0.01, \"hours\": 1e6, \"void\": 0 } }");

    assert_true(plan->seed == UINT64_C(9007199254740991));
    assert_int_equal(plan->tasks->epochs, 10000);
    assert_int_equal(plan->tasks->limit.count, 1000000000);
    assert_float_equal(plan->usd_max, 0.01, 0);
    assert_float_equal(plan->void_max, 0, 0);
}

static void test_plan_parse_allows_comments(void **state)
{
    struct plan *plan = parsed(*state, "// a plan\n{ \"$schema\": \"plan.schema.json\", /* two\nlines */\n" MODELS
                                       "\"tasks\": { // \"x\": true,\n\"a\": true }, \"roles\": { } }");

    assert_string_equal(plan->tasks->name, "a");
    assert_string_equal(plan->tasks->where, "plan.json line 6");
    assert_null(plan->roles);
}

/* A plan that is wrong, the line its error must name, and words that must be in it. */
struct wrong {
    const char *text;
    int line;
    const char *says;
};

/* Lines: 1 "{", 2 models, 3 tasks, 4 what is given. */
#define WITH(member) "{\n" MODELS "\"tasks\": { \"a\": true },\n" member "\n}"
#define TASK(member) "{\n" MODELS "\"tasks\": { \"a\": {\n" member "\n} } }"
#define MODEL(value) "{ \"tasks\": { \"a\": true },\n\"models\": {\n\"m\": " value "\n} }"

static const struct wrong WRONG[] = {
    /* keys */
    { WITH("\"seeds\": 1"), 4, "unknown key \"seeds\"; did you mean \"seed\"?" },
    { WITH("\"Name\": \"x\""), 4, "unknown key \"Name\"; did you mean \"name\"?" },
    { WITH("\"limit\": {}"), 4, "unknown key \"limit\"; did you mean \"limits\"?" },
    { WITH("\"zzzzzz\": 1"), 4,
      "unknown key \"zzzzzz\"; known: $schema, name, models, roles, tasks, run, seed, limits" },
    { WITH("\"\": 1"), 4, "unknown key \"\"; known: " },
    { TASK("\"epoch\": 4"), 4, "unknown key \"epoch\"; did you mean \"epochs\"?" },
    { TASK("\"epochs\": 4,\n\"temperature\": 1"), 5, "known: epochs, limit, profile, sample_ids" },
    { WITH("\"limits\": {\n\"usb\": 4 }"), 5, "unknown key \"usb\"; did you mean \"usd\"?" },
    { WITH("\"seed\": 1,\n\"seed\": 2"), 5, "\"seed\"" },
    { WITH("\"tasks\": { \"b\": true }"), 4, "\"tasks\"" },
    { "\n\n{ \"tasks\": { \"a\": true } }", 3, "expected a key \"models\", found none" },
    { "{ \"models\": { \"m\": \"openai/m\" } }", 1, "expected a key \"tasks\", found none" },
    { "{}", 1, "expected a key \"models\", found none" },

    /* the whole */
    { "", 1, "found the end" },
    { "// only a comment\n", 2, "found the end" },
    { "\n[]", 2, "expected an object with \"models\" and \"tasks\", found an array" },
    { "7", 1, "expected an object with \"models\" and \"tasks\", found 7" },
    { "null", 1, "found null" },
    { WITH("\"seed\": 1 }\n{"), 5, "" },
    { WITH("\"seed\": 1,"), 5, "" },
    { WITH("\"seed\": 007"), 4, "" },
    { WITH("seed: 1"), 4, "" },
    { WITH("\"seed\": 1 /* no end"), 4, "comment" },

    /* name */
    { WITH("\"name\": \"\""), 4, "\"name\": expected a name, found \"\"" },
    { WITH("\"name\": 7"), 4, "\"name\": expected a name, found 7" },
    { WITH("\"$schema\": true"), 4, "found true" },

    /* models */
    { "{ \"tasks\": { \"a\": true },\n\"models\": {} }", 2,
      "\"models\": expected an object of models by name, found none" },
    { "{ \"tasks\": { \"a\": true },\n\"models\": [\"openai/m\"] }", 2, "an object of models by name, found an array" },
    { "{ \"tasks\": { \"a\": true },\n\"models\": \"openai/m\" }", 2, "found \"openai/m\"" },
    { MODEL("7"), 3, "\"m\": expected an object with a \"spec\", or a string such as \"openai/ft7\", found 7" },
    { MODEL("[]"), 3, "found an array" },
    { MODEL("{}"), 3, "model \"m\": expected a \"spec\", a string such as \"openai/ft7\", found none" },
    { MODEL("{ \"Spec\": \"openai/m\" }"), 3, "expected a \"spec\"" },
    { MODEL("{\n\"spec\": 7 }"), 4, "\"spec\": expected a string such as \"openai/ft7\", found 7" },
    { MODEL("\"\""), 3, "\"m\": expected a string such as \"openai/ft7\", found \"\"" },
    { MODEL("\"openai\""), 3, "expected PROVIDER/ID, as in openai/ft7, found \"openai\"" },
    { MODEL("{ \"seed\": 1,\n\"spec\": \"/m\" }"), 4, "expected PROVIDER/ID, as in openai/ft7, found \"/m\"" },
    { MODEL("{ \"spec\": \"openai/m\",\n\"stop\": [\"x\"] }"), 4,
      "\"stop\": expected a string, a number, true or false, found an array" },
    { MODEL("{ \"spec\": \"openai/m\",\n\"extra\": {} }"), 4, "found an object" },
    { MODEL("{ \"spec\": \"openai/m\",\n\"like\": null }"), 4, "found null" },
    { "{ \"tasks\": { \"a\": true },\n\"models\": {\n\"\": \"openai/m\" } }", 3, "expected a name, found \"\"" },
    { "{ \"tasks\": { \"a\": true },\n\"models\": { \"m\": \"a/b\",\n\"m\": \"a/c\" } }", 3, "\"m\"" },

    /* roles and run */
    { WITH("\"roles\": { \"judge\":\n\"jugde\" }"), 4,
      "role \"judge\" names the model \"jugde\", which is not in \"models\"; did you mean \"judge\"?" },
    { WITH("\"roles\": {\n\"judge\": \"opus\" }"), 5, "which is not in \"models\"; known: m, judge" },
    { WITH("\"roles\": {\n\"uzer\": \"m\" }"), 5, "no task asks the role \"uzer\"; known: judge" },
    { WITH("\"roles\": { \"jugde\": \"m\" }"), 4, "no task asks the role \"jugde\"; did you mean \"judge\"?" },
    { WITH("\"roles\": { \"judge\": 7 }"), 4, "\"judge\": expected the name of a model in \"models\", found 7" },
    { WITH("\"roles\": [ \"m\" ]"), 4, "expected an object of models' names by role, found an array" },
    { WITH("\"run\": [ \"m\",\n\"n\" ]"), 5,
      "\"run\" names the model \"n\", which is not in \"models\"; did you mean \"m\"?" },
    { WITH("\"run\": [ \"m\",\n\"m\" ]"), 5, "\"run\": expected each model once, found \"m\" twice" },
    { WITH("\"run\": []"), 4, "\"run\": expected an array of models' names, found none" },
    { WITH("\"run\": \"m\""), 4, "\"run\": expected an array of models' names, found \"m\"" },
    { WITH("\"run\": [\n\n7 ]"), 6, "expected the name of a model in \"models\", found 7" },

    /* tasks */
    { "{ " MODELS "\"tasks\": {} }", 2, "\"tasks\": expected an object of tasks by name, found none" },
    { "{ " MODELS "\"tasks\": [ \"a\" ] }", 2, "\"tasks\": expected an object of tasks by name, found an array" },
    { "{ " MODELS "\"tasks\": {\n\"a\": false } }", 3, "\"a\": expected an object, or true, found false" },
    { "{ " MODELS "\"tasks\": {\n\"a\": 16 } }", 3, "\"a\": expected an object, or true, found 16" },
    { "{ " MODELS "\"tasks\": {\n\"\": true } }", 3, "expected a name, found \"\"" },
    { TASK("\"epochs\": 0"), 4, "\"epochs\": expected a whole number from 1 to 10000, found 0" },
    { TASK("\"epochs\": -1"), 4, "found -1" },
    { TASK("\"epochs\": 10001"), 4, "found 10001" },
    { TASK("\"epochs\": 1.5"), 4, "found 1.5" },
    { TASK("\"epochs\": 1e999"), 4, "found 1e999" },
    { TASK("\"epochs\": \"4\""), 4, "\"epochs\": expected a whole number from 1 to 10000, found \"4\"" },
    { TASK("\"limit\": 0"), 4, "\"limit\": expected \"all\", a whole number from 1, or \"first:N\", found 0" },
    { TASK("\"limit\": \"first\""), 4, "found \"first\"" },
    { TASK("\"limit\": \"first:\""), 4, "found \"first:\"" },
    { TASK("\"limit\": \"first:0\""), 4, "found \"first:0\"" },
    { TASK("\"limit\": \"last:5\""), 4, "found \"last:5\"" },
    { TASK("\"limit\": 2.5"), 4, "found 2.5" },
    { TASK("\"limit\": 1000000001"), 4, "found 1000000001" },
    { TASK("\"limit\": [5]"), 4, "found an array" },
    { TASK("\"profile\": \"\""), 4, "\"profile\": expected the name of a profile, found \"\"" },
    { TASK("\"profile\": null"), 4, "found null" },
    { TASK("\"sample_ids\": []"), 4, "\"sample_ids\": expected an array of samples' ids, found none" },
    { TASK("\"sample_ids\": \"x\""), 4, "\"sample_ids\": expected an array of samples' ids, found \"x\"" },
    { TASK("\"sample_ids\": [ \"x\",\ntrue ]"), 5, "expected a sample's id, a string or a whole number, found true" },
    { TASK("\"sample_ids\": [ 1.5 ]"), 4, "found 1.5" },
    { TASK("\"sample_ids\": [ \"\" ]"), 4, "found \"\"" },
    { TASK("\"sample_ids\": [ \"x\" ],\n\"limit\": 5"), 4,
      "\"sample_ids\": expected no \"limit\" beside it, found both" },

    /* seed and limits */
    { WITH("\"seed\": -1"), 4, "\"seed\": expected a whole number from 0 to 9007199254740991, found -1" },
    { WITH("\"seed\": 9007199254740992"), 4, "found 9007199254740992" },
    { WITH("\"seed\": 18446744073709551616"), 4, "found 18446744073709551616" },
    { WITH("\"seed\": 0.5"), 4, "found 0.5" },
    { WITH("\"seed\": \"7\""), 4, "found \"7\"" },
    { WITH("\"limits\": 50"), 4, "\"limits\": expected an object of \"usd\", \"hours\" and \"void\", found 50" },
    { WITH("\"limits\": { \"usd\": 0 }"), 4, "\"usd\": expected a number above 0, to 1000000000" },
    { WITH("\"limits\": { \"usd\": -5 }"), 4, "found -5" },
    { WITH("\"limits\": { \"usd\": \"50$\" }"), 4, "found \"50$\"" },
    { WITH("\"limits\": { \"usd\": 1e10 }"), 4, "found 1e10" },
    { WITH("\"limits\": { \"hours\": 1e999 }"), 4, "\"hours\": expected a number above 0, to 1000000" },
    { WITH("\"limits\": {\n\"hours\": null }"), 5, "found null" },
    { WITH("\"limits\": { \"void\": 1.5 }"), 4, "\"void\": expected a share such as \"1%\" or 0.01, found 1.5" },
    { WITH("\"limits\": { \"void\": -0.1 }"), 4, "found -0.1" },
    { WITH("\"limits\": { \"void\": \"101%\" }"), 4, "found \"101%\"" },
    { WITH("\"limits\": { \"void\": \"%\" }"), 4, "found \"%\"" },
    { WITH("\"limits\": { \"void\": true }"), 4, "found true" },
};

static void assert_refused(struct arena *arena, const struct wrong *wrong)
{
    struct err err = ERR_INIT;
    const char *place = arena_printf(arena, "plan.json line %d: ", wrong->line);

    if (try_bytes(arena, wrong->text, strlen(wrong->text), &err) != NULL)
        fail_msg("accepted: %s", wrong->text);
    assert_int_equal(err.code, EXIT_BAD_DATA);
    if (strncmp(err.text, place, strlen(place)) != 0 || strstr(err.text, wrong->says) == NULL)
        fail_msg("of\n%s\nsaid: %s\nnot:  %s%s", wrong->text, err.text, place, wrong->says);
}

static void test_plan_parse_says_what_is_wrong_and_where(void **state)
{
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++)
        assert_refused(*state, &WRONG[i]);
}

static void assert_bytes_refused(struct arena *arena, const char *text, size_t length)
{
    struct err err = ERR_INIT;

    assert_null(try_bytes(arena, text, length, &err));
    assert_int_equal(err.code, EXIT_BAD_DATA);
    assert_int_equal(strncmp(err.text, "plan.json", 9), 0);
}

static char *filled(struct arena *arena, char c, size_t length)
{
    return memset(arena_alloc(arena, length + 1), c, length);
}

static void test_plan_parse_survives_the_hostile(void **state)
{
    static const char NUL_INSIDE[] = "{ " MODELS "\"tasks\": { \"a\": true }\0 }";
    struct arena *arena = *state;
    char *deep = filled(arena, '[', 100000), *braces = arena_alloc(arena, 500001);

    for (size_t i = 0; i < 100000; i++)
        memcpy(braces + 5 * i, "{\"a\":", 5);
    assert_bytes_refused(arena, "", 0);
    assert_bytes_refused(arena, "\0", 1);
    assert_bytes_refused(arena, NUL_INSIDE, sizeof NUL_INSIDE - 1);
    assert_bytes_refused(arena, deep, 100000);
    assert_bytes_refused(arena, braces, 500000);
    assert_bytes_refused(arena, braces, 200000);
    assert_bytes_refused(arena, filled(arena, ' ', 10000000), 10000000);
    assert_bytes_refused(arena, filled(arena, ' ', PLAN_SIZE_MAX), PLAN_SIZE_MAX);
    assert_bytes_refused(arena, "\xff\xfe{\0}\0", 6);
    assert_bytes_refused(arena, "\"\xf0\x9f", 3);
}

static void test_plan_parse_mends_escapes_that_are_no_character(void **state)
{
    struct plan *plan = parsed(*state, "{ " MODELS "\"tasks\": { \"a\": true, \"b\\ud83d\": true,"
                                       "\"c\\u0000d\": true },"
                                       "\"name\": \"\\ud83d\" }");

    assert_string_equal(plan->name, "\xef\xbf\xbd");
    assert_string_equal(plan->tasks->name, "a");
    assert_string_equal(plan->tasks->next->name, "b\xef\xbf\xbd");
    assert_string_equal(plan->tasks->next->next->name, "c\xef\xbf\xbd" "d");
}

static void test_plan_parse_cuts_what_it_quotes(void **state)
{
    struct arena *arena = *state;
    char *longest = filled(arena, 'x', 100000);
    struct err err = ERR_INIT;
    const char *text = arena_printf(arena, WITH("\"name\": [\"%s\"], \"%s\": 1"), longest, longest);

    assert_null(try_bytes(arena, text, strlen(text), &err));
    assert_non_null(strstr(err.text, "xxx\"; known: $schema"));
    text = arena_printf(arena, WITH("\"seed\": \"\\u202e\x1b%s\""), longest);
    assert_null(try_bytes(arena, text, strlen(text), &err));
    text = arena_printf(arena, WITH("\"seed\": \"\u202e%s\""), longest);
    assert_null(try_bytes(arena, text, strlen(text), &err));
    assert_non_null(strstr(err.text, "found \"\\u202exxx"));
    assert_non_null(strstr(err.text, "xxx..."));
}

/* Each task's line is found by a walk through the document: a plan far larger than any must still be read at once. */
static void test_plan_parse_bears_a_thousand_tasks(void **state)
{
    struct buf text;
    struct plan *plan;
    int count = 0;

    buf_init(&text, 0);
    buf_add_string(&text, "{ " MODELS "\"tasks\": {");
    for (; count < 1000; count++)
        buf_addf(&text, "%s\n\"a%d\": { \"epochs\": 2, \"limit\": \"first:20\" }", count > 0 ? "," : "", count);
    buf_add_string(&text, "} }");
    plan = parsed(*state, text.data);
    buf_fini(&text);
    for (struct plan_task *task = plan->tasks; task != NULL; task = task->next)
        count--;
    assert_int_equal(count, 0);
}

static char *read_source(struct arena *arena, const char *path)
{
    struct buf text;
    struct err err = ERR_INIT;
    char *copy;

    buf_init(&text, 0);
    if (file_read(arena_printf(arena, "%s/%s", SOURCE_DIR, path), &text, &err) < 0)
        fail_msg("%s", err.text);
    copy = arena_strndup(arena, text.data, text.length);
    buf_fini(&text);
    return copy;
}

static void test_plan_parse_reads_the_template(void **state)
{
    struct plan *plan = parsed(*state, read_source(*state, "harness/cli/plan_template.json"));

    assert_string_equal(plan->tasks->name, "demo_choice");
    assert_string_equal(plan->tasks->next->name, "demo_integer");
    assert_null(plan->tasks->next->next);
    assert_string_equal(plan->models->name, "local");
    assert_null(plan->models->next);
    assert_string_equal(model_text(plan->models, "base_url", ""), "http://127.0.0.1:8080/v1");
}

/* Every line `// "key": ...` of the template is meant to be used by taking its slashes away. */
static void test_plan_parse_reads_the_template_with_all_examples(void **state)
{
    char *text = read_source(*state, "harness/cli/plan_template.json");
    struct plan *plan;

    for (char *c = text; (c = strstr(c, "// \"")) != NULL; c++)
        memcpy(c, "  ", 2);
    plan = parsed(*state, text);
    assert_non_null(plan_find_model(plan, "opus"));
    assert_string_equal(plan->roles->model, "opus");
    assert_string_equal(plan->tasks->name, "aime2025");
    assert_int_equal(plan->run_count, 1);
    assert_float_equal(plan->hours_max, 8, 0);
    assert_string_equal(model_text(plan_find_model(plan, "local"), "temperature", ""), "0.6");
}

/* What the parser says it knows where text has a key that it does not, against a list of properties of the schema. */
static void assert_schema_knows_the_same(struct arena *arena, const char *text, const struct json *properties)
{
    struct err err = ERR_INIT;
    char *known;
    size_t count = 0;

    assert_null(try_bytes(arena, text, strlen(text), &err));
    known = strstr(err.text, "known: ");
    assert_non_null(known);
    for (char *key = strtok(known + strlen("known: "), ", "); key != NULL; key = strtok(NULL, ", ")) {
        if (json_get(properties, key) == NULL)
            fail_msg("not in the schema: %s", key);
        assert_non_null(json_string(json_get(properties, key), json_get(json_get(properties, key), "$ref") != NULL
                                                                   ? "$ref" : "description"));
        count++;
    }
    assert_int_equal(json_count(properties), count);
}

static const struct json *definition(const struct json *schema, const char *name)
{
    const struct json *found = json_get(json_get(schema, "$defs"), name);
    bool open = true;

    assert_true(json_get_bool(found, "additionalProperties", &open));
    assert_false(open);
    return json_get(found, "properties");
}

static void test_plan_schema_names_the_keys_of_the_parser(void **state)
{
    char *text = read_source(*state, "harness/cli/plan_schema.json");
    struct err err = ERR_INIT;
    struct json_doc *doc = json_parse(text, strlen(text), &err);
    const struct json *schema;

    if (doc == NULL)
        fail_msg("plan_schema.json %s", err.text);
    schema = json_root(doc);
    assert_string_equal(json_string(schema, "$schema"), "https://json-schema.org/draft/2020-12/schema");
    assert_schema_knows_the_same(*state, WITH("\"zzzzzz\": 1"), json_get(schema, "properties"));
    assert_schema_knows_the_same(*state, TASK("\"zzzzzz\": 1"), definition(schema, "task"));
    assert_schema_knows_the_same(*state, WITH("\"limits\": { \"zzzzzz\": 1 }"), definition(schema, "limits"));
    json_free(doc);
}

static void test_plan_read_knows_its_folder(void **state)
{
    char folder[] = "/tmp/vernier-plan-XXXXXX";
    struct err err = ERR_INIT;
    struct plan *plan;
    const char *path;

    assert_non_null(mkdtemp(folder));
    path = arena_printf(*state, "%s/plan.json", folder);
    assert_int_equal(file_write(path, EXAMPLE, strlen(EXAMPLE), true, &err), 0);
    plan = plan_read(*state, path, &err);
    assert_non_null(plan);
    assert_string_equal(plan->folder, folder);
    assert_string_equal(plan->tasks->where, arena_printf(*state, "%s line 5", path));
    assert_int_equal(file_write(path, "{\n7", 3, false, &err), 0);
    assert_null(plan_read(*state, path, &err));
    assert_int_equal(strncmp(err.text, path, strlen(path)), 0);
    assert_non_null(strstr(err.text, "plan.json line 2: "));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void test_plan_read_refuses_what_it_cannot_read(void **state)
{
    struct err err = ERR_INIT;

    assert_null(plan_read(*state, "/nowhere/plan.json", &err));
    assert_int_equal(err.code, EXIT_BAD_DATA);
    assert_non_null(strstr(err.text, "/nowhere/plan.json"));
    assert_null(plan_read(*state, "/tmp", &err));
    assert_null(plan_read(*state, "/dev/zero", &err));
}

static void test_plan_new_can_be_filled_by_hand(void **state)
{
    struct plan *plan = plan_new(*state);
    struct model model = { .name = "openai/m" };
    struct plan_task *task = plan_add_task(plan, "a", "--task"), *next = plan_add_task(plan, "b", "--task");

    plan_add_model(plan, &model);
    assert_string_equal(plan->folder, ".");
    assert_float_equal(plan->void_max, 0.01, 0);
    assert_ptr_equal(plan->arena, *state);
    assert_ptr_equal(plan->tasks, task);
    assert_ptr_equal(task->next, next);
    assert_string_equal(task->where, "--task");
    assert_ptr_equal(plan_find_model(plan, "openai/m"), &model);
    assert_null(plan_find_model(plan, "openai/n"));
}

static void test_limit_parse_knows_three_ways(void **state)
{
    static const char *const NONE[] = { "", "0", "-1", "+1", " 1", "1 ", "first", "first:", "first:x", "First:1", "ALL",
                                        "1e3", "1.0", "first:-1", "99999999999999999999", "first:1000000001" };
    struct limit limit = { 0 };
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(limit_parse("100", &limit, &err), 0);
    assert_int_equal(limit.count, 100);
    assert_false(limit.first);
    assert_int_equal(limit_parse("first:7", &limit, &err), 0);
    assert_int_equal(limit.count, 7);
    assert_true(limit.first);
    assert_int_equal(limit_parse("all", &limit, &err), 0);
    assert_int_equal(limit.count, 0);
    assert_false(limit.first);
    for (size_t i = 0; i < sizeof NONE / sizeof NONE[0]; i++) {
        assert_int_equal(limit_parse(NONE[i], &limit, &err), -1);
        assert_int_equal(err.code, EXIT_USAGE);
        assert_non_null(strstr(err.text, "expected \"all\", a whole number from 1, or \"first:N\", found \""));
    }
}

static void assert_share(const char *text, double value)
{
    double share = -1;
    struct err err = ERR_INIT;

    assert_int_equal(share_parse(text, &share, &err), 0);
    assert_true(share == value);
}

static void test_share_parse_knows_percents(void **state)
{
    static const char *const NONE[] = { "", "%", "1.01", "101%", "-1%", "-0.1", "1%%", "1 %", " 1%", "x", "nan", "nan%",
                                        "inf", "5", "0x1%", "0.0000000000000000000000000000000001" };
    double share = 0.5;
    struct err err = ERR_INIT;

    (void)state;
    assert_share("1%", 0.01);
    assert_share("0.01", 0.01);
    assert_share("0", 0);
    assert_share("0%", 0);
    assert_share("1", 1);
    assert_share("100%", 1);
    assert_share("2.5%", 0.025);
    assert_share("1e-3", 0.001);
    for (size_t i = 0; i < sizeof NONE / sizeof NONE[0]; i++) {
        assert_int_equal(share_parse(NONE[i], &share, &err), -1);
        assert_int_equal(err.code, EXIT_USAGE);
        assert_non_null(strstr(err.text, "expected a share such as \"1%\" or 0.01, found \""));
    }
    assert_true(share == 0.5);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, make_arena, free_arena)
    const struct CMUnitTest tests[] = {
        TEST(test_plan_parse_reads_the_contracts_example),
        TEST(test_plan_parse_has_defaults),
        TEST(test_plan_parse_keeps_settings_as_words),
        TEST(test_plan_parse_reads_every_way_to_limit),
        TEST(test_plan_parse_takes_the_largest_numbers),
        TEST(test_plan_parse_allows_comments),
        TEST(test_plan_parse_says_what_is_wrong_and_where),
        TEST(test_plan_parse_survives_the_hostile),
        TEST(test_plan_parse_mends_escapes_that_are_no_character),
        TEST(test_plan_parse_cuts_what_it_quotes),
        TEST(test_plan_parse_bears_a_thousand_tasks),
        TEST(test_plan_parse_reads_the_template),
        TEST(test_plan_parse_reads_the_template_with_all_examples),
        TEST(test_plan_schema_names_the_keys_of_the_parser),
        TEST(test_plan_read_knows_its_folder),
        TEST(test_plan_read_refuses_what_it_cannot_read),
        TEST(test_plan_new_can_be_filled_by_hand),
        TEST(test_limit_parse_knows_three_ways),
        TEST(test_share_parse_knows_percents),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
