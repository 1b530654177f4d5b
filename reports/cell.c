#include "reports/cell.h"

#include <ctype.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/price.h"
#include "harness/base/text.h"

/* Of a page, and the least that reads as sentences. */
#define WIDTH 80
#define WIDTH_MIN 40

/* Does this character mean something to Markdown where it stands? A backslash does only before punctuation. */
static bool must_escape(const char *text, size_t i)
{
    if (text[i] == '\\')
        return text[i + 1] == '\0' || ispunct((unsigned char)text[i + 1]);
    return strchr("|`*<>[]&~", text[i]) != NULL || (i == 0 && ispunct((unsigned char)text[i]));
}

/* How many of the last bytes fit into so many columns. */
static size_t count_last(const char *text, size_t length, size_t width_max)
{
    size_t begin = length;

    for (size_t at = length; at > 0 && text_width(text + begin) <= width_max; at--)
        if (((unsigned char)text[at - 1] & 0xc0) != 0x80 && text_width(text + at - 1) <= width_max)
            begin = at - 1;
    return length - begin;
}

/* Cuts the middle out; three dots stand for it. */
static void shorten(struct buf *shown, size_t width_max)
{
    size_t tail = count_last(shown->data, shown->length, width_max / 3);
    struct buf shorter;

    if (text_width(shown->data) <= width_max)
        return;
    buf_init(&shorter, 0);
    text_show_line(&shorter, shown->data, shown->length, width_max - width_max / 3 - 3);
    buf_add(&shorter, shown->data + shown->length - tail, tail);
    buf_clear(shown);
    buf_add(shown, shorter.data, shorter.length);
    buf_fini(&shorter);
}

const char *cell_name(struct arena *arena, const char *name, size_t width_max)
{
    struct buf shown, escaped;
    const char *result;

    buf_init(&shown, 0);
    buf_init(&escaped, 0);
    text_show_line(&shown, name, strlen(name), SIZE_MAX);
    shorten(&shown, width_max);
    for (size_t i = 0; i < shown.length; i++) {
        if (must_escape(shown.data, i))
            buf_add_char(&escaped, '\\');
        buf_add_char(&escaped, shown.data[i]);
    }
    result = arena_strdup(arena, escaped.data);
    buf_fini(&shown);
    buf_fini(&escaped);
    return result;
}

/* What is a half in decimals is so within a few units of a double's last place, which the product may have lost. */
double cell_points(double share)
{
    double tenths = floor(1000 * fabs(share) * (1 + 4 * DBL_EPSILON) + 0.5);

    return tenths == 0 ? 0 : copysign(tenths / 10, share);
}

const char *cell_signed(struct arena *arena, double share)
{
    double points = cell_points(share);

    return isnan(share) ? CELL_DASH : arena_printf(arena, points == 0 ? "%.1f" : "%+.1f", points);
}

const char *cell_percent(struct arena *arena, const char *sign, double share)
{
    return isnan(share) ? CELL_DASH : arena_printf(arena, "%s%.1f", sign, cell_points(share));
}

const char *cell_interval(struct arena *arena, const struct interval *interval)
{
    if (interval->method == NULL)
        return CELL_DASH;
    return arena_printf(arena, "[%.1f, %.1f]", cell_points(interval->lower), cell_points(interval->upper));
}

const char *cell_usd(struct arena *arena, const char *sign, int64_t nanousd)
{
    const char *shown;
    struct buf text;

    if (nanousd < 0)
        return CELL_DASH;
    buf_init(&text, 0);
    buf_add_string(&text, sign);
    price_add_usd(&text, nanousd);
    shown = arena_strdup(arena, text.data);
    buf_fini(&text);
    return shown;
}

const char *cell_usd_per(struct arena *arena, const char *sign, int64_t nanousd, double count)
{
    return cell_usd(arena, sign, nanousd < 0 || count <= 0 ? COST_UNKNOWN : (int64_t)((double)nanousd / count + 0.5));
}

void cell_add_wrapped(struct buf *out, const char *text, size_t indent, size_t width)
{
    size_t column = 0;

    width = width == 0 ? WIDTH : width < WIDTH_MIN ? WIDTH_MIN : width;
    while (*text != '\0') {
        size_t length = strcspn(text, " ");
        struct buf word;

        buf_init(&word, 0);
        buf_add(&word, text, length);
        if (column > indent && column + 1 + text_width(word.data) > width) {
            buf_add_char(out, '\n');
            buf_addf(out, "%*s", (int)indent, "");
            column = indent;
        } else if (column > 0) {
            buf_add_char(out, ' ');
            column++;
        }
        buf_add_string(out, word.data);
        column += text_width(word.data);
        buf_fini(&word);
        text += length;
        text += strspn(text, " ");
    }
    buf_add_char(out, '\n');
}
