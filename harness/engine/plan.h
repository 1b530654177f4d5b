/*
 * plan: what is to be run, as written down: models, tasks, limits. Parsed from a plan file or built from the command
 * line; every name still a word (the command line knows the tables). Lives in its arena.
 *
 * Every error has file, line and what was expected; an unknown key names the nearest known one (EXIT_BAD_DATA).
 */
#ifndef VERNIER_ENGINE_PLAN_H
#define VERNIER_ENGINE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"
#include "harness/engine/model.h"

struct arena;

/* "all", "100" (seeded, stratified, nested) or "first:100". */
struct limit {
    size_t count;                   /* 0: all */
    bool first;                     /* the first ones in file order */
};

struct plan_task {
    struct plan_task *next;
    const char *name;               /* a task, or a path to a task file */
    const char *where;              /* "plan.json line 9", "--task" */
    const char *profile;            /* NULL: the task's default */
    int epochs;                     /* 0: the task's default */
    struct limit limit;
    const char *const *sample_ids;  /* only these, a set: one may stand there twice; NULL: by limit */
    size_t sample_id_count;
};

struct plan_role {
    struct plan_role *next;
    const char *role;
    const char *model;              /* a name from models */
    const char *where;
};

struct plan {
    struct arena *arena;
    const char *name;               /* NULL: none */
    const char *folder;             /* relative paths start here */
    struct model *models;           /* a plan's as written there: options are set on copies, in run */
    struct plan_role *roles;
    struct plan_task *tasks;
    struct model **run;             /* those to run, in order; on a command line several may share a name */
    size_t run_count;
    uint64_t seed;
    double usd_max, hours_max;      /* 0: none */
    double void_max;                /* share of episodes, 0.01 by default */
};

/* An empty one: folder ".", void_max 0.01. It lives in arena, and so does all that is added. */
struct plan *plan_new(struct arena *arena);

/* A plan is written by hand; more than this is some other file. */
#define PLAN_SIZE_MAX ((size_t)256 << 10)

/*
 * Parses text; name stands for it in errors, folder is where its relative paths start. The text may go afterwards. Keys
 * are looked at table by table, unknown ones first: of several errors the one told is not always the first in the file.
 * NULL with err set.
 */
struct plan *plan_parse(struct arena *arena, const char *name, const char *folder, const char *text, size_t length,
                        struct err *err);

/* The same from a file. */
struct plan *plan_read(struct arena *arena, const char *path, struct err *err);

struct model *plan_find_model(const struct plan *plan, const char *name);

/* The model in the role "judge"; of several the last word counts, as an option's comes last. NULL: none. */
const struct model *plan_judge(const struct plan *plan);

/* Appended; the words of a task are copied, a model is kept as it is. */
struct plan_task *plan_add_task(struct plan *plan, const char *name, const char *where);
void plan_add_model(struct plan *plan, struct model *model);
void plan_add_role(struct plan *plan, const char *role, const char *model, const char *where);

#define LIMIT_COUNT_MAX 1000000000
#define LIMIT_EXPECTED "\"all\", a whole number from 1, or \"first:N\""
#define SHARE_EXPECTED "a share such as \"1%%\" or 0.01"      /* part of a format */

/* "100", "first:100", "all". -1 with err set (EXIT_USAGE). */
int limit_parse(const char *text, struct limit *out, struct err *err);

/* "1%", "0.01". -1 with err set (EXIT_USAGE). */
int share_parse(const char *text, double *out, struct err *err);

#endif
