/*
 * RFC 4180, section by section, what spreadsheets make of it, and bytes that nobody should send.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/base/json.h"
#include "harness/base/random.h"
#include "tasks/csv.h"

/* A text with its length, as it may hold NUL. */
#define TEXT(text) text, sizeof(text) - 1

/* "LINE:{...}" of each row, or the error. */
static void read_all(const char *text, size_t length, struct buf *out)
{
    struct err err = ERR_INIT;
    struct csv *csv = csv_open("rows.csv", text, length, &err);
    struct json_doc *doc;
    int more = -1;

    while (csv != NULL && (more = csv_next(csv, &doc, &err)) > 0) {
        size_t size;
        const char *raw = json_raw(doc, json_root(doc), &size);

        buf_addf(out, "%zu:", csv_line(csv));
        buf_add(out, raw, size);
        json_free(doc);
    }
    if (more < 0) {
        assert_int_equal(EXIT_BAD_DATA, err.code);
        buf_add_string(out, err.text);
    }
    csv_close(csv);
}

static const struct table { const char *text; size_t length; const char *expected; } TABLES[] = {
    /* 2.1, 2.2: lines end with CRLF, the last one need not. */
    { TEXT("a,b\r\n1,2\r\n3,4\r\n"), "2:{\"a\":\"1\",\"b\":\"2\"}3:{\"a\":\"3\",\"b\":\"4\"}" },
    { TEXT("a,b\r\n1,2"), "2:{\"a\":\"1\",\"b\":\"2\"}" },
    { TEXT("a,b\n1,2\n"), "2:{\"a\":\"1\",\"b\":\"2\"}" },
    { TEXT("a\r1\r2"), "1:{\"a\":\"1\"}1:{\"a\":\"2\"}" },
    /* 2.3: a header, and nothing else in the file. */
    { TEXT("a,b"), "" },
    { TEXT("a,b\r\n"), "" },
    /* 2.4: blanks are part of a field; the last field has no comma after it, so one there begins another. */
    { TEXT("a, b\n 1 ,\t2\n"), "2:{\"a\":\" 1 \",\" b\":\"\\t2\"}" },
    { TEXT("a,b\n1,\n"), "2:{\"a\":\"1\",\"b\":\"\"}" },
    { TEXT("a,b\n,\n"), "2:{\"a\":\"\",\"b\":\"\"}" },
    { TEXT("a,b\n1,"), "2:{\"a\":\"1\",\"b\":\"\"}" },
    { TEXT("a,b\n1,2,\n"), "rows.csv line 2: expected 2 fields, found 3" },
    { TEXT("a,b\n1\n"), "rows.csv line 2: expected 2 fields, found 1" },
    /* 2.5 to 2.7: quotes around a field; commas, line ends and doubled quotes in it. */
    { TEXT("\"a\",\"b\"\n\"1\",2\n"), "2:{\"a\":\"1\",\"b\":\"2\"}" },
    { TEXT("a,b\n\"1,5\",\"x\r\ny\"\n3,4\n"), "2:{\"a\":\"1,5\",\"b\":\"x\\r\\ny\"}4:{\"a\":\"3\",\"b\":\"4\"}" },
    { TEXT("a,b\n\"say \"\"hi\"\"\",\"\"\"\"\n"), "2:{\"a\":\"say \\\"hi\\\"\",\"b\":\"\\\"\"}" },
    { TEXT("a,b\n\"\",\"\"\"\"\"\"\n"), "2:{\"a\":\"\",\"b\":\"\\\"\\\"\"}" },
    { TEXT("a\n\"x\""), "2:{\"a\":\"x\"}" },
    /* A quote inside a bare field is a character like others. */
    { TEXT("a\n5\" pipe\n"), "2:{\"a\":\"5\\\" pipe\"}" },
    { TEXT("a\n \"x\"\n"), "2:{\"a\":\" \\\"x\\\"\"}" },
    { TEXT("a\n\"x\"y\n"), "rows.csv line 2: expected a comma or the line's end after a quoted field" },
    { TEXT("a\n1\n\"x\n\n"), "2:{\"a\":\"1\"}rows.csv line 3: expected a closing quote before the end of the file" },
    { TEXT("a\n\"x\"\""), "rows.csv line 2: expected a closing quote before the end of the file" },
    { TEXT("a\n\""), "rows.csv line 2: expected a closing quote before the end of the file" },
    /* What spreadsheets add: a byte order mark, empty lines. */
    { TEXT("\xef\xbb\xbf" "a\n1\n"), "2:{\"a\":\"1\"}" },
    { TEXT("a\n\n\r\n1\n\n\n2\n\n"), "4:{\"a\":\"1\"}7:{\"a\":\"2\"}" },
    { TEXT("a\nnan\nNULL\n"), "2:{\"a\":\"nan\"}3:{\"a\":\"NULL\"}" },
    /* Nothing to name columns by. */
    { TEXT(""), "rows.csv line 1: expected a first line with the columns' names" },
    { TEXT("\n1\n"), "rows.csv line 1: expected a first line with the columns' names" },
    { TEXT("\xef\xbb\xbf"), "rows.csv line 1: expected a first line with the columns' names" },
    { TEXT("\"a"), "rows.csv line 1: expected a closing quote before the end of the file" },
};

