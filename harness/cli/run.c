#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/clock.h"
#include "harness/base/file.h"
#include "harness/base/http.h"
#include "harness/base/log.h"
#include "harness/cli/command.h"
#include "harness/cli/evaluate.h"
#include "harness/cli/print.h"
#include "harness/engine/runner.h"
#include "harness/engine/word.h"
#include "runners/runners.h"

#define CONNECTIONS_DEFAULT 16
#define CONNECTIONS_MAX 4000

static const struct opt_spec OPTIONS[] = {
    { .name = "task", .argument = "NAME", .help = "a task or a group of them (`vernier list tasks`)", .repeats = true },
    { .name = "tasks", .argument = "A,B", .help = "several tasks at once", .repeats = true },
    { .name = "model", .argument = "SPEC", .help = "provider/name, settings after commas (`vernier list runners`)",
      .repeats = true },
    { .name = "data", .argument = "DIR", .help = "where data sets lie, or TASK=FILE for one of them", .repeats = true },
    { .name = "store", .argument = "FILE", .help = "the results database (default: vernier.db)" },
    { .name = "epochs", .argument = "K", .help = "how often each sample is asked" },
    { .name = "limit", .argument = "N", .help = "ask N samples of each task, each category its share; first:N the "
                                                "first ones" },
    { .name = "sample-id", .argument = "ID", .help = "ask only this sample", .repeats = true },
    { .name = "profile", .argument = "NAME", .help = "prompt and reader (`vernier list tasks` names them)" },
    { .name = "seed", .argument = "N", .help = "fixes orders, choices of samples and the seeds sent to servers" },
    { .name = "base-url", .argument = "URL", .help = "of the model's server, as http://127.0.0.1:8000/v1" },
    { .name = "temperature", .argument = "T", .help = "sampling" },
    { .name = "top-p", .argument = "P", .help = "sampling" },
    { .name = "max-tokens", .argument = "N", .help = "the longest reply" },
    { .name = "reasoning", .argument = "on|off", .help = "whether the model thinks first" },
    { .letter = 'M', .name = "model-setting", .argument = "KEY=VALUE", .help = "any setting of the model",
      .repeats = true },
    { .letter = 'T', .name = "task-setting", .argument = "KEY=VALUE", .help = "epochs, limit or profile of all tasks",
      .repeats = true },
    { .name = "max-connections", .argument = "N", .help = "asks in flight at once (default: 16)" },
    { .name = "max-void", .argument = "SHARE", .help = "void episodes allowed in a complete run (default: 1%)" },
    { .name = "max-hours", .argument = "H", .help = "stop after so long; the same command goes on" },
    { .name = "new", .help = "begin a new run even where an unfinished one would go on" },
    { .name = "resume", .argument = "RUN", .help = "go on with this run; voids get another try" },
    { .name = "json", .help = "one JSON object on stdout instead of tables; nothing there where no run begins" },
    { .name = "no-color", .help = "plain output (it always is)" },
    { 0 },
};

static int set_from_options(const struct opt *opt, struct arena *arena, struct model *model, struct err *err)
{
    static const char *const SAME[][2] = { { "base-url", "base_url" }, { "temperature", "temperature" },
                                           { "top-p", "top_p" }, { "max-tokens", "max_tokens" },
                                           { "reasoning", "reasoning" } };

    for (size_t i = 0; i < sizeof SAME / sizeof SAME[0]; i++)
        if (opt_has(opt, SAME[i][0]))
            model_set(arena, model, SAME[i][1], opt_value(opt, SAME[i][0]), arena_printf(arena, "--%s", SAME[i][0]));
    for (size_t i = 0; i < opt_count(opt, "model-setting"); i++) {
        const char *pair = opt_nth(opt, "model-setting", i), *sign = strchr(pair, '=');
        if (sign == NULL || sign == pair)
            return err_set_code(err, EXIT_USAGE, "-M %s: expected KEY=VALUE", pair);
        model_set(arena, model, arena_strndup(arena, pair, (size_t)(sign - pair)), sign + 1, "-M");
    }
    return 0;
}

static int add_models(const struct opt *opt, struct plan *plan, struct err *err)
{
    size_t count = opt_count(opt, "model");

    if (count == 0)
        return 0;
    plan->run = arena_calloc(plan->arena, count, sizeof plan->run[0]);
    plan->run_count = 0;
    for (size_t i = 0; i < count; i++) {
        const char *spec = opt_nth(opt, "model", i);
        struct model *model = plan_find_model(plan, spec);
        if (model == NULL) {
            model = arena_alloc(plan->arena, sizeof *model);
            if (model_parse(plan->arena, spec, "--model", model, err) < 0)
                return -1;
            plan_add_model(plan, model);
        }
        plan->run[plan->run_count++] = model->name;
    }
    return 0;
}

