/*
 * anthropic_block: one block of a streamed answer, put together from its pieces into the JSON that a whole answer would
 * have held.
 *
 *     block_begin(&block, arena, doc, event);          content_block_start
 *     block_add(&block, doc, delta);                   content_block_delta, any number
 *     raw = block_end(&block);                         the block as JSON, in the arena
 *     block_fini(&block);
 *
 * What began the block is kept, so members and types that nobody knows yet go through. Pieces of unknown kinds are left
 * out, as the protocol wants it.
 */
#ifndef VERNIER_RUNNERS_ANTHROPIC_BLOCK_H
#define VERNIER_RUNNERS_ANTHROPIC_BLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/base/buf.h"

struct arena;
struct json;
struct json_doc;

#define BLOCK_PIECES 5

struct block {
    struct arena *arena;
    int64_t index;                  /* by which deltas name it */
    const char *start;              /* as it began, JSON */
    struct buf pieces[BLOCK_PIECES];
    bool has[BLOCK_PIECES];         /* such a piece came; the buf is there then */
};

/* event is a content_block_start in doc. False: it holds no block. */
bool block_begin(struct block *block, struct arena *arena, const struct json_doc *doc, const struct json *event);

void block_add(struct block *block, const struct json_doc *doc, const struct json *delta);

/* The input of a tool that was cut off, so that it is no JSON, becomes a string of it. NULL: it is too long. */
const char *block_end(const struct block *block);
void block_fini(struct block *block);

#endif
