/*
 * arena: memory with one lifetime, freed whole. An episode has one, a loaded task has one, a report has one; what
 * lives in an arena has no cleanup path. Never returns NULL. Not shared between threads.
 */
#ifndef VERNIER_BASE_ARENA_H
#define VERNIER_BASE_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena);      /* NULL is allowed */

/* Forgets everything in it, and keeps the first block for the next use. */
void arena_clear(struct arena *arena);

/* Zeroed, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t size_bytes);
void *arena_calloc(struct arena *arena, size_t count, size_t size_bytes);   /* the product may not overflow: assert */
char *arena_strdup(struct arena *arena, const char *text);                  /* NULL gives NULL */
char *arena_strndup(struct arena *arena, const char *text, size_t length);  /* adds the NUL */
char *arena_printf(struct arena *arena, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Bytes handed out and kept so far (blocks, not only what was asked for). For tests, which bound it. */
size_t arena_size_bytes(const struct arena *arena);

#endif
