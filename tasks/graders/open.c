#include "tasks/graders/open.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/text.h"
#include "tasks/graders/number.h"
#include "tasks/pylist.h"
#include "tasks/readers/span.h"

static struct open_value *add(struct open_values *values, struct arena *arena)
{
    if (values->count == values->room) {
        size_t room = values->room * 2 + 16;
        struct open_value *more = arena_calloc(arena, room, sizeof more[0]);
        if (values->count > 0)
            memcpy(more, values->items, values->count * sizeof more[0]);
        values->items = more;
        values->room = room;
    }
    return &values->items[values->count++];
}

/* Python's round(x, 2): exact, halves to even, which is how printf and strtod work. */
static double round_cents(double value)
{
    char digits[512];

    if (!isfinite(value))
        return value;
    snprintf(digits, sizeof digits, "%.2f", value);
    return strtod(digits, NULL);
}

/* A number, or the words in small letters; a single letter is two values, so that it matches no word's inside. */
static void add_normal(struct open_values *values, struct span text, struct arena *arena)
{
    double number;

    text = span_trim(text);
    if (number_parse(text, arena, &number)) {
        *add(values, arena) = (struct open_value){ .number = round_cents(number) };
        return;
    }
    char *copy = arena_strndup(arena, text.text, text.length);
    uint32_t code;
    for (size_t i = 0; i < text.length; i++)
        if (is_upper(copy[i]))
            copy[i] = (char)(copy[i] + 32);
    if (text.length > 0 && text_decode(copy, text.length, &code) == text.length) {
        *add(values, arena) = (struct open_value){ .text = arena_printf(arena, " %s", copy) };
        copy = arena_printf(arena, "%s ", copy);
    }
    *add(values, arena) = (struct open_value){ .text = copy };
}

static void add_numbers(struct open_values *values, struct span text, struct arena *arena)
{
    for (int form = 0; form < NUMBER_FORMS; form++) {
        size_t at = 0, length;
        while ((length = number_find((enum number_form)form, text, &at)) > 0) {
            add_normal(values, span_slice(text, at, at + length), arena);
            at += length;
        }
    }
}

/* The shortest of what follows an indicator, each at its last place; false when there is none or it says nothing. */
static bool find_key(struct span piece, bool is_last, struct span *key)
{
    static const char *const INDICATORS[] = {
        "could be ", "so ", "is ", "thus ", "therefore ", "final ", "answer ", "result ", "=",
    };
    size_t count = sizeof INDICATORS / sizeof INDICATORS[0] - (is_last ? 0 : 1);

    *key = (struct span){ NULL, 0 };
    for (size_t i = 0; i < count; i++) {
        size_t at = span_find_last(piece, INDICATORS[i]);
        if (at == SPAN_NOWHERE)
            continue;
        struct span rest = span_trim(span_slice(piece, at + strlen(INDICATORS[i]), piece.length));
        if (key->length == 0 || rest.length < key->length)
            *key = rest;
    }
    return key->length > 1 || (key->length == 1 && !is_one_of(key->text[0], ":,.!?;'"));
}

static struct span strip_dots(struct span text)
{
    while (text.length > 0 && text.text[0] == '.')
        text = span_slice(text, 1, text.length);
    while (text.length > 0 && text.text[text.length - 1] == '.')
        text.length--;
    return text;
}

struct open_values open_candidates(const char *reply, struct arena *arena)
{
    struct span text = span_small(strip_dots(span_trim(span_of(reply))), arena), key;
    struct open_values values = { 0 }, numbers = { 0 };
    size_t from = 0;
    bool is_last = false;

    while (!is_last) {
        const char *newline = memchr(text.text + from, '\n', text.length - from);
        size_t end = newline == NULL ? text.length : (size_t)(newline - text.text);
        is_last = newline == NULL;
        if (find_key(span_slice(text, from, end), is_last, &key)) {
            add_normal(&values, key, arena);
            add_numbers(&numbers, key, arena);
        }
        from = end + 1;
    }
    if (values.count == 0) {
        add_normal(&values, text, arena);
        add_numbers(&numbers, text, arena);
    }
    for (size_t i = 0; i < numbers.count; i++)
        *add(&values, arena) = numbers.items[i];
    return values;
}

struct open_values open_keys(const char *key, struct arena *arena)
{
    struct open_values values = { 0 };
    struct err ignored = ERR_INIT;
    const char **items;
    size_t count;

    if (key[0] != '[' || pylist_parse(arena, key, &items, &count, &ignored) < 0) {
        add_normal(&values, span_of(key), arena);
        return values;
    }
    for (size_t i = 0; i < count; i++)
        add_normal(&values, span_of(items[i]), arena);
    return values;
}

static bool same(const struct open_value *candidate, const struct open_value *key)
{
    if ((candidate->text == NULL) != (key->text == NULL))
        return false;
    return candidate->text == NULL ? candidate->number == key->number : strstr(candidate->text, key->text) != NULL;
}

bool open_matches(const struct open_values *candidates, const struct open_values *keys)
{
    for (size_t i = 0; i < candidates->count; i++)
        for (size_t k = 0; k < keys->count; k++)
            if (same(&candidates->items[i], &keys->items[k]))
                return true;
    return false;
}

/* Whether one before it is the same. */
static bool is_seen(const struct open_values *values, size_t index)
{
    const struct open_value *value = &values->items[index];

    for (size_t i = 0; i < index; i++) {
        const struct open_value *other = &values->items[i];
        if (value->text == NULL ? other->text == NULL && other->number == value->number
                                : other->text != NULL && strcmp(other->text, value->text) == 0)
            return true;
    }
    return false;
}

void open_show(struct buf *out, const struct open_values *values, size_t width)
{
    size_t start = out->length;

    for (size_t i = 0; i < values->count && out->length - start < width; i++) {
        const struct open_value *value = &values->items[i];
        if (is_seen(values, i))
            continue;
        buf_add_string(out, out->length > start ? "; " : "");
        if (value->text == NULL)
            buf_addf(out, "%.15g", value->number);
        else
            buf_addf(out, "%.*s", (int)width, value->text);
    }
}
