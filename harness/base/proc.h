/*
 * proc: a child program with pipes, in its own process group (the terminal's Ctrl-C must not reach it), watched by a
 * pidfd. posix_spawn, no shell, no descriptors but its three, the environment given or ours. The program must ignore
 * SIGPIPE (main does): a child may close its stdin before it has read all.
 *
 * Life: proc_start -> proc_wait (or proc_poll until done) -> proc_free. proc_free on a living child kills its group.
 */
#ifndef VERNIER_BASE_PROC_H
#define VERNIER_BASE_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/buf.h"
#include "harness/base/err.h"

struct proc_spec {
    const char *const *argv;         /* argv[0] is looked up in PATH; NULL-terminated */
    const char *const *environment;  /* NAME=value, NULL-terminated; NULL: inherit ours */
    const char *folder;              /* working folder, NULL: ours */
    const char *input;               /* written to its stdin, which is then closed */
    size_t input_length;
    bool dies_with_us;               /* also when we are killed: else one that hangs would stay for ever (see proc.c) */
    bool keeps_input;                /* its stdin stays open for the caller, who writes to proc->in (not blocking) */
    size_t output_max;               /* bytes kept of stdout and of stderr each; the rest is counted and dropped */
    int64_t timeout_ms;              /* the group is killed after this; 0 means none */
};

enum proc_end { PROC_RUNNING, PROC_EXITED, PROC_SIGNALED, PROC_TIMED_OUT };

struct proc {
    int pid, pidfd, in, out, err;    /* descriptors, -1 when closed */
    enum proc_end end;
    int status;                      /* exit status, or the signal's number */
    struct buf output, error;        /* what it said; .cut when it said more */
    uint64_t output_bytes, error_bytes;
    const char *input;
    size_t input_length, input_done;
    bool keeps_input;
    bool is_guarded;                 /* by another program, which ends for it where it cannot be executed */
    int64_t deadline_ms;             /* monotonic; INT64_MAX: none */
};

/* Returns NULL with err set when the program cannot be started (not found, no permission). */
struct proc *proc_start(const struct proc_spec *spec, struct err *err);

/* Moves bytes and looks whether it ended, waiting at most wait_ms. Stops at the end of the process, not of the pipe:
 * a grandchild that holds the pipe open keeps nobody waiting. Returns true once it has ended. */
bool proc_poll(struct proc *proc, int wait_ms);

/* Why a program that was to die with us and was found could not be executed after all, which only its end can tell; NULL:
 * it was, or runs. */
const char *proc_find_unstarted(const struct proc *proc);

/* proc_poll until the end. */
void proc_wait(struct proc *proc);

void proc_signal(struct proc *proc, int signal);   /* to its group */
void proc_free(struct proc *proc);                 /* NULL is allowed */

#endif
