#include "harness/cli/wanted.h"

#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/descriptors.h"
#include "harness/base/file.h"
#include "harness/base/http.h"
#include "harness/base/opt.h"
#include "harness/cli/resolve.h"
#include "harness/engine/runner.h"
#include "harness/engine/word.h"
#include "results/store.h"
#include "runners/runners.h"

#define PROVIDERS_MAX 32
#define CONNECTIONS_DEFAULT 16
#define CONNECTIONS_MAX 4000

/* Files, pipes and sockets open beside the connections: the store, the data, programs that grade. */
#define DESCRIPTORS_BESIDE ((size_t)64)

/* Two options for one setting: nobody knows which was meant. Of a plan's own setting an option is the later word. */
static int check_once(const struct model *model, struct err *err)
{
    for (const struct setting *one = model->settings; one != NULL; one = one->next)
        for (const struct setting *other = one->next; other != NULL; other = other->next)
            if (one->where[0] == '-' && other->where[0] == '-' && strcmp(one->key, other->key) == 0)
                return err_set_code(err, EXIT_USAGE, "model %s: %s and %s both set %s", model->name, one->where,
                                    other->where, one->key);
    return 0;
}

static bool takes(const struct model *model, const char *key)
{
    const struct runner_type *type = runners_find(model->provider);

    for (const struct setting_spec *spec = type != NULL ? type->settings : NULL; spec != NULL && spec->key != NULL; spec++)
        if (strcmp(spec->key, key) == 0)
            return true;
    return false;
}

/* An option goes to those of the models to be run that take its setting, as replies from a file do not; where none does, to
 * each, so that checking them says so. */
static bool goes_to(const struct plan *plan, const struct model *model, const char *key)
{
    for (size_t i = 0; i < plan->run_count; i++)
        if (takes(plan->run[i], key))
            return takes(model, key);
    return true;
}

static int set_from_options(const struct opt *opt, const struct plan *plan, struct model *model, struct err *err)
{
    struct arena *arena = plan->arena;
    static const char *const SAME[][2] = { { "base-url", "base_url" }, { "temperature", "temperature" },
                                           { "top-p", "top_p" }, { "max-tokens", "max_tokens" },
                                           { "reasoning", "reasoning" } };

    for (size_t i = 0; i < sizeof SAME / sizeof SAME[0]; i++)
        if (opt_has(opt, SAME[i][0]) && goes_to(plan, model, SAME[i][1]))
            model_set(arena, model, SAME[i][1], opt_value(opt, SAME[i][0]), arena_printf(arena, "--%s", SAME[i][0]));
    for (size_t i = 0; i < opt_count(opt, "model-setting"); i++) {
        const char *pair = opt_nth(opt, "model-setting", i), *sign = strchr(pair, '=');
        if (sign == NULL || sign == pair)
            return err_set_code(err, EXIT_USAGE, "-M %s: expected KEY=VALUE", pair);
        model_set(arena, model, arena_strndup(arena, pair, (size_t)(sign - pair)), sign + 1, "-M");
    }
    return check_once(model, err);
}

/* A judge that is the model itself is opened a second time, with settings of its own. */
static int add_judge(const struct opt *opt, struct plan *plan, struct err *err)
{
    const char *spec = opt_value(opt, "judge");
    struct model *model;

    if (spec == NULL)
        return 0;
    model = plan_find_model(plan, spec);
    if (model == NULL) {
        model = arena_alloc(plan->arena, sizeof *model);
        if (model_parse(plan->arena, spec, "--judge", model, err) < 0)
            return -1;
        model->name = arena_printf(plan->arena, "judge %s", model->name);
        plan_add_model(plan, model);
    }
    plan_add_role(plan, "judge", model->name, "--judge");
    return 0;
}

/* The option that says at which server the models of that provider are asked; NULL: none does. */
static const char *find_server_option(const struct plan *plan, const char *provider)
{
    for (size_t i = 0; i < plan->run_count; i++)
        for (const struct setting *one = plan->run[i]->settings; one != NULL; one = one->next)
            if (strcmp(plan->run[i]->provider, provider) == 0 && strcmp(one->key, "base_url") == 0 &&
                (strcmp(one->where, "--base-url") == 0 || strcmp(one->where, "-M") == 0))
                return one->where[1] == 'M' ? "-M base_url" : one->where;
    return NULL;
}

