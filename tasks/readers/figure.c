#include "tasks/readers/figure.h"

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/text.h"

const char *figure_quote(struct span text, struct arena *arena)
{
    struct buf buf;
    const char *quoted;

    buf_init(&buf, 0);
    text_show_line(&buf, text.text, text.length < 400 ? text.length : 400, 40);
    quoted = arena_strndup(arena, buf.data, buf.length);
    buf_fini(&buf);
    return quoted;
}

size_t figure_skip_digits(struct span text, size_t at)
{
    while (is_digit(span_at(text, at)))
        at++;
    return at;
}

/* The places after ",ddd,ddd"; at when the commas stand elsewhere, or other digits go on. */
static size_t skip_thousands(struct span text, size_t at)
{
    size_t end = at;

    while (span_at(text, end) == ',' && figure_skip_digits(text, end + 1) == end + 4)
        end += 4;
    return end;
}

/* +ddd, d,ddd or ddd.000 at that place. */
struct figure figure_read(struct span text, size_t at)
{
    struct figure number = { .end = at };
    size_t start = span_at(text, at) == '+' ? at + 1 : at, end = figure_skip_digits(text, start), zeros;

    if (end == start)
        return number;
    if (end - start <= 3)
        end = skip_thousands(text, end);
    number.digits = span_slice(text, start, end);
    for (zeros = end + 1; span_at(text, end) == '.' && span_at(text, zeros) == '0'; zeros++)
        ;
    if (span_at(text, end) == '.' && is_digit(span_at(text, zeros)))
        return number;          /* 12.5; end says that there is none */
    number.end = span_at(text, end) == '.' && zeros > end + 1 ? zeros : end;
    return number;
}
