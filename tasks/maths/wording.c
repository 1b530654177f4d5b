#include "tasks/maths/wording.h"

#include <ctype.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "tasks/maths/fold.h"
#include "tasks/maths/limits.h"
#include "tasks/maths/work.h"

/* Passes over a command; wrappers and spacing leave nothing, others their name. */
static const char *add_command(struct buf *out, const char *at)
{
    static const char *const KEPT[] = { "frac", "sqrt", "pi", "cdot", "times", "le", "ge", "leq", "geq", "ne", "neq",
                                        "in", "infty", "sin", "cos", "tan", "log", "ln", "pm", "alpha", "beta",
                                        "theta" };
    size_t length = 0;

    while (isalpha((unsigned char)at[1 + length]))
        length++;
    if (length == 0) {
        if (at[1] != '\0' && strchr(" ,;:!>\\", at[1]) != NULL)
            buf_add_char(out, ' ');
        else if (at[1] != '\0' && strchr("()[]", at[1]) == NULL)
            buf_add_char(out, at[1]);
        return at + (at[1] == '\0' ? 1 : 2);
    }
    for (size_t i = 0; i < sizeof KEPT / sizeof KEPT[0]; i++)
        if (strlen(KEPT[i]) == length && strncmp(KEPT[i], at + 1, length) == 0)
            buf_addf(out, " %s ", KEPT[i]);
    if (length == 4 && strncmp(at + 1, "quad", 4) == 0)
        buf_add_char(out, ' ');
    return at + 1 + length;
}

static void add_plain(struct buf *out, const char *at)
{
    while (*at != '\0') {
        if (*at == '\\') {
            at = add_command(out, at);
            continue;
        }
        if (isspace((unsigned char)*at) || *at == '~')
            buf_add_char(out, ' ');
        else if (strchr("{}$\"`", *at) == NULL)
            buf_add_char(out, (char)tolower((unsigned char)*at));
        at++;
    }
}

const char *wording_plain(struct work *work, const char *source)
{
    static const char *const ARTICLES[] = { "the ", "a ", "an " };
    const char *folded = fold(source, strlen(source), work->arena);
    struct buf out;
    char *plain;
    size_t used = 0;

    buf_init(&out, 2 * LIMIT_ANSWER_BYTES);
    add_plain(&out, folded);
    plain = arena_strndup(work->arena, out.data, out.length);
    buf_fini(&out);
    for (size_t i = 0; plain[i] != '\0'; i++)
        if (plain[i] != ' ' || (used > 0 && plain[used - 1] != ' '))
            plain[used++] = plain[i];
    while (used > 0 && strchr(" .,;!'", plain[used - 1]) != NULL)
        used--;
    plain[used] = '\0';
    while (plain[0] == '\'')
        plain++;
    for (size_t i = 0; i < sizeof ARTICLES / sizeof ARTICLES[0]; i++)
        if (strncmp(plain, ARTICLES[i], strlen(ARTICLES[i])) == 0)
            return plain + strlen(ARTICLES[i]);
    return plain;
}

long wording_number(const char *plain)
{
    static const char *const WORDS[] = { "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
                                         "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen",
                                         "seventeen", "eighteen", "nineteen", "twenty" };

    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        if (strcmp(plain, WORDS[i]) == 0)
            return (long)i;
    return -1;
}

bool wording_is_nothing(const char *plain)
{
    static const char *const WORDS[] = { "no solution", "no solutions", "none", "empty set", "no real solution",
                                         "no real solutions", "there is no solution", "there are no solutions",
                                         "no such number", "no value" };

    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        if (strcmp(plain, WORDS[i]) == 0)
            return true;
    return false;
}

char wording_choice(struct work *work, const char *gold)
{
    const char *plain = wording_plain(work, gold);
    size_t length = strlen(plain);

    if (length == 3 && plain[0] == '(' && plain[2] == ')') {
        plain++;
        length = 1;
    }
    /* "a" alone would be an article, not a letter: the source has a capital. */
    if (length != 1 || plain[0] < 'a' || plain[0] > 'j' || strchr(gold, toupper((unsigned char)plain[0])) == NULL)
        return '\0';
    return (char)toupper((unsigned char)plain[0]);
}

char wording_chosen(struct work *work, const char *answer)
{
    static const char *const LEADS[] = { "option ", "choice ", "answer ", "answer: " };
    const char *plain = wording_plain(work, answer), *at = plain;
    bool bracket;
    char letter;

    for (size_t i = 0; i < sizeof LEADS / sizeof LEADS[0]; i++)
        if (strncmp(at, LEADS[i], strlen(LEADS[i])) == 0)
            at += strlen(LEADS[i]);
    bracket = *at == '(';
    at += bracket;
    letter = *at;
    if (letter < 'a' || letter > 'j')
        return '\0';
    at++;
    if (bracket ? *at == ')' : (*at == '\0' || *at == '.' || *at == ')' || *at == ':'))
        return (char)toupper((unsigned char)letter);
    return '\0';
}
