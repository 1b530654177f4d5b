/*
 * check: is a task sound, or each task of a group? It is run three times, each into a store of its own: perfect replies must
 * score 1, blind ones what the task states as chance, empty ones 0. The whole way is used, from loader to report; of a
 * task that a model judges, what assay.h says.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/arena.h"
#include "harness/base/http.h"
#include "harness/base/log.h"
#include "harness/cli/assay.h"
#include "harness/cli/blemish.h"
#include "harness/cli/cast.h"
#include "harness/cli/command.h"
#include "harness/cli/evaluate.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/print.h"
#include "harness/cli/prompt.h"
#include "harness/engine/purse.h"
#include "harness/engine/runner.h"
#include "reports/scoreboard.h"
#include "tasks/tasks.h"

/* Blind guesses are repeated until their mean says something. */
#define GUESSES_MIN 2000
#define EPOCHS_MAX 100

/* A sound task is called unsound once in 16,000 times. */
#define Z_MAX 4

static const struct opt_spec OPTIONS[] = {
    { .name = "data", .argument = "DIR", .help = "where data sets lie, or TASK=FILE for one of them", .repeats = true },
    { .name = "judge", .argument = "SPEC", .help = "of a task that a model judges: has it grade right and blind replies" },
    { .name = "profile", .argument = "NAME", .help = "prompt and reader (default: the task's first)" },
    { .name = "show-prompt", .help = "print the first sample as a model would get it, and check nothing else" },
    { .name = "private", .help = "with --show-prompt: also of tasks whose text is kept private" },
    { 0 },
};

struct check {
    struct evaluation evaluation;
    struct places places;
    const char *task, *profile;     /* the task at hand; profile NULL: its first */
    const char *judge;              /* NULL: nobody */
    bool shows_prompt, with_private;
    bool is_introduced;             /* the task at hand: its first lines are printed */
    struct err *err;
};

/* The first lines, once of each task. */
static void introduce(struct check *check, const struct work *work)
{
    if (check->is_introduced)
        return;
    printf("%s, profile %s: %zu samples\n", work->task->name, work->profile->name, work->sample_count);
    blemish_print(work);
    check->is_introduced = true;
}

/* Of a run that an interrupt ended nothing is told. */
static int run_model(struct check *check, const struct model *model, struct score_line *line)
{
    const struct runner_means means = { .http = check->evaluation.http };
    struct evaluation *evaluation = &check->evaluation;
    struct scoreboard *board = NULL;
    struct run_row run = { 0 };
    struct cast cast;
    int code = -1;

    if (cast_open(&cast, model, evaluation->resolved, &means, check->err) == 0) {
        code = evaluate(evaluation, model, &cast, &run, check->err);
        cast_close(&cast);
    }
    if (code >= 0 && evaluation->stopped)
        return err_set_code(check->err, EXIT_INTERRUPTED, "interrupted");
    if (code >= 0)
        board = scoreboard_gather(evaluation->store, evaluation->arena, &run, 1, SCORE_BY_NOTHING, check->err);
    if (board == NULL)
        return -1;
    *line = board->lines[0];
    return 0;
}

/* SQLite leaves two files beside its own where it cannot close. */
static void remove_store(struct arena *arena, const char *path)
{
    static const char *const ENDS[] = { "", "-wal", "-shm", ".lock" };

    for (size_t i = 0; i < sizeof ENDS / sizeof ENDS[0]; i++)
        unlink(arena_printf(arena, "%s%s", path, ENDS[i]));
}

/* A store for one run, gone before anybody else is waited for. */
static int with_store(struct check *check, const struct model *model, struct score_line *line)
{
    struct arena *arena = check->evaluation.arena;
    const char *tmp = getenv("TMPDIR"), *path;
    char *folder = arena_printf(arena, "%s/vernier-check-XXXXXX", tmp != NULL && tmp[0] != '\0' ? tmp : "/tmp");
    int status = -1;

    if (mkdtemp(folder) == NULL)
        return err_set_code(check->err, EXIT_STORE, "%s: cannot make this folder: %s", folder, strerror(errno));
    path = arena_printf(arena, "%s/check.db", folder);
    check->evaluation.store = store_open(path, "vernier check", check->err);
    if (check->evaluation.store != NULL)
        status = run_model(check, model, line);
    store_close(check->evaluation.store);
    remove_store(arena, path);
    rmdir(folder);
    return status;
}

