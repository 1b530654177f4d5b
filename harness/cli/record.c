/*
 * What a run keeps of itself, and how it is read again: `plan` decides its replies and its SHA-256 is the fingerprint;
 * `places` says where data and servers were and what bounds the run, so that resume, show and grade find them without
 * being told.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/hash.h"
#include "harness/base/json.h"
#include "harness/base/json_write.h"
#include "harness/base/redact.h"
#include "harness/base/url.h"
#include "harness/cli/resolve.h"
#include "harness/cli/smallest.h"
#include "harness/engine/grading.h"
#include "harness/engine/runner.h"
#include "results/store.h"

static bool has_user(const char *value)
{
    size_t length;

    return url_skip_scheme(value) != value && url_find_user(value, &length) != NULL;
}

static bool loses_secret(const char *value)
{
    return has_user(value) || redact_finds(value, strlen(value));
}

/* A record keeps no secret, so of an address all but that part. */
static void write_setting(struct json_write *w, const char *key, const char *value)
{
    struct buf bare;

    if (!has_user(value)) {
        json_add_string(w, key, value);
        return;
    }
    buf_init(&bare, 0);
    buf_add(&bare, value, (size_t)(strstr(value, "://") - value) + 3);
    buf_add_string(&bare, url_host(value));
    json_add_string(w, key, bare.data);
    buf_fini(&bare);
}

/* In the order of the runner's table, whatever order they were given in. */
static void write_settings(struct json_write *w, const struct model *model, const struct runner *runner, bool places)
{
    const struct setting_spec *spec = runner_type(runner)->settings;

    json_open(w, "settings", '{');
    for (; spec != NULL && spec->key != NULL; spec++)
        if (spec->is_place == places && model_has(model, spec->key))
            write_setting(w, spec->key, model_text(model, spec->key, ""));
    json_close(w);
}

/* Names a setting that lost its user name and password, or a key: without them a resume would be turned away. */
static void write_bare(struct json_write *w, const struct model *model, const struct runner *runner)
{
    const struct setting_spec *spec = runner_type(runner)->settings;

    for (; spec != NULL && spec->key != NULL; spec++)
        if (loses_secret(model_text(model, spec->key, ""))) {
            json_add_string(w, "without_password", spec->key);
            return;
        }
}

static void samples_sha256(const struct work *work, char hex[HASH_HEX_SIZE])
{
    struct hash hash;

    hash_init(&hash);
    for (size_t i = 0; i < work->sample_count; i++) {
        hash_string(&hash, work->samples[i]->id);
        hash_string(&hash, work->samples[i]->hash);
    }
    hash_hex(&hash, hex);
}

/* Of samples with choices one in their number each; of others what the task states, where it has no choices at all. */
static double chance_of(const struct work *work)
{
    double sum = 0;
    bool some = false;

    for (size_t i = 0; i < work->sample_count; i++) {
        size_t choices = work->samples[i]->choice_count;
        some = some || choices > 0;
        sum += choices > 0 ? 1 / (double)choices : 0;
    }
    return some ? sum / (double)work->sample_count : work->task->chance;
}

/* The samples chosen, not the words they were named by: in whatever order, one or more times, it is the same run. */
static void write_selection(struct json_write *w, const struct plan_task *wanted, const struct work *work)
{
    if (wanted->sample_id_count > 0) {
        json_open(w, "sample_ids", '[');
        for (size_t i = 0; i < work->sample_count; i++)
            json_add_string(w, NULL, work->samples[i]->id);
        json_close(w);
    } else if (wanted->limit.count > 0) {
        char limit[32];
        snprintf(limit, sizeof limit, "%s%zu", wanted->limit.first ? "first:" : "", wanted->limit.count);
        json_add_string(w, "limit", limit);
    }
}

static void write_task(struct json_write *w, const struct resolved_task *task)
{
    const struct work *work = &task->work;
    char hex[HASH_HEX_SIZE];
    bool clustered = false;

    assert(task->rehearsal.prompts_sha256[0] != '\0');
    for (size_t i = 0; i < work->sample_count; i++)
        clustered = clustered || work->samples[i]->cluster != NULL;
    json_open(w, NULL, '{');
    json_add_string(w, "name", work->task->name);
    json_add_string(w, "profile", work->profile->name);
    json_add_string(w, "reader", work->profile->reader->name);
    json_add_string(w, "grader", work->task->grader->name);
    if (work->task->grader->sha256 != NULL)
        json_add_string(w, "grader_sha256", work->task->grader->sha256);
    json_add_string(w, "prompts_sha256", task->rehearsal.prompts_sha256);
    json_add_int(w, "epochs", work->epochs);
    json_add_int(w, "samples", (int64_t)work->sample_count);
    write_selection(w, task->wanted, work);
    samples_sha256(work, hex);
    json_add_string(w, "samples_sha256", hex);
    json_add_string(w, "data_sha256", task->dataset.sha256);
    json_add_number(w, "chance", chance_of(work));
    json_add_bool(w, "private", work->task->is_private);
    json_add_bool(w, "clustered", clustered);
    json_close(w);
}

