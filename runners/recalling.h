/*
 * recalling: a judge that need not say twice what it said before. A runner that stands before the judge's own: a request
 * whose very words it was asked in any run of the store (results/precedent.h) is answered from there, marked with where
 * it was said, for nothing; one that is out at the judge right now is waited for; any other goes on to the judge.
 *
 * Only where the judge is asked at temperature 0: else each verdict is a draw of its own. Only replies that came whole and
 * give a verdict by the rubric: what failed or was no grade is asked again, also by whoever waited for it.
 *
 * How a judge's words are read is the caller's to know: it brings a verdict_fn. A store that cannot be read answers
 * nobody: the judge is asked.
 */
#ifndef VERNIER_RUNNERS_RECALLING_H
#define VERNIER_RUNNERS_RECALLING_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/base/err.h"

struct model;
struct reply;
struct rubric;
struct runner;
struct store;

/* Whether a reply to an ask of that rubric came whole and gives a verdict. Pure. */
typedef bool verdict_fn(const struct rubric *rubric, const struct reply *reply);

/* Whether what that judge said holds for the next time: it does not sample, and it is not for nothing anyway. */
bool recalling_suits(const struct model *judge, const struct runner *runner);

/* Before judge, which is borrowed, in that run, which has its row. NULL with err set. */
struct runner *recalling_open(struct runner *judge, struct store *store, int64_t run, verdict_fn *is_verdict,
                              struct err *err);

/* Tells how many verdicts were recalled; the judge's own runner stays open. NULL is allowed. */
void recalling_close(struct runner *recalling);

#endif
