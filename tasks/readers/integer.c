#include "tasks/readers/integer.h"

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/text.h"
#include "tasks/readers/boxes.h"

/* No box that holds an integer is longer; the longest equation seen in recorded outputs has 40 bytes. */
#define BOX_BYTES_MAX 4096
/* Of a line after a marker: bounds the look at a text that has a marker everywhere and no newline. */
#define LINE_BYTES_MAX 1024
/* Of "m+n =" before a number: enough for every name, too short to matter when it is no name. */
#define NAME_BYTES_MAX 64

/* A number as written: how far it goes, and its digits with the commas taken out. */
struct number {
    size_t end;                 /* the place it began at when there is none */
    struct span digits;         /* commas included */
};

static const char *quote(struct span text, struct arena *arena)
{
    struct buf buf;
    const char *quoted;

    buf_init(&buf, 0);
    text_show_line(&buf, text.text, text.length < 400 ? text.length : 400, 40);
    quoted = arena_strndup(arena, buf.data, buf.length);
    buf_fini(&buf);
    return quoted;
}

struct integer integer_of_digits(struct span digits, struct arena *arena)
{
    struct integer integer = { .value = 0 };

    for (size_t i = 0; i < digits.length; i++) {
        if (digits.text[i] == ',')
            continue;
        integer.value = integer.value * 10 + (digits.text[i] - '0');
        if (integer.value > INTEGER_MAX) {
            integer.value = INTEGER_NONE;
            integer.note = arena_printf(arena, "%s is outside 0..%d", quote(digits, arena), INTEGER_MAX);
            return integer;
        }
    }
    return integer;
}

static size_t skip_digits(struct span text, size_t at)
{
    while (is_digit(span_at(text, at)))
        at++;
    return at;
}

/* The places after ",ddd,ddd"; at when the commas stand elsewhere, or other digits go on. */
static size_t skip_thousands(struct span text, size_t at)
{
    size_t end = at;

    while (span_at(text, end) == ',' && skip_digits(text, end + 1) == end + 4)
        end += 4;
    return end;
}

/* +ddd, d,ddd or ddd.000 at that place. */
static struct number read_number(struct span text, size_t at)
{
    struct number number = { .end = at };
    size_t start = span_at(text, at) == '+' ? at + 1 : at, end = skip_digits(text, start), zeros;

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

/* How many bytes of TeX that changes no number begin there: spacing, signs of money and degrees, what wraps a text.
 * *spaced when what is inside stands apart from what is before. */
static size_t measure_dressing(struct span text, size_t at, bool *spaced)
{
    static const char *const WRAPPERS[] = { "\\text{", "\\textbf{", "\\textit{", "\\mathrm{", "\\mathbf{", "\\boxed{",
                                            "\\fbox{", "\\mbox{" };
    static const char *const MARKS[] = { "\\,", "\\!", "\\;", "\\:", "\\ ", "\\(", "\\)", "\\$", "^{\\circ}", "^\\circ",
                                         "**", "~", "$", "{", "}", "\xC2\xB0" };

    for (size_t i = 0; i < sizeof WRAPPERS / sizeof WRAPPERS[0]; i++)
        if (span_has(text, at, WRAPPERS[i])) {
            *spaced = true;
            return strlen(WRAPPERS[i]);
        }
    for (size_t i = 0; i < sizeof MARKS / sizeof MARKS[0]; i++)
        if (span_has(text, at, MARKS[i]))
            return strlen(MARKS[i]);
    return 0;
}

/* A copy without its dressing. */
static struct span undress(struct span text, struct arena *arena)
{
    char *copy = arena_strndup(arena, text.text, text.length), *out = copy;

    for (size_t at = 0; at < text.length;) {
        bool spaced = false;
        size_t size = measure_dressing(text, at, &spaced);
        if (spaced)
            *out++ = ' ';
        else if (size == 0)
            *out++ = text.text[at++];
        at += size;
    }
    return (struct span){ copy, (size_t)(out - copy) };
}

/* "25 minutes", "25degrees": the rest is words. "25x" is an expression, "25 30" two numbers. */
static bool is_unit(struct span rest)
{
    size_t word = span_skip_blanks(rest, 0), end = word;

    while (is_letter(span_at(rest, end)))
        end++;
    if (word == 0 && end > 0 && end < 3)
        return false;
    for (; end < rest.length; end++)
        if (!is_letter(rest.text[end]) && !is_blank(rest.text[end]))
            return false;
    return true;
}

/* What follows the last sign of equality; all of it when there is none, nothing when it is an inequality. */
static struct span after_equals(struct span text)
{
    size_t at = span_find_last(text, "=");

    if (at == SPAN_NOWHERE)
        return text;
    if (at > 0 && is_one_of(text.text[at - 1], "<>!"))
        return span_slice(text, text.length, text.length);
    return span_slice(text, at + 1, text.length);
}

/* What a box says, without dressing, names and the full stop; nothing when it is too long to be an integer. */
static struct span plain_content(struct span content, struct arena *arena)
{
    struct span text;

