#include "harness/base/json_write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "harness/base/err.h"

static void test_json_write_puts_commas_and_quotes(void **state)
{
    struct buf buf;
    struct json_write w;

    (void)state;
    buf_init(&buf, 0);
    w = json_write_to(&buf);
    json_open(&w, NULL, '{');
    json_add_string(&w, "model", "m\"1");
    json_open(&w, "messages", '[');
    json_add_string(&w, NULL, "hi");
    json_open(&w, NULL, '{');
    json_close(&w);
    json_open(&w, NULL, '[');
    json_close(&w);
    json_add_int(&w, NULL, -3);
    json_close(&w);
    json_add_bool(&w, "t", true);
    json_add_bool(&w, "f", false);
    json_add_null(&w, "n");
    json_add_string(&w, "none", NULL);
    json_add_raw(&w, "raw", "[1,2]", 5);
    json_add_bytes(&w, "by\ntes", "a\0b", 3);
    json_close(&w);
    assert_string_equal(buf.data, "{\"model\":\"m\\\"1\",\"messages\":[\"hi\",{},[],-3],\"t\":true,\"f\":false,"
                                  "\"n\":null,\"none\":null,\"raw\":[1,2],\"by\\ntes\":\"a\\u0000b\"}");
    buf_fini(&buf);
}

static void assert_number(double value, const char *expected)
{
    struct buf buf;
    struct json_write w;

    buf_init(&buf, 0);
    w = json_write_to(&buf);
    json_add_number(&w, NULL, value);
    assert_string_equal(buf.data, expected);
    buf_fini(&buf);
}

static void test_json_add_number_is_short_and_exact(void **state)
{
    (void)state;
    assert_number(0.7, "0.7");
    assert_number(0.1 + 0.2, "0.30000000000000004");
    assert_number(1, "1");
    assert_number(-2.5, "-2.5");
    assert_number(1e15, "1000000000000000");
    assert_number(9007199254740991.0, "9007199254740991");
    assert_number(9007199254740992.0, "9007199254740992.0");
    assert_number(-22222222222222222.0, "-22222222222222224.0");
    assert_number(1e300, "1e+300");
    assert_number(1.0 / 3, "0.3333333333333333");
    assert_number(DBL_MAX, "1.7976931348623157e+308");
    assert_number(5e-324, "4.94065645841247e-324");
    assert_number(NAN, "null");
    assert_number(INFINITY, "null");
}

static void test_json_add_int_has_the_whole_range(void **state)
{
    struct buf buf;
    struct json_write w;

    (void)state;
    buf_init(&buf, 0);
    w = json_write_to(&buf);
    json_open(&w, NULL, '[');
    json_add_int(&w, NULL, INT64_MIN);
    json_add_int(&w, NULL, INT64_MAX);
    json_add_int(&w, NULL, 0);
    json_add_int(&w, NULL, -10);
    json_close(&w);
    assert_string_equal(buf.data, "[-9223372036854775808,9223372036854775807,0,-10]");
    buf_fini(&buf);
}

static void assert_copied(const char *text, const char *expected)
{
    struct err err = ERR_INIT;
    struct json_doc *doc = json_parse(text, strlen(text), &err);
    struct json_write w;
    struct buf buf;

    assert_non_null(doc);
    buf_init(&buf, 0);
    w = json_write_to(&buf);
    json_add_value(&w, NULL, json_root(doc));
    assert_string_equal(buf.data, expected);
    buf_fini(&buf);
    json_free(doc);
}

static void test_json_add_value_copies(void **state)
{
    (void)state;
    assert_copied(" { \"a\" : [ 1 , true, null,false , \"x\\u00e9\\n\" ], \"b\\\"\": {} , \"a\": [] } ",
                  "{\"a\":[1,true,null,false,\"x\xc3\xa9\\n\"],\"b\\\"\":{},\"a\":[]}");
    assert_copied("[0.1, 1e3, 9007199254740993, -9223372036854775808, 1e999, 22222222222222222.2]",
                  "[0.1,1000,9007199254740993,-9223372036854775808,1.7976931348623157e+308,22222222222222224.0]");
}

static void test_json_add_value_fits_below_open_levels(void **state)
{
    char text[129] = "";
    struct err err = ERR_INIT;
    struct json_doc *doc;
    struct json_write w;
    struct buf buf;

    (void)state;
    memset(text, '[', 64);
    memset(text + 64, ']', 64);
    doc = json_parse(text, 128, &err);
    assert_non_null(doc);
    buf_init(&buf, 0);
    w = json_write_to(&buf);
    json_open(&w, NULL, '{');
    json_add_value(&w, "deep", json_root(doc));
    json_add_value(&w, "none", NULL);
    json_close(&w);
    assert_int_equal(buf.length, strlen("{\"deep\":,\"none\":null}") + 128);
    buf_fini(&buf);
    json_free(doc);
}

static void test_json_open_goes_64_deep(void **state)
{
    struct err err = ERR_INIT;
    struct json_doc *doc;
    struct json_write w;
    struct buf buf;

    (void)state;
    buf_init(&buf, 0);
    w = json_write_to(&buf);
    for (int i = 0; i < JSON_DEPTH_MAX; i++)
        json_open(&w, NULL, '[');
    for (int i = 0; i < JSON_DEPTH_MAX; i++)
        json_close(&w);
    doc = json_parse(buf.data, buf.length, &err);
    assert_non_null(doc);
    json_free(doc);
    buf_fini(&buf);
}

static void test_json_quote_escapes(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 0);
    json_quote(&buf, "a\"\\\b\f\n\r\t\v\x01\x7f/", 12);
    assert_string_equal(buf.data, "\"a\\\"\\\\\\b\\f\\n\\r\\t\\u000b\\u0001\x7f/\"");
    buf_clear(&buf);
    json_quote(&buf, "a\0b", 3);
    assert_string_equal(buf.data, "\"a\\u0000b\"");
    buf_clear(&buf);
    json_quote(&buf, "", 0);
    assert_string_equal(buf.data, "\"\"");
    buf_fini(&buf);
}

static void test_json_quote_repairs(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 0);
    json_quote(&buf, "\xff" "\xc3\xa9\xed\xa0\x80\xe2\x82", 8);
    assert_string_equal(buf.data, "\"\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
    buf_fini(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_write_puts_commas_and_quotes),
        cmocka_unit_test(test_json_add_number_is_short_and_exact),
        cmocka_unit_test(test_json_add_int_has_the_whole_range),
        cmocka_unit_test(test_json_add_value_copies),
        cmocka_unit_test(test_json_add_value_fits_below_open_levels),
        cmocka_unit_test(test_json_open_goes_64_deep),
        cmocka_unit_test(test_json_quote_escapes),
        cmocka_unit_test(test_json_quote_repairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
