/*
 * supply: where a task finds a set of which the user gave no file: in the cache, else at its source, from where it is
 * then fetched. A set in the cache is used without a look at the network.
 */
#ifndef VERNIER_TASKS_HUB_SUPPLY_H
#define VERNIER_TASKS_HUB_SUPPLY_H

#include "harness/base/err.h"

struct arena;
struct hub_progress;
struct provenance;

/* Who is told meanwhile; each may be NULL. */
struct supply {
    int (*show)(const struct hub_progress *progress);       /* a result other than 0 stops it */
    void (*shown)(void);                                    /* it is over, well or not */
    void (*waits)(const char *task);                        /* for another process that fetches the same */
};

/* The path of the rows, in arena. NULL with err set: the cache is damaged, or it cannot be fetched (see fetch.h). */
const char *supply_find(const struct supply *supply, struct arena *arena, const char *task,
                        const struct provenance *source,
                        struct err *err);

#endif
