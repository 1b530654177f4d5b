#include "tasks/graders/number.h"

#include <stdint.h>
#include <stdlib.h>

#include "harness/base/arena.h"
#include "harness/base/text.h"

/* Digits with single underscores between them. */
static size_t take_digits(struct span text, size_t at)
{
    size_t from = at;

    while (is_digit(span_at(text, at)) || (at > from && span_at(text, at) == '_' && is_digit(span_at(text, at + 1))))
        at++;
    return at;
}

static bool is_named(struct span text, size_t at)
{
    static const char *const NAMES[] = { "inf", "infinity", "nan" };

    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        if (text.length - at == strlen(NAMES[i]) && span_has_any_case(text, at, NAMES[i]))
            return true;
    return false;
}

static bool is_float(struct span text)
{
    size_t at = is_one_of(span_at(text, 0), "+-") ? 1 : 0, whole, fraction;

    if (is_named(text, at))
        return true;
    whole = take_digits(text, at);
    fraction = span_at(text, whole) == '.' ? take_digits(text, whole + 1) : whole;
    if (whole == at && fraction <= whole + 1)
        return false;
    at = fraction;
    if (is_one_of(span_at(text, at), "eE")) {
        size_t digits = at + 1 + is_one_of(span_at(text, at + 1), "+-");
        at = take_digits(text, digits);
        if (at == digits)
            return false;
    }
    return at == text.length;
}

bool number_parse(struct span text, struct arena *arena, double *out)
{
    static const char *const COMMAS[] = { ",", NULL }, *const UNDERSCORES[] = { "_", NULL };
    struct span bare = span_trim(span_without(text, COMMAS, arena));

    if (bare.length == 0 || !is_float(bare))
        return false;
    *out = strtod(span_without(bare, UNDERSCORES, arena).text, NULL);
    return true;
}

/* Whether the character that ends before at, or begins there, is one of a word, as \w has it. */
static bool is_word_code(uint32_t code)
{
    if (code < 0x80)
        return is_letter((char)code) || is_digit((char)code) || code == '_';
    return (code >= 0xC0 && code < 0x2000 && code != 0xD7 && code != 0xF7) || (code >= 0x3040 && code < 0xE000);
}

static bool is_word_before(struct span text, size_t at)
{
    uint32_t code;
    size_t begin = at;

    if (at == 0)
        return false;
    do
        begin--;
    while (begin > 0 && ((unsigned char)text.text[begin] & 0xC0) == 0x80);
    text_decode(text.text + begin, at - begin, &code);
    return is_word_code(code);
}

static bool is_word_at(struct span text, size_t at)
{
    uint32_t code;

    if (at >= text.length)
        return false;
    text_decode(text.text + at, text.length - at, &code);
    return is_word_code(code);
}

static size_t skip_digits(struct span text, size_t at)
{
    while (is_digit(span_at(text, at)))
        at++;
    return at;
}

static bool has_exponent(struct span text, size_t at, size_t *end)
{
    size_t digits = at + 1;

    if (!is_one_of(span_at(text, at), "eE"))
        return false;
    digits += is_one_of(span_at(text, digits), "+-");
    *end = skip_digits(text, digits);
    return *end > digits;
}

/* Each gives the end of a match whose digits begin at from, or from when there is none. */
static size_t match_commas(struct span text, size_t from)
{
    size_t at = skip_digits(text, from), end = from;

    if (is_word_before(text, from) || at == from || at - from > 3)
        return from;
    while (span_at(text, at) == ',' && is_digit(span_at(text, at + 1)) && is_digit(span_at(text, at + 2)) &&
           is_digit(span_at(text, at + 3))) {
        at += 4;
        if (!is_word_at(text, at))
            end = at;
    }
    return end;
}

static size_t match_scientific(struct span text, size_t from)
{
    size_t at = skip_digits(text, from), end;

    if (at == from)
        return from;
    if (span_at(text, at) == '.' && is_digit(span_at(text, at + 1)))
        at = skip_digits(text, at + 1);
    return has_exponent(text, at, &end) ? end : from;
}

static bool may_end(struct span text, size_t at)
{
    size_t end;
    return !has_exponent(text, at, &end) && !is_one_of(span_at(text, at), ",0123456789");
}

static size_t match_simple(struct span text, size_t from)
{
    size_t whole = skip_digits(text, from), end;

    if (span_at(text, whole) == '.' && is_digit(span_at(text, whole + 1))) {
        end = skip_digits(text, whole + 1);
        if (may_end(text, end))
            return end;
    }
    return whole > from && !is_word_at(text, whole) && may_end(text, whole) ? whole : from;
}

/* Where a match fails at the first of some digits it fails at the others too, so these are passed at once. */
size_t number_find(enum number_form form, struct span text, size_t *at)
{
    static size_t (*const MATCH[])(struct span, size_t) = {
        [NUMBER_COMMAS] = match_commas, [NUMBER_SCIENTIFIC] = match_scientific, [NUMBER_SIMPLE] = match_simple,
    };

    while (*at < text.length) {
        size_t from = *at + (text.text[*at] == '-'), end;
        end = MATCH[form](text, from);
        if (end > from)
            return end - *at;
        *at = is_digit(text.text[*at]) ? skip_digits(text, *at) : *at + 1;
    }
    return 0;
}