    if (content.length > BOX_BYTES_MAX)
        return span_slice(content, 0, 0);
    text = span_trim(after_equals(undress(content, arena)));
    if (text.length > 0 && text.text[text.length - 1] == '.')
        text = span_trim(span_slice(text, 0, text.length - 1));
    return text;
}

static struct integer read_box(struct span content, struct arena *arena)
{
    struct span text = plain_content(content, arena);
    struct number number = read_number(text, 0);
    struct integer integer = { .value = INTEGER_NONE };

    if (number.end > 0 && is_unit(span_slice(text, number.end, text.length)))
        integer = integer_of_digits(number.digits, arena);
    else
        integer.note = arena_printf(arena, "the box holds no integer: %s", quote(content, arena));
    integer.boxed = true;
    return integer;
}

/* "\boxed 82", the last one. */
static bool find_bare_box(struct span text, struct arena *arena, struct integer *out)
{
    static const char *const NAMES[] = { "\\boxed", "\\fbox", "\\framebox" };
    struct span before = text;
    size_t at;

    if (memmem(text.text, text.length, "box", 3) == NULL)
        return false;
    while ((at = span_find_last(before, "\\")) != SPAN_NOWHERE) {
        before.length = at;
        for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
            struct number number;
            if (!span_has(text, at, NAMES[i]))
                continue;
            number = read_number(text, span_skip_blanks(text, at + strlen(NAMES[i])));
            if (number.digits.length == 0)
                continue;
            *out = integer_of_digits(number.digits, arena);
            out->boxed = true;
            return true;
        }
    }
    return false;
}

/* After the marks that may stand before a number. */
static size_t skip_marks(struct span line, size_t at)
{
    for (;;) {
        if (is_one_of(span_at(line, at), "$*_`\"' \t"))
            at++;
        else if (span_has(line, at, "\\(") || span_has(line, at, "\\["))
            at += 2;
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
    size_t first = skip_marks(line, 0), at = skip_names(line, first);
    struct number number = read_number(line, at);

    if (at == line.length || (at == first && span_has_letter(line, at)))
        return false;
    if (number.end > at && !is_letter(span_at(line, number.end)) && !is_calculation(line, number.end)) {
        *out = integer_of_digits(number.digits, arena);
        return true;
    }
    *out = (struct integer){ .value = INTEGER_NONE };
    out->note = arena_printf(arena, "no integer after \"answer\": %s", quote(span_trim(line), arena));
    return true;
}

/* The place after "answer:", "**Answer**:", "answer is", "answer is:" whose first letter is at that place; at when it
 * is another word. */
static size_t skip_marker(struct span text, size_t at)
{
    size_t end = at + strlen("answer"), verb;
    int marks = 0;

    if (!span_has_any_case(text, at, "answer") || (at > 0 && is_letter(text.text[at - 1])))
        return at;
    verb = span_skip_blanks(text, end);
    if (verb > end && span_has_any_case(text, verb, "is") && !span_has_letter(text, verb + 2))
        return span_at(text, verb + 2) == ':' ? verb + 3 : verb + 2;
    while (marks++ < 4 && is_one_of(span_at(text, end), "*_`\"') "))
        end++;
    return span_at(text, end) == ':' ? end + 1 : at;
}

static bool find_marker(struct span text, struct arena *arena, struct integer *out)
{
    for (size_t at = text.length; at-- > 0;) {
        size_t start, end;
        const char *newline;
        if ((text.text[at] | 0x20) != 'a' || (start = skip_marker(text, at)) == at)
            continue;
        end = text.length - start > LINE_BYTES_MAX ? start + LINE_BYTES_MAX : text.length;
        newline = memchr(text.text + start, '\n', end - start);
        if (newline != NULL)
            end = (size_t)(newline - text.text);
        if (read_line(span_slice(text, start, end), arena, out))
            return true;
    }
    return false;
}

struct integer integer_find(struct span text, struct arena *arena)
{
    struct boxes boxes = boxes_find(text, arena);
    size_t last = boxes_previous(&boxes, boxes.count);
    struct integer integer = { .value = INTEGER_NONE };

    if (last != SPAN_NOWHERE)
        return read_box(boxes.items[last].content, arena);
    if (find_bare_box(text, arena, &integer) || find_marker(text, arena, &integer))
        return integer;
    integer.note = boxes.count > boxes.closed_count ? "the box is not closed"
                 : boxes.count > 0                  ? "the box is empty"
                                                    : "no box and no \"answer:\"";
    return integer;
}

struct answer integer_answer(struct integer integer, struct arena *arena)
{
    if (integer.value == INTEGER_NONE)
        return (struct answer){ .note = integer.note };
    return (struct answer){ .text = arena_printf(arena, "%d", integer.value) };
}
