#include "tasks/readers/hendrycks.h"

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/text.h"

/* Put for each other one after the other, as Python's replace() does. */
struct exchange { const char *from, *to; };

static const struct exchange FIRST[] = {
    { "\n", "" }, { "\\!", "" }, { "\\\\", "\\" }, { "tfrac", "frac" }, { "dfrac", "frac" }, { "\\left", "" },
    { "\\right", "" }, { "^{\\circ}", "" }, { "^\\circ", "" }, { "\\$", "" }, { NULL, NULL },
};
/* They have the percent sign twice, so that the second sees what the first has joined. */
static const struct exchange AFTER_UNITS[] = { { "\\%", "" }, { "\\%", "" }, { " .", " 0." }, { "{.", "{0." },
                                               { NULL, NULL } };
static const struct exchange BLANKS[] = { { " ", "" }, { NULL, NULL } };

static size_t find(struct span text, size_t from, const char *word)
{
    for (; from < text.length; from++)
        if (span_has(text, from, word))
            return from;
    return SPAN_NOWHERE;
}

static struct span keep(struct buf *buf, struct arena *arena)
{
    struct span text = { arena_strndup(arena, buf->data != NULL ? buf->data : "", buf->length), buf->length };

    buf_fini(buf);
    return text;
}

static struct span exchange_one(struct span text, const struct exchange *pair, struct arena *arena)
{
    size_t from = 0, at;
    struct buf buf;

    if (find(text, 0, pair->from) == SPAN_NOWHERE)
        return text;
    buf_init(&buf, 0);
    while ((at = find(text, from, pair->from)) != SPAN_NOWHERE) {
        buf_add(&buf, text.text + from, at - from);
        buf_add_string(&buf, pair->to);
        from = at + strlen(pair->from);
    }
    buf_add(&buf, text.text + from, text.length - from);
    return keep(&buf, arena);
}

static struct span exchange_all(struct span text, const struct exchange *pairs, struct arena *arena)
{
    for (; pairs->from != NULL; pairs++)
        text = exchange_one(text, pairs, arena);
    return text;
}

/* "5\text{ cm}" is "5"; false when there are two of them. */
static bool cut_unit(struct span *text)
{
    static const char UNIT[] = "\\text{ ";
    size_t at = find(*text, 0, UNIT);

    if (at == SPAN_NOWHERE)
        return true;
    if (find(*text, at + strlen(UNIT), UNIT) != SPAN_NOWHERE)
        return false;
    text->length = at;
    return true;
}

/* How many bytes the character there has; 0 past the end. */
static size_t width(struct span text, size_t at)
{
    uint32_t code;

    return at < text.length ? text_decode(text.text + at, text.length - at, &code) : 0;
}

/* "k=5" is "5", with one "=" and two characters at most before it. */
static struct span cut_name(struct span text)
{
    size_t at = find(text, 0, "=");

    if (at == SPAN_NOWHERE || find(text, at + 1, "=") != SPAN_NOWHERE)
        return text;
    if (at > 0 && at > width(text, 0) + width(text, width(text, 0)))
        return text;
    return span_slice(text, at + 1, text.length);
}

static void add_braced(struct buf *buf, struct span text, size_t at)
{
    buf_add_string(buf, "{");
    buf_add(buf, text.text + at, width(text, at));
    buf_add_string(buf, "}");
}

/* "\sqrt3" is "\sqrt{3}"; false when nothing follows. */
static bool brace_roots(struct span *text, struct arena *arena)
{
    static const char ROOT[] = "\\sqrt";
    size_t from = 0, at;
    struct buf buf;

    buf_init(&buf, 0);
    while ((at = find(*text, from, ROOT)) != SPAN_NOWHERE) {
        buf_add(&buf, text->text + from, at - from);
        buf_add_string(&buf, ROOT);
        from = at + strlen(ROOT);
        if (from == text->length || span_has(*text, from, ROOT)) {
            buf_fini(&buf);
            return false;
        }
        if (text->text[from] != '{') {
            add_braced(&buf, *text, from);
            from += width(*text, from);
        }
    }
    buf_add(&buf, text->text + from, text->length - from);
    *text = keep(&buf, arena);
    return true;
}

