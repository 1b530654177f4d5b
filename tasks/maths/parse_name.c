/*
 * Numbers, symbols, functions and units: what begins with a name or a digit.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "tasks/maths/limits.h"
#include "tasks/maths/parser.h"
#include "tasks/maths/tree.h"
#include "tasks/maths/unit.h"
#include "tasks/maths/work.h"

/* digits[.digits][(digits)][e digits] exactly. With t decimals and r repeating ones the value is
 * (all - all before the repeating ones) / (10^t (10^r - 1)). */
struct node *parse_literal(struct parser *parser, const char *digits)
{
    struct work *work = parser->work;
    struct node *node = node_rational(work);
    size_t length = strcspn(digits, "e"), decimals = 0, repeating = 0, used = 0;
    char *plain = arena_alloc(work->arena, length + 1);
    bool point = false, repeats = false;
    fmpz_t scale, before;

    for (size_t i = 0; i < length; i++) {
        point = point || digits[i] == '.';
        repeats = repeats || digits[i] == '(';
        if (!isdigit((unsigned char)digits[i]))
            continue;
        plain[used++] = digits[i];
        repeating += repeats;
        decimals += point && !repeats;
    }
    fmpz_init(scale);
    fmpz_init(before);
    fmpz_set_str(fmpq_numref(node->value), plain, 10);
    fmpz_set_ui(scale, 10);
    fmpz_pow_ui(fmpq_denref(node->value), scale, decimals);
    if (repeating > 0) {
        plain[used - repeating] = '\0';
        fmpz_set_str(before, used > repeating ? plain : "0", 10);
        fmpz_sub(fmpq_numref(node->value), fmpq_numref(node->value), before);
        fmpz_pow_ui(scale, scale, repeating);
        fmpz_sub_ui(scale, scale, 1);
        fmpz_mul(fmpq_denref(node->value), fmpq_denref(node->value), scale);
    }
    fmpq_canonicalise(node->value);
    node->decimal = point;
    if (digits[length] == 'e') {
        long exponent = strtol(digits + length + 1, NULL, 10);
        if (labs(exponent) > LIMIT_EXPONENT)
            work_stop(work, "an exponent is too large");
        else {
            fmpz_set_ui(scale, 10);
            fmpz_pow_ui(scale, scale, (ulong)labs(exponent));
            (exponent < 0 ? fmpq_div_fmpz : fmpq_mul_fmpz)(node->value, node->value, scale);
        }
    }
    fmpz_clear(scale);
    fmpz_clear(before);
    return node;
}

/* The base after digits_: a number, or its word. */
static struct node *parse_base(struct parser *parser)
{
    static const char *const WORDS[] = { "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
                                         "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen" };
    bool braced = parser_takes(parser, '{');
    struct token *token = parser_now(parser);
    struct node *base = NULL;

    if (token->kind == TOKEN_NUMBER)
        base = parse_literal(parser, token->text);
    for (size_t i = 0; token->kind == TOKEN_WORDS && i < sizeof WORDS / sizeof WORDS[0]; i++)
        if (strcmp(token->text, WORDS[i]) == 0)
            base = node_integer(parser->work, (long)i);
    parser->at++;
    if (base == NULL || (braced && !parser_takes(parser, '}')))
        return parser_fail(parser);
    return base;
}

static struct node *parse_based(struct parser *parser, const char *digits)
{
    struct node *node = node_1(parser->work, NODE_BASED, parse_base(parser));

    node->name = digits;
    return node;
}

/* Whether "2 1/3" stands here, the whole number already passed: a proper fraction of plain numbers. */
static bool is_plain_fraction(struct parser *parser)
{
    struct token *over = parser_now(parser), *under = parser_ahead(parser, 2);

    return over->kind == TOKEN_NUMBER && !over->glued && parser_ahead(parser, 1)->kind == '/' &&
           under->kind == TOKEN_NUMBER &&
           strspn(over->text, "0123456789") == strlen(over->text) &&
           strspn(under->text, "0123456789") == strlen(under->text) && (strlen(over->text) < strlen(under->text) ||
            (strlen(over->text) == strlen(under->text) && strcmp(over->text, under->text) < 0));
}

/* Whether a fraction of two plain whole numbers stands here. */
static bool is_whole_fraction(struct parser *parser, const struct node *fraction)
{
    (void)parser;
    return fraction->kind == NODE_QUOTIENT && node_is_whole(fraction->kids[0]) && node_is_whole(fraction->kids[1]) &&
           !fraction->kids[0]->decimal && !fraction->kids[1]->decimal;
}

