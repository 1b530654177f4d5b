/*
 * desk: where answers are read and graded: in this process, or by a program where the grader is one (workers.h).
 *
 * A sheet is handed in and comes back with its verdict, each exactly once, in any order. What is graded in this process
 * is graded when it is collected, so that handing in is short. Main thread only.
 */
#ifndef VERNIER_RUNNERS_DESK_H
#define VERNIER_RUNNERS_DESK_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/base/err.h"
#include "harness/engine/grading.h"

struct arena;
struct desk;
struct runner_wait;

struct sheet {
    struct sheet *prev, *next;          /* in a list of the desk's */
    struct grading grading;             /* what it points to must stay until the sheet comes back */
    struct arena *arena;                /* the verdict's strings live here */
    void *owner;                        /* the caller's, untouched */
    struct grade grade;                 /* the verdict */
    const char *problem;                /* why there is none, in the arena; NULL when there is one */
    bool is_left;                       /* there is neither: no program answered in time, in a hurry */
    double us;                          /* what a program says the comparing took; -1: it does not say */
};

/* NULL with err set when the system has no descriptor left. */
struct desk *desk_open(struct err *err);
void desk_close(struct desk *desk);     /* drops, and frees; NULL is allowed */

/* sheet, filled up to owner, is the caller's and stands still until it is collected. */
void desk_submit(struct desk *desk, struct sheet *sheet);
struct sheet *desk_collect(struct desk *desk);      /* one that is done, or NULL; to be called until it is NULL */
void desk_hurry(struct desk *desk, int64_t within_ms);      /* so long a program has from now on (workers.h, hurry) */
void desk_drop(struct desk *desk);                  /* forgets all sheets */

/* What the sheet of that owner waits for, if a program is to grade it; else out is empty. */
void desk_explain(const struct desk *desk, const void *owner, struct runner_wait *out);

int desk_fd(const struct desk *desk);               /* readable when desk_collect has something to do */

/* One sheet, from submit to its verdict, however long that takes; none other may be out. False: signal_fd was readable
 * before, and the sheet is dropped; -1: none. */
bool desk_perform(struct desk *desk, struct sheet *sheet, int signal_fd);

#endif
