/*
 * text_call: tool calls that a model wrote into its text, since its server runs without the parser that would lift them
 * out. Two forms are known: Qwen's tags around each argument, and JSON between <tool_call> and </tool_call>.
 *
 * Only a whole call of a tool that was offered is one; whatever is cut off or odd stays text.
 */
#ifndef VERNIER_RUNNERS_TEXT_CALL_H
#define VERNIER_RUNNERS_TEXT_CALL_H

#include <stddef.h>

struct arena;
struct ask;
struct part;

/* The calls in text, in order, as parts in the arena; NULL: there are none. *before: bytes of text before the first. */
struct part *text_calls_find(const char *text, const struct ask *ask, struct arena *arena, size_t *before);

#endif
