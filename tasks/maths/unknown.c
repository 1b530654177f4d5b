#include "tasks/maths/unknown.h"

#include <string.h>

#include "tasks/maths/atoms.h"
#include "tasks/maths/ball_function.h"
#include "tasks/maths/lexicon.h"
#include "tasks/maths/token.h"
#include "tasks/maths/tree.h"

#define DERIVATIVE "\\frac{"    /* what parse_derivative begins their names with, and nobody else */

/* The token its name is read as: gcd has a meaning of its own; f, g' and dy/dx have none, and give 0. */
static int token_of(const char *name)
{
    const struct lexeme *lexeme = lexicon_command(name, strlen(name));

    if (lexeme == NULL)
        lexeme = lexicon_word(name, strlen(name));
    return lexeme != NULL && lexeme->kind == LEXEME_TOKEN ? lexeme->token : 0;
}

/* Whether the derivative of that name is taken by that letter: "x" of "\\frac{d}{d x}". */
static bool is_taken_by(const char *name, const char *letter)
{
    size_t length = strlen(letter);

    for (const char *at = strstr(name + strlen(DERIVATIVE), letter); at != NULL; at = strstr(at + 1, letter))
        if (at[-1] == ' ' && strchr("^d\\}", at[length]) != NULL)
            return true;
    return false;
}

/* d/dx alone and d/dx of an expression, which nobody works out. dy/dx means as much as a letter: y is not given. */
static bool is_derivative(const struct node *node)
{
    if ((node->kind != NODE_FUNCTION && node->kind != NODE_SYMBOL) ||
        strncmp(node->name, DERIVATIVE, strlen(DERIVATIVE)) != 0)
        return false;
    return node->kind == NODE_SYMBOL || node->kids[0]->kind != NODE_SYMBOL || is_taken_by(node->name, node->kids[0]->name);
}

/* "_max" of x and f(x): the greatest over all x. */
static bool is_over(const struct node *node)
{
    return node->kind == NODE_FUNCTION && node->name[0] == '_';
}

static bool is_unknown(const struct node *node)
{
    if (is_derivative(node) || is_over(node))
        return true;
    if (!node_is_scalar(node))  /* in a call: the length of a vector, the size of a set */
        return node->kind != NODE_TEXT && !node_holds(node, NODE_SYMBOL);
    if (node->kind != NODE_FUNCTION || ball_function_knows(node))
        return false;
    switch (token_of(node->name)) {
    case TOKEN_SERIES:          /* whatever its symbols: which of them it binds is not told apart */
        return true;
    case TOKEN_FUNCTION: case TOKEN_MODULO:
        return !node_holds(node, NODE_SYMBOL);
    default:
        return false;
    }
}

bool unknown_is_in(const struct node *node)
{
    if (is_unknown(node))
        return true;
    for (size_t i = 0; i < node->count; i++)
        if (unknown_is_in(node->kids[i]))
            return true;
    return false;
}

bool unknown_is_among(const struct atoms *atoms)
{
    for (size_t i = 0; i < atoms->count; i++)
        if (unknown_is_in(atoms->items[i]))
            return true;
    return false;
}
