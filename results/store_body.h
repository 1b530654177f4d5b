/*
 * store_body: what a store is made of. For the files of this folder only.
 */
#ifndef VERNIER_RESULTS_STORE_BODY_H
#define VERNIER_RESULTS_STORE_BODY_H

#include <stddef.h>

#include "harness/base/buf.h"
#include "results/store.h"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;
struct lock;
struct sqlite3;
struct statement;

struct store {
    struct sqlite3 *db;
    char *path;                          /* as given, for messages */
    struct lock *lock;                   /* NULL for a reader */
    struct statement *statements;        /* all prepared so far; freed at the close */
    struct buf repaired, redacted;       /* scratch of statement_clean */
    struct ZSTD_CCtx_s *compress;        /* made at first use, as is expand */
    struct ZSTD_DCtx_s *expand;
    void *packed;                        /* scratch of blob_put */
    size_t packed_size;
};

/* Of a store that is ours and no newer than we: brings it to STORE_VERSION; refuses an older one. -1 with err set. */
int store_upgrade(struct store *store, struct err *err);
int store_refuse_older(struct store *store, struct err *err);

/* The connection, for those that ask SQLite itself: sqlite3_changes, and the tests. */
struct sqlite3 *store_db(struct store *store);

#endif
