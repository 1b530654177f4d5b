/*
 * wanted: the plan that a command line of `run` asks for: a plan file, options, both (options win), or what a run keeps
 * of itself. Every name of it still a word (resolve.h finds the things), but every model's provider and settings checked.
 */
#ifndef VERNIER_CLI_WANTED_H
#define VERNIER_CLI_WANTED_H

#include <stddef.h>

#include "harness/base/err.h"

struct arena;
struct opt;
struct places;
struct plan;
struct run_row;

/* The options that say what is wanted: for the table of a command that asks for a plan. */
#define WANTED_OPTIONS \
    { .name = "task", .argument = "NAME", .help = "a task or a group of them (`vernier list tasks`)", .repeats = true }, \
    { .name = "tasks", .argument = "A,B", .help = "several tasks at once", .repeats = true }, \
    { .name = "model", .argument = "SPEC", .help = "provider/name, settings after commas (`vernier list runners`)", \
      .repeats = true }, \
    { .name = "judge", .argument = "SPEC", \
      .help = "the model that judges, with settings of its own (base_url too); as \"roles\" of a plan" }, \
    { .name = "data", .argument = "DIR", .help = "where data sets lie, or TASK=FILE for one of them", .repeats = true }, \
    { .name = "max-usd", .argument = "X", .help = "spend no more on models, with what earlier starts spent; a larger one " \
                                                  "goes on" }, \
    { .name = "epochs", .argument = "K", .help = "how often each sample is asked" }, \
    { .name = "limit", .argument = "N", .help = "ask N samples of each task, each category its share; first:N the " \
                                                "first ones" }, \
    { .name = "sample-id", .argument = "ID", .help = "ask only this sample", .repeats = true }, \
    { .name = "profile", .argument = "NAME", .help = "prompt and reader (`vernier list tasks` names them)" }, \
    { .name = "seed", .argument = "N", .help = "fixes orders, choices of samples and the seeds sent to servers" }, \
    { .name = "base-url", .argument = "URL", .help = "of the model's server, as http://127.0.0.1:8000/v1" }, \
    { .name = "temperature", .argument = "T", .help = "sampling" }, \
    { .name = "top-p", .argument = "P", .help = "sampling" }, \
    { .name = "max-tokens", .argument = "N", .help = "the longest reply" }, \
    { .name = "reasoning", .argument = "on|off", .help = "whether the model thinks first" }, \
    { .letter = 'M', .name = "model-setting", .argument = "KEY=VALUE", .help = "any setting of the model", \
      .repeats = true }, \
    { .letter = 'T', .name = "task-setting", .argument = "KEY=VALUE", .help = "epochs, limit or profile of all tasks", \
      .repeats = true }, \
    { .name = "max-connections", .argument = "N", .help = "asks in flight at once (default: 16)" }, \
    { .name = "max-void", .argument = "SHARE", .help = "void episodes allowed in a complete run (default: 1%)" }, \
    { .name = "max-hours", .argument = "H", .help = "start nothing new after so long; the same command goes on" }

/* From the plan file that opt names, if any, and from options. In the arena. -1 with err set. */
int wanted_plan(const struct opt *opt, struct arena *arena, struct plan **out, struct err *err);

/* The same where tasks may be missing. */
int wanted_models(const struct opt *opt, struct arena *arena, struct plan **out, struct err *err);

/* --max-connections, or what stands for it. -1 with err set. */
int wanted_connections(const struct opt *opt, size_t *out, struct err *err);

/*
 * What `--resume` alone goes on with: run's own record, and its places unless --data gave others. Options are heeded;
 * what does not fit the run shows in its fingerprint. Where opt names models, tasks or a plan the same as wanted_plan.
 */
int wanted_recall(const struct opt *opt, struct arena *arena, const struct run_row *run, struct plan **out,
                  struct places *places, struct err *err);

#endif
