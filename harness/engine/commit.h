/*
 * commit: what came in since the last one, in one turn of the engine's or several (setup's commit_each_ms), gets on disk
 * in one transaction, with what the run may have spent beside it (purse.h).
 */
#ifndef VERNIER_ENGINE_COMMIT_H
#define VERNIER_ENGINE_COMMIT_H

#include "harness/base/err.h"

struct journal;
struct purse;
struct store;

/* Writes all that the journal has queued; purse NULL: none is kept. A disk that is full for a moment should not cost what
 * was paid for, so it tries a few times, a second apart, and what is queued stays queued between. -1 with err set. */
int commit_turn(struct journal *journal, struct purse *purse, struct store *store, struct err *err);

#endif
