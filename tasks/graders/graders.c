#include "tasks/graders/graders.h"

#include <stddef.h>

#include "tasks/readers/name.h"

const struct grader *const graders[] = {
    &grader_choice,
    &grader_choice_or_open,
    &grader_integer,
    &grader_maths,
    NULL,
};

const struct grader *graders_find(const char *name)
{
    for (size_t i = 0; graders[i] != NULL; i++)
        if (name_is(name, graders[i]->name))
            return graders[i];
    return NULL;
}
