/*
 * Brackets of every kind: groups, tuples, intervals, sets, bars, and arrays of cells.
 */
#include <string.h>

#include "harness/base/arena.h"
#include "tasks/maths/limits.h"
#include "tasks/maths/parser.h"
#include "tasks/maths/tree.h"
#include "tasks/maths/work.h"

/* The content up to the closing bracket, which is not passed. What is open outside does not count inside. */
static struct node *parse_inside(struct parser *parser, bool interval)
{
    int first = parser_ahead(parser, 1)->kind, next = parser_ahead(parser, 2)->kind;
    bool builds = parser_now(parser)->kind == TOKEN_SET_OPEN && first == TOKEN_SYMBOL && (next == '|' || next == ':');
    struct parser outer = *parser;
    struct node *inner;

    parser->at++;
    parser->bars = 0;
    parser->intervals = interval;
    parser->argument = false;
    parser->builder = builds;
    inner = parse_level(parser, POWER_ALL);
    parser->bars = outer.bars;
    parser->intervals = outer.intervals;
    parser->argument = outer.argument;
    parser->builder = outer.builder;
    return inner;
}

/* The members of a bracket's content; those of a list in a list (1,1;2,2) side by side. */
static struct node *members(struct parser *parser, struct node *inner, enum node_kind kind)
{
    struct nodes kids = { 0 };

    if (inner->kind != NODE_LIST)
        nodes_add(parser->work, &kids, inner);
    for (size_t i = 0; inner->kind == NODE_LIST && i < inner->count; i++) {
        struct node *kid = inner->kids[i];
        if (kid->kind == NODE_LIST && kind == NODE_TUPLE)
            for (size_t k = 0; k < kid->count; k++)
                nodes_add(parser->work, &kids, kid->kids[k]);
        else
            nodes_add(parser->work, &kids, kid);
    }
    return node_of(parser->work, kind, &kids);
}

/* (4343)_6: a number of another base in brackets. */
static struct node *finish_based(struct parser *parser, struct node *inner)
{
    struct node *node;
    size_t size;

    if (parser_now(parser)->kind != '_' || (!node_is_whole(inner) && inner->kind != NODE_TEXT))
        return inner;
    parser->at++;
    node = node_1(parser->work, NODE_BASED, parse_argument(parser));
    if (inner->kind == NODE_TEXT) {
        node->name = inner->name;
        return node;
    }
    size = fmpz_sizeinbase(fmpq_numref(inner->value), 10) + 2;
    node->name = fmpz_get_str(arena_alloc(parser->work->arena, size), 10, fmpq_numref(inner->value));
    return node;
}

/* ( [ ] : a group, a tuple or an interval. A bracket turned round is an open end. */
static struct node *parse_round(struct parser *parser)
{
    int open = parser_now(parser)->kind, close;
    struct node *inner = parse_inside(parser, true), *tuple;

    close = parser_now(parser)->kind;
    if (parser->failed || (close != ')' && close != ']' && close != '['))
        return parser_fail(parser);
    parser->at++;
    if (inner->kind != NODE_LIST) {
        if ((open == '(') != (close == ')') || open == ']')
            return parser_fail(parser);
        return finish_based(parser, inner);
    }
    tuple = members(parser, inner, NODE_TUPLE);
    tuple->open = open == '[' ? '[' : '(';
    tuple->close = close == ']' ? ']' : ')';
    if (open == ']' && close == ']' && inner->count != 2)
        return parser_fail(parser);
    return tuple;
}

static struct node *parse_set(struct parser *parser)
{
    struct node *inner;

    if (parser_ahead(parser, 1)->kind == TOKEN_SET_CLOSE) {
        parser->at += 2;
        return node_new(parser->work, NODE_SET, 0);
    }
    inner = parse_inside(parser, false);
    if (!parser_takes(parser, TOKEN_SET_CLOSE))
        return parser_fail(parser);
    return members(parser, inner, NODE_SET);
}

/* {...}: a group; with a comma in it a set; nothing in it is nothing. */
static struct node *parse_braces(struct parser *parser)
{
    struct node *inner;

    if (parser_ahead(parser, 1)->kind == '}') {
        parser->at += 2;
        if (parser->tokens.plain)
            return node_new(parser->work, NODE_SET, 0);
        return parse_prefix(parser);
    }
    inner = parse_inside(parser, false);
    if (!parser_takes(parser, '}'))
        return parser_fail(parser);
    return inner->kind == NODE_LIST ? members(parser, inner, NODE_SET) : inner;
}

