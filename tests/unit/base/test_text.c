#include "harness/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/buf.h"

static void assert_decodes(const char *text, size_t length, size_t taken, uint32_t code)
{
    /* A copy of the exact size, so that a read past the end is seen. */
    char *copy = malloc(length);
    uint32_t found = 1;

    memcpy(copy, text, length);
    assert_int_equal(text_decode(copy, length, &found), taken);
    assert_int_equal(found, code);
    free(copy);
}

static void test_text_decode_knows_each_length(void **state)
{
    (void)state;
    assert_decodes("a", 1, 1, 'a');
    assert_decodes("\0", 1, 1, 0);
    assert_decodes("\xc3\xa9", 2, 2, 0xe9);
    assert_decodes("\xe2\x82\xac!", 4, 3, 0x20ac);
    assert_decodes("\xf0\x9f\x98\x80", 4, 4, 0x1f600);
    assert_decodes("\xf4\x8f\xbf\xbf", 4, 4, 0x10ffff);
    assert_decodes("\xed\x9f\xbf", 3, 3, 0xd7ff);
    assert_decodes("\xee\x80\x80", 3, 3, 0xe000);
}

static void test_text_decode_refuses_what_is_not_utf8(void **state)
{
    (void)state;
    assert_decodes("\x80", 1, 1, UINT32_MAX);
    assert_decodes("\xff" "a", 2, 1, UINT32_MAX);
    assert_decodes("\xc0\xaf", 2, 1, UINT32_MAX);                /* overlong / */
    assert_decodes("\xc1\xbf", 2, 1, UINT32_MAX);
    assert_decodes("\xe0\x80\xaf", 3, 1, UINT32_MAX);
    assert_decodes("\xf0\x80\x80\xaf", 4, 1, UINT32_MAX);
    assert_decodes("\xed\xa0\x80", 3, 1, UINT32_MAX);            /* surrogate */
    assert_decodes("\xf4\x90\x80\x80", 4, 1, UINT32_MAX);        /* past U+10FFFF */
    assert_decodes("\xf5\x80\x80\x80", 4, 1, UINT32_MAX);
    assert_decodes("\xc3", 1, 1, UINT32_MAX);                    /* cut */
    assert_decodes("\xe2\x82", 2, 2, UINT32_MAX);
    assert_decodes("\xf0\x9f\x98", 3, 3, UINT32_MAX);
    assert_decodes("\xf0\x9f\x98!", 4, 3, UINT32_MAX);
}

static void test_text_hex_digit_reads_both_cases(void **state)
{
    static const char digits[] = "0123456789abcdef", others[] = "/:@G`g \xff";

    (void)state;
    for (int i = 0; i < 16; i++)
        assert_int_equal(text_hex_digit(digits[i]), i);
    for (int i = 10; i < 16; i++)
        assert_int_equal(text_hex_digit((char)(digits[i] - 'a' + 'A')), i);
    for (size_t i = 0; i < sizeof others; i++)      /* its NUL too */
        assert_int_equal(text_hex_digit(others[i]), -1);
}

static void test_text_encode_is_the_way_back(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 0);
    for (uint32_t code = 0; code <= 0x10ffff; code += code < 0x3000 ? 1 : 37) {
        uint32_t back;

        if (code >= 0xd800 && code < 0xe000)
            continue;
        buf_clear(&buf);
        text_encode(&buf, code);
        assert_int_equal(text_decode(buf.data, buf.length, &back), buf.length);
        assert_int_equal(back, code);
    }
    buf_clear(&buf);
    text_encode(&buf, 0xd800);
    text_encode(&buf, 0x110000);
    assert_string_equal(buf.data, "\xef\xbf\xbd\xef\xbf\xbd");
    buf_fini(&buf);
}

static void test_text_is_utf8_looks_at_all(void **state)
{
    (void)state;
    assert_true(text_is_utf8("", 0));
    assert_true(text_is_utf8("a\0\xc3\xa9", 4));
    assert_false(text_is_utf8("a\xc3\xa9\xc3", 4));
}

