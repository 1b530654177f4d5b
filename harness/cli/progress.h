/*
 * progress: how far a run is, on stderr. On a terminal one line that is drawn over; elsewhere a plain line now and then.
 */
#ifndef VERNIER_CLI_PROGRESS_H
#define VERNIER_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/engine/engine.h"

struct buf;

struct progress {
    const char *model;          /* what is run, for the line's head */
    bool on_terminal;
    bool is_drawn;              /* a line stands on the terminal now */
    bool has_told;              /* why the run stops was said */
    int64_t started_ms, last_ms;
};

struct progress progress_begin(const char *model);

/* After an engine turn; draws at most ten times a second on a terminal, else every ten seconds. */
void progress_show(const struct engine_status *status, void *progress);

/* What it shows, whole: "openai/ft7  120/960 · mean 41.2% · 16 in flight · 2 void · 340 s left". */
void progress_add_line(struct buf *out, const struct progress *progress, const struct engine_status *status);

/* Takes the drawn line away. */
void progress_end(struct progress *progress);

#endif
