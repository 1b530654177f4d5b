/*
 * blob: long text and bytes, kept once by their SHA-256, zstd-compressed.
 */
#ifndef VERNIER_RESULTS_BLOB_H
#define VERNIER_RESULTS_BLOB_H

#include <stddef.h>

#include "harness/base/err.h"

struct buf;
struct store;

/* Text longer than this goes to a blob. */
#define BLOB_TEXT_MIN 4096

/* Keeps the bytes and writes their hash; what is there already is not written again. -1 with err set. */
int blob_put(struct store *store, const void *data, size_t length, char sha256[65], struct err *err);

/* Adds the bytes to out; checked against the hash. -1 with err set: unknown, damaged, over out's ceiling. */
int blob_get(struct store *store, const char *sha256, struct buf *out, struct err *err);

#endif
