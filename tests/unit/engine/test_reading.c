#include "tests/unit/engine/asked.h"

#include "harness/engine/reading.h"

struct desk { struct arena *arena; struct err err; struct reading r; };

static void begin(struct desk *desk, const char *text)
{
    *desk = (struct desk){ .arena = arena_new(), .err = ERR_INIT };
    if (reading_open(&desk->r, desk->arena, "plan.json", text, strlen(text), &desk->err) < 0)
        fail_msg("%s", desk->err.text);
}

static void end(struct desk *desk)
{
    reading_close(&desk->r);
    arena_free(desk->arena);
}

static void assert_refused(struct desk *desk, int result, const char *words)
{
    assert_int_equal(-1, result);
    assert_string_equal(words, desk->err.text);
    assert_int_equal(EXIT_BAD_DATA, desk->err.code);
}

static void test_reading_open_names_the_file_that_is_no_json(void **state)
{
    static const char *const TEXTS[] = { "", "{", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "{} {}", "{\"a\":\xff}" };

    (void)state;
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        struct arena *arena = arena_new();
        struct err err = ERR_INIT;
        struct reading r;

        assert_int_equal(-1, reading_open(&r, arena, "plan.json", TEXTS[i], strlen(TEXTS[i]), &err));
        assert_int_equal(EXIT_BAD_DATA, err.code);
        assert_memory_equal("plan.json ", err.text, strlen("plan.json "));
        reading_close(&r);
        arena_free(arena);
    }
}

/* Comments are ours to write, and must not shift the lines. */
static void test_reading_place_gives_the_line(void **state)
{
    struct desk desk;
    const struct json *root;

    (void)state;
    begin(&desk, "{ // a plan\n  \"a\": 1,\n\n  \"b\": [\n    2 ]\n}");
    root = json_root(desk.r.doc);
    assert_string_equal("plan.json line 1", reading_place(&desk.r, root));
    assert_string_equal("plan.json line 2", reading_place(&desk.r, json_get(root, "a")));
    assert_string_equal("plan.json line 5", reading_place(&desk.r, json_first(json_get(root, "b"))));
    end(&desk);
}

static void test_reading_refuse_says_what_was_found(void **state)
{
    static const struct { const char *text, *words; } FOUND[] = {
        { "{\"a\":1}", "plan.json line 1: \"a\": expected a name, found 1" },
        { "{\"a\":\"x\\ny\"}", "plan.json line 1: \"a\": expected a name, found \"x\\ny\"" },
        { "{\"a\":null}", "plan.json line 1: \"a\": expected a name, found null" },
        { "{\n\"a\":{\"b\":1}}", "plan.json line 2: \"a\": expected a name, found an object" },
        { "{\"a\":[1,2]}", "plan.json line 1: \"a\": expected a name, found an array" },
        { "{\"a\":\"0123456789012345678901234567890123456789\"}",
          "plan.json line 1: \"a\": expected a name, found \"012345678901234567890123456789012345678..." },
    };

    (void)state;
    for (size_t i = 0; i < sizeof FOUND / sizeof FOUND[0]; i++) {
        struct desk desk;

        begin(&desk, FOUND[i].text);
        assert_refused(&desk, reading_refuse(&desk.r, json_first(json_root(desk.r.doc)), "a %s", "name"),
                       FOUND[i].words);
        end(&desk);
    }
}

struct both { const char *name; int64_t number; int order[4], count; };

static int read_name(struct reading *r, const struct json *value, void *into)
{
    struct both *both = into;

    both->order[both->count++] = 'n';
    return reading_text(r, value, "a name", &both->name);
}

static int read_number(struct reading *r, const struct json *value, void *into)
{
    struct both *both = into;

    both->order[both->count++] = '#';
    return reading_int(r, value, 1, 10, &both->number);
}

static const struct reading_key KEYS[] = {
    { "name", read_name, .required = true }, { "number", read_number }, { .name = NULL },
};

static int read_both(struct desk *desk, const char *text, struct both *both)
{
    *both = (struct both){ .number = -1 };
    begin(desk, text);
    return reading_object(&desk->r, json_root(desk->r.doc), KEYS, both);
}

static void test_reading_object_reads_in_the_table_s_order(void **state)
{
    struct desk desk;
    struct both both;

    (void)state;
    assert_int_equal(0, read_both(&desk, "{\"number\":3,\"name\":\"x\"}", &both));
    assert_string_equal("x", both.name);
    assert_int_equal(3, both.number);
    assert_true(both.count == 2 && both.order[0] == 'n' && both.order[1] == '#');
    end(&desk);
    assert_int_equal(0, read_both(&desk, "{\"name\":\"x\"}", &both));
    assert_int_equal(-1, both.number);
    end(&desk);
}

