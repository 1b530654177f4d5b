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

#include "harness/base/err.h"
#include "harness/engine/ask.h"
#include "harness/engine/model.h"

struct http;
struct json_write;

struct runner;      /* each type's own; its first member is `const struct runner_type *type` */

struct runner_type {
    const char *name;               /* the provider in --model */
    const char *summary;
    enum ask_kind serves;
    const struct setting_spec *settings;      /* NULL: takes none */

    /* NULL with err set: EXIT_USAGE for wrong words, EXIT_BAD_DATA for a wrong file, EXIT_UNAVAILABLE without a key. */
    struct runner *(*open)(const struct model *model, struct http *http, struct err *err);

    /* Whether it can serve this epoch of this sample, asked before a run starts; NULL: always. -1 with err set. */
    int (*covers)(struct runner *runner, const char *task, const struct sample *sample, int epoch, struct err *err);

    /* Whether that id of a model is the path of a file, whose content is what decides; NULL: it never is. */
    bool (*is_file)(const char *id);

    /* Adds what else decides its replies to a resolved plan (a replay file's hash); NULL: nothing. */
    void (*describe)(const struct runner *runner, struct json_write *w);

    /* The model as reports show it; NULL: provider/name. */
    const char *(*shown)(const struct runner *runner);

    void (*submit)(struct runner *runner, struct ask *ask);
    struct ask *(*collect)(struct runner *runner);
    int (*fd)(const struct runner *runner);   /* readable when collect has something to do; -1: http_wait knows */
    /* The run is stopping: asks that wait for another try come back as REPLY_NONE; NULL: none ever waits. */
    void (*rest)(struct runner *runner);
    void (*drop)(struct runner *runner);      /* lets go of every ask it holds; none of them comes back */
    void (*close)(struct runner *runner);     /* drops, and frees */
};

/* The type of an opened runner. */
const struct runner_type *runner_type(const struct runner *runner);

#endif
