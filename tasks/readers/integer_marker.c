#include "tasks/readers/integer_marker.h"

#include "harness/base/arena.h"
#include "tasks/readers/dressing.h"
#include "tasks/readers/figure.h"
#include "tasks/readers/integer.h"
#include "tasks/readers/tongue.h"

/* Of a line after a marker: bounds the look at a text that has a marker everywhere and no newline. */
#define LINE_BYTES_MAX 1024
/* Of "m+n =" before a number: enough for every name, too short to matter when it is no name. */
#define NAME_BYTES_MAX 64
/* Of the end of a text, where markers of other languages are looked for. */
#define FOREIGN_BYTES_MAX 8192

/* After the marks that may stand before a number. */
static size_t skip_marks(struct span line, size_t at)
{
    for (;;) {
        size_t size = dressing_wrapper(line, at);
        size += size == 0 ? dressing_switch(line, at) : 0;
        if (is_one_of(span_at(line, at), "$*_`\"' \t"))
            at++;
        else if (span_has(line, at, "\\(") || span_has(line, at, "\\["))
            at += 2;
        else if (size > 0)
            at += size;
        else
            return at;
    }
}

/* After "m + n =" at that place; at when there is none. */
static size_t skip_name(struct span line, size_t at)
{
    size_t end = at, limit = at + NAME_BYTES_MAX;

    while (end < limit) {
        while (end < line.length && !is_one_of(line.text[end], " \t=+-*,;:.") && end < limit)
            end++;
        end = span_skip_blanks(line, end);
        if (span_at(line, end) == '=')
            return end + 1;
        if (!is_one_of(span_at(line, end), "+-*"))
            return at;
        end = span_skip_blanks(line, end + 1);
    }
    return at;
}

/* Within the bracket of "(70)"; at when there is none. */
static size_t skip_bracket(struct span line, size_t at)
{
    size_t digits = at + 1, end = figure_skip_digits(line, digits);

    return span_at(line, at) == '(' && end > digits && span_at(line, end) == ')' ? digits : at;
}

/* After all of "m = 12+13 =". */
static size_t skip_names(struct span line, size_t at)
{
    size_t end;

    while ((end = skip_name(line, at)) != at)
        at = skip_marks(line, end);
    return at;
}

/* Whether the number before goes on as a calculation: 5^3, 12/2, 3*4, 12 + 13, 7! */
static bool is_calculation(struct span line, size_t at)
{
    size_t next = span_skip_blanks(line, at);
    char c = span_at(line, at);

    if (is_one_of(c, "/^!_") && !(c == '_' && !is_digit(span_at(line, at + 1)) && span_at(line, at + 1) != '{'))
        return true;
    c = span_at(line, next);
    if (c == '+' || span_has(line, next, "\\cdot") || span_has(line, next, "\\times") ||
        span_has(line, next, "\xC3\x97"))
        return true;
    next = span_skip_blanks(line, next + 1);
    return (c == '-' || c == '*' || c == '/') && is_digit(span_at(line, next));
}

/* The number on the rest of a line after a marker. False when there are only words, so that it marks nothing. */
static bool read_line(struct span line, struct arena *arena, struct integer *out)
{
    size_t first = skip_bracket(line, skip_marks(line, 0)), at = skip_names(line, first);
    struct figure number = figure_read(line, at);

    if (at == line.length || (at == first && span_has_letter(line, at)))
        return false;
    if (number.end > at && !is_letter(span_at(line, number.end)) && !is_calculation(line, number.end)) {
        *out = integer_of_digits(number.digits, arena);
        return true;
    }
    *out = (struct integer){ .value = INTEGER_NONE };
    out->note = arena_printf(arena, "no integer after \"answer\": %s", figure_quote(span_trim(line), arena));
    return true;
}

/* After one of the signs that may stand for a colon, which other things have too; at when there is none. */
static size_t skip_loose_sign(struct span text, size_t at)
{
    static const char *const SIGNS[] = { "=>", "->", "=", "-", "\u2192", "\u21d2", "\u2014", "\u2013", NULL };
    const char *sign = span_has_one(text, at, SIGNS);

    return sign != NULL ? at + strlen(sign) : at;
}

