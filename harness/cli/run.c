/*
 * run: from words on the command line to rows and a table. In this order, so that what is wrong is told before anything
 * is paid for or written: the plan is made, its data loaded, the runners of all its models opened; then the store is locked,
 * who asks how it stands is answered, and the servers are probed; then the store is made; then one run after the other.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/arena.h"
#include "harness/base/clock.h"
#include "harness/base/http.h"
#include "harness/base/listener.h"
#include "harness/base/log.h"
#include "harness/cli/blemish.h"
#include "harness/cli/budget.h"
#include "harness/cli/cast.h"
#include "harness/cli/command.h"
#include "harness/cli/evaluate.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/print.h"
#include "harness/cli/probing.h"
#include "harness/cli/progress.h"
#include "harness/cli/rehearsal.h"
#include "harness/cli/vigil.h"
#include "harness/cli/wanted.h"
#include "harness/engine/purse.h"
#include "harness/engine/runner.h"
#include "reports/scoreboard.h"
#include "results/room.h"
#include "runners/paces.h"

static const struct opt_spec OPTIONS[] = {
    WANTED_OPTIONS,
    { .name = "store", .argument = "FILE", .help = "the results database (default: vernier.db)" },
    { .name = "judge-anew", .help = "ask a judge also what the store has its verdict on, word for word" },
    { .name = "no-probe", .help = "ask the servers nothing beforehand (`vernier doctor` asks alone)" },
    { .name = "new", .help = "begin a new run even where an unfinished one would go on" },
    { .name = "resume", .argument = "RUN", .help = "go on with this run; a void is tried three times in all" },
    { .name = "json", .help = "one JSON object on stdout instead of tables; nothing there where no run begins" },
    { .name = "no-color", .help = "plain output (it always is)" },
    { 0 },
};

/* A run that ended early by the person's wish or by the clock is the last; so is one whose store failed. */
static bool is_last(const struct evaluation *evaluation, int code)
{
    bool is_late = evaluation->deadline_ms != 0 && clock_monotonic_ms() >= evaluation->deadline_ms;

    return evaluation->stopped || is_late || code == EXIT_STORE || interrupt_came(evaluation->signal_fd);
}

/* One run each. Exit codes of runs stand in the order of what is serious (130 74 70 69 65 64 3 0): the largest is the
 * command's. */
static int run_models(struct evaluation *evaluation, struct cast *casts, struct run_row *runs, size_t *done,
                      struct err *err)
{
    const struct plan *plan = evaluation->plan;
    int worst = EXIT_OK;

    for (size_t i = 0; i < plan->run_count; i++) {
        int code = evaluate(evaluation, plan->run[i], &casts[i], &runs[*done], err);
        if (code < 0 && *done == 0 && runs[0].id == 0)
            return -1;
        if (code < 0) {
            log_error("%s", err->text);
            code = (int)err->code;
        }
        *done += runs[*done].id != 0;
        worst = code > worst ? code : worst;
        if (i + 1 < plan->run_count && is_last(evaluation, code)) {
            log_warn("%zu of %zu models were not begun", plan->run_count - i - 1, plan->run_count);
            return worst > EXIT_INCOMPLETE ? worst : EXIT_INCOMPLETE;
        }
    }
    return worst;
}

/* Without a cap nobody needs to know. */
static int count_earlier(const struct evaluation *evaluation, const struct cast *casts, struct err *err)
{
    const struct plan *plan = evaluation->plan;
    struct run_row *runs = arena_calloc(evaluation->arena, plan->run_count, sizeof runs[0]);
    size_t count = 0;

    for (size_t i = 0; evaluation->purse->cap_nanousd > 0 && i < plan->run_count; i++) {
        int found = evaluate_find(evaluation, plan->run[i], &casts[i], &runs[count], err);

        if (found < 0)
            return -1;
        count += found > 0;
    }
    return budget_count_earlier(evaluation, runs, count, err);
}

static int with_store(struct evaluation *evaluation, struct cast *casts, const struct opt *opt, struct err *err)
{
    struct run_row *runs = arena_calloc(evaluation->arena, evaluation->plan->run_count, sizeof runs[0]);
    struct score_budget budget;
    size_t done = 0;
    int code;

    if (evaluation->plan->hours_max > 0)
        evaluation->deadline_ms = clock_monotonic_ms() + (int64_t)(evaluation->plan->hours_max * 3600e3);
    if (count_earlier(evaluation, casts, err) < 0)
        return -1;
    code = run_models(evaluation, casts, runs, &done, err);
    budget_tell(evaluation->purse);
    if (code < 0)
        return -1;
    budget = budget_sum(evaluation->purse);
    return print_runs(evaluation->store, runs, done, budget.cap_nanousd > 0 ? &budget : NULL,
                      opt_has(opt, "json") ? "json" : NULL, err) < 0 ? -1 : code;
}

static size_t open_casts(const struct evaluation *evaluation, const struct runner_means *means, struct cast *casts,
                         struct err *err)
{
    const struct plan *plan = evaluation->plan;
    size_t opened = 0;

    while (opened < plan->run_count &&
           cast_open(&casts[opened], plan->run[opened], evaluation->resolved, means, err) == 0)
        opened++;
    return opened;
}

/* What a server would spoil, it spoils for every sample: it is found out by a few short questions first. */
static int probe_casts(const struct evaluation *evaluation, const struct cast *casts, struct err *err)
{
    const struct probe_wish wish = probing_wish(evaluation->resolved, evaluation->connections_max);
    const struct probing probing = { .http = evaluation->http, .signal_fd = evaluation->signal_fd, .wish = &wish,
                                     .vigil = vigil_begin(evaluation->listener) };
    int status = 0;

    for (size_t i = 0; i < evaluation->plan->run_count && status == 0; i++)
        status = probing_cast(&probing, &casts[i], evaluation->plan->run[i]->name, err);
    vigil_end(probing.vigil);
    return status;
}