struct node *parse_number(struct parser *parser)
{
    struct token *token = parser_now(parser);
    struct node *number, *fraction;
    size_t back;

    parser->at++;
    if (parser_now(parser)->kind == '_') {
        parser->at++;
        return parse_based(parser, token->text);
    }
    if (strspn(token->text, "0123456789.()e+-") != strlen(token->text)) {
        if (parser_now(parser)->kind != ')' || parser_ahead(parser, 1)->kind != '_')
            return parser_fail(parser);
        return node_named(parser->work, NODE_TEXT, token->text);      /* (1F)_16: its bracket knows the base */
    }
    number = parse_literal(parser, token->text);
    if (strspn(token->text, "0123456789") != strlen(token->text))
        return number;
    back = parser->at;
    if (is_plain_fraction(parser)) {
        struct node *over = parse_literal(parser, parser_now(parser)->text);
        fraction = node_2(parser->work, NODE_QUOTIENT, over, parse_literal(parser, parser_ahead(parser, 2)->text));
        parser->at += 3;
        return node_2(parser->work, NODE_MIXED, number, fraction);
    }
    if (parser_now(parser)->kind == TOKEN_FRACTION) {
        fraction = parse_fraction(parser);
        if (is_whole_fraction(parser, fraction) && parser_now(parser)->kind != '^')
            return node_2(parser->work, NODE_MIXED, number, fraction);
        parser->at = back;
    }
    return number;
}

/* Adds the tokens of a subscript as they stand, without braces: x_{n+1} is one name. */
static void add_subscript(struct parser *parser, struct buf *name)
{
    size_t depth = 0;

    do {
        struct token *token = parser_now(parser);
        depth += token->kind == '{';
        depth -= token->kind == '}';
        if (token->kind == TOKEN_END) {
            parser_fail(parser);
            return;
        }
        if (token->text != NULL)
            buf_addf(name, "%s", token->text);
        else if (token->kind < 256 && token->kind != '{' && token->kind != '}')
            buf_add_char(name, (char)token->kind);
        else if (token->kind == TOKEN_IMAGINARY || token->kind == TOKEN_EULER || token->kind == TOKEN_PI)
            buf_add_char(name, token->kind == TOKEN_PI ? 'p' : token->kind == TOKEN_EULER ? 'e' : 'i');
        parser->at++;
    } while (depth > 0);
}

/* The name with its primes and subscript, kept in the arena. */
static const char *finish_name(struct parser *parser, const char *start)
{
    struct buf name;
    const char *kept;

    buf_init(&name, LIMIT_ANSWER_BYTES * 4);
    buf_add_string(&name, start);
    while (parser_takes(parser, '\''))
        buf_add_char(&name, '\'');
    if (parser_takes(parser, '_')) {
        buf_add_string(&name, "_");
        add_subscript(parser, &name);
    }
    kept = name.length == strlen(start) ? start : arena_strndup(parser->work->arena, name.data, name.length);
    buf_fini(&name);
    return kept;
}

/* Whether (x) after a letter is an argument: f(x), P(3); any letter's where an equation begins with it: a(n) = ... */
static bool is_call(struct parser *parser, const char *name)
{
    struct token *inner = parser_ahead(parser, 1);
    bool known = strlen(name) == 1 && strchr("fghFGHPpqQT", name[0]) != NULL;
    int before = parser->at > 1 ? parser->tokens.items[parser->at - 2].kind : TOKEN_END;
    bool first = (before == TOKEN_END || before == '{' || before == ',' || before == ';' || before == TOKEN_AND) &&
                 parser_ahead(parser, 3)->kind == TOKEN_RELATION;

    if (parser_now(parser)->kind != '(' || parser_ahead(parser, 2)->kind != ')')
        return false;
    return (known || first || strchr(name, '\'') != NULL) &&
           (inner->kind == TOKEN_SYMBOL || inner->kind == TOKEN_NUMBER || inner->kind == TOKEN_IMAGINARY);
}

/* f^{-1}(x): the inverse function, not a quotient. Passes over its exponent. */
static bool takes_inverse(struct parser *parser, const char *name)
{
    static const int KINDS[] = { '^', '{', '-', TOKEN_NUMBER, '}', '(' };

    if (strlen(name) != 1 || strchr("fghFGH", name[0]) == NULL)
        return false;
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
        if (parser_ahead(parser, i)->kind != KINDS[i])
            return false;
    if (strcmp(parser_ahead(parser, 3)->text, "1") != 0)
        return false;
    parser->at += 5;
    return true;
}

