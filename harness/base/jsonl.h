/*
 * jsonl: a file of one JSON document a line, read line by line. Blank lines are skipped, a UTF-8 byte order mark and
 * carriage returns are forgiven, what is no UTF-8 (encoding.h) is refused, and a key that stands twice.
 * Errors read "gpqa.jsonl line 17: ...".
 */
#ifndef VERNIER_BASE_JSONL_H
#define VERNIER_BASE_JSONL_H

#include <stddef.h>

#include "harness/base/err.h"

struct json_doc;
struct jsonl;

/* Opens path for reading. NULL with err set (EXIT_BAD_DATA): missing, a folder, not readable. */
struct jsonl *jsonl_open(const char *path, struct err *err);

/* The same over bytes in memory, which must stay until the close; name stands for the path in errors. */
struct jsonl *jsonl_open_memory(const char *name, const char *data, size_t length, struct err *err);

/* The next document, freed by the caller with json_free. 1: *doc set; 0: the end; -1: err set, and the next call goes on
 * with the next line, but for a line that is too long, which ends the reading. */
int jsonl_next(struct jsonl *jsonl, struct json_doc **doc, struct err *err);

size_t jsonl_line(const struct jsonl *jsonl);       /* of the document last given, from 1 */
const char *jsonl_path(const struct jsonl *jsonl);

/* Hex SHA-256 of all bytes read so far (of the file, once the end was reached). */
void jsonl_sha256(const struct jsonl *jsonl, char hex[65]);
void jsonl_close(struct jsonl *jsonl);              /* NULL is allowed */

#endif
