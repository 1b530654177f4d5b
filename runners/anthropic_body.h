/*
 * anthropic_body: a request to a server of Claude's shape, as JSON. No network.
 *
 * What a chat holds is written so that the same turns give the same bytes however the chat goes on, but for the marks
 * of the cache: that is what lets a server find the beginning again.
 */
#ifndef VERNIER_RUNNERS_ANTHROPIC_BODY_H
#define VERNIER_RUNNERS_ANTHROPIC_BODY_H

#include "runners/anthropic_query.h"

struct ask;
struct buf;

/* Opaque parts of that name are blocks of this shape, and go back as they came. */
#define ANTHROPIC_OPAQUE "anthropic"

/* Why the ask cannot be put to that model; NULL: it can. */
const char *anthropic_body_objection(const struct anthropic_query *query, const struct ask *ask);

/* Adds the request's body. ask->reply.parts is what a model that paused has said so far; NULL: nothing. out->cut when
 * it is larger than out may hold. */
void anthropic_body_write(const struct anthropic_query *query, const struct ask *ask, struct buf *out);

#endif
