#include "harness/engine/plan.h"

#include <string.h>
#include <utlist.h>

#include "harness/base/arena.h"
#include "harness/engine/word.h"

#define FIRST "first:"

struct plan *plan_new(struct arena *arena)
{
    struct plan *plan = arena_alloc(arena, sizeof *plan);

    plan->arena = arena;
    plan->folder = ".";
    plan->void_max = 0.01;
    return plan;
}

struct model *plan_find_model(const struct plan *plan, const char *name)
{
    struct model *model;

    LL_FOREACH(plan->models, model)
        if (strcmp(model->name, name) == 0)
            return model;
    return NULL;
}

struct plan_task *plan_add_task(struct plan *plan, const char *name, const char *where)
{
    struct plan_task *task = arena_alloc(plan->arena, sizeof *task);

    task->name = arena_strdup(plan->arena, name);
    task->where = arena_strdup(plan->arena, where);
    LL_APPEND(plan->tasks, task);
    return task;
}

void plan_add_model(struct plan *plan, struct model *model)
{
    LL_APPEND(plan->models, model);
}

void plan_add_role(struct plan *plan, const char *role, const char *model, const char *where)
{
    struct plan_role *added = arena_alloc(plan->arena, sizeof *added);

    added->role = arena_strdup(plan->arena, role);
    added->model = arena_strdup(plan->arena, model);
    added->where = arena_strdup(plan->arena, where);
    LL_APPEND(plan->roles, added);
}

const struct model *plan_judge(const struct plan *plan)
{
    const struct model *judge = NULL;
    const struct plan_role *role;

    LL_FOREACH(plan->roles, role)
        if (strcmp(role->role, "judge") == 0)
            judge = plan_find_model(plan, role->model);
    return judge;
}

int limit_parse(const char *text, struct limit *out, struct err *err)
{
    bool first = strncmp(text, FIRST, strlen(FIRST)) == 0;
    int64_t count;

    if (strcmp(text, "all") == 0) {
        *out = (struct limit){ 0 };
        return 0;
    }
    if (!word_to_int(first ? text + strlen(FIRST) : text, &count) || count < 1 || count > LIMIT_COUNT_MAX)
        return err_set_code(err, EXIT_USAGE, "expected " LIMIT_EXPECTED ", found \"%.80s\"", text);
    *out = (struct limit){ .count = (size_t)count, .first = first };
    return 0;
}

int share_parse(const char *text, double *out, struct err *err)
{
    size_t length = strlen(text);
    bool percent = length > 0 && text[length - 1] == '%';
    char digits[32];      /* a share takes a few; what does not fit is none */
    double value;

    if (percent)
        length--;
    if (length < sizeof digits) {
        memcpy(digits, text, length);
        digits[length] = '\0';
        if (word_to_number(digits, &value) && value >= 0 && value <= (percent ? 100 : 1)) {
            *out = percent ? value / 100 : value;
            return 0;
        }
    }
    return err_set_code(err, EXIT_USAGE, "expected " SHARE_EXPECTED ", found \"%.80s\"", text);
}
