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
        const char *piece = code == UINT32_MAX ? TEXT_REPLACEMENT : code < 0x20 ? " " : room;
        size_t size = code == UINT32_MAX ? strlen(TEXT_REPLACEMENT) : taken;

        if (used + size >= sizeof err->text)
            break;
        memcpy(err->text + used, piece, size);
        used += size;
        room += taken;
        left -= taken;
    }
    err->text[used] = '\0';
}

/* The words, and rest behind them; rest may be err's own text. */
static void set_words(struct err *err, const char *fmt, va_list args, const char *rest)
{
    char room[ROOM];

    vsnprintf(room, sizeof room, fmt, args);
    strncat(room, rest, sizeof room - strlen(room) - 1);
    keep(err, room);
}

int err_set(struct err *err, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    set_words(err, fmt, args, "");
    va_end(args);
    return -1;
}

int err_set_code(struct err *err, enum exit_code code, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    set_words(err, fmt, args, "");
    va_end(args);
    err->code = code;
    return -1;
}

int err_prefix(struct err *err, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    set_words(err, fmt, args, err->text);
    va_end(args);
    return -1;
}