struct node *parse_symbol(struct parser *parser)
{
    const char *start = parser_now(parser)->text, *name;
    struct node *node;

    parser->at++;
    name = finish_name(parser, start);
    if (takes_inverse(parser, name)) {
        node = parse_bracket(parser);
        return node_function(parser->work, arena_printf(parser->work->arena, "%s_inv", name), node);
    }
    if (is_call(parser, name)) {
        parser->at++;
        node = node_function(parser->work, name, parse_level(parser, POWER_SUM));
        parser_takes(parser, ')');
        return node;
    }
    /* C_n^k is a number of choices. */
    if (strncmp(name, "C_", 2) == 0 && strspn(name + 2, "0123456789") == strlen(name + 2) && name[2] != '\0' &&
        parser_takes(parser, '^')) {
        node = node_2(parser->work, NODE_FUNCTION, parse_literal(parser, name + 2), parse_argument(parser));
        node->name = "binom";
        return node;
    }
    return node_named(parser->work, NODE_SYMBOL, name);
}

/* \overline{AB}, \vec v, \bar{x}_n: a name. */
struct node *parse_accent(struct parser *parser)
{
    const char *accent = parser_now(parser)->text;
    struct buf name;
    const char *kept;

    parser->at++;
    buf_init(&name, LIMIT_ANSWER_BYTES * 4);
    buf_addf(&name, "%s.", strcmp(accent, "overline") == 0 ? "bar" : accent);
    add_subscript(parser, &name);
    kept = finish_name(parser, arena_strndup(parser->work->arena, name.data, name.length));
    buf_fini(&name);
    return node_named(parser->work, NODE_SYMBOL, kept);
}

/* Words that change what a number says: such an answer is prose. */
static bool is_qualifier(const char *word)
{
    static const char *const WORDS[] = { "not", "more", "less", "least", "most", "than", "approximately", "about", "at",
                                         "is", "if", "when", "for", "where", "with", "only", "are", "has", "times",
                                         "million", "billion", "thousand", "hundred", "dozen", "percent", "plus",
                                         "minus", "then", "but", "because" };

    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        if (strcmp(word, WORDS[i]) == 0)
            return true;
    return false;
}

/* One word of a unit with its power; false when none stands here. */
static bool add_unit_word(struct parser *parser, struct buf *name, bool per)
{
    struct token *token = parser_now(parser);
    long power = per ? -1 : 1;

    if (token->kind == TOKEN_UNIT && (strcmp(token->text, "square") == 0 || strcmp(token->text, "cubic") == 0) &&
        parser_ahead(parser, 1)->kind == TOKEN_UNIT) {
        power *= strcmp(token->text, "square") == 0 ? 2 : 3;
        parser->at++;
        token = parser_now(parser);
    }
    if (token->kind != TOKEN_UNIT && token->kind != TOKEN_WORDS && token->kind != TOKEN_MONEY)
        return false;
    if (token->kind == TOKEN_WORDS && is_qualifier(token->text)) {
        parser_fail(parser);
        return false;
    }
    parser->at++;
    if (parser_now(parser)->kind == '^' && parser_ahead(parser, 1)->kind != TOKEN_END) {
        struct node *exponent;
        parser->at++;
        exponent = parse_exponent(parser);
        if (exponent->kind == NODE_NEGATIVE) {
            exponent = exponent->kids[0];
            power = -power;
        }
        if (node_is_whole(exponent) && labs(power) == 1 && fmpz_bits(fmpq_numref(exponent->value)) < 8)
            power *= fmpz_get_si(fmpq_numref(exponent->value));
    }
    buf_addf(name, "%s%s", name->length > 0 ? " " : "", token->text);
    if (power != 1)
        buf_addf(name, "^%ld", power);
    return true;
}

struct node *parse_unit(struct parser *parser, struct node *quantity)
{
    struct node *node = node_1(parser->work, NODE_UNIT, quantity);
    struct buf name;
    bool per = false;

    buf_init(&name, LIMIT_ANSWER_BYTES);
    for (;;) {
        struct token *token = parser_now(parser);
        bool slash = (token->kind == '/' || (token->kind == TOKEN_UNIT && strcmp(token->text, "per") == 0)) &&
                     name.length > 0;
        if (slash)
            parser->at++;
        else if (token->kind == '*' && parser_ahead(parser, 1)->kind == TOKEN_UNIT)
            parser->at++;
        per = per || slash;
        if (!add_unit_word(parser, &name, per)) {
            if (slash)
                parser_fail(parser);
            break;
        }
    }
    if (strcmp(name.data, "mile hour^-1") == 0) {
        buf_clear(&name);
        buf_add_string(&name, "mile per hour");
    }
    node->name = arena_strndup(parser->work->arena, name.data, name.length);
    buf_fini(&name);
    return node;
}

