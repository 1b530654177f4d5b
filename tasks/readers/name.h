/* name: names of plugins, as people type them: '-' and '_' are alike. */
#ifndef VERNIER_READERS_NAME_H
#define VERNIER_READERS_NAME_H

#include <stdbool.h>

static inline bool name_is(const char *typed, const char *name)
{
    for (; *typed != '\0' && *name != '\0'; typed++, name++)
        if (*typed != *name && !(*typed == '-' && *name == '_') && !(*typed == '_' && *name == '-'))
            return false;
    return *typed == *name;
}

#endif
