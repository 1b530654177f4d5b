#include "harness/base/json_write.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/text.h"

static void add_escaped(struct buf *out, unsigned char c)
{
    static const char letters[] = "btn fr";      /* \b is 8, \r is 13; 11 has no letter */

    if (c == '"' || c == '\\')
        buf_addf(out, "\\%c", c);
    else if (c >= '\b' && c <= '\r' && c != '\v')
        buf_addf(out, "\\%c", letters[c - '\b']);
    else
        buf_addf(out, "\\u%04x", c);
}

void json_quote(struct buf *out, const char *text, size_t length)
{
    buf_add_char(out, '"');
    while (length > 0) {
        size_t plain = text_bare_length(text, length), taken;
        uint32_t code;

        buf_add(out, text, plain);
        text += plain;
        length -= plain;
        if (length == 0)
            break;
        taken = text_decode(text, length, &code);
        if (code == UINT32_MAX)
            buf_add_string(out, TEXT_REPLACEMENT);
        else if (code >= 0x80)
            buf_add(out, text, taken);
        else
            add_escaped(out, (unsigned char)*text);
        text += taken;
        length -= taken;
    }
    buf_add_char(out, '"');
}

struct json_write json_write_to(struct buf *out)
{
    return (struct json_write){ .out = out };
}

/* The comma before, and the key. A key stands where an object is open, and nowhere else. */
static void begin_member(struct json_write *w, const char *key)
{
    assert((key != NULL) == (w->depth > 0 && w->closer[w->depth] == '}'));
    assert(w->depth > 0 || !w->filled[0]);      /* one value at the top */
    if (w->filled[w->depth])
        buf_add_char(w->out, ',');
    w->filled[w->depth] = true;
    if (key != NULL) {
        json_quote(w->out, key, strlen(key));
        buf_add_char(w->out, ':');
    }
}

void json_open(struct json_write *w, const char *key, char bracket)
{
    assert(bracket == '{' || bracket == '[');
    assert(w->depth < JSON_DEPTH_MAX);
    begin_member(w, key);
    buf_add_char(w->out, bracket);
    w->depth++;
    w->closer[w->depth] = bracket == '{' ? '}' : ']';
    w->filled[w->depth] = false;
}

void json_close(struct json_write *w)
{
    assert(w->depth > 0);
    buf_add_char(w->out, w->closer[w->depth--]);
}

void json_add_string(struct json_write *w, const char *key, const char *text)
{
    if (text == NULL)
        json_add_null(w, key);
    else
        json_add_bytes(w, key, text, strlen(text));
}

void json_add_bytes(struct json_write *w, const char *key, const char *text, size_t length)
{
    begin_member(w, key);
    json_quote(w->out, text, length);
}

/* printf takes ten times as long, and half of what is written is numbers. */
static void write_int(struct buf *out, int64_t value)
{
    char digits[20], *first = digits + sizeof digits;
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;

    do {
        *--first = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        *--first = '-';
    buf_add(out, first, (size_t)(digits + sizeof digits - first));
}

void json_add_int(struct json_write *w, const char *key, int64_t value)
{
    begin_member(w, key);
    write_int(w->out, value);
}

/* As few digits as read back the same: a person who wrote 0.7 finds 0.7. Whole numbers get no exponent below 2^53; from
 * there on those without one end in ".0": digits alone would be read as an exact integer. */
static void write_number(struct buf *out, double value)
{
    char text[40];
    int digits = 15;

    if (!isfinite(value)) {
        buf_add_string(out, "null");
        return;
    }
    if (fabs(value) < 0x1p53 && value == trunc(value)) {
        buf_addf(out, "%.0f", value);
        return;
    }
    do {
        snprintf(text, sizeof text, "%.*g", digits, value);
    } while (digits++ < 17 && strtod(text, NULL) != value);
    buf_add_string(out, text);
    if (strpbrk(text, ".e") == NULL)
        buf_add_string(out, ".0");
}

void json_add_number(struct json_write *w, const char *key, double value)
{
    begin_member(w, key);
    write_number(w->out, value);
}

void json_add_bool(struct json_write *w, const char *key, bool value)
{
    begin_member(w, key);
    buf_add_string(w->out, value ? "true" : "false");
}

void json_add_null(struct json_write *w, const char *key)
{
    begin_member(w, key);
    buf_add_string(w->out, "null");
}

void json_add_raw(struct json_write *w, const char *key, const char *json, size_t length)
{
    begin_member(w, key);
    buf_add(w->out, json, length);
}

static void write_scalar(struct buf *out, const struct json *value)
{
    const char *text = json_text(value);
    bool truth = false;
    double number = 0;
    int64_t whole;

    if (text != NULL)
        json_quote(out, text, strlen(text));
    else if (json_to_int64(value, &whole))
        write_int(out, whole);
    else if (json_to_number(value, &number))
        write_number(out, number);
    else if (json_to_bool(value, &truth))
        buf_add_string(out, truth ? "true" : "false");
    else
        buf_add_string(out, "null");
}

/* Apart from w's levels: a foreign document may be JSON_DEPTH_MAX deep and still be put inside another. */
static void write_value(struct buf *out, const struct json *value)
{
    enum json_kind kind = json_kind(value);
    const char *comma = "";

    if (kind != JSON_ARRAY && kind != JSON_OBJECT) {
        write_scalar(out, value);
        return;
    }
    buf_add_char(out, kind == JSON_OBJECT ? '{' : '[');
    for (const struct json *member = json_first(value); member != NULL; member = json_next(member)) {
        buf_add_string(out, comma);
        comma = ",";
        if (kind == JSON_OBJECT) {
            json_quote(out, json_key(member), strlen(json_key(member)));
            buf_add_char(out, ':');
        }
        write_value(out, member);
    }
    buf_add_char(out, kind == JSON_OBJECT ? '}' : ']');
}

void json_add_value(struct json_write *w, const char *key, const struct json *value)
{
    begin_member(w, key);
    if (value == NULL)
        buf_add_string(w->out, "null");
    else
        write_value(w->out, value);
}