static void add_tasks(const struct opt *opt, struct plan *plan)
{
    if (opt_has(opt, "task") || opt_has(opt, "tasks"))
        plan->tasks = NULL;
    for (size_t i = 0; i < opt_count(opt, "task"); i++)
        plan_add_task(plan, opt_nth(opt, "task", i), "--task");
    for (size_t i = 0; i < opt_count(opt, "tasks"); i++)
        for (const char *at = opt_nth(opt, "tasks", i); *at != '\0'; at += *at == ',') {
            size_t length = strcspn(at, ",");
            if (length > 0)
                plan_add_task(plan, arena_strndup(plan->arena, at, length), "--tasks");
            at += length;
        }
}

static int set_task(struct plan *plan, const char *key, const char *value, const char *where, struct err *err)
{
    for (struct plan_task *task = plan->tasks; task != NULL; task = task->next) {
        int64_t epochs;
        if (strcmp(key, "profile") == 0) {
            task->profile = value;
        } else if (strcmp(key, "limit") == 0) {
            if (limit_parse(value, &task->limit, err) < 0)
                return err_prefix(err, "%s: ", where);
        } else if (strcmp(key, "epochs") == 0) {
            if (!word_to_int(value, &epochs) || epochs < 1 || epochs > 10000)
                return err_set_code(err, EXIT_USAGE, "%s: expected epochs from 1 to 10000, found \"%s\"", where, value);
            task->epochs = (int)epochs;
        } else {
            return err_set_code(err, EXIT_USAGE, "%s: no task setting \"%s\"; there are epochs, limit, profile", where,
                                key);
        }
    }
    return 0;
}

static int set_tasks(const struct opt *opt, struct plan *plan, struct err *err)
{
    static const char *const KEYS[] = { "epochs", "limit", "profile" };

    for (size_t i = 0; i < opt_count(opt, "task-setting"); i++) {
        const char *pair = opt_nth(opt, "task-setting", i), *sign = strchr(pair, '=');
        if (sign == NULL)
            return err_set_code(err, EXIT_USAGE, "-T %s: expected KEY=VALUE", pair);
        if (set_task(plan, arena_strndup(plan->arena, pair, (size_t)(sign - pair)), sign + 1, "-T", err) < 0)
            return -1;
    }
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++)
        if (opt_has(opt, KEYS[i]) &&
            set_task(plan, KEYS[i], opt_value(opt, KEYS[i]), arena_printf(plan->arena, "--%s", KEYS[i]), err) < 0)
            return -1;
    for (struct plan_task *task = plan->tasks; opt_has(opt, "sample-id") && task != NULL; task = task->next) {
        const char **ids = arena_calloc(plan->arena, opt_count(opt, "sample-id"), sizeof ids[0]);
        task->sample_id_count = opt_count(opt, "sample-id");
        for (size_t i = 0; i < task->sample_id_count; i++)
            ids[i] = opt_nth(opt, "sample-id", i);
        task->sample_ids = ids;
    }
    return 0;
}

static int set_limits(const struct opt *opt, struct plan *plan, struct err *err)
{
    int64_t seed = (int64_t)plan->seed;

    if (opt_int(opt, "seed", 0, ((int64_t)1 << 53) - 1, &seed, err) < 0 ||
        opt_number(opt, "max-hours", 0.0001, 10000, &plan->hours_max, err) < 0)
        return -1;
    plan->seed = (uint64_t)seed;
    if (opt_has(opt, "max-void") && share_parse(opt_value(opt, "max-void"), &plan->void_max, err) < 0)
        return err_prefix(err, "--max-void: ");
    return 0;
}

static int check_wanted(const struct plan *plan, struct err *err)
{
    if (plan->run_count == 0)
        return err_set_code(err, EXIT_USAGE, "no model: give --model provider/name or a plan (`vernier init` writes one)");
    if (plan->usd_max > 0)
        return err_set_code(err, EXIT_USAGE, "\"usd\": this version knows no prices, so it cannot keep a bound on money; "
                            "bound the run by \"limit\", \"hours\" or max_tokens");
    if (plan->tasks == NULL)
        return err_set_code(err, EXIT_USAGE, "no task: give --task NAME (`vernier list tasks` shows all) or a plan");
    return 0;
}

/* Paths in a plan start at the plan's folder. */
static struct plan *read_plan(struct arena *arena, const char *path, struct err *err)
{
    struct plan *plan = plan_read(arena, path, err);

    for (struct model *model = plan != NULL ? plan->models : NULL; model != NULL; model = model->next) {
        const struct runner_type *type = runners_find(model->provider);
        if (type != NULL && type->is_file != NULL && type->is_file(model->id))
            model->id = file_join(arena, plan->folder, model->id);
    }
    return plan;
}

