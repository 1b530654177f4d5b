/*
 * lexicon: what commands and words mean. Names come without their backslash.
 */
#ifndef VERNIER_MATHS_LEXICON_H
#define VERNIER_MATHS_LEXICON_H

#include <stdbool.h>
#include <stddef.h>

enum lexeme_kind {
    LEXEME_TOKEN,           /* it is a token of kind token, with that text */
    LEXEME_BLANK,           /* it looks like a blank, or like nothing */
    LEXEME_WRAPPER,         /* {words} */
    LEXEME_STYLE,           /* {mathematics}: \mathbf, unless it holds a word */
    LEXEME_SKIPPED,         /* {left out}: \phantom, \label */
};

struct lexeme {
    const char *name;
    enum lexeme_kind kind;
    int token;
    const char *text;
};

/* NULL when nobody knows it. */
const struct lexeme *lexicon_command(const char *name, size_t length);

/* Of a whole word, in any case: and, or, sqrt, infinity, pi. */
const struct lexeme *lexicon_word(const char *name, size_t length);

/* Whether a run of letters is a word of a language and no product of letters: "even", "Evelyn". A guess. */
bool lexicon_is_prose(const char *word, size_t length);

#endif
