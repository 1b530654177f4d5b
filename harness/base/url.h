/*
 * url: where user name and password stand in an address, for whoever must keep them out of what is shown.
 *
 * Not a parser: it errs towards hiding. A password may hold a raw `/` or `@` that no parser of addresses would take, and
 * is one all the same, so what stands before the last `@` is taken for name and password. An address may come without
 * its scheme, as a proxy's does ("me:pw@proxy:3128"). Pointers handed out point into the address.
 */
#ifndef VERNIER_BASE_URL_H
#define VERNIER_BASE_URL_H

#include <stdbool.h>
#include <stddef.h>

/* What follows "http://" and its like; url itself where no scheme begins it. */
const char *url_skip_scheme(const char *url);

/* "me:pw" of "http://me:pw@host/v1". NULL: it has none. */
const char *url_find_user(const char *url, size_t *length);

/* What follows the user name and password, else the scheme: "host/v1". */
const char *url_host(const char *url);

/* An `@` behind the first `/`: a raw `/` in a password, or a path that looks like it. */
bool url_is_doubtful(const char *url);

#endif
