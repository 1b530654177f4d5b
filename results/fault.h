/*
 * fault: why SQLite failed and what to do about it, in words for the person at the terminal. For the files of this
 * folder only.
 */
#ifndef VERNIER_RESULTS_FAULT_H
#define VERNIER_RESULTS_FAULT_H

#include "harness/base/err.h"

struct store;

/* Sets err (EXIT_STORE) from what the store's connection failed at last, while doing that. Always returns -1. */
int fault_set(const struct store *store, struct err *err, const char *doing);

#endif
