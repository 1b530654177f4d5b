/*
 * Runs of letters: words that mean something (sin, and, cm), words of a language, or symbols side by side.
 */
#include <ctype.h>
#include <string.h>

#include "harness/base/arena.h"
#include "tasks/maths/lexer.h"
#include "tasks/maths/lexicon.h"
#include "tasks/maths/unit.h"
#include "tasks/maths/work.h"

static bool is_word_byte(char c)
{
    return is_letter(c) || (unsigned char)c >= 0x80;
}

static const char *lower(struct lexer *lexer, struct span word)
{
    char *copy = arena_strndup(lexer->work->arena, word.text, word.length);

    for (char *c = copy; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    return copy;
}

/* p.m. and a.m., with or without dots, after a time. Returns its bytes. */
static size_t measure_half_day(struct span text, size_t at)
{
    char half = (char)tolower((unsigned char)span_at(text, at));
    size_t end = at + 1;

    if (half != 'a' && half != 'p')
        return 0;
    end += span_at(text, end) == '.';
    if (tolower((unsigned char)span_at(text, end)) != 'm' || is_word_byte(span_at(text, end + 1)))
        return 0;
    return end + 1 + (span_at(text, end + 1) == '.') - at;
}

/* Whether a unit may stand here: after what has a number. */
static bool after_quantity(const struct lexer *lexer)
{
    switch (lexer_last(lexer)) {
    case TOKEN_NUMBER: case ')': case '}': case TOKEN_PI: case TOKEN_UNIT: case '/': case TOKEN_SYMBOL:
        return true;
    default:
        return false;
    }
}

/* Whether what follows the word ends the quantity: nothing, a power, a comma, another word. */
static bool ends_quantity(struct span text, size_t at)
{
    while (is_blank(span_at(text, at)) || is_one_of(span_at(text, at), "}~"))
        at++;
    return at >= text.length || is_one_of(text.text[at], "^/,;.)$") || is_word_byte(text.text[at]) ||
           text.text[at] == '\\';
}

static void add_symbols(struct lexer *lexer, struct span word)
{
    for (size_t i = 0; i < word.length; i++) {
        char c = word.text[i];
        if (c == 'i' && !lexer->out->index_i)
            lexer_add(lexer, TOKEN_IMAGINARY, NULL);
        else if (c == 'e')
            lexer_add(lexer, TOKEN_EULER, NULL);
        else
            lexer_add(lexer, TOKEN_SYMBOL, arena_strndup(lexer->work->arena, word.text + i, 1));
    }
}

/* sinx, xsqrt: a function's name that typed text has glued to a letter. Returns how many letters belong to it. */
static size_t measure_glued_function(struct span word)
{
    for (size_t length = word.length - 1; length >= 2; length--) {
        const struct lexeme *lexeme = lexicon_word(word.text, length);
        if (lexeme != NULL && (lexeme->token == TOKEN_FUNCTION || lexeme->token == TOKEN_PI))
            return length;
    }
    return 0;
}

static void read_word(struct lexer *lexer, struct span word)
{
    const struct lexeme *lexeme = lexicon_word(word.text, word.length);
    const struct unit *unit = unit_find(word.text, word.length, lexer->words);
    size_t after = (size_t)(word.text - lexer->text.text) + word.length;
    size_t glued;

    if (unit != NULL && after_quantity(lexer) && (lexer->words || ends_quantity(lexer->text, after)) &&
        (lexer->words || word.length > 1) && (lexeme == NULL || span_at(lexer->text, after) != '('))
        lexer_add(lexer, TOKEN_UNIT, unit->name);
    else if (lexeme != NULL && lexeme->token != TOKEN_HALF_DAY)
        lexer_add(lexer, lexeme->token, lexeme->text);
    else if (word.length == 1)
        add_symbols(lexer, word);
    else if (word.length == 2 && span_has(word, 0, "in"))
        lexer_add(lexer, TOKEN_RELATION, "@");
    else if (word.length == 2 && span_has(word, 0, "to"))
        lexer_add(lexer, TOKEN_RELATION, "t");
    else if (lexer->words || lexicon_is_prose(word.text, word.length))
        lexer_add(lexer, TOKEN_WORDS, lower(lexer, word));
    else if ((glued = measure_glued_function(word)) > 0) {
        read_word(lexer, span_slice(word, 0, glued));
        read_word(lexer, span_slice(word, glued, word.length));
    } else {
        add_symbols(lexer, word);
    }
}

void lexer_read_letters(struct lexer *lexer)
{
    size_t start = lexer->at, end = start, half = measure_half_day(lexer->text, start);

    if (half > 0 && lexer_last(lexer) == TOKEN_NUMBER &&
        (lexer->words || half > 2 || isupper((unsigned char)lexer->text.text[start]) || lexer->spaced)) {
        lexer_add(lexer, TOKEN_HALF_DAY, tolower((unsigned char)lexer->text.text[start]) == 'a' ? "am" : "pm");
        lexer->at += half;
        return;
    }
    while (is_word_byte(span_at(lexer->text, end)) ||
           (lexer->words && end > start && (span_at(lexer->text, end) == '\'' || span_at(lexer->text, end) == '-') &&
            is_word_byte(span_at(lexer->text, end + 1))))
        end++;
    lexer->at = end;
    read_word(lexer, span_slice(lexer->text, start, end));
}
