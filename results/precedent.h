/*
 * precedent: what the judge of a run has said before, in any run of the store that has the same judge (the same model and
 * settings, as their plans record them): found by the hash of the request (harness/engine/ask.h).
 *
 * Where they stand is read once, at the opening; the replies when they are asked for. Main thread.
 */
#ifndef VERNIER_RESULTS_PRECEDENT_H
#define VERNIER_RESULTS_PRECEDENT_H

#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"

struct arena;
struct precedents;
struct store;

struct precedent {
    const char *place;              /* RUN/TASK/SAMPLE/EPOCH */
    const char *reply;              /* JSON, as journaled; NULL, as place is: not on disk before the next commit */
    size_t reply_length;
    int64_t cost_nanousd;           /* COST_UNKNOWN */
};

/* Those of the judge of that run, which has its row. NULL with err set. */
struct precedents *precedents_open(struct store *store, int64_t run, struct err *err);
void precedents_close(struct precedents *precedents);       /* NULL is allowed */

/* One more, the newest of that request: an ask of that episode's, which the journal's next commit covers. */
void precedents_add(struct precedents *precedents, const char *request_hash, int64_t episode, int ordinal);

/* The newest: 1: *out set, its strings in the arena; 0: there is none; -1: err set. */
int precedents_find(struct precedents *precedents, const char *request_hash, struct arena *arena, struct precedent *out,
                    struct err *err);

/* The newest is worth nothing, as one that failed: the one before it is found from now on. */
void precedents_forget(struct precedents *precedents, const char *request_hash);

#endif
