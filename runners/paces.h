/*
 * paces: the paces of all servers that one command speaks with, so that runners which ask the same model of the same
 * server (in two roles, say, or one run after another) share what they learned of it.
 *
 * Main thread only. A pace lives as long as its paces.
 */
#ifndef VERNIER_RUNNERS_PACES_H
#define VERNIER_RUNNERS_PACES_H

struct pace;
struct paces;

struct paces *paces_new(void);
void paces_free(struct paces *paces);      /* NULL is allowed */

/* The pace of that model at that address, begun with start (pace.h) when it is asked for first. */
struct pace *paces_get(struct paces *paces, const char *url, const char *model, int start);

#endif
