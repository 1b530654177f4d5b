/*
 * vigil: what is seen of the probes before a run while they wait: on a terminal two lines that are drawn over, elsewhere a
 * plain line when a wait has lasted, and for who asks (`vernier why`) the same as a glance. Main thread only.
 */
#ifndef VERNIER_CLI_VIGIL_H
#define VERNIER_CLI_VIGIL_H

#include "runners/probe.h"

struct listener;
struct vigil;

/* listener stays the caller's; NULL: nobody asks. */
struct vigil *vigil_begin(struct listener *listener);

/* Takes the drawing away, and frees. */
void vigil_end(struct vigil *vigil);

/* Who looks on at the next probe, which is that model's. Good until the next call, or vigil_end. */
struct probe_watcher vigil_watch(struct vigil *vigil, const char *model);

#endif
