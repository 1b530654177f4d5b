#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/clock.h"
#include "harness/base/json_write.h"
#include "harness/base/price.h"
#include "harness/cli/command.h"
#include "harness/cli/fetching.h"
#include "harness/cli/print.h"
#include "harness/engine/runner.h"
#include "results/store.h"
#include "runners/known_models.h"
#include "runners/runners.h"
#include "tasks/graders/graders.h"
#include "tasks/readers/readers.h"
#include "tasks/tasks.h"

static const struct opt_spec OPTIONS[] = {
    { .name = "store", .argument = "FILE", .help = "the results database, for runs (default: vernier.db)" },
    { .name = "json", .help = "one JSON object on stdout; where the command fails, nothing" },
    { 0 },
};

static void print_source(const struct provenance *source)
{
    size_t count = 0;

    if (source->id == NULL)
        return;
    printf("%-14s data: %s", "", source->id);
    if (source->config != NULL)
        printf(", %s", source->config);
    if (source->split != NULL)
        printf(", split %s", source->split);
    if (source->revision != NULL)
        printf(", revision %.10s", source->revision);
    for (const char *const *file = source->files; file != NULL && *file != NULL; file++, count++)
        if (count == 0)
            printf(", file %s", *file);
    if (count > 1)
        printf(" and %zu more", count - 1);
    putchar('\n');
}

static int list_tasks(const struct opt *opt, struct arena *arena, struct err *err)
{
    (void)opt;
    for (const char *const *name = tasks_names(); *name != NULL; name++) {
        const struct task *task = tasks_find(arena, *name, err);
        if (task == NULL)
            return -1;
        printf("%-14s %s\n%-14s profiles:", task->name, task->summary, "");
        for (size_t i = 0; i < task->profile_count; i++)
            printf(" %s", task->profiles[i].name);
        printf("\n%-14s grader: %s, epochs: %d, chance: %g%%\n", "", task->grader->name, task->epochs,
               100 * task->chance);
        print_source(&task->source);
        fetching_print_place(task, "               ");
        if (task->licence != NULL)
            printf("%-14s licence: %s\n", "", task->licence);
        if (task->citation != NULL)
            printf("%-14s cite: %s\n", "", task->citation);
        if (task->advice != NULL)
            printf("%-14s sampling: %s\n", "", task->advice);
    }
    for (const char *const *group = tasks_group_names(); *group != NULL; group++) {
        printf("%-14s stands for", *group);
        for (const char *const *name = tasks_group(*group); *name != NULL; name++)
            printf(" %s", *name);
        putchar('\n');
    }
    return EXIT_OK;
}

static int list_graders(const struct opt *opt, struct arena *arena, struct err *err)
{
    (void)opt;
    (void)arena;
    (void)err;
    for (size_t i = 0; graders[i] != NULL; i++) {
        printf("%-10s %s (version %d)\n", graders[i]->name, graders[i]->summary, graders[i]->version);
        for (size_t k = 0; readers[k] != NULL; k++)
            if (strcmp(readers[k]->grader, graders[i]->name) == 0)
                printf("%-10s   reader %-20s %s\n", "", readers[k]->name, readers[k]->summary);
    }
    return EXIT_OK;
}

static int list_runners(const struct opt *opt, struct arena *arena, struct err *err)
{
    (void)opt;
    (void)arena;
    (void)err;
    for (size_t i = 0; runner_types[i] != NULL; i++) {
        if (runner_types[i]->serves != ASK_MODEL)
            continue;
        printf("%-12s %s\n", runner_types[i]->name, runner_types[i]->summary);
        for (const struct setting_spec *spec = runner_types[i]->settings; spec != NULL && spec->key != NULL; spec++)
            printf("%-12s   %-20s %s\n", "", spec->key, spec->help);
    }
    return EXIT_OK;
}

static int read_runs(const struct opt *opt, struct arena *arena, struct run_row **runs, size_t *count, struct err *err)
{
    struct store *store = store_open_read(store_name(opt), err);
    int status = store == NULL ? -1 : store_list_runs(store, arena, runs, count, err);

    store_close(store);
    return status;
}

