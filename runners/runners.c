#include "runners/runners.h"

#include <string.h>

#include "harness/base/buf.h"
#include "harness/base/text.h"

/* Adding a runner is its file and one line here. */
const struct runner_type *const runner_types[] = {
    &runner_anthropic,
    &runner_grade,
    &runner_openai,
    &runner_oracle,
    &runner_predictions,
    &runner_replay,
    NULL,
};

#define TYPES_MAX (sizeof runner_types / sizeof runner_types[0])

const struct runner_type *runners_find(const char *name)
{
    for (size_t i = 0; runner_types[i] != NULL; i++)
        if (strcmp(runner_types[i]->name, name) == 0)
            return runner_types[i];
    return NULL;
}

static void refuse_provider(const struct model *model, struct err *err)
{
    const char *names[TYPES_MAX], *nearest;
    size_t count = 0;
    struct buf all;

    buf_init(&all, 0);
    for (size_t i = 0; runner_types[i] != NULL; i++)
        if (runner_types[i]->serves == ASK_MODEL) {
            buf_addf(&all, "%s%s", count > 0 ? ", " : "", runner_types[i]->name);
            names[count++] = runner_types[i]->name;
        }
    names[count] = NULL;
    nearest = text_nearest(model->provider, names);
    err_set_code(err, model_code(model->where), "%s: unknown provider \"%.80s\"%s%s%s; there are %s", model->where,
                 model->provider, nearest != NULL ? "; did you mean \"" : "", nearest != NULL ? nearest : "",
                 nearest != NULL ? "\"?" : "", all.data);
    buf_fini(&all);
}

struct runner *runners_open(const struct model *model, const struct runner_means *means, struct err *err)
{
    const struct runner_type *type = runners_find(model->provider);

    if (type == NULL || type->serves != ASK_MODEL) {
        refuse_provider(model, err);
        return NULL;
    }
    if (model_check(model, type->settings, err) < 0)
        return NULL;
    return type->open(model, means, err);
}
