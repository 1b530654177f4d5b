/*
 * Sums and products over whole numbers: worked out when they are short, kept as they are otherwise.
 */
#include <string.h>

#include "tasks/maths/canon.h"
#include "tasks/maths/limits.h"
#include "tasks/maths/tree.h"
#include "tasks/maths/work.h"

/* node with index set to value. */
static struct node *substitute(struct work *work, const struct node *node, const char *index, struct node *value)
{
    struct node *copy;

    if (strcmp(node->text, index) == 0)
        return value;
    if (node->count == 0 || work->stopped != NULL)
        return (struct node *)node;
    copy = node_like(work, node, node->count);
    for (size_t i = 0; i < node->count; i++)
        copy->kids[i] = substitute(work, node->kids[i], index, value);
    return canon(work, copy);
}

/* A sum or product over few whole numbers is worked out. */
static struct node *series(struct work *work, const char *name, struct node *const *arguments, size_t count)
{
    const struct node *lower = count == 3 ? arguments[0] : NULL, *from, *to = count == 3 ? arguments[1] : NULL;
    struct nodes terms = { 0 };
    long first, last;

    if (lower == NULL || lower->kind != NODE_RELATION || strcmp(lower->name, "=") != 0)
        return canon_plain_function(work, name, arguments, count);
    from = lower->kids[1];
    if (!node_is_whole(from) || !node_is_whole(to) || fmpz_bits(fmpq_numref(from->value)) > 60 ||
        fmpz_bits(fmpq_numref(to->value)) > 60)
        return canon_plain_function(work, name, arguments, count);
    first = fmpz_get_si(fmpq_numref(from->value));
    last = fmpz_get_si(fmpq_numref(to->value));
    if (last - first >= LIMIT_SERIES_TERMS || last < first)
        return canon_plain_function(work, name, arguments, count);
    for (long i = first; i <= last && work->stopped == NULL; i++)
        nodes_add(work, &terms, substitute(work, arguments[2], lower->kids[0]->text, canon_integer(work, i)));
    return (name[0] == 's' ? canon_sum : canon_product)(work, terms.items, terms.count);
}

/* The symbol that is the upper bound of a sum in it; NULL. */
static const struct node *bound_of(const struct node *node)
{
    const struct node *bound = NULL;

    if ((node_is_call(node, "sum") || node_is_call(node, "prod")) && node->count == 3 && node->kids[1]->kind == NODE_SYMBOL)
        return node->kids[1];
    for (size_t i = 0; i < node->count && bound == NULL; i++)
        bound = bound_of(node->kids[i]);
    return bound;
}

int canon_same_for_whole(struct work *work, struct node *one, struct node *other)
{
    const struct node *bound = bound_of(one) != NULL ? bound_of(one) : bound_of(other);

    for (long i = 1; bound != NULL && i <= 6; i++) {
        struct node *value = canon_integer(work, i), *first = substitute(work, one, bound->text, value);
        struct node *second = substitute(work, other, bound->text, value);
        if (work->stopped != NULL || first->kind != NODE_RATIONAL || second->kind != NODE_RATIONAL)
            return -1;
        if (strcmp(first->text, second->text) != 0)
            return 0;
    }
    return bound != NULL ? 1 : -1;
}

struct node *canon_sum_series(struct work *work, struct node *const *arguments, size_t count)
{
    return series(work, "sum", arguments, count);
}

struct node *canon_product_series(struct work *work, struct node *const *arguments, size_t count)
{
    return series(work, "prod", arguments, count);
}
