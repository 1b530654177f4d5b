#include "harness/cli/budget.h"

#include <math.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/log.h"
#include "harness/base/price.h"
#include "harness/cli/cast.h"
#include "harness/cli/evaluation.h"
#include "harness/engine/episode.h"
#include "harness/engine/ledger.h"
#include "harness/engine/plan.h"
#include "harness/engine/purse.h"
#include "harness/engine/runner.h"
#include "results/store.h"

/* Whether some task wants more of the model than how likely choices are. */
static bool asks_for_words(const struct resolved *resolved)
{
    for (size_t i = 0; i < resolved->count; i++)
        if (!resolved->works[i].profile->reader->weighs)
            return true;
    return false;
}

static int check_runner(const struct binding *binding, const char *model, bool wants_words, struct err *err)
{
    const struct runner *runner = binding->runner;
    const struct runner_type *type = runner_type(runner);

    if (strcmp(binding->role, "judge") == 0)
        model = "of the judge (what is its own is set in --judge SPEC,KEY=VALUE)";
    if (type->is_free)
        return 0;
    if (type->bounds_cost == NULL)
        return err_set_code(err, EXIT_USAGE, "model %s: a bound on money cannot be kept with %s, which never knows what a "
                            "call may cost", model, type->name);
    return type->bounds_cost(runner, wants_words, err) < 0 ? err_prefix(err, "model %s: ", model) : 0;
}

/* Who judges is asked for words, whatever the task wants. */
static int check_cast(const struct cast *cast, const char *model, bool wants_words, struct err *err)
{
    for (size_t i = 0; i < cast->count; i++)
        if (check_runner(&cast->bindings[i], model, wants_words || cast->bindings[i].runner != cast_model(cast), err) < 0)
            return -1;
    return 0;
}

int budget_open(const struct evaluation *evaluation, const struct cast *casts, struct err *err)
{
    const struct plan *plan = evaluation->plan;
    struct purse *purse = evaluation->purse;

    if (plan->usd_max <= 0)
        return 0;
    purse->cap_nanousd = (int64_t)ceil(plan->usd_max * 1e9 - 0.5);
    purse->cap_nanousd += purse->cap_nanousd == 0;
    for (size_t i = 0; i < plan->run_count; i++)
        if (check_cast(&casts[i], plan->run[i]->name, asks_for_words(evaluation->resolved), err) < 0)
            return -1;
    return 0;
}

/* The cheapest of a model's first calls; NULL: nobody knows what it costs. */
struct cheapest { const struct work *work; const struct sample *sample; int64_t worst_nanousd; };

/* What the first call of that sample's first epoch may cost; 0: nobody knows. */
static int64_t find_worst(const struct runner *runner, const struct work *work, const struct sample *sample, uint64_t seed)
{
    struct episode *ep = episode_new(work->task, work->profile, sample, 1, seed);
    int64_t worst_nanousd = 0;

    episode_start(ep);
    if (ep->ask_count > 0 && ep->asks[0]->kind == ASK_MODEL)
        worst_nanousd = runner_type(runner)->worst_nanousd(runner, ep->asks[0]);
    episode_free(ep);
    return worst_nanousd;
}

/* True: one fits, so the search ends there; nearly always the first does. */
static bool has_fit(const struct evaluation *evaluation, const struct runner *runner, struct cheapest *out)
{
    const struct resolved *resolved = evaluation->resolved;

    for (size_t t = 0; t < resolved->count; t++)
        for (size_t s = 0; s < resolved->works[t].sample_count; s++) {
            const struct work *work = &resolved->works[t];
            int64_t worst_nanousd = find_worst(runner, work, work->samples[s], resolved->seed);

            if (worst_nanousd <= evaluation->purse->cap_nanousd)
                return true;
            if (out->sample == NULL || worst_nanousd < out->worst_nanousd)
                *out = (struct cheapest){ work, work->samples[s], worst_nanousd };
        }
    return out->sample == NULL;
}

static int check_calls(const struct evaluation *evaluation, const struct runner *runner, const char *model,
                       struct err *err)
{
    struct cheapest cheapest = { .sample = NULL };
    struct buf text;

    if (runner_type(runner)->worst_nanousd == NULL || has_fit(evaluation, runner, &cheapest))
        return 0;
    buf_init(&text, 0);
    price_add_usd(&text, evaluation->purse->cap_nanousd);
    buf_addf(&text, ": the cheapest (%s, sample %s) may cost ", cheapest.work->task->name, cheapest.sample->id);
    price_add_usd(&text, cheapest.worst_nanousd);
    err_set_code(err, EXIT_USAGE, "model %s: not even one call fits under --max-usd %s; a smaller max_tokens makes it "
                 "less, or allow more", model, text.data);
    buf_fini(&text);
    return -1;
}

int budget_check_calls(const struct evaluation *evaluation, const struct cast *casts, struct err *err)
{
    for (size_t i = 0; evaluation->purse->cap_nanousd > 0 && i < evaluation->plan->run_count; i++)
        if (check_calls(evaluation, cast_model(&casts[i]), evaluation->plan->run[i]->name, err) < 0)
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
static bool is_counted(const struct run_row *runs, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (runs[i].id == id)
            return true;
    return false;
}

int budget_count_earlier(const struct evaluation *evaluation, const struct run_row *runs, size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++)
        if (!is_counted(runs, i, runs[i].id) && count_run(evaluation, &runs[i], err) < 0)
            return -1;
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

static void tell_over(const struct purse *purse)
{
    struct buf text;

    buf_init(&text, 0);
    price_add_usd(&text, purse->over_nanousd);
    log_warn("%zu %s cost more than was put aside for %s, by %s in all", purse->over_count,
             purse->over_count == 1 ? "call" : "calls", purse->over_count == 1 ? "it" : "them", text.data);
    buf_fini(&text);
}

void budget_tell(const struct purse *purse)
{
    struct buf text;

    if (purse->over_count > 0)
        tell_over(purse);
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
