/*
 * picture: the pictures of a data set on the disk, each under the SHA-256 of its bytes, so that one shown by many
 * rows is kept once and an address that expires is nobody's name for it.
 *
 * What is kept was looked at: PNG, JPEG, GIF or WebP by its first bytes, whole, 20 MB at most, and of a size a
 * person could look at (a header of some bytes can claim a picture of many gigabytes).
 */
#ifndef VERNIER_TASKS_HUB_PICTURE_H
#define VERNIER_TASKS_HUB_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"

#define PICTURE_BYTES_MAX ((size_t)20 << 20)
#define PICTURE_SIDE_MAX 32768
#define PICTURE_PIXELS_MAX 200000000

#define PICTURE_NAME_SIZE 72        /* 64 hex digits, ".jpeg", NUL */

struct picture {
    const char *ending;             /* "png", "jpg", "gif", "webp" */
    uint32_t width, height;
};

/* Looks at the bytes. -1 with err set (EXIT_BAD_DATA): what was expected. */
int picture_look(const char *bytes, size_t length, struct picture *out, struct err *err);

/* Looks, and keeps them in folder under name, "SHA256.png", unless they are there. -1 with err set. */
int picture_keep(const char *folder, const char *bytes, size_t length, char name[PICTURE_NAME_SIZE], struct err *err);

#endif
