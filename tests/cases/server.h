/*
 * server: a running fake_server. Its log lies outside the folder the case works in: it holds keys, and must.
 */
#ifndef VERNIER_CASES_SERVER_H
#define VERNIER_CASES_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/err.h"

struct server;

/* Waits until it listens. port: the one to listen on again, or 0. NULL with err set. */
struct server *server_start(const char *program, const char *script, const char *log, int port, struct err *err);
void server_stop(struct server *server);                /* NULL is allowed */

const char *server_url(const struct server *server);    /* http://127.0.0.1:PORT/v1 */
int server_port(const struct server *server);

/* What it has been asked since its start, whole requests as JSON lines; replies may still be on their way. */
size_t server_count(const struct server *server);
bool server_was_asked(const struct server *server, const char *text);

#endif
