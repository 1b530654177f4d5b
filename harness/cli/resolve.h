/*
 * resolve: from words to things. A plan names tasks, profiles and samples; resolved, they are found, loaded and chosen,
 * and written down so that the same plan has the same fingerprint.
 */
#ifndef VERNIER_CLI_RESOLVE_H
#define VERNIER_CLI_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"
#include "harness/cli/rehearsal.h"
#include "harness/engine/ledger.h"
#include "harness/engine/plan.h"
#include "harness/engine/sample.h"
#include "harness/engine/task.h"

struct arena;
struct buf;
struct opt;
struct run_row;
struct runner;

/* Where data lies, as given by --data: a folder, and files of single tasks. */
struct places {
    const char *folder;                            /* NULL: none */
    const char **tasks, **files;                   /* of each pair */
    size_t file_count;
    bool are_of_group;                             /* the plan resolved is one task of several that they are for */
    const char *without_password;                  /* of a record: the setting that had one; NULL: none had */
};

struct resolved_task {
    const struct plan_task *wanted;
    struct dataset dataset;
    struct work work;                              /* task, profile, samples chosen, epochs */
    struct rehearsal rehearsal;                    /* zeroed until resolved_rehearse */
};

struct resolved {
    struct arena *arena;
    struct resolved_task *tasks;                   /* in the order of the plan, each task once */
    size_t count;
    struct work *works;                            /* the same, as a ledger wants them */
    uint64_t seed;
    const struct model *judge;                     /* in the role "judge", where a task asks one; NULL: none is bound */
};

/* A model as it is asked in the role "judge": at temperature 0 unless it says how it samples. */
const struct model *resolve_judge(struct arena *arena, const struct model *model);

/* The plan's, whether a task asks it or not; NULL: it names none. */
const struct model *resolve_plan_judge(struct arena *arena, const struct plan *plan);

/* Whether a model judges any of its tasks. */
bool resolved_asks_judge(const struct resolved *resolved);

/* One is bound where a task asks it; and one that was named in the command, not only in a plan, is meant for these tasks,
 * so one of them asks it. -1 with err set: EXIT_USAGE. */
int resolved_check_judge(const struct resolved *resolved, bool is_named, struct err *err);

/* Reads every --data of opt: "DIR" or "TASK=FILE". -1 with err set. */
int places_read(const struct opt *opt, struct arena *arena, struct places *out, struct err *err);

/* Finds and loads everything the plan names. Frees with resolved_free. -1 with err set. */
int resolve_plan(const struct plan *plan, const struct places *places, struct resolved *out, struct err *err);
void resolved_free(struct resolved *resolved);

/* Says of each task that has fewer samples than its limit that all are asked. */
void resolved_tell_limits(const struct resolved *resolved);

/* Makes the prompts of each task, once; before the plan is probed or written down. */
void resolved_rehearse(struct resolved *resolved);

/* The tasks, settings and limits a run was started with, from what it keeps of itself. All of it lives in arena. */
int resolve_recorded(const struct run_row *run, struct arena *arena, struct plan **plan, struct places *places,
                     struct err *err);

/* Writes what decides a run's replies (its SHA-256 is the fingerprint), and what does not, of a plan that was rehearsed.
 * judge: the runner of resolved->judge, NULL where no task asks it. */
void resolved_write_plan(const struct resolved *resolved, const struct model *model, const struct runner *runner,
                         const struct runner *judge, struct buf *out);
void resolved_write_places(const struct resolved *resolved, const struct plan *plan, const struct model *model,
                           const struct runner *runner, const struct runner *judge, struct buf *out);

const struct resolved_task *resolved_find(const struct resolved *resolved, const char *task);

#endif