static struct node *parse_angle(struct parser *parser)
{
    struct node *inner = parse_inside(parser, false), *tuple;

    if (!parser_takes(parser, TOKEN_ANGLE_CLOSE))
        return parser_fail(parser);
    tuple = members(parser, inner, NODE_TUPLE);
    tuple->open = '<';
    tuple->close = '>';
    return tuple;
}

static struct node *parse_rounding(struct parser *parser, const char *name, int close)
{
    struct node *inner = parse_inside(parser, false);

    return parser_takes(parser, close) ? node_function(parser->work, name, inner) : parser_fail(parser);
}

struct node *parse_bracket(struct parser *parser)
{
    switch (parser_now(parser)->kind) {
    case TOKEN_SET_OPEN:
        return parse_set(parser);
    case '{':
        return parse_braces(parser);
    case TOKEN_ANGLE_OPEN:
        return parse_angle(parser);
    case TOKEN_FLOOR_OPEN:
        return parse_rounding(parser, "floor", TOKEN_FLOOR_CLOSE);
    case TOKEN_CEILING_OPEN:
        return parse_rounding(parser, "ceil", TOKEN_CEILING_CLOSE);
    default:
        return parse_round(parser);
    }
}

/* |x|, of a matrix its determinant. A bar without direction closes the last one that is open. */
struct node *parse_bars(struct parser *parser)
{
    bool directed = parser_now(parser)->kind == TOKEN_BAR_OPEN, argument = parser->argument;
    size_t bars = parser->bars;
    struct node *inner;

    parser->at++;
    parser->bars = directed ? 0 : bars + 1;
    parser->argument = false;
    inner = parse_level(parser, POWER_SUM);
    parser->bars = bars;
    parser->argument = argument;
    if (!parser_takes(parser, directed ? TOKEN_BAR_CLOSE : '|'))
        return parser_fail(parser);
    return node_function(parser->work, inner->kind == NODE_MATRIX ? "det" : "abs", inner);
}

/* A cell up to & or \\; the words around a condition (if, otherwise) are passed over. */
static struct node *parse_cell(struct parser *parser, bool conditions)
{
    struct node *cell;
    int kind;

    while (conditions && parser_takes(parser, TOKEN_WORDS))
        ;
    kind = parser_now(parser)->kind;
    if (kind == '&' || kind == TOKEN_ROW || kind == TOKEN_FINISH)
        return node_named(parser->work, NODE_TEXT, "");
    cell = parse_level(parser, POWER_LIST + 1);
    parser_takes(parser, ',');
    while (conditions && parser_takes(parser, TOKEN_WORDS))
        ;
    return cell;
}

static bool is_matrix(const char *environment)
{
    size_t length = strlen(environment);

    return strcmp(environment, "array") == 0 || (length >= 6 && strcmp(environment + length - 6, "matrix") == 0);
}

struct node *parse_environment(struct parser *parser)
{
    const char *environment = parser_now(parser)->text;
    bool conditions = !is_matrix(environment);
    struct nodes cells = { 0 };
    size_t columns = 0, column = 0;
    struct node *node;

    parser->at++;
    while (!parser->failed && parser->work->stopped == NULL) {
        int kind;
        if (column == 0 && cells.count > 0 && parser_now(parser)->kind == TOKEN_FINISH)
            break;          /* \\ after the last row */
        nodes_add(parser->work, &cells, parse_cell(parser, conditions));
        column++;
        if (cells.count > LIMIT_MATRIX_CELLS)
            work_stop(parser->work, "the matrix is too large");
        if (parser_takes(parser, '&'))
            continue;
        kind = parser_now(parser)->kind;
        if (columns != 0 && column != columns)
            return parser_fail(parser);
        columns = column;
        column = 0;
        if (kind != TOKEN_ROW)
            break;
        parser->at++;
    }
    if (!parser_takes(parser, TOKEN_FINISH))
        return parser_fail(parser);
    node = node_of(parser->work, conditions ? NODE_CASES : NODE_MATRIX, &cells);
    node->columns = columns == 0 ? column : columns;
    if (environment[0] == 'v' || environment[0] == 'V')
        return node_function(parser->work, environment[0] == 'v' ? "det" : "norm", node);
    return node;
}
