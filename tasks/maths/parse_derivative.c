/*
 * dy/dx, d^2y/dx^2, (d/dx) of what follows, and the same with a round d: no quotient, whose d would cancel, but a function
 * of y, whose name is the operator as it is written in LaTeX. It is compared by its form alone; unknown.h says what else
 * than a letter, derived, is worth: nobody takes a derivative here.
 */
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "tasks/maths/parser.h"
#include "tasks/maths/tree.h"
#include "tasks/maths/work.h"

#define FACTORS_MAX 8

struct factors {
    struct node *items[FACTORS_MAX];
    size_t count;
    bool many;                  /* more than there is room for */
};

/* A product as it was parsed, pair in pair. */
static void collect(struct factors *factors, struct node *node)
{
    if (node->kind == NODE_PRODUCT) {
        for (size_t i = 0; i < node->count; i++)
            collect(factors, node->kids[i]);
        return;
    }
    factors->many = factors->many || factors->count == FACTORS_MAX;
    if (!factors->many)
        factors->items[factors->count++] = node;
}

/* The d of "d", "d^2", "\partial", ...: NULL when it is none. Sets order. */
static const char *differential(const struct node *node, long *order)
{
    *order = 1;
    if (node->kind == NODE_POWER && node_is_whole(node->kids[1]) && fmpz_cmp_ui(fmpq_numref(node->kids[1]->value), 99) < 0) {
        *order = fmpz_get_si(fmpq_numref(node->kids[1]->value));
        node = node->kids[0];
    }
    if (node->kind != NODE_SYMBOL || (strcmp(node->name, "d") != 0 && strstr(node->name, "partial") == NULL))
        return NULL;
    return node->name;
}

static void add_order(struct buf *name, long order)
{
    if (order != 1)
        buf_addf(name, "^{%ld}", order);
}

/* dx, dx^2, or for more variables dx dy: adds "d x^{2}" to the name; the order in all, 0 when it is none of these. */
static long read_under(const struct factors *under, const char *letter, struct buf *name)
{
    long total = 0, order, one;

    for (size_t i = 0; i < under->count; i += 2) {
        const char *mark = differential(under->items[i], &one);
        const struct node *variable = i + 1 < under->count ? under->items[i + 1] : NULL;

        if (mark == NULL || (mark[0] == 'd') != (letter[0] == 'd') || one != 1 || variable == NULL)
            return 0;
        order = 1;
        if (variable->kind == NODE_POWER && node_is_whole(variable->kids[1]) &&
            fmpz_cmp_ui(fmpq_numref(variable->kids[1]->value), 99) < 0) {
            order = fmpz_get_si(fmpq_numref(variable->kids[1]->value));
            variable = variable->kids[0];
        }
        if (variable->kind != NODE_SYMBOL || order < 1)
            return 0;
        total += order;
        buf_addf(name, "%s %s", letter, variable->name);
        add_order(name, order);
    }
    return total;
}

static struct node *product(struct work *work, struct node *const *items, size_t count)
{
    struct node *all = items[0];

    for (size_t i = 1; i < count; i++)
        all = node_2(work, NODE_PRODUCT, all, items[i]);
    return all;
}

/* before, factors that stand before the d; behind it what is derived, or nothing where that follows the fraction. */
static struct node *build(struct parser *parser, const struct factors *over, size_t at, const char *name)
{
    struct node *node;

    if (at + 1 < over->count)
        node = node_function(parser->work, name, product(parser->work, over->items + at + 1, over->count - at - 1));
    else if (parser_begins_factor(parser))
        node = node_function(parser->work, name, parse_level(parser, POWER_IMPLICIT));
    else
        node = node_named(parser->work, NODE_SYMBOL, name);
    return at == 0 ? node : node_2(parser->work, NODE_PRODUCT, product(parser->work, over->items, at), node);
}

struct node *parse_derivative(struct parser *parser, struct node *above, struct node *below)
{
    struct factors over = { .count = 0 }, under = { .count = 0 };
    struct node *node = NULL;
    const char *letter = NULL;
    struct buf name;
    long order = 0;
    size_t at = 0;

    collect(&over, above);
    collect(&under, below);
    while (!over.many && at < over.count && (letter = differential(over.items[at], &order)) == NULL)
        at++;
    /* In x dy/dx something stands before the d; then one thing is derived. */
    if (letter == NULL || under.many || under.count < 2 || (at > 0 && over.count - at > 2))
        return NULL;
    buf_init(&name, 256);
    letter = strcmp(letter, "d") == 0 ? "d" : "\\partial";
    buf_addf(&name, "\\frac{%s", letter);
    add_order(&name, order);
    buf_add_string(&name, "}{");
    if (read_under(&under, letter, &name) == order) {
        buf_add_string(&name, "}");
        node = build(parser, &over, at, arena_strndup(parser->work->arena, name.data, name.length));
    }
    buf_fini(&name);
    return node;
}
