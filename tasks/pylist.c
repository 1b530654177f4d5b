#include "tasks/pylist.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/text.h"

struct scan {
    const char *text, *at;
    struct buf item;
    struct err *err;
};

static int fail(const struct scan *scan, const char *expected)
{
    return err_set_code(scan->err, EXIT_BAD_DATA, "character %zu: expected %s", (size_t)(scan->at - scan->text) + 1,
                        expected);
}

static void skip_blanks(struct scan *scan)
{
    scan->at += strspn(scan->at, " \t\r\n");
}

/* \xHH and its kin: at stands on the letter, and afterwards behind the digits. False when these are too few. */
static bool read_code(struct scan *scan, size_t digits)
{
    uint32_t code = 0;

    for (size_t i = 1; i <= digits; i++) {
        int digit = text_hex_digit(scan->at[i]);
        if (digit < 0)
            return false;
        code = code << 4 | (uint32_t)digit;
    }
    scan->at += digits + 1;
    if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        buf_add_string(&scan->item, TEXT_REPLACEMENT);
    else
        text_encode(&scan->item, code);
    return true;
}

static int read_escape(struct scan *scan)
{
    static const char FROM[] = "\\'\"nrt", TO[] = "\\'\"\n\r\t";
    char c = *++scan->at;
    const char *found = c != '\0' ? strchr(FROM, c) : NULL;

    if (c == '\0')
        return fail(scan, "a character after the backslash");
    if (c == 'x' || c == 'u' || c == 'U')
        return read_code(scan, c == 'x' ? 2 : c == 'u' ? 4 : 8) ? 0 : fail(scan, "hexadecimal digits after it");
    if (found == NULL)
        buf_add_char(&scan->item, '\\');
    buf_add_char(&scan->item, found != NULL ? TO[found - FROM] : c);
    scan->at++;
    return 0;
}

static int read_quoted(struct scan *scan)
{
    char quote = *scan->at++;

    while (*scan->at != quote) {
        if (*scan->at == '\0')
            return fail(scan, "a closing quote");
        if (*scan->at == '\\') {
            if (read_escape(scan) < 0)
                return -1;
        } else {
            buf_add_char(&scan->item, *scan->at++);
        }
    }
    scan->at++;
    return 0;
}

static int read_bare(struct scan *scan)
{
    size_t length = strcspn(scan->at, ",]");

    if (scan->at[length] == '\0')
        return fail(scan, "\"]\" at the list's end");
    if (length == 0)
        return fail(scan, "an item");
    buf_add(&scan->item, scan->at, length);
    while (scan->item.length > 0 && strchr(" \t\r\n", scan->item.data[scan->item.length - 1]) != NULL)
        scan->item.data[--scan->item.length] = '\0';
    scan->at += length;
    return 0;
}

static int read_item(struct scan *scan)
{
    buf_clear(&scan->item);
    if ((*scan->at == '\'' || *scan->at == '"' ? read_quoted(scan) : read_bare(scan)) < 0)
        return -1;
    skip_blanks(scan);
    if (*scan->at != ',' && *scan->at != ']')
        return fail(scan, "\",\" or \"]\" after an item");
    scan->at += *scan->at == ',';
    skip_blanks(scan);
    return 0;
}

static int read_items(struct scan *scan, struct arena *arena, const char **items, size_t *count)
{
    skip_blanks(scan);
    if (*scan->at++ != '[') {
        scan->at--;
        return fail(scan, "a list in brackets");
    }
    for (skip_blanks(scan); *scan->at != ']';) {
        if (*count == PYLIST_ITEMS_MAX)
            return fail(scan, "no more items");
        if (read_item(scan) < 0)
            return -1;
        items[(*count)++] = arena_strndup(arena, scan->item.data, scan->item.length);
    }
    scan->at++;
    skip_blanks(scan);
    return *scan->at == '\0' ? 0 : fail(scan, "nothing after the list");
}

int pylist_parse(struct arena *arena, const char *text, const char ***items, size_t *count, struct err *err)
{
    struct scan scan = { .text = text, .at = text, .err = err };
    const char *found[PYLIST_ITEMS_MAX];
    int status;

    *count = 0;
    buf_init(&scan.item, 0);
    status = read_items(&scan, arena, found, count);
    buf_fini(&scan.item);
    *items = arena_calloc(arena, *count + 1, sizeof (*items)[0]);
    memcpy(*items, found, *count * sizeof found[0]);
    return status;
}
