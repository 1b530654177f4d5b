/*
 * token: an answer as LaTeX or plain text, cut into tokens. What only changes how it looks is gone (\left, \displaystyle,
 * \,), synonyms are one, \text{...} is read as words, numbers are joined over their thousands.
 *
 * A single character that means itself is its own kind: '+', '(', '{'. Text is borrowed from the work's arena.
 */
#ifndef VERNIER_MATHS_TOKEN_H
#define VERNIER_MATHS_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

struct work;

enum token_kind {
    TOKEN_END = 0,
    TOKEN_NUMBER = 256,     /* text: digits [. digits] [( digits )] [e digits], the bracket repeating */
    TOKEN_SYMBOL,           /* text: "x", "alpha" */
    TOKEN_WORDS,            /* text: words that mean nothing here, in lower case */
    TOKEN_UNIT,             /* text: as unit_find knows it */
    TOKEN_FUNCTION,         /* text: "sin", "log" */
    TOKEN_FRACTION,
    TOKEN_ROOT,
    TOKEN_BINOMIAL,
    TOKEN_CHOOSE,
    TOKEN_ACCENT,           /* text: "overline", "vec": makes a name of what follows */
    TOKEN_SERIES,           /* text: "sum", "prod", "int", "lim" */
    TOKEN_PLUS_MINUS,
    TOKEN_MINUS_PLUS,
    TOKEN_RELATION,         /* text: one of = ! < > l g ~ @ (l, g: or equal; ~ about; @ element of; # congruent) */
    TOKEN_UNION,
    TOKEN_INTERSECTION,
    TOKEN_WITHOUT,
    TOKEN_AND,
    TOKEN_MODULO,           /* \bmod, \mod */
    TOKEN_CONGRUENT,        /* \pmod */
    TOKEN_SET_OPEN,
    TOKEN_SET_CLOSE,
    TOKEN_ANGLE_OPEN,
    TOKEN_ANGLE_CLOSE,
    TOKEN_FLOOR_OPEN,
    TOKEN_FLOOR_CLOSE,
    TOKEN_CEILING_OPEN,
    TOKEN_CEILING_CLOSE,
    TOKEN_BAR_OPEN,         /* \left| */
    TOKEN_BAR_CLOSE,
    TOKEN_DEGREE,
    TOKEN_INFINITY,
    TOKEN_PI,
    TOKEN_EULER,
    TOKEN_IMAGINARY,
    TOKEN_EMPTY,
    TOKEN_NUMBERS,          /* text: "R", "Z": the sets of that name */
    TOKEN_MONEY,            /* text: the unit its sign stands for */
    TOKEN_BEGIN,            /* text: the environment */
    TOKEN_FINISH,
    TOKEN_ROW,
    TOKEN_ELLIPSIS,
    TOKEN_HALF_DAY,         /* text: "am", "pm" */
    TOKEN_SUCH_THAT,
    TOKEN_UNREADABLE,       /* text: the command nobody knows */
};

struct token {
    int kind;
    const char *text;
    bool glued;             /* nothing stood before it */
};

struct tokens {
    struct token *items;    /* the last is TOKEN_END */
    size_t count;           /* with it */
    size_t capacity;
    bool plain;             /* no backslash in the source: typed, not typeset */
    bool index_i;           /* i counts something (x_i): it is no imaginary unit */
    bool braced_powers;     /* exponents are written with braces somewhere */
};

/* source is NUL-terminated. */
void tokens_read(struct work *work, const char *source, bool index_i, struct tokens *out);

/* Whether i stands as an index in it. */
bool tokens_index_i(const char *source);

#endif
