#include "tasks/readers/label.h"

#include <ctype.h>

#include "tasks/readers/dressing.h"
#include "tasks/readers/tongue.h"

#define DECORATIONS_MAX 12
#define CLOSINGS_MAX 8

/* Whether word stands there and ends there. */
static bool has_word(struct span text, size_t at, const char *word)
{
    return span_has_any_case(text, at, word) && !span_has_letter(text, at + strlen(word));
}

/* How many bytes of a quotation mark past ASCII begin there. */
static size_t measure_quote(struct span text, size_t at, const char *const *marks)
{
    for (; *marks != NULL; marks++)
        if (span_has(text, at, *marks))
            return strlen(*marks);
    return 0;
}

/* How many bytes of decoration begin there: one mark, one wrapper or one word. */
static size_t measure_decoration(struct span text, size_t at)
{
    static const char *const WORDS[] = { "option", "choice", "letter" };
    static const char *const QUOTES[] = { "\u201c", "\u2018", "\u00ab", "\u300c", NULL };
    char c = span_at(text, at);
    size_t size;

    if (is_blank(c) || is_one_of(c, "*_`\"'$([{<"))
        return 1;
    if (c == '\\' || c == '~') {
        size = span_has(text, at, "\\(") || span_has(text, at, "\\[") ? 2 : dressing_wrapper(text, at);
        return size > 0 ? size : dressing_switch(text, at);
    }
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        if (has_word(text, at, WORDS[i]))
            return strlen(WORDS[i]);
    return (unsigned char)c >= 0xC2 ? measure_quote(text, at, QUOTES) : 0;
}

size_t label_skip_decoration(struct span text, size_t from)
{
    for (int n = 0; n < DECORATIONS_MAX; n++) {
        size_t size = measure_decoration(text, from);
        if (size == 0)
            break;
        from += size;
    }
    return from;
}

size_t label_skip_closing(struct span text, size_t from)
{
    static const char *const QUOTES[] = { "\u201d", "\u2019", "\u00bb", "\u300d", NULL };

    for (int n = 0; n < CLOSINGS_MAX; n++) {
        char c = span_at(text, from);
        size_t size = is_one_of(c, "*_`\"'$)]}> \t") ? 1
                    : span_has(text, from, "\\)") || span_has(text, from, "\\]") ? 2
                    : (unsigned char)c >= 0xC2 ? measure_quote(text, from, QUOTES) : dressing_switch(text, from);
        if (size == 0)
            break;
        from += size;
    }
    return from;
}

static bool has_apostrophe(struct span text, size_t at, size_t *size)
{
    *size = span_has(text, at, "\xE2\x80\x99") ? 3 : 1;
    return *size == 3 || span_at(text, at) == '\'';
}

/* Chemistry and algebra: D-glucose, C-14, C_2, A^2 begin with no label. (_B_ ends with one.) */
static bool goes_on_as_formula(struct span text, size_t end)
{
    char c = span_at(text, end), next = span_at(text, end + 1);

    return c == '^' || (c == '-' && (is_letter(next) || is_digit(next))) ||
           (c == '_' && (is_digit(next) || next == '{'));
}

/* The pronoun, not the ninth label: a small word follows that no reason begins with. */
static bool is_pronoun(struct span text, size_t end)
{
    static const char *const REASONS[] = { "because", "since", "as", "is", "due" };
    size_t word = span_skip_blanks(text, end);

    if (word == end || !is_lower(span_at(text, word)))
        return false;
    for (size_t i = 0; i < sizeof REASONS / sizeof REASONS[0]; i++)
        if (has_word(text, word, REASONS[i]))
            return false;
    return true;
}

