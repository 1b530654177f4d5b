/*
 * Numbers: thousands, repeating decimals, powers of ten, digits of another base.
 */
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "tasks/maths/lexer.h"
#include "tasks/maths/limits.h"
#include "tasks/maths/policy.h"
#include "tasks/maths/work.h"

static size_t skip_digits(struct span text, size_t at)
{
    while (is_digit(span_at(text, at)))
        at++;
    return at;
}

/* What may stand between thousands, longest first. Those that are unmistakable count inside a list too. */
static const struct {
    const char *text;
    bool sure;
} SEPARATORS[] = {
    { ",\\! ", true }, { ", ", false }, { ",\\!", true }, { "\\,\\!", true }, { "{,}", true }, { "\\,", false },
    { "\\ ", false }, { ",", false }, { " ", false }, { "~", false },
};

/* Whether so many digits stand at that place and no more. */
static bool has_group(struct span text, size_t at)
{
    return skip_digits(text, at) == at + 3;
}

/* The place after all groups "SEPddd" of one kind; at when there are none, or when digits go on in another way. */
static size_t skip_thousands(const struct lexer *lexer, size_t start, size_t at, size_t *separator)
{
    struct span text = lexer->text;

    if (at - start > 3 || text.text[start] == '0')
        return at;
    for (size_t i = 0; i < sizeof SEPARATORS / sizeof SEPARATORS[0]; i++) {
        size_t size = strlen(SEPARATORS[i].text), end = at;
        if (lexer->open_lists > 0 && !SEPARATORS[i].sure)
            continue;
        if (strcmp(SEPARATORS[i].text, ", ") == 0 && (lexer->work->policy & POLICY_SPACED_THOUSANDS) == 0)
            continue;
        while (span_has(text, end, SEPARATORS[i].text) && has_group(text, end + size))
            end += size + 3;
        if (end == at)
            continue;
        /* "1,2,345" and "2 100 3" are lists. */
        if (span_has(text, end, SEPARATORS[i].text) && is_digit(span_at(text, end + size)))
            return at;
        *separator = size;
        return end;
    }
    return at;
}

/* Adds the digits of start..end-1. */
static void add_digits(struct buf *out, struct span text, size_t start, size_t end)
{
    for (size_t i = start; i < end; i++)
        if (is_digit(text.text[i]))
            buf_add_char(out, text.text[i]);
}

/* \overline{3}, \dot{3}, (3), and an ellipsis after digits that show a period. */
static size_t read_repeating(const struct lexer *lexer, size_t at, struct buf *out)
{
    static const char *const OPENINGS[] = { "\\overline{", "\\bar{", "\\dot{", "(" };
    struct span text = lexer->text;

    for (size_t i = 0; i < sizeof OPENINGS / sizeof OPENINGS[0]; i++) {
        size_t start = at + strlen(OPENINGS[i]), end;
        if (!span_has(text, at, OPENINGS[i]))
            continue;
        end = skip_digits(text, start);
        if (end == start || span_at(text, end) != (i == 3 ? ')' : '}'))
            return at;
        buf_add_char(out, '(');
        add_digits(out, text, start, end);
        buf_add_char(out, ')');
        return end + 1;
    }
    return at;
}

/* The length of the shortest period that fills the last digits of a decimal at least twice (three times for one digit);
 * 0 when none shows. */
static size_t find_period(const char *decimals, size_t count)
{
    for (size_t period = 1; 2 * period <= count; period++) {
        size_t same = 0;
        while (same + period < count && decimals[count - 1 - same] == decimals[count - 1 - same - period])
            same++;
        if (same + period >= (period == 1 ? 3 : 2 * period))
            return period;
    }
    return 0;
}

/* 0.333... and 0.1666\ldots */
static size_t read_ellipsis(const struct lexer *lexer, size_t at, struct buf *out)
{
    static const char *const DOTS[] = { "...", "\\ldots", "\\dots", "\\cdots" };
    size_t point = strcspn(out->data, "."), period;

    for (size_t i = 0; i < sizeof DOTS / sizeof DOTS[0]; i++) {
        if (!span_has(lexer->text, at, DOTS[i]) || out->data[point] == '\0')
            continue;
        period = find_period(out->data + point + 1, out->length - point - 1);
        if (period == 0)
            return at;
        buf_addf(out, "(%.*s)", (int)period, out->data + out->length - period);
        return at + strlen(DOTS[i]);
    }
    return at;
}

