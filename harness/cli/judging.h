/*
 * judging: replies that are there already, judged by a model outside of any run: for `try`. The task's own flow asks,
 * so that what is tried is what a run does; the model's part in it is played with the reply given. One at a time, and
 * nothing is stored. Main thread only.
 */
#ifndef VERNIER_CLI_JUDGING_H
#define VERNIER_CLI_JUDGING_H

#include "harness/base/err.h"

struct arena;
struct grade;
struct judging;
struct model;
struct profile;
struct sample;
struct task;

/* All is borrowed until the close. NULL with err set. */
struct judging *judging_open(const struct model *judge, const struct task *task, const struct profile *profile,
                             struct err *err);
void judging_close(struct judging *judging);        /* NULL is allowed */

/* out's strings live in arena; where there is no verdict its verdict is "undecided", with the reason. -1 with err set where
 * nobody is there to judge (EXIT_UNAVAILABLE), or signal_fd was readable (EXIT_INTERRUPTED); -1: none is heeded. */
int judging_perform(struct judging *judging, const struct sample *sample, const char *said, int signal_fd,
                    struct arena *arena, struct grade *out, struct err *err);

#endif