/* A file is a place: what it holds decides, and runners describe that. */
static bool is_file(const struct model *model, const struct runner *runner)
{
    return runner_type(runner)->is_file != NULL && runner_type(runner)->is_file(model->id);
}

static void write_model(struct json_write *w, const char *key, const struct model *model, const struct runner *runner)
{
    json_open(w, key, '{');
    json_add_string(w, "provider", model->provider);
    if (!is_file(model, runner))
        json_add_string(w, "id", model->id);
    write_settings(w, model, runner, false);
    if (runner_type(runner)->describe != NULL)
        runner_type(runner)->describe(runner, w);
    json_close(w);
}

void resolved_write_plan(const struct resolved *resolved, const struct model *model, const struct runner *runner,
                         const struct runner *judge, struct buf *out)
{
    struct json_write w = json_write_to(out);

    json_open(&w, NULL, '{');
    json_add_int(&w, "vernier", 1);
    write_model(&w, "model", model, runner);
    if (judge != NULL)
        write_model(&w, "judge", resolved->judge, judge);
    json_add_int(&w, "seed", (int64_t)resolved->seed);
    json_open(&w, "tasks", '[');
    for (size_t i = 0; i < resolved->count; i++)
        write_task(&w, &resolved->tasks[i]);
    json_close(&w);
    json_close(&w);
}

/* From the root, so that it is found from another folder; as it is where it is no path. */
static void write_path(struct json_write *w, const char *key, const char *path)
{
    char *whole = realpath(path, NULL);

    json_add_string(w, key, whole != NULL ? whole : path);
    free(whole);
}

static void write_place(struct json_write *w, const struct model *model, const struct runner *runner)
{
    if (is_file(model, runner))
        write_path(w, "file", model->id);
    write_settings(w, model, runner, true);
    write_bare(w, model, runner);
}

/* Whether a plan calls it otherwise than by provider and id. */
static bool is_called_otherwise(const struct model *model)
{
    size_t length = strlen(model->provider);

    return strncmp(model->name, model->provider, length) != 0 || model->name[length] != '/' ||
           strcmp(model->name + length + 1, model->id) != 0;
}

/* What they go by in the plan; read by people, and by reports. */
static void write_names(struct json_write *w, const struct plan *plan, const struct model *model)
{
    json_open(w, "names", '{');
    if (plan->name != NULL)
        json_add_string(w, "plan", plan->name);
    if (is_called_otherwise(model))
        json_add_string(w, "model", model->name);
    json_close(w);
}

void resolved_write_places(const struct resolved *resolved, const struct plan *plan, const struct model *model,
                           const struct runner *runner, const struct runner *judge, struct buf *out)
{
    struct json_write w = json_write_to(out);

    json_open(&w, NULL, '{');
    json_open(&w, "data", '{');
    for (size_t i = 0; i < resolved->count; i++)
        write_path(&w, resolved->tasks[i].work.task->name, resolved->tasks[i].dataset.path);
    json_close(&w);
    json_open(&w, "task_files", '{');
    for (size_t i = 0; i < resolved->count; i++)
        if (resolved->tasks[i].work.task->file != NULL)
            write_path(&w, resolved->tasks[i].work.task->name, resolved->tasks[i].work.task->file);
    json_close(&w);
    write_place(&w, model, runner);
    if (judge != NULL) {
        json_open(&w, "judge", '{');
        write_place(&w, resolved->judge, judge);
        json_close(&w);
    }
    write_names(&w, plan, model);
    json_open(&w, "smallest_difference", '{');      /* as it was told before the run; read by people */
    for (size_t i = 0; i < resolved->count; i++)
        json_add_number(&w, resolved->tasks[i].work.task->name, smallest_difference(&resolved->tasks[i].work));
    json_close(&w);
    json_open(&w, "limits", '{');
    json_add_number(&w, "void", plan->void_max);
    if (plan->hours_max > 0)
        json_add_number(&w, "hours", plan->hours_max);
    if (plan->usd_max > 0)
        json_add_number(&w, "usd", plan->usd_max);
    json_close(&w);
    json_close(&w);
}

static void read_settings(struct arena *arena, struct model *model, const struct json *settings)
{
    for (const struct json *member = json_first(settings); member != NULL; member = json_next(member))
        if (json_text(member) != NULL)
            model_set(arena, model, json_key(member), json_text(member), "the run's record");
}

