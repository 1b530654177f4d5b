#include "tasks/hub/shelf.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/file.h"
#include "harness/base/hash.h"

#define MANIFEST "manifest.json"

static const char *inside(const struct shelf *shelf, const char *name)
{
    return file_join(shelf->arena, shelf->folder, name);
}

/* --- opening --- */

static int read_manifest(struct shelf *shelf, struct err *err)
{
    const char *path = inside(shelf, MANIFEST), *task = shelf->manifest.task;
    struct buf text;
    int status = 0;

    shelf->manifest = (struct manifest){ .task = task };
    if (!file_exists(path))
        return 0;
    buf_init(&text, 0);
    status = file_read(path, &text, err);
    if (status == 0)
        status = manifest_parse(shelf->arena, path, text.data, text.length, &shelf->manifest, err);
    shelf->manifest.task = task;
    buf_fini(&text);
    return status < 0 ? err_prefix(err, "the cache of %s (delete the file, and it is fetched anew): ", task) : 0;
}

int shelf_open(struct shelf *shelf, struct arena *arena, const char *task, struct err *err)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

    *shelf = (struct shelf){ .arena = arena, .manifest = { .task = task }, .lock = -1 };
    if (cache != NULL && cache[0] == '/')
        shelf->folder = arena_printf(arena, "%s/vernier/data/%s", cache, task);
    else if (home != NULL && home[0] == '/')
        shelf->folder = arena_printf(arena, "%s/.cache/vernier/data/%s", home, task);
    else
        return err_set_code(err, EXIT_BAD_DATA, "no place for a cache: expected XDG_CACHE_HOME or HOME, a path from "
                            "the root");
    return read_manifest(shelf, err);
}

static int make_folders(const char *path, struct err *err)
{
    char *copy = strdup(path);
    int status = 0;

    for (char *at = copy != NULL ? strchr(copy + 1, '/') : NULL; status == 0 && at != NULL; at = strchr(at + 1, '/')) {
        *at = '\0';
        if (mkdir(copy, 0755) < 0 && errno != EEXIST)
            status = err_set_code(err, EXIT_STORE, "%s: %s", copy, strerror(errno));
        *at = '/';
    }
    free(copy);
    if (status == 0 && mkdir(path, 0700) < 0 && errno != EEXIST)
        status = err_set_code(err, EXIT_STORE, "%s: %s", path, strerror(errno));
    if (status == 0 && chmod(path, 0700) < 0)
        status = err_set_code(err, EXIT_STORE, "%s: %s", path, strerror(errno));
    return status;
}

int shelf_lock(struct shelf *shelf, void (*waits)(const char *task), struct err *err)
{
    const char *path = inside(shelf, "lock");
    int held;

    if (make_folders(shelf->folder, err) < 0)
        return -1;
    shelf->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (shelf->lock < 0)
        return err_set_code(err, EXIT_STORE, "%s: %s", path, strerror(errno));
    held = flock(shelf->lock, LOCK_EX | LOCK_NB);
    if (held < 0 && errno == EWOULDBLOCK && waits != NULL)
        waits(shelf->manifest.task);
    while (held < 0 && (errno == EWOULDBLOCK || errno == EINTR))
        held = flock(shelf->lock, LOCK_EX);
    if (held < 0)
        return err_set_code(err, EXIT_STORE, "%s: %s", path, strerror(errno));
    return read_manifest(shelf, err);
}

void shelf_close(struct shelf *shelf)
{
    if (shelf->lock >= 0)
        close(shelf->lock);
    shelf->lock = -1;
}

/* --- looking --- */

const char *shelf_path(const struct shelf *shelf, const struct manifest_entry *entry)
{
    return arena_printf(shelf->arena, "%s/%s.jsonl", shelf->folder, entry->sha256);
}

int shelf_check(const struct shelf *shelf, const struct manifest_entry *entry, struct err *err)
{
    const char *path = shelf_path(shelf, entry), *task = shelf->manifest.task;
    char hex[HASH_HEX_SIZE];
    int64_t size;

    if (hash_file(path, hex, &size, err) < 0)
        return err_prefix(err, "the cache of %s (`vernier fetch %s` mends it): ", task, task);
    if (strcmp(hex, entry->sha256) == 0)
        return 0;
    return err_set_code(err, EXIT_BAD_DATA, "%s was changed since it was fetched: its sha256 is %.12s..., not the one "
                        "of its name; `vernier fetch %s` mends it", path, hex, task);
}

/* --- adding --- */

const char *shelf_work(const struct shelf *shelf, const char *key, struct err *err)
{
    const char *path = arena_printf(shelf->arena, "%s/work-%.16s", shelf->folder, key);

    assert(shelf->lock >= 0);
    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        return path;
    err_set_code(err, EXIT_STORE, "%s: %s", path, strerror(errno));
    return NULL;
}

/* Files only: no folder is ever made in it. */
void shelf_remove_work(const char *work)
{
    int folder = open(work, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = folder < 0 ? NULL : fdopendir(folder);
    struct dirent *entry;

    while (dir != NULL && (entry = readdir(dir)) != NULL)
        unlinkat(folder, entry->d_name, 0);
    if (dir != NULL)
        closedir(dir);
    else if (folder >= 0)
        close(folder);
    rmdir(work);
}

/* Its bytes reach the disk before its name does. */
static int put(const char *from, const char *to, struct err *err)
{
    int fd = open(from, O_RDONLY | O_CLOEXEC);
    int status = fd < 0 || fchmod(fd, 0600) < 0 || fsync(fd) < 0 || rename(from, to) < 0 ? -1 : 0;

    if (status < 0)
        err_set_code(err, EXIT_STORE, "%s: %s", to, strerror(errno));
    if (fd >= 0)
        close(fd);
    return status;
}

static int write_manifest(const struct shelf *shelf, struct err *err)
{
    const char *path = inside(shelf, MANIFEST), *part = inside(shelf, MANIFEST ".part");
    struct buf text;
    int status;

    buf_init(&text, 0);
    manifest_write(&shelf->manifest, &text);
    status = file_write(part, text.data, text.length, false, err);
    if (status == 0)
        status = put(part, path, err);
    buf_fini(&text);
    return status;
}

int shelf_put(const struct shelf *shelf, struct manifest_entry *entry, const char *path, struct err *err)
{
    assert(shelf->lock >= 0);
    return hash_file(path, entry->sha256, &entry->bytes, err) < 0 ? -1 : put(path, shelf_path(shelf, entry), err);
}

int shelf_note(struct shelf *shelf, const struct manifest_entry *entry, struct err *err)
{
    assert(shelf->lock >= 0);
    manifest_add(&shelf->manifest, shelf->arena, entry);
    return write_manifest(shelf, err);
}
