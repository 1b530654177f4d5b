/*
 * listener: a socket in the file system at which others may ask one thing of a process: how it is. Whoever connects is
 * told a text, and that is all: nothing of what is sent there is ever read.
 *
 * Only the owner may connect (mode 0600). Paths may be as long as the system allows, as the folder is opened first;
 * a name in it of more than about 85 bytes is refused. Nothing blocks the process that listens: texts go out as the
 * guests take them; one that takes none for five seconds is dropped, and at most four are served at once.
 *
 * The file goes with listener_close. One that a killed process left is replaced by the next listener_open; so only one
 * process at a time may listen at a path, which is the caller's to see to (the lock of a store, say).
 */
#ifndef VERNIER_BASE_LISTENER_H
#define VERNIER_BASE_LISTENER_H

#include "harness/base/err.h"

struct buf;
struct listener;

/* NULL with err set: the folder cannot be written, something that is no socket is there, the name is too long. */
struct listener *listener_open(const char *path, struct err *err);
void listener_close(struct listener *listener);        /* NULL is allowed */

/* Readable when listener_serve has something to do. */
int listener_fd(const struct listener *listener);

/* Lets guests in and gives them what they take; tell adds the text, at most once a call. */
void listener_serve(struct listener *listener, void (*tell)(void *teller, struct buf *out), void *teller);

/*
 * The other side: what is told at path, into out. 1: told; 0: nobody listens there; -1 with err set: somebody does and
 * told nothing whole within timeout_ms, or it cannot be reached.
 */
int listener_ask(const char *path, int timeout_ms, struct buf *out, struct err *err);

#endif
