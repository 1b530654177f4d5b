/*
 * Subsets of the real line as disjoint pieces in rising order. Every set is made of its intervals by union, intersection
 * and complement; end points are compared exactly, so [0,1] and [1,2] together are [0,2].
 */
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "tasks/maths/canon.h"
#include "tasks/maths/compare.h"
#include "tasks/maths/policy.h"
#include "tasks/maths/tree.h"
#include "tasks/maths/work.h"

#define PIECES_MAX 64
#define DEPTH_MAX 64

/* One end; node NULL: infinite. */
struct end {
    struct node *node;
    bool open;
};

struct piece {
    struct end low, high;
};

struct line {
    struct work *work;
    struct piece pieces[PIECES_MAX];
    size_t count;
    bool known;                 /* what it was made of could be put in order */
};

static int infinity_of(const struct node *node)
{
    if (node->kind == NODE_INFINITY)
        return 1;
    return node->kind == NODE_PRODUCT && node->count == 2 && node_is_integer(node->kids[0], -1) &&
                   node->kids[1]->kind == NODE_INFINITY
               ? -1
               : 0;
}

/* -1, 0, 1; an end that cannot be put in order makes the line unknown. */
static int order_of(struct line *line, struct node *one, struct node *other)
{
    int order = 0;

    if (!decide_order(line->work, one, other, &order))
        line->known = false;
    return order;
}

/* Low ends: an infinite one is lowest, and a closed one lower than an open one at the same place. */
static int compare_lows(struct line *line, const struct end *one, const struct end *other)
{
    int order;

    if (one->node == NULL || other->node == NULL)
        return (one->node != NULL) - (other->node != NULL);
    order = order_of(line, one->node, other->node);
    return order != 0 ? order : one->open - other->open;
}

static int compare_highs(struct line *line, const struct end *one, const struct end *other)
{
    int order;

    if (one->node == NULL || other->node == NULL)
        return (one->node == NULL) - (other->node == NULL);
    order = order_of(line, one->node, other->node);
    return order != 0 ? order : other->open - one->open;
}

static bool is_empty(struct line *line, const struct piece *piece)
{
    int order;

    if (piece->low.node == NULL || piece->high.node == NULL)
        return false;
    order = order_of(line, piece->low.node, piece->high.node);
    return order > 0 || (order == 0 && (piece->low.open || piece->high.open));
}

/* Whether a piece that ends at high and one that begins at low leave nothing between them. */
static bool are_joined(struct line *line, const struct end *high, const struct end *low)
{
    int order;

    if (high->node == NULL || low->node == NULL)
        return true;
    order = order_of(line, low->node, high->node);
    return order < 0 || (order == 0 && !(low->open && high->open));
}

/* Adds a piece in its place and joins it with its neighbours. */
static void add_piece(struct line *line, struct piece piece)
{
    size_t at = 0, kept = 0;

    if (is_empty(line, &piece))
        return;
    if (line->count == PIECES_MAX) {
        line->known = false;
        return;
    }
    while (at < line->count && compare_lows(line, &line->pieces[at].low, &piece.low) <= 0)
        at++;
    memmove(line->pieces + at + 1, line->pieces + at, (line->count - at) * sizeof piece);
    line->pieces[at] = piece;
    line->count++;
    for (size_t i = 1; i < line->count; i++) {
        struct piece *last = &line->pieces[kept];
        if (!are_joined(line, &last->high, &line->pieces[i].low))
            line->pieces[++kept] = line->pieces[i];
        else if (compare_highs(line, &last->high, &line->pieces[i].high) < 0)
            last->high = line->pieces[i].high;
    }
    line->count = kept + 1;
}

static void intersect(struct line *line, const struct line *other)
{
    struct line both = { .work = line->work, .known = line->known && other->known };

    for (size_t i = 0; i < line->count; i++)
        for (size_t k = 0; k < other->count; k++) {
            const struct piece *one = &line->pieces[i], *two = &other->pieces[k];
            add_piece(&both, (struct piece){ compare_lows(&both, &one->low, &two->low) > 0 ? one->low : two->low,
                                             compare_highs(&both, &one->high, &two->high) < 0 ? one->high : two->high });
        }
    *line = both;
}

