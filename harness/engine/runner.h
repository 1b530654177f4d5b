/*
 * runner: whoever serves asks: a model over HTTP, recorded replies, an environment, the graders.
 *
 * submit never blocks and takes the ask; collect hands back what is finished, each ask exactly once, its reply filled,
 * its strings in the episode's arena. A runner bounds its own waits: every ask comes back in the end, as REPLY_FAILED
 * or REPLY_TIMEOUT if need be. Retries, back-off and rate limits live in here; nobody above sees a 429. An environment
 * serves the asks of one episode in the order they were submitted; otherwise any order will do.
 */
#ifndef VERNIER_ENGINE_RUNNER_H
#define VERNIER_ENGINE_RUNNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"
#include "harness/engine/ask.h"
#include "harness/engine/model.h"

struct http;
struct json_write;
struct paces;
struct probe;
struct purse;
struct work;

struct runner;      /* each type's own; its first member is `const struct runner_type *type` */

/* What a runner may use of the outside; all of it outlives it. A runner that reaches nobody needs none. */
struct runner_means {
    struct http *http;
    struct purse *purse;        /* NULL: one without a cap */
    struct paces *paces;        /* NULL: each runner learns for itself what its server bears */
    bool probes;                /* its probe comes before anything is asked: what that finds out may be left open */
};

/* What the asks that a runner holds wait for. */
struct runner_load {
    size_t calling;             /* calls in flight */
    size_t retrying;            /* waiting for another try */
    size_t later;               /* of those: told to come later */
    size_t held;                /* waiting for room: the server bears no more just now, or the money for it is put aside */
    size_t limit;               /* calls in flight the server bears, as far as it has complained; 0: it has not */
    int64_t next_ms;            /* the next try of any, monotonic; 0: none waits */
};

/* What one ask waits for, for the person who asks why nothing moves. Empty words: nothing is known but that it is out. */
struct runner_wait {
    char host[128];             /* "127.0.0.1:8000"; "" where it is nobody far away */
    char words[200];            /* "no byte yet", "told to come later (429)" */
    int tries;                  /* calls ended */
    int64_t since_ms;           /* this state began, monotonic; 0: with the ask */
    int64_t until_ms;           /* when it ends if nothing comes before, monotonic; 0: nobody knows */
    const char *then;           /* what happens then, a constant: "next try", "given up"; NULL where until_ms is 0 */
};

struct runner_type {
    const char *name;               /* the provider in --model */
    const char *summary;
    enum ask_kind serves;
    const struct setting_spec *settings;      /* NULL: takes none */

    /* NULL with err set: EXIT_USAGE for wrong words, EXIT_BAD_DATA for a wrong file, EXIT_UNAVAILABLE without a key. */
    struct runner *(*open)(const struct model *model, const struct runner_means *means, struct err *err);

    /* Whether it can serve this epoch of this sample, asked before a run starts; NULL: always. -1 with err set. */
    int (*covers)(struct runner *runner, const char *task, const struct sample *sample, int epoch, struct err *err);

    /* How many of the ids it has answers for are those of no sample in the works' whole data sets, and the first of them:
     * misspelt, as a rule. NULL: it has no such list. */
    size_t (*strays)(const struct runner *runner, const struct work *works, size_t work_count, const char **first);

    /* Whether that id of a model is the path of a file, whose content is what decides; NULL: it never is. */
    bool (*is_file)(const char *id);

    /* Adds what else decides its replies to a resolved plan (a replay file's hash); NULL: nothing. */
    void (*describe)(const struct runner *runner, struct json_write *w);

    /* Finds out whether the server can do what a run wants, and how it is spoken with (which describe then says):
     * runners/probe.h. Blocks, bounded in time. NULL: there is nobody to ask. */
    void (*probe)(struct runner *runner, struct probe *probe);

    /* The model as reports show it; NULL: provider/name. */
    const char *(*shown)(const struct runner *runner);

    /* Whether it knows before a call what that can cost at most, as a cap on money needs; wants_words: it is asked for
     * more than how likely continuations are. -1 with err set (EXIT_USAGE), naming what mends it; NULL: it never knows,
     * unless it is free. */
    int (*bounds_cost)(const struct runner *runner, bool wants_words, struct err *err);
    /* The most that a first call for that ask can cost, which is not sent; 0: nobody knows. Of types with bounds_cost. */
    int64_t (*worst_nanousd)(const struct runner *runner, const struct ask *ask);
    bool is_free;                   /* its replies cost nothing */

    void (*submit)(struct runner *runner, struct ask *ask);
    struct ask *(*collect)(struct runner *runner);
    int (*fd)(const struct runner *runner);   /* readable when collect has something to do; -1: http_wait knows */
    /* The run is stopping: asks that wait for another try come back as REPLY_NONE; NULL: none ever waits. */
    void (*rest)(struct runner *runner);
    /* A person waits for the end: what costs nothing to ask again comes back as REPLY_NONE where its answer is not in
     * after a few seconds, also if it is submitted later. NULL: nothing takes that long, or it is paid for. */
    void (*hurry)(struct runner *runner);
    void (*load)(const struct runner *runner, struct runner_load *out);     /* NULL: nothing ever waits in there */
    void (*explain)(const struct runner *runner, const struct ask *ask, struct runner_wait *out);   /* NULL likewise */
    void (*drop)(struct runner *runner);      /* lets go of every ask it holds; none of them comes back */
    void (*close)(struct runner *runner);     /* drops, and frees */
};

/* The type of an opened runner. */
const struct runner_type *runner_type(const struct runner *runner);

#endif
