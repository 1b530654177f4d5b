#include "results/loss.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/buf.h"
#include "results/lock.h"
#include "results/store_body.h"

/* So many copies of one store may lie beside it before another place is tried. */
#define COPIES_MAX 99

static bool find_file(const char *path, struct file_id *id)
{
    struct stat there;

    if (stat(path, &there) < 0)
        return false;
    *id = (struct file_id){ there.st_dev, there.st_ino };
    return true;
}

static bool is_at(const struct file_id *file, const char *path)
{
    struct file_id there;

    return find_file(path, &there) && there.device == file->device && there.number == file->number;
}

static void name_beside(const struct store *store, const char *suffix, struct buf *name)
{
    buf_clear(name);
    buf_addf(name, "%s%s", store->path, suffix);
}

/* SQLite makes the log with the first row, and keeps that file until the close. */
static bool has_log(struct store *store)
{
    struct buf name;
    bool has;

    buf_init(&name, 0);
    name_beside(store, "-wal", &name);
    has = store->log.number == 0 || is_at(&store->log, name.data);
    if (store->log.number == 0)
        find_file(name.data, &store->log);
    buf_fini(&name);
    return has;
}

/* Whether the database is where it was; its mode is noted while it can be. */
static bool has_file(struct store *store)
{
    struct stat there;

    if (stat(store->path, &there) < 0 || there.st_dev != store->file.device || there.st_ino != store->file.number)
        return false;
    store->mode = there.st_mode & (S_IRWXU | S_IRWXG | S_IRWXO);
    return true;
}

void loss_begin(struct store *store)
{
    if (find_file(store->path, &store->file))
        has_file(store);
    has_log(store);
}

static int copy_pages(struct store *store, sqlite3 *to)
{
    sqlite3_backup *copy = sqlite3_backup_init(to, "main", store->db, "main");
    int code;

    if (copy == NULL)
        return sqlite3_errcode(to);
    code = sqlite3_backup_step(copy, -1);
    sqlite3_backup_finish(copy);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

/* All that is committed, synced, in the empty file of that name, which is ours. */
static bool copy_to(struct store *store, const char *name)
{
    sqlite3 *to = NULL;
    int code = sqlite3_open_v2(name, &to, SQLITE_OPEN_READWRITE, NULL);

    if (code == SQLITE_OK)
        code = copy_pages(store, to);
    if (sqlite3_close(to) != SQLITE_OK || code != SQLITE_OK) {
        unlink(name);
        return false;
    }
    return true;
}

/* An empty file by a name nobody had, "vernier.db.saved". False: there is no room for one, or all names are taken. */
static bool make_file(const char *folder, const char *file, mode_t mode, struct buf *name)
{
    int fd = -1;

    for (int i = 1; i <= COPIES_MAX && fd < 0; i++) {
        buf_clear(name);
        buf_addf(name, "%s%s.saved", folder, file);
        if (i > 1)
            buf_addf(name, "-%d", i);
        fd = open(name->data, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
        if (fd < 0 && errno != EEXIST)
            return false;
    }
    if (fd < 0)
        return false;
    fchmod(fd, mode | S_IRUSR | S_IWUSR);      /* where that cannot be, it stays its owner's alone */
    close(fd);
    return true;
}

/* name gets where the rows are now; false: nowhere. In another folder it is for its owner alone: what the store's own
 * keeps others from is not known there. */
static bool save(struct store *store, struct buf *name)
{
    const char *slash = strrchr(store->path, '/'), *file = slash != NULL ? slash + 1 : store->path;
    struct buf beside;
    bool is_saved = false;

    buf_init(&beside, 0);
    buf_add_string(&beside, slash == NULL ? "./" : "");
    buf_add(&beside, store->path, (size_t)(file - store->path));
    const char *const folders[] = { beside.data, "./", "/tmp/" };
    for (size_t i = 0; i < sizeof folders / sizeof folders[0] && !is_saved; i++)
        is_saved = make_file(folders[i], file, i == 0 ? store->mode : 0, name) && copy_to(store, name->data);
    buf_fini(&beside);
    return is_saved;
}

/* The log's index belongs to the log. */
static void remove_log(struct store *store)
{
    struct buf name;

    buf_init(&name, 0);
    name_beside(store, "-wal", &name);
    if (is_at(&store->log, name.data)) {
        unlink(name.data);
        name_beside(store, "-shm", &name);
        unlink(name.data);
    }
    buf_fini(&name);
}

static int save_rows(struct store *store, const char *what, struct err *err)
{
    struct buf name;

    buf_init(&name, 0);
    if (save(store, &name)) {
        remove_log(store);
        err_set_code(err, EXIT_STORE, "%s: %s while it was being written; all its rows are saved in %s: move it back, or "
                     "name it with --store, and run the same command again", store->path, what, name.data);
    } else {
        err_set_code(err, EXIT_STORE, "%s: %s while it was being written, and neither beside it nor in the current folder "
                     "nor in /tmp could its rows be saved", store->path, what);
    }
    buf_fini(&name);
    return -1;
}

static int lose_file(struct store *store, struct err *err)
{
    struct stat there;

    return save_rows(store, lstat(store->path, &there) < 0 ? "the file was deleted or moved"
                                                           : "the file was replaced by another", err);
}

/* The rows of the log that we still hold are taken over; readers that stand in the way make that impossible. */
static int lose_log(struct store *store, struct err *err)
{
    int in_log = 0, taken = 0;

    if (sqlite3_wal_checkpoint_v2(store->db, "main", SQLITE_CHECKPOINT_FULL, &in_log, &taken) != SQLITE_OK ||
        in_log != taken)
        return save_rows(store, "its write-ahead log was deleted or replaced", err);
    return err_set_code(err, EXIT_STORE, "%s: %s-wal was deleted or replaced while it was being written; all rows are in "
                        "the store; run the same command again", store->path, store->path);
}

int loss_check(struct store *store, struct err *err)
{
    assert(sqlite3_get_autocommit(store->db));
    if (store->lock == NULL || store->is_lost)
        return store->is_lost ? err_set_code(err, EXIT_STORE, "%s", store->loss.text) : 0;
    store->is_lost = true;
    if (!has_file(store))
        lose_file(store, err);
    else if (!has_log(store))
        lose_log(store, err);
    else if (lock_keep(store->lock, store->path, err) == 0)
        store->is_lost = false;
    if (!store->is_lost)
        return 0;
    store->loss = *err;
    return -1;
}
