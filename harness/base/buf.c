#include "harness/base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/mem.h"

#define CAPACITY_FIRST ((size_t)64)

void buf_init(struct buf *buf, size_t ceiling)
{
    buf->ceiling = ceiling > 0 ? ceiling : BUF_CEILING_DEFAULT;
    assert(buf->ceiling < SIZE_MAX / 2);
    buf->capacity = buf->ceiling < CAPACITY_FIRST ? buf->ceiling + 1 : CAPACITY_FIRST;
    buf->data = xmalloc(buf->capacity);
    buf->cut = false;
    buf->length = 0;
    buf->data[0] = '\0';
}

void buf_fini(struct buf *buf)
{
    free(buf->data);
    memset(buf, 0, sizeof *buf);
}

void buf_clear(struct buf *buf)
{
    buf->length = 0;
    buf->cut = false;
    buf->data[0] = '\0';
}

/* Makes room for as much of more as the ceiling allows, and returns that much. */
static size_t reserve(struct buf *buf, size_t more)
{
    size_t capacity = buf->capacity;

    if (more < capacity - buf->length)              /* there is room, and never more than up to the ceiling */
        return more;
    if (more > buf->ceiling - buf->length) {
        more = buf->ceiling - buf->length;
        buf->cut = true;
    }
    while (capacity < buf->length + more + 1)
        capacity *= 2;
    if (capacity > buf->ceiling + 1)
        capacity = buf->ceiling + 1;
    if (capacity > buf->capacity) {
        buf->data = xreallocarray(buf->data, capacity, 1);
        buf->capacity = capacity;
    }
    return more;
}

void buf_add(struct buf *buf, const void *data, size_t length)
{
    length = reserve(buf, length);
    if (length > 0)
        memcpy(buf->data + buf->length, data, length);
    buf->length += length;
    buf->data[buf->length] = '\0';
}

void buf_add_string(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_add_char(struct buf *buf, char c)
{
    if (buf->capacity - buf->length < 2 && reserve(buf, 1) == 0)
        return;
    buf->data[buf->length++] = c;
    buf->data[buf->length] = '\0';
}

void buf_addf(struct buf *buf, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    buf_addv(buf, fmt, args);
    va_end(args);
}

void buf_addv(struct buf *buf, const char *fmt, va_list args)
{
    va_list again;
    size_t room;
    int wanted;

    va_copy(again, args);
    wanted = vsnprintf(buf->data + buf->length, buf->capacity - buf->length, fmt, args);
    assert(wanted >= 0);
    room = (size_t)wanted;
    if (room >= buf->capacity - buf->length) {
        room = reserve(buf, room);
        vsnprintf(buf->data + buf->length, room + 1, fmt, again);
    }
    buf->length += room;
    va_end(again);
}

char *buf_take(struct buf *buf)
{
    char *data = buf->data;

    buf_init(buf, buf->ceiling);
    return data;
}
