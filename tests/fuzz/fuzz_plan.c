/* fuzz_plan: any bytes as a plan, and as a model's spec. What is accepted must hold what plan.h and model.h promise. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/engine/model.h"
#include "harness/engine/plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse_plan(struct arena *arena, const char *text, size_t length)
{
    struct err err = ERR_INIT;
    struct plan *plan = plan_parse(arena, "plan.json", ".", text, length, &err);

    if (plan == NULL) {
        assert(err.code == EXIT_BAD_DATA && strncmp(err.text, "plan.json", 9) == 0);
        return;
    }
    assert(plan->models != NULL && plan->tasks != NULL && plan->run_count > 0);
    assert(plan->void_max >= 0 && plan->void_max <= 1 && plan->usd_max >= 0 && plan->hours_max >= 0);
    for (size_t i = 0; i < plan->run_count; i++)
        assert(plan_find_model(plan, plan->run[i]->name) == plan->run[i]);
    for (const struct plan_role *role = plan->roles; role != NULL; role = role->next)
        assert(plan_find_model(plan, role->model) != NULL);
}

static void parse_model(struct arena *arena, const char *text, size_t length)
{
    static const struct setting_spec SPECS[] = {
        { .key = "like", .kind = SETTING_TEXT },
        { .key = "temperature", .kind = SETTING_NUMBER, .max = 2 },
        { .key = "top_k", .kind = SETTING_INT },
        { .key = "stream", .kind = SETTING_BOOL },
        { 0 },
    };
    struct err err = ERR_INIT;
    struct model model;

    if (model_parse(arena, arena_strndup(arena, text, length), "--model", &model, &err) < 0) {
        assert(err.code == EXIT_USAGE);
        return;
    }
    assert(*model.provider != '\0' && *model.id != '\0' && strchr(model.provider, '/') == NULL);
    if (model_check(&model, SPECS, &err) < 0)
        return;
    assert(model_number(&model, "temperature", 0) >= 0);
    model_int(&model, "top_k", 0);
    model_bool(&model, "stream", false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();

    parse_plan(arena, (const char *)data, size);
    parse_model(arena, (const char *)data, size);
    arena_free(arena);
    return 0;
}
