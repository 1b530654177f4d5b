/*
 * fetch: a task's data set, from the hub or the user's disk to its shelf.
 *
 * A set's files are taken as they were at the commit pinned; where the task pins none, at the newest, which is then
 * recorded. Where the task names no files, or Parquet files while nothing here reads those, the rows service is
 * asked, if it gives that very commit.
 */
#ifndef VERNIER_TASKS_HUB_FETCH_H
#define VERNIER_TASKS_HUB_FETCH_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/err.h"
#include "tasks/hub/shelf.h"

struct hub;
struct provenance;

struct fetch_wish {
    const struct provenance *source;
    const char *revision;           /* another commit than the task's, "main": the newest; NULL: the task's */
    const char *const *paths;       /* files on the disk instead of the network; NULL-terminated, NULL for none */
    /* Looks at the rows before they count as the set: -1 with err set refuses them. NULL: they are not looked at. */
    int (*check)(void *checker, const char *path, struct err *err);
    void *checker;
};

/* Whether there is anywhere to fetch it from: it has an id of the hub's and files, or config and split. */
bool fetch_can(const struct provenance *source);

/* Fetches into the shelf, whose lock is held. The new entry, in its arena; NULL with err set: EXIT_UNAVAILABLE where
 * the network is to blame, EXIT_BAD_DATA where what came cannot be used. What has come of it stays for the next
 * time. */
const struct manifest_entry *fetch_set(struct hub *hub, struct shelf *shelf, const struct fetch_wish *wish,
                                       struct err *err);

#endif
