#include "harness/base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/base/buf.h"

#define REPLACEMENT "\xef\xbf\xbd"

static struct json_doc *parse_bytes(const char *text, size_t length, bool ours, struct err *err)
{
    /* A copy of the exact size and without a NUL, so that a read past the end is seen. */
    char *copy = malloc(length > 0 ? length : 1);
    struct json_doc *doc;

    memcpy(copy, text, length);
    doc = ours ? json_parse_ours(copy, length, err) : json_parse(copy, length, err);
    free(copy);
    return doc;
}

static struct json_doc *parse(const char *text)
{
    struct err err = ERR_INIT;
    struct json_doc *doc = parse_bytes(text, strlen(text), false, &err);

    if (doc == NULL)
        fail_msg("%s: %s", text, err.text);
    return doc;
}

static struct json_doc *parse_ours(const char *text)
{
    struct err err = ERR_INIT;
    struct json_doc *doc = parse_bytes(text, strlen(text), true, &err);

    if (doc == NULL)
        fail_msg("%s: %s", text, err.text);
    return doc;
}

static void assert_refused(const char *text, bool ours, const char *why)
{
    struct err err = ERR_INIT;

    assert_null(parse_bytes(text, strlen(text), ours, &err));
    assert_string_equal(err.text, why);
    assert_int_equal(err.code, EXIT_BAD_DATA);
}

static void assert_text(const char *bytes, size_t length, const char *expected)
{
    struct err err = ERR_INIT;
    struct json_doc *doc = parse_bytes(bytes, length, false, &err);

    if (doc == NULL)
        fail_msg("%s", err.text);
    assert_string_equal(json_text(json_root(doc)), expected);
    json_free(doc);
}

#define ASSERT_TEXT(bytes, expected) assert_text(bytes, sizeof (bytes) - 1, expected)

static void test_json_parse_gives_each_kind(void **state)
{
    struct json_doc *doc = parse("[null, true, false, 0, -1.5e3, \"x\", [], {}]");
    static const enum json_kind kinds[] = { JSON_NULL, JSON_BOOL, JSON_BOOL, JSON_NUMBER, JSON_NUMBER, JSON_STRING,
                                            JSON_ARRAY, JSON_OBJECT };
    const struct json *value = json_first(json_root(doc));
    bool truth = false;
    double number = 0;

    (void)state;
    assert_int_equal(json_count(json_root(doc)), 8);
    for (size_t i = 0; i < 8; i++, value = json_next(value))
        assert_int_equal(json_kind(value), kinds[i]);
    assert_null(value);
    value = json_next(json_first(json_root(doc)));
    assert_true(json_to_bool(value, &truth) && truth);
    value = json_next(value);
    assert_true(json_to_bool(value, &truth) && !truth);
    value = json_next(json_next(value));
    assert_true(json_to_number(value, &number) && number == -1500);
    assert_string_equal(json_text(json_next(value)), "x");
    json_free(doc);
    json_free(NULL);
}

static void test_json_parse_takes_scalars_blanks_and_a_mark(void **state)
{
    struct err err = ERR_INIT;
    struct json_doc *doc;

    (void)state;
    ASSERT_TEXT(" \t\r\n\"a\" \n", "a");
    ASSERT_TEXT("\xef\xbb\xbf\"a\"", "a");
    ASSERT_TEXT("\"\"", "");
    doc = parse_bytes("7", 1, false, &err);
    assert_non_null(doc);
    json_free(doc);
}

static void test_json_parse_resolves_escapes(void **state)
{
    (void)state;
    ASSERT_TEXT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t");
    ASSERT_TEXT("\"\\u0041\\u00e9\\u20AC\"", "A\xc3\xa9\xe2\x82\xac");
    ASSERT_TEXT("\"\\ud83d\\ude00!\"", "\xf0\x9f\x98\x80!");
    ASSERT_TEXT("\"\\\\ud83d\"", "\\ud83d");
}

