/*
 * task: a benchmark: data, prompt profiles, flow and grader. A constant, or made from a task file of the question kind.
 */
#ifndef VERNIER_ENGINE_TASK_H
#define VERNIER_ENGINE_TASK_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/err.h"

struct buf;
struct dataset;
struct episode;
struct exam;
struct flow;
struct grader;
struct reader;
struct supply;
struct tool;

/* How a sample is put to the model and its words are read: who compares with whom decides. The first is the default. */
struct profile {
    const char *name;               /* "qwen", "simple_evals", ... */
    const char *summary;            /* whose protocol it is */
    const char *system;             /* system message, NULL for none */
    const char *prompt;             /* the user message, with slots in braces; NULL where the task makes its own */
    const char *stop;               /* what follows this in a reply is not read: it goes on by itself; NULL for none */
    const char *continuation;       /* what of a choice is weighed after the prompt, with slots; NULL: words are asked */
    const struct reader *reader;
    const struct flow *flow;        /* NULL: the task's */
};

/* Where the user says data lies. */
struct data_source {
    const char *folder;             /* --data DIR, NULL: none */
    const char *path;               /* --data TASK=FILE for this task, or a folder; NULL: none */
    const struct profile *profile;  /* how it will be asked, which may take more data (worked examples); NULL: the first */
    const struct supply *supply;    /* of what neither has: cache and network (tasks/hub); NULL: there is none */
};

/* Where data comes from, as its authors name it; NULL where it does not say. */
struct provenance {
    const char *id;                 /* "TIGER-Lab/MMLU-Pro" */
    const char *revision;           /* the commit that the task was made for */
    const char *config, *split;
    const char *const *files;       /* there; NULL-terminated. "*" stands for letters, "#NAME" for a member of a .json */
    const char *const *configs;     /* of each file; NULL: they are of one */
};

struct task {
    const char *name;               /* as in --task */
    const char *summary;            /* one line for `list tasks` */
    const char *file;               /* the task file it was made from; NULL: compiled in */
    const char *licence, *citation; /* of the data; NULL: not stated */
    struct provenance source, shots;        /* shots: of worked examples; without an id they have none of their own */
    const char *advice;             /* how others sample it, for people; NULL: none */
    const char *const *paths;       /* candidates under the data folder, NULL-terminated */
    const struct flow *flow;
    const struct grader *grader;
    const struct profile *profiles;
    size_t profile_count;
    int epochs;                     /* default */
    double chance;                  /* score of a blind guess; of samples with choices one in their number */
    bool is_private;                /* the data's authors ask that no text be published: pages show ids only */
    int turns_max;                  /* agent flows */
    const struct tool *tools;       /* agent flows: what the model may call; NULL: it acts by text */
    size_t tool_count;

    int (*load)(const struct task *task, const struct data_source *source, struct dataset *out, struct err *err);
    void (*prompt)(struct episode *ep);                       /* fills chat, order and target */
    void (*exam)(struct episode *ep, struct exam *out);       /* NULL: no exam */
    bool (*submits)(const char *text);      /* agent flows: the model says that it is done; NULL: turns_max ends it */
    void (*gold)(struct episode *ep, struct buf *out);        /* a perfect reply */
    void (*guess)(struct episode *ep, struct buf *out);       /* a blind reply, from episode_random */
};

/* The profile's, else the task's; profile NULL: the task's. */
const struct flow *task_flow(const struct task *task, const struct profile *profile);

const struct profile *task_find_profile(const struct task *task, const char *name);   /* NULL name: the default */

#endif