/* The plan from its file, from options, or both: options win. */
static int make_plan(const struct opt *opt, struct arena *arena, struct plan **out, struct err *err)
{
    const char *path = opt_operand(opt, 0);

    if (opt_operand_count(opt) > 1)
        return err_set_code(err, EXIT_USAGE, "one plan at a time; found \"%s\" after \"%s\"", opt_operand(opt, 1), path);
    *out = path != NULL ? read_plan(arena, path, err) : plan_new(arena);
    if (*out == NULL || add_models(opt, *out, err) < 0)
        return -1;
    add_tasks(opt, *out);
    if (set_tasks(opt, *out, err) < 0 || set_limits(opt, *out, err) < 0)
        return -1;
    for (size_t i = 0; i < (*out)->run_count; i++)
        if (set_from_options(opt, arena, plan_find_model(*out, (*out)->run[i]), err) < 0)
            return -1;
    return check_wanted(*out, err);
}

/* --resume alone takes everything from the run's own record; options and a plan given with it must fit the run. */
static int recall_plan(const struct opt *opt, struct arena *arena, const struct run_row *run, struct plan **plan,
                       struct places *places, struct err *err)
{
    bool from_record = opt_operand_count(opt) == 0 && !opt_has(opt, "model") && !opt_has(opt, "task") &&
                       !opt_has(opt, "tasks");
    struct places given = *places;

    if (!from_record)
        return make_plan(opt, arena, plan, err);
    if (resolve_recorded(run, arena, plan, places, err) < 0)
        return -1;
    if (given.folder != NULL || given.file_count > 0)
        *places = given;
    if (set_limits(opt, *plan, err) < 0)
        return -1;
    return set_from_options(opt, arena, plan_find_model(*plan, (*plan)->run[0]), err);
}

/* From here on SIGINT and SIGTERM arrive as bytes on a descriptor, in the engine's one wait. */
static int open_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static int run_models(struct evaluation *evaluation, const struct opt *opt, struct err *err)
{
    const struct plan *plan = evaluation->plan;
    struct run_row *runs = arena_calloc(evaluation->arena, plan->run_count, sizeof runs[0]);
    size_t done = 0;
    int worst = EXIT_OK;

    for (size_t i = 0; i < plan->run_count; i++) {
        int code = evaluate(evaluation, plan_find_model(plan, plan->run[i]), &runs[done], err);
        if (code < 0) {
            if (done == 0 && runs[done].id == 0)
                return -1;
            log_error("%s", err->text);
            code = err->code;
        }
        done += runs[done].id != 0;
        worst = worst == EXIT_OK ? code : worst;
        if (code == EXIT_INTERRUPTED || code == EXIT_STORE || code == EXIT_INCOMPLETE)
            break;
    }
    return print_runs(evaluation->store, runs, done, opt_has(opt, "json") ? "json" : "md", err) < 0 ? -1 : worst;
}

/* What is to be run: the plan made or recalled, everything it names found and loaded. */
static int prepare(struct evaluation *evaluation, const struct opt *opt, struct plan **plan, struct resolved *resolved,
                   struct err *err)
{
    struct arena *arena = evaluation->arena;
    struct places places;
    int64_t connections = CONNECTIONS_DEFAULT;
    int status;

    if (places_read(opt, arena, &places, err) < 0 ||
        opt_int(opt, "max-connections", 1, CONNECTIONS_MAX, &connections, err) < 0)
        return -1;
    evaluation->connections_max = (size_t)connections;
    if (evaluation->again == AGAIN_THIS &&
        store_find_run(evaluation->store, arena, opt_value(opt, "resume"), &evaluation->resume, err) < 0)
        return -1;
    status = evaluation->again == AGAIN_THIS ? recall_plan(opt, arena, &evaluation->resume, plan, &places, err)
                                             : make_plan(opt, arena, plan, err);
    return status < 0 ? -1 : resolve_plan(*plan, &places, resolved, err);
}

static int with_store(struct evaluation *evaluation, const struct opt *opt, struct err *err)
{
    struct plan *plan;
    struct resolved resolved;
    int code;

    if (prepare(evaluation, opt, &plan, &resolved, err) < 0)
        return -1;
    evaluation->plan = plan;
    evaluation->resolved = &resolved;
    if (plan->hours_max > 0)
        evaluation->deadline_ms = clock_monotonic_ms() + (int64_t)(plan->hours_max * 3600e3);
    code = run_models(evaluation, opt, err);
    resolved_free(&resolved);
    return code;
}

static int run(const struct opt *opt, struct err *err)
{
    struct evaluation evaluation = { .arena = arena_new(), .signal_fd = open_signals() };
    int code = -1;

    evaluation.again = opt_has(opt, "new") ? AGAIN_NEW : opt_has(opt, "resume") ? AGAIN_THIS : AGAIN_CONTINUE;
    evaluation.http = http_open(err);
    if (evaluation.http != NULL)
        evaluation.store = store_open(store_name(opt), "vernier run", err);
    if (evaluation.store != NULL)
        code = with_store(&evaluation, opt, err);
    store_close(evaluation.store);
    http_close(evaluation.http);
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
};
