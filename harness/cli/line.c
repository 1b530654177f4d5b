#include "harness/cli/line.h"

#include <stdarg.h>
#include <string.h>

#include "harness/base/redact.h"
#include "harness/base/text.h"

void line_begin(struct line *line, struct buf *out, size_t columns, bool is_ascii)
{
    *line = (struct line){ .out = out, .columns = columns, .gap = "", .is_ascii = is_ascii };
    buf_init(&line->field, 0);
}

void line_end(struct line *line)
{
    buf_fini(&line->field);
}

void line_put(struct line *line, const char *text)
{
    buf_add_string(line->out, text);
    line->width += text_width(text);
}

static size_t room(const struct line *line)
{
    return line->columns > line->width ? line->columns - line->width : 0;
}

void line_place(struct line *line)
{
    size_t wanted = text_width(line->gap) + text_width(line->field.data);

    if (!line->is_full && wanted <= room(line)) {
        line_put(line, line->gap);
        line_put(line, line->field.data);
        line->gap = line->is_ascii ? " | " : " \xc2\xb7 ";
    } else {
        if (!line->is_full && line->gap[0] == '\0')
            text_show_line(line->out, line->field.data, line->field.length, room(line) > 3 ? room(line) - 3 : 0);
        line->is_full = true;
    }
    buf_clear(&line->field);
}

void line_add(struct line *line, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    buf_addv(&line->field, fmt, args);
    va_end(args);
    line_place(line);
}

void line_add_count(struct line *line, size_t count, const char *words)
{
    if (count == 0)
        return;
    text_add_count(&line->field, count);
    line_add(line, " %s", words);
}

/* Characters that an ASCII terminal cannot show become question marks. */
static void add_plain(struct buf *out, const char *text)
{
    for (; *text != '\0'; text++)
        if (((unsigned char)*text & 0xc0) != 0x80)
            buf_add_char(out, (unsigned char)*text < 0x80 ? *text : '?');
}

void line_add_clean(struct line *line, const char *text, size_t width)
{
    struct buf safe, shown;

    buf_init(&safe, 0);
    buf_init(&shown, 0);
    redact_add(&safe, text, strlen(text));
    text_show_line(&shown, safe.data, safe.length, width);
    if (line->is_ascii)
        add_plain(&line->field, shown.data);
    else
        buf_add(&line->field, shown.data, shown.length);
    buf_fini(&shown);
    buf_fini(&safe);
}
