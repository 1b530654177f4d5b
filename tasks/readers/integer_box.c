#include "tasks/readers/integer_box.h"

#include "harness/base/arena.h"
#include "tasks/readers/boxes.h"
#include "tasks/readers/dressing.h"
#include "tasks/readers/figure.h"
#include "tasks/readers/integer_marker.h"

/* No box that holds an integer is longer; the longest equation seen in recorded outputs has 40 bytes. */
#define BOX_BYTES_MAX 4096

/* How many bytes of TeX that changes no number begin there: spacing, signs of money, degrees and per cent, and
 * what wraps a text. *spaced when what is inside stands apart from what is before. */
static size_t measure_dressing(struct span text, size_t at, bool *spaced)
{
    static const char *const MARKS[] = { "\\(", "\\)", "\\$", "\\%", "^{\\circ}", "^\\circ", "**", "$", "{", "}",
                                         "\xC2\xB0", NULL };
    const char *mark = span_has_one(text, at, MARKS);
    size_t size = dressing_wrapper(text, at);

    *spaced = size > 0;
    if (size == 0)
        size = dressing_switch(text, at);
    return size == 0 && mark != NULL ? strlen(mark) : size;
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

/* "25 minutes", "25degrees", "25 cm^2": the rest is words. "25x" is an expression, "25 30" two numbers. */
static bool is_unit(struct span rest)
{
    size_t word = span_skip_blanks(rest, 0), end = word;

    while (is_letter(span_at(rest, end)))
        end++;
    if (word == 0 && end > 0 && end < 3)
        return false;
    if (end > word && span_at(rest, end) == '^' && is_one_of(span_at(rest, end + 1), "23"))
        end += 2;
    for (; end < rest.length; end++)
        if (!is_letter(rest.text[end]) && !is_blank(rest.text[end]))
            return false;
    return true;
}

/* "70 \pmod{1000}", "70 (mod 1000)": a residue, its modulus after it. */
static bool is_modulus(struct span rest)
{
    static const char *const WORDS[] = { "\\pmod", "\\bmod", "\\mod", "mod", NULL };
    size_t at = span_skip_blanks(rest, 0), digits;
    const char *word;

    if (span_at(rest, at) == '(')
        at = span_skip_blanks(rest, at + 1);
    word = span_has_one(rest, at, WORDS);
    if (word == NULL)
        return false;
    digits = span_skip_blanks(rest, at + strlen(word));
    at = figure_skip_digits(rest, digits);
    at += at > digits && span_at(rest, at) == ')';
    return at > digits && span_skip_blanks(rest, at) == rest.length;
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

/* "(70)" is 70, "(3, 5)" stays a pair. */
static struct span without_brackets(struct span text)
{
    if (text.length > 2 && text.text[0] == '(' && text.text[text.length - 1] == ')' &&
        figure_skip_digits(text, 1) == text.length - 1)
        return span_slice(text, 1, text.length - 1);
    return text;
}

/* What a box says, without dressing, names, "the answer is" and the full stop; nothing when it is too long to be an
 * integer. */
static struct span plain_content(struct span content, struct arena *arena)
{
    struct span text;
    size_t said;

    if (content.length > BOX_BYTES_MAX)
        return span_slice(content, 0, 0);
    text = span_trim(after_equals(undress(content, arena)));
    for (size_t at = 0; at < text.length; at++)
        if ((said = integer_skip_marker(text, at)) != at)
            text = span_trim(span_slice(text, said, text.length));
    if (text.length > 0 && text.text[text.length - 1] == '.')
        text = span_trim(span_slice(text, 0, text.length - 1));
    return without_brackets(text);
}

static struct integer read_box(struct span content, struct arena *arena)
{
    struct span text = plain_content(content, arena);
    struct figure number = figure_read(text, 0);
    struct integer integer = { .value = INTEGER_NONE };

    struct span rest = span_slice(text, number.end, text.length);

    if (number.end > 0 && (is_unit(rest) || is_modulus(rest)))
        integer = integer_of_digits(number.digits, arena);
    else
        integer.note = arena_printf(arena, "the box holds no integer: %s", figure_quote(content, arena));
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
            struct figure number;
            if (!span_has(text, at, NAMES[i]))
                continue;
            number = figure_read(text, span_skip_blanks(text, at + strlen(NAMES[i])));
            if (number.digits.length == 0)
                continue;
            *out = integer_of_digits(number.digits, arena);
            out->boxed = true;
            return true;
        }
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
    if (find_bare_box(text, arena, &integer) || integer_find_marker(text, arena, &integer))
        return integer;
    integer.note = boxes.count > boxes.closed_count ? "the box is not closed"
                 : boxes.count > 0                  ? "the box is empty"
                                                    : "no box and no \"answer:\"";
    return integer;
}
