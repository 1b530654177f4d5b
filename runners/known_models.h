/*
 * known_models: what models' own cards recommend, so that `like=qwen3.5-27b` says it all. `vernier list models` prints
 * this table.
 */
#ifndef VERNIER_RUNNERS_KNOWN_MODELS_H
#define VERNIER_RUNNERS_KNOWN_MODELS_H

#include <stdbool.h>

#include "harness/base/err.h"
#include "runners/sampling.h"

struct buf;

struct known_model {
    const char *name;                   /* NULL ends the table */
    const char *summary;
    const struct sampling *thinking;    /* NULL: never thinks */
    const struct sampling *plain;       /* without thinking; NULL: always thinks */
    bool thinks;                        /* where nothing is said */
};

/* In alphabetical order. */
extern const struct known_model known_models[];

/* NULL with err set (EXIT_USAGE), naming the nearest. */
const struct known_model *known_models_find(const char *name, struct err *err);

/* What the card recommends for thinking on or off; where it knows one way only, that one. Never NULL. */
const struct sampling *known_model_sampling(const struct known_model *model, bool thinks);

/* Adds "temperature 1, top_p 0.95, ...": the default way, what is stated only. */
void known_model_show(const struct known_model *model, struct buf *out);

#endif
