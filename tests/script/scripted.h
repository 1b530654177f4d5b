/*
 * scripted: a runner whose replies a test makes up. It holds asks as a real one does, answers them in the order they
 * came or in one thrown by a seed (those of one episode always in order, as a box acts in order), and keeps counts.
 */
#ifndef VERNIER_TESTS_SCRIPTED_H
#define VERNIER_TESTS_SCRIPTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/random.h"
#include "harness/engine/ask.h"

struct runner;
struct script;

/* What the ask is answered with; its strings live in the arena of the ask's episode. Called when it is collected. */
typedef struct reply script_fn(struct script *script, struct ask *ask);

/* The test's own; it outlives the runner. */
struct script {
    script_fn *say;
    void *to;                        /* the test's */
    struct splitmix order;           /* state 0: all are answered at once, first come first served */
    bool silent;                     /* holds what it has */
    size_t held, held_most, submitted, answered, dropped;
};

/* Serves asks of any kind. Closed through its type. */
struct runner *scripted_open(struct script *script);

#endif