/* One byte that is not like the others, at each place of a text of each length. */
static void test_text_lengths_end_at_each_place(void **state)
{
    static const char others[] = { '\0', '\x80', '\xff', '\n', '\r', '\x01', '\x7f', '\x0b', '"', '\\', ' ', '\x1f', '!' };
    char text[40];

    (void)state;
    for (size_t length = 0; length < sizeof text; length++) {
        for (size_t at = 0; at < length; at++) {
            for (size_t i = 0; i < sizeof others; i++) {
                bool plain = (signed char)others[i] > 0, ends = others[i] == '\n' || others[i] == '\r';
                bool held = (unsigned char)others[i] >= 0x20 && others[i] != '"' && others[i] != '\\';

                memset(text, 'a', sizeof text);
                text[at] = others[i];
                assert_int_equal(text_plain_length(text, length), plain ? length : at);
                assert_int_equal(text_line_length(text, length), ends ? at : length);
                assert_int_equal(text_string_length(text, length), held ? length : at);
                assert_int_equal(text_bare_length(text, length), held && (signed char)others[i] >= 0 ? length : at);
                text[length] = '\n';
                assert_int_equal(text_line_length(text, length), ends ? at : length);
            }
        }
        memset(text, 'a', sizeof text);
        assert_int_equal(text_plain_length(text, length), length);
    }
}

static void test_text_repair_finds_each_place(void **state)
{
    struct buf buf, expected;
    char text[24];

    (void)state;
    buf_init(&buf, 0);
    buf_init(&expected, 0);
    for (size_t at = 0; at < sizeof text; at++) {
        memset(text, 'a', sizeof text);
        buf_clear(&expected);
        buf_add(&expected, text, at);
        buf_add_string(&expected, TEXT_REPLACEMENT);
        buf_add(&expected, text, sizeof text - at - 1);
        text[at] = at % 2 == 0 ? '\0' : '\xc3';
        buf_clear(&buf);
        text_repair(&buf, text, sizeof text);
        assert_string_equal(buf.data, expected.data);
        assert_int_equal(text_is_utf8(text, sizeof text), at % 2 == 0);
    }
    buf_fini(&expected);
    buf_fini(&buf);
}

static void test_text_repair_replaces(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 0);
    text_repair(&buf, "a\0b\xff\xc3\xa9\xe2\x82", 8);
    assert_string_equal(buf.data, "a\xef\xbf\xbd" "b\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd");
    assert_int_equal(strlen(buf.data), buf.length);
    buf_clear(&buf);
    text_repair(&buf, "", 0);
    assert_int_equal(buf.length, 0);
    buf_fini(&buf);
}

static void assert_shows(const char *text, size_t length, const char *expected)
{
    struct buf buf;

    buf_init(&buf, 0);
    text_show(&buf, text, length);
    assert_string_equal(buf.data, expected);
    buf_fini(&buf);
}

static void test_text_show_disarms_controls(void **state)
{
    (void)state;
    assert_shows("plain \xc3\xa9\n\ttext", 14, "plain \xc3\xa9\n\ttext");
    assert_shows("\x1b]52;c;aGk=\x07", 12, "\\x1b]52;c;aGk=\\x07");
    assert_shows("a\0b\r\x7f", 5, "a\\x00b\\x0d\\x7f");
    assert_shows("\xc2\x9b" "31m", 5, "\\x9b31m");
    assert_shows("\x9b\xff", 2, "\\x9b\\xff");
    assert_shows("\xe2\x80\xae" "gpj.exe\xe2\x81\xa6", 13, "\\u202egpj.exe\\u2066");
}

static void assert_line(const char *text, size_t width_max, const char *expected)
{
    struct buf buf;

    buf_init(&buf, 0);
    text_show_line(&buf, text, strlen(text), width_max);
    assert_string_equal(buf.data, expected);
    buf_fini(&buf);
}

static void test_text_show_line_is_one_line_and_cut(void **state)
{
    (void)state;
    assert_line("a\nb\tc", 80, "a\\nb\\tc");
    assert_line("abcdef", 6, "abcdef");
    assert_line("abcdefg", 6, "abcdef...");
    assert_line("\xe6\xbc\xa2\xe5\xad\x97", 3, "\xe6\xbc\xa2...");
    assert_line("", 0, "");
    assert_line("ab\x1b", 5, "ab...");
}

