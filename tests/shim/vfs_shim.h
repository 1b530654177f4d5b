/*
 * vfs_shim: SQLite's own VFS behind a pane of glass, for tests. While installed it is the default one, so the program
 * under test opens its store through it without knowing.
 *
 * It records what is written, truncated, deleted and synced; it can fail a call on purpose; and it can make the files
 * as a power cut at any recorded moment might have left them. Syncs are noted but not passed on to the disk, as only
 * the shim cuts the power. The log's index (-shm) is not recorded: a cut loses it. One thread, one shim at a time.
 */
#ifndef VERNIER_TESTS_VFS_SHIM_H
#define VERNIER_TESTS_VFS_SHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vfs_shim;

struct vfs_shim *vfs_shim_install(void);

/* All databases opened through it are closed by now. */
void vfs_shim_remove(struct vfs_shim *shim);

enum vfs_fault {
    VFS_NO_FAULT,
    VFS_IOERR,           /* open, read, write, truncate, sync or delete fails, having done nothing */
    VFS_FULL,            /* a write fails so: the disk is full */
    VFS_SHORT_WRITE,     /* a write does its first half, then the disk is full */
};

/* The call number at (1: the next one) of those that this fault can befall fails, and all after it when lasting. */
void vfs_shim_fail(struct vfs_shim *shim, enum vfs_fault fault, uint64_t at, bool lasting);

/* A call has failed since the last vfs_shim_fail. */
bool vfs_shim_has_failed(const struct vfs_shim *shim);

/* Writes and truncates since the last sync, of the files whose names end so ("-wal"; "" is all). */
size_t vfs_shim_unsynced(const struct vfs_shim *shim, const char *suffix);

/* On: forgets what was recorded and begins anew; files are then made from nothing. Off: keeps it. Off at first. */
void vfs_shim_record(struct vfs_shim *shim, bool on);

/* How many calls are recorded by now: a point in time that a cut may be made at. */
size_t vfs_shim_moment(const struct vfs_shim *shim);

/*
 * Makes in folder the files as a cut at that moment may have left them: what was synced is whole; of what was not, each
 * 512-byte sector, each truncate and each delete is kept or lost by a throw fixed by seed. The first sync of a log or a
 * journal syncs its folder too, as in SQLite's own VFS; this is what makes deletes sure.
 */
void vfs_shim_cut(const struct vfs_shim *shim, size_t moment, uint64_t seed, const char *folder);

#endif