static bool is_run(const struct plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->run_count; i++)
        if (strcmp(plan->run[i]->name, name) == 0)
            return true;
    return false;
}

/* A judge that names no server is asked at its provider's own. Beside --base-url, which is for the models to be run, that
 * may not be meant, and it would be told what they are asked. Another model of a plan is another matter. */
static int check_judges_server(const struct plan *plan, struct err *err)
{
    const struct model *judge = plan_judge(plan);
    bool is_option = judge != NULL && strcmp(judge->where, "--judge") == 0;
    bool is_silent = judge != NULL && !model_has(judge, "base_url") && (is_option || is_run(plan, judge->name));
    const char *option = is_silent ? find_server_option(plan, judge->provider) : NULL;

    if (option == NULL)
        return 0;
    if (!is_option)
        return err_set_code(err, EXIT_USAGE, "%s: \"%.80s\" judges too: at which server? %s is for the model alone; give "
                            "\"%.80s\" a \"base_url\" in the plan, be it the same one or the provider's own", judge->where,
                            judge->name, option, judge->name);
    return err_set_code(err, EXIT_USAGE, "--judge %s/%s: at which server? %s is for the model alone; say "
                        "--judge %s/%s,base_url=URL, be it the same one or the provider's own", judge->provider,
                        judge->id, option, judge->provider, judge->id);
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
        if (model == NULL || model->where[0] == '-') {      /* one of the command line has settings of its own */
            model = arena_alloc(plan->arena, sizeof *model);
            if (model_parse(plan->arena, spec, "--model", model, err) < 0)
                return -1;
            plan_add_model(plan, model);
        }
        plan->run[plan->run_count++] = model;
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

/* Of every task. What it hides of a plan it hides whole: a limit the plan's sample ids too. */
static int set_task(struct plan *plan, const char *key, const char *value, const char *where, struct err *err)
{
    for (struct plan_task *task = plan->tasks; task != NULL; task = task->next) {
        int64_t epochs;
        if (strcmp(key, "profile") == 0) {
            task->profile = value;
            task->where = where;
        } else if (strcmp(key, "limit") == 0) {
            if (limit_parse(value, &task->limit, err) < 0)
                return err_prefix(err, "%s: ", where);
            task->sample_id_count = 0;
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

static void set_sample_ids(const struct opt *opt, struct plan *plan)
{
    size_t count = opt_count(opt, "sample-id");
    const char **ids = arena_calloc(plan->arena, count, sizeof ids[0]);

    for (size_t i = 0; i < count; i++)
        ids[i] = opt_nth(opt, "sample-id", i);
    for (struct plan_task *task = plan->tasks; task != NULL; task = task->next) {
        task->sample_ids = ids;
        task->sample_id_count = count;
        task->where = "--sample-id";
    }
}

/* Whether the key of the n-th -T, its first bytes with the sign, stands in a later -T or is an option of its own too. */
static bool is_set_again(const struct opt *opt, size_t n, size_t length)
{
    static const char *const KEYS[] = { "epochs", "limit", "profile" };
    const char *pair = opt_nth(opt, "task-setting", n);

    for (size_t i = n + 1; i < opt_count(opt, "task-setting"); i++)
        if (strncmp(opt_nth(opt, "task-setting", i), pair, length) == 0)
            return true;
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++)
        if (strlen(KEYS[i]) + 1 == length && strncmp(KEYS[i], pair, length - 1) == 0 && opt_has(opt, KEYS[i]))
            return true;
    return false;
}

static int set_tasks(const struct opt *opt, struct plan *plan, struct err *err)
{
    static const char *const KEYS[] = { "epochs", "limit", "profile" };

    if (opt_has(opt, "limit") && opt_has(opt, "sample-id"))
        return err_set_code(err, EXIT_USAGE, "--limit and --sample-id: expected one of them, found both");
    for (size_t i = 0; i < opt_count(opt, "task-setting"); i++) {
        const char *pair = opt_nth(opt, "task-setting", i), *sign = strchr(pair, '=');
        if (sign == NULL)
            return err_set_code(err, EXIT_USAGE, "-T %s: expected KEY=VALUE", pair);
        if (is_set_again(opt, i, (size_t)(sign - pair) + 1))
            return err_set_code(err, EXIT_USAGE, "-T %s: set by another option too", pair);
        if (set_task(plan, arena_strndup(plan->arena, pair, (size_t)(sign - pair)), sign + 1, "-T", err) < 0)
            return -1;
    }
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++)
        if (opt_has(opt, KEYS[i]) &&
            set_task(plan, KEYS[i], opt_value(opt, KEYS[i]), arena_printf(plan->arena, "--%s", KEYS[i]), err) < 0)
            return -1;
    if (opt_has(opt, "sample-id"))
        set_sample_ids(opt, plan);
    return 0;
}

static int set_limits(const struct opt *opt, struct plan *plan, struct err *err)
{
    int64_t seed = (int64_t)plan->seed;

    if (opt_int(opt, "seed", 0, ((int64_t)1 << 53) - 1, &seed, err) < 0 ||
        opt_number(opt, "max-hours", 0.0001, 10000, &plan->hours_max, err) < 0 ||
        opt_number(opt, "max-usd", 0.000001, 1e9, &plan->usd_max, err) < 0)
        return -1;
    plan->seed = (uint64_t)seed;
    if (opt_has(opt, "max-void") && share_parse(opt_value(opt, "max-void"), &plan->void_max, err) < 0)
        return err_prefix(err, "--max-void: ");
    return 0;
}

static int check_wanted(const struct plan *plan, struct err *err)
{
    if (plan->tasks == NULL)
        return err_set_code(err, EXIT_USAGE, "no task: give --task NAME (`vernier list tasks` shows all) or a plan");
    return 0;
}

static int refuse_provider(const struct model *model, const char *path, struct err *err)
{
    const char *names[PROVIDERS_MAX + 1] = { 0 };
    struct buf nearest;
    size_t count = 0;

    for (size_t i = 0; runner_types[i] != NULL && count < PROVIDERS_MAX; i++)
        if (runner_types[i]->serves == ASK_MODEL)
            names[count++] = runner_types[i]->name;
    buf_init(&nearest, 0);
    word_add_nearest(&nearest, model->provider, names);
    err_set_code(err, EXIT_BAD_DATA, "%s: model \"%.80s\": no provider \"%.80s\"%s", path, model->name, model->provider,
                 nearest.data);
    buf_fini(&nearest);
    return -1;
}

/* All of a plan's models are checked, also those that no run or role asks today. Paths start at the plan's folder. */
static int check_models(const struct plan *plan, const char *path, struct err *err)
{
    for (struct model *model = plan->models; model != NULL; model = model->next) {
        const struct runner_type *type = runners_find(model->provider);
        if (type == NULL || type->serves != ASK_MODEL)
            return refuse_provider(model, path, err);
        if (model_check(model, type->settings, err) < 0)
            return -1;
        if (type->is_file != NULL && type->is_file(model->id))
            model->id = file_join(plan->arena, plan->folder, model->id);
    }
    return 0;
}

static struct plan *read_plan(struct arena *arena, const char *path, struct err *err)
{
    struct plan *plan = plan_read(arena, path, err);

    return plan == NULL || check_models(plan, path, err) < 0 ? NULL : plan;
}

/* A model named twice is one model, and runs twice. */
static bool runs_before(const struct plan *plan, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (plan->run[i] == plan->run[n])
            return true;
    return false;
}

/* Options are for what is run: the plan keeps its models as they were written, for who judges may be one of them. */
static int set_runs(const struct opt *opt, struct plan *plan, struct err *err)
{
    for (size_t i = 0; i < plan->run_count; i++) {
        const struct model *written = plan->run[i];
        if (runs_before(plan, i))
            continue;
        struct model *model = model_copy(plan->arena, written);
        for (size_t j = i; j < plan->run_count; j++)
            if (plan->run[j] == written)
                plan->run[j] = model;
        if (set_from_options(opt, plan, model, err) < 0)
            return -1;
    }
    return 0;
}

int wanted_models(const struct opt *opt, struct arena *arena, struct plan **out, struct err *err)
{
    const char *path = opt_operand(opt, 0);

    if (opt_operand_count(opt) > 1)
        return err_set_code(err, EXIT_USAGE, "one plan at a time; found \"%s\" after \"%s\"", opt_operand(opt, 1), path);
    *out = path != NULL ? read_plan(arena, path, err) : plan_new(arena);
    if (*out == NULL || add_judge(opt, *out, err) < 0 || add_models(opt, *out, err) < 0)
        return -1;
    add_tasks(opt, *out);
    if (set_tasks(opt, *out, err) < 0 || set_limits(opt, *out, err) < 0)
        return -1;
    if (set_runs(opt, *out, err) < 0 || check_judges_server(*out, err) < 0)
        return -1;
    if ((*out)->run_count == 0)
        return err_set_code(err, EXIT_USAGE, "no model: give --model provider/name or a plan (`vernier init` writes one)");
    return 0;
}

int wanted_plan(const struct opt *opt, struct arena *arena, struct plan **out, struct err *err)
{
    return wanted_models(opt, arena, out, err) < 0 ? -1 : check_wanted(*out, err);
}

int wanted_connections(const struct opt *opt, size_t *out, struct err *err)
{
    int64_t connections = CONNECTIONS_DEFAULT;
    size_t needed;

    if (opt_int(opt, "max-connections", 1, CONNECTIONS_MAX, &connections, err) < 0)
        return -1;
    needed = http_descriptors((size_t)connections) + DESCRIPTORS_BESIDE;
    if (needed > descriptors_max())
        return err_set_code(err, EXIT_USAGE, "--max-connections %d wants %zu open files, and a process may have %zu here "
                            "(ulimit -Hn)", (int)connections, needed, descriptors_max());
    *out = (size_t)connections;
    return 0;
}

/* A record keeps no user name and no password: where an address had them it must be given again. */
static int check_password(const struct places *places, const struct run_row *run, const struct model *model,
                          const char *recorded, struct err *err)
{
    if (places->without_password == NULL || model_text(model, places->without_password, NULL) != recorded)
        return 0;
    return err_set_code(err, EXIT_USAGE, "run %s: its %s held a user name or password, which no record keeps; give it "
                        "again (--base-url URL, or -M %s=URL)", run->name, places->without_password,
                        places->without_password);
}

static int apply_options(const struct opt *opt, const struct run_row *run, const struct places *places,
                         struct plan *plan, struct err *err)
{
    struct model *model = plan->run[0];
    const char *recorded = places->without_password != NULL ? model_text(model, places->without_password, NULL) : NULL;

    if (set_tasks(opt, plan, err) < 0 || set_limits(opt, plan, err) < 0 ||
        set_from_options(opt, plan, model, err) < 0 || add_judge(opt, plan, err) < 0 ||
        check_judges_server(plan, err) < 0)
        return -1;
    return check_password(places, run, model, recorded, err);
}

int wanted_recall(const struct opt *opt, struct arena *arena, const struct run_row *run, struct plan **out,
                  struct places *places, struct err *err)
{
    bool from_record = opt_operand_count(opt) == 0 && !opt_has(opt, "model") && !opt_has(opt, "task") &&
                       !opt_has(opt, "tasks");
    struct places given = *places;

    if (!from_record && wanted_plan(opt, arena, out, err) < 0)
        return -1;
    if (!from_record && (*out)->run_count > 1)
        return err_set_code(err, EXIT_USAGE, "--resume goes on with one run, and so with one model; found %zu",
                            (*out)->run_count);
    if (!from_record)
        return 0;
    if (resolve_recorded(run, arena, out, places, err) < 0 || apply_options(opt, run, places, *out, err) < 0)
        return -1;
    if (given.folder != NULL || given.file_count > 0)
        *places = given;
    return 0;
}
