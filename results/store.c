/*
 * A writer's opening, in an order that leaves a stranger's file untouched:
 *
 *     a plain file, of one name? ─► lock ─► open ─► ours? or empty ─► settings, WAL ─► schema, when empty
 *
 * Only what is asked after "ours?" writes. A new database is made in one transaction, marks included, so a crash on the
 * way leaves an empty file, which counts as new.
 */
#include "results/store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "harness/base/embedded.h"
#include "harness/base/log.h"
#include "harness/base/mem.h"
#include "results/fault.h"
#include "results/lock.h"
#include "results/loss.h"
#include "results/statement.h"
#include "results/store_body.h"

extern const struct embedded embedded_schema_sql;

/* No text longer than this fits into SQLite anyway (10^9 bytes). */
#define SCRATCH_CEILING ((size_t)1 << 30)

/* trusted_schema, cell_size_check: a store may come from somebody else. A checkpoint at 1000 pages is 4 MB of WAL. */
#define SETTINGS "PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; " \
                 "PRAGMA cell_size_check = ON; "
#define WRITER_SETTINGS SETTINGS "PRAGMA synchronous = FULL; PRAGMA secure_delete = OFF; " \
                        "PRAGMA wal_autocheckpoint = 1000; PRAGMA journal_size_limit = 67108864"
#define READER_SETTINGS SETTINGS "PRAGMA query_only = ON"

/* Up to here a look at every page takes under a second (measured: 262 MB in 0.8 s, cached); gigabytes, minutes. */
#define CHECKED_BYTES_MAX ((int64_t)256 << 20)

#define STRING_OF(value) #value
#define STRING(value) STRING_OF(value)

static const char APPLICATION_ID[] = "PRAGMA application_id";
static const char USER_VERSION[] = "PRAGMA user_version";
static const char OBJECTS[] = "SELECT count(*) FROM sqlite_schema";
static const char JOURNAL_MODE[] = "PRAGMA journal_mode = WAL";
static const char QUICK_CHECK[] = "PRAGMA quick_check(1)";
static const char BEGIN[] = "BEGIN IMMEDIATE";
static const char COMMIT[] = "COMMIT";

const char *store_path(const struct store *store)
{
    return store->path;
}

struct sqlite3 *store_db(struct store *store)
{
    return store->db;
}

static struct store *new_store(const char *path)
{
    struct store *store = xcalloc(1, sizeof *store);

    store->path = xstrdup(path);
    buf_init(&store->repaired, SCRATCH_CEILING);
    buf_init(&store->redacted, SCRATCH_CEILING);
    return store;
}

static void close_db(struct store *store)
{
    int rc;

    statement_free_all(store);
    rc = sqlite3_close(store->db);
    assert(rc == SQLITE_OK);         /* else somebody's rows are still open */
    store->db = NULL;
}

static void discard(struct store *store)
{
    close_db(store);
    lock_release(store->lock);
    ZSTD_freeCCtx(store->compress);
    ZSTD_freeDCtx(store->expand);
    buf_fini(&store->repaired);
    buf_fini(&store->redacted);
    free(store->packed);
    free(store->path);
    free(store);
}

/* SQLite gives meaning to names such as ":memory:" and "file:x"; with a folder before them they are plain. */
static void add_plain_path(struct buf *out, const char *path)
{
    if (path[0] != '/')
        buf_add_string(out, "./");
    buf_add_string(out, path);
}

static int open_db(struct store *store, const char *name, int flags, struct err *err)
{
    int on = 0;

    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);     /* nobody asks; it locks at every allocation */
    if (sqlite3_open_v2(name, &store->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL) != SQLITE_OK)
        return fault_set(store, err, "opening");
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, &on);
    assert(on == 1);
    return 0;
}

static int open_path(struct store *store, int flags, struct err *err)
{
    struct buf name;
    int result;

    buf_init(&name, 0);
    add_plain_path(&name, store->path);
    result = open_db(store, name.data, flags, err);
    buf_fini(&name);
    return result;
}

static int read_number(struct store *store, const char *sql, int64_t *value, struct err *err)
{
    struct statement *statement = statement_get(store, sql, err);
    int got = statement == NULL ? -1 : statement_next(statement, "opening", err);

    if (got < 0)
        return -1;
    *value = got > 0 ? statement_read_int(statement) : 0;
    statement_reset(statement);
    return 0;
}

/* 1: ours, of this version or an older one; 0: empty; -1: err set. Reads only. */
static int look_inside(struct store *store, struct err *err)
{
    int64_t id, version, objects;

    if (read_number(store, APPLICATION_ID, &id, err) < 0 || read_number(store, USER_VERSION, &version, err) < 0
        || read_number(store, OBJECTS, &objects, err) < 0)
        return -1;
    if (id == 0 && version == 0 && objects == 0)
        return 0;
    if (id != STORE_APPLICATION_ID || version < 1)
        return err_set_code(err, EXIT_STORE, "%s: this is the database of another program; name another file",
                            store->path);
    if (version > STORE_VERSION)
        return err_set_code(err, EXIT_STORE, "%s: written by a newer vernier (store version %lld, this one knows %d); "
                            "use that vernier", store->path, (long long)version, STORE_VERSION);
    return 1;
}

