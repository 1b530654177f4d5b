/*
 * dialect: how servers of OpenAI's shape differ, as a table. Code asks the table and never the name.
 */
#ifndef VERNIER_RUNNERS_DIALECT_H
#define VERNIER_RUNNERS_DIALECT_H

#include <stdbool.h>

#include "harness/base/err.h"
#include "runners/sampling.h"

/* What a model is asked to do before it answers. */
enum thinking { THINKING_UNSAID, THINKING_OFF, THINKING_ON };

/* Where thinking is switched on and off. */
enum thinking_switch {
    THINKING_FIXED,         /* no way is known */
    THINKING_KWARGS,        /* chat_template_kwargs.enable_thinking */
    THINKING_TOP_LEVEL,     /* enable_thinking */
    THINKING_EFFORT,        /* reasoning_effort "none" is off; on is the default */
};

/* name NULL: the server knows no such field. neutral is sent where neither user nor card says more; NAN: nothing is. */
struct dialect_field { const char *name; double neutral; };

/* A field that is no number: whether the server knows it, and whether it is told of it unasked. */
enum dialect_use { USE_UNKNOWN, USE_IF_SET, USE_ALWAYS };

/* What shows that a server is of this kind: GET path, from the server's root, gives an object with that member. */
struct dialect_mark { const char *path, *member; };

struct dialect {
    const char *name;       /* NULL ends the table */
    const char *summary;
    struct dialect_field fields[SAMPLING_FIELDS];
    bool sends_seed;        /* each ask's own seed goes with it */
    bool takes_effort;      /* reasoning_effort */
    enum thinking_switch thinking;
    const char *budget;     /* the field for the longest thinking, in tokens; NULL: there is none */
    bool thinks_apart;      /* max_tokens may not count thinking: that depends on the model */
    enum dialect_use tool_choice, parallel_calls;
    bool keeps_reasoning;   /* what a model thought may be sent back with its turn */
    bool streams_thinking;  /* thinks only where the answer is streamed */
    bool loses_unparsed;    /* answers 500 where it cannot parse what its model said: the model's doing */
    bool speaks_claude;     /* serves Claude's API too */
    bool cuts_silently;     /* a prompt that does not fit is shortened, and nobody is told */
    struct dialect_mark mark;       /* path NULL: it has none */
    const char *host;       /* what its address holds, where everybody's is the same; NULL */
};

/* In alphabetical order. */
extern const struct dialect dialects[];

/* Of a server that nobody named: all fields under their usual names, and only what was set is sent. */
extern const struct dialect dialect_unnamed;

/* NULL with err set (EXIT_USAGE), naming the nearest. */
const struct dialect *dialect_find(const char *name, struct err *err);

#endif
