/*
 * replies: what was heard in one episode, read back from the journal.
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

/* In the arena. -1 with err set. */
int replies_read(struct store *store, struct arena *arena, int64_t episode, struct replies *out, struct err *err);

/* The last reply of that kind and role that came whole, or NULL. */
const struct reply *replies_last(const struct replies *replies, const char *kind, const char *role);

#endif
