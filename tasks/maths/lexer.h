/*
 * lexer: the reading of tokens, shared by its parts (lexer.c, digits.c, letters.c). Inside the folder of tokens only.
 */
#ifndef VERNIER_MATHS_LEXER_H
#define VERNIER_MATHS_LEXER_H

#include <stdbool.h>
#include <stddef.h>

#include "tasks/maths/token.h"
#include "tasks/readers/span.h"

struct work;

struct lexer {
    struct work *work;
    struct tokens *out;
    struct span text;
    size_t at;
    size_t depth;           /* of \text{...} in \text{...} */
    size_t open_lists;      /* brackets open in which a comma divides */
    size_t environments;    /* begun and not ended */
    size_t digits;          /* read so far */
    bool words;             /* inside \text{...}: letters together are words */
    bool plain;             /* no command anywhere */
    bool units;
    bool spaced;            /* a blank stood before the next token */
};

void lexer_read(struct lexer *lexer);
void lexer_add(struct lexer *lexer, int kind, const char *text);

/* The kind of the token read last; TOKEN_END when there is none. */
int lexer_last(const struct lexer *lexer);

/* A number, or a run of letters, that begins at lexer->at. */
void lexer_read_number(struct lexer *lexer);
void lexer_read_letters(struct lexer *lexer);

#endif
