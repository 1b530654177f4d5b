/*
 * buf: a growing run of bytes, always NUL-terminated, with a ceiling. Owns its data.
 *
 * Past the ceiling nothing more is added and cut becomes true, so a writer need not check every call: it looks at cut
 * once, at the end. May hold NUL bytes; then length counts.
 */
#ifndef VERNIER_BASE_BUF_H
#define VERNIER_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *data;          /* never NULL after buf_init */
    size_t length;       /* without the NUL */
    size_t capacity;
    size_t ceiling;      /* length never goes past it */
    bool cut;            /* something did not fit under the ceiling */
};

#define BUF_CEILING_DEFAULT ((size_t)64 << 20)

void buf_init(struct buf *buf, size_t ceiling);   /* 0 means BUF_CEILING_DEFAULT */
void buf_fini(struct buf *buf);
void buf_clear(struct buf *buf);                  /* length 0, memory kept */

void buf_add(struct buf *buf, const void *data, size_t length);   /* what fits is added */
void buf_add_string(struct buf *buf, const char *text);
void buf_add_char(struct buf *buf, char c);
void buf_addf(struct buf *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_addv(struct buf *buf, const char *fmt, __builtin_va_list args);

/* Moves the data out (freed by the caller with free()); the buf is as after buf_init. */
char *buf_take(struct buf *buf);

#endif
