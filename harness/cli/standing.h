/*
 * standing: how a task of a running run stands so far: the report's number, over the questions heard so far, each with
 * the mean of its epochs so far. Once a run is complete it is the report's number.
 *
 * Until then it may lean: short replies come first, and who answers shortly may be right more often.
 */
#ifndef VERNIER_CLI_STANDING_H
#define VERNIER_CLI_STANDING_H

#include <stddef.h>

#include "reports/stats/interval.h"

struct ledger;

struct standing {
    const char *task;               /* the task's own */
    size_t questions, heard;        /* samples chosen; those with a scored epoch */
    struct estimate estimate;       /* mean NAN when none is heard */
};

/* Of the ledger's w-th task, at 95 %. Walks all its samples. */
struct standing standing_read(const struct ledger *ledger, size_t w);

#endif
