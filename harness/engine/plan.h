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
    const char *const *sample_ids;  /* only these; NULL: by limit */
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
    struct model *models;
    struct plan_role *roles;
    struct plan_task *tasks;
    const char **run;               /* names of the models to run, in order */
    size_t run_count;
    uint64_t seed;
    double usd_max, hours_max;      /* 0: none */
    double void_max;                /* share of episodes, 0.01 by default */
};

struct plan *plan_new(struct arena *arena);

/* Parses text; name stands for it in errors, folder is where its relative paths start. NULL with err set. */
struct plan *plan_parse(struct arena *arena, const char *name, const char *folder, const char *text, size_t length,
                        struct err *err);

/* The same from a file. */
struct plan *plan_read(struct arena *arena, const char *path, struct err *err);

struct model *plan_find_model(const struct plan *plan, const char *name);
struct plan_task *plan_add_task(struct plan *plan, const char *name, const char *where);
void plan_add_model(struct plan *plan, struct model *model);

/* "100", "first:100", "all". -1 with err set. */
int limit_parse(const char *text, struct limit *out, struct err *err);

/* "1%", "0.01". -1 with err set. */
int share_parse(const char *text, double *out, struct err *err);

#endif
