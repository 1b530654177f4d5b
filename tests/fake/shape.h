/*
 * shape: how an answer is laid out: OpenAI's chat completions or Claude's messages, as the request's path says.
 */
#ifndef VERNIER_FAKE_SHAPE_H
#define VERNIER_FAKE_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/buf.h"
#include "tests/fake/reply.h"
#include "tests/fake/request.h"
#include "tests/fake/script.h"

/* What is being built for one request. */
struct draft {
    const struct rule *rule;
    const struct request *request;
    const struct shape *shape;
    uint64_t number;
    struct reply *reply;            /* takes the pieces' ends, counted from the body's start until the head is known */
    struct buf body;
    struct buf content;             /* what the model says, its holes filled */
    struct buf event;               /* scratch */
    const char *type;
    bool stream;                    /* events, one a piece */
    bool chunked;                   /* pieces go out as HTTP chunks */
};

struct shape {
    const char *id_header;          /* what the request's id is called */
    void (*write_whole)(struct draft *draft);
    void (*write_stream)(struct draft *draft);      /* an endless one without its end */
    void (*write_word)(struct draft *draft, const char *text, size_t length);       /* one more, for endless ones */
    void (*write_error)(struct draft *draft, int status, const char *message, size_t length);
};

extern const struct shape shape_chat, shape_messages;

/* Adds a piece to the body: what a drip sends at once. One of length 0 ends a chunked body. */
void draft_add_piece(struct draft *draft, const char *data, size_t length);

/* Calls write with each word of text and the blank after it, so that no character is cut. */
void draft_add_words(struct draft *draft, const char *text, size_t length,
                     void (*write)(struct draft *draft, const char *text, size_t length));

/* What the rule says of tokens, or a quarter of the bytes. */
int64_t draft_tokens_in(const struct draft *draft);
int64_t draft_tokens_out(const struct draft *draft);

#endif
