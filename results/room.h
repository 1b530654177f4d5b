/*
 * room: disk space for the rows of a run, made sure of before anything is paid for.
 *
 * The space is given to the store's log, which every row goes through first: a disk that fills up later leaves it to us.
 * Where the file system cannot give space away, that it is free has to do.
 */
#ifndef VERNIER_RESULTS_ROOM_H
#define VERNIER_RESULTS_ROOM_H

#include <stdint.h>

#include "harness/base/err.h"

struct store;

/* For a run with so many asks in flight: replies of 100 kB are 16 kB and less once packed, and rows besides. */
#define ROOM_BYTES(in_flight) ((int64_t)(in_flight) * 16384 + ((int64_t)1 << 19))

/* Whether a store at path, which need not be there, would have so much. -1 with err set (EXIT_STORE) when not. */
int room_check(const char *path, int64_t bytes, struct err *err);

/* Gives it so much, for as long as it is open. -1 with err set (EXIT_STORE). A writer's, outside of a transaction. */
int room_reserve(struct store *store, int64_t bytes, struct err *err);

#endif