/* Locked before anybody is asked anything: whom another run keeps out has spent nothing. NULL with err set. */
static struct store *open_store(struct evaluation *evaluation, const struct cast *casts, const struct opt *opt,
                                struct err *err)
{
    struct lock *claim = store_claim(store_name(opt), "vernier run", err);

    if (claim == NULL)
        return NULL;
    evaluation->listener = progress_listen(store_name(opt));
    if ((opt_has(opt, "no-probe") || probe_casts(evaluation, casts, err) == 0) &&
        budget_check_calls(evaluation, casts, err) == 0)
        return store_open_claimed(store_name(opt), claim, err);
    listener_close(evaluation->listener);
    evaluation->listener = NULL;
    store_unclaim(claim);
    return NULL;
}

/* All that can be wrong with any of the models is told before the first is asked, and before there is a store. */
static int with_plan(struct evaluation *evaluation, const struct opt *opt, struct err *err)
{
    size_t count = evaluation->plan->run_count, opened;
    struct cast *casts = arena_calloc(evaluation->arena, count, sizeof casts[0]);
    struct paces *paces = paces_new();
    const struct runner_means means = { .http = evaluation->http, .purse = evaluation->purse, .paces = paces,
                                        .probes = !opt_has(opt, "no-probe") };
    int code = -1;

    opened = open_casts(evaluation, &means, casts, err);
    evaluation->signal_fd = interrupt_open();
    interrupt_end();
    if (opened == count && budget_open(evaluation, casts, err) == 0 &&
        room_check(store_name(opt), ROOM_BYTES(evaluation->connections_max), err) == 0)
        evaluation->store = open_store(evaluation, casts, opt, err);
    if (evaluation->store != NULL)
        code = with_store(evaluation, casts, opt, err);
    listener_close(evaluation->listener);        /* while the store is ours alone */
    if (store_close(evaluation->store) < 0 && code >= 0 && code < EXIT_STORE)
        code = EXIT_STORE;                       /* damage was found, and said; a run that stands on it is not well */
    while (opened > 0)
        cast_close(&casts[--opened]);
    paces_free(paces);
    return code;
}

/* The run that --resume names, read before anything is written. */
static int find_resumed(struct evaluation *evaluation, const struct opt *opt, struct err *err)
{
    struct store *store = store_open_read(store_name(opt), err);
    int status = store == NULL ? -1 : store_find_run(store, evaluation->arena, opt_value(opt, "resume"),
                                                     &evaluation->resume, err);

    store_close(store);
    return status;
}

/* What is to be run: the plan made or recalled, everything it names found and loaded. */
static int prepare(struct evaluation *evaluation, const struct opt *opt, struct resolved *resolved, struct err *err)
{
    struct arena *arena = evaluation->arena;
    struct places places;
    struct plan *plan;
    int status;

    if (opt_has(opt, "new") && opt_has(opt, "resume"))
        return err_set_code(err, EXIT_USAGE, "--new and --resume: expected one of them, found both");
    if (places_read(opt, arena, &places, err) < 0 || wanted_connections(opt, &evaluation->connections_max, err) < 0)
        return -1;
    if (evaluation->again == AGAIN_THIS && find_resumed(evaluation, opt, err) < 0)
        return -1;
    status = evaluation->again == AGAIN_THIS ? wanted_recall(opt, arena, &evaluation->resume, &plan, &places, err)
                                             : wanted_plan(opt, arena, &plan, err);
    if (status < 0 || resolve_plan(plan, &places, resolved, err) < 0)
        return -1;
    if (resolved_check_judge(resolved, opt_has(opt, "judge"), err) < 0) {
        resolved_free(resolved);
        return -1;
    }
    blemish_warn(resolved);
    resolved_tell_limits(resolved);
    resolved_rehearse(resolved);
    evaluation->plan = plan;
    evaluation->resolved = resolved;
    return 0;
}

static int run(const struct opt *opt, struct err *err)
{
    struct purse purse = { 0 };
    struct evaluation evaluation = { .arena = arena_new(), .signal_fd = -1, .purse = &purse };
    struct resolved resolved;
    int code = -1;

    evaluation.judge_anew = opt_has(opt, "judge-anew");
    evaluation.again = opt_has(opt, "new") ? AGAIN_NEW : opt_has(opt, "resume") ? AGAIN_THIS : AGAIN_CONTINUE;
    interrupt_heed();
    evaluation.http = http_open(err);
    if (evaluation.http != NULL && prepare(&evaluation, opt, &resolved, err) == 0) {
        code = with_plan(&evaluation, opt, err);
        resolved_free(&resolved);
    }
    http_close(evaluation.http);
    if (evaluation.signal_fd >= 0)
        close(evaluation.signal_fd);
    arena_free(evaluation.arena);
    return code;
}

const struct command command_run = {
    .name = "run",
    .summary = "run tasks on models; the same command goes on where it was stopped",
    .usage = "[PLAN] [options]",
    .examples = "  vernier run --task demo --model replay/tasks/questions/demo_replies.jsonl\n"
                "  vernier run --task aime2025 --data ~/data --model openai/qwen3.5-27b,like=qwen3.5-27b \\\n"
                "      --base-url http://127.0.0.1:8000/v1 --epochs 8\n"
                "  vernier run nightly.json --store nightly.db\n"
                "  vernier run --resume last\n",
    .options = OPTIONS,
    .run = run,
    .talks = true,
};
