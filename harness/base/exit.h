/*
 * exit: what the process exits with (sysexits.h numbers).
 */
#ifndef VERNIER_BASE_EXIT_H
#define VERNIER_BASE_EXIT_H

enum exit_code {
    EXIT_OK = 0,
    EXIT_GATE_FAILED = 1,
    EXIT_UNDECIDED = 2,
    EXIT_INCOMPLETE = 3,      /* resumable: the same command goes on */
    EXIT_USAGE = 64,
    EXIT_BAD_DATA = 65,
    EXIT_UNAVAILABLE = 69,    /* the provider */
    EXIT_INTERNAL = 70,
    EXIT_STORE = 74,          /* store or disk */
    EXIT_INTERRUPTED = 130,
};

#endif
