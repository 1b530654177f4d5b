/*
 * unfinished: whoever changes a question or a setting and types the same command begins a new run, where going on with
 * the old one was meant: it is told then what differs.
 */
#ifndef VERNIER_CLI_UNFINISHED_H
#define VERNIER_CLI_UNFINISHED_H

#include "harness/base/err.h"
#include "results/store.h"

struct arena;

/* run has just begun. Logs a line where the newest other run of its model over its tasks is unfinished. -1 with err set. */
int unfinished_tell(struct store *store, struct arena *arena, const struct run_row *run, struct err *err);

#endif
