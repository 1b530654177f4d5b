/*
 * ledger: every episode a run expects, and how far each is. A row of numbers, so a million episodes are 16 MB.
 *
 * The order is task by task, epoch by epoch, sample by sample: a run that is stopped has asked every question once
 * before it asks one twice.
 */
#ifndef VERNIER_ENGINE_LEDGER_H
#define VERNIER_ENGINE_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"

struct dataset;
struct profile;
struct sample;
struct store;
struct task;

/* A void is tried again at the end of each start, so often in all. */
#define PASSES_MAX 3

/* Episodes of one task: the samples chosen, each for epochs 1..epochs. Borrowed by the ledger. */
struct work {
    const struct task *task;
    const struct profile *profile;
    const struct dataset *dataset;
    const struct sample *const *samples;      /* in file order, each with its row_id */
    size_t sample_count;
    int epochs;
};

enum entry_state { ENTRY_EXPECTED, ENTRY_LIVE, ENTRY_SCORED, ENTRY_VOID };

struct entry {
    int64_t row_id;            /* of its episode row; 0: it has none yet */
    uint32_t restarts;
    uint8_t state;             /* enum entry_state */
    uint8_t passes;            /* how often it was tried whole */
};

struct ledger;

struct ledger *ledger_new(const struct work *work, size_t work_count);
void ledger_free(struct ledger *ledger);

/* Takes over what an earlier start of the run has in the store; *score_sum becomes the sum of its scores. */
int ledger_load(struct ledger *ledger, struct store *store, int64_t run, double *score_sum, struct err *err);

/* Of what ledger_load took over, how many were cut short by their token limit. */
size_t ledger_truncated(const struct ledger *ledger);

size_t ledger_count(const struct ledger *ledger);
size_t ledger_count_state(const struct ledger *ledger, enum entry_state state);
struct entry *ledger_entry(struct ledger *ledger, size_t index);

/* What stands at index: its work, sample and epoch. */
const struct work *ledger_find(const struct ledger *ledger, size_t index, const struct sample **sample, int *epoch);

/* The episode at index was scored, in this start. Those of earlier ones are known by ledger_load. */
void ledger_add_score(struct ledger *ledger, size_t index, double score);

size_t ledger_work_count(const struct ledger *ledger);
const struct work *ledger_work(const struct ledger *ledger, size_t w);
size_t ledger_work_of(const struct ledger *ledger, size_t index);

/* The mean so far over the scored epochs of the s-th sample of that work; *epochs of them, 0: none, and the mean is 0. */
double ledger_mean(const struct ledger *ledger, size_t w, size_t s, size_t *epochs);

/* The next entry to be run, or SIZE_MAX when this pass has no more: the expected ones first, in a second pass (after
 * ledger_begin_voids) the voids that have passes left. Its state becomes ENTRY_LIVE. */
size_t ledger_next(struct ledger *ledger);
void ledger_begin_voids(struct ledger *ledger);
bool ledger_in_voids(const struct ledger *ledger);

/* The voids that have passes left. */
size_t ledger_count_open_voids(const struct ledger *ledger);

/* Whether nothing is left to be tried, in this start or another: all scored, or void with no pass left. */
bool ledger_is_done(const struct ledger *ledger);

/* Whether ledger_next would give one. */
bool ledger_has_next(struct ledger *ledger);

#endif
