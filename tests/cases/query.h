/*
 * query: what a store answers to a line of SQL, as text: a line a row, columns parted by "|", NULL as NULL, reals with
 * six digits. query_run only reads. expand(zstd, size_bytes) is the text of a blob.
 */
#ifndef VERNIER_CASES_QUERY_H
#define VERNIER_CASES_QUERY_H

#include "harness/base/err.h"

struct buf;

int query_run(const char *path, const char *sql, struct buf *out, struct err *err);

/* Runs sql on the database at path, which is made when it is not there. */
int query_change(const char *path, const char *sql, struct err *err);

#endif
