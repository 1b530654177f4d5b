/*
 * likelihood: how likely a model holds a continuation to be after a context, and how a reply says so of several.
 *
 * An ask may want no words but this (ask->continuations). Its reply's text is then one JSON object, which the journal
 * keeps, other profiles read again, and a recording of replies may hold:
 *
 *     {"likelihoods":[{"logprobs":[-1.2,-0.05],"chars":5,"bytes":6},              a list for each continuation, in order,
 *                     {"logprobs":[-7.5],"chars":4,"bytes":4,"spans":true},       of a number for each of its tokens
 *                     {"below":-9.8,"chars":1,"bytes":1}]}                        not told, but less than that
 *
 * Numbers are natural logarithms. No text of the continuations stands there: some data sets are to be kept private.
 */
#ifndef VERNIER_ENGINE_LIKELIHOOD_H
#define VERNIER_ENGINE_LIKELIHOOD_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/err.h"

struct arena;
struct buf;

/* What is asked. The context is never empty and ends with no blank: those stand before each continuation. Borrowed. */
struct continuations {
    const char *context;
    const char *const *texts;
    size_t count;
};

struct likelihood {
    const double *logprobs;     /* of its tokens, each after all before it; NULL where only a bound is known */
    size_t token_count;         /* 0 likewise */
    double sum;                 /* of logprobs; where there are none it lies below this */
    bool spans;                 /* its first token holds the end of the context too, and is counted whole */
    size_t chars, bytes;        /* its length, without the blanks that it begins with */
};

/* Whether a continuation is one letter, with or without a blank before it: one token, as tokenizers go. */
bool likelihood_is_letter(const char *continuation);

/* One of that continuation, its lengths measured and all else still to be filled in. */
struct likelihood likelihood_begin(const char *continuation);

/* Gives it its log-probabilities, and their sum. Borrowed. */
void likelihood_set(struct likelihood *likelihood, const double *logprobs, size_t count);

/* Adds the object. */
void likelihood_write(const struct likelihood *likelihoods, size_t count, struct buf *out);

/* Reads it into the arena. -1 with err set ("choice 2: ..."), code EXIT_BAD_DATA. */
int likelihood_read(const char *text, struct arena *arena, struct likelihood **out, size_t *count, struct err *err);

#endif
