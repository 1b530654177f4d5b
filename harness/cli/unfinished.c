#include "harness/cli/unfinished.h"

#include <string.h>

#include "harness/base/json.h"
#include "harness/base/log.h"
#include "reports/asked.h"

static bool is_same_task(const struct json *a, const struct json *b)
{
    const char *name = json_string(a, "name"), *other = json_string(b, "name");

    return name != NULL && other != NULL && strcmp(name, other) == 0;
}

/* In what two plans differ; NULL: in their tasks. */
static const char *find_words(struct arena *arena, const struct json *tasks, const struct json *others)
{
    enum asked_difference difference = ASKED_ALIKE;
    const struct json *a = json_first(tasks), *b = json_first(others);

    for (; a != NULL && b != NULL && is_same_task(a, b); a = json_next(a), b = json_next(b)) {
        struct asked here = asked_read(arena, a), there = asked_read(arena, b);
        if (difference == ASKED_ALIKE)
            difference = asked_compare(&here, &there);
    }
    if (a != NULL || b != NULL)
        return NULL;
    return difference != ASKED_ALIKE ? asked_words(difference) : "what the model is set to, the epochs or the seed differ";
}

/* NULL: the tasks are others, or a plan cannot be read. */
static const char *compare(struct arena *arena, const struct run_row *run, const struct run_row *other)
{
    struct err ignored = ERR_INIT;
    struct json_doc *plan = json_parse(run->plan, strlen(run->plan), &ignored);
    struct json_doc *plan_of_other = json_parse(other->plan, strlen(other->plan), &ignored);
    const char *words = NULL;

    if (plan != NULL && plan_of_other != NULL)
        words = find_words(arena, json_get(json_root(plan), "tasks"), json_get(json_root(plan_of_other), "tasks"));
    json_free(plan_of_other);
    json_free(plan);
    return words;
}

int unfinished_tell(struct store *store, struct arena *arena, const struct run_row *run, struct err *err)
{
    struct run_row *runs;
    size_t count;

    if (store_list_runs(store, arena, &runs, &count, err) < 0)
        return -1;
    while (count-- > 0) {
        const char *words = NULL;

        if (runs[count].id != run->id && strcmp(runs[count].model, run->model) == 0)
            words = compare(arena, run, &runs[count]);
        if (words == NULL)
            continue;
        if (strcmp(runs[count].state, "complete") != 0)
            log_info("run %s of the same tasks stays unfinished: %s", runs[count].name, words);
        return 0;
    }
    return 0;
}
