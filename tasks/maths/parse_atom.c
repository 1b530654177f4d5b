/*
 * What begins an operand, and what TeX takes as an argument.
 */
#include <string.h>

#include "harness/base/arena.h"
#include "tasks/maths/parser.h"
#include "tasks/maths/tree.h"
#include "tasks/maths/work.h"

/* The first digit of the number that is now, which keeps the rest: \frac12 is 1/2. */
static struct node *take_digit(struct parser *parser)
{
    struct token *token = parser_now(parser);
    char digit[2] = { token->text[0], '\0' };

    token->text++;
    token->glued = true;
    return parse_literal(parser, digit);
}

/* {...}, its content as it is. */
static struct node *parse_group(struct parser *parser)
{
    struct parser outer = *parser;
    struct node *inner;

    parser->at++;
    parser->bars = 0;
    parser->intervals = 0;
    parser->argument = false;
    parser->builder = false;
    inner = parse_level(parser, POWER_ALL);
    parser->builder = outer.builder;
    parser->bars = outer.bars;
    parser->intervals = outer.intervals;
    parser->argument = outer.argument;
    return parser_takes(parser, '}') ? inner : parser_fail(parser);
}

struct node *parse_argument(struct parser *parser)
{
    struct token *token = parser_now(parser);

    if (token->kind == '{')
        return parse_group(parser);
    if (token->kind == TOKEN_NUMBER) {
        if (!parser->tokens.plain && strlen(token->text) > 1 && strspn(token->text, "0123456789") == strlen(token->text))
            return take_digit(parser);
        parser->at++;
        return parse_literal(parser, token->text);
    }
    if (token->kind == TOKEN_SYMBOL && !parser->tokens.plain) {
        parser->at++;       /* without a subscript: in \int^b_a that belongs to the integral */
        return node_named(parser->work, NODE_SYMBOL, token->text);
    }
    return parse_prefix(parser);
}

/* x^10 typed without braces means ten, unless braces are how this source writes its powers. */
struct node *parse_exponent(struct parser *parser)
{
    struct token *token = parser_now(parser);

    if (parser_takes(parser, '-'))
        return node_1(parser->work, NODE_NEGATIVE, parse_exponent(parser));
    if (parser_takes(parser, '+'))
        return parse_exponent(parser);
    if (token->kind == TOKEN_NUMBER && !parser->tokens.braced_powers) {
        parser->at++;
        return parse_literal(parser, token->text);
    }
    return parse_argument(parser);
}

struct node *parse_fraction(struct parser *parser)
{
    struct node *over, *under, *derivative;

    parser->at++;
    over = parse_argument(parser);
    under = parse_argument(parser);
    derivative = parse_derivative(parser, over, under);
    return derivative != NULL ? derivative : node_2(parser->work, NODE_QUOTIENT, over, under);
}

/* A root is a power; \sqrt[3]{x}. */
static struct node *parse_root(struct parser *parser)
{
    struct work *work = parser->work;
    struct node *degree = node_integer(work, 2), *inner;

    parser->at++;
    if (parser_takes(parser, '[')) {
        degree = parse_level(parser, POWER_SUM);
        if (!parser_takes(parser, ']'))
            return parser_fail(parser);
    }
    inner = parser_now(parser)->kind == '(' ? parse_bracket(parser) : parse_argument(parser);
    return node_2(work, NODE_POWER, inner, node_2(work, NODE_QUOTIENT, node_integer(work, 1), degree));
}

static struct node *parse_binomial(struct parser *parser)
{
    struct node *above, *node;

    parser->at++;
    above = parse_argument(parser);
    node = node_2(parser->work, NODE_FUNCTION, above, parse_argument(parser));
    node->name = "binom";
    return node;
}

static struct node *parse_sign(struct parser *parser)
{
    int kind = parser_now(parser)->kind;
    struct node *node;

    parser->at++;
    node = parse_level(parser, kind == '-' ? POWER_PRODUCT + 1 : POWER_NEGATIVE);
    if (kind == '+')
        return node;
    node = node_1(parser->work, kind == '-' ? NODE_NEGATIVE : NODE_SIGN, node);
    node->opposite = kind == TOKEN_MINUS_PLUS;
    return node;
}

/* $5: the sign goes before. */
static struct node *parse_money(struct parser *parser)
{
    const char *name = parser_now(parser)->text;
    struct node *node;

    parser->at++;
    node = node_1(parser->work, NODE_UNIT, parse_level(parser, POWER_SUM + 1));
    node->name = name;
    return node;
}

static struct node *parse_constant(struct parser *parser, enum node_kind kind)
{
    const char *name = parser_now(parser)->text;

    parser->at++;
    return node_named(parser->work, kind, name);
}

struct node *parse_prefix(struct parser *parser)
{
    if (parser->failed || parser->work->stopped != NULL)
        return parser_fail(parser);
    switch (parser_now(parser)->kind) {
    case TOKEN_NUMBER:
        return parse_number(parser);
    case TOKEN_SYMBOL:
        return parse_symbol(parser);
    case '+': case '-': case TOKEN_PLUS_MINUS: case TOKEN_MINUS_PLUS:
        return parse_sign(parser);
    case '(': case '[': case ']': case '{': case TOKEN_SET_OPEN: case TOKEN_ANGLE_OPEN: case TOKEN_FLOOR_OPEN:
    case TOKEN_CEILING_OPEN:
        return parse_bracket(parser);
    case '|': case TOKEN_BAR_OPEN:
        return parse_bars(parser);
    case TOKEN_FRACTION:
        return parse_fraction(parser);
    case TOKEN_ROOT:
        return parse_root(parser);
    case TOKEN_BINOMIAL:
        return parse_binomial(parser);
    case TOKEN_FUNCTION:
        return parse_function(parser);
    case TOKEN_SERIES:
        return parse_series(parser);
    case TOKEN_ACCENT:
        return parse_accent(parser);
    case TOKEN_BEGIN:
        return parse_environment(parser);
    case TOKEN_MONEY:
        return parse_money(parser);
    case TOKEN_PI:
        return parse_constant(parser, NODE_PI);
    case TOKEN_EULER:
        return parse_constant(parser, NODE_EULER);
    case TOKEN_IMAGINARY:
        return parse_constant(parser, NODE_IMAGINARY);
    case TOKEN_INFINITY:
        return parse_constant(parser, NODE_INFINITY);
    case TOKEN_EMPTY:
        return parse_constant(parser, NODE_SET);
    case TOKEN_NUMBERS:
        return parse_constant(parser, NODE_NUMBERS);
    case TOKEN_ELLIPSIS:
        return parse_constant(parser, NODE_ELLIPSIS);
    default:
        return parser_fail(parser);
    }
}
