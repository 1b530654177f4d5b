/* Rows of every kind of file come out as JSON lines; what is no table says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <cmocka.h>

#include "harness/base/buf.h"
#include "harness/base/file.h"
#include "tasks/hub/parquet.h"
#include "tasks/hub/pour.h"

/* "GIF89a", 3 x 5 pixels, in base64. */
#define GIF "R0lGODlhAwAFAHh4eHh4Ow=="

struct stage {
    char folder[32], from[64], to[64], pictures[64];
    struct pour pour;
    struct err err;
    struct buf out;
    int status;
};

static void begin(struct stage *stage, const char *config)
{
    *stage = (struct stage){ .folder = "/tmp/pourXXXXXX", .err = ERR_INIT };
    assert_non_null(mkdtemp(stage->folder));
    snprintf(stage->from, sizeof stage->from, "%s/from", stage->folder);
    snprintf(stage->to, sizeof stage->to, "%s/to", stage->folder);
    snprintf(stage->pictures, sizeof stage->pictures, "%s/images", stage->folder);
    buf_init(&stage->out, 0);
    stage->pour = (struct pour){ .out = fopen(stage->to, "wb"), .name = stage->to, .pictures = stage->pictures,
                                 .config = config };
    assert_non_null(stage->pour.out);
}

static void pour(struct stage *stage, const char *called, const char *bytes, size_t length)
{
    assert_int_equal(0, file_write(stage->from, bytes, length, false, &stage->err));
    stage->status = pour_file(&stage->pour, stage->from, called, stage->folder, &stage->err);
    assert_int_equal(0, fclose(stage->pour.out));
    assert_int_equal(0, file_read(stage->to, &stage->out, &stage->err));
}

static void end(struct stage *stage)
{
    char command[64];

    buf_fini(&stage->out);
    snprintf(command, sizeof command, "rm -rf %s", stage->folder);
    assert_int_equal(0, system(command));
}

static const struct good { const char *called, *text, *config, *rows; } GOOD[] = {
    { "a.jsonl", "\xef\xbb\xbf{\"a\": 1.0,\"b\":\"x\"}\r\n\n{\"a\":12345678901234567}\n", NULL,
      "{\"a\": 1.0,\"b\":\"x\"}\n{\"a\":12345678901234567}\n" },
    { "a.jsonl", "{\"a\": 1}\n", "AR_XY", "{\"a\":1,\"config\":\"AR_XY\"}\n" },
    { "a.jsonl", "{\"a\":1,\"config\":\"own\"}\n", "AR_XY", "{\"a\":1,\"config\":\"own\"}\n" },
    { "a.json", "[{\"a\":\n1},{\"a\":[2,\"x\"]}]", NULL, "{\"a\":1}\n{\"a\":[2,\"x\"]}\n" },
    { "a.json#rows", "{\"n\":2,\"rows\":[{\"a\":1}]}", NULL, "{\"a\":1}\n" },
    { "a.json", "{\"a\":[1,2],\"b\":[\"x\",null]}", NULL, "{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":null}\n" },
    { "a.csv", ",Question\n0,\"two\nlines, \"\"q\"\"\"\n", "DE_DE",
      "{\"\":\"0\",\"Question\":\"two\\nlines, \\\"q\\\"\",\"config\":\"DE_DE\"}\n" },
};

static void test_pour_file_reads_every_kind(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
        struct stage stage;
        begin(&stage, GOOD[i].config);
        pour(&stage, GOOD[i].called, GOOD[i].text, strlen(GOOD[i].text));
        assert_string_equal("", stage.err.text);
        assert_int_equal(0, stage.status);
        assert_string_equal(GOOD[i].rows, stage.out.data);
        end(&stage);
    }
}

static void test_pour_file_keeps_pictures_once(void **state)
{
    static const char TEXT[] = "{\"i\":\"data:image/gif;base64," GIF "\",\"j\":{\"bytes\":\"" GIF "\",\"path\":\"x\"},\"k\":null}\n";
    char first[100], second[100], path[200];
    struct stage stage;

    (void)state;
    begin(&stage, NULL);
    pour(&stage, "a.jsonl", TEXT, strlen(TEXT));
    assert_int_equal(0, stage.status);
    assert_int_equal(2, stage.pour.picture_count);
    assert_int_equal(2, sscanf(stage.out.data, "{\"i\":\"%99[^\"]\",\"j\":\"%99[^\"]\",\"k\":null}", first, second));
    assert_string_equal(first, second);
    snprintf(path, sizeof path, "%s/%s", stage.folder, first);
    assert_true(file_exists(path));
    assert_string_equal(".gif", path + strlen(path) - 4);
    end(&stage);
}

