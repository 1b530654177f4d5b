/*
 * info: what a commit of a data set's repository holds, as the hub tells it: {"sha": COMMIT, "siblings": [{"rfilename":
 * PATH}, ...]}, and more that is not read.
 */
#ifndef VERNIER_TASKS_HUB_INFO_H
#define VERNIER_TASKS_HUB_INFO_H

#include <stddef.h>

#include "harness/base/err.h"

struct arena;
struct hub;

struct info {
    const char *commit;
    const char **paths;             /* in the order of strcmp; those that are no path are left out */
    size_t path_count;
};

/* -1 with err set (EXIT_UNAVAILABLE): no JSON, no commit in it. All of it lives in arena. */
int info_parse(struct arena *arena, const char *text, size_t length, struct info *out, struct err *err);

/* Asks the hub; revision "main" is the newest. */
int info_get(struct hub *hub, const char *id, const char *revision, struct info *out, struct err *err);

/* The paths that pattern names, where "*" stands for any run of letters but "/". NULL-terminated, in the arena; NULL
 * with err set (EXIT_BAD_DATA): there is none. */
const char *const *info_match(const struct info *info, struct arena *arena, const char *pattern, struct err *err);

#endif
