#include "harness/cli/resolve.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/base/arena.h"
#include "harness/base/file.h"
#include "harness/base/log.h"
#include "harness/base/opt.h"
#include "harness/cli/fetching.h"
#include "harness/cli/select.h"
#include "harness/engine/grading.h"
#include "harness/engine/runner.h"
#include "runners/runners.h"
#include "tasks/hub/fetch.h"
#include "tasks/tasks.h"

static bool is_compiled_in(const char *name, size_t length)
{
    const char *const *names = tasks_names();

    for (size_t i = 0; names[i] != NULL; i++)
        if (strlen(names[i]) == length && strncmp(names[i], name, length) == 0)
            return true;
    return false;
}

static bool is_folder(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* "TASK=FILE" where what stands before the sign is the name of a task, or may be that of a user's own; a folder may hold
 * "=" too. */
static const char *file_of_task(const char *value)
{
    size_t length = strcspn(value, "=/.");

    if (length == 0 || value[length] != '=' || (!is_compiled_in(value, length) && file_exists(value)))
        return NULL;
    return value + length + 1;
}

int places_read(const struct opt *opt, struct arena *arena, struct places *out, struct err *err)
{
    size_t count = opt_count(opt, "data");

    *out = (struct places){ .tasks = arena_calloc(arena, count + 1, sizeof out->tasks[0]),
                            .files = arena_calloc(arena, count + 1, sizeof out->files[0]) };
    for (size_t i = 0; i < count; i++) {
        const char *value = opt_nth(opt, "data", i), *file = file_of_task(value);
        if (value[0] == '\0')
            return err_set_code(err, EXIT_USAGE, "--data: expected a folder, or TASK=FILE, found nothing");
        if (file != NULL) {
            out->tasks[out->file_count] = arena_strndup(arena, value, (size_t)(file - value) - 1);
            out->files[out->file_count++] = file;
        } else if (file_exists(value) && !is_folder(value)) {
            return err_set_code(err, EXIT_USAGE, "--data %s: this is a file; whose? --data TASK=%s says it", value, value);
        } else if (out->folder != NULL) {
            return err_set_code(err, EXIT_USAGE, "--data %s: a folder was given already (%s); for one task's file give "
                                "--data TASK=FILE", value, out->folder);
        } else {
            out->folder = value;
        }
    }
    return 0;
}

static struct data_source source_of(const struct places *places, const char *task)
{
    struct data_source source = { .folder = places->folder, .supply = &fetching_supply };

    for (size_t i = 0; i < places->file_count; i++)
        if (strcmp(places->tasks[i], task) == 0)
            source.path = places->files[i];
    return source;
}

/* A wrong word on the command line is wrong use, in a plan or a record it is bad data. Returns -1. */
static int refuse(const struct plan_task *wanted, struct err *err)
{
    if (wanted->where[0] != '-')
        err->code = EXIT_BAD_DATA;
    return err_prefix(err, "%s: ", wanted->where);
}

static const struct profile *find_profile(const struct task *task, const struct plan_task *wanted, struct err *err)
{
    const struct profile *profile = task_find_profile(task, wanted->profile);
    char names[512] = "";

    for (size_t i = 0, at = 0; profile == NULL && i < task->profile_count && at < sizeof names - 1; i++)
        at += (size_t)snprintf(names + at, sizeof names - at, "%s%s", i > 0 ? ", " : "", task->profiles[i].name);
    if (profile == NULL) {
        err_set_code(err, EXIT_USAGE, "the task %s has no profile \"%s\"; it has %s", task->name, wanted->profile, names);
        refuse(wanted, err);
    }
    return profile;
}

static int check_once(const struct resolved *resolved, const char *name, struct err *err)
{
    if (resolved_find(resolved, name) == NULL)
        return 0;
    return err_set_code(err, EXIT_USAGE, "the task %s is named twice", name);
}

/* How likely a text is, a server says the same each time. */
static int epochs_of(const struct task *task, const struct profile *profile)
{
    return profile->reader->weighs ? 1 : task->epochs;
}

static int resolve_task(struct resolved *resolved, const struct places *places, const char *name,
                        const struct plan_task *wanted, struct err *err)
{
    struct resolved_task *task = &resolved->tasks[resolved->count];
    const struct task *found = tasks_find(resolved->arena, name, err);
    const struct sample **samples;

    if (found == NULL || check_once(resolved, found->name, err) < 0)
        return found == NULL && tasks_is_file(name) ? -1 : refuse(wanted, err);
    struct data_source source = source_of(places, found->name);
    task->wanted = wanted;
    task->work.task = found;
    task->work.profile = find_profile(found, wanted, err);
    if (task->work.profile == NULL)
        return -1;
    task->work.epochs = wanted->epochs > 0 ? wanted->epochs : epochs_of(found, task->work.profile);
    source.profile = task->work.profile;
    if (found->load(found, &source, &task->dataset, err) < 0)
        return err_prefix(err, "loading %s: ", found->name);
    resolved->count++;     /* from here on resolved_free frees the data set */
    task->work.dataset = &task->dataset;
    if (select_samples(&task->dataset, wanted, resolved->seed, resolved->arena, &samples, &task->work.sample_count,
                       err) < 0)
        return refuse(wanted, err);
    task->work.samples = samples;
    return 0;
}

/* A group stands for its tasks, all with what the plan says of the group. */
static int resolve_name(struct resolved *resolved, const char *folder, const struct places *places,
                        const struct plan_task *wanted, struct err *err)
{
    const char *const single[] = { wanted->name, NULL };
    const char *const *names = tasks_group(wanted->name);

    if (tasks_is_file(wanted->name) && wanted->where[0] != '-')      /* a plan's paths begin in its folder */
        return resolve_task(resolved, places, file_join(resolved->arena, folder, wanted->name), wanted, err);
    for (names = names != NULL ? names : single; *names != NULL; names++)
        if (resolve_task(resolved, places, *names, wanted, err) < 0)
            return -1;
    return 0;
}

/* Whether it took something from the folder, or would have: what a task can fetch is looked for there first. */
static bool heeds_folder(const struct resolved_task *task, const char *folder)
{
    return fetch_can(&task->work.task->source) || strncmp(task->dataset.path, folder, strlen(folder)) == 0;
}

/* A file for a task that is not asked is a word misspelt; a folder that nobody looks into would be passed over in
 * silence. */
static int check_places(const struct resolved *resolved, const struct places *places, struct err *err)
{
    bool is_heeded = places->folder == NULL;

    if (places->are_of_group)
        return 0;
    for (size_t i = 0; i < places->file_count; i++)
        if (resolved_find(resolved, places->tasks[i]) == NULL)
            return err_set_code(err, EXIT_USAGE, "--data %s=%s: there is no task %s here", places->tasks[i],
                                places->files[i], places->tasks[i]);
    for (size_t i = 0; i < resolved->count && !is_heeded; i++)
        is_heeded = heeds_folder(&resolved->tasks[i], places->folder);
    if (is_heeded)
        return 0;
    return err_set_code(err, EXIT_USAGE, "--data %s: the data of %s is %s, not from there; for another file give "
                        "--data %s=FILE",
                        places->folder, resolved->tasks[0].work.task->name, resolved->tasks[0].dataset.path,
                        resolved->tasks[0].work.task->name);
}

static size_t count_tasks(const struct plan *plan)
{
    size_t count = 0;

    for (const struct plan_task *wanted = plan->tasks; wanted != NULL; wanted = wanted->next) {
        const char *const *names = tasks_group(wanted->name);
        for (count++; names != NULL && *names != NULL; names++)
            count++;
    }
    return count;
}

bool resolved_asks_judge(const struct resolved *resolved)
{
    for (size_t i = 0; i < resolved->count; i++)
        if (resolved->tasks[i].work.task->grader->rubric != NULL)
            return true;
    return false;
}

int resolved_check_judge(const struct resolved *resolved, bool is_named, struct err *err)
{
    bool asks = resolved_asks_judge(resolved);

    if (asks && resolved->judge == NULL)
        return err_set_code(err, EXIT_USAGE, "a model is to judge, and none is named: give --judge provider/name, or "
                            "\"roles\": { \"judge\": NAME } in a plan");
    if (!asks && is_named)
        return err_set_code(err, EXIT_USAGE, "--judge: no model judges any of these tasks; leave it out");
    return 0;
}

/* Whether its settings leave open how it samples, and a temperature is something it takes. */
static bool samples_freely(const struct model *model)
{
    static const char *const KEYS[] = { "temperature", "like", "thinking", "reasoning", "effort" };
    const struct runner_type *type = runners_find(model->provider);

    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++)
        if (model_has(model, KEYS[i]))
            return false;
    for (const struct setting_spec *spec = type != NULL ? type->settings : NULL; spec != NULL && spec->key != NULL; spec++)
        if (strcmp(spec->key, "temperature") == 0)
            return true;
    return false;
}

