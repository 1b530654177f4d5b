#include "tests/shim/vfs_shim.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/mem.h"
#include "harness/base/random.h"

#define SECTOR_BYTES 512

/* What is looked at; the rest (temporary files) passes through. */
#define WATCHED (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)

/* A name on the disk, known from its first opening on. */
struct file {
    struct file *next;
    char *path;
    size_t unsynced;
};

enum op_kind { OP_WRITE, OP_TRUNCATE, OP_DELETE, OP_SYNC, OP_SYNC_FOLDER };

struct op {
    enum op_kind kind;
    const struct file *file;
    size_t offset;           /* of a write; the new size of a truncate */
    size_t length;
    unsigned char *data;
};

struct vfs_shim {
    sqlite3_vfs vfs;
    sqlite3_vfs *real;
    struct file *files;
    enum vfs_fault fault;
    uint64_t calls_left;     /* until it strikes; 0: it strikes now */
    bool lasting, has_failed, recording;
    struct op *ops;
    size_t op_count, op_room;
};

/* What SQLite holds; the real VFS's own file follows it. */
struct handle {
    sqlite3_file base;
    struct vfs_shim *shim;
    struct file *file;       /* NULL: not watched */
    bool syncs_folder;       /* with its next sync, as SQLite's Unix VFS does for logs and journals it may have made */
    sqlite3_file *real;
};

static struct file *get_file(struct vfs_shim *shim, const char *path)
{
    struct file *file;

    for (file = shim->files; file != NULL; file = file->next)
        if (strcmp(file->path, path) == 0)
            return file;
    file = xcalloc(1, sizeof *file);
    file->path = xstrdup(path);
    file->next = shim->files;
    shim->files = file;
    return file;
}

static void record(struct vfs_shim *shim, struct op op, const void *data)
{
    if (!shim->recording)
        return;
    if (shim->op_count == shim->op_room) {
        shim->op_room = shim->op_room == 0 ? 1024 : 2 * shim->op_room;
        shim->ops = xreallocarray(shim->ops, shim->op_room, sizeof *shim->ops);
    }
    if (data != NULL)
        op.data = memcpy(xmalloc(op.length), data, op.length);
    shim->ops[shim->op_count++] = op;
}

/* Whether the call about to be made is to fail. */
static bool strikes(struct vfs_shim *shim, bool is_write)
{
    if (shim->fault == VFS_NO_FAULT || (shim->fault != VFS_IOERR && !is_write))
        return false;
    if (shim->calls_left > 0 && --shim->calls_left > 0)
        return false;
    if (shim->has_failed && !shim->lasting)
        return false;
    shim->has_failed = true;
    return true;
}

static struct handle *handle_of(sqlite3_file *base)
{
    return (struct handle *)(void *)base;
}

static int file_close(sqlite3_file *base)
{
    sqlite3_file *real = handle_of(base)->real;

    return real->pMethods->xClose(real);
}

static int file_read(sqlite3_file *base, void *data, int length, sqlite3_int64 offset)
{
    struct handle *handle = handle_of(base);

    if (handle->file != NULL && strikes(handle->shim, false))
        return SQLITE_IOERR_READ;
    return handle->real->pMethods->xRead(handle->real, data, length, offset);
}

static int write_through(struct handle *handle, const void *data, int length, sqlite3_int64 offset)
{
    int rc = handle->real->pMethods->xWrite(handle->real, data, length, offset);

    if (handle->file == NULL)
        return rc;
    handle->file->unsynced++;
    record(handle->shim, (struct op){ .kind = OP_WRITE, .file = handle->file, .offset = (size_t)offset,
                                      .length = (size_t)length }, data);
    return rc;
}

static int file_write(sqlite3_file *base, const void *data, int length, sqlite3_int64 offset)
{
    struct handle *handle = handle_of(base);

    if (handle->file != NULL && strikes(handle->shim, true)) {
        if (handle->shim->fault == VFS_SHORT_WRITE && length > 1)
            write_through(handle, data, length / 2, offset);
        return handle->shim->fault == VFS_IOERR ? SQLITE_IOERR_WRITE : SQLITE_FULL;
    }
    return write_through(handle, data, length, offset);
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct handle *handle = handle_of(base);

    if (handle->file != NULL) {
        if (strikes(handle->shim, false))
            return SQLITE_IOERR_TRUNCATE;
        handle->file->unsynced++;
        record(handle->shim, (struct op){ .kind = OP_TRUNCATE, .file = handle->file, .offset = (size_t)size }, NULL);
    }
    return handle->real->pMethods->xTruncate(handle->real, size);
}

