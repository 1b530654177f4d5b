#include "tests/cases/query.h"

#include <sqlite3.h>
#include <stddef.h>
#include <stdlib.h>
#include <zstd.h>

#include "harness/base/buf.h"
#include "harness/base/mem.h"

/* expand(zstd, size_bytes): a blob's text. */
static void expand(struct sqlite3_context *context, int count, struct sqlite3_value **values)
{
    size_t size = (size_t)sqlite3_value_int64(values[1]), length;
    char *text = xmalloc(size + 1);

    (void)count;
    length = ZSTD_decompress(text, size, sqlite3_value_blob(values[0]), (size_t)sqlite3_value_bytes(values[0]));
    if (ZSTD_isError(length))
        sqlite3_result_error(context, ZSTD_getErrorName(length), -1);
    else
        sqlite3_result_text(context, text, (int)length, SQLITE_TRANSIENT);
    free(text);
}

static void add_value(struct buf *out, struct sqlite3_stmt *row, int column)
{
    int kind = sqlite3_column_type(row, column);

    if (kind == SQLITE_NULL)
        buf_add_string(out, "NULL");
    else if (kind == SQLITE_FLOAT)
        buf_addf(out, "%.6g", sqlite3_column_double(row, column));
    else
        buf_add_string(out, (const char *)sqlite3_column_text(row, column));
}

static int read_rows(struct sqlite3_stmt *rows, struct buf *out)
{
    int code;

    while ((code = sqlite3_step(rows)) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(rows); i++) {
            if (i > 0)
                buf_add_char(out, '|');
            add_value(out, rows, i);
        }
        buf_add_char(out, '\n');
    }
    return code;
}

int query_run(const char *path, const char *sql, struct buf *out, struct err *err)
{
    struct sqlite3 *db = NULL;
    struct sqlite3_stmt *rows = NULL;
    int code = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_create_function(db, "expand", 2, SQLITE_UTF8, NULL, expand, NULL, NULL);
    sqlite3_busy_timeout(db, 5000);
    if (code == SQLITE_OK)
        code = sqlite3_prepare_v2(db, sql, -1, &rows, NULL);
    if (code == SQLITE_OK)
        code = read_rows(rows, out);
    if (code != SQLITE_DONE)
        err_set(err, "%s: %s", path, sqlite3_errmsg(db));
    sqlite3_finalize(rows);
    sqlite3_close(db);
    return code == SQLITE_DONE ? 0 : -1;
}

int query_change(const char *path, const char *sql, struct err *err)
{
    struct sqlite3 *db = NULL;
    int code = sqlite3_open(path, &db);

    if (code == SQLITE_OK)
        code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    if (code != SQLITE_OK)
        err_set(err, "%s: %s", path, sqlite3_errmsg(db));
    sqlite3_close(db);
    return code == SQLITE_OK ? 0 : -1;
}
