/*
 * parser: the state of a parse, shared by its parts (parse.c, parse_atom.c, parse_bracket.c, parse_name.c); others include
 * parse.h. It is a parser by precedence: parse_prefix reads an operand, parse_level what binds to it, each by a power.
 *
 * No function returns NULL, unless it says so: what is no mathematics sets failed and gives a harmless node, a limit passed
 * stops the work (work.h), and every loop looks for both. Nodes live in the work's arena. A parser is used up by one text.
 */
#ifndef VERNIER_MATHS_PARSER_H
#define VERNIER_MATHS_PARSER_H

#include <stdbool.h>
#include <stddef.h>

#include "tasks/maths/token.h"

struct node;
struct work;

struct parser {
    struct work *work;
    struct tokens tokens;
    size_t at;
    size_t depth;
    size_t bars;            /* |...| open without direction */
    size_t intervals;       /* brackets open that a turned bracket may close */
    bool argument;          /* of a function without brackets: it ends at the next function */
    bool builder;           /* in {x | ...}, where a bar and a colon say "such that" */
    bool tight;
    bool slash;
    bool failed;
};

/* Binding powers, from loose to tight. */
enum power {
    POWER_ALL = 0,
    POWER_SEMICOLON = 5,
    POWER_CHOOSE = 8,
    POWER_LIST = 10,
    POWER_SUCH_THAT = 12,
    POWER_CONGRUENT = 14,
    POWER_RELATION = 15,
    POWER_RATIO = 16,
    POWER_SETS = 18,
    POWER_UNIT = 19,
    POWER_SUM = 20,
    POWER_NEGATIVE = 30,
    POWER_PRODUCT = 40,
    POWER_PERCENT = 45,
    POWER_IMPLICIT = 50,
    POWER_POSTFIX = 65,
    POWER_POWER = 70,
};

struct token *parser_now(struct parser *parser);
struct token *parser_ahead(struct parser *parser, size_t count);    /* 0: the one that is now */
bool parser_takes(struct parser *parser, int kind);                 /* steps over it if it is now */
bool parser_begins_factor(struct parser *parser);                   /* what is now, beside what stood before */
struct node *parser_fail(struct parser *parser);                    /* a harmless node */

/* What binds at least so tightly. */
struct node *parse_level(struct parser *parser, int power);

/* What begins an operand: an atom, a bracket, a sign. */
struct node *parse_prefix(struct parser *parser);

/* Its parts. The token that decides is now. */
struct node *parse_number(struct parser *parser);
struct node *parse_symbol(struct parser *parser);
struct node *parse_accent(struct parser *parser);
struct node *parse_function(struct parser *parser);
struct node *parse_series(struct parser *parser);
struct node *parse_bracket(struct parser *parser);
struct node *parse_bars(struct parser *parser);
struct node *parse_environment(struct parser *parser);
struct node *parse_fraction(struct parser *parser);

/* The derivative that such a fraction writes, dy/dx, with what follows it where it is d/dx; NULL when it is a quotient. */
struct node *parse_derivative(struct parser *parser, struct node *above, struct node *below);

/* {...} or one token, as TeX takes it: of a number in a typeset source one digit. */
struct node *parse_argument(struct parser *parser);

/* What a power is raised to, after its caret. */
struct node *parse_exponent(struct parser *parser);

/* What follows a number as its unit: cm, km/h, square feet^2, apples. */
struct node *parse_unit(struct parser *parser, struct node *quantity);

/* The rational that a number token says. */
struct node *parse_literal(struct parser *parser, const char *digits);

#endif
