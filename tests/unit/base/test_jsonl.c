#include "harness/base/jsonl.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/file.h"
#include "harness/base/hash.h"
#include "harness/base/json.h"

static struct jsonl *open_text(const char *text)
{
    struct err err = ERR_INIT;
    struct jsonl *jsonl = jsonl_open_memory("gpqa.jsonl", text, strlen(text), &err);

    assert_non_null(jsonl);
    return jsonl;
}

static void assert_next(struct jsonl *jsonl, int64_t value, size_t line)
{
    struct json_doc *doc = NULL;
    struct err err = ERR_INIT;
    int64_t found = -1;

    assert_int_equal(jsonl_next(jsonl, &doc, &err), 1);
    assert_true(json_to_int64(json_root(doc), &found));
    assert_int_equal(found, value);
    assert_int_equal(jsonl_line(jsonl), line);
    json_free(doc);
}

static void assert_end(struct jsonl *jsonl)
{
    struct json_doc *doc = NULL;
    struct err err = ERR_INIT;

    assert_int_equal(jsonl_next(jsonl, &doc, &err), 0);
    assert_int_equal(jsonl_next(jsonl, &doc, &err), 0);
    assert_null(doc);
}

static void test_jsonl_next_goes_line_by_line(void **state)
{
    struct jsonl *jsonl = open_text("1\n2\n\n \t\r\n5\r\n6");

    (void)state;
    assert_string_equal(jsonl_path(jsonl), "gpqa.jsonl");
    assert_next(jsonl, 1, 1);
    assert_next(jsonl, 2, 2);
    assert_next(jsonl, 5, 5);
    assert_next(jsonl, 6, 6);
    assert_end(jsonl);
    jsonl_close(jsonl);
    jsonl_close(NULL);
}

static void test_jsonl_next_takes_nothing_and_marks(void **state)
{
    static const char *const empty[] = { "", "\n", "\xef\xbb\xbf", "\xef\xbb\xbf\r\n\n", " " };
    struct jsonl *jsonl;

    (void)state;
    for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++) {
        jsonl = open_text(empty[i]);
        assert_end(jsonl);
        jsonl_close(jsonl);
    }
    jsonl = open_text("\xef\xbb\xbf" "1\n");
    assert_next(jsonl, 1, 1);
    assert_end(jsonl);
    jsonl_close(jsonl);
}

static void test_jsonl_next_says_where(void **state)
{
    struct jsonl *jsonl = open_text("1\n\n{\"a\" 1}\n4\n[1");
    struct json_doc *doc = NULL;
    struct err err = ERR_INIT;

    (void)state;
    assert_next(jsonl, 1, 1);
    assert_int_equal(jsonl_next(jsonl, &doc, &err), -1);
    assert_string_equal(err.text, "gpqa.jsonl line 3: expected \":\" after a key, found \"1\"");
    assert_int_equal(err.code, EXIT_BAD_DATA);
    assert_int_equal(jsonl_line(jsonl), 3);
    assert_next(jsonl, 4, 4);       /* whoever wants to may go on */
    assert_int_equal(jsonl_next(jsonl, &doc, &err), -1);
    assert_string_equal(err.text, "gpqa.jsonl line 5: expected \",\" or \"]\" after a value, found the end");
    assert_end(jsonl);
    jsonl_close(jsonl);
}

static void test_jsonl_next_survives_hostile_bytes(void **state)
{
    static const char text[] = "\"a\0b\"\n\0\n\"K\xf6ln\"\n\"\\ud83d\"\n";
    struct err err = ERR_INIT;
    struct jsonl *jsonl = jsonl_open_memory("x", text, sizeof text - 1, &err);
    struct json_doc *doc = NULL;

    (void)state;
    assert_int_equal(jsonl_next(jsonl, &doc, &err), -1);
    assert_string_equal(err.text, "x line 1: a NUL byte; expected text in UTF-8");
    assert_int_equal(jsonl_next(jsonl, &doc, &err), -1);
    assert_int_equal(jsonl_next(jsonl, &doc, &err), -1);
    assert_string_equal(err.text, "x line 3: not UTF-8: the byte 0xf6 stands where a character should; save the file as UTF-8");
    assert_int_equal(jsonl_next(jsonl, &doc, &err), 1);
    assert_string_equal(json_text(json_root(doc)), "\xef\xbf\xbd");
    json_free(doc);
    jsonl_close(jsonl);
}

