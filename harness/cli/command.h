/*
 * command: one word after `vernier`. A command is a constant in its own file and one line in commands.c.
 */
#ifndef VERNIER_CLI_COMMAND_H
#define VERNIER_CLI_COMMAND_H

#include <stdbool.h>

#include "harness/base/err.h"
#include "harness/base/opt.h"

struct command {
    const char *name;
    const char *summary;        /* one line for `vernier help` */
    const char *usage;          /* after "vernier NAME": "[PLAN] [options]" */
    const char *examples;       /* whole lines, ready to be pasted */
    const struct opt_spec *options;
    bool talks;                 /* to servers or programs: a closed connection or pipe must not end it */
    /* The process's exit code, or -1 with err set (its code is the exit code then). */
    int (*run)(const struct opt *opt, struct err *err);
};

extern const struct command command_check, command_doctor, command_fetch, command_grade, command_init, command_list,
    command_report, command_run, command_show, command_try, command_version, command_why;

/* In the order of `vernier help`, NULL-terminated. */
extern const struct command *const commands[];

#endif
