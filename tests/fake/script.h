/*
 * script: what the fake model server says, read from a file of one rule a line (README.md has the grammar).
 *
 * Everything lives in the script's arena. A rule counts how often it was met; that is all that changes after reading.
 */
#ifndef VERNIER_FAKE_SCRIPT_H
#define VERNIER_FAKE_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"
#include "tests/fake/request.h"

#define RULE_TEXTS_MAX 8
#define RULE_TOOLS_MAX 8

struct bytes { const char *data; size_t length; };        /* data NULL: not given */

enum body_kind { BODY_NONE, BODY_SAY, BODY_RAW, BODY_ECHO, BODY_GARBAGE, BODY_WEIGH };
/* What is odd, or wrong, about the likelihoods of a prompt (weigh.c). */
enum weigh_fault { WEIGH_SOUND, WEIGH_NO_OFFSETS, WEIGH_SHIFTED, WEIGH_CUT, WEIGH_LENGTHS, WEIGH_NULL, WEIGH_NAN,
                   WEIGH_PIECES, WEIGH_ONE, WEIGH_FEWER, WEIGH_DEAF, WEIGH_SPANS };
enum fault { FAULT_NONE, FAULT_RESET, FAULT_CLOSE, FAULT_HALF, FAULT_STALL };
enum reasoning_field { REASONING_CONTENT, REASONING_PLAIN, REASONING_INLINE };

struct rule {
    size_t line;
    struct bytes texts[RULE_TEXTS_MAX];      /* all must stand in the request; none: any request */
    size_t text_count;
    const char *path;                        /* must stand in the request's path; NULL: chats only */
    int64_t times, every;                    /* 0: no such bound */
    double chance;                           /* 1: always */
    int64_t above;                           /* only while so many others are answered; 0: no such bound */
    int64_t faster;                          /* only what is more than so many a second; 0: no such bound */
    double room;                             /* of faster: how many more may come now */
    int64_t filled_ms;
    int64_t met, used;

    enum body_kind body;
    struct bytes text;                       /* of BODY_SAY and BODY_RAW; of BODY_WEIGH: the words it likes */
    enum weigh_fault weigh_fault;
    struct bytes reasoning;
    enum reasoning_field reasoning_field;
    struct { const char *name, *arguments; } tools[RULE_TOOLS_MAX];
    size_t tool_count;
    const char *stop;                        /* why it ends, in OpenAI's word or another; NULL: stop, or tool_calls when
                                                there are some */
    const char *content_type;                /* NULL: what suits the body */
    const char *headers;                     /* further lines, each with its CRLF; "" for none */
    bool usage_off, done_off, endless, no_length;
    int64_t usage_in, usage_out;             /* -1: from the lengths */
    int64_t cache_read, cache_written;       /* beside usage_in where they are counted so; -1: not said */
    int status;
    int64_t delay_ms, drip_ms, big_header;
    enum fault fault;
    int64_t fault_after;                     /* bytes of body before the fault; -1: not even headers */
};

struct script;

/* NULL with err set (EXIT_BAD_DATA): "calm.script line 3: expected ...". */
struct script *script_read(const char *path, struct err *err);
void script_free(struct script *script);

/* The first rule that wants this request, the number-th of all; its counts go up. NULL: none does. */
struct rule *script_find(struct script *script, const struct request *request, uint64_t number, uint64_t seed);

#endif
