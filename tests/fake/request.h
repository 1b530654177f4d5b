/*
 * request: one HTTP request as it came, and what the fake model server needs to know of a chat in it.
 */
#ifndef VERNIER_FAKE_REQUEST_H
#define VERNIER_FAKE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

#define REQUEST_HEADERS_MAX 64

struct request {
    const char *method, *path;
    struct { const char *name, *value; } headers[REQUEST_HEADERS_MAX];
    size_t header_count;
    const char *raw;                 /* all of it, borrowed; head and body */
    size_t raw_length;
    const char *body;
    size_t body_length;
    bool is_chat;                    /* POST to .../chat/completions or .../messages */
    bool is_messages;                /* the latter: Claude's shape */
    bool stream, include_usage;
    const char *model, *user;        /* "" when there is none; user: the last user message's text */
    size_t others;                   /* requests that are being answered as it comes; the server's to say */
    int64_t ms;                      /* when it came, monotonic; likewise */
};

/* Reads the request that data begins with, into arena. The bytes it took, 0: not all there yet, -1: not HTTP. */
long request_read(struct request *request, struct arena *arena, const char *data, size_t length);

#endif
