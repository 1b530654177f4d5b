#include "tasks/maths/signs.h"

#include "tasks/maths/tree.h"
#include "tasks/maths/work.h"

#define SIGNS_MAX 4

/* The signs of one member, and the choice that is being written out: bit k set, the k-th is minus. */
struct choice {
    struct work *work;
    unsigned bits;
    size_t seen;                /* plus-minus signs passed */
    size_t free;                /* how many plus-minus signs there are; 0: minus-plus ones are free themselves */
};

/* Counts signs of one kind, not within a list or set, which write out their own. */
static size_t count_signs(const struct node *node, bool opposite)
{
    size_t count = node->kind == NODE_SIGN && node->opposite == opposite;

    if (node->kind == NODE_LIST || node->kind == NODE_SET)
        return 0;
    for (size_t i = 0; i < node->count; i++)
        count += count_signs(node->kids[i], opposite);
    return count;
}

static struct node *choose(struct choice *choice, struct node *node)
{
    struct node *copy;
    bool minus;

    if (node->kind == NODE_LIST || node->kind == NODE_SET)
        return signs_expand(choice->work, node);
    copy = node_like(choice->work, node, node->count);
    if (node->kind == NODE_SIGN) {
        if (node->opposite && choice->free > 0)
            minus = (choice->bits & 1u) == 0;
        else
            minus = (choice->bits >> choice->seen++ & 1u) != 0;
        copy->kids[0] = choose(choice, node->kids[0]);
        return minus ? node_1(choice->work, NODE_NEGATIVE, copy->kids[0]) : copy->kids[0];
    }
    for (size_t i = 0; i < node->count; i++)
        copy->kids[i] = choose(choice, node->kids[i]);
    return copy;
}

/* Adds what a member becomes. */
static void add_variants(struct work *work, struct nodes *list, struct node *node)
{
    size_t free = count_signs(node, false), count = free > 0 ? free : count_signs(node, true);

    if (count > SIGNS_MAX) {
        work_stop(work, "too many plus-minus signs");
        return;
    }
    for (unsigned bits = 0; bits < 1u << count; bits++) {
        struct choice choice = { .work = work, .bits = bits, .free = free };
        nodes_add(work, list, choose(&choice, node));
    }
}

struct node *signs_expand(struct work *work, struct node *node)
{
    struct nodes list = { 0 };
    struct node *expanded;

    if (!node_holds(node, NODE_SIGN))
        return node;
    if (node->kind != NODE_LIST && node->kind != NODE_SET) {
        add_variants(work, &list, node);
        return list.count == 1 ? list.items[0] : node_of(work, NODE_LIST, &list);
    }
    for (size_t i = 0; i < node->count; i++)
        add_variants(work, &list, node->kids[i]);
    expanded = node_of(work, node->kind, &list);
    expanded->name = node->name;
    return expanded;
}