/* Anything but a plain file, or nothing, is refused before SQLite sees it. */
static int check_place(const char *path, struct err *err)
{
    struct stat there;

    if (path[0] == '\0')
        return err_set_code(err, EXIT_STORE, "the store's path is empty; name a file");
    if (stat(path, &there) < 0 || S_ISREG(there.st_mode))
        return 0;
    if (S_ISDIR(there.st_mode))
        return err_set_code(err, EXIT_STORE, "%s: this is a folder; name a file in it", path);
    return err_set_code(err, EXIT_STORE, "%s: this is not a plain file; name another", path);
}

/* The lock and the write-ahead log go by the file's name: by two names, two writers would overwrite each other's rows. */
static int check_one_name(const char *path, struct err *err)
{
    struct stat there;

    if (stat(path, &there) < 0 || there.st_nlink <= 1)
        return 0;
    return err_set_code(err, EXIT_STORE, "%s: this file has %ju names (hard links), and a writer by each name would not "
                        "see the other; remove the others (find DIR -samefile %s shows them), copy the file, or use a "
                        "symbolic link", path, (uintmax_t)there.st_nlink, path);
}

static int check_writers_place(const char *path, struct err *err)
{
    return check_place(path, err) < 0 ? -1 : check_one_name(path, err);
}

static int run_script(struct store *store, const char *sql, const char *doing, struct err *err)
{
    if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return fault_set(store, err, doing);
    return 0;
}

/* A file system without shared memory makes SQLite answer with another mode, and no error. */
static int use_wal(struct store *store, struct err *err)
{
    struct statement *statement = statement_get(store, JOURNAL_MODE, err);
    const char *mode;
    int result = 0;

    if (statement == NULL || statement_next(statement, "turning on the write-ahead log", err) < 0)
        return -1;
    mode = statement_read_text(statement);
    if (mode == NULL || strcmp(mode, "wal") != 0)
        result = err_set_code(err, EXIT_STORE, "%s: this file system cannot hold a write-ahead log (SQLite offers "
                              "\"%s\"); keep the store on a local disk", store->path, mode != NULL ? mode : "");
    statement_reset(statement);
    return result;
}

static int make_schema(struct store *store, struct err *err)
{
    static const char MARKS[] = "PRAGMA application_id = " STRING(STORE_APPLICATION_ID) "; "
                                "PRAGMA user_version = " STRING(STORE_VERSION);
    const char *doing = "making the tables";

    if (store_begin(store, err) < 0)
        return -1;
    if (run_script(store, embedded_schema_sql.data, doing, err) < 0 || run_script(store, MARKS, doing, err) < 0
        || store_commit(store, err) < 0) {
        store_rollback(store);
        return -1;
    }
    return 0;
}

/* SQLite opens a file it may not write for reading, without a word. */
static int check_writable(struct store *store, struct err *err)
{
    if (!sqlite3_db_readonly(store->db, "main"))
        return 0;
    return err_set_code(err, EXIT_STORE, "%s: read-only; allow writing (chmod u+w) or name another store", store->path);
}

static int open_writer(struct store *store, struct err *err)
{
    int inside;

    if (check_writers_place(store->path, err) < 0 || open_path(store, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err) < 0
        || check_writable(store, err) < 0)
        return -1;
    inside = look_inside(store, err);
    if (inside < 0 || run_script(store, WRITER_SETTINGS, "opening", err) < 0 || use_wal(store, err) < 0)
        return -1;
    loss_begin(store);
    return inside == 0 ? make_schema(store, err) : store_upgrade(store, err);
}

struct lock *store_claim(const char *path, const char *command, struct err *err)
{
    return check_writers_place(path, err) < 0 ? NULL : lock_take(path, command, err);
}

void store_unclaim(struct lock *claim)
{
    lock_release(claim);
}

struct store *store_open_claimed(const char *path, struct lock *claim, struct err *err)
{
    struct store *store = new_store(path);

    store->lock = claim;
    if (open_writer(store, err) == 0)
        return store;
    discard(store);
    return NULL;
}

struct store *store_open(const char *path, const char *command, struct err *err)
{
    struct lock *claim = store_claim(path, command, err);

    return claim == NULL ? NULL : store_open_claimed(path, claim, err);
}

static bool has_wal(const char *path)
{
    struct stat there;
    struct buf name;
    bool has;

    buf_init(&name, 0);
    buf_addf(&name, "%s-wal", path);
    has = stat(name.data, &there) == 0 && there.st_size > 0;
    buf_fini(&name);
    return has;
}

/*
 * Opens what nobody can be writing: without a log all is in the file itself, and in a folder where we may not write
 * SQLite could not make the log's index, which it wants even to see that there is no log.
 */
