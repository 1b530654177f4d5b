/*
 * anthropic_reply: what a server of Claude's shape answered, read from a finished HTTP call. No network, no clock.
 *
 * A reply is whole only when its body says so: a message with a stop_reason, or a stream that ends with message_stop.
 * Whatever is less is worth another try. Text blocks are the reply's text, thinking is its reasoning; where there is
 * more than text, parts hold every block in its order: text, tool calls, and the rest as opaque JSON, byte for byte,
 * since thinking is signed and must go back as it came.
 */
#ifndef VERNIER_RUNNERS_ANTHROPIC_REPLY_H
#define VERNIER_RUNNERS_ANTHROPIC_REPLY_H

#include "runners/heard.h"

struct anthropic_usage;
struct arena;
struct http_call;

/* said: the reply before a pause, which this answer goes on with; its text is NULL where there was none. Strings in the
 * arena, said's too. used: by this call alone. */
void anthropic_reply_read(const struct reply *said, const struct http_call *call, struct arena *arena,
                          struct anthropic_usage *used, struct heard *out);

#endif
