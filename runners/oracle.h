/*
 * oracle: what a task itself would say: the right answer, or a blind guess.
 */
#ifndef VERNIER_RUNNERS_ORACLE_H
#define VERNIER_RUNNERS_ORACLE_H

#include "harness/engine/reply.h"

struct episode;

enum oracle_kind { ORACLE_GOLD, ORACLE_GUESS };

/* In the episode's arena. REPLY_FAILED of the harness when the task has no such answer. */
struct reply oracle_answer(struct episode *ep, enum oracle_kind kind);

#endif
