/*
 * csv: RFC 4180 text as rows of JSON objects, so that a loader reads one kind of row. The first record names the
 * columns; quoted fields may hold commas, doubled quotes and newlines. No value is taken for a missing one: an empty
 * cell is "", and "nan" stays "nan".
 */
#ifndef VERNIER_TASKS_CSV_H
#define VERNIER_TASKS_CSV_H

#include <stddef.h>

#include "harness/base/err.h"

struct csv;
struct json_doc;

/* data must stay until the close; name stands for it in errors. NULL with err set: no header, not UTF-8. */
struct csv *csv_open(const char *name, const char *data, size_t length, struct err *err);

/* The next row as an object of strings, freed with json_free. 1: *doc set; 0: the end; -1: err set. */
int csv_next(struct csv *csv, struct json_doc **doc, struct err *err);
size_t csv_line(const struct csv *csv);      /* on which the row last given begins */
void csv_close(struct csv *csv);             /* NULL is allowed */

#endif