/* A judge is no sample of anything: it is asked at temperature 0 where nobody said otherwise. */
const struct model *resolve_judge(struct arena *arena, const struct model *model)
{
    struct model *judge = model_copy(arena, model);

    if (samples_freely(judge))
        model_set(arena, judge, "temperature", "0", "the judge");
    return judge;
}

const struct model *resolve_plan_judge(struct arena *arena, const struct plan *plan)
{
    const struct model *judge = plan_judge(plan);

    return judge != NULL ? resolve_judge(arena, judge) : NULL;
}

int resolve_plan(const struct plan *plan, const struct places *places, struct resolved *out, struct err *err)
{
    size_t room = count_tasks(plan) + 1;

    *out = (struct resolved){ .arena = arena_new(), .seed = plan->seed };
    out->tasks = arena_calloc(out->arena, room, sizeof out->tasks[0]);
    for (const struct plan_task *wanted = plan->tasks; wanted != NULL; wanted = wanted->next)
        if (resolve_name(out, plan->folder, places, wanted, err) < 0) {
            resolved_free(out);
            return -1;
        }
    if (check_places(out, places, err) < 0) {
        resolved_free(out);
        return -1;
    }
    out->works = arena_calloc(out->arena, room, sizeof out->works[0]);
    for (size_t i = 0; i < out->count; i++)
        out->works[i] = out->tasks[i].work;
    out->judge = resolved_asks_judge(out) ? resolve_plan_judge(out->arena, plan) : NULL;
    return 0;
}

void resolved_free(struct resolved *resolved)
{
    for (size_t i = 0; i < resolved->count; i++)
        dataset_free(&resolved->tasks[i].dataset);
    arena_free(resolved->arena);
    *resolved = (struct resolved){ 0 };
}

void resolved_tell_limits(const struct resolved *resolved)
{
    for (size_t i = 0; i < resolved->count; i++) {
        const struct resolved_task *task = &resolved->tasks[i];
        size_t limit = task->wanted->sample_id_count > 0 ? 0 : task->wanted->limit.count;
        if (limit > task->dataset.count)
            log_info("%s: a limit of %zu samples, and it has %zu: all of them are asked", task->work.task->name, limit,
                     task->dataset.count);
    }
}

void resolved_rehearse(struct resolved *resolved)
{
    for (size_t i = 0; i < resolved->count; i++)
        rehearse(&resolved->tasks[i].work, resolved->seed, resolved->arena, &resolved->tasks[i].rehearsal);
}

const struct resolved_task *resolved_find(const struct resolved *resolved, const char *task)
{
    for (size_t i = 0; i < resolved->count; i++)
        if (strcmp(resolved->tasks[i].work.task->name, task) == 0)
            return &resolved->tasks[i];
    return NULL;
}
