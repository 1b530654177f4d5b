/*
 * reply: the bytes a rule gives to a request, and where in them something happens.
 */
#ifndef VERNIER_FAKE_REPLY_H
#define VERNIER_FAKE_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/buf.h"
#include "tests/fake/request.h"
#include "tests/fake/script.h"

struct reply {
    struct buf bytes;               /* head and body as they go over the wire */
    size_t head_length;
    size_t *stops;                  /* ends of the pieces a drip sends one by one; none: every byte of the body */
    size_t stop_count, stop_capacity;
    size_t limit;                   /* sending ends here */
    size_t loop_from;               /* where sending goes on at the limit, for ever; 0: nowhere */
    enum fault end;                 /* what happens at the limit; FAULT_NONE: the connection lives on */
    int64_t delay_ms, drip_ms;
};

void reply_init(struct reply *reply);
void reply_fini(struct reply *reply);

/* Builds what rule says to the number-th request; rule NULL: the script knows no answer. */
void reply_build(struct reply *reply, const struct rule *rule, const struct request *request, uint64_t number);

/* A plain 200 with this JSON, for GET /v1/models and /health. */
void reply_build_json(struct reply *reply, int status, const char *json);

/* The end of the piece that begins at sent. */
size_t reply_next_stop(const struct reply *reply, size_t sent);

#endif
