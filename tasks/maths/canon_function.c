/*
 * Functions: what can be worked out exactly is; the rest is written with few functions (tan as sin/cos, log_b as a
 * quotient of ln), so that equal things look alike.
 */
#include <flint/fmpz.h>
#include <flint/fmpz_factor.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "tasks/maths/canon.h"
#include "tasks/maths/decide.h"
#include "tasks/maths/limits.h"
#include "tasks/maths/policy.h"
#include "tasks/maths/tree.h"
#include "tasks/maths/work.h"

struct node *canon_plain_function(struct work *work, const char *name, struct node *const *arguments, size_t count)
{
    struct node *node = node_new(work, NODE_FUNCTION, count);

    node->name = name;
    for (size_t i = 0; i < count; i++)
        node->kids[i] = arguments[i];
    return canon_finish(work, node);
}

/* m ln p for every prime of a positive integer; sign -1 for a denominator. */
static void add_logarithms(struct work *work, struct nodes *terms, const fmpz_t integer, long sign)
{
    fmpz_factor_t found;

    fmpz_factor_init(found);
    fmpz_factor(found, integer);
    for (long i = 0; i < found->num; i++) {
        struct node *prime = node_rational(work);
        fmpz_set(fmpq_numref(prime->value), found->p + i);
        canon_finish(work, prime);
        nodes_add(work, terms, canon_product(work, (struct node *[]){ canon_integer(work, sign * (long)found->exp[i]),
                                                                      canon_plain_function(work, "ln", &prime, 1) }, 2));
    }
    fmpz_factor_clear(found);
}

static struct node *logarithm(struct work *work, struct node *const *arguments, size_t count)
{
    struct node *argument = arguments[0];
    struct nodes terms = { 0 };

    if (argument->kind == NODE_EULER)
        return canon_integer(work, 1);
    if (argument->kind == NODE_POWER && argument->kids[1]->kind == NODE_RATIONAL) {
        struct node *base = argument->kids[0];
        if (base->kind == NODE_EULER)
            return argument->kids[1];
        if (base->kind == NODE_RATIONAL && fmpq_sgn(base->value) > 0)
            return canon_product(work, (struct node *[]){ argument->kids[1], logarithm(work, &base, 1) }, 2);
    }
    if (argument->kind != NODE_RATIONAL || fmpq_sgn(argument->value) <= 0 ||
        fmpz_bits(fmpq_numref(argument->value)) > 60 || fmpz_bits(fmpq_denref(argument->value)) > 60)
        return canon_plain_function(work, "ln", arguments, count);
    work_spend(work, 30);
    add_logarithms(work, &terms, fmpq_numref(argument->value), 1);
    add_logarithms(work, &terms, fmpq_denref(argument->value), -1);
    return canon_sum(work, terms.items, terms.count);
}

static struct node *common_logarithm(struct work *work, struct node *const *arguments, size_t count)
{
    struct node *ten = canon_integer(work, 10);

    return canon_quotient(work, logarithm(work, arguments, count), logarithm(work, &ten, 1));
}

static struct node *exponential(struct work *work, struct node *const *arguments, size_t count)
{
    (void)count;
    return canon_power(work, canon_finish(work, node_new(work, NODE_EULER, 0)), arguments[0]);
}

static struct node *square_root(struct work *work, struct node *const *arguments, size_t count)
{
    struct node *half = node_rational(work);

    (void)count;
    fmpq_set_si(half->value, 1, 2);
    return canon_power(work, arguments[0], canon_finish(work, half));
}

static struct node *sine(struct work *work, struct node *const *arguments, size_t count)
{
    struct node *known = canon_sine(work, arguments[0]);

    return known != NULL ? known : canon_plain_function(work, "sin", arguments, count);
}

static struct node *cosine(struct work *work, struct node *const *arguments, size_t count)
{
    struct node *known = canon_cosine(work, arguments[0]);

    return known != NULL ? known : canon_plain_function(work, "cos", arguments, count);
}

/* k pi/12 */
static struct node *twelfths(struct work *work, long k)
{
    struct node *turn = node_rational(work);

    fmpq_set_si(turn->value, k, 12);
    return canon_product(work, (struct node *[]){ canon_finish(work, turn),
                                                  canon_finish(work, node_new(work, NODE_PI, 0)) }, 2);
}

