#include "tasks/readers/maths_formula.h"

/* One formula in a text. */
struct formula {
    size_t start, end;          /* with its delimiters */
    struct span content;
};

static const struct {
    const char *open, *close;
} DELIMITERS[] = {
    { "$$", "$$" }, { "$", "$" }, { "\\(", "\\)" }, { "\\[", "\\]" },
};
#define DELIMITER_COUNT (sizeof DELIMITERS / sizeof DELIMITERS[0])

/* Where close stands next, a backslash taking the character after it; SPAN_NOWHERE. */
static size_t find_close(struct span text, size_t from, const char *close)
{
    for (size_t at = from; at < text.length; at++) {
        if (span_has(text, at, close))
            return at;
        if (text.text[at] == '\\')
            at++;
    }
    return SPAN_NOWHERE;
}

/* The formula that begins at or after from. */
static bool next_formula(struct span text, size_t from, struct formula *formula)
{
    bool unclosed[DELIMITER_COUNT] = { false };        /* from some place on, so from all later ones */

    for (size_t at = from; at < text.length; at++) {
        for (size_t i = 0; i < DELIMITER_COUNT; i++) {
            size_t body = at + strlen(DELIMITERS[i].open), end;
            if (unclosed[i] || !span_has(text, at, DELIMITERS[i].open))
                continue;
            end = find_close(text, body, DELIMITERS[i].close);
            unclosed[i] = end == SPAN_NOWHERE;
            if (unclosed[i])
                break;
            if (span_trim(span_slice(text, body, end)).length == 0)
                break;
            *formula = (struct formula){ at, end + strlen(DELIMITERS[i].close), span_slice(text, body, end) };
            return true;
        }
        if (text.text[at] == '\\')
            at++;
    }
    return false;
}

struct span formula_display(struct span text)
{
    struct formula formula;

    if (next_formula(text, 0, &formula) && formula.start == 0)
        return span_slice(text, 0, formula.end);
    return text;
}

bool formula_last(struct span text, struct span *content)
{
    struct formula formula;
    bool any = false;

    for (size_t at = 0; next_formula(text, at, &formula); at = formula.end) {
        *content = span_trim(formula.content);
        any = true;
    }
    return any;
}

/* Commas, "and", "or", a percent sign: what may stand between formulas of one answer, and after them. */
static bool is_joint(struct span between)
{
    static const char *const JOINTS[] = { "and", "or", ",", ";", ".", "%", "percent", NULL };
    size_t at = 0;

    while ((at = span_skip_blanks(between, at)) < between.length) {
        const char *joint = span_has_one(between, at, JOINTS);
        if (joint == NULL)
            return false;
        at += strlen(joint);
    }
    return true;
}

bool formula_is_all(struct span text)
{
    struct formula formula;
    size_t at = 0;

    while (next_formula(text, at, &formula)) {
        if (!is_joint(span_slice(text, at, formula.start)))
            return false;
        at = formula.end;
    }
    return at == 0 || is_joint(span_slice(text, at, text.length));
}

/* Takes one pair of delimiters off that stands around all of it. */
static bool take_pair(struct span *line, const char *open, const char *close)
{
    size_t first = strlen(open), last = strlen(close);

    if (line->length < first + last || !span_has(*line, 0, open) || !span_has(*line, line->length - last, close) ||
        find_close(*line, first, close) != line->length - last)
        return false;
    *line = span_trim(span_slice(*line, first, line->length - last));
    return true;
}

static struct span without_courtesy(struct span line)
{
    static const char *const ENDS[] = { "I hope it is correct", "I hope this is correct", "I hope this helps" };

    for (size_t i = 0; i < sizeof ENDS / sizeof ENDS[0]; i++) {
        const char *at = memmem(line.text, line.length, ENDS[i], strlen(ENDS[i]));
        if (at != NULL)
            line.length = (size_t)(at - line.text);
    }
    line = span_trim(line);
    /* An ellipsis and \left. are no full stop. */
    while (line.length > 1 && is_one_of(line.text[line.length - 1], ".,;*") && !span_has(line, line.length - 2, "..") &&
           line.text[line.length - 2] != '\\')
        line = span_trim(span_slice(line, 0, line.length - 1));
    return line;
}

static struct span without_delimiters(struct span line)
{
    bool again = true;

    while (again) {
        again = take_pair(&line, "**", "**") || take_pair(&line, "`", "`");
        for (size_t i = 0; i < DELIMITER_COUNT && !again; i++)
            again = take_pair(&line, DELIMITERS[i].open, DELIMITERS[i].close);
    }
    return line;
}

/* 42 because ...: prose that gives a reason is no part of the answer. */
static struct span without_reason(struct span line)
{
    static const char *const REASONS[] = { " because ", " since ", ", because ", ", since ", NULL };

    return span_before(line, REASONS);
}

/* What stands after the last " is " or " = " of prose, when that is a value: "the largest $n$ is 34". */
static bool value_after_verb(struct span prose, struct span *value)
{
    static const char *const VERBS[] = { " is ", " equals ", " are ", " = " };

    for (size_t i = 0; i < sizeof VERBS / sizeof VERBS[0]; i++) {
        size_t at = span_find_last(prose, VERBS[i]);
        if (at == SPAN_NOWHERE)
            continue;
        *value = span_trim(span_slice(prose, at + strlen(VERBS[i]), prose.length));
        if (value->length > 0 && (is_digit(value->text[0]) || is_one_of(value->text[0], "-\\.([")))
            return true;
    }
    return false;
}

struct span formula_of_line(struct span line)
{
    struct formula formula, second;
    struct span value;
    size_t last = 0;

    line = without_delimiters(without_courtesy(line));
    while (next_formula(line, last, &formula))
        last = formula.end;
    if (!formula_is_all(line) && value_after_verb(span_slice(line, last, line.length), &value))
        return value;
    if (next_formula(line, 0, &formula) && !formula_is_all(line)) {
        bool leads = formula.start == 0 || !next_formula(line, formula.end, &second);
        if (leads)
            return span_trim(formula.content);
        (void)formula_last(line, &line);
        return line;
    }
    return without_courtesy(without_reason(line));
}
