/*
 * sockets: which of curl's connections have something to do, found without a look at each. For http.c only.
 *
 * This is libcurl's multi_socket way: curl says which sockets it waits for and when it wants to be called anyway; an
 * epoll set names those that are ready, and only their calls are moved. curl_multi_perform would go through all calls
 * at each turn, with a poll(2) for each: at a thousand in flight that is most of what a turn costs.
 */
#ifndef VERNIER_BASE_SOCKETS_H
#define VERNIER_BASE_SOCKETS_H

#include <stddef.h>

#include <curl/curl.h>

#include "harness/base/err.h"

struct sockets;

/* NULL with err set. */
struct sockets *sockets_open(struct err *err);
void sockets_close(struct sockets *sockets);      /* NULL is fine; no easy handle may stand in a multi handle of its */

/*
 * The multi handle for a call, or for calls one after the other: few share one, as curl looks through all connections of
 * a multi handle for one that a call can use. Stays the sockets'.
 */
CURLM *sockets_assign(struct sockets *sockets);

/* Descriptors that so many calls at once take: a socket each, and what their multi handles and the epoll set take. */
size_t sockets_descriptors(size_t calls);

/* The multi handles that were assigned, from 0; NULL: there are no more. */
CURLM *sockets_multi(const struct sockets *sockets, size_t i);

/* Waits until one of curl's sockets or of fds is ready (for reading), curl wants to be called, or wait_ms is over. */
void sockets_wait(struct sockets *sockets, const int *fds, size_t fd_count, int wait_ms);

/* Moves the calls whose sockets were ready at the last wait, and those whose time has come. */
void sockets_move(struct sockets *sockets);

/* Moves the calls whose time has come: among them each that curl has just been given. */
void sockets_push(struct sockets *sockets);

#endif
