/*
 * glance: all that is shown of a run being worked on, at one moment. Progress draws it, `vernier why` is told it by
 * another process as JSON.
 *
 * Strings live in the arena given. Durations count from the moment it was taken; moments to come are UTC milliseconds.
 */
#ifndef VERNIER_CLI_GLANCE_H
#define VERNIER_CLI_GLANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"

struct arena;
struct json;
struct json_write;

/* A task's score so far (standing.h), 0 to 1; NAN where it is not defined. */
struct glance_task {
    const char *name;
    size_t questions, heard;
    double mean, lower, upper;
};

/* What one episode waits for. */
struct glance_wait {
    const char *task, *sample;
    int epoch;
    const char *kind;               /* "model", "env", "grade" */
    const char *host;               /* "" where nobody is far away */
    const char *state;              /* "no byte yet"; "" when all that is known is that it is out */
    const char *then;               /* what happens at until_ms: "next try", "given up" */
    int64_t age_ms;
    int tries;                      /* calls ended */
    int64_t until_ms;               /* UTC: its state ends then at the latest; 0: nobody knows */
    bool is_slow;                   /* out of the ordinary: worth a line */
};

struct glance {
    int64_t pid;
    const char *run, *model;
    int64_t running_ms, still_ms;   /* since this start; since anything came in */

    size_t expected, scored, voided, truncated;
    size_t out_model, out_env, out_grade;            /* asks at a runner */
    size_t calling, retrying, later, held, limit;    /* as in runner_load */
    size_t retries, refused;                         /* calls of this start: tried again, told to come later */
    int64_t next_ms;                                 /* UTC: the next try of any; 0: none waits */

    int64_t tokens_out;             /* of this start; at least, where replies are untold: told none */
    size_t untold;
    double tokens_per_s;            /* over the last minute; 0: none */
    int64_t spent_nanousd, unsure_nanousd, cap_nanousd;

    int64_t left_ms;                /* -1: nobody can say */
    bool is_beyond;                 /* one that is out is older than all that finished */
    const char *stopping;           /* why it ends early; NULL: it does not */
    const char *probing;            /* what a probe waits for, as nothing is begun yet; NULL: the run is at work */

    struct glance_task *tasks;
    size_t task_count;
    struct glance_wait *waits;      /* the longest first */
    size_t wait_count, wait_total;  /* those given, and all there are */
};

/* The members of an object that is open in w. */
void glance_write(const struct glance *glance, struct json_write *w);

/* From another process, so nothing is taken on trust: -1 with err set when it is not a glance. */
int glance_read(const struct json *object, struct arena *arena, struct glance *out, struct err *err);

#endif
