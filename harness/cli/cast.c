#include "harness/cli/cast.h"

#include <assert.h>

#include "harness/base/log.h"
#include "harness/cli/resolve.h"
#include "harness/engine/runner.h"
#include "runners/runners.h"

static int add(struct cast *cast, enum ask_kind kind, const char *role, struct runner *runner)
{
    if (runner == NULL)
        return -1;
    assert(cast->count < CAST_ROLES);
    cast->bindings[cast->count++] = (struct binding){ .kind = kind, .role = role, .runner = runner };
    return 0;
}

static int check_work(struct runner *runner, const struct work *work, struct err *err)
{
    for (size_t s = 0; s < work->sample_count; s++)
        for (int epoch = 1; epoch <= work->epochs; epoch++)
            if (runner_type(runner)->covers(runner, work->task->name, work->samples[s], epoch, err) < 0)
                return -1;
    return 0;
}

static int check_cover(struct runner *runner, const struct resolved *resolved, struct err *err)
{
    if (runner_type(runner)->covers == NULL)
        return 0;
    for (size_t t = 0; t < resolved->count; t++)
        if (check_work(runner, &resolved->works[t], err) < 0)
            return -1;
    return 0;
}

/* An answer under an id that nobody has is an answer lost. */
static void tell_strays(const struct runner *runner, const struct resolved *resolved, const char *name)
{
    const char *first = NULL;
    size_t count = runner_type(runner)->strays == NULL
        ? 0 : runner_type(runner)->strays(runner, resolved->works, resolved->count, &first);

    if (count > 0)
        log_warn("%s: %zu of its ids are those of no sample of this run's tasks; the first is \"%s\"", name, count, first);
}

static int add_judge(struct cast *cast, const struct resolved *resolved, const struct runner_means *means,
                     struct err *err)
{
    if (resolved_check_judge(resolved, false, err) < 0)
        return -1;
    if (!resolved_asks_judge(resolved))
        return 0;
    if (add(cast, ASK_MODEL, "judge", runners_open(resolved->judge, means, err)) < 0)
        return err_prefix(err, "the judge: ");
    return 0;
}

int cast_open(struct cast *cast, const struct model *model, const struct resolved *resolved,
              const struct runner_means *means, struct err *err)
{
    *cast = (struct cast){ 0 };
    if (add(cast, ASK_MODEL, "model", runners_open(model, means, err)) == 0 &&
        add(cast, ASK_GRADE, "grade", runner_grade.open(NULL, NULL, err)) == 0 &&
        check_cover(cast_model(cast), resolved, err) == 0 && add_judge(cast, resolved, means, err) == 0) {
        tell_strays(cast_model(cast), resolved, model->id);
        return 0;
    }
    cast_close(cast);
    return -1;
}

void cast_close(struct cast *cast)
{
    for (size_t i = 0; i < cast->count; i++)
        runner_type(cast->bindings[i].runner)->close(cast->bindings[i].runner);
    cast->count = 0;
}

struct runner *cast_model(const struct cast *cast)
{
    return cast->bindings[0].runner;
}

struct runner *cast_judge(const struct cast *cast)
{
    return cast->count > 2 ? cast->bindings[2].runner : NULL;
}

void cast_set_judge(struct cast *cast, struct runner *judge)
{
    assert(cast->count > 2);
    cast->bindings[2].runner = judge;
}