static void test_text_show_line_bounds_combining_marks(void **state)
{
    struct buf text, out;

    (void)state;
    buf_init(&text, 0);
    buf_init(&out, 0);
    for (int i = 0; i < 10000; i++)
        buf_add_string(&text, "\xcc\x81");
    text_show_line(&out, text.data, text.length, 20);
    assert_int_equal(out.length, 43);
    buf_fini(&text);
    buf_fini(&out);
}

static void test_text_width_counts_columns(void **state)
{
    (void)state;
    assert_int_equal(text_width(""), 0);
    assert_int_equal(text_width("abc"), 3);
    assert_int_equal(text_width("\xc3\xa9"), 1);
    assert_int_equal(text_width("e\xcc\x81"), 1);
    assert_int_equal(text_width("\xe6\xbc\xa2\xe5\xad\x97"), 4);
    assert_int_equal(text_width("\xf0\x9f\x98\x80"), 2);
    assert_int_equal(text_width("\xef\xbc\xa1"), 2);
    assert_int_equal(text_width("\xed\x95\x9c"), 2);
    assert_int_equal(text_width("\xe2\x94\x80\xe2\x94\x82"), 2);
    assert_int_equal(text_width("a\xff" "b"), 3);
}

static void test_text_nearest_finds_typos(void **state)
{
    static const char *const names[] = { "run", "resume", "report", "grade", "list", NULL };

    (void)state;
    assert_string_equal(text_nearest("reprot", names), "report");
    assert_string_equal(text_nearest("resme", names), "resume");
    assert_string_equal(text_nearest("rn", names), "run");
    assert_string_equal(text_nearest("LIST", names), "list");
    assert_string_equal(text_nearest("grade", names), "grade");
    assert_null(text_nearest("frobnicate", names));
    assert_null(text_nearest("", names));
    assert_null(text_nearest("lxxx", names));
}

static void test_text_nearest_prefers_the_nearer_and_bounds_length(void **state)
{
    static const char *const names[] = { "temperaturf", "temperature", NULL };
    static const char *const none[] = { NULL };
    char word[100000];

    (void)state;
    assert_string_equal(text_nearest("temperature", names), "temperature");
    assert_string_equal(text_nearest("temperaturx", names), "temperaturf");
    assert_null(text_nearest("x", none));
    memset(word, 't', sizeof word);
    word[sizeof word - 1] = '\0';
    assert_null(text_nearest(word, names));
}

static void test_text_add_count_sets_thousands_apart(void **state)
{
    static const struct { uint64_t number; const char *text; } rows[] = {
        { 0, "0" }, { 999, "999" }, { 1000, "1,000" }, { 1204, "1,204" }, { 100000, "100,000" },
        { 1002003, "1,002,003" }, { UINT64_MAX, "18,446,744,073,709,551,615" },
    };
    struct buf out;

    (void)state;
    buf_init(&out, 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        buf_clear(&out);
        text_add_count(&out, rows[i].number);
        assert_string_equal(out.data, rows[i].text);
    }
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_decode_knows_each_length),
        cmocka_unit_test(test_text_decode_refuses_what_is_not_utf8),
        cmocka_unit_test(test_text_encode_is_the_way_back),
        cmocka_unit_test(test_text_hex_digit_reads_both_cases),
        cmocka_unit_test(test_text_is_utf8_looks_at_all),
        cmocka_unit_test(test_text_lengths_end_at_each_place),
        cmocka_unit_test(test_text_repair_finds_each_place),
        cmocka_unit_test(test_text_repair_replaces),
        cmocka_unit_test(test_text_show_disarms_controls),
        cmocka_unit_test(test_text_show_line_is_one_line_and_cut),
        cmocka_unit_test(test_text_show_line_bounds_combining_marks),
        cmocka_unit_test(test_text_width_counts_columns),
        cmocka_unit_test(test_text_add_count_sets_thousands_apart),
        cmocka_unit_test(test_text_nearest_finds_typos),
        cmocka_unit_test(test_text_nearest_prefers_the_nearer_and_bounds_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
