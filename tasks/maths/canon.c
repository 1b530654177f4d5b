/*
 * A sum is kept as its like terms merged, sorted by text; a product as one rational, then powers of different bases,
 * sorted. What holds others is worked through member by member.
 */
#include "tasks/maths/canon.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "tasks/maths/limits.h"
#include "tasks/maths/print.h"
#include "tasks/maths/tree.h"
#include "tasks/maths/work.h"

struct node *canon_finish(struct work *work, struct node *node)
{
    node->text = print(work, node);
    return node;
}

struct node *canon_integer(struct work *work, long value)
{
    return canon_finish(work, node_integer(work, value));
}

struct node *canon_negative(struct work *work, struct node *node)
{
    return canon_product(work, (struct node *[]){ canon_integer(work, -1), node }, 2);
}

struct node *canon_difference(struct work *work, struct node *one, struct node *other)
{
    return canon_sum(work, (struct node *[]){ one, canon_negative(work, other) }, 2);
}

struct node *canon_quotient(struct work *work, struct node *over, struct node *under)
{
    return canon_product(work, (struct node *[]){ over, canon_power(work, under, canon_integer(work, -1)) }, 2);
}

/* A coefficient and what it belongs to; rest NULL: the number alone. */
struct term {
    fmpq *coefficient;
    struct node *rest;
};

struct terms {
    struct term *items;
    size_t count;
};

/* rest of a product without its leading number. */
static struct node *without_number(struct work *work, struct node *product)
{
    struct node *rest;

    if (product->count == 2)
        return product->kids[1];
    rest = node_new(work, NODE_PRODUCT, product->count - 1);
    memcpy(rest->kids, product->kids + 1, rest->count * sizeof rest->kids[0]);
    return canon_finish(work, rest);
}

static struct term split_term(struct work *work, struct node *node)
{
    struct term term = { work_rational(work), node };

    fmpq_one(term.coefficient);
    if (node->kind == NODE_RATIONAL) {
        fmpq_set(term.coefficient, node->value);
        term.rest = NULL;
    } else if (node->kind == NODE_PRODUCT && node->kids[0]->kind == NODE_RATIONAL) {
        fmpq_set(term.coefficient, node->kids[0]->value);
        term.rest = without_number(work, node);
    }
    return term;
}

static struct node *join_term(struct work *work, const struct term *term)
{
    struct node *number = node_rational(work), *product;
    size_t inner;

    fmpq_set(number->value, term->coefficient);
    canon_finish(work, number);
    if (term->rest == NULL)
        return number;
    if (fmpq_is_one(term->coefficient))
        return term->rest;
    inner = term->rest->kind == NODE_PRODUCT ? term->rest->count : 1;
    product = node_new(work, NODE_PRODUCT, inner + 1);
    product->kids[0] = number;
    memcpy(product->kids + 1, term->rest->kind == NODE_PRODUCT ? term->rest->kids : &term->rest,
           inner * sizeof product->kids[0]);
    return canon_finish(work, product);
}

static void add_term(struct work *work, struct terms *terms, struct node *node)
{
    struct term term = split_term(work, node);

    for (size_t i = 0; i < terms->count; i++) {
        struct term *other = &terms->items[i];
        if ((other->rest == NULL) == (term.rest == NULL) &&
            (term.rest == NULL || strcmp(other->rest->text, term.rest->text) == 0)) {
            fmpq_add(other->coefficient, other->coefficient, term.coefficient);
            return;
        }
    }
    work_spend(work, 1 + terms->count / 8);
    terms->items[terms->count++] = term;
}

static int compare_texts(const void *one, const void *other)
{
    const struct node *const *first = one, *const *second = other;

    return strcmp((*first)->text, (*second)->text);
}

static void sort_nodes(struct node **nodes, size_t count)
{
    if (count > 1)
        qsort(nodes, count, sizeof nodes[0], compare_texts);
}

static int compare_terms(const void *one, const void *other)
{
    const struct term *first = one, *second = other;

    return strcmp(first->rest == NULL ? "" : first->rest->text, second->rest == NULL ? "" : second->rest->text);
}

