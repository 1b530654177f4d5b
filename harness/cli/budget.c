#include "harness/cli/budget.h"

#include <math.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/log.h"
#include "harness/base/price.h"
#include "harness/cli/cast.h"
#include "harness/cli/evaluate.h"
#include "harness/engine/plan.h"
#include "harness/engine/purse.h"
#include "harness/engine/runner.h"
#include "results/store.h"

static int check_runner(const struct binding *binding, const char *model, struct err *err)
{
    const struct runner *runner = binding->runner;
    const struct runner_type *type = runner_type(runner);

    if (strcmp(binding->role, "judge") == 0)
        model = "of the judge";
    if (type->is_free)
        return 0;
    if (type->bounds_cost == NULL)
        return err_set_code(err, EXIT_USAGE, "model %s: a bound on money cannot be kept with %s, which never knows what a "
                            "call may cost", model, type->name);
    return type->bounds_cost(runner, err) < 0 ? err_prefix(err, "model %s: ", model) : 0;
}

int budget_open(const struct plan *plan, const struct cast *casts, struct purse *purse, struct err *err)
{
    if (plan->usd_max <= 0)
        return 0;
    purse->cap_nanousd = (int64_t)ceil(plan->usd_max * 1e9 - 0.5);
    purse->cap_nanousd += purse->cap_nanousd == 0;
    for (size_t i = 0; i < plan->run_count; i++)
        for (size_t k = 0; k < casts[i].count; k++)
            if (check_runner(&casts[i].bindings[k], plan->run[i], err) < 0)
                return -1;
    return 0;
}

static int count_run(const struct evaluation *evaluation, const struct run_row *run, struct err *err)
{
    struct run_spending spending;

    if (store_read_spending(evaluation->store, run->id, &spending, err) < 0)
        return -1;
    if (!spending.is_bounded)
        return err_set_code(err, EXIT_USAGE, "run %s: it made calls before its price was known, so a bound on money cannot "
                            "count them: --new begins another run", run->name);
    purse_add_spent(evaluation->purse, spending.known + spending.unsure + spending.untold,
                    spending.unsure + spending.untold);
    return 0;
}

/* Two names for one model go on with one run. */
static bool is_counted(const int64_t *ids, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (ids[i] == id)
            return true;
    return false;
}

int budget_count_earlier(const struct evaluation *evaluation, const struct cast *casts, struct err *err)
{
    const struct plan *plan = evaluation->plan;
    int64_t *ids = arena_calloc(evaluation->arena, plan->run_count + 1, sizeof ids[0]);
    size_t count = 0;

    for (size_t i = 0; evaluation->purse->cap_nanousd > 0 && i < plan->run_count; i++) {
        struct run_row run;
        int found = evaluate_find(evaluation, plan_find_model(plan, plan->run[i]), &casts[i], &run, err);

        if (found < 0)
            return -1;
        if (found == 0 || is_counted(ids, count, run.id))
            continue;
        ids[count++] = run.id;
        if (count_run(evaluation, &run, err) < 0)
            return -1;
    }
    return 0;
}

struct keeper { struct store *store; int64_t run; };

static int keep(void *to, int64_t unsure_nanousd, struct err *err)
{
    const struct keeper *keeper = to;

    return store_set_run_unsure(keeper->store, keeper->run, unsure_nanousd, err);
}

void budget_begin_run(const struct evaluation *evaluation, const struct run_row *run)
{
    struct keeper *keeper = arena_alloc(evaluation->arena, sizeof *keeper);

    *keeper = (struct keeper){ .store = evaluation->store, .run = run->id };
    purse_begin_run(evaluation->purse, run->unsure_nanousd, keep, keeper);
}

int budget_end_run(const struct evaluation *evaluation, const struct run_row *run, struct err *err)
{
    return store_set_run_unsure(evaluation->store, run->id, purse_end_run(evaluation->purse), err);
}

void budget_tell(const struct purse *purse)
{
    struct buf text;

    if (purse->cap_nanousd == 0)
        return;
    buf_init(&text, 0);
    price_add_usd(&text, purse->spent_nanousd);
    buf_add_string(&text, " of ");
    price_add_usd(&text, purse->cap_nanousd);
    buf_add_string(&text, " spent");
    if (purse->unsure_nanousd > 0) {
        buf_add_string(&text, ", ");
        price_add_usd(&text, purse->unsure_nanousd);
        buf_add_string(&text, " of it the most that calls of unknown cost may have cost");
    }
    if (purse->is_empty)
        buf_add_string(&text, "; a larger --max-usd goes on");
    log_info("%s", text.data);
    buf_fini(&text);
}

struct score_budget budget_sum(const struct purse *purse)
{
    return (struct score_budget){ .cap_nanousd = purse->cap_nanousd, .spent_nanousd = purse->spent_nanousd,
                                  .unsure_nanousd = purse->unsure_nanousd, .is_reached = purse->is_empty };
}
