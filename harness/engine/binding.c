#include "harness/engine/binding.h"

#include <string.h>

#include "harness/engine/runner.h"

size_t binding_find(const struct binding *bindings, size_t count, const struct ask *ask)
{
    size_t i = 0;

    while (i < count && (bindings[i].kind != ask->kind || strcmp(bindings[i].role, ask->role) != 0))
        i++;
    return i;
}

size_t binding_list_fds(const struct binding *bindings, size_t count, int *fds)
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++) {
        int fd = runner_type(bindings[i].runner)->fd(bindings[i].runner);
        if (fd >= 0)
            fds[found++] = fd;
    }
    return found;
}

void binding_rest_all(const struct binding *bindings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (runner_type(bindings[i].runner)->rest != NULL)
            runner_type(bindings[i].runner)->rest(bindings[i].runner);
}

void binding_hurry_all(const struct binding *bindings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (runner_type(bindings[i].runner)->hurry != NULL)
            runner_type(bindings[i].runner)->hurry(bindings[i].runner);
}

void binding_drop_all(const struct binding *bindings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        runner_type(bindings[i].runner)->drop(bindings[i].runner);
}
