/*
 * recalling: a judge that need not say twice what it said before. A runner that stands before the judge's own: a request
 * whose very words it was asked in any run of the store (results/precedent.h) is answered from there, marked with where
 * it was said, for nothing; one that is out at the judge right now is waited for; any other goes on to the judge.
 *
 * Only where the judge is asked at temperature 0: else each verdict is a draw of its own. Only replies that came whole and
 * give a verdict by the rubric: what failed or was no grade is asked again, also by whoever waited for it.
 *
 * It stands here and not among the runners because it ties together what none of them may know: the store's rows, and
 * how a judge's words are read (tasks/graders/judge.h).
 */
#ifndef VERNIER_CLI_RECALLING_H
#define VERNIER_CLI_RECALLING_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/base/err.h"

struct model;
struct runner;
struct store;

/* Whether what that judge said holds for the next time: it does not sample, and it is not for nothing anyway. */
bool recalling_suits(const struct model *judge, const struct runner *runner);

/* Before judge, which is borrowed, in that run, which has its row. NULL with err set. */
struct runner *recalling_open(struct runner *judge, struct store *store, int64_t run, struct err *err);

/* Tells how many verdicts were recalled; the judge's own runner stays open. NULL is allowed. */
void recalling_close(struct runner *recalling);

#endif