static int list_runs(const struct opt *opt, struct arena *arena, struct err *err)
{
    struct run_row *runs;
    size_t count;

    if (read_runs(opt, arena, &runs, &count, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        char started[20];
        clock_format(runs[i].started_ms, started);
        printf("%s  %s  %-10s  ", runs[i].name, started, print_state(store_name(opt), &runs[i]));
        print_foreign(runs[i].model);
        putchar('\n');
    }
    return EXIT_OK;
}

static int list_models(const struct opt *opt, struct arena *arena, struct err *err)
{
    (void)opt;
    (void)arena;
    (void)err;
    for (const struct known_model *model = known_models; model->name != NULL; model++) {
        struct buf sampling;
        buf_init(&sampling, 0);
        known_model_show(model, &sampling);
        printf("%-24s %s\n%-24s %s\n", model->name, model->summary, "", sampling.data);
        buf_fini(&sampling);
    }
    return EXIT_OK;
}

static void print_rate(const char *name, int64_t pico)
{
    if (pico > 0)
        printf(", %s %.6g", name, (double)pico / 1e6);
}

static int list_prices(const struct opt *opt, struct arena *arena, struct err *err)
{
    size_t count;
    const struct price *prices = price_table(&count);

    (void)opt;
    (void)arena;
    (void)err;
    puts("US$ per million tokens; price_in and price_out of a model overrule them.");
    for (size_t i = 0; i < count; i++) {
        const struct price *price = &prices[i];
        printf("\n%s/%s, since %s\n", price->provider, price->model, price->since);
        printf("  in %.6g, out %.6g", (double)price->input / 1e6, (double)price->output / 1e6);
        print_rate("cache read", price->cache_read);
        print_rate("written for 5 minutes", price->cache_write_5m);
        print_rate("for an hour", price->cache_write_1h);
        putchar('\n');
        if (price->batch_percent > 0)
            printf("  batches: %d %% of it\n", (int)price->batch_percent);
        if (price->fast_input > 0)
            printf("  fast mode: in %.6g, out %.6g\n", (double)price->fast_input / 1e6, (double)price->fast_output / 1e6);
        if (price->output_max_tokens > 0)
            printf("  context %lld, longest answer %lld tokens\n", (long long)price->context_tokens,
                   (long long)price->output_max_tokens);
        printf("  at %s; source: %s\n", price->host, price->source);
    }
    return EXIT_OK;
}

static void write_names(struct json_write *w, const char *key, const char *const *names)
{
    json_open(w, key, '[');
    for (; *names != NULL; names++)
        json_add_string(w, NULL, *names);
    json_close(w);
}

static void write_task(struct json_write *w, const struct task *task)
{
    json_open(w, NULL, '{');
    json_add_string(w, "name", task->name);
    json_add_string(w, "summary", task->summary);
    json_open(w, "profiles", '[');
    for (size_t i = 0; i < task->profile_count; i++)
        json_add_string(w, NULL, task->profiles[i].name);
    json_close(w);
    json_add_string(w, "grader", task->grader->name);
    json_add_int(w, "epochs", task->epochs);
    json_add_number(w, "chance", task->chance);
    json_add_string(w, "source", task->source.id);
    json_add_string(w, "revision", task->source.revision);
    fetching_write_place(task, w);
    json_add_string(w, "citation", task->citation);
    json_add_string(w, "advice", task->advice);
    json_add_string(w, "licence", task->licence);
    json_add_bool(w, "private", task->is_private);
    json_close(w);
}

static int write_tasks(const struct opt *opt, struct arena *arena, struct json_write *w, struct err *err)
{
    (void)opt;
    json_open(w, "tasks", '[');
    for (const char *const *name = tasks_names(); *name != NULL; name++) {
        const struct task *task = tasks_find(arena, *name, err);
        if (task == NULL)
            return -1;
        write_task(w, task);
    }
    json_close(w);
    json_open(w, "groups", '{');
    for (const char *const *group = tasks_group_names(); *group != NULL; group++)
        write_names(w, *group, tasks_group(*group));
    json_close(w);
    return 0;
}

static int write_models(const struct opt *opt, struct arena *arena, struct json_write *w, struct err *err)
{
    (void)opt;
    (void)arena;
    (void)err;
    json_open(w, "models", '[');
    for (const struct known_model *model = known_models; model->name != NULL; model++) {
        const struct sampling *sampling = known_model_sampling(model, model->thinks);
        json_open(w, NULL, '{');
        json_add_string(w, "name", model->name);
        json_add_string(w, "summary", model->summary);
        json_add_bool(w, "thinks", model->thinks);
        json_open(w, "sampling", '{');
        for (int field = 0; field < SAMPLING_FIELDS; field++)
            json_add_number(w, sampling_key((enum sampling_field)field), sampling->value[field]);
        json_close(w);
        json_close(w);
    }
    json_close(w);
    return 0;
}

/* Unknown or not sold: null. */
static void write_rate(struct json_write *w, const char *key, int64_t pico)
{
    json_add_number(w, key, pico > 0 ? (double)pico / 1e6 : NAN);
}

static int write_prices(const struct opt *opt, struct arena *arena, struct json_write *w, struct err *err)
{
    size_t count;
    const struct price *prices = price_table(&count);

    (void)opt;
    (void)arena;
    (void)err;
    json_open(w, "prices", '[');
    for (const struct price *price = prices; price < prices + count; price++) {
        json_open(w, NULL, '{');
        json_add_string(w, "provider", price->provider);
        json_add_string(w, "model", price->model);
        json_add_string(w, "since", price->since);
        json_add_string(w, "source", price->source);
        json_add_string(w, "host", price->host);
        write_rate(w, "input", price->input);
        write_rate(w, "output", price->output);
        write_rate(w, "cache_read", price->cache_read);
        write_rate(w, "cache_write_5m", price->cache_write_5m);
        write_rate(w, "cache_write_1h", price->cache_write_1h);
        json_add_int(w, "batch_percent", price->batch_percent);
        write_rate(w, "fast_input", price->fast_input);
        write_rate(w, "fast_output", price->fast_output);
        json_add_int(w, "context_tokens", price->context_tokens);
        json_add_int(w, "output_max_tokens", price->output_max_tokens);
        json_close(w);
    }
    json_close(w);
    return 0;
}

static int write_runs(const struct opt *opt, struct arena *arena, struct json_write *w, struct err *err)
{
    struct run_row *runs;
    size_t count;

    if (read_runs(opt, arena, &runs, &count, err) < 0)
        return -1;
    json_open(w, "runs", '[');
    for (size_t i = 0; i < count; i++) {
        json_open(w, NULL, '{');
        json_add_string(w, "run", runs[i].name);
        json_add_string(w, "model", runs[i].model);
        json_add_string(w, "state", print_state(store_name(opt), &runs[i]));
        json_add_string(w, "fingerprint", runs[i].fingerprint);
        json_add_string(w, "version", runs[i].version);
        json_add_int(w, "started_ms", runs[i].started_ms);
        if (runs[i].ended_ms != 0)
            json_add_int(w, "ended_ms", runs[i].ended_ms);
        else
            json_add_null(w, "ended_ms");
        json_close(w);
    }
    json_close(w);
    return 0;
}

static int write_runners(const struct opt *opt, struct arena *arena, struct json_write *w, struct err *err)
{
    (void)opt;
    (void)arena;
    (void)err;
    json_open(w, "runners", '[');
    for (size_t i = 0; runner_types[i] != NULL; i++) {
        if (runner_types[i]->serves != ASK_MODEL)
            continue;
        json_open(w, NULL, '{');
        json_add_string(w, "name", runner_types[i]->name);
        json_add_string(w, "summary", runner_types[i]->summary);
        json_open(w, "settings", '{');
        for (const struct setting_spec *spec = runner_types[i]->settings; spec != NULL && spec->key != NULL; spec++)
            json_add_string(w, spec->key, spec->help);
        json_close(w);
        json_close(w);
    }
    json_close(w);
    return 0;
}

static int write_graders(const struct opt *opt, struct arena *arena, struct json_write *w, struct err *err)
{
    (void)opt;
    (void)arena;
    (void)err;
    json_open(w, "graders", '[');
    for (size_t i = 0; graders[i] != NULL; i++) {
        json_open(w, NULL, '{');
        json_add_string(w, "name", graders[i]->name);
        json_add_string(w, "summary", graders[i]->summary);
        json_add_int(w, "version", graders[i]->version);
        json_open(w, "readers", '{');
        for (size_t k = 0; readers[k] != NULL; k++)
            if (strcmp(readers[k]->grader, graders[i]->name) == 0)
                json_add_string(w, readers[k]->name, readers[k]->summary);
        json_close(w);
        json_close(w);
    }
    json_close(w);
    return 0;
}

static const struct kind {
    const char *name;
    int (*list)(const struct opt *opt, struct arena *arena, struct err *err);      /* for people */
    int (*write)(const struct opt *opt, struct arena *arena, struct json_write *w, struct err *err);   /* its members */
} KINDS[] = {
    { "tasks", list_tasks, write_tasks }, { "models", list_models, write_models }, { "runs", list_runs, write_runs },
    { "runners", list_runners, write_runners }, { "graders", list_graders, write_graders },
    { "prices", list_prices, write_prices },
};

static int print_json(const struct kind *kind, const struct opt *opt, struct arena *arena, struct err *err)
{
    struct buf out;
    int status;

    buf_init(&out, 0);
    struct json_write w = json_write_to(&out);
    json_open(&w, NULL, '{');
    status = kind->write(opt, arena, &w, err);
    if (status == 0) {
        json_close(&w);
        buf_add_char(&out, '\n');
        print_redacted(&out);
    }
    buf_fini(&out);
    return status;
}

static int run(const struct opt *opt, struct err *err)
{
    const char *wanted = opt_operand(opt, 0);
    struct arena *arena;
    int code;

    for (size_t i = 0; wanted != NULL && i < sizeof KINDS / sizeof KINDS[0]; i++) {
        if (strcmp(KINDS[i].name, wanted) != 0)
            continue;
        arena = arena_new();
        code = opt_has(opt, "json") ? print_json(&KINDS[i], opt, arena, err) : KINDS[i].list(opt, arena, err);
        arena_free(arena);
        return code;
    }
    return err_set_code(err, EXIT_USAGE, "%s%s%sexpected tasks, models, runs, runners, graders or prices",
                        wanted != NULL ? "\"" : "", wanted != NULL ? wanted : "", wanted != NULL ? "\": " : "");
}

const struct command command_list = {
    .name = "list",
    .summary = "list tasks, models, runs, runners, graders or prices",
    .usage = "tasks|models|runs|runners|graders|prices [options]",
    .examples = "  vernier list tasks\n  vernier list runs --store nightly.db\n"
                "  vernier list models --json\n",
    .options = OPTIONS,
    .run = run,
};
