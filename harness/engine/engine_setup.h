/*
 * engine_setup: what a run of the engine is given: the run, who serves its asks, its bounds, and who looks on.
 *
 * Filled in by who calls engine_run and constant while that runs; all it points to is borrowed for so long. Callbacks come
 * from the engine's one thread, between two of its turns, and must not block. Times are monotonic, in ms.
 */
#ifndef VERNIER_ENGINE_ENGINE_SETUP_H
#define VERNIER_ENGINE_ENGINE_SETUP_H

#include <stddef.h>
#include <stdint.h>

#include "harness/engine/ask.h"
#include "harness/engine/binding.h"

struct engine_status;
struct http;
struct journal;
struct ledger;
struct purse;
struct store;

/* A transaction costs a sync, so there are 50 a second at most: a step comes 20 ms later, of calls that take a thousand. */
#define COMMIT_EACH_MS 20

struct engine_setup {
    struct http *http;
    struct purse *purse;                      /* what the runners spend from; once it is empty nothing new begins */
    struct store *store;
    struct journal *journal;
    int64_t run;                              /* row id */
    uint64_t seed;
    const struct binding *bindings;
    size_t binding_count;
    struct ledger *ledger;                    /* which episodes, and how far each is */
    size_t in_flight_max[ASK_KINDS];          /* asks at once, by kind; 0: as many as there are */
    size_t voids_max;                         /* so many voids are allowed: no more than these is taken for an outage */
    int64_t commit_each_ms;                   /* what came in waits so long for company while more is out; 0: for none;
                                                 COMMIT_EACH_MS suits calls that take a second */
    int64_t deadline_ms;                      /* monotonic; begins to drain then; 0: none */
    int signal_fd;                            /* a signalfd for SIGINT and SIGTERM, not blocking; -1: none */
    void (*show)(const struct engine_status *status, void *shown_to);   /* after each turn; NULL: nobody looks */
    /* The episode at index of the ledger ended, and took so long; those that went on from paper apart. NULL likewise. */
    void (*ended)(size_t index, int64_t took_ms, void *shown_to);
    /* Somebody else whom the one wait wakes, when guest_fd is readable; heeded once a turn, never to block. NULL: nobody. */
    void (*heed_guest)(const struct engine_status *status, void *shown_to);
    int guest_fd;
    void *shown_to;
};

#endif
