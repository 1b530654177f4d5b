#include "runners/courier_runner.h"

#include <stdlib.h>

#include "harness/base/arena.h"
#include "harness/base/log.h"
#include "harness/base/mem.h"
#include "runners/courier.h"

static struct courier *courier_of(const struct runner *runner)
{
    return ((const struct courier_runner *)runner)->courier;
}

struct runner *courier_runner_open(size_t size, const struct runner_type *type, const struct model *model,
                                   const struct runner_means *means, prepare_fn *prepare, struct err *err)
{
    struct runner *runner = xcalloc(1, size);

    *(struct courier_runner *)runner = (struct courier_runner){ .type = type, .arena = arena_new(), .model = *model };
    if (prepare(runner, means, err) == 0)
        return runner;
    err_prefix(err, "model %s: ", model->name);
    type->close(runner);
    return NULL;
}

void courier_runner_close(struct runner *runner)
{
    struct courier_runner *base = (struct courier_runner *)runner;

    if (base->unparsable > 0)
        log_warn("model %s: unparsable: %zu %s that the server could not parse and kept: taken for empty answers",
                 base->model.name, base->unparsable, base->unparsable == 1 ? "reply" : "replies");
    courier_close(base->courier);
    arena_free(base->arena);
    free(runner);
}

int64_t courier_runner_worst(const struct runner *runner, const struct ask *ask)
{
    return courier_worst(courier_of(runner), ask);
}

void courier_runner_submit(struct runner *runner, struct ask *ask)
{
    courier_submit(courier_of(runner), ask);
}

struct ask *courier_runner_collect(struct runner *runner)
{
    struct ask *ask = courier_collect(courier_of(runner));

    if (ask != NULL && ask->reply.stop == STOP_UNPARSABLE)
        ((struct courier_runner *)runner)->unparsable++;
    return ask;
}

int courier_runner_fd(const struct runner *runner)
{
    return courier_fd(courier_of(runner));
}

void courier_runner_rest(struct runner *runner)
{
    courier_rest(courier_of(runner));
}

void courier_runner_load(const struct runner *runner, struct runner_load *out)
{
    courier_load(courier_of(runner), out);
}

void courier_runner_explain(const struct runner *runner, const struct ask *ask, struct runner_wait *out)
{
    courier_explain(courier_of(runner), ask, out);
}

void courier_runner_drop(struct runner *runner)
{
    courier_drop(courier_of(runner));
}