static int file_sync(sqlite3_file *base, int flags)
{
    struct handle *handle = handle_of(base);

    (void)flags;
    if (handle->file == NULL)
        return SQLITE_OK;
    if (strikes(handle->shim, false))
        return SQLITE_IOERR_FSYNC;
    handle->file->unsynced = 0;
    record(handle->shim, (struct op){ .kind = OP_SYNC, .file = handle->file }, NULL);
    if (handle->syncs_folder)
        record(handle->shim, (struct op){ .kind = OP_SYNC_FOLDER }, NULL);
    handle->syncs_folder = false;
    return SQLITE_OK;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size)
{
    sqlite3_file *real = handle_of(base)->real;
    return real->pMethods->xFileSize(real, size);
}

static int file_lock(sqlite3_file *base, int level)
{
    sqlite3_file *real = handle_of(base)->real;
    return real->pMethods->xLock(real, level);
}

static int file_unlock(sqlite3_file *base, int level)
{
    sqlite3_file *real = handle_of(base)->real;
    return real->pMethods->xUnlock(real, level);
}

static int file_check_lock(sqlite3_file *base, int *is_locked)
{
    sqlite3_file *real = handle_of(base)->real;
    return real->pMethods->xCheckReservedLock(real, is_locked);
}

static int file_control(sqlite3_file *base, int op, void *argument)
{
    sqlite3_file *real = handle_of(base)->real;
    return real->pMethods->xFileControl(real, op, argument);
}

static int file_sector_size(sqlite3_file *base)
{
    sqlite3_file *real = handle_of(base)->real;
    return real->pMethods->xSectorSize(real);
}

static int file_characteristics(sqlite3_file *base)
{
    sqlite3_file *real = handle_of(base)->real;
    return real->pMethods->xDeviceCharacteristics(real);
}

static int file_shm_map(sqlite3_file *base, int page, int size, int extend, void volatile **memory)
{
    sqlite3_file *real = handle_of(base)->real;
    return real->pMethods->xShmMap(real, page, size, extend, memory);
}

static int file_shm_lock(sqlite3_file *base, int offset, int n, int flags)
{
    sqlite3_file *real = handle_of(base)->real;
    return real->pMethods->xShmLock(real, offset, n, flags);
}

static void file_shm_barrier(sqlite3_file *base)
{
    sqlite3_file *real = handle_of(base)->real;
    real->pMethods->xShmBarrier(real);
}

static int file_shm_unmap(sqlite3_file *base, int delete)
{
    sqlite3_file *real = handle_of(base)->real;
    return real->pMethods->xShmUnmap(real, delete);
}

/* Version 2: shared memory, but no memory-mapped reading, which would pass us by. */
static const sqlite3_io_methods METHODS = {
    .iVersion = 2, .xClose = file_close, .xRead = file_read, .xWrite = file_write, .xTruncate = file_truncate,
    .xSync = file_sync, .xFileSize = file_size, .xLock = file_lock, .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock, .xFileControl = file_control, .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics, .xShmMap = file_shm_map, .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier, .xShmUnmap = file_shm_unmap,
};

static struct vfs_shim *shim_of(sqlite3_vfs *vfs)
{
    return vfs->pAppData;
}

static int shim_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *out_flags)
{
    struct vfs_shim *shim = shim_of(vfs);
    struct handle *handle = handle_of(base);
    bool watched = name != NULL && (flags & WATCHED) != 0;
    int rc;

    memset(handle, 0, sizeof *handle);
    if (watched && strikes(shim, false))
        return SQLITE_CANTOPEN;
    handle->shim = shim;
    handle->file = watched ? get_file(shim, name) : NULL;
    handle->syncs_folder = (flags & SQLITE_OPEN_CREATE) != 0 && (flags & SQLITE_OPEN_MAIN_DB) == 0;
    handle->real = (sqlite3_file *)(void *)(handle + 1);
    rc = shim->real->xOpen(shim->real, name, handle->real, flags, out_flags);
    /* Without methods SQLite does not close it. */
    handle->base.pMethods = handle->real->pMethods != NULL ? &METHODS : NULL;
    return rc;
}

