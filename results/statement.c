#include "results/statement.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "harness/base/mem.h"
#include "harness/base/redact.h"
#include "harness/base/text.h"
#include "results/fault.h"
#include "results/store_body.h"

struct statement {
    struct statement *next;
    struct store *store;
    const char *sql;
    sqlite3_stmt *stmt;
    int bound, read;         /* how many values so far */
    int failed;              /* what the first bind that failed returned, else SQLITE_OK */
};

struct statement *statement_new(struct store *store, const char *sql, struct err *err)
{
    struct statement *statement = xcalloc(1, sizeof *statement);

    statement->store = store;
    statement->sql = sql;
    if (sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement->stmt, NULL) == SQLITE_OK)
        return statement;
    fault_set(store, err, "preparing");
    free(statement);
    return NULL;
}

struct statement *statement_get(struct store *store, const char *sql, struct err *err)
{
    struct statement *statement;

    LL_SEARCH_SCALAR(store->statements, statement, sql, sql);
    if (statement == NULL) {
        statement = statement_new(store, sql, err);
        if (statement != NULL)
            LL_PREPEND(store->statements, statement);
        return statement;
    }
    assert(!sqlite3_stmt_busy(statement->stmt));
    if (statement->bound > 0)
        statement_reset(statement);
    return statement;
}

void statement_free(struct statement *statement)
{
    if (statement == NULL)
        return;
    sqlite3_finalize(statement->stmt);
    free(statement);
}

void statement_free_all(struct store *store)
{
    while (store->statements != NULL) {
        struct statement *first = store->statements;
        LL_DELETE(store->statements, first);
        statement_free(first);
    }
}

static void note(struct statement *statement, int rc)
{
    if (statement->failed == SQLITE_OK)
        statement->failed = rc;
}

void statement_bind_int(struct statement *statement, int64_t value)
{
    note(statement, sqlite3_bind_int64(statement->stmt, ++statement->bound, value));
}

void statement_bind_int_or_null(struct statement *statement, int64_t value, int64_t null)
{
    if (value == null)
        statement_bind_null(statement);
    else
        statement_bind_int(statement, value);
}

void statement_bind_real(struct statement *statement, double value)
{
    note(statement, sqlite3_bind_double(statement->stmt, ++statement->bound, value));
}

void statement_bind_null(struct statement *statement)
{
    note(statement, sqlite3_bind_null(statement->stmt, ++statement->bound));
}

static bool is_clean(const char *text, size_t length)
{
    size_t plain = text_plain_length(text, length);

    text += plain;
    length -= plain;
    return memchr(text, '\0', length) == NULL && text_is_utf8(text, length);
}

const char *statement_clean(struct store *store, const char *text, size_t *length)
{
    if (!is_clean(text, *length)) {
        buf_clear(&store->repaired);
        text_repair(&store->repaired, text, *length);
        text = store->repaired.data;
        *length = store->repaired.length;
    }
    if (redact_finds(text, *length)) {
        buf_clear(&store->redacted);
        redact_add(&store->redacted, text, *length);
        text = store->redacted.data;
        *length = store->redacted.length;
    }
    return text;
}

static void bind_text(struct statement *statement, const char *text, size_t length, sqlite3_destructor_type keeping)
{
    note(statement, sqlite3_bind_text64(statement->stmt, ++statement->bound, text, length, keeping, SQLITE_UTF8));
}

void statement_bind_text(struct statement *statement, const char *text)
{
    const char *clean;
    size_t length;

    if (text == NULL) {
        statement_bind_null(statement);
        return;
    }
    length = strlen(text);
    clean = statement_clean(statement->store, text, &length);
    bind_text(statement, clean, length, clean == text ? SQLITE_STATIC : SQLITE_TRANSIENT);
}

void statement_bind_cleaned(struct statement *statement, const char *text, size_t length)
{
    bind_text(statement, text, length, SQLITE_TRANSIENT);
}

void statement_bind_bytes(struct statement *statement, const void *data, size_t length)
{
    note(statement, sqlite3_bind_blob64(statement->stmt, ++statement->bound, data, length, SQLITE_TRANSIENT));
}

int statement_next(struct statement *statement, const char *doing, struct err *err)
{
    int rc;

    assert(statement->bound == sqlite3_bind_parameter_count(statement->stmt));     /* none is an earlier run's */
    rc = statement->failed != SQLITE_OK ? statement->failed : sqlite3_step(statement->stmt);
    statement->read = 0;
    if (rc == SQLITE_ROW)
        return 1;
    if (rc != SQLITE_DONE)
        fault_set(statement->store, err, doing);
    statement_reset(statement);
    return rc == SQLITE_DONE ? 0 : -1;
}

int statement_run(struct statement *statement, const char *doing, struct err *err)
{
    int got = statement_next(statement, doing, err);

    assert(got <= 0);
    return got;
}

int64_t statement_insert(struct statement *statement, const char *doing, struct err *err)
{
    if (statement_run(statement, doing, err) < 0)
        return -1;
    return sqlite3_changes(statement->store->db) > 0 ? sqlite3_last_insert_rowid(statement->store->db) : 0;
}

void statement_reset(struct statement *statement)
{
    sqlite3_reset(statement->stmt);
    statement->bound = statement->read = 0;
    statement->failed = SQLITE_OK;
}

/*
 * A value is asked for once, and then what it is and what it holds: sqlite3_column_type and _int64 would each look for
 * it anew, which is a third of the time of reading a million rows. Sound as connections are opened without mutexes.
 */
static sqlite3_value *next_value(struct statement *statement)
{
    return sqlite3_column_value(statement->stmt, statement->read++);
}

int64_t statement_read_int(struct statement *statement)
{
    return sqlite3_value_int64(next_value(statement));
}

int64_t statement_read_int_or(struct statement *statement, int64_t null)
{
    sqlite3_value *value = next_value(statement);

    return sqlite3_value_type(value) == SQLITE_NULL ? null : sqlite3_value_int64(value);
}

double statement_read_real(struct statement *statement)
{
    return sqlite3_value_double(next_value(statement));
}

const char *statement_read_text(struct statement *statement)
{
    sqlite3_value *value = next_value(statement);
    const char *text = (const char *)sqlite3_value_text(value);

    /* SQLite's memory ran out: to go on as if nothing were stored there would be wrong. */
    assert(text != NULL || sqlite3_value_type(value) == SQLITE_NULL);
    return text;
}

const void *statement_read_bytes(struct statement *statement, size_t *length)
{
    int column = statement->read++;
    const void *data = sqlite3_column_blob(statement->stmt, column);

    *length = (size_t)sqlite3_column_bytes(statement->stmt, column);
    return data;
}
