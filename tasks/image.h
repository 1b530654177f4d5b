/*
 * image: the pictures of a data set, as loaded: each is looked at (is it one, is it whole, is it too large), named by
 * the hash of its bytes, and kept once however many samples show it. A set of them belongs to one load; the pictures
 * live in the arena given.
 */
#ifndef VERNIER_TASKS_IMAGE_H
#define VERNIER_TASKS_IMAGE_H

#include <stddef.h>

#include "harness/base/err.h"
#include "harness/engine/sample.h"

struct arena;
struct images;
struct json;

/* Servers take 5 to 20 MB; what is larger is refused before it costs a run. */
#define IMAGE_BYTES_MAX ((size_t)20 << 20)

struct images *images_new(struct arena *arena);
void images_free(struct images *images);            /* not the pictures; NULL is allowed */

/* What a cell holds: the path of a file, from folder; "data:image/png;base64,..."; an object with "bytes" in base64 or a
 * "path". NULL with err set (EXIT_BAD_DATA). */
const struct image *images_add(struct images *images, const char *folder, const struct json *cell, struct err *err);

#endif
