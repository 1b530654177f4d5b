/*
 * store_body: what a store is made of. For the files of this folder only.
 */
#ifndef VERNIER_RESULTS_STORE_BODY_H
#define VERNIER_RESULTS_STORE_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "harness/base/buf.h"
#include "harness/base/err.h"
#include "results/store.h"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;
struct lock;
struct sqlite3;
struct statement;

/* A file, by whatever name. number 0: none yet. */
struct file_id { dev_t device; ino_t number; };

struct store {
    struct sqlite3 *db;
    char *path;                          /* as given, for messages */
    struct lock *lock;                   /* NULL for a reader */
    struct file_id file, log;            /* a writer's, as they were found */
    mode_t mode;                         /* of the file, as it was last seen; 0: it never was */
    bool is_lost;                        /* they are no longer there: nothing more is written */
    struct err loss;                     /* then: why, and where the rows are */
    int64_t journal_commits;             /* since it was opened: what was journaled before the last of them is on disk */
    struct statement *statements;        /* all prepared so far; freed at the close */
    struct buf repaired, redacted;       /* scratch of statement_clean */
    struct ZSTD_CCtx_s *compress;        /* made at first use, as is expand */
    struct ZSTD_DCtx_s *expand;
    void *packed;                        /* scratch of blob_put */
    size_t packed_size;
    bool samples_are_known;              /* the last sample put was there already */
};

/* Of a store that is ours and no newer than we: brings it to STORE_VERSION; refuses an older one. -1 with err set. */
int store_upgrade(struct store *store, struct err *err);
int store_refuse_older(struct store *store, struct err *err);

/* SQL: the object at path in a JSON text, as JSON; NULL where there is none, or the text is no JSON. */
#define OBJECT_AT(text, path) \
    "CASE WHEN json_valid(" text ") AND json_type(" text ", '" path "') = 'object'" \
    " THEN json_extract(" text ", '" path "') END"
#define SETTINGS_OF(plan) OBJECT_AT(plan, "$.model.settings")
#define NAMES_OF(places) OBJECT_AT(places, "$.names")

/* The connection, for those that ask SQLite itself: sqlite3_changes, and the tests. */
struct sqlite3 *store_db(struct store *store);

#endif
