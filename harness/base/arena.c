#include "harness/base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/mem.h"

/* Thousands of episodes have an arena each, so the first block is small: it holds one that asks a model once and gets a
 * short answer (measured: 2.4 kB). A busy one soon takes large ones. */
#define FIRST_BLOCK_BYTES ((size_t)3 << 10)
#define BLOCK_BYTES_MAX ((size_t)64 << 10)

struct block {
    struct block *next;
    size_t size, used;          /* of data */
    max_align_t data[];
};

struct arena {
    struct block *first;        /* kept by arena_clear */
    struct block *others;
    struct block *current;      /* the one filled from: first, or one of others */
    size_t next_size;           /* of the next block */
    size_t size_bytes;
};

static struct block *new_block(struct arena *arena, size_t size)
{
    struct block *block = xmalloc(sizeof *block + size);

    block->next = NULL;
    block->size = size;
    block->used = 0;
    arena->size_bytes += size;
    return block;
}

struct arena *arena_new(void)
{
    struct arena *arena = xcalloc(1, sizeof *arena);

    arena->first = new_block(arena, FIRST_BLOCK_BYTES);
    arena->current = arena->first;
    arena->next_size = 2 * FIRST_BLOCK_BYTES;
    return arena;
}

void arena_clear(struct arena *arena)
{
    while (arena->others != NULL) {
        struct block *next = arena->others->next;
        free(arena->others);
        arena->others = next;
    }
    arena->first->used = 0;
    arena->current = arena->first;
    arena->next_size = 2 * FIRST_BLOCK_BYTES;
    arena->size_bytes = arena->first->size;
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    arena_clear(arena);
    free(arena->first);
    free(arena);
}

/* A block with room for size bytes. A large one is made to measure, and the current one's rest stays in use. */
static struct block *add_block(struct arena *arena, size_t size)
{
    bool large = size > arena->next_size / 4;
    struct block *block = new_block(arena, large ? size : arena->next_size);

    block->next = arena->others;
    arena->others = block;
    if (large)
        return block;
    if (arena->next_size < BLOCK_BYTES_MAX)
        arena->next_size *= 2;
    arena->current = block;
    return block;
}

static void *raw_alloc(struct arena *arena, size_t size_bytes)
{
    const size_t align = _Alignof(max_align_t);
    struct block *block = arena->current;
    void *memory;

    assert(size_bytes <= SIZE_MAX / 2);
    size_bytes = (size_bytes + align - 1) / align * align;
    if (size_bytes == 0)
        size_bytes = align;
    if (size_bytes > block->size - block->used)
        block = add_block(arena, size_bytes);
    memory = (char *)block->data + block->used;
    block->used += size_bytes;
    return memory;
}

void *arena_alloc(struct arena *arena, size_t size_bytes)
{
    return memset(raw_alloc(arena, size_bytes), 0, size_bytes);
}

void *arena_calloc(struct arena *arena, size_t count, size_t size_bytes)
{
    size_t product;
    bool overflows = __builtin_mul_overflow(count, size_bytes, &product);

    assert(!overflows);
    return arena_alloc(arena, product);
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return text == NULL ? NULL : arena_strndup(arena, text, strlen(text));
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
    char *copy = raw_alloc(arena, length + 1);

    if (length > 0)
        memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *arena_printf(struct arena *arena, const char *fmt, ...)
{
    va_list args;
    int length;
    char *text;

    va_start(args, fmt);
    length = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    assert(length >= 0);
    text = raw_alloc(arena, (size_t)length + 1);
    va_start(args, fmt);
    vsnprintf(text, (size_t)length + 1, fmt, args);
    va_end(args);
    return text;
}

size_t arena_size_bytes(const struct arena *arena)
{
    return arena->size_bytes;
}
