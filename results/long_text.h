/*
 * long_text: text that two columns hold, X and X_blob: in the first when it is short, else "" there and the blob's hash
 * in the second. For the files of this folder only.
 */
#ifndef VERNIER_RESULTS_LONG_TEXT_H
#define VERNIER_RESULTS_LONG_TEXT_H

#include <stddef.h>

#include "harness/base/err.h"

struct arena;
struct statement;
struct store;

/* Binds both. -1 with err set when the blob cannot be written. */
int long_text_bind(struct store *store, struct statement *statement, const char *text, size_t length, struct err *err);

/* Reads both; the text, in the arena, or NULL with err set. */
char *long_text_read(struct store *store, struct statement *statement, struct arena *arena, size_t *length,
                     struct err *err);

#endif