static int shim_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
    struct vfs_shim *shim = shim_of(vfs);
    struct file *file = get_file(shim, name);
    int rc;

    if (strikes(shim, false))
        return SQLITE_IOERR_DELETE;
    rc = shim->real->xDelete(shim->real, name, 0);
    file->unsynced = 0;
    record(shim, (struct op){ .kind = OP_DELETE, .file = file }, NULL);
    if (sync_folder)
        record(shim, (struct op){ .kind = OP_SYNC_FOLDER }, NULL);
    return rc;
}

static int shim_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
    return shim_of(vfs)->real->xAccess(shim_of(vfs)->real, name, flags, out);
}

static int shim_full_pathname(sqlite3_vfs *vfs, const char *name, int size, char *out)
{
    return shim_of(vfs)->real->xFullPathname(shim_of(vfs)->real, name, size, out);
}

static int shim_randomness(sqlite3_vfs *vfs, int size, char *out)
{
    return shim_of(vfs)->real->xRandomness(shim_of(vfs)->real, size, out);
}

static int shim_sleep(sqlite3_vfs *vfs, int microseconds)
{
    return shim_of(vfs)->real->xSleep(shim_of(vfs)->real, microseconds);
}

static int shim_current_time(sqlite3_vfs *vfs, double *out)
{
    return shim_of(vfs)->real->xCurrentTime(shim_of(vfs)->real, out);
}

static int shim_last_error(sqlite3_vfs *vfs, int size, char *out)
{
    return shim_of(vfs)->real->xGetLastError(shim_of(vfs)->real, size, out);
}

static int shim_current_time_ms(sqlite3_vfs *vfs, sqlite3_int64 *out)
{
    return shim_of(vfs)->real->xCurrentTimeInt64(shim_of(vfs)->real, out);
}

struct vfs_shim *vfs_shim_install(void)
{
    struct vfs_shim *shim = xcalloc(1, sizeof *shim);
    int rc;

    shim->real = sqlite3_vfs_find(NULL);
    assert(shim->real != NULL && strcmp(shim->real->zName, "shim") != 0);
    shim->vfs = (sqlite3_vfs){
        .iVersion = 2, .szOsFile = (int)sizeof(struct handle) + shim->real->szOsFile,
        .mxPathname = shim->real->mxPathname, .zName = "shim", .pAppData = shim, .xOpen = shim_open,
        .xDelete = shim_delete, .xAccess = shim_access, .xFullPathname = shim_full_pathname,
        .xRandomness = shim_randomness, .xSleep = shim_sleep, .xCurrentTime = shim_current_time,
        .xGetLastError = shim_last_error, .xCurrentTimeInt64 = shim_current_time_ms,
    };
    rc = sqlite3_vfs_register(&shim->vfs, 1);
    assert(rc == SQLITE_OK);
    return shim;
}

static void forget_ops(struct vfs_shim *shim)
{
    for (size_t i = 0; i < shim->op_count; i++)
        free(shim->ops[i].data);
    shim->op_count = 0;
}

void vfs_shim_remove(struct vfs_shim *shim)
{
    sqlite3_vfs_unregister(&shim->vfs);
    sqlite3_vfs_register(shim->real, 1);
    forget_ops(shim);
    free(shim->ops);
    while (shim->files != NULL) {
        struct file *first = shim->files;
        shim->files = first->next;
        free(first->path);
        free(first);
    }
    free(shim);
}

void vfs_shim_fail(struct vfs_shim *shim, enum vfs_fault fault, uint64_t at, bool lasting)
{
    assert(fault == VFS_NO_FAULT || at > 0);
    shim->fault = fault;
    shim->calls_left = at;
    shim->lasting = lasting;
    shim->has_failed = false;
}

bool vfs_shim_has_failed(const struct vfs_shim *shim)
{
    return shim->has_failed;
}

static bool ends_so(const char *text, const char *suffix)
{
    size_t length = strlen(text), end = strlen(suffix);

    return length >= end && strcmp(text + length - end, suffix) == 0;
}

