/*
 * gallery: the pictures of one page of rows, several fetched at once.
 *
 * This is a first go, without patience: what does not come whole at once (moved elsewhere, refused, broken, too many
 * requests) is left to who fetches one by one, with redirects, back-off and words for what is wrong. The first refusal
 * ends the going: addresses that expire do so together, and a hub that says "later" is not asked more. What has come
 * stays known by its row and column, so a page that is asked for again, for fresh addresses, brings the rest alone.
 * Blocks; main thread only.
 */
#ifndef VERNIER_TASKS_HUB_GALLERY_H
#define VERNIER_TASKS_HUB_GALLERY_H

#include <stddef.h>

#include "harness/base/err.h"

struct gallery;
struct hub;
struct hub_progress;
struct pour;

struct gallery *gallery_new(struct hub *hub, struct pour *pour);
void gallery_free(struct gallery *gallery);

/* Where that picture lies, as rows are to name it; NULL: it has not come. */
const char *gallery_find(const struct gallery *gallery, size_t row, const char *column);

/* The one in that row and column has this address now. */
void gallery_add(struct gallery *gallery, size_t row, const char *column, const char *url);

/* Fetches those added that have not come. -1 with err set: who looks on (hub->show, given progress) has stopped it. */
int gallery_fetch(struct gallery *gallery, const struct hub_progress *progress, struct err *err);

#endif