static int open_immutable(struct store *store, struct err *err)
{
    struct buf name;
    int result;

    close_db(store);
    buf_init(&name, 0);
    buf_add_string(&name, "file:");
    if (store->path[0] != '/')
        buf_add_string(&name, "./");
    for (const char *c = store->path; *c != '\0'; c++)
        if (strchr("%?#", *c) != NULL)
            buf_addf(&name, "%%%02X", (unsigned)(unsigned char)*c);
        else
            buf_add_char(&name, *c);
    buf_add_string(&name, "?immutable=1");
    result = open_db(store, name.data, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, err);
    buf_fini(&name);
    return result;
}

/* SQLite could not make the log's index: 3.40 calls that one or the other. */
static bool lacks_index(struct store *store)
{
    int code = sqlite3_errcode(store->db) & 0xff;

    return code == SQLITE_CANTOPEN || code == SQLITE_READONLY;
}

/* As look_inside, where no file can be made beside the store. */
static int look_without_index(struct store *store, struct err *err)
{
    if (has_wal(store->path))
        return err_set_code(err, EXIT_STORE, "%s: its last writer ended early and the folder cannot be written; "
                            "copy it and its -wal file to where you may write", store->path);
    return open_immutable(store, err) < 0 ? -1 : look_inside(store, err);
}

static int open_reader(struct store *store, struct err *err)
{
    int inside;

    if (check_place(store->path, err) < 0)
        return -1;
    if (access(store->path, R_OK) < 0)
        return errno == ENOENT
            ? err_set_code(err, EXIT_STORE, "%s: there is no such store; \"vernier run\" makes one", store->path)
            : err_set_code(err, EXIT_STORE, "%s: cannot be read: %s", store->path, strerror(errno));
    if (open_path(store, SQLITE_OPEN_READONLY, err) < 0)
        return -1;
    inside = look_inside(store, err);
    if (inside < 0 && lacks_index(store))
        inside = look_without_index(store, err);
    if (inside == 0)
        return err_set_code(err, EXIT_STORE, "%s: nothing is stored here yet; \"vernier run\" fills it", store->path);
    if (inside < 0 || store_refuse_older(store, err) < 0)
        return -1;
    return run_script(store, READER_SETTINGS, "opening", err);
}

struct store *store_open_read(const char *path, struct err *err)
{
    struct store *store = new_store(path);

    if (open_reader(store, err) == 0)
        return store;
    discard(store);
    return NULL;
}

bool store_find_writer(const char *path, struct buf *writer)
{
    return lock_find_holder(path, writer);
}

static int64_t file_size(struct store *store)
{
    struct stat there;

    return stat(store->path, &there) == 0 ? there.st_size : 0;
}

/* Says what quick_check found, if anything: the last chance to hear of a bad disk while a copy may still be had. */
static int check_health(struct store *store)
{
    struct err err = ERR_INIT;
    struct statement *statement = statement_get(store, QUICK_CHECK, &err);
    const char *answer;
    int result = 0;

    if (statement == NULL || statement_next(statement, "checking", &err) < 0) {
        log_error("%s", err.text);
        return -1;
    }
    answer = statement_read_text(statement);
    if (answer != NULL && strcmp(answer, "ok") != 0) {
        log_error("%s: damaged or not readable: %s; look at the disk, and take the store from a backup if need be",
                  store->path, answer);
        result = -1;
    }
    statement_reset(statement);
    return result;
}

/*
 * All is committed already: what fails here costs nobody a row, the next open does it. No PRAGMA optimize: our queries
 * are fixed by their indexes, and statistics taken after a first run of one sample make SQLite 3.40 scan whole tables
 * in the next run of thousands.
 */
static int finish_writing(struct store *store)
{
    bool wrote = sqlite3_total_changes64(store->db) > 0, was_lost = store->is_lost;
    struct err err = ERR_INIT;

    store_rollback(store);
    if (wrote && loss_check(store, &err) < 0) {
        if (!was_lost)
            log_error("%s", err.text);
        return -1;
    }
    sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    return wrote && file_size(store) <= CHECKED_BYTES_MAX ? check_health(store) : 0;
}

int store_close(struct store *store)
{
    int result = 0;

    if (store == NULL)
        return 0;
    if (store->lock != NULL)
        result = finish_writing(store);
    discard(store);
    return result;
}

int store_begin(struct store *store, struct err *err)
{
    struct statement *statement = store->is_lost ? NULL : statement_get(store, BEGIN, err);

    if (store->is_lost)
        return loss_check(store, err);
    return statement == NULL ? -1 : statement_run(statement, "beginning to write", err);
}

int store_commit(struct store *store, struct err *err)
{
    struct statement *statement = statement_get(store, COMMIT, err);

    if (statement == NULL || statement_run(statement, "writing", err) < 0)
        return -1;
    return loss_check(store, err);
}

bool store_is_lost(const struct store *store)
{
    return store->is_lost;
}

/* After some failures SQLite has rolled back by itself. */
void store_rollback(struct store *store)
{
    if (!sqlite3_get_autocommit(store->db))
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}
