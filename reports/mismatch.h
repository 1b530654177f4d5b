/*
 * mismatch: runs that stand under one task's name and were not asked the same. In groups: those of one group were.
 *
 * Of a task either the questions differ (ASKED_DATA, ASKED_SELECTION: at most one mismatch), or, among those of the same
 * questions and profile, the prompts (ASKED_PROMPTS). Runs under two profiles are none: a table tells these by a column.
 * What a plan does not say is taken to be as in the others.
 */
#ifndef VERNIER_REPORTS_MISMATCH_H
#define VERNIER_REPORTS_MISMATCH_H

#include <stddef.h>

#include "reports/asked.h"

struct arena;
struct score_line;
struct scoreboard;

struct mismatch {
    enum asked_difference difference;
    const struct score_line **lines;    /* group after group, within one as on the board */
    size_t *groups;                     /* of each line, from 0 */
    size_t count;
};

/* All of the board, in the arena: tasks as first met. */
struct mismatch *mismatch_find(const struct scoreboard *board, struct arena *arena, size_t *count);

#endif
