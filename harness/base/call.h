/*
 * call: one HTTP try at an ask, as it is kept: what came of it, how long it took, what it cost. Made by the runner that
 * made the call, written by the journal, read by reports; strings belong to whoever made it.
 */
#ifndef VERNIER_BASE_CALL_H
#define VERNIER_BASE_CALL_H

#include <stdint.h>

struct call {
    struct call *next;
    int try_number, status;           /* from 1; of HTTP, 0: none came */
    int64_t started_ms;               /* UTC */
    int64_t elapsed_ms, wait_ms;      /* the wait before it */
    const char *request_id, *error;   /* NULL: none */
    int64_t cost_nanousd;             /* COST_UNKNOWN (price.h) */
    int64_t worst_nanousd;            /* the most it should cost, as it was put aside; 0: nobody knew */
};

#endif
