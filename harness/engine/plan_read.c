/*
 * plan_read: a plan from its text. Each object of a plan is a table of keys (see reading.h), read in the table's order:
 * so models are known before anything names one.
 */
#include "harness/engine/plan.h"

#include <inttypes.h>
#include <string.h>
#include <utlist.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/file.h"
#include "harness/base/json.h"
#include "harness/engine/reading.h"
#include "harness/engine/word.h"

#define SEED_MAX ((INT64_C(1) << 53) - 1)      /* what any JSON reader gives back unchanged */
#define EPOCHS_MAX 10000
#define USD_MAX 1e9
#define HOURS_MAX 1e6

static int refuse_model(struct reading *r, const struct plan *plan, const struct json *at, const char *what,
                        const char *name)
{
    struct buf text;
    const struct model *model;
    const char **names;
    size_t count = 0;

    LL_COUNT(plan->models, model, count);
    names = arena_calloc(r->arena, count + 1, sizeof *names);
    count = 0;
    LL_FOREACH(plan->models, model)
        names[count++] = model->name;
    buf_init(&text, 0);
    word_add_nearest(&text, name, names);
    reading_fail(r, at, "%s names the model \"%.80s\", which is not in \"models\"%s", what, name, text.data);
    buf_fini(&text);
    return -1;
}

/* Zero is refused: it could be meant as "nothing" or as "no bound". */
static int read_bound(struct reading *r, const struct json *value, double max, double *out)
{
    if (!json_to_number(value, out) || !(*out > 0 && *out <= max))
        return reading_refuse(r, value, "a number above 0, to %.15g (no key: no bound)", max);
    return 0;
}

/* A setting stays a word, and a number the word it was written as: the model's runner knows its kind. */
static int read_setting(struct reading *r, const struct json *value, struct model *model)
{
    enum json_kind kind = json_kind(value);
    const char *word = json_text(value);

    if (kind == JSON_NUMBER || kind == JSON_BOOL) {
        size_t length;
        const char *raw = json_raw(r->doc, value, &length);

        word = arena_strndup(r->arena, raw, length);
    }
    if (word == NULL)
        return reading_refuse(r, value, "a string, a number, true or false");
    model_set(r->arena, model, json_key(value), word, reading_place(r, value));
    return 0;
}

static int read_settings(struct reading *r, const struct json *object, struct model *model)
{
    for (const struct json *value = json_first(object); value != NULL; value = json_next(value))
        if (strcmp(json_key(value), "spec") != 0 && read_setting(r, value, model) < 0)
            return -1;
    return 0;
}

static int read_model(struct reading *r, const struct json *value, void *into)
{
    static const char EXPECTED[] = "a string such as \"openai/ft7\"";
    struct plan *plan = into;
    struct model *model = arena_alloc(plan->arena, sizeof *model);
    const struct json *spec = value;
    const char *text;

    if (json_kind(value) == JSON_OBJECT)
        spec = json_get(value, "spec");
    else if (json_kind(value) != JSON_STRING)
        return reading_refuse(r, value, "an object with a \"spec\", or %s", EXPECTED);
    if (spec == NULL)
        return reading_fail(r, value, "model \"%.80s\": expected a \"spec\", %s, found none", json_key(value),
                            EXPECTED);
    if (reading_text(r, spec, EXPECTED, &text) < 0)
        return -1;
    if (model_parse(plan->arena, text, reading_place(r, spec), model, r->err) < 0)
        return r->err->code = EXIT_BAD_DATA, -1;
    model->name = arena_strdup(plan->arena, json_key(value));
    plan_add_model(plan, model);
    return read_settings(r, value, model);
}

static int read_models(struct reading *r, const struct json *value, void *into)
{
    return reading_some(r, value, JSON_OBJECT, "an object of models by name", read_model, into);
}

/* Who else a task of ours asks than the model; more words come with the flows that ask them. */
static int read_role(struct reading *r, const struct json *value, void *into)
{
    static const char *const ROLES[] = { "judge", NULL };
    struct plan *plan = into;
    struct buf nearest;
    const char *name;

    if (strcmp(json_key(value), ROLES[0]) != 0) {
        buf_init(&nearest, 0);
        word_add_nearest(&nearest, json_key(value), ROLES);
        reading_fail(r, value, "no task asks the role \"%.80s\"%s", json_key(value), nearest.data);
        buf_fini(&nearest);
        return -1;
    }
    if (reading_text(r, value, "the name of a model in \"models\"", &name) < 0)
        return -1;
    if (plan_find_model(plan, name) == NULL)
        return refuse_model(r, plan, value, arena_printf(plan->arena, "role \"%.80s\"", json_key(value)), name);
    plan_add_role(plan, json_key(value), name, reading_place(r, value));
    return 0;
}

