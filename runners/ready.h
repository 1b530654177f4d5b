/*
 * ready: asks that are answered without waiting for anyone, kept until they are collected.
 *
 * A first-in-first-out list and a descriptor that is readable while the list holds something.
 */
#ifndef VERNIER_RUNNERS_READY_H
#define VERNIER_RUNNERS_READY_H

#include "harness/base/err.h"
#include "harness/engine/ask.h"

struct ready { int fd; struct ask_list asks; };

/* -1 with err set when the system has no descriptor left. */
int ready_open(struct ready *ready, struct err *err);
void ready_close(struct ready *ready);      /* asks still in it are left to their owner */

void ready_add(struct ready *ready, struct ask *ask);
struct ask *ready_take(struct ready *ready);      /* the oldest, or NULL */
void ready_drop(struct ready *ready);             /* forgets them all */

#endif
