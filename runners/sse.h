/*
 * sse: server-sent events, taken from bytes as they come, however they are cut.
 *
 *     sse_init(&sse, max);
 *     sse_add(&sse, bytes, length);
 *     while (sse_next(&sse, &event)) ...
 *
 * As the HTML standard has it: lines end in LF, CR or CRLF, comments and unknown fields are skipped, several data lines
 * are joined by newlines, and an event without the empty line after it never happened. One field more is known: old
 * llama-servers write "error: {...}", which is taken as an event of that name.
 */
#ifndef VERNIER_RUNNERS_SSE_H
#define VERNIER_RUNNERS_SSE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/buf.h"

struct sse_event {
    const char *name;               /* "" when it has none */
    const char *data;               /* NUL-terminated, may hold NUL bytes; valid until the next call */
    size_t length;
};

struct sse {
    struct buf bytes;               /* added and not yet read: from taken on */
    size_t taken;
    struct buf data;                /* of the event being put together */
    char name[32];
    bool has_data, after_cr, begun;
    bool given;                     /* the event at hand was handed out: the next call starts afresh */
};

void sse_init(struct sse *sse, size_t ceiling);     /* bytes held at once */
void sse_fini(struct sse *sse);
void sse_add(struct sse *sse, const char *bytes, size_t length);
bool sse_next(struct sse *sse, struct sse_event *out);

#endif