static void test_json_parse_mends_lone_surrogates(void **state)
{
    (void)state;
    ASSERT_TEXT("\"a\\ud83d\"", "a" REPLACEMENT);
    ASSERT_TEXT("\"\\ude00b\"", REPLACEMENT "b");
    ASSERT_TEXT("\"\\ud83dx\\ude00\"", REPLACEMENT "x" REPLACEMENT);
    ASSERT_TEXT("\"\\ud83d\\ud83d\\ude00\"", REPLACEMENT "\xf0\x9f\x98\x80");
    ASSERT_TEXT("\"\\ud83d\\n\"", REPLACEMENT "\n");
    ASSERT_TEXT("\"\\ud83d\\u0041\"", REPLACEMENT "A");
}

static void test_json_parse_mends_nul_and_bytes(void **state)
{
    (void)state;
    ASSERT_TEXT("\"a\\u0000b\"", "a" REPLACEMENT "b");
    ASSERT_TEXT("\"a\0b\"", "a" REPLACEMENT "b");
    ASSERT_TEXT("\"\xff\xc3\xa9\xed\xa0\x80\"", REPLACEMENT "\xc3\xa9" REPLACEMENT REPLACEMENT REPLACEMENT);
    ASSERT_TEXT("\"\xc3\"", REPLACEMENT);
}

static void test_json_parse_mends_keys_too(void **state)
{
    struct json_doc *doc = parse("{\"a\\u0000b\": 1, \"\\ud800\": 2}");
    int64_t number;

    (void)state;
    assert_true(json_get_int64(json_root(doc), "a" REPLACEMENT "b", &number) && number == 1);
    assert_true(json_get_int64(json_root(doc), REPLACEMENT, &number) && number == 2);
    json_free(doc);
}

static void test_json_parse_tolerates_raw_controls_only_on_the_wire(void **state)
{
    (void)state;
    ASSERT_TEXT("\"a\nb\tc\x01\"", "a\nb\tc\x01");
    assert_refused("[1,\n\"a\nb\"]", true, "line 2: a string must end on its line (a line break is \\n)");
    assert_refused("\"a\tb\"", true, "line 1: control characters in a string must be escaped");
}

static void test_json_parse_says_what_it_expected(void **state)
{
    (void)state;
    assert_refused("", false, "line 1: expected a value, found the end");
    assert_refused(" \n\n ", false, "line 3: expected a value, found the end");
    assert_refused("\xef\xbb\xbf", false, "line 1: expected a value, found the end");
    assert_refused("{\"a\": 1\n \"b\": 2}", false, "line 2: expected \",\" or \"}\" after a member, found a string");
    assert_refused("{\"a\": 1,\n}", false, "line 2: expected a key in quotes after \",\", found \"}\"");
    assert_refused("{a: 1}", false, "line 1: expected a key in quotes or \"}\", found \"a\"");
    assert_refused("{\"a\" 1}", false, "line 1: expected \":\" after a key, found \"1\"");
    assert_refused("{\"a\":}", false, "line 1: expected a value after \":\", found \"}\"");
    assert_refused("{\"a\":1", false, "line 1: expected \",\" or \"}\" after a member, found the end");
    assert_refused("{", false, "line 1: expected a key in quotes or \"}\", found the end");
    assert_refused("[1 2]", false, "line 1: expected \",\" or \"]\" after a value, found \"2\"");
    assert_refused("[1,]", false, "line 1: expected a value after \",\", found \"]\"");
    assert_refused("[\n\n", false, "line 3: expected a value or \"]\", found the end");
    assert_refused("[True]", false, "line 1: expected a value or \"]\", found \"True\"");
    assert_refused("nul", false, "line 1: expected a value, found \"nul\"");
    assert_refused("truely", false, "line 1: expected a value, found \"truely\"");
    assert_refused("{} {}", false, "line 1: expected nothing more after the document, found \"{\"");
    assert_refused("1\n2", false, "line 2: expected nothing more after the document, found \"2\"");
    assert_refused("[\x01]", false, "line 1: expected a value or \"]\", found a control character");
    assert_refused("\xc3\xa9", false, "line 1: expected a value, found \"\xc3\xa9\"");
    assert_refused("\n\"abc", false, "line 2: the string that begins here has no end");
    assert_refused("\"\\", false, "line 1: a backslash in a string must stand before one of \"\\/bfnrtu");
    assert_refused("\"\\x41\"", false, "line 1: a backslash in a string must stand before one of \"\\/bfnrtu");
    assert_refused("\"\\u12", false, "line 1: expected four hexadecimal digits after \\u");
    assert_refused("\"\\ud83d\\u12\"", false, "line 1: expected four hexadecimal digits after \\u");
}

