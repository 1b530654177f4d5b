/*
 * fetching: what a person sees of data sets that are fetched, and of those that lie in the cache.
 *
 * On a terminal one line that is drawn over, else a line now and then; all on stderr.
 */
#ifndef VERNIER_CLI_FETCHING_H
#define VERNIER_CLI_FETCHING_H

#include "harness/base/err.h"
#include "tasks/hub/supply.h"

struct buf;
struct hub;
struct json_write;
struct manifest_entry;
struct task;

/* Tells of what is fetched on the way to something else. */
extern const struct supply fetching_supply;

/* The same for who fetches by himself: hub tells, until the call of fetching_end. */
void fetching_tell(struct hub *hub);
void fetching_end(void);

/* "198 rows, 0.4 MB, commit 1234567890 of 2026-11-22 00:40:00". */
void fetching_add_entry(struct buf *out, const struct manifest_entry *entry);

/* Where the task's set is: "here: PATH (...)" or "not here: vernier fetch TASK"; nothing for one that needs none. */
void fetching_print_place(const struct task *task, const char *indent);

/* The same as a member "cached" of a JSON object: null where it is not here. */
void fetching_write_place(const struct task *task, struct json_write *w);

#endif