static void test_csv_next_reads_rfc_4180(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof TABLES / sizeof TABLES[0]; i++) {
        struct buf out;

        buf_init(&out, 0);
        read_all(TABLES[i].text, TABLES[i].length, &out);
        if (strcmp(TABLES[i].expected, out.data) != 0)
            fail_msg("%s: %s", TABLES[i].text, out.data);
        buf_fini(&out);
    }
}

static void test_csv_next_makes_text_of_any_bytes(void **state)
{
    static const struct table HOSTILE[] = {
        { TEXT("a\n\x1b[2J\n"), "2:{\"a\":\"\\u001b[2J\"}" },
        { TEXT("a\n\\u0000\\\"\n"), "2:{\"a\":\"\\\\u0000\\\\\\\"\"}" },
        { TEXT("\"}{\"\n1\n"), "2:{\"}{\":\"1\"}" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof HOSTILE / sizeof HOSTILE[0]; i++) {
        struct buf out;

        buf_init(&out, 0);
        read_all(HOSTILE[i].text, HOSTILE[i].length, &out);
        assert_string_equal(HOSTILE[i].expected, out.data);
        buf_fini(&out);
    }
}

/* Of a header cell that holds NUL, of two of the same name, of far too many: an error or a row, never more. */
static void test_csv_next_survives_odd_headers(void **state)
{
    struct buf text, out;

    (void)state;
    buf_init(&text, 0);
    buf_init(&out, 0);
    read_all(TEXT("a\0b,c\n1,2\n"), &out);
    read_all(TEXT("a,a\n1,2\n"), &out);
    buf_clear(&out);
    for (int i = 0; i < 1000; i++)
        buf_addf(&text, "%sc%d", i > 0 ? "," : "", i);
    read_all(text.data, text.length, &out);
    assert_string_equal("", out.data);
    buf_add_string(&text, ",one more\n");
    read_all(text.data, text.length, &out);
    assert_string_equal("rows.csv line 1: expected at most 1000 columns", out.data);
    buf_fini(&out);
    buf_fini(&text);
}

/* Drawn from what means something: whatever comes of it, it ends, and the sanitizers stay silent. */
static void test_csv_next_ends_on_any_text(void **state)
{
    static const char ALPHABET[] = { ',', '"', '\n', '\r', 'a', '\0', '\xff', ' ' };
    struct splitmix random = { .state = 5 };

    (void)state;
    for (int i = 0; i < 20000; i++) {
        size_t length = splitmix_below(&random, 24);
        char *text = malloc(length + 1);      /* its very size, so that a byte too far is seen */
        struct buf out;

        assert_non_null(text);
        for (size_t at = 0; at < length; at++)
            text[at] = ALPHABET[splitmix_below(&random, sizeof ALPHABET)];
        text = realloc(text, length > 0 ? length : 1);
        buf_init(&out, 0);
        read_all(text, length, &out);
        buf_fini(&out);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv_next_reads_rfc_4180),
        cmocka_unit_test(test_csv_next_makes_text_of_any_bytes),
        cmocka_unit_test(test_csv_next_survives_odd_headers),
        cmocka_unit_test(test_csv_next_ends_on_any_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