static void test_pour_file_unpacks(void **state)
{
    char packed[512];
    struct stage stage;
    gzFile file;
    struct buf bytes;

    (void)state;
    for (size_t cut = 0; cut < 2; cut++) {
        begin(&stage, NULL);
        snprintf(packed, sizeof packed, "%s/packed", stage.folder);
        file = gzopen(packed, "wb");
        assert_true(gzputs(file, "a,b\n1,2\n") > 0);
        assert_int_equal(Z_OK, gzclose(file));
        buf_init(&bytes, 0);
        assert_int_equal(0, file_read(packed, &bytes, &stage.err));
        pour(&stage, "a.csv.gz", bytes.data, bytes.length - cut * 9);
        assert_int_equal(cut == 0 ? 0 : -1, stage.status);
        if (cut == 0)
            assert_string_equal("{\"a\":\"1\",\"b\":\"2\"}\n", stage.out.data);
        else
            assert_non_null(strstr(stage.err.text, "expected a whole .gz file"));
        buf_fini(&bytes);
        end(&stage);
    }
}

static const struct bad { const char *called, *text, *words; } BAD[] = {
    { "a.txt", "x", "expected a name that ends in .jsonl" },
    { "a.csv.gz.gz", "x", "expected a name that ends in" },
    { "a.csv.gz", "a,b\n1,2\n", "expected gzip, found other bytes" },
    { "a.jsonl", "{\"a\":1}\n{\"a\":\n", "line 2" },
    { "a.jsonl", "{\"a\":1}\n[1]\n", "a.jsonl line 2: expected a row: an object, found an array" },
    { "a.json", "[{\"a\":1},\n7]", "a.json line 2: expected a row" },
    { "a.json", "{\"a\":[1],\"b\":[1,2]}", "expected a list of rows or an object of columns" },
    { "a.json#rows", "{\"a\":[1]}", "in \"rows\"" },
    { "a.csv", "a,b\n1\n", "a.csv line 2: expected 2 fields, found 1" },
    { "a.jsonl", "{\"i\":\"data:image/png;base64,????\"}\n", "a.jsonl line 1: \"i\": expected a picture in base64" },
    { "a.jsonl", "{\"i\":{\"bytes\":\"aGVsbG8=\"}}\n", "line 1: \"i\": expected a picture (PNG" },
};

static void test_pour_file_says_what_is_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        struct stage stage;
        begin(&stage, NULL);
        pour(&stage, BAD[i].called, BAD[i].text, strlen(BAD[i].text));
        assert_int_equal(-1, stage.status);
        assert_int_equal(EXIT_BAD_DATA, stage.err.code);
        assert_non_null(strstr(stage.err.text, BAD[i].words));
        end(&stage);
    }
}

static void test_pour_file_wants_duckdb_for_parquet(void **state)
{
    char *path = strdup(getenv("PATH"));
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(0, setenv("PATH", "/nowhere:/no", 1));
    assert_int_equal(-1, pour_can("data/test.parquet", &err));
    assert_non_null(strstr(err.text, "install it"));
    assert_non_null(strstr(err.text, "--file"));
    assert_int_equal(0, setenv("PATH", path, 1));
    free(path);
}

/* Read by the real program, where it is. */
static void test_pour_file_reads_parquet(void **state)
{
    char command[600];
    struct buf bytes;
    struct stage stage;

    (void)state;
    if (!parquet_can())
        skip();
    begin(&stage, NULL);
    snprintf(command, sizeof command, "duckdb -c \"COPY (SELECT 7 AS id, ['a','b'] AS \\\"the options\\\", {'bytes': "
             "from_base64('" GIF "'),"
             " 'path': 'x.gif'} AS image_1, NULL::STRUCT(bytes BLOB, path VARCHAR) AS image_2) TO '%s/p.parquet'\" "
                 ">/dev/null", stage.folder);
    assert_int_equal(0, system(command));
    buf_init(&bytes, 0);
    snprintf(command, sizeof command, "%s/p.parquet", stage.folder);
    assert_int_equal(0, file_read(command, &bytes, &stage.err));
    pour(&stage, "data/p.parquet", bytes.data, bytes.length);
    assert_string_equal("", stage.err.text);
    assert_ptr_equal(stage.out.data, strstr(stage.out.data, "{\"id\":7,\"the "
                                            "options\":[\"a\",\"b\"],\"image_1\":\"images/"));
    assert_non_null(strstr(stage.out.data, ".gif\",\"image_2\":null}\n"));
    buf_fini(&bytes);
    end(&stage);
    begin(&stage, NULL);
    pour(&stage, "data/p.parquet", "PAR1PAR1", 8);
    assert_int_equal(-1, stage.status);
    assert_non_null(strstr(stage.err.text, "data/p.parquet: duckdb cannot read it"));
    end(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pour_file_reads_every_kind),
        cmocka_unit_test(test_pour_file_keeps_pictures_once),
        cmocka_unit_test(test_pour_file_unpacks),
        cmocka_unit_test(test_pour_file_says_what_is_wrong),
        cmocka_unit_test(test_pour_file_wants_duckdb_for_parquet),
        cmocka_unit_test(test_pour_file_reads_parquet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
