/*
 * line: one line for a person, of fields that go in as long as they fit: what is added first is worth most.
 *
 *     line_begin(&line, out, columns, is_ascii);
 *     buf_addf(&line.field, "%zu of %zu", done, all);
 *     line_place(&line);                                 the field goes in, or is left away with all after it
 *     line_end(&line);
 *
 * Fields stand apart by a dot, or by a bar where only ASCII can be shown. A line is never wider than its columns.
 */
#ifndef VERNIER_CLI_LINE_H
#define VERNIER_CLI_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/buf.h"

/* As wide as it gets. */
#define LINE_UNBOUNDED 1000000

struct line {
    struct buf *out;
    struct buf field;            /* the one being written */
    size_t columns, width;
    const char *gap;             /* before the next field; "" before the first */
    bool is_ascii, is_full;
};

void line_begin(struct line *line, struct buf *out, size_t columns, bool is_ascii);
void line_end(struct line *line);                /* adds no newline */

/* Goes in at once, in front of the first field; the caller knows that it fits. */
void line_put(struct line *line, const char *text);

/* The field goes in if it and all before it fit; the first does in any case, cut if need be. */
void line_place(struct line *line);

/* Writes a whole field and places it. */
void line_add(struct line *line, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* "412 asks to the model", and nothing where there are none. */
void line_add_count(struct line *line, size_t count, const char *words);

/* Foreign words into the field: without secrets and control characters, ASCII if need be, cut after width columns. */
void line_add_clean(struct line *line, const char *text, size_t width);

#endif
