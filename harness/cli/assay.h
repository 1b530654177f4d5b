/*
 * assay: is a task sound that a model judges? Without the judge: every right reply comes before it, and an empty one
 * does not. With it: right replies are judged right, and right replies to other questions are not; of a few samples,
 * since each verdict may have to be paid for. What was not looked at is said. Prints as it goes; stores nothing.
 */
#ifndef VERNIER_CLI_ASSAY_H
#define VERNIER_CLI_ASSAY_H

#include <stdbool.h>

#include "harness/base/err.h"
#include "harness/engine/ledger.h"

struct model;

/* So many samples, spread over the data, are shown to the judge: each twice. */
#define ASSAY_SAMPLES_MAX 20

/* judge NULL: nobody judges. 1: sound; 0: not, and said why; -1 with err set (EXIT_UNAVAILABLE: the judge is not there;
 * EXIT_INTERRUPTED: signal_fd was readable). */
int assay_perform(const struct work *work, const struct model *judge, int signal_fd, struct err *err);

#endif