struct node *canon_sum(struct work *work, struct node *const *given, size_t count)
{
    struct nodes sum = { 0 };
    struct terms terms = { 0 };
    size_t all = 0;

    for (size_t i = 0; i < count; i++)
        all += given[i]->kind == NODE_SUM ? given[i]->count : 1;
    terms.items = arena_calloc(work->arena, all + 1, sizeof *terms.items);
    for (size_t i = 0; i < count; i++) {
        if (given[i]->kind != NODE_SUM)
            add_term(work, &terms, given[i]);
        for (size_t k = 0; given[i]->kind == NODE_SUM && k < given[i]->count; k++)
            add_term(work, &terms, given[i]->kids[k]);
    }
    qsort(terms.items, terms.count, sizeof *terms.items, compare_terms);
    for (size_t i = 0; i < terms.count; i++)
        if (!fmpq_is_zero(terms.items[i].coefficient))
            nodes_add(work, &sum, join_term(work, &terms.items[i]));
    if (sum.count == 0)
        return canon_integer(work, 0);
    return sum.count == 1 ? sum.items[0] : canon_finish(work, node_of(work, NODE_SUM, &sum));
}

/* The factors of a product while it is made: different bases with their exponents. */
struct factors {
    struct node *number;
    struct node **bases;
    struct node **exponents;
    size_t count;
};

static void add_factor(struct work *work, struct factors *factors, struct node *node)
{
    struct node *base = node->kind == NODE_POWER ? node->kids[0] : node;
    struct node *exponent = node->kind == NODE_POWER ? node->kids[1] : NULL;

    if (node->kind == NODE_RATIONAL) {
        fmpq_mul(factors->number->value, factors->number->value, node->value);
        return;
    }
    if (exponent == NULL)
        exponent = canon_integer(work, 1);
    for (size_t i = 0; i < factors->count; i++)
        if (strcmp(factors->bases[i]->text, base->text) == 0) {
            factors->exponents[i] = canon_sum(work, (struct node *[]){ factors->exponents[i], exponent }, 2);
            return;
        }
    factors->bases[factors->count] = base;
    factors->exponents[factors->count++] = exponent;
}

static struct factors collect_factors(struct work *work, struct node *const *given, size_t count)
{
    struct factors factors = { .number = node_integer(work, 1) };
    size_t all = 0;

    for (size_t i = 0; i < count; i++)
        all += given[i]->kind == NODE_PRODUCT ? given[i]->count : 1;
    factors.bases = arena_calloc(work->arena, all + 1, sizeof(struct node *));
    factors.exponents = arena_calloc(work->arena, all + 1, sizeof(struct node *));
    for (size_t i = 0; i < count; i++) {
        if (given[i]->kind != NODE_PRODUCT)
            add_factor(work, &factors, given[i]);
        for (size_t k = 0; given[i]->kind == NODE_PRODUCT && k < given[i]->count; k++)
            add_factor(work, &factors, given[i]->kids[k]);
    }
    work_spend(work, all);
    return factors;
}

struct node *canon_multiply(struct work *work, const struct node *one, const struct node *other)
{
    struct nodes terms = { 0 };

    for (size_t i = 0; i < one->count; i++)
        for (size_t k = 0; k < other->count; k++)
            nodes_add(work, &terms, canon_product(work, (struct node *[]){ one->kids[i], other->kids[k] }, 2));
    return canon_sum(work, terms.items, terms.count);
}

/* Multiplies out the sums among the factors, while the result stays short. NULL: nothing to do. */
static struct node *expand(struct work *work, struct node *const *factors, size_t count)
{
    struct node *product = NULL;
    struct nodes others = { 0 };
    size_t terms = 1, sums = 0;

