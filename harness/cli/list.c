#include <stdio.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/clock.h"
#include "harness/cli/command.h"
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
    { 0 },
};

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
        if (task->source != NULL)
            printf("%-14s data: %s\n", "", task->source);
        if (task->licence != NULL)
            printf("%-14s licence: %s\n", "", task->licence);
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

static int list_runs(const struct opt *opt, struct arena *arena, struct err *err)
{
    struct store *store = store_open_read(store_name(opt), err);
    struct run_row *runs;
    size_t count;
    int status = store == NULL ? -1 : store_list_runs(store, arena, &runs, &count, err);

    for (size_t i = 0; status == 0 && i < count; i++) {
        char started[20];
        clock_format(runs[i].started_ms, started);
        printf("%s  %s  %-10s  ", runs[i].name, started, runs[i].state);
        print_foreign(runs[i].model);
        putchar('\n');
    }
    store_close(store);
    return status;
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

static const struct kind {
    const char *name;
    int (*list)(const struct opt *opt, struct arena *arena, struct err *err);
} KINDS[] = {
    { "tasks", list_tasks }, { "models", list_models }, { "runs", list_runs }, { "runners", list_runners },
    { "graders", list_graders },
};

static int run(const struct opt *opt, struct err *err)
{
    const char *wanted = opt_operand(opt, 0);
    struct arena *arena;
    int code;

    for (size_t i = 0; wanted != NULL && i < sizeof KINDS / sizeof KINDS[0]; i++) {
        if (strcmp(KINDS[i].name, wanted) != 0)
            continue;
        arena = arena_new();
        code = KINDS[i].list(opt, arena, err);
        arena_free(arena);
        return code;
    }
    return err_set_code(err, EXIT_USAGE, "%s%s%sexpected tasks, models, runs, runners or graders",
                        wanted != NULL ? "\"" : "", wanted != NULL ? wanted : "", wanted != NULL ? "\": " : "");
}

const struct command command_list = {
    .name = "list",
    .summary = "list tasks, models, runs, runners or graders",
    .usage = "tasks|models|runs|runners|graders [options]",
    .examples = "  vernier list tasks\n  vernier list runs --store nightly.db\n",
    .options = OPTIONS,
    .run = run,
};
