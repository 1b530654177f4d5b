/*
 * talk: a child program that is spoken with line by line for as long as it lives. Nothing here waits.
 *
 * What is said is kept until the pipe takes it; what comes back is cut into lines. A program that says a line longer than
 * it may, closes its stdout or ends, is over: lines it said before can still be heard. Stands on proc; main thread only.
 */
#ifndef VERNIER_BASE_TALK_H
#define VERNIER_BASE_TALK_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/err.h"

struct buf;
struct talk;

/* argv[0] is looked up in PATH. Its descriptors are added to epoll (level-triggered), so whoever waits there knows when
 * talk_move has something to do. NULL with err set when the program cannot be started. */
struct talk *talk_open(const char *const *argv, size_t line_max, int epoll, struct err *err);
void talk_close(struct talk *talk);                 /* kills it and its group; NULL is allowed */

/* A line, without its newline. */
void talk_say(struct talk *talk, const char *line, size_t length);

/* Moves bytes both ways. False: it is over. */
bool talk_move(struct talk *talk);

/* The next line, without its newline, or NULL. Valid until the next talk_move. */
const char *talk_hear(struct talk *talk, size_t *length);

/* How it ended, in words: "ended with status 1: ModuleNotFoundError: ...", its last words being the end of its stderr. One
 * that could not be executed "cannot be started: ...". */
void talk_add_end(const struct talk *talk, struct buf *out);

#endif
