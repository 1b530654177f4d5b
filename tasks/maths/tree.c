#include "tasks/maths/tree.h"

#include <string.h>

#include "harness/base/arena.h"
#include "tasks/maths/limits.h"
#include "tasks/maths/work.h"

struct node *node_new(struct work *work, enum node_kind kind, size_t count)
{
    struct node *node = arena_alloc(work->arena, sizeof *node);

    node->kind = kind;
    node->count = count;
    if (count > 0)
        node->kids = arena_calloc(work->arena, count, sizeof *node->kids);
    if (++work->node_count > LIMIT_NODES_WORKED)
        work_stop(work, "the expression is too large");
    return node;
}

struct node *node_1(struct work *work, enum node_kind kind, struct node *kid)
{
    struct node *node = node_new(work, kind, 1);

    node->kids[0] = kid;
    return node;
}

struct node *node_2(struct work *work, enum node_kind kind, struct node *first, struct node *second)
{
    struct node *node = node_new(work, kind, 2);

    node->kids[0] = first;
    node->kids[1] = second;
    return node;
}

struct node *node_named(struct work *work, enum node_kind kind, const char *name)
{
    struct node *node = node_new(work, kind, 0);

    node->name = name;
    return node;
}

struct node *node_function(struct work *work, const char *name, struct node *argument)
{
    struct node *node = node_1(work, NODE_FUNCTION, argument);

    node->name = name;
    return node;
}

struct node *node_rational(struct work *work)
{
    struct node *node = node_new(work, NODE_RATIONAL, 0);

    node->value = work_rational(work);
    return node;
}

struct node *node_integer(struct work *work, long value)
{
    struct node *node = node_rational(work);

    fmpq_set_si(node->value, value, 1);
    return node;
}

struct node *node_like(struct work *work, const struct node *node, size_t count)
{
    struct node *copy = node_new(work, node->kind, count);
    struct node **kids = copy->kids;

    *copy = *node;
    copy->kids = kids;
    copy->count = count;
    copy->text = NULL;
    return copy;
}

void nodes_add(struct work *work, struct nodes *nodes, struct node *node)
{
    if (nodes->count == nodes->capacity) {
        size_t capacity = nodes->capacity == 0 ? 4 : 2 * nodes->capacity;
        struct node **items = arena_calloc(work->arena, capacity, sizeof(struct node *));
        if (nodes->count > 0)
            memcpy(items, nodes->items, nodes->count * sizeof(struct node *));
        nodes->items = items;
        nodes->capacity = capacity;
    }
    nodes->items[nodes->count++] = node;
}

struct node *node_of(struct work *work, enum node_kind kind, const struct nodes *nodes)
{
    struct node *node = node_new(work, kind, nodes->count);

    if (nodes->count > 0)
        memcpy(node->kids, nodes->items, nodes->count * sizeof(struct node *));
    return node;
}

bool node_is_whole(const struct node *node)
{
    return node->kind == NODE_RATIONAL && fmpz_is_one(fmpq_denref(node->value));
}

bool node_is_integer(const struct node *node, long value)
{
    return node_is_whole(node) && fmpz_equal_si(fmpq_numref(node->value), value);
}

bool node_is_scalar(const struct node *node)
{
    return node->kind <= NODE_FUNCTION;
}

bool node_is_call(const struct node *node, const char *name)
{
    return node->kind == NODE_FUNCTION && strcmp(node->name, name) == 0;
}

bool node_holds(const struct node *node, enum node_kind kind)
{
    if (node->kind == kind)
        return true;
    for (size_t i = 0; i < node->count; i++)
        if (node_holds(node->kids[i], kind))
            return true;
    return false;
}