static int read_roles(struct reading *r, const struct json *value, void *into)
{
    return reading_each(r, value, JSON_OBJECT, "an object of models' names by role", read_role, into);
}

static int read_epochs(struct reading *r, const struct json *value, void *into)
{
    struct plan_task *task = into;
    int64_t epochs;

    if (reading_int(r, value, 1, EPOCHS_MAX, &epochs) < 0)
        return -1;
    task->epochs = (int)epochs;
    return 0;
}

static int read_limit(struct reading *r, const struct json *value, void *into)
{
    struct plan_task *task = into;
    struct err ignored = ERR_INIT;
    int64_t count;

    if (json_text(value) != NULL && limit_parse(json_text(value), &task->limit, &ignored) == 0)
        return 0;
    if (!json_to_int64(value, &count) || count < 1 || count > LIMIT_COUNT_MAX)
        return reading_refuse(r, value, LIMIT_EXPECTED);
    task->limit.count = (size_t)count;
    return 0;
}

static int read_profile(struct reading *r, const struct json *value, void *into)
{
    return reading_text(r, value, "the name of a profile", &((struct plan_task *)into)->profile);
}

/* Data sets that count their samples have numbers for ids; as words they are written the one plain way. */
static int read_sample_id(struct reading *r, const struct json *value, void *into)
{
    const char ***next = into;
    int64_t number;
    size_t length;
    const char *digits = json_digits(value, &length);

    if (digits != NULL)
        *(*next)++ = arena_strndup(r->arena, digits, length);
    else if (json_to_int64(value, &number))
        *(*next)++ = arena_printf(r->arena, "%" PRId64, number);
    else if (reading_text(r, value, "a sample's id, a string or a whole number", (*next)++) < 0)
        return -1;
    return 0;
}

static int read_sample_ids(struct reading *r, const struct json *value, void *into)
{
    struct plan_task *task = into;
    const char **ids = arena_calloc(r->arena, json_count(value) + 1, sizeof *ids), **next = ids;

    if (reading_some(r, value, JSON_ARRAY, "an array of samples' ids", read_sample_id, &next) < 0)
        return -1;
    if (task->limit.count > 0)
        return reading_fail(r, value, "\"sample_ids\": expected no \"limit\" beside it, found both");
    task->sample_ids = ids;
    task->sample_id_count = (size_t)(next - ids);
    return 0;
}

static const struct reading_key TASK_KEYS[] = {
    { .name = "epochs", .read = read_epochs },
    { .name = "limit", .read = read_limit },
    { .name = "profile", .read = read_profile },
    { .name = "sample_ids", .read = read_sample_ids },      /* after limit */
    { 0 },
};

static int read_task(struct reading *r, const struct json *value, void *into)
{
    bool plain = false;
    struct plan_task *task;

    if (json_kind(value) != JSON_OBJECT && !(json_to_bool(value, &plain) && plain))
        return reading_refuse(r, value, "an object, or true");
    task = plan_add_task(into, json_key(value), reading_place(r, value));
    return plain ? 0 : reading_object(r, value, TASK_KEYS, task);
}

static int read_tasks(struct reading *r, const struct json *value, void *into)
{
    return reading_some(r, value, JSON_OBJECT, "an object of tasks by name", read_task, into);
}

static int read_run_name(struct reading *r, const struct json *value, void *into)
{
    struct plan *plan = into;
    struct model *model;
    const char *name;

    if (reading_text(r, value, "the name of a model in \"models\"", &name) < 0)
        return -1;
    model = plan_find_model(plan, name);
    if (model == NULL)
        return refuse_model(r, plan, value, "\"run\"", name);
    for (size_t i = 0; i < plan->run_count; i++)
        if (plan->run[i] == model)
            return reading_fail(r, value, "\"run\": expected each model once, found \"%.80s\" twice", name);
    plan->run[plan->run_count++] = model;
    return 0;
}

static int read_run(struct reading *r, const struct json *value, void *into)
{
    struct plan *plan = into;

    plan->run = arena_calloc(plan->arena, json_count(value) + 1, sizeof *plan->run);
    return reading_some(r, value, JSON_ARRAY, "an array of models' names", read_run_name, plan);
}

