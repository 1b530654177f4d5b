/*
 * binding: who answers asks of a kind in a role, and what is said to all who do. Who plays which role is the plan's
 * business; one runner may play several. Runners are borrowed.
 */
#ifndef VERNIER_ENGINE_BINDING_H
#define VERNIER_ENGINE_BINDING_H

#include <stddef.h>

#include "harness/engine/ask.h"

struct runner;

/* Of one run. */
#define BINDINGS_MAX 32

struct binding {
    enum ask_kind kind;
    const char *role;
    struct runner *runner;
};

/* The index of the one that answers ask; count: there is none. */
size_t binding_find(const struct binding *bindings, size_t count, const struct ask *ask);

/* Descriptors that are readable when a runner has something to do; room for count of them. Returns how many there are. */
size_t binding_list_fds(const struct binding *bindings, size_t count, int *fds);

/* To all: no more tries; a person waits; let go of every ask (runner.h: rest, hurry and drop). */
void binding_rest_all(const struct binding *bindings, size_t count);
void binding_hurry_all(const struct binding *bindings, size_t count);
void binding_drop_all(const struct binding *bindings, size_t count);

#endif
