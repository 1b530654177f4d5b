/*
 * courier_runner: a runner whose asks a courier carries: what it does from an ask's submission to its reply, for the
 * table of each model over HTTP. A runner of that kind begins with a struct courier_runner; what is said there, what it
 * costs and how it is opened and closed is its own.
 */
#ifndef VERNIER_RUNNERS_COURIER_RUNNER_H
#define VERNIER_RUNNERS_COURIER_RUNNER_H

#include "harness/engine/runner.h"

struct courier;

struct courier_runner {
    const struct runner_type *type;
    struct courier *courier;        /* the runner's own, which opens and closes it */
    size_t unparsable;              /* replies collected that their server could not parse (STOP_UNPARSABLE) */
};

/* Says how many these were, if there were any: for the close, in the same words whichever API the server was asked by. */
void courier_runner_tell(const struct courier_runner *runner, const char *model);

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
