/*
 * store: the results database. One file, one writer, WAL, synchronous=FULL.
 *
 * A store belongs to the main thread. Whoever writes holds a lock on PATH.lock for the store's life; a second writer is
 * refused in words that name the first one's pid and command. A file with hard links is refused too: the lock goes by
 * name. Readers open read-only and never wait for the writer.
 * Text passed in is redacted, repaired to UTF-8 and copied by SQLite; text handed out lives in the arena given.
 * Every failure here is EXIT_STORE; err says "vernier.db: ..." and what to do.
 */
#ifndef VERNIER_RESULTS_STORE_H
#define VERNIER_RESULTS_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"

struct arena;
struct buf;
struct lock;
struct store;

#define STORE_APPLICATION_ID 0x7665726e      /* "vern" */
#define STORE_VERSION 5                      /* PRAGMA user_version */

/*
 * Opens the database at path for writing, creating it when missing; an older version is brought up to date, a newer one
 * or a file that is not ours is refused. command is what the lock file tells a second writer. NULL with err set.
 */
struct store *store_open(const char *path, const char *command, struct err *err);

/*
 * The same in two steps, for who has something to do before there is a store: from the claim on other writers are refused,
 * and nothing but the lock file is made. The second step takes the claim, also where it fails.
 */
struct lock *store_claim(const char *path, const char *command, struct err *err);
struct store *store_open_claimed(const char *path, struct lock *claim, struct err *err);
void store_unclaim(struct lock *claim);      /* NULL is allowed */

/* Opens for reading only; a missing file is an error, and so is an older version: to read changes nothing. */
struct store *store_open_read(const char *path, struct err *err);

/*
 * Closes; a writer also checkpoints and lets the lock go. NULL is allowed. One that wrote looks whether its files are
 * still there and, up to 256 MB, whether they are whole: -1 when not, which the log has told. Else 0. The rows are
 * written in either case, so a caller with nothing to add may ignore it.
 */
int store_close(struct store *store);

/* Whether a process has the store at path open for writing; then writer gets "pid 12: vernier run". */
bool store_find_writer(const char *path, struct buf *writer);

const char *store_path(const struct store *store);

/*
 * One transaction. store_rollback never fails. A commit looks whether the store's file is still under its name: where it
 * was deleted, moved or replaced, all rows, these too, are saved in another file, err says which, and store_is_lost:
 * from then on nothing is written.
 */
bool store_is_lost(const struct store *store);
int store_begin(struct store *store, struct err *err);
int store_commit(struct store *store, struct err *err);
void store_rollback(struct store *store);

/* A run: one start of a plan for one model over all its tasks. Strings borrowed. */
struct run_row {
    int64_t id;
    const char *name, *fingerprint, *model, *plan, *places, *version, *state;
    int64_t started_ms, ended_ms;            /* ended_ms 0: not ended */
    int64_t unsure_nanousd;                  /* the most that calls may cost which no row of call tells of */
};

/* Adds a run under a fresh name made of its start and four random hex digits; sets row->id and row->name (in arena). */
int store_add_run(struct store *store, struct arena *arena, struct run_row *row, struct err *err);

/* "running", "complete" or "incomplete"; ended_ms 0 for running. */
int store_set_run_state(struct store *store, int64_t run, const char *state, int64_t ended_ms, struct err *err);

/* What a run has spent, in nano-dollars: on calls of known cost; at most on those of unknown cost; at most on calls that
 * no row tells of (its unsure_nanousd). */
struct run_spending {
    int64_t known, unsure, untold;
    bool is_bounded;                         /* false: it made calls of which nobody knows what they cost at most */
};
int store_read_spending(struct store *store, int64_t run, struct run_spending *out, struct err *err);

/* What of it went to the asks of one role that still stand, as far as it is known; COST_UNKNOWN: of none is it. */
struct role_cost {
    int64_t nanousd;
    bool is_known;                           /* of each of their calls */
};
int store_read_role_cost(struct store *store, int64_t run, const char *role, struct role_cost *cost, struct err *err);
int store_set_run_unsure(struct store *store, int64_t run, int64_t unsure_nanousd, struct err *err);

/* Other runs that say they are running become incomplete, since their last episode: who may write works alone. */
int store_stop_others(struct store *store, int64_t run, struct err *err);

/* The newest run with that fingerprint. 1: *row set; 0: none; -1: err set. */
int store_find_fingerprint(struct store *store, struct arena *arena, const char *fingerprint, struct run_row *row,
                           struct err *err);

/* A run by full name, unique prefix, "last", or a baseline's name. -1 with err set (EXIT_USAGE when there is none, or
 * the prefix fits several: they are named). */
int store_find_run(struct store *store, struct arena *arena, const char *name, struct run_row *row, struct err *err);

/* All runs, oldest first, in the arena. */
int store_list_runs(struct store *store, struct arena *arena, struct run_row **rows, size_t *count, struct err *err);

/* A sample as the store keeps it. choices is a JSON list of strings in the data's order; NULL when there are none. */
struct sample_row { const char *task, *name, *hash, *category, *cluster, *input, *choices; };

/* The row id (> 0) of that sample, added when it is new. -1 with err set. Call inside a transaction when many. */
int64_t store_put_sample(struct store *store, const struct sample_row *row, struct err *err);
int store_get_sample(struct store *store, struct arena *arena, int64_t id, struct sample_row *row, struct err *err);

#endif
