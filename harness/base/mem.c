#include "harness/base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/exit.h"

void mem_exhausted(void)
{
    fputs("vernier: error: out of memory\n", stderr);
    _Exit(EXIT_INTERNAL);
}

/* malloc(0) may return NULL, which would look like a failure. */
void *xmalloc(size_t size_bytes)
{
    void *memory = malloc(size_bytes > 0 ? size_bytes : 1);
    if (memory == NULL)
        mem_exhausted();
    return memory;
}

void *xcalloc(size_t count, size_t size_bytes)
{
    void *memory = count == 0 || size_bytes == 0 ? calloc(1, 1) : calloc(count, size_bytes);
    if (memory == NULL)
        mem_exhausted();
    return memory;
}

/* reallocarray(p, 0) would free p. */
void *xreallocarray(void *old, size_t count, size_t size_bytes)
{
    void *memory = count == 0 || size_bytes == 0 ? realloc(old, 1) : reallocarray(old, count, size_bytes);
    if (memory == NULL)
        mem_exhausted();
    return memory;
}

char *xstrdup(const char *text)
{
    return xstrndup(text, strlen(text));
}

char *xstrndup(const char *text, size_t length)
{
    size_t kept = strnlen(text, length);
    char *copy = xmalloc(kept + 1);

    memcpy(copy, text, kept);
    copy[kept] = '\0';
    return copy;
}