static void complement(struct line *line)
{
    struct line rest = { .work = line->work, .known = line->known };
    struct end low = { NULL, true };

    for (size_t i = 0; i < line->count; i++) {
        const struct piece *piece = &line->pieces[i];
        if (piece->low.node != NULL)
            add_piece(&rest, (struct piece){ low, { piece->low.node, !piece->low.open } });
        low = (struct end){ piece->high.node, !piece->high.open };
        if (low.node == NULL) {
            *line = rest;
            return;
        }
    }
    add_piece(&rest, (struct piece){ low, { NULL, true } });
    *line = rest;
}

static bool read_set(struct line *line, const struct node *node, size_t depth);

static bool read_interval(struct line *line, const struct node *node)
{
    struct piece piece = { { node->kids[0], node->open == '(' }, { node->kids[1], node->close == ')' } };

    if (infinity_of(node->kids[0]) < 0)
        piece.low = (struct end){ NULL, true };
    if (infinity_of(node->kids[1]) > 0)
        piece.high = (struct end){ NULL, true };
    if ((piece.low.node != NULL && infinity_of(piece.low.node) != 0) ||
        (piece.high.node != NULL && infinity_of(piece.high.node) != 0))
        return false;
    add_piece(line, piece);
    return true;
}

/* Narrows the line by value OP what is in the middle (low: value stands on the left). */
static void add_condition(struct piece *piece, struct node *value, char operator, bool low)
{
    bool open = operator == '<' || operator == '>';
    bool below = low == (operator == '<' || operator == 'l');

    if (infinity_of(value) != 0)
        return;
    if (below)
        piece->low = (struct end){ value, open };
    else
        piece->high = (struct end){ value, open };
}

static bool is_constant(const struct node *node)
{
    return node_is_scalar(node) && !node_holds(node, NODE_SYMBOL);
}

/* x < 2, 0 <= x < 1, x != 3 */
static bool read_inequality(struct line *line, const struct node *relation)
{
    struct piece piece = { { NULL, true }, { NULL, true } };
    struct node *const *kids = relation->kids;
    size_t middle = is_constant(kids[0]) ? 1 : 0;

    if (relation->count > 3 || strspn(relation->name, "<>lg!=") != relation->count - 1 || is_constant(kids[middle]) ||
        (relation->count == 3 && (middle != 1 || !is_constant(kids[2]))) ||
        (relation->count == 2 && !is_constant(kids[1 - middle])))
        return false;
    if (relation->name[0] == '!' || relation->name[0] == '=') {
        struct node *value = kids[1 - middle];
        if (relation->count != 2)
            return false;
        add_piece(line, (struct piece){ { value, false }, { value, false } });
        if (relation->name[0] == '!')
            complement(line);
        return true;
    }
    if (strpbrk(relation->name, "!=") != NULL)
        return false;
    if (middle == 1)
        add_condition(&piece, kids[0], relation->name[0], true);
    if (relation->count > middle + 1)
        add_condition(&piece, kids[middle + 1], relation->name[middle], false);
    add_piece(line, piece);
    return true;
}

static bool read_points(struct line *line, const struct node *node)
{
    for (size_t i = 0; i < node->count; i++) {
        if (!is_constant(node->kids[i]) || infinity_of(node->kids[i]) != 0)
            return false;
        add_piece(line, (struct piece){ { node->kids[i], false }, { node->kids[i], false } });
    }
    return true;
}

static bool read_members(struct line *line, const struct node *node, size_t depth)
{
    for (size_t i = 0; i < node->count; i++) {
        struct line *part = arena_alloc(line->work->arena, sizeof *part);
        *part = (struct line){ .work = line->work, .known = true };
        if (!read_set(part, node->kids[i], depth + 1))
            return false;
        line->known = line->known && part->known;
        if (i > 0 && node->kind == NODE_WITHOUT)
            complement(part);
        if (i > 0 && (node->kind == NODE_WITHOUT || node->kind == NODE_INTERSECTION))
            intersect(line, part);
        else
            for (size_t k = 0; k < part->count; k++)
                add_piece(line, part->pieces[k]);
    }
    return true;
}