static void test_jsonl_next_bounds_a_line(void **state)
{
    size_t length = JSON_SIZE_MAX + 10;
    char *text = malloc(length + 2);
    struct json_doc *doc = NULL;
    struct err err = ERR_INIT;
    struct jsonl *jsonl;

    (void)state;
    memset(text, ' ', length);
    text[length] = '\n';
    text[length + 1] = '7';
    jsonl = jsonl_open_memory("x", text, length + 2, &err);
    assert_int_equal(jsonl_next(jsonl, &doc, &err), -1);
    assert_string_equal(err.text, "x line 1: longer than 67108864 bytes");
    assert_int_equal(jsonl_next(jsonl, &doc, &err), 0);
    jsonl_close(jsonl);
    free(text);
    jsonl = jsonl_open("/dev/zero", &err);      /* a line without end ends too */
    assert_int_equal(jsonl_next(jsonl, &doc, &err), -1);
    jsonl_close(jsonl);
}

static void test_jsonl_open_reads_files_over_many_chunks(void **state)
{
    char path[] = "/tmp/test_jsonl.XXXXXX", hex[65], expected[65];
    int fd = mkstemp(path);
    size_t length = 0, count = 30000;
    char *text = malloc(count * 30);
    struct err err = ERR_INIT;
    struct jsonl *jsonl;

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    for (size_t i = 0; i < count; i++)
        length += (size_t)sprintf(text + length, "%*zu\n", (int)(i % 20 + 1), i);
    assert_int_equal(file_write(path, text, length, false, &err), 0);
    jsonl = jsonl_open(path, &err);
    assert_non_null(jsonl);
    for (size_t i = 0; i < count; i++)
        assert_next(jsonl, (int64_t)i, i + 1);
    assert_end(jsonl);
    jsonl_sha256(jsonl, hex);
    hash_sha256_hex(text, length, expected);
    assert_string_equal(hex, expected);
    jsonl_close(jsonl);
    unlink(path);
    free(text);
}

static void test_jsonl_open_says_why(void **state)
{
    struct err err = ERR_INIT;

    (void)state;
    assert_null(jsonl_open("/nonexistent/a.jsonl", &err));
    assert_string_equal(err.text, "/nonexistent/a.jsonl: No such file or directory");
    assert_int_equal(err.code, EXIT_BAD_DATA);
    assert_null(jsonl_open("/tmp", &err));
    assert_string_equal(err.text, "/tmp: is a folder");
}

static void test_jsonl_sha256_is_of_what_was_read(void **state)
{
    struct jsonl *jsonl = open_text("1\n2\n");
    char hex[65], expected[65];

    (void)state;
    assert_next(jsonl, 1, 1);
    jsonl_sha256(jsonl, hex);
    hash_sha256_hex("1\n", 2, expected);
    assert_string_equal(hex, expected);
    jsonl_close(jsonl);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jsonl_next_goes_line_by_line),
        cmocka_unit_test(test_jsonl_next_takes_nothing_and_marks),
        cmocka_unit_test(test_jsonl_next_says_where),
        cmocka_unit_test(test_jsonl_next_survives_hostile_bytes),
        cmocka_unit_test(test_jsonl_next_bounds_a_line),
        cmocka_unit_test(test_jsonl_open_reads_files_over_many_chunks),
        cmocka_unit_test(test_jsonl_open_says_why),
        cmocka_unit_test(test_jsonl_sha256_is_of_what_was_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
