#include "results/blob.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "harness/base/buf.h"
#include "harness/base/hash.h"
#include "harness/base/mem.h"
#include "harness/base/redact.h"
#include "results/statement.h"
#include "results/store_body.h"

/* zstd's own default: halves a reply at some 300 MB/s; higher levels gain a tenth and cost several times as much. */
#define LEVEL 3

static const char KNOWS[] = "SELECT 1 FROM blob WHERE sha256 = ?";
static const char ADD[] = "INSERT INTO blob (sha256, size_bytes, zstd) VALUES (?, ?, ?)";
static const char GET[] = "SELECT size_bytes, zstd FROM blob WHERE sha256 = ?";

/* 1: there already; 0: not; -1: err set. */
static int knows(struct store *store, const char *sha256, struct err *err)
{
    struct statement *statement = statement_get(store, KNOWS, err);
    int got;

    if (statement == NULL)
        return -1;
    statement_bind_cleaned(statement, sha256, strlen(sha256));
    got = statement_next(statement, "looking for a blob", err);
    statement_reset(statement);
    return got;
}

/* Compresses into the store's scratch; the size there, or 0 with err set. */
static size_t pack(struct store *store, const void *data, size_t length, struct err *err)
{
    size_t bound = ZSTD_compressBound(length), size;

    if (store->compress == NULL)
        store->compress = ZSTD_createCCtx();
    if (store->packed_size < bound) {
        store->packed = xreallocarray(store->packed, bound, 1);
        store->packed_size = bound;
    }
    size = store->compress == NULL ? (size_t)-1
         : ZSTD_compressCCtx(store->compress, store->packed, bound, data, length, LEVEL);
    if (!ZSTD_isError(size))
        return size;
    err_set_code(err, EXIT_STORE, "%s: compressing %zu bytes: %s", store->path, length, ZSTD_getErrorName(size));
    return 0;
}

static int add(struct store *store, const void *data, size_t length, const char *sha256, struct err *err)
{
    size_t size = pack(store, data, length, err);
    struct statement *statement = size > 0 ? statement_get(store, ADD, err) : NULL;

    if (statement == NULL)
        return -1;
    statement_bind_cleaned(statement, sha256, strlen(sha256));
    statement_bind_int(statement, (int64_t)length);
    statement_bind_bytes(statement, store->packed, size);
    return statement_run(statement, "writing a blob", err);
}

static int put(struct store *store, const void *data, size_t length, char sha256[65], struct err *err)
{
    int known;

    hash_sha256_hex(data, length, sha256);
    known = knows(store, sha256, err);
    if (known != 0)
        return known < 0 ? -1 : 0;
    return add(store, data, length, sha256, err);
}

int blob_put(struct store *store, const void *data, size_t length, char sha256[65], struct err *err)
{
    struct buf redacted;
    int result;

    if (!redact_finds(data, length))
        return put(store, data, length, sha256, err);
    buf_init(&redacted, 2 * length + BUF_CEILING_DEFAULT);
    redact_add(&redacted, data, length);
    result = put(store, redacted.data, redacted.length, sha256, err);
    buf_fini(&redacted);
    return result;
}

/* Expands packed to exactly size bytes whose hash is sha256. */
static int unpack(struct store *store, const void *packed, size_t packed_size, char *data, size_t size,
                  const char *sha256, struct err *err)
{
    char hex[HASH_HEX_SIZE] = "";
    size_t got;

    if (store->expand == NULL)
        store->expand = ZSTD_createDCtx();
    got = store->expand == NULL ? (size_t)-1 : ZSTD_decompressDCtx(store->expand, data, size, packed, packed_size);
    if (got == size)
        hash_sha256_hex(data, size, hex);
    if (strcmp(hex, sha256) == 0)
        return 0;
    return err_set_code(err, EXIT_STORE, "%s: blob %s is damaged (%s); take the store from a backup", store->path,
                        sha256, ZSTD_isError(got) ? ZSTD_getErrorName(got) : "its bytes do not match its hash");
}

/* The row that statement stands on. */
static int read_row(struct store *store, struct statement *statement, const char *sha256, struct buf *out,
                    struct err *err)
{
    int64_t size = statement_read_int(statement);
    size_t packed_size, room = out->ceiling - out->length;
    const void *packed = statement_read_bytes(statement, &packed_size);
    char *data;
    int result;

    if (size < 0 || (uint64_t)size > room)
        return err_set_code(err, EXIT_STORE, "%s: blob %s has %lld bytes, but only %zu are allowed here", store->path,
                            sha256, (long long)size, room);
    data = xmalloc((size_t)size);
    result = unpack(store, packed, packed_size, data, (size_t)size, sha256, err);
    if (result == 0)
        buf_add(out, data, (size_t)size);
    free(data);
    return result;
}

int blob_get(struct store *store, const char *sha256, struct buf *out, struct err *err)
{
    struct statement *statement = statement_get(store, GET, err);
    int got;

    if (statement == NULL)
        return -1;
    statement_bind_cleaned(statement, sha256, strlen(sha256));
    got = statement_next(statement, "reading a blob", err);
    if (got == 0)
        return err_set_code(err, EXIT_STORE, "%s: there is no blob %s", store->path, sha256);
    if (got > 0) {
        got = read_row(store, statement, sha256, out, err);
        statement_reset(statement);
    }
    return got;
}