/* Whether the word answer at that place is a heading: "## Final Answer", alone on its line. */
static bool is_heading(struct span text, size_t at, size_t end)
{
    size_t begin = at;

    while (begin > 0 && is_one_of(text.text[begin - 1], " *_#"))
        begin--;
    if (begin >= 5 && span_has_any_case(text, begin - 5, "final"))
        for (begin -= 5; begin > 0 && is_one_of(text.text[begin - 1], " *_#"); begin--)
            ;
    return (begin == 0 || text.text[begin - 1] == '\n') && span_at(text, end) == '\n';
}

/* After "is", "is therefore", "is:"; verb when it is another word. */
static size_t skip_verb(struct span text, size_t verb)
{
    static const char *const ADVERBS[] = { "therefore", "thus", "hence", "then", "simply" };
    size_t end = verb + 2, word;

    if (!span_has_any_case(text, verb, "is") || span_has_letter(text, end))
        return verb;
    word = span_skip_blanks(text, end);
    for (size_t i = 0; i < sizeof ADVERBS / sizeof ADVERBS[0]; i++)
        if (span_has_any_case(text, word, ADVERBS[i]) && !span_has_letter(text, word + strlen(ADVERBS[i])))
            end = word + strlen(ADVERBS[i]);
    return span_at(text, end) == ':' ? end + 1 : end;
}

/* *is_loose: what marks it may be another thing, so that only a number after it tells. */
static size_t skip_marker(struct span text, size_t at, bool *is_loose)
{
    size_t word = at + strlen("answer"), end = word, verb, sign;
    int marks = 0;

    *is_loose = false;
    if (!span_has_any_case(text, at, "answer") || (at > 0 && is_letter(text.text[at - 1])))
        return at;
    verb = span_skip_blanks(text, word);
    if (verb > word && skip_verb(text, verb) > verb)
        return skip_verb(text, verb);
    if (at > 0 && is_one_of(text.text[at - 1], "<_[") && is_one_of(span_at(text, word), ">]"))
        return word + 1;
    while (marks++ < 4 && is_one_of(span_at(text, end), "*_`\"') "))
        end++;
    if (span_at(text, end) == ':')
        return end + 1;
    *is_loose = true;
    sign = skip_loose_sign(text, end);
    return sign > end ? sign : is_heading(text, at, end) ? end : at;
}

size_t integer_skip_marker(struct span text, size_t at)
{
    bool is_loose;
    size_t end = skip_marker(text, at, &is_loose);

    return is_loose ? at : end;
}

/* The rest of the line, or the next one that says anything where this says nothing. */
static struct span line_from(struct span text, size_t start)
{
    size_t at = start, end;
    const char *newline;

    while (at < text.length && at - start < LINE_BYTES_MAX && is_one_of(text.text[at], " \t\n*_`:>"))
        at++;
    start = memchr(text.text + start, '\n', at - start) != NULL ? at : start;
    end = text.length - start > LINE_BYTES_MAX ? start + LINE_BYTES_MAX : text.length;
    newline = memchr(text.text + start, '\n', end - start);
    return span_slice(text, start, newline == NULL ? end : (size_t)(newline - text.text));
}

/* In other languages: "答案：70", "La respuesta es 70". */
static bool find_foreign(struct span text, struct arena *arena, struct integer *out)
{
    size_t from = text.length > FOREIGN_BYTES_MAX ? text.length - FOREIGN_BYTES_MAX : 0;

    for (size_t at = text.length; at-- > from;) {
        size_t end = at;
        bool begins = is_digit(text.text[at]) && at > 0 && !is_digit(text.text[at - 1]);
        if (text.text[at] != ':' && !begins)
            continue;
        while (end > from && at - end < 12 && is_one_of(text.text[end - 1], begins ? " *_$(" : " *_"))
            end--;
        if (begins ? tongue_find_phrase(text, end) == SPAN_NOWHERE : tongue_find_marker(text, end) == SPAN_NOWHERE)
            continue;
        if (read_line(line_from(text, begins ? at : at + 1), arena, out))
            return true;
    }
    return false;
}

bool integer_find_marker(struct span text, struct arena *arena, struct integer *out)
{
    for (size_t at = text.length; at-- > 0;) {
        size_t start;
        bool is_loose;
        if ((text.text[at] | 0x20) != 'a' || (start = skip_marker(text, at, &is_loose)) == at)
            continue;
        if (read_line(line_from(text, start), arena, out) && !(is_loose && out->value == INTEGER_NONE))
            return true;
    }
    *out = (struct integer){ .value = INTEGER_NONE };
    return find_foreign(text, arena, out);
}