    for (size_t i = 0; i < count; i++) {
        if (factors[i]->kind == NODE_SUM) {
            terms *= factors[i]->count;
            sums++;
        }
        if (terms > LIMIT_EXPANDED_TERMS)
            return NULL;
    }
    if (sums == 0 || count == 1)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        if (factors[i]->kind != NODE_SUM)
            nodes_add(work, &others, factors[i]);
        else if (product == NULL || product->kind != NODE_SUM)
            product = product == NULL ? factors[i] : canon_product(work, (struct node *[]){ product, factors[i] }, 2);
        else
            product = canon_multiply(work, product, factors[i]);
    }
    if (others.count == 0)
        return product;
    if (product->kind != NODE_SUM)
        nodes_add(work, &others, product);
    struct node *rest = canon_product(work, others.items, others.count);
    return product->kind == NODE_SUM ? canon_multiply(work, product, &(struct node){ .count = 1, .kids = &rest }) : rest;
}

/* Powers of the collected factors, and whether one of them came apart, so that it must be collected again. */
static struct nodes raise_factors(struct work *work, const struct factors *factors, bool *again)
{
    struct nodes raised = { 0 };

    for (size_t i = 0; i < factors->count; i++) {
        struct node *power = canon_power(work, factors->bases[i], factors->exponents[i]);
        *again = *again || power->kind == NODE_PRODUCT ||
                 (power->kind == NODE_POWER && strcmp(power->kids[0]->text, factors->bases[i]->text) != 0);
        if (power->kind == NODE_RATIONAL)
            fmpq_mul(factors->number->value, factors->number->value, power->value);
        else
            nodes_add(work, &raised, power);
    }
    return raised;
}

/* Whether a factor has no finite value, so that nothing times it is not nothing: 1/0, an infinity. */
static bool is_unbounded(const struct nodes *factors)
{
    for (size_t i = 0; i < factors->count; i++)
        if (factors->items[i]->kind == NODE_INFINITY ||
            (factors->items[i]->kind == NODE_POWER && node_is_integer(factors->items[i]->kids[0], 0)))
            return true;
    return false;
}

struct node *canon_product(struct work *work, struct node *const *given, size_t count)
{
    struct factors factors = collect_factors(work, given, count);
    bool again = false;
    struct nodes raised = raise_factors(work, &factors, &again);
    struct node *expanded;

    if (work->stopped != NULL)
        return canon_integer(work, 0);
    canon_finish(work, factors.number);
    if (again) {
        nodes_add(work, &raised, factors.number);
        return canon_product(work, raised.items, raised.count);
    }
    if (raised.count == 0 || (fmpq_is_zero(factors.number->value) && !is_unbounded(&raised)))
        return factors.number;
    sort_nodes(raised.items, raised.count);
    if (!node_is_integer(factors.number, 1)) {
        nodes_add(work, &raised, factors.number);
        memmove(raised.items + 1, raised.items, (raised.count - 1) * sizeof raised.items[0]);
        raised.items[0] = factors.number;
    }
    if (raised.count == 1)
        return raised.items[0];
    expanded = expand(work, raised.items, raised.count);
    return expanded != NULL ? expanded : canon_finish(work, node_of(work, NODE_PRODUCT, &raised));
}

struct node *canon_primitive(struct work *work, struct node *sum, struct node **content)
{
    struct node *number = node_rational(work), *inverse = node_rational(work);

    for (size_t i = 0; i < sum->count; i++)
        fmpq_gcd(number->value, number->value, split_term(work, sum->kids[i]).coefficient);
    if (fmpq_sgn(split_term(work, sum->kids[0]).coefficient) < 0)
        fmpq_neg(number->value, number->value);
    *content = canon_finish(work, number);
    if (fmpq_is_one(number->value))
        return sum;
    fmpq_inv(inverse->value, number->value);
    canon_finish(work, inverse);
    return canon_product(work, (struct node *[]){ inverse, sum }, 2);
}

/* The members, each in canonical form. */
static struct node *canon_members(struct work *work, const struct node *node)
{
    struct node *copy = node_like(work, node, node->count);

    for (size_t i = 0; i < node->count; i++)
        copy->kids[i] = canon(work, node->kids[i]);
    return copy;
}

/* Sorted, without repetition. */
static struct node *canon_set(struct work *work, const struct node *node)
{
    struct node *set = canon_members(work, node);
    size_t kept = 0;