size_t vfs_shim_unsynced(const struct vfs_shim *shim, const char *suffix)
{
    size_t count = 0;

    for (const struct file *file = shim->files; file != NULL; file = file->next)
        if (ends_so(file->path, suffix))
            count += file->unsynced;
    return count;
}

void vfs_shim_record(struct vfs_shim *shim, bool on)
{
    if (on)
        forget_ops(shim);
    shim->recording = on;
}

size_t vfs_shim_moment(const struct vfs_shim *shim)
{
    return shim->op_count;
}

/* A file's bytes as they come to lie on the disk. */
struct image { unsigned char *data; size_t size, room; bool exists; };

static void set_size(struct image *image, size_t size)
{
    if (size > image->room) {
        image->room = 2 * size;
        image->data = xreallocarray(image->data, image->room, 1);
    }
    if (size > image->size)
        memset(image->data + image->size, 0, size - image->size);
    image->size = size;
    image->exists = true;
}

static void put_bytes(struct image *image, size_t offset, const unsigned char *data, size_t length)
{
    if (offset + length > image->size)
        set_size(image, offset + length);
    memcpy(image->data + offset, data, length);
    image->exists = true;
}

/* Each piece of a write that lies in one sector goes its own way. */
static void put_some(struct image *image, const struct op *op, struct splitmix *random)
{
    size_t length;

    for (size_t done = 0; done < op->length; done += length) {
        size_t offset = op->offset + done;
        size_t rest = op->length - done;

        length = SECTOR_BYTES - offset % SECTOR_BYTES;
        length = length < rest ? length : rest;
        if (splitmix_below(random, 2) == 1)
            put_bytes(image, offset, op->data + done, length);
    }
}

/* random NULL: op was synced, so all of it is there. False: the name goes on meaning the file deleted before it. */
static bool apply(struct image *image, const struct op *op, struct splitmix *random)
{
    if (op->kind == OP_WRITE) {
        if (random != NULL)
            put_some(image, op, random);
        else
            put_bytes(image, op->offset, op->data, op->length);
        return true;
    }
    if (op->kind == OP_SYNC)
        return true;
    if (random != NULL && splitmix_below(random, 2) == 0)
        return op->kind != OP_DELETE;
    set_size(image, op->kind == OP_TRUNCATE ? op->offset : 0);
    image->exists = op->kind == OP_TRUNCATE;
    return true;
}

/* The number of ops before moment that a sync of the file, or of the folder after a delete, makes sure of. */
static size_t synced_until(const struct vfs_shim *shim, const struct file *file, size_t moment)
{
    bool folder_synced = false;

    for (size_t i = moment; i > 0; i--) {
        const struct op *op = &shim->ops[i - 1];

        folder_synced = folder_synced || op->kind == OP_SYNC_FOLDER;
        if (op->file == file && (op->kind == OP_SYNC || (op->kind == OP_DELETE && folder_synced)))
            return i;
    }
    return 0;
}

/* What the file is like after a cut at moment. */
static struct image image_of(const struct vfs_shim *shim, const struct file *file, size_t moment,
                             struct splitmix *random)
{
    size_t synced = synced_until(shim, file, moment);
    struct image image = { 0 };

    for (size_t i = 0; i < moment; i++)
        if (shim->ops[i].file == file && !apply(&image, &shim->ops[i], i < synced ? NULL : random))
            break;
    return image;
}

static void write_image(const struct image *image, const struct file *file, const char *folder)
{
    const char *slash = strrchr(file->path, '/');
    char path[1024];
    FILE *out;

    snprintf(path, sizeof path, "%s/%s", folder, slash != NULL ? slash + 1 : file->path);
    out = fopen(path, "wb");
    assert(out != NULL);
    if (image->size > 0 && fwrite(image->data, 1, image->size, out) != image->size)
        assert(false);
    fclose(out);
}

void vfs_shim_cut(const struct vfs_shim *shim, size_t moment, uint64_t seed, const char *folder)
{
    struct splitmix random = { .state = seed };

    assert(moment <= shim->op_count);
    for (const struct file *file = shim->files; file != NULL; file = file->next) {
        struct image image = image_of(shim, file, moment, &random);

        if (image.exists)
            write_image(&image, file, folder);
        free(image.data);
    }
}
