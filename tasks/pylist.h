/*
 * pylist: a list of texts as Python writes it, ['$6', "artist's blue"], which is what some data sets keep in a column.
 *
 * Items stand in single or double quotes, with \\ \' \" \n \r \t \xHH \uHHHH \UHHHHHHHH; another character after a
 * backslash keeps it. What stands without quotes (a number, <image 1>) is taken as it is written, up to a comma or the
 * bracket. JSON's lists of strings are such lists too, but for "\/" and surrogates.
 */
#ifndef VERNIER_TASKS_PYLIST_H
#define VERNIER_TASKS_PYLIST_H

#include <stddef.h>

#include "harness/base/err.h"

struct arena;

#define PYLIST_ITEMS_MAX 1000

/* The items, in the arena. -1 with err set ("character 12: expected ..."). */
int pylist_parse(struct arena *arena, const char *text, const char ***items, size_t *count, struct err *err);

#endif
