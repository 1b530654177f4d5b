/*
 * fuzz_jsonl: bytes are read as a file of JSON lines, as a document of ours and as one from the wire. Of what can be
 * read, each value must have a line and raw bytes that read as the same value, and the whole must be written so that it
 * reads as the same again.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/base/err.h"
#include "harness/base/json.h"
#include "harness/base/json_write.h"
#include "harness/base/jsonl.h"
#include "harness/base/text.h"

/* json_line and json_raw count lines and look for ends, so asking them for all of many values would be all the fuzzer did. */
#define VALUES_MAX 60

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void assert_same(const struct json *a, const struct json *b)
{
    const struct json *x = json_first(a), *y = json_first(b);
    int64_t a_whole = 0, b_whole = 0;
    double a_number = 0, b_number = 0;
    bool a_truth = false, b_truth = false;

    assert(json_kind(a) == json_kind(b));
    assert(json_to_int64(a, &a_whole) == json_to_int64(b, &b_whole) && a_whole == b_whole);
    assert(json_to_number(a, &a_number) == json_to_number(b, &b_number) && a_number == b_number);
    assert(json_to_bool(a, &a_truth) == json_to_bool(b, &b_truth) && a_truth == b_truth);
    if (json_kind(a) == JSON_STRING) {
        assert(strcmp(json_text(a), json_text(b)) == 0);
        assert(text_is_utf8(json_text(a), strlen(json_text(a))));
    }
    for (; x != NULL && y != NULL; x = json_next(x), y = json_next(y)) {
        assert((json_key(x) == NULL) == (json_key(y) == NULL));
        assert(json_key(x) == NULL || strcmp(json_key(x), json_key(y)) == 0);
        assert_same(x, y);
    }
    assert(x == NULL && y == NULL);
}

static void check_value(const struct json_doc *doc, const struct json *value, size_t *line, int *left)
{
    struct err err = ERR_INIT;
    struct json_doc *again;
    size_t length, found;
    const char *raw;

    if (--*left < 0)
        return;
    found = json_line(doc, value);
    assert(found >= *line);         /* values are walked in the order written */
    *line = found;
    raw = json_raw(doc, value, &length);
    again = json_parse(raw, length, &err);
    assert(again != NULL);
    assert_same(value, json_root(again));
    json_free(again);
    for (const struct json *v = json_first(value); v != NULL; v = json_next(v)) {
        assert(json_key(v) == NULL || json_get(value, json_key(v)) != NULL);
        check_value(doc, v, line, left);
    }
}

static void check_document(const struct json_doc *doc)
{
    struct err err = ERR_INIT;
    struct json_doc *again;
    struct json_write w;
    size_t line = 1;
    struct buf buf;
    int left = VALUES_MAX;

    check_value(doc, json_root(doc), &line, &left);
    buf_init(&buf, 0);
    w = json_write_to(&buf);
    json_add_value(&w, NULL, json_root(doc));
    again = json_parse(buf.data, buf.length, &err);
    assert(again != NULL);
    assert_same(json_root(doc), json_root(again));
    json_free(again);
    buf_fini(&buf);
}

static void check_error(const struct err *err, const char *start)
{
    assert(err->code == EXIT_BAD_DATA);
    assert(strncmp(err->text, start, strlen(start)) == 0);
    assert(text_is_utf8(err->text, strlen(err->text)));
    assert(strchr(err->text, '\n') == NULL);
}

static void check_lines(const char *data, size_t size)
{
    struct err err = ERR_INIT;
    struct jsonl *jsonl = jsonl_open_memory("x", data, size, &err);
    struct json_doc *doc = NULL;
    size_t line = 0;
    int result;

    assert(jsonl != NULL);
    while ((result = jsonl_next(jsonl, &doc, &err)) != 0) {
        assert(jsonl_line(jsonl) > line);
        line = jsonl_line(jsonl);
        if (result < 0) {
            check_error(&err, "x line ");
            continue;
        }
        check_document(doc);
        json_free(doc);
    }
    jsonl_close(jsonl);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct json_doc *(*const parsers[])(const char *, size_t, struct err *) = { json_parse, json_parse_row, json_parse_ours };

    check_lines((const char *)data, size);
    for (size_t i = 0; i < sizeof parsers / sizeof parsers[0]; i++) {
        struct err err = ERR_INIT;
        struct json_doc *doc = parsers[i]((const char *)data, size, &err);

        if (doc == NULL)
            check_error(&err, "line ");
        else
            check_document(doc);
        json_free(doc);
    }
    return 0;
}