    sort_nodes(set->kids, set->count);
    for (size_t i = 0; i < set->count; i++)
        if (kept == 0 || strcmp(set->kids[kept - 1]->text, set->kids[i]->text) != 0)
            set->kids[kept++] = set->kids[i];
    set->count = kept;
    return canon_finish(work, set);
}

/* A list keeps its order, since it may stand for a tuple, but its text is that of the sorted one. Lists in a list
 * (1,2;3,4) are tuples, unless they are named (x=1, y=2; x=3, y=4). */
static struct node *canon_list(struct work *work, const struct node *node)
{
    struct node *list = canon_members(work, node), *sorted;

    for (size_t i = 0; i < list->count; i++) {
        struct node *kid = list->kids[i];
        if (kid->kind != NODE_LIST || node_holds(kid, NODE_RELATION))
            continue;
        kid->kind = NODE_TUPLE;
        kid->open = '(';
        kid->close = ')';
        canon_finish(work, kid);
    }
    sorted = node_like(work, list, list->count);
    if (list->count > 0)
        memcpy(sorted->kids, list->kids, list->count * sizeof list->kids[0]);
    sort_nodes(sorted->kids, sorted->count);
    list->text = canon_finish(work, sorted)->text;
    return list;
}

struct node *canon_scalar(struct work *work, const struct node *node)
{
    struct node *kid;

    switch (node->kind) {
    case NODE_PERCENT:
        kid = node_rational(work);
        fmpq_set_si(kid->value, 1, 100);
        return canon_product(work, (struct node *[]){ canon_scalar(work, node->kids[0]), canon_finish(work, kid) }, 2);
    case NODE_DEGREE:
        kid = node_rational(work);
        fmpq_set_si(kid->value, 1, 180);
        canon_finish(work, kid);
        return canon_product(work, (struct node *[]){ canon_scalar(work, node->kids[0]), kid,
                                                      canon_finish(work, node_new(work, NODE_PI, 0)) }, 3);
    default:
        return canon(work, node);
    }
}

static struct node *canon_operands(struct work *work, const struct node *node)
{
    struct node **kids = arena_calloc(work->arena, node->count + 1, sizeof(struct node *));

    for (size_t i = 0; i < node->count; i++)
        kids[i] = canon_scalar(work, node->kids[i]);
    switch (node->kind) {
    case NODE_SUM: case NODE_MIXED:
        return canon_sum(work, kids, node->count);
    case NODE_PRODUCT:
        return canon_product(work, kids, node->count);
    case NODE_QUOTIENT:
        return canon_quotient(work, kids[0], kids[1]);
    case NODE_NEGATIVE:
        return canon_negative(work, kids[0]);
    case NODE_POWER:
        return canon_power(work, kids[0], kids[1]);
    default:
        return canon_function(work, node->name, kids, node->count);
    }
}

/* -90 degrees is minus ninety, in degrees. */
static bool is_marked(const struct node *node)
{
    return node->kind == NODE_PERCENT || node->kind == NODE_DEGREE || node->kind == NODE_UNIT;
}

struct node *canon(struct work *work, const struct node *node)
{
    struct node *copy;

    if (work->stopped != NULL || !work_spend(work, 1))
        return canon_integer(work, 0);
    if (node->text != NULL)
        return (struct node *)node;
    switch (node->kind) {
    case NODE_NEGATIVE:
        if (is_marked(node->kids[0])) {
            copy = node_like(work, node->kids[0], 1);
            copy->kids[0] = canon_negative(work, canon(work, node->kids[0]->kids[0]));
            return canon_finish(work, copy);
        }
        return canon_operands(work, node);
    case NODE_SUM: case NODE_PRODUCT: case NODE_POWER: case NODE_FUNCTION: case NODE_QUOTIENT: case NODE_MIXED:
        return canon_operands(work, node);
    case NODE_SET:
        return canon_set(work, node);
    case NODE_LIST:
        return canon_list(work, node);
    default:
        return canon_finish(work, canon_members(work, node));
    }
}
