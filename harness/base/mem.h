/*
 * mem: malloc that never returns NULL. Out of memory is not an error anyone can mend: print and exit 70.
 * Freed with free().
 */
#ifndef VERNIER_BASE_MEM_H
#define VERNIER_BASE_MEM_H

#include <stddef.h>

void *xmalloc(size_t size_bytes);
void *xcalloc(size_t count, size_t size_bytes);
void *xreallocarray(void *old, size_t count, size_t size_bytes);
char *xstrdup(const char *text);
char *xstrndup(const char *text, size_t length);

/* For libraries that allocate themselves and say so when they cannot. */
_Noreturn void mem_exhausted(void);

#endif