static void test_json_parse_refuses_a_nul_outside_strings(void **state)
{
    struct err err = ERR_INIT;

    (void)state;
    assert_null(parse_bytes("{}\0", 3, false, &err));
    assert_null(parse_bytes("\0{}", 3, false, &err));
    assert_null(parse_bytes("[1\0]", 4, false, &err));
}

static void test_json_parse_refuses_what_is_no_number(void **state)
{
    static const char *const texts[] = { "01", "-", "1.", "1.e5", "1e", "1e+", "0x10", "1_000", "-a", "1a", "-01" };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct err err = ERR_INIT;

        assert_null(parse_bytes(texts[i], strlen(texts[i]), false, &err));
        assert_non_null(strstr(err.text, "line 1: expected a number as JSON writes them, found"));
    }
    assert_refused("+1", false, "line 1: expected a value, found \"+\"");
    assert_refused(".5", false, "line 1: expected a value, found \".\"");
    assert_refused("NaN", false, "line 1: expected a value, found \"NaN\"");
    assert_refused("-Infinity", false, "line 1: expected a number as JSON writes them, found \"-\"");
}

static void test_json_parse_bounds_depth(void **state)
{
    char *text = malloc(1000001);
    struct err err = ERR_INIT;
    struct json_doc *doc;

    (void)state;
    memset(text, '[', 64);
    memset(text + 64, ']', 64);
    doc = parse_bytes(text, 128, false, &err);
    assert_non_null(doc);
    json_free(doc);
    memset(text, '[', 65);
    memset(text + 65, ']', 65);
    text[130] = '\0';
    assert_refused(text, false, "line 1: nested deeper than 64 levels");
    memset(text, '[', 1000000);
    text[1000000] = '\0';
    assert_refused(text, false, "line 1: nested deeper than 64 levels");
    assert_refused(text, true, "line 1: nested deeper than 64 levels");
    for (size_t i = 0; i + 5 < 1000000; i += 5)
        memcpy(text + i, "{\"a\":", 5);
    assert_null(parse_bytes(text, 1000000, false, &err));
    free(text);
}

static void test_json_parse_bounds_size(void **state)
{
    struct err err = ERR_INIT;
    char *text = calloc(1, JSON_SIZE_MAX + 1);

    (void)state;
    assert_null(json_parse(text, JSON_SIZE_MAX + 1, &err));
    assert_string_equal(err.text, "line 1: expected at most 67108864 bytes, found 67108865");
    free(text);
}

static void test_json_parse_takes_the_first_of_duplicate_keys(void **state)
{
    struct json_doc *doc = parse("{\"a\": 1, \"a\": 2}");
    int64_t number = 0;

    (void)state;
    assert_true(json_get_int64(json_root(doc), "a", &number));
    assert_int_equal(number, 1);
    assert_int_equal(json_count(json_root(doc)), 2);
    json_free(doc);
}

static void test_json_parse_refuses_comments(void **state)
{
    (void)state;
    assert_refused("{}\n// x", false, "line 2: comments are not allowed here");
    assert_refused("[/* x */]", false, "line 1: comments are not allowed here");
    assert_refused("[1 /", false, "line 1: expected \",\" or \"]\" after a value, found \"/\"");
}

static void test_json_parse_ours_allows_comments(void **state)
{
    struct json_doc *doc = parse_ours("// head\n{ /* one */ \"a\" /**/ : // two\n 1, \"b\": \"// no /* comment */\" }"
                                      "\n/* tail\n\"x\" */ //");
    int64_t number = 0;

    (void)state;
    assert_true(json_get_int64(json_root(doc), "a", &number) && number == 1);
    assert_string_equal(json_string(json_root(doc), "b"), "// no /* comment */");
    json_free(doc);
    assert_refused("{}\n\n/* no end *", true, "line 3: the comment that begins here has no end");
    assert_refused("/*/", true, "line 1: the comment that begins here has no end");
    assert_refused("{} / {}", true, "line 1: expected nothing more after the document, found \"/\"");
    assert_refused("// only", true, "line 1: expected a value, found the end");
}