static int read_seed(struct reading *r, const struct json *value, void *into)
{
    struct plan *plan = into;
    int64_t seed;

    if (reading_int(r, value, 0, SEED_MAX, &seed) < 0)
        return -1;
    plan->seed = (uint64_t)seed;
    return 0;
}

static int read_usd(struct reading *r, const struct json *value, void *into)
{
    return read_bound(r, value, USD_MAX, &((struct plan *)into)->usd_max);
}

static int read_hours(struct reading *r, const struct json *value, void *into)
{
    return read_bound(r, value, HOURS_MAX, &((struct plan *)into)->hours_max);
}

static int read_void(struct reading *r, const struct json *value, void *into)
{
    struct plan *plan = into;
    struct err ignored = ERR_INIT;

    if (json_text(value) != NULL && share_parse(json_text(value), &plan->void_max, &ignored) == 0)
        return 0;
    if (!json_to_number(value, &plan->void_max) || plan->void_max < 0 || plan->void_max > 1)
        return reading_refuse(r, value, SHARE_EXPECTED);
    return 0;
}

static const struct reading_key LIMIT_KEYS[] = {
    { .name = "usd", .read = read_usd },
    { .name = "hours", .read = read_hours },
    { .name = "void", .read = read_void },
    { 0 },
};

static int read_limits(struct reading *r, const struct json *value, void *into)
{
    if (json_kind(value) != JSON_OBJECT)
        return reading_refuse(r, value, "an object of \"usd\", \"hours\" and \"void\"");
    return reading_object(r, value, LIMIT_KEYS, into);
}

static int read_name(struct reading *r, const struct json *value, void *into)
{
    return reading_text(r, value, "a name", &((struct plan *)into)->name);
}

/* Editors look for the schema here; to us it says nothing. */
static int read_schema(struct reading *r, const struct json *value, void *into)
{
    const char *ignored;

    (void)into;
    return reading_text(r, value, "a path or URL of the schema", &ignored);
}

static const struct reading_key PLAN_KEYS[] = {
    { .name = "$schema", .read = read_schema },
    { .name = "name", .read = read_name },
    { .name = "models", .read = read_models, .required = true },
    { .name = "roles", .read = read_roles },      /* names models, as does run */
    { .name = "tasks", .read = read_tasks, .required = true },
    { .name = "run", .read = read_run },
    { .name = "seed", .read = read_seed },
    { .name = "limits", .read = read_limits },
    { 0 },
};

static void run_all_models(struct plan *plan)
{
    struct model *model;

    LL_COUNT(plan->models, model, plan->run_count);
    plan->run = arena_calloc(plan->arena, plan->run_count, sizeof *plan->run);
    plan->run_count = 0;
    LL_FOREACH(plan->models, model)
        plan->run[plan->run_count++] = model;
}

static int read_plan(struct reading *r, struct plan *plan)
{
    const struct json *root = json_root(r->doc);

    if (json_kind(root) != JSON_OBJECT)
        return reading_refuse(r, root, "an object with \"models\" and \"tasks\"");
    if (reading_object(r, root, PLAN_KEYS, plan) < 0)
        return -1;
    if (plan->run == NULL)
        run_all_models(plan);
    return 0;
}

struct plan *plan_parse(struct arena *arena, const char *name, const char *folder, const char *text, size_t length,
                        struct err *err)
{
    struct plan *plan = plan_new(arena);
    struct reading r;
    int status;

    if (length > PLAN_SIZE_MAX) {
        err_set_code(err, EXIT_BAD_DATA, "%s: longer than %zu bytes, so it is no plan", name, PLAN_SIZE_MAX);
        return NULL;
    }
    if (reading_open(&r, arena, name, text, length, err) < 0)
        return NULL;
    plan->folder = arena_strdup(arena, folder);
    status = read_plan(&r, plan);
    reading_close(&r);
    return status < 0 ? NULL : plan;
}

struct plan *plan_read(struct arena *arena, const char *path, struct err *err)
{
    struct buf text;
    struct plan *plan = NULL;

    buf_init(&text, PLAN_SIZE_MAX);
    if (file_read(path, &text, err) == 0)
        plan = plan_parse(arena, path, file_folder(arena, path), text.data, text.length, err);
    buf_fini(&text);
    return plan;
}
