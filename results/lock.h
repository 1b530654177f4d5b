/*
 * lock: one writer a store. For the files of this folder only.
 *
 * What counts is the kernel's lock (flock) on PATH.lock, which ends with its process, however that ends; the file's
 * text, "pid 12: vernier run plan.json", is only for the one who is refused. So a file left by a crash is no obstacle.
 * Symbolic links are followed first: two names of one store have one lock. Hard links cannot be; store.c refuses them.
 *
 * Beside it the holder has a lock of the other kind (F_OFD_SETLK), which others can look at without taking it.
 */
#ifndef VERNIER_RESULTS_LOCK_H
#define VERNIER_RESULTS_LOCK_H

#include <stdbool.h>

#include "harness/base/err.h"

struct buf;
struct lock;

/* path is the store's. NULL with err set (EXIT_STORE): held by another; folder missing or not writable. */
struct lock *lock_take(const char *path, const char *command, struct err *err);

/* The file may have been removed, by someone who took it for a relic: then it is made and locked anew. -1 with err set
 * (EXIT_STORE) when another was quicker. */
int lock_keep(struct lock *lock, const char *path, struct err *err);

/* Whether anybody holds it now; then holder gets its text, "" where it could not be written. Takes nothing. */
bool lock_find_holder(const char *path, struct buf *holder);

/* Removes the file, if it is still ours, and lets go. NULL is allowed. */
void lock_release(struct lock *lock);

#endif