/* Runs the task on that model; *line is what the scoreboard says of it. Signals are blocked while there is something to
 * be closed, and stay so after a failure: the command ends then. */
static int score(struct check *check, const char *spec, int epochs, struct score_line *line)
{
    struct arena *arena = check->evaluation.arena;
    struct plan *plan = plan_new(arena);
    struct plan_task *task = plan_add_task(plan, check->task, "--profile");     /* the task itself is known */
    struct model model;
    struct resolved resolved;
    int status;

    task->epochs = epochs;
    task->profile = check->profile;
    if (model_parse(arena, spec, "--model", &model, check->err) < 0 ||
        resolve_plan(plan, &check->places, &resolved, check->err) < 0)
        return -1;
    introduce(check, &resolved.works[0]);
    resolved_rehearse(&resolved);
    check->evaluation.plan = plan;
    check->evaluation.resolved = &resolved;
    check->evaluation.signal_fd = interrupt_open();
    status = with_store(check, &model, line);
    resolved_free(&resolved);
    if (status == 0)
        interrupt_close(check->evaluation.signal_fd);
    return status;
}

/* Loads it and prints a prompt. */
static int show_prompt(struct check *check)
{
    struct plan *plan = plan_new(check->evaluation.arena);
    struct resolved resolved;

    plan_add_task(plan, check->task, "--profile")->profile = check->profile;
    if (resolve_plan(plan, &check->places, &resolved, check->err) < 0)
        return -1;
    const struct work *work = &resolved.tasks[0].work;
    if (work->task->is_private && !check->with_private)
        printf("%s: its authors ask that no text of it be shown; --private shows it\n", work->task->name);
    else
        prompt_print(work->task, work->profile, work->samples[0], 0);
    resolved_free(&resolved);
    return EXIT_OK;
}

/* -1 with check's err set; NULL: nobody was named. */
static int find_judge(struct check *check, const struct model **judge)
{
    struct model *model = arena_alloc(check->evaluation.arena, sizeof *model);

    *judge = NULL;
    if (check->judge == NULL)
        return 0;
    if (model_parse(check->evaluation.arena, check->judge, "--judge", model, check->err) < 0)
        return -1;
    *judge = resolve_judge(check->evaluation.arena, model);
    return 0;
}

/* One that a model judges. */
static int check_judged(struct check *check)
{
    struct plan *plan = plan_new(check->evaluation.arena);
    const struct model *judge;
    struct resolved resolved;
    int status, signal_fd;

    plan_add_task(plan, check->task, "--profile")->profile = check->profile;
    if (find_judge(check, &judge) < 0 || resolve_plan(plan, &check->places, &resolved, check->err) < 0)
        return -1;
    introduce(check, &resolved.works[0]);
    signal_fd = interrupt_open();
    status = assay_perform(&resolved.works[0], judge, signal_fd, check->err);
    resolved_free(&resolved);
    if (status >= 0)
        interrupt_close(signal_fd);
    return status < 0 ? -1 : status > 0 ? EXIT_OK : EXIT_GATE_FAILED;
}

/* mean is no number where all of it is void. */
static bool report(const char *what, double mean, bool good, const char *expected)
{
    if (isnan(mean)) {
        printf("%-6s    void  NOT AS EXPECTED (%s)\n", what, expected);
        return false;
    }
    printf("%-6s %6.2f%%  %s (%s)\n", what, 100 * mean, good ? "ok" : "NOT AS EXPECTED", expected);
    return good;
}

static int check_guess(struct check *check, size_t samples, bool *good)
{
    size_t wanted = GUESSES_MIN / (samples > 0 ? samples : 1) + 1;
    int epochs = (int)(wanted > EPOCHS_MAX ? EPOCHS_MAX : wanted);
    struct score_line line;
    char expected[96];

    if (score(check, "oracle/guess", epochs, &line) < 0)
        return -1;
    double spread = sqrt(line.chance * (1 - line.chance) / (double)line.scored);
    double z = spread > 0 ? (line.mean - line.chance) / spread : line.mean == line.chance ? 0 : INFINITY;
    if (line.scored > 0)
        snprintf(expected, sizeof expected, "chance %.2f%%, %zu guesses, z %.2f", 100 * line.chance, line.scored, z);
    else
        snprintf(expected, sizeof expected, "chance %.2f%%, no guess was scored", 100 * line.chance);
    *good = report("guess", line.mean, fabs(z) < Z_MAX, expected) && *good;
    return 0;
}

