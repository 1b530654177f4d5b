/*
 * shelf: where the sets of one task lie on this machine: $XDG_CACHE_HOME/vernier/data/TASK/ (else ~/.cache/...).
 *
 *     SHA256.jsonl      the rows of a set, named by the hash of their bytes; never changed
 *     images/           its pictures, each named by the hash of its own
 *     manifest.json     what is known of them (manifest.h)
 *     work-KEY/         what has come of one that is being fetched; goes once that is whole
 *     lock              held (flock) by who fetches; readers need it not
 *
 * Nobody but its owner may read it, whatever the licence says: the folder is 0700, files are 0600. What is written
 * appears under its name whole or not at all.
 */
#ifndef VERNIER_TASKS_HUB_SHELF_H
#define VERNIER_TASKS_HUB_SHELF_H

#include "harness/base/err.h"
#include "tasks/hub/manifest.h"

struct arena;

struct shelf {
    struct arena *arena;
    const char *folder;
    struct manifest manifest;       /* of a task that never had one: empty */
    int lock;                       /* -1: not held */
};

/* Reads what is there; makes nothing. -1 with err set: no place for a cache (neither variable set), a damaged
 * manifest. */
int shelf_open(struct shelf *shelf, struct arena *arena, const char *task, struct err *err);

/* Makes the folder, takes the lock, waiting for another's (waits is called first then, once; NULL allowed), and
 * reads again. -1 with err set. */
int shelf_lock(struct shelf *shelf, void (*waits)(const char *task), struct err *err);
void shelf_close(struct shelf *shelf);

const char *shelf_path(const struct shelf *shelf, const struct manifest_entry *entry);

/* Whether its rows are those that came: -1 with err set (EXIT_BAD_DATA) where the file is missing or was changed. */
int shelf_check(const struct shelf *shelf, const struct manifest_entry *entry, struct err *err);

/* A folder for what comes meanwhile, made if need be: the same for the same key. NULL with err set. Lock held. */
const char *shelf_work(const struct shelf *shelf, const char *key, struct err *err);
void shelf_remove_work(const char *work);

/* Moves the file of rows at path to its place; entry's sha256 and bytes are filled in. Then, as the manifest has it,
 * it is there. Lock held. */
int shelf_put(const struct shelf *shelf, struct manifest_entry *entry, const char *path, struct err *err);
int shelf_note(struct shelf *shelf, const struct manifest_entry *entry, struct err *err);

#endif