static void test_json_parse_ours_keeps_lines_after_comments(void **state)
{
    (void)state;
    assert_refused("/* 1\n2\n3 */ {\n// 4\n\"a\" 1}", true, "line 5: expected \":\" after a key, found \"1\"");
}

static void test_json_parse_ours_refuses_duplicate_keys(void **state)
{
    struct json_doc *doc;

    (void)state;
    assert_refused("{\"a\": 1,\n\"b\": 2,\n\"a\": 3,\n\"b\": 4}", true, "line 3: the key \"a\" stands here a second time");
    assert_refused("{\"x\": {\"a\": 1,\n\"\\u0061\": 3}}", true, "line 2: the key \"a\" stands here a second time");
    assert_refused("{\"a\": {\"b\": 1},\n\"a\": 2}", true, "line 2: the key \"a\" stands here a second time");
    doc = parse_ours("{\"a\": {\"a\": [{\"a\": 1}, {\"a\": 2}]}, \"A\": 1, \"b\": {\"a\": 1}}");
    json_free(doc);
}

/* So few keys that they are compared each with each, and so many that they are sorted. */
static void test_json_parse_row_refuses_duplicate_keys(void **state)
{
    struct err err = ERR_INIT;
    struct buf text;

    (void)state;
    for (int count = 2; count <= 40; count++) {
        struct json_doc *doc;

        buf_init(&text, 0);
        for (int i = 0; i < count; i++)
            buf_addf(&text, "%s\"k%d\": %d", i == 0 ? "{" : ",", i, i);
        buf_add_char(&text, '}');
        doc = json_parse_row(text.data, text.length, &err);
        assert_non_null(doc);
        json_free(doc);
        text.length--;
        buf_add_string(&text, ",\n\"k1\": 0, \"k0\": 0}");
        assert_null(json_parse_row(text.data, text.length, &err));
        assert_string_equal(err.text, "line 2: the key \"k1\" stands here a second time");
        doc = json_parse(text.data, text.length, &err);
        assert_non_null(doc);
        json_free(doc);
        buf_fini(&text);
    }
}

static void test_json_to_int64_is_exact(void **state)
{
    static const struct { const char *text; int64_t value; } cases[] = {
        { "0", 0 }, { "-0", 0 }, { "-7", -7 }, { "1e3", 1000 }, { "1.0", 1 }, { "1500e-2", 15 },
        { "1000000000000001", INT64_C(1000000000000001) }, { "9007199254740991", INT64_C(9007199254740991) },
        { "9007199254740993", INT64_C(9007199254740993) }, { "-9007199254740993", INT64_C(-9007199254740993) },
        { "9223372036854775807", INT64_MAX }, { "-9223372036854775808", INT64_MIN },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct json_doc *doc = parse(cases[i].text);
        int64_t value = 99;

        assert_true(json_to_int64(json_root(doc), &value));
        assert_int_equal(value, cases[i].value);
        json_free(doc);
    }
}

static void test_json_to_int64_refuses_what_does_not_fit(void **state)
{
    static const char *const texts[] = { "1.5", "9223372036854775808", "-9223372036854775809", "1e999", "-1e999",
                                         "1e19", "9007199254740993.0", "\"1\"", "true", "null", "[]" };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct json_doc *doc = parse(texts[i]);
        int64_t value = 99;

        assert_false(json_to_int64(json_root(doc), &value));
        assert_int_equal(value, 99);
        json_free(doc);
    }
}

static void test_json_to_number_stays_finite(void **state)
{
    struct json_doc *doc = parse("[1e999, -1e999, 1e-999, 0.1]");
    const struct json *value = json_first(json_root(doc));
    double number = 0;

    (void)state;
    assert_true(json_to_number(value, &number) && number == DBL_MAX);
    value = json_next(value);
    assert_true(json_to_number(value, &number) && number == -DBL_MAX);
    value = json_next(value);
    assert_true(json_to_number(value, &number) && number == 0);
    value = json_next(value);
    assert_true(json_to_number(value, &number) && number == 0.1);
    json_free(doc);
}