/* Whether the letter there stands as a label does, and is not the first of a word, an article or a pronoun. */
static bool stands_alone(struct span text, size_t at)
{
    char letter = span_at(text, at);
    size_t end = at + 1, size;

    if (!is_letter(letter) || span_has_letter(text, end) || is_digit(span_at(text, end)))
        return false;
    if (has_apostrophe(text, end, &size) && span_has_letter(text, end + size))
        return false;
    if (goes_on_as_formula(text, end))
        return false;
    if (is_lower(letter) && is_blank(span_at(text, end)) && span_has_letter(text, span_skip_blanks(text, end)))
        return false;
    return letter != 'I' || !is_pronoun(text, end);
}

static bool is_in_range(char letter, size_t choice_count)
{
    return (size_t)(toupper((unsigned char)letter) - 'A') < choice_count;
}

/* After what joins two labels: a comma, a slash, &, and, or; several at once ("A, and B"). from when nothing does. */
static size_t skip_joiners(struct span text, size_t from)
{
    size_t at = label_skip_closing(text, from), joined = from;

    for (int n = 0; n < 3; n++) {
        if (is_one_of(span_at(text, at), ",/&"))
            at++;
        else if (span_has(text, at, "\\&"))
            at += 2;
        else if (has_word(text, at, "and"))
            at += 3;
        else if (has_word(text, at, "or"))
            at += 2;
        else if (span_has(text, at, "\\text{"))
            at += strlen("\\text{");
        else
            break;
        at = span_skip_blanks(text, at);
        joined = at;
    }
    return joined;
}

/* The second label of a list whose first is at that place; '\0' when there is none. */
static char find_other(struct span text, size_t at, size_t choice_count)
{
    char first = text.text[at], other;
    size_t joined = skip_joiners(text, at + 1);

    if (joined == at + 1)
        return '\0';
    bool by_comma = span_at(text, label_skip_closing(text, at + 1)) == ',';
    joined = label_skip_decoration(text, label_skip_closing(text, joined));
    other = span_at(text, joined);
    if (!stands_alone(text, joined) || !is_in_range(other, choice_count) || is_upper(other) != is_upper(first))
        return '\0';
    if (by_comma && has_word(text, label_skip_closing(text, joined + 1), "is"))
        return '\0';            /* "(H), (I) is close": a remark */
    return other == first ? '\0' : (char)toupper((unsigned char)other);
}

struct label label_read(struct span text, size_t at, size_t choice_count)
{
    struct label label = { .kind = LABEL_NONE, .end = at + 1 };
    size_t size;

    if (tongue_has_letter(text, at, &label.letter, &size)) {
        label.end = at + size;
        label.kind = is_in_range(label.letter, choice_count) ? LABEL_ONE : LABEL_OUTSIDE;
        return label;
    }
    if (!stands_alone(text, at))
        return label;
    label.letter = (char)toupper((unsigned char)text.text[at]);
    if (!is_in_range(label.letter, choice_count)) {
        label.kind = LABEL_OUTSIDE;
        return label;
    }
    label.other = find_other(text, at, choice_count);
    label.kind = label.other == '\0' ? LABEL_ONE : LABEL_LIST;
    return label;
}

/* Whether what follows the letter in a box is its end, or a choice's text set off by a bracket or a full stop. */
static bool ends_or_has_text(struct span content, size_t end)
{
    size_t closed = label_skip_closing(content, end), mark;
    char after;

    if (span_skip_blanks(content, closed) == content.length)
        return true;
    for (mark = end; mark < closed && !is_one_of(content.text[mark], ")]"); mark++)
        ;
    if (mark == closed && !is_one_of(content.text[mark], ".:"))
        return false;
    after = span_at(content, mark + 1);
    return after == '\0' || is_blank(after) || is_one_of(after, "}\\$*.:,");
}

struct label label_read_box(struct span content, size_t choice_count)
{
    size_t at = label_skip_decoration(content, 0);
    struct label label = label_read(content, at, choice_count);

    if (label.kind == LABEL_LIST || label.kind == LABEL_NONE)
        return label;
    /* A small letter alone in a box is a variable more often than a label. */
    if (is_lower(content.text[at]) || !ends_or_has_text(content, label.end))
        label.kind = LABEL_NONE;
    return label;
}
