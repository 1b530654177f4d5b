/*
 * engine: runs episodes until every one has its outcome: starts what there is room for, waits in one place, writes
 * what came in, and lets step only what is on disk.
 *
 * One thread. The engine owns the episodes it makes; journal, runners, http and data sets are borrowed. What an
 * episode needs to know of an earlier start of the same run comes from the store: finished ones are skipped, model
 * replies on paper are not paid for again, environments run again and must say the same.
 */
#ifndef VERNIER_ENGINE_ENGINE_H
#define VERNIER_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"
#include "harness/engine/ask.h"
#include "harness/engine/binding.h"
#include "harness/engine/engine_status.h"

struct engine;
struct http;
struct journal;
struct ledger;
struct purse;
struct store;

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
    int64_t commit_each_ms;                   /* what came in waits so long for company while more is out; 0: for none */
    int64_t deadline_ms;                      /* monotonic; begins to drain then; 0: none */
    int signal_fd;                            /* a signalfd for SIGINT and SIGTERM, not blocking; -1: none */
    void (*show)(const struct engine_status *status, void *shown_to);   /* after each turn; NULL: nobody looks */
    /* The episode at index of the ledger ended, and took so long; those that went on from paper apart. NULL likewise. */
    void (*ended)(size_t index, int64_t took_ms, void *shown_to);
    /* Somebody else whom the one wait wakes, when guest_fd is readable; heeded once a turn and never to block. NULL: nobody. */
    void (*heed_guest)(const struct engine_status *status, void *shown_to);
    int guest_fd;
    void *shown_to;
};

enum engine_end {
    ENGINE_DONE,            /* every episode is scored or void */
    ENGINE_DRAINED,         /* stopped early with everything that came in on disk: interrupt, deadline */
    ENGINE_INTERRUPTED,     /* a second interrupt: calls in flight were dropped */
    ENGINE_OUTAGE,          /* the provider answers nobody; err has its last words */
    ENGINE_REFUSAL,         /* the provider turns everybody's request down; err likewise */
    ENGINE_FAILED,          /* the store; err says why */
};

enum engine_end engine_run(const struct engine_setup *setup, struct engine_status *status, struct err *err);

#endif
