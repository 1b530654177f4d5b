/*
 * progress: how far a run is, on stderr, and for whoever asks from beside (`vernier why`).
 *
 * On a terminal a few lines are drawn over (block.h, screen.h), at most ten times a second and only when they change.
 * Elsewhere a plain line comes now and then: with every tenth of the run, every ten seconds in which anything came in,
 * and once a minute while nothing does, then saying so.
 */
#ifndef VERNIER_CLI_PROGRESS_H
#define VERNIER_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/cli/watch.h"

struct buf;
struct engine_status;
struct glance;
struct listener;
struct progress;

/* Where others ask of the store at that path, whoever has its lock; where no socket can be made NULL: nobody is answered. */
struct listener *progress_listen(const char *store);

/* listener stays the caller's; NULL: nobody asks. */
struct progress *progress_begin(const struct watch_of *of, struct listener *listener);

/* Takes the drawing away, and frees. */
void progress_end(struct progress *progress);

/* The engine's hooks; shown_to is the progress. */
void progress_show(const struct engine_status *status, void *shown_to);
void progress_ended(size_t index, int64_t took_ms, void *shown_to);
void progress_heed_guest(const struct engine_status *status, void *shown_to);

/* So many waits are told to who asks, the longest ones: each costs a look at all calls in flight. */
#define PROGRESS_WAITS_TOLD 200

/* What the engine's wait watches for guests; -1: nothing. */
int progress_guest_fd(const struct progress *progress);

/* When the last plain line came, and how many were done then. */
struct progress_pace { int64_t last_ms; size_t done; };

/* Whether another is due at now_ms; then the pace is as after it. */
bool progress_is_due(struct progress_pace *pace, const struct glance *glance, int64_t now_ms);

/* The plain line, without newline. */
void progress_add_line(struct buf *out, const struct glance *glance, bool is_ascii);

/* STORE.why beside the file that the path leads to. */
void progress_add_socket(struct buf *out, const char *store);

#endif