/* The angle from first to last twelfths of pi whose sine (cosine, tangent) that is, if it is among the known ones. */
static struct node *known_arc(struct work *work, const char *name, struct node *const *arguments, size_t count,
                              long first, long last)
{
    for (long k = first; k <= last && arguments[0]->count <= 3; k++) {
        struct node *angle = twelfths(work, k), *sine_of = canon_sine(work, angle);
        struct node *cosine_of = canon_cosine(work, angle), *value;
        if (sine_of == NULL || cosine_of == NULL || (name[3] == 't' && node_is_integer(cosine_of, 0)))
            continue;
        value = name[3] == 's' ? sine_of : name[3] == 'c' ? cosine_of : canon_quotient(work, sine_of, cosine_of);
        if (strcmp(value->text, arguments[0]->text) == 0)
            return angle;
    }
    return canon_plain_function(work, name, arguments, count);
}

static struct node *arc_sine(struct work *work, struct node *const *arguments, size_t count)
{
    return known_arc(work, "arcsin", arguments, count, -6, 6);
}

static struct node *arc_cosine(struct work *work, struct node *const *arguments, size_t count)
{
    return known_arc(work, "arccos", arguments, count, 0, 12);
}

static struct node *arc_tangent(struct work *work, struct node *const *arguments, size_t count)
{
    return known_arc(work, "arctan", arguments, count, -5, 5);
}

static struct node *tangent(struct work *work, struct node *const *arguments, size_t count)
{
    return canon_quotient(work, sine(work, arguments, count), cosine(work, arguments, count));
}

static struct node *cotangent(struct work *work, struct node *const *arguments, size_t count)
{
    return canon_quotient(work, cosine(work, arguments, count), sine(work, arguments, count));
}

static struct node *secant(struct work *work, struct node *const *arguments, size_t count)
{
    return canon_quotient(work, canon_integer(work, 1), cosine(work, arguments, count));
}

static struct node *cosecant(struct work *work, struct node *const *arguments, size_t count)
{
    return canon_quotient(work, canon_integer(work, 1), sine(work, arguments, count));
}

static struct node *magnitude(struct work *work, struct node *const *arguments, size_t count)
{
    struct node *argument = arguments[0], *content = NULL, *rest = argument;

    if (argument->kind == NODE_RATIONAL) {
        struct node *number = node_rational(work);
        fmpq_abs(number->value, argument->value);
        return canon_finish(work, number);
    }
    if (argument->kind == NODE_SUM)
        rest = canon_primitive(work, argument, &content);
    else if (argument->kind == NODE_PRODUCT && argument->kids[0]->kind == NODE_RATIONAL) {
        content = argument->kids[0];
        rest = canon_quotient(work, argument, content);
    }
    rest = canon_plain_function(work, "abs", &rest, count);
    return content == NULL ? rest : canon_product(work, (struct node *[]){ magnitude(work, &content, 1), rest }, 2);
}

/* Of a constant such as 100 pi. */
static struct node *round_constant(struct work *work, const char *name, struct node *const *arguments, size_t count)
{
    bool is_floor = name[0] == 'f';
    struct node *whole = NULL;

    if (!node_holds(arguments[0], NODE_SYMBOL))
        whole = decide_floor(work, is_floor ? arguments[0] : canon_negative(work, arguments[0]));
    if (whole == NULL)
        return canon_plain_function(work, name, arguments, count);
    return is_floor ? whole : canon_negative(work, whole);
}

static struct node *rounded(struct work *work, const char *name, struct node *const *arguments, size_t count)
{
    struct node *number;

    if (arguments[0]->kind != NODE_RATIONAL)
        return round_constant(work, name, arguments, count);
    number = node_rational(work);
    (name[0] == 'f' ? fmpz_fdiv_q : fmpz_cdiv_q)(fmpq_numref(number->value), fmpq_numref(arguments[0]->value),
                                                 fmpq_denref(arguments[0]->value));
    return canon_finish(work, number);
}

static struct node *floor_of(struct work *work, struct node *const *arguments, size_t count)
{
    return rounded(work, "floor", arguments, count);
}

static struct node *ceiling_of(struct work *work, struct node *const *arguments, size_t count)
{
    return rounded(work, "ceil", arguments, count);
}

/* Whether it is a whole number from 0 to limit. */
static bool is_small(const struct node *node, ulong limit)
{
    return node_is_whole(node) && fmpz_sgn(fmpq_numref(node->value)) >= 0 &&
           fmpz_cmp_ui(fmpq_numref(node->value), limit) <= 0;
}

static struct node *factorial(struct work *work, struct node *const *arguments, size_t count)
{
    struct node *number;

