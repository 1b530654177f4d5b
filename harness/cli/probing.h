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

/* What the tasks of a plan ask at the most. */
struct probe_wish probing_wish(const struct resolved *resolved, size_t connections);

/* Probes runner; a runner without a probe finds nothing. End it with probe_end. */
struct probe probing_runner(struct runner *runner, struct http *http, int signal_fd, const struct probe_wish *wish);

/*
 * Probes every model of cast and says once what is wrong with it. -1 with err set: EXIT_UNAVAILABLE where a finding is
 * bad, EXIT_INTERRUPTED where a signal came.
 */
int probing_cast(const struct cast *cast, struct http *http, int signal_fd, const struct probe_wish *wish,
                 struct err *err);

#endif
