/*
 * lexer: the state of a reading of tokens, shared by its parts (lexer.c, digits.c, letters.c); others include token.h.
 *
 * It begins at the first byte of its text, and each part steps at over what it has read. Nothing fails: a limit passed
 * stops the work (work.h), which ends every loop.
 * Texts handed to lexer_add must live as long as the work's arena.
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

/* Adds a token; text: its words, NULL where the kind says all. */
void lexer_add(struct lexer *lexer, int kind, const char *text);

/* The kind of the token read last; TOKEN_END when there is none. */
int lexer_last(const struct lexer *lexer);

/* A number, or a run of letters, that begins at lexer->at. */
void lexer_read_number(struct lexer *lexer);
void lexer_read_letters(struct lexer *lexer);

#endif