static void test_json_to_number_takes_long_numbers(void **state)
{
    char text[5003] = "0.";
    struct json_doc *doc;
    double number = 0;

    (void)state;
    memset(text + 2, '3', 5000);
    doc = parse(text);
    assert_true(json_to_number(json_root(doc), &number));
    assert_true(number > 0.333 && number < 0.334);
    json_free(doc);
    text[1] = '9';
    text[0] = '9';
    doc = parse(text);
    assert_true(json_to_number(json_root(doc), &number) && number == DBL_MAX);
    json_free(doc);
}

static void test_json_get_finds_members(void **state)
{
    struct json_doc *doc = parse("{\"a\": \"x\", \"B\": true, \"n\": 1.5, \"\": null, \"b\": [1]}");
    const struct json *root = json_root(doc);
    double number = 0;
    int64_t whole = 99;
    bool truth = false;

    (void)state;
    assert_string_equal(json_string(root, "a"), "x");
    assert_null(json_string(root, "n"));
    assert_null(json_string(root, "none"));
    assert_null(json_get(root, "A"));
    assert_non_null(json_get(root, ""));
    assert_string_equal(json_text(json_get_any_case(root, "A")), "x");
    assert_int_equal(json_kind(json_get_any_case(root, "b")), JSON_ARRAY);
    assert_null(json_get_any_case(root, "zz"));
    assert_true(json_get_bool(root, "B", &truth) && truth);
    assert_true(json_get_number(root, "n", &number) && number == 1.5);
    assert_false(json_get_int64(root, "n", &whole));
    assert_false(json_get_int64(root, "a", &whole));
    assert_false(json_get_bool(root, "n", &truth));
    assert_int_equal(whole, 99);
    json_free(doc);
}

static void test_json_get_takes_null_and_other_kinds(void **state)
{
    struct json_doc *doc = parse("[\"a\"]");
    int64_t whole;

    (void)state;
    assert_null(json_get(NULL, "a"));
    assert_null(json_get(json_root(doc), "a"));
    assert_null(json_get_any_case(NULL, "a"));
    assert_null(json_get_any_case(json_root(doc), "a"));
    assert_null(json_string(NULL, "a"));
    assert_null(json_text(NULL));
    assert_false(json_to_int64(NULL, &whole));
    assert_null(json_first(NULL));
    assert_null(json_first(json_first(json_root(doc))));
    assert_int_equal(json_count(NULL), 0);
    assert_null(json_key(json_first(json_root(doc))));
    json_free(doc);
}

static void test_json_first_goes_in_the_order_written(void **state)
{
    struct json_doc *doc = parse("{\"z\": 1, \"a\": 2, \"m\": 3}");
    char order[4] = "";
    size_t count = 0;

    (void)state;
    for (const struct json *v = json_first(json_root(doc)); v != NULL; v = json_next(v))
        order[count++] = *json_key(v);
    assert_string_equal(order, "zam");
    json_free(doc);
}

static void test_json_kind_name_is_for_sentences(void **state)
{
    (void)state;
    assert_string_equal(json_kind_name(JSON_OBJECT), "an object");
    assert_string_equal(json_kind_name(JSON_STRING), "a string");
    assert_string_equal(json_kind_name(JSON_NULL), "null");
}

static void assert_raw(const struct json_doc *doc, const struct json *value, const char *expected)
{
    size_t length;
    const char *raw = json_raw(doc, value, &length);

    assert_int_equal(length, strlen(expected));
    assert_memory_equal(raw, expected, length);
}

static void test_json_line_is_that_of_the_key(void **state)
{
    struct json_doc *doc = parse_ours("\n// one\n{\n\"a\"\n:\n[1,\n\n2],\n\"b\": {\"c\": \"x\"}}");
    const struct json *a = json_get(json_root(doc), "a"), *b = json_get(json_root(doc), "b");

    (void)state;
    assert_int_equal(json_line(doc, json_root(doc)), 3);
    assert_int_equal(json_line(doc, a), 4);
    assert_int_equal(json_line(doc, json_first(a)), 6);
    assert_int_equal(json_line(doc, json_next(json_first(a))), 8);
    assert_int_equal(json_line(doc, b), 9);
    assert_int_equal(json_line(doc, json_get(b, "c")), 9);
    json_free(doc);
}