enum fraction { FRACTION_DONE, FRACTION_LEAVE_ALL, FRACTION_RAISES };

/* What stands from there up to the next \frac, its first two characters in braces. */
static enum fraction brace_fraction(struct buf *buf, struct span rest)
{
    size_t first = width(rest, 0), second = width(rest, first);

    if (first == 0)
        return FRACTION_RAISES;
    if (rest.text[0] == '{') {
        buf_add(buf, rest.text, rest.length);
        return FRACTION_DONE;
    }
    if (second == 0)
        return FRACTION_LEAVE_ALL;
    add_braced(buf, rest, 0);
    if (rest.text[first] == '{') {
        buf_add(buf, rest.text + first, rest.length - first);
        return FRACTION_DONE;
    }
    add_braced(buf, rest, first);
    buf_add(buf, rest.text + first + second, rest.length - first - second);
    return FRACTION_DONE;
}

/* "\frac1b" is "\frac{1}{b}". All stays as it is when one has but one character. */
static bool brace_fractions(struct span *text, struct arena *arena)
{
    static const char FRAC[] = "\\frac";
    size_t at = find(*text, 0, FRAC);
    enum fraction done = FRACTION_DONE;
    struct buf buf;

    buf_init(&buf, 0);
    buf_add(&buf, text->text, at == SPAN_NOWHERE ? text->length : at);
    while (at != SPAN_NOWHERE && done == FRACTION_DONE) {
        size_t from = at + strlen(FRAC), next = find(*text, from, FRAC);
        buf_add_string(&buf, FRAC);
        done = brace_fraction(&buf, span_slice(*text, from, next == SPAN_NOWHERE ? text->length : next));
        at = next;
    }
    struct span braced = keep(&buf, arena);
    if (done == FRACTION_DONE)
        *text = braced;
    return done != FRACTION_RAISES;
}

/* As Python's int() takes them: a sign, digits, single underscores between. */
static bool is_integer(struct span text)
{
    text = span_trim(text);
    if (span_at(text, 0) == '+' || span_at(text, 0) == '-')
        text = span_slice(text, 1, text.length);
    if (!is_digit(span_at(text, 0)) || !is_digit(text.text[text.length - 1]))
        return false;
    for (size_t at = 0; at < text.length; at++)
        if (!is_digit(text.text[at]) && (text.text[at] != '_' || text.text[at + 1] == '_'))
            return false;
    return true;
}

/* Whether it is written as Python prints it again: not 007, +5 or -0. */
static bool is_plain(struct span text)
{
    size_t sign = span_at(text, 0) == '-';

    for (size_t at = sign; at < text.length; at++)
        if (!is_digit(text.text[at]))
            return false;
    return span_at(text, sign) != '0' || text.length == 1;
}

/* "3/4" is "\frac{3}{4}"; false when one "/" stands between what are no integers. */
static bool brace_slash(struct span *text, struct arena *arena)
{
    size_t at = find(*text, 0, "/");
    struct span over, under;

    if (at == SPAN_NOWHERE || find(*text, at + 1, "/") != SPAN_NOWHERE)
        return true;
    over = span_slice(*text, 0, at);
    under = span_slice(*text, at + 1, text->length);
    if (!is_integer(over) || !is_integer(under))
        return false;
    if (is_plain(over) && is_plain(under))
        *text = span_of(arena_printf(arena, "\\frac{%.*s}{%.*s}", (int)over.length, over.text,
                                     (int)under.length, under.text));
    return true;
}

bool hendrycks_form(struct span text, struct arena *arena, struct span *out)
{
    text = exchange_all(text, FIRST, arena);
    if (!cut_unit(&text))
        return false;
    text = exchange_all(text, AFTER_UNITS, arena);
    if (span_at(text, 0) == '.')
        text = span_of(arena_printf(arena, "0%.*s", (int)text.length, text.text));
    text = cut_name(text);
    if (!brace_roots(&text, arena))
        return false;
    text = exchange_all(text, BLANKS, arena);
    if (!brace_fractions(&text, arena))
        return false;
    if (text.length == 3 && memcmp(text.text, "0.5", 3) == 0)
        text = span_of("\\frac{1}{2}");
    *out = text;
    return brace_slash(out, arena);
}