    if (node_is_whole(arguments[0]) && fmpz_cmp_ui(fmpq_numref(arguments[0]->value), LIMIT_FACTORIAL) > 0)
        work_stop(work, "a factorial is too large");
    if (!is_small(arguments[0], 400))
        return canon_plain_function(work, "fact", arguments, count);
    number = node_rational(work);
    fmpz_fac_ui(fmpq_numref(number->value), fmpz_get_ui(fmpq_numref(arguments[0]->value)));
    return canon_finish(work, number);
}

static struct node *choices(struct work *work, struct node *const *arguments, size_t count)
{
    struct node *number;

    if (count != 2 || !is_small(arguments[0], 4000) || !is_small(arguments[1], 4000))
        return canon_plain_function(work, "binom", arguments, count);
    number = node_rational(work);
    fmpz_bin_uiui(fmpq_numref(number->value), fmpz_get_ui(fmpq_numref(arguments[0]->value)),
                  fmpz_get_ui(fmpq_numref(arguments[1]->value)));
    return canon_finish(work, number);
}

static bool all_rational(struct node *const *arguments, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (arguments[i]->kind != NODE_RATIONAL)
            return false;
    return count > 0;
}

/* gcd(a/b, c/d) is the largest rational of which both are whole multiples. */
static struct node *common_divisor(struct work *work, struct node *const *arguments, size_t count)
{
    struct node *number;

    if (!all_rational(arguments, count))
        return canon_plain_function(work, "gcd", arguments, count);
    number = node_rational(work);
    for (size_t i = 0; i < count; i++)
        fmpq_gcd(number->value, number->value, arguments[i]->value);
    return canon_finish(work, number);
}

static struct node *common_multiple(struct work *work, struct node *const *arguments, size_t count)
{
    struct node *number;
    fmpq_t divisor;

    if (!all_rational(arguments, count))
        return canon_plain_function(work, "lcm", arguments, count);
    number = node_rational(work);
    fmpq_init(divisor);
    fmpq_abs(number->value, arguments[0]->value);
    for (size_t i = 1; i < count; i++) {
        fmpq_gcd(divisor, number->value, arguments[i]->value);
        fmpq_mul(number->value, number->value, arguments[i]->value);
        if (!fmpq_is_zero(divisor))
            fmpq_div(number->value, number->value, divisor);
        fmpq_abs(number->value, number->value);
    }
    fmpq_clear(divisor);
    return canon_finish(work, number);
}

static int compare_texts(const void *one, const void *other)
{
    const struct node *const *first = one, *const *second = other;

    return strcmp((*first)->text, (*second)->text);
}

/* Whether one constant is larger (sign 1) or smaller (-1) than another; false when it cannot be told. */
static bool is_beyond(struct work *work, struct node *one, struct node *other, int sign, bool *beyond)
{
    int order;

    if (node_holds(one, NODE_SYMBOL) || node_holds(other, NODE_SYMBOL) || !decide_order(work, one, other, &order))
        return false;
    *beyond = order * sign > 0;
    return true;
}

/* The extreme of constants; of others a function of them in any order. */
static struct node *extreme(struct work *work, const char *name, struct node *const *arguments, size_t count, int sign)
{
    struct node *best = arguments[0], *node;
    bool known = true, beyond = false;

    for (size_t i = 1; known && i < count; i++) {
        known = is_beyond(work, arguments[i], best, sign, &beyond);
        best = known && beyond ? arguments[i] : best;
    }
    if (known)
        return best;
    node = node_new(work, NODE_FUNCTION, count);
    node->name = name;
    memcpy(node->kids, arguments, count * sizeof arguments[0]);
    qsort(node->kids, count, sizeof node->kids[0], compare_texts);
    return canon_finish(work, node);
}

static struct node *maximum(struct work *work, struct node *const *arguments, size_t count)
{
    return extreme(work, "max", arguments, count, 1);
}

static struct node *minimum(struct work *work, struct node *const *arguments, size_t count)
{
    return extreme(work, "min", arguments, count, -1);
}

/* a - b times the whole part of a/b, of real constants such as pi. */
static struct node *constant_remainder(struct work *work, struct node *const *arguments, size_t count)
{
    struct node *turns;

    if (count != 2 || node_holds(arguments[0], NODE_SYMBOL) || node_holds(arguments[1], NODE_SYMBOL) ||
        node_is_integer(arguments[1], 0) ||
        (turns = decide_floor(work, canon_quotient(work, arguments[0], arguments[1]))) == NULL)
        return canon_plain_function(work, "mod", arguments, count);
    return canon_difference(work, arguments[0],
                            canon_product(work, (struct node *[]){ turns, arguments[1] }, 2));
}

