/*
 * probing: the probe of the models that a run is going to ask, and what is made of its findings.
 */
#ifndef VERNIER_CLI_PROBING_H
#define VERNIER_CLI_PROBING_H

#include "harness/base/err.h"
#include "runners/probe.h"

struct cast;
struct resolved;
struct runner;
struct vigil;

/* What the tasks of a plan, which was rehearsed, ask at the most. */
struct probe_wish probing_wish(const struct resolved *resolved, size_t connections);

/* What a probe has besides: who looks on, and what ends it (-1: only its own bounds). Of a judge, is_judges, the findings
 * say how a judge is set, and not a model. */
struct probing { struct http *http; int signal_fd; struct vigil *vigil; const struct probe_wish *wish; bool is_judges; };

/* Probes runner, which is told of as model; a runner without a probe finds nothing. End it with probe_end. */
struct probe probing_runner(const struct probing *probing, struct runner *runner, const char *model);

/*
 * Probes every model of cast, the first being called model, and says once what is wrong with it. -1 with err set:
 * EXIT_UNAVAILABLE where a finding is bad, EXIT_INCOMPLETE where a signal came: nothing was begun, nothing is lost.
 */
int probing_cast(const struct probing *probing, const struct cast *cast, const char *model, struct err *err);

#endif