/* Protocols that draw at random where there is no answer give what a draw does. */
static bool check_empty(const struct check *check, const struct score_line *line)
{
    struct err ignored = ERR_INIT;
    const struct task *task = tasks_find(check->evaluation.arena, check->task, &ignored);
    const struct profile *profile = task_find_profile(task, check->profile);
    double spread = sqrt(line->chance * (1 - line->chance) / (double)line->scored);

    if (!profile->reader->draws)
        return report("empty", line->mean, line->mean == 0 && line->voids == 0, "no answer must score nothing");
    return report("empty", line->mean, fabs(line->mean - line->chance) <= Z_MAX * spread && line->voids == 0,
                  "no answer counts as a random draw");
}

static int check_task(struct check *check, const struct task *task)
{
    struct score_line line;
    bool good;

    if (check->shows_prompt)
        return show_prompt(check);
    if (task->grader->rubric != NULL)
        return check_judged(check);
    if (check->judge != NULL)
        return err_set_code(check->err, EXIT_USAGE, "--judge: the grader of %s is no model", task->name);
    if (score(check, "oracle/gold", 0, &line) < 0)
        return -1;
    good = report("gold", line.mean, line.mean == 1 && line.voids == 0, "perfect replies must all be right");
    if (check_guess(check, line.samples, &good) < 0 || score(check, "predictions/empty", 0, &line) < 0)
        return -1;
    good = check_empty(check, &line) && good;
    return good ? EXIT_OK : EXIT_GATE_FAILED;
}

/* Files that --data gave are for tasks of the group. */
static int check_files(const struct places *places, const char *const *names, struct err *err)
{
    for (size_t i = 0; i < places->file_count; i++) {
        const char *const *name = names;

        while (*name != NULL && strcmp(*name, places->tasks[i]) != 0)
            name++;
        if (*name == NULL)
            return err_set_code(err, EXIT_USAGE, "--data %s=%s: there is no task %s here", places->tasks[i],
                                places->files[i], places->tasks[i]);
    }
    return 0;
}

/* Every task is checked, also after one that is not sound. */
static int check_tasks(struct check *check, const char *name)
{
    const char *const single[] = { name, NULL };
    const char *const *names = tasks_group(name) != NULL ? tasks_group(name) : single;
    int worst = EXIT_OK;

    check->places.are_of_group = names != single;
    if (check->places.are_of_group && check_files(&check->places, names, check->err) < 0)
        return -1;
    for (size_t i = 0; names[i] != NULL; i++) {
        const struct task *task = tasks_find(check->evaluation.arena, names[i], check->err);
        if (task == NULL)
            return -1;
        if (i > 0)
            putchar('\n');
        check->task = names[i];
        check->is_introduced = false;
        int code = check_task(check, task);
        if (code < 0)
            return -1;
        worst = code > worst ? code : worst;
    }
    return worst;
}

static int run(const struct opt *opt, struct err *err)
{
    struct check check = { .profile = opt_value(opt, "profile"), .judge = opt_value(opt, "judge"),
                           .shows_prompt = opt_has(opt, "show-prompt"),
                           .with_private = opt_has(opt, "private"), .err = err };
    struct purse purse = { .cap_nanousd = 0 };
    int code = -1;

    if (opt_operand_count(opt) != 1)
        return err_set_code(err, EXIT_USAGE, "expected one task, group or task file (`vernier list tasks` shows all)");
    log_set_level(LOG_WARN);
    check.evaluation.arena = arena_new();
    check.evaluation.signal_fd = -1;
    check.evaluation.again = AGAIN_NEW;
    check.evaluation.connections_max = 256;
    check.evaluation.purse = &purse;
    check.evaluation.http = http_open(err);
    if (check.evaluation.http != NULL && places_read(opt, check.evaluation.arena, &check.places, err) == 0)
        code = check_tasks(&check, opt_operand(opt, 0));
    http_close(check.evaluation.http);
    arena_free(check.evaluation.arena);
    return code;
}

const struct command command_check = {
    .name = "check",
    .summary = "check that a task is sound: gold is right, guesses are at chance",
    .usage = "TASK|GROUP|FILE.json [options]",
    .examples = "  vernier check demo_choice\n  vernier check demo\n  vernier check aime2025 --data ~/data\n"
                "  vernier check ./mytask.json --show-prompt\n"
                "  vernier check ./judged.json --judge openai/NAME,base_url=http://127.0.0.1:8000/v1\n",
    .options = OPTIONS,
    .run = run,
    .talks = true,
};
