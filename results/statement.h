/*
 * statement: SQL prepared once and kept for the store's life. For the files of this folder only.
 *
 *     struct statement *statement = statement_get(store, ADD_CALL, err);
 *     if (statement == NULL)
 *         return -1;
 *     statement_bind_int(statement, ask);
 *     statement_bind_text(statement, call->error);
 *     return statement_run(statement, "writing a call", err);
 *
 * Values are bound one after the other, ?1 first, and read so too, the first column first. A bind that fails is
 * reported by the step after it. Text is repaired and redacted on its way in. Every value is bound anew for each run.
 */
#ifndef VERNIER_RESULTS_STATEMENT_H
#define VERNIER_RESULTS_STATEMENT_H

#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"

struct statement;
struct store;

/* The store's statement for sql, which is a constant: it is known by its address. One use at a time. */
struct statement *statement_get(struct store *store, const char *sql, struct err *err);

/* One of its own, for a cursor that stays open; the caller frees it. */
struct statement *statement_new(struct store *store, const char *sql, struct err *err);
void statement_free(struct statement *statement);           /* NULL is allowed */
void statement_free_all(struct store *store);

void statement_bind_int(struct statement *statement, int64_t value);
void statement_bind_int_or_null(struct statement *statement, int64_t value, int64_t null);   /* null: NULL */
void statement_bind_real(struct statement *statement, double value);
void statement_bind_null(struct statement *statement);

/* NULL is NULL. The text is borrowed until the statement has run; a cursor's, until it is reset. */
void statement_bind_text(struct statement *statement, const char *text);

/* Copied. */
void statement_bind_cleaned(struct statement *statement, const char *text, size_t length);    /* clean, or a hash */
void statement_bind_bytes(struct statement *statement, const void *data, size_t length);     /* a BLOB, as it is */

/* 1: a row; 0: the end; -1: err set. After the last two the statement is ready for its next use. */
int statement_next(struct statement *statement, const char *doing, struct err *err);

/* For what gives no rows. */
int statement_run(struct statement *statement, const char *doing, struct err *err);
/* The new id; 0: a conflict kept it out; -1 with err set. */
int64_t statement_insert(struct statement *statement, const char *doing, struct err *err);

/* Ends a reading that was not read to its end. */
void statement_reset(struct statement *statement);

/* The next column of the row. Text and bytes are borrowed until the next step. */
int64_t statement_read_int(struct statement *statement);
int64_t statement_read_int_or(struct statement *statement, int64_t null);                    /* NULL reads as null */
double statement_read_real(struct statement *statement);
const char *statement_read_text(struct statement *statement);                                /* NULL when NULL */
const void *statement_read_bytes(struct statement *statement, size_t *length);

/* Text as it may be stored: UTF-8 without NULs and secrets. text itself when it is so, else the store's scratch. */
const char *statement_clean(struct store *store, const char *text, size_t *length);

#endif
