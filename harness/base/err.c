#include "harness/base/err.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/text.h"

/* Room to format in: four times the text, so that what is cut here is always past what is kept. */
#define ROOM (4 * sizeof ((struct err *)0)->text)

/* Copies room into err: one line of UTF-8, cut at a character's end. */
static void keep(struct err *err, const char *room)
{
    size_t left = strlen(room), used = 0;

    while (left > 0) {
        uint32_t code;
        size_t taken = text_decode(room, left, &code);
        const char *piece = code == UINT32_MAX ? "\xef\xbf\xbd" : code < 0x20 ? " " : room;
        size_t size = code == UINT32_MAX ? 3 : taken;

        if (used + size >= sizeof err->text)
            break;
        memcpy(err->text + used, piece, size);
        used += size;
        room += taken;
        left -= taken;
    }
    err->text[used] = '\0';
}

int err_set(struct err *err, const char *fmt, ...)
{
    char room[ROOM];
    va_list args;

    va_start(args, fmt);
    vsnprintf(room, sizeof room, fmt, args);
    va_end(args);
    keep(err, room);
    return -1;
}

int err_set_code(struct err *err, enum exit_code code, const char *fmt, ...)
{
    char room[ROOM];
    va_list args;

    va_start(args, fmt);
    vsnprintf(room, sizeof room, fmt, args);
    va_end(args);
    keep(err, room);
    err->code = code;
    return -1;
}

int err_prefix(struct err *err, const char *fmt, ...)
{
    char room[ROOM];
    va_list args;

    va_start(args, fmt);
    vsnprintf(room, sizeof room, fmt, args);
    va_end(args);
    strncat(room, err->text, sizeof room - strlen(room) - 1);
    keep(err, room);
    return -1;
}
