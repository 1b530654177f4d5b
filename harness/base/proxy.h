/*
 * proxy: which proxy the environment names for a URL, as libcurl reads it: for whoever must say who did not answer.
 *
 * Whether it is used is libcurl's to decide: no_proxy is not looked at here.
 */
#ifndef VERNIER_BASE_PROXY_H
#define VERNIER_BASE_PROXY_H

#include <stdbool.h>
#include <stddef.h>

/* "https_proxy" of "http://me:pw@proxy:3128/": its place without the password. port 0: none that can be read. */
struct proxy { const char *variable; char place[160]; int port; };

/*
 * In libcurl's order: SCHEME_proxy, in capitals too (but not HTTP_PROXY, which a web server sets to what a client sent),
 * all_proxy, ALL_PROXY. Empty is not set. False: none is named.
 */
bool proxy_find(const char *url, struct proxy *proxy);

/*
 * Whether it was called in place ("host:port", the server's) of the server: until 8.7 libcurl does not say so. Then its
 * port was dialled; where both have the same port, libcurl's words name whom it called.
 */
bool proxy_was_called(const struct proxy *proxy, const char *place, int dialled_port, const char *words);

/*
 * "the proxy 127.0.0.1:3128 (http_proxy)" where one answered in the server's place, port being that of who was called: it
 * reads what goes to a URL without TLS, and may have answered for itself. Else, and where nobody can tell, "".
 */
void proxy_name_gate(const char *url, const char *place, int port, char *text, size_t size);

#endif
