#include "tasks/maths/parse.h"

#include <string.h>

#include "harness/base/arena.h"
#include "tasks/maths/limits.h"
#include "tasks/maths/parser.h"
#include "tasks/maths/tree.h"
#include "tasks/maths/work.h"

struct token *parser_ahead(struct parser *parser, size_t count)
{
    size_t at = parser->at + count;

    return &parser->tokens.items[at < parser->tokens.count ? at : parser->tokens.count - 1];
}

struct token *parser_now(struct parser *parser)
{
    return parser_ahead(parser, 0);
}

bool parser_takes(struct parser *parser, int kind)
{
    if (parser_now(parser)->kind != kind || kind == TOKEN_END)
        return false;
    parser->at++;
    return true;
}

struct node *parser_fail(struct parser *parser)
{
    parser->failed = true;
    return node_named(parser->work, NODE_TEXT, "");
}

/* ---- what stands between or after operands; the operator is already passed, but for those that read themselves */

static struct node *join_sum(struct parser *parser, struct node *left, const struct token *token)
{
    struct node *right = parse_level(parser, POWER_SUM + 1);

    if (token->kind == '-' && right->kind == NODE_SET && !node_is_scalar(left))
        return node_2(parser->work, NODE_WITHOUT, left, right);       /* R - {0} */
    if (token->kind == '-')
        right = node_1(parser->work, NODE_NEGATIVE, right);
    if (token->kind == TOKEN_PLUS_MINUS || token->kind == TOKEN_MINUS_PLUS) {
        right = node_1(parser->work, NODE_SIGN, right);
        right->opposite = token->kind == TOKEN_MINUS_PLUS;
    }
    return node_2(parser->work, NODE_SUM, left, right);
}

static struct node *join_product(struct parser *parser, struct node *left, const struct token *token)
{
    (void)token;
    return node_2(parser->work, NODE_PRODUCT, left, parse_level(parser, POWER_PRODUCT + 1));
}

/* d/dx and what it derives, or NULL: of what follows the slash, d and one letter alone stand under it. */
static struct node *join_derivative(struct parser *parser, struct node *left)
{
    size_t first = parser->at;
    struct node *letter, *variable, *derivative;

    if (parser_now(parser)->kind != TOKEN_SYMBOL || parser_ahead(parser, 1)->kind != TOKEN_SYMBOL ||
        (strcmp(parser_now(parser)->text, "d") != 0 && strstr(parser_now(parser)->text, "partial") == NULL))
        return NULL;
    letter = parse_level(parser, POWER_IMPLICIT + 1);
    variable = parse_level(parser, POWER_IMPLICIT + 1);
    derivative = parse_derivative(parser, left, node_2(parser->work, NODE_PRODUCT, letter, variable));
    if (derivative == NULL)
        parser->at = first;
    return derivative;
}

/* a/bc: the product binds tighter, unless b is a number (1/2x) or something stands between; then both readings exist. */
static struct node *join_quotient(struct parser *parser, struct node *left, const struct token *token)
{
    size_t first = parser->at;
    struct node *right, *derivative = join_derivative(parser, left);
    bool loose;

    (void)token;
    if (derivative != NULL)
        return derivative;
    right = parse_level(parser, POWER_IMPLICIT + 1);
    loose = parser->tokens.items[first].kind == TOKEN_NUMBER ||
            parser->tokens.items[first].kind == TOKEN_ROOT ||
            (parser->tokens.plain && !parser_now(parser)->glued);
    if (parser_now(parser)->kind == TOKEN_SYMBOL || parser_now(parser)->kind == TOKEN_PI ||
        parser_now(parser)->kind == '(' || parser_now(parser)->kind == TOKEN_EULER ||
        parser_now(parser)->kind == TOKEN_IMAGINARY) {
        parser->slash = true;
        if (!loose || parser->tight) {
            parser->at = first;
            right = parse_level(parser, POWER_IMPLICIT);
        }
    }
    derivative = parse_derivative(parser, left, right);
    return derivative != NULL ? derivative : node_2(parser->work, NODE_QUOTIENT, left, right);
}

static struct node *join_implicit(struct parser *parser, struct node *left, const struct token *token)
{
    struct node *right;