/* a mod b, with the sign of b. */
static struct node *remainder_of(struct work *work, struct node *const *arguments, size_t count)
{
    struct node *number;
    fmpz_t turns;

    if (count != 2 || !all_rational(arguments, count) || fmpq_is_zero(arguments[1]->value))
        return constant_remainder(work, arguments, count);
    number = node_rational(work);
    fmpz_init(turns);
    fmpq_div(number->value, arguments[0]->value, arguments[1]->value);
    fmpz_fdiv_q(turns, fmpq_numref(number->value), fmpq_denref(number->value));
    fmpq_mul_fmpz(number->value, arguments[1]->value, turns);
    fmpq_sub(number->value, arguments[0]->value, number->value);
    fmpz_clear(turns);
    return canon_finish(work, number);
}

static struct node *determinant(struct work *work, struct node *const *arguments, size_t count)
{
    const struct node *matrix = arguments[0];
    struct node *const *m = matrix->kids;

    if (matrix->kind != NODE_MATRIX || matrix->count != matrix->columns * matrix->columns || matrix->columns > 2)
        return canon_plain_function(work, "det", arguments, count);
    if (matrix->columns == 1)
        return m[0];
    return canon_difference(work, canon_product(work, (struct node *[]){ m[0], m[3] }, 2),
                            canon_product(work, (struct node *[]){ m[1], m[2] }, 2));
}

/* Those of one argument; called with more, as in abs(3, 4), they mean nothing that can be worked out. */
static const struct {
    const char *name;
    struct node *(*canon)(struct work *work, struct node *const *arguments, size_t count);
    const char *same;           /* another name for that function */
} FUNCTIONS[] = {
    { "abs", magnitude, NULL },     { "acos", arc_cosine, NULL },     { "acosh", NULL, "arcosh" },
    { "acot", NULL, "arccot" },
    { "arccosh", NULL, "arcosh" },  { "arcsinh", NULL, "arsinh" },  { "arctanh", NULL, "artanh" },
    { "arccos", arc_cosine, NULL },
    { "arcsin", arc_sine, NULL },  { "arctan", arc_tangent, NULL },
    { "asin", arc_sine, NULL },     { "asinh", NULL, "arsinh" },    { "atan", arc_tangent, NULL },
    { "atanh", NULL, "artanh" },
    { "ceil", ceiling_of, NULL },   { "cos", cosine, NULL },        { "cot", cotangent, NULL },
    { "csc", cosecant, NULL },      { "det", determinant, NULL },   { "exp", exponential, NULL },
    { "fact", factorial, NULL },    { "floor", floor_of, NULL },    { "lg", common_logarithm, NULL },
    { "ln", logarithm, NULL },      { "log", logarithm, NULL },
    { "sec", secant, NULL },        { "sin", sine, NULL },          { "sqrt", square_root, NULL },
    { "tan", tangent, NULL },
};

/* Those of several arguments. */
static const struct {
    const char *name;
    struct node *(*canon)(struct work *work, struct node *const *arguments, size_t count);
} FUNCTIONS_OF_SEVERAL[] = {
    { "binom", choices }, { "gcd", common_divisor }, { "lcm", common_multiple },     { "max", maximum },
    { "min", minimum },   { "mod", remainder_of },   { "prod", canon_product_series }, { "sum", canon_sum_series },
};

struct node *canon_function(struct work *work, const char *name, struct node *const *arguments, size_t count)
{
    if (work->stopped != NULL || !work_spend(work, 2))
        return canon_integer(work, 0);
    for (size_t i = 0; i < sizeof FUNCTIONS / sizeof FUNCTIONS[0]; i++) {
        if (strcmp(FUNCTIONS[i].name, name) != 0)
            continue;
        if (FUNCTIONS[i].canon != NULL && count == 1)
            return FUNCTIONS[i].canon(work, arguments, count);
        return canon_plain_function(work, FUNCTIONS[i].same != NULL ? FUNCTIONS[i].same : name, arguments, count);
    }
    for (size_t i = 0; i < sizeof FUNCTIONS_OF_SEVERAL / sizeof FUNCTIONS_OF_SEVERAL[0]; i++)
        if (strcmp(FUNCTIONS_OF_SEVERAL[i].name, name) == 0 && count > 0)
            return FUNCTIONS_OF_SEVERAL[i].canon(work, arguments, count);
    return canon_plain_function(work, name, arguments, count);
}