static int read_task(struct plan *plan, const struct json *object, const struct json *places, struct err *err)
{
    const char *name = json_string(object, "name"), *file, *limit = json_string(object, "limit");
    const struct json *ids = json_get(object, "sample_ids");
    int64_t epochs = 0;

    if (name == NULL || !json_get_int64(object, "epochs", &epochs))
        return err_set_code(err, EXIT_STORE, "the run's record names no task");
    file = json_string(json_get(places, "task_files"), name);
    struct plan_task *task = plan_add_task(plan, file != NULL ? file : name, "the run's record");
    task->profile = arena_strdup(plan->arena, json_string(object, "profile"));
    task->epochs = (int)epochs;
    if (limit != NULL && limit_parse(limit, &task->limit, err) < 0)
        return -1;
    const char **list = arena_calloc(plan->arena, json_count(ids) + 1, sizeof list[0]);
    for (const struct json *id = json_first(ids); id != NULL; id = json_next(id))
        if (json_text(id) != NULL)
            list[task->sample_id_count++] = arena_strdup(plan->arena, json_text(id));
    task->sample_ids = list;
    return 0;
}

/* Adds it to the plan; prefix makes its name another than that of the same model in another role. NULL with err set. */
static struct model *read_model(struct plan *plan, const char *prefix, const struct json *model,
                                const struct json *places, struct err *err)
{
    const char *provider = json_string(model, "provider"), *id = json_string(model, "id");
    struct model *made = arena_alloc(plan->arena, sizeof *made);

    id = id != NULL ? id : json_string(places, "file");
    if (provider == NULL || id == NULL) {
        err_set_code(err, EXIT_STORE, "the run's record names no model");
        return NULL;
    }
    made->provider = arena_strdup(plan->arena, provider);
    made->id = arena_strdup(plan->arena, id);
    made->where = "the run's record";
    made->name = arena_printf(plan->arena, "%s%s/%s", prefix, provider, id);
    read_settings(plan->arena, made, json_get(model, "settings"));
    read_settings(plan->arena, made, json_get(places, "settings"));
    plan_add_model(plan, made);
    return made;
}

static int read_judge(struct plan *plan, const struct json *root, const struct json *places, struct err *err)
{
    const struct model *judge;

    if (json_get(root, "judge") == NULL)
        return 0;
    judge = read_model(plan, "judge ", json_get(root, "judge"), json_get(places, "judge"), err);
    if (judge == NULL)
        return -1;
    plan_add_role(plan, "judge", judge->name, judge->where);
    return 0;
}

static int read_plan(struct plan *plan, const struct json *root, const struct json *places, struct err *err)
{
    struct model *model = read_model(plan, "", json_get(root, "model"), places, err);
    int64_t seed = 0;

    if (model == NULL || read_judge(plan, root, places, err) < 0)
        return -1;
    plan->run = arena_calloc(plan->arena, 1, sizeof plan->run[0]);
    plan->run[plan->run_count++] = model;
    json_get_int64(root, "seed", &seed);
    plan->seed = (uint64_t)seed;
    json_get_number(json_get(places, "limits"), "void", &plan->void_max);
    json_get_number(json_get(places, "limits"), "hours", &plan->hours_max);
    json_get_number(json_get(places, "limits"), "usd", &plan->usd_max);
    for (const struct json *task = json_first(json_get(root, "tasks")); task != NULL; task = json_next(task))
        if (read_task(plan, task, places, err) < 0)
            return -1;
    return 0;
}

static void read_places(struct arena *arena, const struct json *root, struct places *out)
{
    const struct json *data = json_get(root, "data");
    size_t count = json_count(data);

    *out = (struct places){ .tasks = arena_calloc(arena, count + 1, sizeof out->tasks[0]),
                            .files = arena_calloc(arena, count + 1, sizeof out->files[0]),
                            .without_password = arena_strdup(arena, json_string(root, "without_password")) };
    for (const struct json *member = json_first(data); member != NULL; member = json_next(member)) {
        if (json_text(member) == NULL || strcmp(json_text(member), "built in") == 0)
            continue;
        out->tasks[out->file_count] = arena_strdup(arena, json_key(member));
        out->files[out->file_count++] = arena_strdup(arena, json_text(member));
    }
}

int resolve_recorded(const struct run_row *run, struct arena *arena, struct plan **plan, struct places *places,
                     struct err *err)
{
    struct json_doc *plan_doc = json_parse(run->plan, strlen(run->plan), err);
    struct json_doc *places_doc = plan_doc == NULL ? NULL : json_parse(run->places, strlen(run->places), err);
    int status = -1;

    if (places_doc != NULL) {
        *plan = plan_new(arena);
        read_places(arena, json_root(places_doc), places);
        status = read_plan(*plan, json_root(plan_doc), json_root(places_doc), err);
    }
    json_free(plan_doc);
    json_free(places_doc);
    return status < 0 ? err_prefix(err, "run %s: ", run->name) : 0;
}
