/*
 * reply: what came back for an ask. One shape for models, environments and graders.
 *
 * Strings live in the arena of the episode that asked. The journal keeps a reply as JSON (reply_write) and gives the
 * same reply back (reply_read), but for its grade: that has a row of its own.
 */
#ifndef VERNIER_ENGINE_REPLY_H
#define VERNIER_ENGINE_REPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/base/err.h"
#include "harness/engine/chat.h"

struct arena;
struct buf;

enum reply_status {
    REPLY_OK,
    REPLY_FAILED,       /* not the model's failing: reason says whose and why; the episode becomes void */
    REPLY_TIMEOUT,      /* nothing came in time; void too, unless the step takes_timeouts */
    REPLY_NONE,         /* given up before it was answered, since the run is stopping: the episode waits for another start */
};

/* Why there is no answer: what code goes by; reason says it to people. */
enum cause {
    CAUSE_UNTOLD,       /* nobody says: no server was asked, or none of the others fits */
    CAUSE_FILTERED,     /* this is not answered and others are, as by a filter */
    CAUSE_OVERFLOW,     /* what was asked is too long, alone or with its answer */
    CAUSE_REFUSED,      /* the request is turned down as it is; it may be this sample's fault or that of all requests */
    CAUSE_USELESS,      /* what came is whole and holds no answer, however often it is asked; whose fault it is as above */
    CAUSE_UNPARSABLE,   /* the server could not parse what its model said */
    CAUSE_GARBLED,      /* what came is no whole answer */
    CAUSE_SERVER,       /* the server failed, broke off or took too long */
    CAUSE_LATER,        /* nobody is let in just now, and patience is over; this and the rest: whatever is asked */
    CAUSE_QUOTA,        /* money, or what was allotted, is used up */
    CAUSE_KEY,          /* no key, or one without the right to it */
    CAUSE_PLACE,        /* no such model, no such address */
    CAUSE_NOBODY,       /* nobody is there, or somebody who is no model's server */
};

enum origin { ORIGIN_HARNESS, ORIGIN_PROVIDER, ORIGIN_ENVIRONMENT };

enum stop {
    STOP_END, STOP_LENGTH, STOP_TOOL, STOP_REFUSAL, STOP_OTHER,
    STOP_UNPARSABLE,    /* what it said could not be parsed by its own server, which kept it: the text is empty */
};

/* A verdict; of grade asks only. */
struct grade {
    double score;                    /* 0..1 */
    const char *answer;              /* as read; NULL: nothing could be read */
    const char *answer_class;        /* equal answers have equal classes; NULL forms none */
    const char *reason;              /* why this score, where that is not plain; NULL otherwise */
    const char *verdict;             /* "equal", "undecided", ...: of graders that know more than a score; NULL otherwise */
    const char *asked_language;      /* "de", where the task says in which language it asks; else NULL */
    const char *language;            /* of the reply then, as language_of has it (base/language.h) */
    bool tampered;                   /* the answer tried to talk its exam round */
};

struct reply {
    enum reply_status status;
    enum origin origin;              /* of a failure */
    const char *reason;              /* of a failure, in words; NULL when REPLY_OK */
    enum cause cause;                /* of a failure */
    const char *text;                /* what was said or printed; never NULL */
    const char *reasoning;           /* NULL when none was given apart */
    const struct part *parts;        /* the whole, in order, when it is more than text (tool calls, images); else NULL */
    enum stop stop;
    int exit_code;                   /* of an exam or a command; 0 otherwise */
    const char *model;               /* who answered, as the server says; NULL when it does not */
    int64_t tokens_in, tokens_out, tokens_reasoning, tokens_cache;    /* TOKENS_UNKNOWN (-1) when not reported */
    int64_t cost_nanousd;            /* COST_UNKNOWN (-1) */
    int64_t elapsed_ms;
    struct grade grade;
    const char *precedent;           /* RUN/TASK/SAMPLE/EPOCH where a judge said this before; NULL: it was asked */
    int64_t first_cost_nanousd;      /* what it cost there, with a precedent; COST_UNKNOWN */
};

/* An empty REPLY_OK with unknown counts. */
struct reply reply_empty(void);

/* A failure; reason is borrowed. */
struct reply reply_failed(enum origin origin, const char *reason);

/* Whether it failed so that everybody's would, whatever was asked: no sample's fault. */
bool reply_shuts_out_all(const struct reply *reply);

/* Whether it was cut short while it, or the thought before it, said the same thing over and over. */
bool reply_is_loop(const struct reply *reply);

const char *origin_name(enum origin origin);     /* "harness", "provider", "environment" */
const char *stop_name(enum stop stop);           /* "end", "length", "tool", "refusal", "other", "unparsable" */
enum stop stop_from_name(const char *name);      /* STOP_OTHER for a word it does not know */

void reply_write(const struct reply *reply, struct buf *out);

/* -1 with err set when json is not a reply. */
int reply_read(const char *json, size_t length, struct arena *arena, struct reply *out, struct err *err);

/*
 * Repairs its texts to UTF-8 and redacts them, as the store would: what a step sees must be what the journal gives
 * back, or no resume would fit. Only what needs it is copied into arena.
 */
void reply_clean(struct reply *reply, struct arena *arena);

/* A deep copy whose strings live in arena. */
struct reply reply_copy(struct arena *arena, const struct reply *reply);

#endif
