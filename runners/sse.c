#include "runners/sse.h"

#include <stdio.h>
#include <string.h>

#include "harness/base/text.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

void sse_init(struct sse *sse, size_t ceiling)
{
    *sse = (struct sse){ .taken = 0 };
    buf_init(&sse->bytes, ceiling);
    buf_init(&sse->data, ceiling);
}

void sse_fini(struct sse *sse)
{
    buf_fini(&sse->data);
    buf_fini(&sse->bytes);
}

/* What was read makes room first, so a long stream needs no more than its longest line. */
void sse_add(struct sse *sse, const char *bytes, size_t length)
{
    size_t left = sse->bytes.length - sse->taken;

    if (sse->taken > 0) {
        memmove(sse->bytes.data, sse->bytes.data + sse->taken, left + 1);
        sse->bytes.length = left;
        sse->taken = 0;
    }
    buf_add(&sse->bytes, bytes, length);
}

/* The next whole line, without its end. A CR ends a line at once; an LF right after it belongs to it. */
static bool next_line(struct sse *sse, const char **line, size_t *length)
{
    const char *start = sse->bytes.data + sse->taken, *end = sse->bytes.data + sse->bytes.length, *stop;

    if (sse->after_cr && start < end) {
        sse->after_cr = false;
        if (*start == '\n') {
            sse->taken++;
            start++;
        }
    }
    stop = start + text_line_length(start, (size_t)(end - start));
    if (stop == end)
        return false;
    sse->after_cr = *stop == '\r';
    sse->taken += (size_t)(stop - start) + 1;
    *line = start;
    *length = (size_t)(stop - start);
    return true;
}

static bool is_field(const char *line, size_t length, const char *name)
{
    return strlen(name) == length && memcmp(line, name, length) == 0;
}

static void take_data(struct sse *sse, const char *value, size_t length)
{
    if (sse->has_data)
        buf_add_char(&sse->data, '\n');
    buf_add(&sse->data, value, length);
    sse->has_data = true;
}

static void take_name(struct sse *sse, const char *value, size_t length)
{
    snprintf(sse->name, sizeof sse->name, "%.*s", (int)(length < sizeof sse->name ? length : sizeof sse->name), value);
}

/* A line without a colon is a field without a value; one blank after the colon belongs to neither. */
static void take_field(struct sse *sse, const char *line, size_t length)
{
    const char *colon = memchr(line, ':', length);
    size_t name = colon != NULL ? (size_t)(colon - line) : length;
    size_t start = name < length ? name + 1 : length;

    if (start < length && line[start] == ' ')
        start++;
    if (is_field(line, name, "event")) {
        take_name(sse, line + start, length - start);
    } else if (is_field(line, name, "data")) {
        take_data(sse, line + start, length - start);
    } else if (is_field(line, name, "error")) {
        take_name(sse, "error", 5);
        take_data(sse, line + start, length - start);
    }
}

static void skip_mark(struct sse *sse, const char **line, size_t *length)
{
    size_t mark = strlen(BYTE_ORDER_MARK);

    if (!sse->begun && *length >= mark && memcmp(*line, BYTE_ORDER_MARK, mark) == 0) {
        *line += mark;
        *length -= mark;
    }
    sse->begun = true;
}

static void forget_event(struct sse *sse)
{
    buf_clear(&sse->data);
    sse->name[0] = '\0';
    sse->has_data = false;
    sse->given = false;
}

bool sse_next(struct sse *sse, struct sse_event *out)
{
    const char *line;
    size_t length;

    if (sse->given)
        forget_event(sse);
    while (next_line(sse, &line, &length)) {
        skip_mark(sse, &line, &length);
        if (length > 0) {
            take_field(sse, line, length);
        } else if (sse->has_data) {
            *out = (struct sse_event){ sse->name, sse->data.data, sse->data.length };
            sse->given = true;
            return true;
        } else {
            forget_event(sse);
        }
    }
    return false;
}