    (void)token;
    parser->at--;
    right = parse_level(parser, POWER_IMPLICIT + 1);
    /* P(X = 3), P(A and B); a relation in brackets after anything else says where it holds. */
    if (right->kind == NODE_RELATION || right->kind == NODE_INTERSECTION || right->kind == NODE_UNION)
        return left->kind == NODE_SYMBOL ? node_function(parser->work, left->name, right) : left;
    return node_2(parser->work, NODE_PRODUCT, left, right);
}

static struct node *join_power(struct parser *parser, struct node *left, const struct token *token)
{
    (void)token;
    return node_2(parser->work, NODE_POWER, left, parse_exponent(parser));
}

static struct node *join_modulo(struct parser *parser, struct node *left, const struct token *token)
{
    struct node *node = node_2(parser->work, NODE_FUNCTION, left, parse_level(parser, POWER_PRODUCT + 1));

    (void)token;
    node->name = "mod";
    return node;
}

static struct node *join_congruent(struct parser *parser, struct node *left, const struct token *token)
{
    struct node *node = node_2(parser->work, NODE_FUNCTION, left, parse_argument(parser));

    (void)token;
    node->name = "residue";
    return node;
}

static struct node *join_choose(struct parser *parser, struct node *left, const struct token *token)
{
    struct node *node = node_2(parser->work, NODE_FUNCTION, left, parse_level(parser, POWER_CHOOSE + 1));

    (void)token;
    node->name = "binom";
    return node;
}

static struct node *join_such_that(struct parser *parser, struct node *left, const struct token *token)
{
    struct node *node = node_2(parser->work, NODE_FUNCTION, left, parse_level(parser, POWER_SUCH_THAT + 1));

    (void)token;
    node->name = "suchthat";
    return node;
}

static struct node *join_factorial(struct parser *parser, struct node *left, const struct token *token)
{
    (void)token;
    return node_function(parser->work, "fact", left);
}

/* 20 degrees C: a temperature. */
static struct node *join_temperature(struct parser *parser, struct node *left)
{
    struct token *scale = parser_now(parser);
    int next = parser_ahead(parser, 1)->kind;
    struct node *node;

    if (scale->kind != TOKEN_SYMBOL || (strcmp(scale->text, "C") != 0 && strcmp(scale->text, "F") != 0) ||
        (next != TOKEN_END && next != ',' && next != ')' && next != '}' && next != TOKEN_AND))
        return NULL;
    parser->at++;
    node = node_1(parser->work, NODE_UNIT, left);
    node->name = scale->text[0] == 'C' ? "celsius" : "fahrenheit";
    return node;
}

static struct node *join_mark(struct parser *parser, struct node *left, const struct token *token)
{
    struct node *temperature = token->kind == TOKEN_DEGREE ? join_temperature(parser, left) : NULL;

    if (temperature != NULL)
        return temperature;
    return node_1(parser->work, token->kind == '%' ? NODE_PERCENT : NODE_DEGREE, left);
}

static struct node *join_unit(struct parser *parser, struct node *left, const struct token *token)
{
    (void)token;
    parser->at--;
    return parse_unit(parser, left);
}

/* a, b and c: one list, however it is divided; "and" may follow a comma. */
static struct node *join_list(struct parser *parser, struct node *left, const struct token *token)
{
    int power = token->kind == ';' ? POWER_SEMICOLON : POWER_LIST;
    struct nodes items = { 0 };
    struct node *list;

    nodes_add(parser->work, &items, left);
    for (;;) {
        int next;
        if (token->kind != ';')
            parser_takes(parser, TOKEN_AND);
        next = parser_now(parser)->kind;
        if (next == TOKEN_END || next == ')' || next == TOKEN_SET_CLOSE || next == '}' || next == '&' || next == TOKEN_ROW ||
            next == TOKEN_FINISH)
            break;          /* a comma too many */
        nodes_add(parser->work, &items, parse_level(parser, power + 1));
        if (items.count > LIMIT_LIST)
            work_stop(parser->work, "the list is too long");
        if (parser->failed || parser->work->stopped != NULL)
            break;
        if (token->kind == ';' ? !parser_takes(parser, ';') : !parser_takes(parser, ',') && !parser_takes(parser, TOKEN_AND))
            break;
    }
    if (items.count == 1)
        return left;
    list = node_of(parser->work, NODE_LIST, &items);
    list->name = token->kind == ';' ? ";" : NULL;
    return list;
}

