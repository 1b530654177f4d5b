/*
 * wanted: the plan that a command line of `run` asks for: a plan file, options, both (options win), or what a run keeps
 * of itself. Every name of it still a word (resolve.h finds the things), but every model's provider and settings checked.
 */
#ifndef VERNIER_CLI_WANTED_H
#define VERNIER_CLI_WANTED_H

#include "harness/base/err.h"

struct arena;
struct opt;
struct places;
struct plan;
struct run_row;

/* From the plan file that opt names, if any, and from options. In the arena. -1 with err set. */
int wanted_plan(const struct opt *opt, struct arena *arena, struct plan **out, struct err *err);

/*
 * What `--resume` alone goes on with: run's own record, and its places unless --data gave others. Options are heeded;
 * what does not fit the run shows in its fingerprint. Where opt names models, tasks or a plan the same as wanted_plan.
 */
int wanted_recall(const struct opt *opt, struct arena *arena, const struct run_row *run, struct plan **out,
                  struct places *places, struct err *err);

#endif
