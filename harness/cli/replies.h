/*
 * replies: what was heard in one episode, read back from the journal: every ask and its reply, in the order asked. All is
 * in the arena given, and does not need the store any more.
 */
#ifndef VERNIER_CLI_REPLIES_H
#define VERNIER_CLI_REPLIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"
#include "harness/engine/reply.h"
#include "results/journal.h"

struct store;

struct replies {
    struct ask_row *asks;           /* in order */
    struct reply *said;             /* of each ask */
    size_t count;
};

/* episode: its row id; one without asks has none. -1 with err set: the store cannot be read, or holds no reply there. */
int replies_read(struct store *store, struct arena *arena, int64_t episode, struct replies *out, struct err *err);

/* The last reply of that kind and role ("model", "judge") that did not fail, or NULL. */
const struct reply *replies_last(const struct replies *replies, const char *kind, const char *role);

#endif