static struct node *join_relation(struct parser *parser, struct node *left, const struct token *token)
{
    char operators[LIMIT_NESTING] = { token->text[0] };
    struct nodes members = { 0 };
    struct node *chain;

    nodes_add(parser->work, &members, left);
    nodes_add(parser->work, &members, parse_level(parser, POWER_RELATION + 1));
    if (token->text[0] == '@' && members.items[1]->kind == NODE_SYMBOL && strchr("RZNQ", members.items[1]->name[0]) != NULL)
        members.items[1] = node_named(parser->work, NODE_NUMBERS, members.items[1]->name);    /* in bold Z */
    while (parser_now(parser)->kind == TOKEN_RELATION && members.count < sizeof operators) {
        operators[members.count - 1] = parser_now(parser)->text[0];
        parser->at++;
        nodes_add(parser->work, &members, parse_level(parser, POWER_RELATION + 1));
    }
    chain = node_of(parser->work, NODE_RELATION, &members);
    chain->name = arena_strndup(parser->work->arena, operators, members.count - 1);
    if (strcmp(chain->name, "t") == 0) {
        chain->kind = NODE_RATIO;       /* 3 to 2 */
        chain->name = NULL;
    }
    return chain;
}

/* 3:2, 1:2:3; two digits after the colon are minutes. */
static struct node *join_ratio(struct parser *parser, struct node *left, const struct token *token)
{
    bool minutes = parser_now(parser)->kind == TOKEN_NUMBER && strlen(parser_now(parser)->text) == 2;
    struct nodes members = { 0 };
    struct node *ratio;

    (void)token;
    nodes_add(parser->work, &members, left);
    do
        nodes_add(parser->work, &members, parse_level(parser, POWER_RATIO + 1));
    while (parser_takes(parser, ':') && members.count < LIMIT_NESTING);
    ratio = node_of(parser->work, NODE_RATIO, &members);
    ratio->name = minutes ? "time" : NULL;
    if (parser_now(parser)->kind == TOKEN_HALF_DAY) {
        ratio->name = parser_now(parser)->text;
        parser->at++;
    }
    return ratio;
}

static struct node *join_sets(struct parser *parser, struct node *left, const struct token *token)
{
    enum node_kind kind = token->kind == TOKEN_UNION          ? NODE_UNION
                          : token->kind == TOKEN_INTERSECTION ? NODE_INTERSECTION
                                                              : NODE_WITHOUT;

    return node_2(parser->work, kind, left, parse_level(parser, POWER_SETS + 1));
}

static const struct operator {
    int kind;
    int power;
    struct node *(*join)(struct parser *parser, struct node *left, const struct token *token);
} OPERATORS[] = {
    { ';', POWER_SEMICOLON, join_list },
    { TOKEN_CHOOSE, POWER_CHOOSE, join_choose },
    { ',', POWER_LIST, join_list },
    { TOKEN_AND, POWER_LIST, join_list },
    { TOKEN_SUCH_THAT, POWER_SUCH_THAT, join_such_that },
    { TOKEN_CONGRUENT, POWER_CONGRUENT, join_congruent },
    { TOKEN_RELATION, POWER_RELATION, join_relation },
    { ':', POWER_RATIO, join_ratio },
    { TOKEN_UNION, POWER_SETS, join_sets },
    { TOKEN_INTERSECTION, POWER_SETS, join_sets },
    { TOKEN_WITHOUT, POWER_SETS, join_sets },
    { TOKEN_UNIT, POWER_UNIT, join_unit },
    { TOKEN_WORDS, POWER_UNIT, join_unit },
    { TOKEN_MONEY, POWER_UNIT, join_unit },
    { '+', POWER_SUM, join_sum },
    { '-', POWER_SUM, join_sum },
    { TOKEN_PLUS_MINUS, POWER_SUM, join_sum },
    { TOKEN_MINUS_PLUS, POWER_SUM, join_sum },
    { '*', POWER_PRODUCT, join_product },
    { '/', POWER_PRODUCT, join_quotient },
    { TOKEN_MODULO, POWER_PRODUCT, join_modulo },
    { '%', POWER_PERCENT, join_mark },
    { '!', POWER_POSTFIX, join_factorial },
    { TOKEN_DEGREE, POWER_POSTFIX, join_mark },
    { '^', POWER_POWER, join_power },
};

