/*
 * parquet: a Parquet file as JSON lines, by the program `duckdb` (https://duckdb.org) in PATH. A column of pictures,
 * a struct of bytes and path, becomes one of data: addresses.
 */
#ifndef VERNIER_TASKS_HUB_PARQUET_H
#define VERNIER_TASKS_HUB_PARQUET_H

#include <stdbool.h>

#include "harness/base/err.h"

bool parquet_can(void);             /* whether duckdb is in PATH */

/* Writes the rows of from to to. -1 with err set; called stands for from in errors. */
int parquet_to_jsonl(const char *from, const char *called, const char *to, struct err *err);

#endif
