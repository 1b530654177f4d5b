#include "harness/engine/task.h"

#include <string.h>

/* "simple-evals" and "simple_evals" are one name. */
static bool same_name(const char *a, const char *b)
{
    for (; *a != '\0' && *b != '\0'; a++, b++)
        if (*a != *b && !((*a == '-' || *a == '_') && (*b == '-' || *b == '_')))
            return false;
    return *a == *b;
}

const struct flow *task_flow(const struct task *task, const struct profile *profile)
{
    return profile != NULL && profile->flow != NULL ? profile->flow : task->flow;
}

const struct profile *task_find_profile(const struct task *task, const char *name)
{
    if (name == NULL)
        return task->profiles;
    for (size_t i = 0; i < task->profile_count; i++)
        if (same_name(task->profiles[i].name, name))
            return &task->profiles[i];
    return NULL;
}