static const struct operator IMPLICIT = { 0, POWER_IMPLICIT, join_implicit };
static const struct operator SUCH_THAT = { 0, POWER_SUCH_THAT, join_such_that };

/* Whether [ closes an interval that opened before, as in [0,1[. */
static bool closes_interval(struct parser *parser)
{
    int next = parser_ahead(parser, 1)->kind;

    return parser->intervals > 0 && (next == TOKEN_END || next == TOKEN_UNION || next == TOKEN_INTERSECTION || next == ',' ||
                                     next == TOKEN_AND || next == TOKEN_WITHOUT);
}

bool parser_begins_factor(struct parser *parser)
{
    switch (parser_now(parser)->kind) {
    case TOKEN_SYMBOL: case '{': case TOKEN_FRACTION: case TOKEN_ROOT: case TOKEN_BINOMIAL: case TOKEN_ACCENT:
    case TOKEN_BEGIN: case TOKEN_PI: case TOKEN_EULER: case TOKEN_IMAGINARY: case TOKEN_INFINITY: case TOKEN_FLOOR_OPEN:
    case TOKEN_CEILING_OPEN: case TOKEN_BAR_OPEN:
        return true;
    case TOKEN_FUNCTION: case TOKEN_SERIES:
        return !parser->argument;
    case '(':
        return parser_ahead(parser, 1)->kind != TOKEN_WORDS;
    case '[':
        return !closes_interval(parser);
    case '|':
        return parser->bars == 0;
    case TOKEN_NUMBER:      /* x2; two numbers side by side are no product */
        return parser->at > 0 && parser->tokens.items[parser->at - 1].kind != TOKEN_NUMBER;
    default:
        return false;
    }
}

static const struct operator *find_operator(struct parser *parser)
{
    int kind = parser_now(parser)->kind;

    if (parser->builder && parser->bars == 0 && (kind == '|' || kind == ':'))
        return &SUCH_THAT;
    for (size_t i = 0; i < sizeof OPERATORS / sizeof OPERATORS[0]; i++)
        if (OPERATORS[i].kind == kind)
            return &OPERATORS[i];
    return parser_begins_factor(parser) ? &IMPLICIT : NULL;
}

struct node *parse_level(struct parser *parser, int power)
{
    const struct operator *operator;
    struct node *left;

    if (++parser->depth > LIMIT_NESTING * 4)
        work_stop(parser->work, "too deeply nested");
    if (parser->work->node_count > LIMIT_NODES * 4)
        work_stop(parser->work, "the expression is too large");
    if (parser->failed || parser->work->stopped != NULL)
        return parser_fail(parser);
    left = parse_prefix(parser);
    while (!parser->failed && parser->work->stopped == NULL && (operator = find_operator(parser)) != NULL &&
           operator->power >= power)
        left = operator->join(parser, left, &parser->tokens.items[parser->at++]);
    parser->depth--;
    return left;
}

/* A remark in brackets at the very end: (approximately 4.1). */
static void skip_remark(struct parser *parser)
{
    if (parser_now(parser)->kind == '(' && parser_ahead(parser, 1)->kind == TOKEN_WORDS &&
        parser->tokens.items[parser->tokens.count - 2].kind == ')')
        parser->at = parser->tokens.count - 1;
}

/* Punctuation that ends a sentence, not an answer; a brace that was cut out with it. */
static void skip_ending(struct parser *parser)
{
    while (parser_now(parser)->kind == ',' || parser_now(parser)->kind == ';' || parser_now(parser)->kind == TOKEN_ROW ||
           parser_now(parser)->kind == '}')
        parser->at++;
}

struct reading parse(struct work *work, const char *source, bool index_i, bool tight)
{
    struct parser parser = { .work = work, .tight = tight };
    struct reading reading;

    work->node_count = 0;
    tokens_read(work, source, index_i, &parser.tokens);
    if (parser.tokens.count > 1)
        reading.node = parse_level(&parser, POWER_ALL);
    else
        reading.node = parser_fail(&parser);
    skip_remark(&parser);
    skip_ending(&parser);
    if (parser.failed || parser_now(&parser)->kind != TOKEN_END)
        reading.node = node_named(work, NODE_TEXT, source);
    reading.slash = parser.slash;
    return reading;
}
