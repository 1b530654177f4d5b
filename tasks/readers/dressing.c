#include "tasks/readers/dressing.h"

/* The longest name of a colour ("rgb,255:red,0") is far below this. */
#define COLOUR_BYTES_MAX 64

static const char *const WRAPPERS[] = {
    "text", "textbf", "textit", "textrm", "textsf", "texttt", "textnormal", "mathbf", "mathit", "mathrm", "mathsf",
    "mathtt", "mathcal", "mathbb", "mathscr", "mathfrak", "boldsymbol", "bm", "operatorname", "mbox", "hbox", "boxed",
    "fbox", "framebox", "underline", "emph", "large", "Large", "LARGE", "huge", "Huge", NULL,
};

static const char *const SWITCHES[] = {
    "quad", "qquad", "enspace", "thinspace", "displaystyle", "textstyle", "rm", "bf", "it", "sf", "tt", "bfseries",
    "rmfamily", "normalsize", "large", "Large", "LARGE", "huge", "Huge", "checkmark", NULL,
};

/* The place after "\NAME" of the list, when it ends there; at when none does. */
static size_t skip_command(struct span text, size_t at, const char *const *names)
{
    if (span_at(text, at) != '\\')
        return at;
    for (; *names != NULL; names++) {
        size_t end = at + 1 + strlen(*names);
        if (span_has(text, at + 1, *names) && !is_letter(span_at(text, end)))
            return end;
    }
    return at;
}

/* The place after "{blue}"; at when there is none. */
static size_t skip_colour(struct span text, size_t at)
{
    size_t end = at + 1;

    if (span_at(text, at) != '{')
        return at;
    while (end - at < COLOUR_BYTES_MAX && end < text.length && !is_one_of(text.text[end], "{}\\"))
        end++;
    return span_at(text, end) == '}' ? end + 1 : at;
}

size_t dressing_wrapper(struct span text, size_t at)
{
    size_t end = skip_command(text, at, WRAPPERS), colour;

    if (end == at && span_has(text, at, "\\textcolor{")) {
        colour = at + strlen("\\textcolor");
        end = skip_colour(text, colour);
        end = end == colour ? at : end;
    }
    return end > at && span_at(text, end) == '{' ? end + 1 - at : 0;
}

size_t dressing_switch(struct span text, size_t at)
{
    char next = span_at(text, at + 1);
    size_t end;

    if (span_at(text, at) == '~')
        return 1;
    if (span_at(text, at) != '\\')
        return 0;
    if (is_one_of(next, ",;:! "))
        return 2;
    if (span_has(text, at, "\\color{")) {
        end = skip_colour(text, at + strlen("\\color"));
        return end > at + strlen("\\color") ? end - at : 0;
    }
    end = skip_command(text, at, SWITCHES);
    return end - at;
}