static void test_reading_object_refuses_unknown_and_missing_keys(void **state)
{
    static const struct { const char *text, *words; } WRONG[] = {
        { "{\"name\":\"x\",\n\"numbr\":3}", "plan.json line 2: unknown key \"numbr\"; did you mean \"number\"?" },
        { "{\"temperature\":3}", "plan.json line 1: unknown key \"temperature\"; known: name, number" },
        { "{}", "plan.json line 1: expected a key \"name\", found none" },
        { "{\"number\":3}", "plan.json line 1: expected a key \"name\", found none" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        struct desk desk;
        struct both both;

        assert_refused(&desk, read_both(&desk, WRONG[i].text, &both), WRONG[i].words);
        assert_int_equal(0, both.count);      /* nothing is read of an object that is refused */
        end(&desk);
    }
}

static int count_one(struct reading *r, const struct json *value, void *into)
{
    (void)r;
    (void)value;
    ++*(int *)into;
    return 0;
}

static int read_list(struct desk *desk, const char *text, bool some, int *count)
{
    const struct json *list;

    *count = 0;
    begin(desk, text);
    list = json_first(json_root(desk->r.doc));
    return some ? reading_some(&desk->r, list, json_kind(list), "some names", count_one, count)
                : reading_each(&desk->r, list, JSON_OBJECT, "an object of names", count_one, count);
}

static void test_reading_each_reads_every_member(void **state)
{
    struct desk desk;
    int count;

    (void)state;
    assert_int_equal(0, read_list(&desk, "{\"a\":{\"x\":1,\"y\":2,\"z\":3}}", false, &count));
    assert_int_equal(3, count);
    end(&desk);
    assert_int_equal(0, read_list(&desk, "{\"a\":{}}", false, &count));
    end(&desk);
    assert_refused(&desk, read_list(&desk, "{\"a\":[1]}", false, &count),
                   "plan.json line 1: \"a\": expected an object of names, found an array");
    end(&desk);
    assert_refused(&desk, read_list(&desk, "{\"a\":{\"\":1}}", false, &count),
                   "plan.json line 1: expected a name, found \"\"");
    assert_int_equal(0, count);
    end(&desk);
}

static void test_reading_some_wants_one_at_least(void **state)
{
    struct desk desk;
    int count;

    (void)state;
    assert_int_equal(0, read_list(&desk, "{\"a\":[7,8]}", true, &count));
    assert_int_equal(2, count);
    end(&desk);
    assert_refused(&desk, read_list(&desk, "{\"a\":[]}", true, &count),
                   "plan.json line 1: \"a\": expected some names, found none");
    end(&desk);
}

static void test_reading_text_and_int_keep_to_their_bounds(void **state)
{
    static const char *const TEXTS[] = { "{\"name\":\"\"}", "{\"name\":5}", "{\"name\":\"x\",\"number\":0}",
                                         "{\"name\":\"x\",\"number\":11}", "{\"name\":\"x\",\"number\":1.5}",
                                         "{\"name\":\"x\",\"number\":\"3\"}", "{\"name\":\"x\",\"number\":1e300}" };
    struct desk desk;
    struct both both;

    (void)state;
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        assert_int_equal(-1, read_both(&desk, TEXTS[i], &both));
        assert_non_null(strstr(desk.err.text, i < 2 ? "expected a name, found"
                                                    : "expected a whole number from 1 to 10, found"));
        end(&desk);
    }
    assert_int_equal(0, read_both(&desk, "{\"name\":\"x\",\"number\":1}", &both));
    end(&desk);
    assert_int_equal(0, read_both(&desk, "{\"name\":\"x\",\"number\":10}", &both));
    end(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reading_open_names_the_file_that_is_no_json),
        cmocka_unit_test(test_reading_place_gives_the_line),
        cmocka_unit_test(test_reading_refuse_says_what_was_found),
        cmocka_unit_test(test_reading_object_reads_in_the_table_s_order),
        cmocka_unit_test(test_reading_object_refuses_unknown_and_missing_keys),
        cmocka_unit_test(test_reading_each_reads_every_member),
        cmocka_unit_test(test_reading_some_wants_one_at_least),
        cmocka_unit_test(test_reading_text_and_int_keep_to_their_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
