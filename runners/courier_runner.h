/*
 * courier_runner: a runner whose asks a courier carries: what it does from an ask's submission to its reply, for the
 * table of each model over HTTP. A runner of that kind begins with a struct courier_runner; what is said there and what
 * it costs is its own. Main thread only.
 */
#ifndef VERNIER_RUNNERS_COURIER_RUNNER_H
#define VERNIER_RUNNERS_COURIER_RUNNER_H

#include "harness/engine/model.h"
#include "harness/engine/runner.h"

struct courier;

struct courier_runner {
    const struct runner_type *type;
    struct arena *arena;            /* as long as the runner */
    struct model model;             /* its strings are the caller's, who keeps them */
    struct courier *courier;        /* NULL until prepare_fn has opened it */
    size_t unparsable;              /* replies collected that their server could not parse (STOP_UNPARSABLE) */
};

/* Reads the runner's settings from its model and opens its courier. -1 with err set. */
typedef int prepare_fn(struct runner *runner, const struct runner_means *means, struct err *err);

/*
 * A runner of so many bytes, all 0 but for the courier_runner it begins with, and prepared. NULL with err set, which names
 * the model; type's close has ended then what was begun.
 */
struct runner *courier_runner_open(size_t size, const struct runner_type *type, const struct model *model,
                                   const struct runner_means *means, prepare_fn *prepare, struct err *err);

/* Says how many replies were unparsable, if any were, in the same words whichever API the server was asked by; and frees. */
void courier_runner_close(struct runner *runner);

/* The members of struct runner_type of these names: courier.h, word for word. */
int64_t courier_runner_worst(const struct runner *runner, const struct ask *ask);
void courier_runner_submit(struct runner *runner, struct ask *ask);
struct ask *courier_runner_collect(struct runner *runner);
int courier_runner_fd(const struct runner *runner);
void courier_runner_rest(struct runner *runner);
void courier_runner_load(const struct runner *runner, struct runner_load *out);
void courier_runner_explain(const struct runner *runner, const struct ask *ask, struct runner_wait *out);
void courier_runner_drop(struct runner *runner);

#endif