/* Adds the set that node says to an empty line. */
static bool read_set(struct line *line, const struct node *node, size_t depth)
{
    const struct node *left;
    struct node *value;

    if (depth > DEPTH_MAX || !line->known || line->work->stopped != NULL)
        return false;
    switch (node->kind) {
    case NODE_TUPLE:
        return node->count == 2 && node->open != '<' && is_constant(node->kids[0]) && is_constant(node->kids[1]) &&
               read_interval(line, node);
    case NODE_NUMBERS:
        if (node->name[0] != 'R')
            return false;
        add_piece(line, (struct piece){ { NULL, true }, { NULL, true } });
        return true;
    case NODE_SET:
        if (node->count == 1 && node_is_call(node->kids[0], "suchthat"))
            return read_set(line, node->kids[0]->kids[1], depth + 1);
        return read_points(line, node);
    case NODE_UNION: case NODE_INTERSECTION: case NODE_WITHOUT: case NODE_LIST:
        return read_members(line, node, depth);
    case NODE_RELATION:
        value = compare_value(line->work, node, &left);
        if (value != NULL && strcmp(node->name, "@") == 0)
            return read_set(line, value, depth + 1);
        return read_inequality(line, node);
    default:
        return false;
    }
}

static enum sameness compare_ends(struct compare *compare, const struct end *one, const struct end *other)
{
    if (one->node == NULL || other->node == NULL)
        return one->node == other->node ? SAME : DIFFERENT;
    return one->open == other->open ? compare_nodes(compare, one->node, other->node) : DIFFERENT;
}

/* Sets that are no part of the line (of Z, with variables) are compared by their members in any order. */
static enum sameness compare_unread(struct compare *compare, struct node *gold, struct node *answer)
{
    compare->rule = "of different kinds";
    if (gold->kind == NODE_SET && answer->kind == NODE_SET)
        return compare_lists(compare, gold, answer);
    if (gold->kind != answer->kind || gold->count != answer->count || gold->count == 0 || gold->kind == NODE_RELATION ||
        gold->kind == NODE_LIST)
        return DIFFERENT;
    if (gold->kind == NODE_UNION || gold->kind == NODE_INTERSECTION) {
        if (compare_both(compare_nodes(compare, gold->kids[0], answer->kids[1]),
                         compare_nodes(compare, gold->kids[1], answer->kids[0])) == SAME)
            return SAME;
    }
    return compare_both(compare_nodes(compare, gold->kids[0], answer->kids[0]),
                        compare_nodes(compare, gold->kids[1], answer->kids[1]));
}

static bool is_inequality(const struct node *node)
{
    if (node->kind == NODE_LIST)
        return is_inequality(node->kids[0]);
    return node->kind == NODE_RELATION && strpbrk(node->name, "<>lg!") != NULL;
}

enum sameness compare_pieces(struct compare *compare, struct node *gold, struct node *answer)
{
    struct line *one = arena_alloc(compare->work->arena, sizeof *one);
    struct line *other = arena_alloc(compare->work->arena, sizeof *other);
    enum sameness all = SAME;

    *one = (struct line){ .work = compare->work, .known = true };
    *other = *one;
    if (!read_set(one, gold, 0) || !read_set(other, answer, 0) || !one->known || !other->known)
        return compare_unread(compare, gold, answer);
    compare->rule = "an inequality against an interval";
    if (is_inequality(gold) != is_inequality(answer) && !work_allows(compare->work, POLICY_INTERVAL_AS_INEQUALITY))
        return DIFFERENT;
    compare->rule = "sets of different pieces";
    if (one->count != other->count)
        return DIFFERENT;
    for (size_t i = 0; i < one->count && all != DIFFERENT; i++)
        all = compare_both(compare_both(all, compare_ends(compare, &one->pieces[i].low, &other->pieces[i].low)),
                           compare_ends(compare, &one->pieces[i].high, &other->pieces[i].high));
    compare->rule = all == SAME ? "the same pieces of the real line" : "sets of different pieces";
    return all;
}
