/*
 * heard: what one HTTP call to a model brought: its reply, or why there is none and whether another try is of use. What
 * servers of every dialect have in common stands here; their own words stand with the dialect.
 */
#ifndef VERNIER_RUNNERS_HEARD_H
#define VERNIER_RUNNERS_HEARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/engine/reply.h"

struct arena;
struct buf;
struct http_call;
struct json_doc;

enum heard_end {
    HEARD_ANSWER,           /* reply is what the model said */
    HEARD_AGAIN,            /* reply is a failure or a timeout; another try may do better */
    HEARD_LATER,            /* the server lets nobody in just now: it did nothing, and another try will do better */
    HEARD_NEVER,            /* reply is a failure, and no try will do better */
    HEARD_PAUSED,           /* reply is all that was said so far; told so, the model goes on. Where nobody asks it to, that
                               is its answer */
};

struct heard {
    enum heard_end end;
    struct reply reply;     /* of a failure: status, origin and reason */
    const char *note;       /* what went wrong with this call, short, on one line, without secrets; NULL: nothing */
    int64_t cost_nanousd;   /* of this call; COST_UNKNOWN where nobody can say what it cost */
};

/* What a status or a server's words mean for the ask. */
struct heard_meaning {
    enum heard_end end;
    enum cause cause;
    const char *prefix;     /* for the reason; "" for none */
};

/* A table of words, ended by part NULL: the first that stands in a server's words counts, else its status. */
struct heard_word {
    const char *part;
    struct heard_meaning meaning;
};

/* words are foreign: kept short, on one line, without secrets. What was asked wrongly (CAUSE_OVERFLOW, CAUSE_REFUSED)
 * has its origin in the harness, all else in the provider. */
void heard_fail(struct heard *out, enum heard_end end, enum cause cause, const char *words, struct arena *arena);

/* From a place that answered before, bytes that are not HTTP are no wrong address but a fault that may pass: tried again. */
void heard_pardon_garbage(struct heard *heard, const struct http_call *call, struct arena *arena);

/* Names a proxy that the call went by where the status is one that proxies give too: nobody can tell whose it was. */
void heard_name_gate(struct heard *heard, const struct http_call *call, struct arena *arena);

/* What a call brought that was no answer: words as the server says them. told: the status that says what it means, which
 * an error inside an answer may name; what was billed goes by status, the call's own. */
void heard_refused(struct heard *out, int status, int told, const char *words, const struct heard_word *table,
                   struct arena *arena);

/* How servers of one dialect say why they do not answer: which words are looked for in theirs (table), and where those
 * stand in a document (add_words adds nothing where there are none). */
struct heard_tongue {
    const struct heard_word *table;
    void (*add_words)(struct buf *out, const struct json_doc *doc);
};

/* Status and body of an HTTP answer that is none of 200 to 299; a body without words is words itself. */
void heard_body(struct heard *out, int status, const char *body, size_t length, const struct heard_tongue *tongue,
                struct arena *arena);

/* A document that is an error where an answer was expected, under that status; told as above. */
void heard_document(struct heard *out, int status, int told, const struct json_doc *doc,
                    const struct heard_tongue *tongue, struct arena *arena);

/* Of CAUSE_UNPARSABLE, from a server that says so of what its model said, and by its words of nothing else: the model's own
 * failing, and with the same seed it comes again. An empty answer now (STOP_UNPARSABLE), noted as "unparsable: ...". */
void heard_blame_model(struct heard *heard, struct arena *arena);

/* More was said than can be held. It was paid for, and with another try it would be again. */
void heard_too_long(struct heard *out, struct arena *arena);

/* What should be JSON, to be freed; NULL when it is none, or too much, and out says so. */
struct json_doc *heard_parse(const char *text, size_t length, struct arena *arena, struct heard *out);

/* True when call got no answer at all, or a page of HTML from who knows whom, and out says so. */
bool heard_nothing(const struct http_call *call, struct arena *arena, struct heard *out);

#endif
