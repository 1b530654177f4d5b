/*
 * rows: a set by way of the rows service, page by page. It gives the newest commit alone, so a pinned set is taken
 * from it only while that is the commit pinned; its pictures are JPEG where the original was not seen through,
 * re-encoded by it.
 *
 * A page that has come, with its pictures, is a file in the work folder, and is not asked for again after a kill.
 */
#ifndef VERNIER_TASKS_HUB_ROWS_H
#define VERNIER_TASKS_HUB_ROWS_H

#include <stddef.h>

#include "harness/base/err.h"

struct hub;
struct pour;

/* One table of the service. number tells it from others of the same work folder. */
struct rows_table { const char *id, *config, *split; size_t number; };

/* The newest commit by the service's own word, which is asked for one row. NULL with err set. */
const char *rows_commit(struct hub *hub, const struct rows_table *table, struct err *err);

/* All rows of the table at commit into pour. -1 with err set. */
int rows_fetch(struct hub *hub, const struct rows_table *table, const char *commit, const char *work, struct pour *pour,
               struct err *err);

#endif