static const struct {
    const char *name;
    const char *inverse;
} INVERSES[] = {
    { "sin", "arcsin" }, { "cos", "arccos" }, { "tan", "arctan" }, { "cot", "arccot" },
    { "sinh", "arsinh" }, { "cosh", "arcosh" }, { "tanh", "artanh" }, { "sec", "arcsec" }, { "csc", "arccsc" },
};

static const char *inverse_of(const char *name)
{
    for (size_t i = 0; i < sizeof INVERSES / sizeof INVERSES[0]; i++)
        if (strcmp(INVERSES[i].name, name) == 0)
            return INVERSES[i].inverse;
    return NULL;
}

/* The arguments: a bracket's, or the product up to the next sign, function or bracket. */
static struct node *parse_arguments(struct parser *parser, const char *name)
{
    struct token *token = parser_now(parser);
    struct node *inner, *node;
    bool argument = parser->argument;

    if (token->kind == '(' || token->kind == '[' || token->kind == '{' || token->kind == TOKEN_SET_OPEN) {
        inner = parse_bracket(parser);
        if (inner->kind == NODE_TUPLE || inner->kind == NODE_SET) {
            node = node_like(parser->work, inner, inner->count);
            memcpy(node->kids, inner->kids, inner->count * sizeof inner->kids[0]);
            node->kind = NODE_FUNCTION;
            node->name = name;
            return node;
        }
        return node_function(parser->work, name, inner);
    }
    parser->argument = true;
    inner = parse_level(parser, POWER_IMPLICIT);
    parser->argument = argument;
    return node_function(parser->work, name, inner);
}

static bool is_logarithm(const char *name)
{
    return strcmp(name, "log") == 0 || strcmp(name, "ln") == 0 || strcmp(name, "lg") == 0;
}

/* The maximum over all x is not the maximum of x: "_max" of x and of what \max stands before (unknown.h). */
static struct node *over(struct parser *parser, struct node *base, const struct node *call)
{
    struct node *node = node_new(parser->work, NODE_FUNCTION, call->count + 1);

    node->name = arena_printf(parser->work->arena, "_%s", call->name);
    node->kids[0] = base;
    memcpy(node->kids + 1, call->kids, call->count * sizeof call->kids[0]);
    return node;
}

struct node *parse_function(struct parser *parser)
{
    const char *name = parser_now(parser)->text;
    struct node *power = NULL, *base = NULL, *node;

    parser->at++;
    for (;;) {
        if (power == NULL && parser_takes(parser, '^'))
            power = parse_exponent(parser);
        else if (base == NULL && parser_takes(parser, '_'))
            base = parse_argument(parser);
        else
            break;
    }
    if (power != NULL && power->kind == NODE_NEGATIVE && node_is_integer(power->kids[0], 1) && inverse_of(name) != NULL) {
        name = inverse_of(name);
        power = NULL;
    }
    node = parse_arguments(parser, name);
    if (base != NULL && is_logarithm(name))
        node = node_2(parser->work, NODE_QUOTIENT, node_function(parser->work, "ln", node->kids[0]),
                      node_function(parser->work, "ln", base));
    else if (base != NULL)
        node = over(parser, base, node);
    return power == NULL ? node : node_2(parser->work, NODE_POWER, node, power);
}

/* \sum_{k=1}^{n} body: lower, upper, body; what is not there is an empty text. */
struct node *parse_series(struct parser *parser)
{
    struct node *node = node_new(parser->work, NODE_FUNCTION, 3);

    node->name = parser_now(parser)->text;
    node->kids[0] = node->kids[1] = node_named(parser->work, NODE_TEXT, "");
    parser->at++;
    for (;;) {
        int side = parser_now(parser)->kind == '_' ? 0 : parser_now(parser)->kind == '^' ? 1 : -1;
        if (side < 0)
            break;
        parser->at++;
        if (parser_now(parser)->kind == '{' && parser_ahead(parser, 1)->kind == '}')
            parser->at += 2;
        else
            node->kids[side] = parse_argument(parser);
    }
    node->kids[2] = parse_level(parser, strcmp(node->name, "int") == 0 ? POWER_SUM + 1 : POWER_PRODUCT);
    return node;
}
