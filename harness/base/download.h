/*
 * download: a file from the network to the disk, whole or not at all.
 *
 * What has come stays in PATH.part, so an interrupted download goes on where it was, if PATH.part.etag holds it to the
 * file it is of, or a sha256 is expected; else it starts over. PATH appears when all of it is
 * there and is what was expected. Redirects are followed (five), and the headers given go to the first host alone: a
 * key must not reach a CDN. Broken connections, 408, 429 and 5xx are tried again, with back-off and the server's
 * Retry-After, until nothing new has come for eight tries. A server that names no length can cut a file unseen where
 * no sha256 is expected; a hub that sends on to large files names theirs (X-Linked-ETag), and that is then expected.
 * Blocks; main thread only.
 */
#ifndef VERNIER_BASE_DOWNLOAD_H
#define VERNIER_BASE_DOWNLOAD_H

#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"

struct http;

struct download {
    const char *url;
    const char *const *headers;         /* "Name: value", NULL-terminated; NULL for none */
    const char *path;                   /* its folder exists */
    const char *sha256;                 /* 64 hex digits it must have; NULL: those that the server names, or any */
    const char *refused;                /* what to do about a 401 or 403, for people; NULL: nothing is known */
    int64_t size_max;                   /* > 0 */
    /* After each piece; total < 0: not known. NULL: nobody looks. A result other than 0 stops it (EXIT_INTERRUPTED). */
    int (*show)(void *shown_to, int64_t done, int64_t total);
    void *shown_to;
};

/* hex becomes the file's sha256. -1 with err set, naming the host: EXIT_UNAVAILABLE where the network or the server is
 * to blame, EXIT_BAD_DATA where the file is not what was expected. */
int download_file(struct http *http, const struct download *download, char hex[65], struct err *err);

#endif
