/*
 * choice_mmmu: how MMMU's authors find a choice in a reply, for every reader that falls back on it.
 */
#ifndef VERNIER_READERS_CHOICE_MMMU_H
#define VERNIER_READERS_CHOICE_MMMU_H

#include "tasks/readers/span.h"

struct arena;
struct grading;

/* The label found in said, '\0' where they would draw at random. */
char choice_mmmu_find(const struct grading *grading, struct span said, struct arena *arena);

#endif
