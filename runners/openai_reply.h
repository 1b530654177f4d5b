/*
 * openai_reply: what a server of OpenAI's shape answered, read from a finished HTTP call. No network, no clock.
 *
 * A reply is whole only when its body says so: JSON that parses and has a choice, or a stream with a finish_reason or
 * [DONE]. Whatever is less is worth another try, so no broken line ever becomes a model's wrong answer.
 */
#ifndef VERNIER_RUNNERS_OPENAI_REPLY_H
#define VERNIER_RUNNERS_OPENAI_REPLY_H

#include "runners/heard.h"

struct arena;
struct http_call;

/* Strings in the arena. */
void openai_reply_read(const struct http_call *call, struct arena *arena, struct heard *out);

/* The words as they came, before thinking is split off the text; for a look at where a server puts what. In the arena. */
struct openai_words {
    const char *content, *reasoning;        /* "" where there is none */
};

void openai_reply_hear(const struct http_call *call, struct arena *arena, struct heard *out, struct openai_words *words);

#endif