static size_t read_decimals(struct lexer *lexer, size_t at, struct buf *out)
{
    struct span text = lexer->text;
    size_t end, after;

    if (span_at(text, at) != '.' || (!is_digit(span_at(text, at + 1)) && span_at(text, at + 1) != '\\' &&
                                     span_at(text, at + 1) != '('))
        return at;
    end = skip_digits(text, at + 1);
    buf_add_char(out, '.');
    add_digits(out, text, at + 1, end);
    after = read_repeating(lexer, end, out);
    if (after != end)
        return after;
    if (end == at + 1) {
        buf_clear(out);
        return at;
    }
    return read_ellipsis(lexer, end, out);
}

/* e5, E-3, right after a number. */
static size_t read_exponent(const struct lexer *lexer, size_t at, struct buf *out)
{
    struct span text = lexer->text;
    size_t digits = at + 1;

    if (span_at(text, at) != 'e' && span_at(text, at) != 'E')
        return at;
    digits += is_one_of(span_at(text, digits), "+-");
    if (!is_digit(span_at(text, digits)) || skip_digits(text, digits) - digits > 5)
        return at;
    buf_add_char(out, 'e');
    buf_add(out, text.text + at + 1, skip_digits(text, digits) - at - 1);
    return skip_digits(text, digits);
}

/* 1F_{16}: digits and letters, if a base that has such digits follows. */
static bool read_large_base(struct lexer *lexer)
{
    struct span text = lexer->text;
    size_t end = lexer->at, base;

    while (is_digit(span_at(text, end)) || (span_at(text, end) >= 'A' && span_at(text, end) <= 'Z'))
        end++;
    base = end + (span_at(text, end) == ')' && lexer_last(lexer) == '(');
    if (span_at(text, base) != '_')
        return false;
    base += span_at(text, base + 1) == '{' ? 2 : 1;
    if ( !is_letter(text.text[end - 1]) || !is_digit(span_at(text, base)) ||
        !is_digit(span_at(text, base + 1)))
        return false;
    lexer_add(lexer, TOKEN_NUMBER, arena_strndup(lexer->work->arena, text.text + lexer->at, end - lexer->at));
    lexer->at = end;
    return true;
}

/* 3,14 where the profile's language writes so; 1.234,5 too. */
static size_t read_decimal_comma(const struct lexer *lexer, size_t at, struct buf *out)
{
    size_t end = skip_digits(lexer->text, at + 1);

    if (span_at(lexer->text, at) != ',' || end == at + 1 || lexer->open_lists > 0 ||
        is_one_of(span_at(lexer->text, end), ",.") || (lexer->work->policy & POLICY_DECIMAL_COMMA) == 0)
        return at;
    lexer->work->used |= POLICY_DECIMAL_COMMA;
    buf_add_char(out, '.');
    add_digits(out, lexer->text, at + 1, end);
    return end;
}

void lexer_read_number(struct lexer *lexer)
{
    size_t start = lexer->at, end = skip_digits(lexer->text, start), separator = 0, whole;
    struct buf out;

    if (read_large_base(lexer))
        return;
    buf_init(&out, LIMIT_ANSWER_BYTES + 64);
    whole = (lexer->work->policy & POLICY_DECIMAL_COMMA) != 0 && read_decimal_comma(lexer, end, &out) != end
                ? end
                : skip_thousands(lexer, start, end, &separator);
    buf_clear(&out);
    add_digits(&out, lexer->text, start, whole);
    if (out.length == 0)
        buf_add_char(&out, '0');
    end = read_decimals(lexer, whole, &out);
    if (end == whole && out.length == 0)
        add_digits(&out, lexer->text, start, whole);
    if (end == whole)
        end = read_decimal_comma(lexer, whole, &out);
    lexer->digits += out.length;
    if (out.length > LIMIT_LITERAL_DIGITS || lexer->digits > LIMIT_ALL_DIGITS)
        work_stop(lexer->work, "a number has too many digits");
    lexer->at = read_exponent(lexer, end, &out);
    lexer_add(lexer, TOKEN_NUMBER, arena_strndup(lexer->work->arena, out.data, out.length));
    buf_fini(&out);
}