static void test_json_raw_gives_the_bytes_written(void **state)
{
    struct json_doc *doc = parse(" { \"a}\" : 1.50 , \"b\":[ { \"q\\\"]\":\"]\\\\\" },\"\\u00e9\\ud83d\" ],\"a}\":null,"
                                 "\"e\":[],\"n\":12345678901234567890 } ");
    const struct json *root = json_root(doc), *b = json_get(root, "b");

    (void)state;
    assert_raw(doc, json_get(root, "a}"), "1.50");
    assert_raw(doc, b, "[ { \"q\\\"]\":\"]\\\\\" },\"\\u00e9\\ufffd\" ]");
    assert_raw(doc, json_first(b), "{ \"q\\\"]\":\"]\\\\\" }");
    assert_raw(doc, json_first(json_first(b)), "\"]\\\\\"");
    assert_raw(doc, json_next(json_first(b)), "\"\\u00e9\\ufffd\"");
    assert_raw(doc, json_next(b), "null");
    assert_raw(doc, json_get(root, "e"), "[]");
    assert_raw(doc, json_get(root, "n"), "12345678901234567890");
    json_free(doc);
    doc = parse("true");
    assert_raw(doc, json_root(doc), "true");
    json_free(doc);
}

/* A wide document is read, walked and freed in time that grows with its size; squares would take minutes. */
static void test_json_parse_is_linear(void **state)
{
    size_t count = 200000, used = 0;
    char *text = malloc(count * 16 + 3);
    clock_t start = clock();
    struct json_doc *doc;
    size_t seen = 0;

    (void)state;
    text[used++] = '{';
    for (size_t i = 0; i < count; i++)
        used += (size_t)sprintf(text + used, "%s\"k%zu\":%zu", i > 0 ? "," : "", i, i % 10);
    text[used++] = '}';
    text[used] = '\0';
    doc = parse_ours(text);
    for (const struct json *v = json_first(json_root(doc)); v != NULL; v = json_next(v))
        seen++;
    assert_int_equal(seen, count);
    json_free(doc);
    free(text);
    assert_true(clock() - start < 20 * CLOCKS_PER_SEC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_parse_gives_each_kind),
        cmocka_unit_test(test_json_parse_takes_scalars_blanks_and_a_mark),
        cmocka_unit_test(test_json_parse_resolves_escapes),
        cmocka_unit_test(test_json_parse_mends_lone_surrogates),
        cmocka_unit_test(test_json_parse_mends_nul_and_bytes),
        cmocka_unit_test(test_json_parse_mends_keys_too),
        cmocka_unit_test(test_json_parse_tolerates_raw_controls_only_on_the_wire),
        cmocka_unit_test(test_json_parse_says_what_it_expected),
        cmocka_unit_test(test_json_parse_refuses_a_nul_outside_strings),
        cmocka_unit_test(test_json_parse_refuses_what_is_no_number),
        cmocka_unit_test(test_json_parse_bounds_depth),
        cmocka_unit_test(test_json_parse_bounds_size),
        cmocka_unit_test(test_json_parse_takes_the_first_of_duplicate_keys),
        cmocka_unit_test(test_json_parse_refuses_comments),
        cmocka_unit_test(test_json_parse_ours_allows_comments),
        cmocka_unit_test(test_json_parse_ours_keeps_lines_after_comments),
        cmocka_unit_test(test_json_parse_ours_refuses_duplicate_keys),
        cmocka_unit_test(test_json_parse_row_refuses_duplicate_keys),
        cmocka_unit_test(test_json_to_int64_is_exact),
        cmocka_unit_test(test_json_to_int64_refuses_what_does_not_fit),
        cmocka_unit_test(test_json_to_number_stays_finite),
        cmocka_unit_test(test_json_to_number_takes_long_numbers),
        cmocka_unit_test(test_json_get_finds_members),
        cmocka_unit_test(test_json_get_takes_null_and_other_kinds),
        cmocka_unit_test(test_json_first_goes_in_the_order_written),
        cmocka_unit_test(test_json_kind_name_is_for_sentences),
        cmocka_unit_test(test_json_line_is_that_of_the_key),
        cmocka_unit_test(test_json_raw_gives_the_bytes_written),
        cmocka_unit_test(test_json_parse_is_linear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
