/*
 * Lists, sets, tuples, matrices.
 */
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "tasks/maths/canon.h"
#include "tasks/maths/compare.h"
#include "tasks/maths/limits.h"
#include "tasks/maths/policy.h"
#include "tasks/maths/tree.h"
#include "tasks/maths/work.h"

static bool is_collection(const struct node *node)
{
    return node->kind == NODE_LIST || node->kind == NODE_SET;
}

/* 1, 2, ..., 10 written out, when the step shows. */
static struct nodes fill_ellipsis(struct work *work, struct node *const *kids, size_t count)
{
    struct nodes filled = { 0 };

    for (size_t i = 0; i < count; i++) {
        struct node *step, *next;
        int order;
        if (kids[i]->kind != NODE_ELLIPSIS || i < 2 || i + 1 == count || (work->policy & POLICY_ELLIPSIS) == 0 ||
            kids[i - 1]->kind != NODE_RATIONAL || kids[i - 2]->kind != NODE_RATIONAL || kids[i + 1]->kind != NODE_RATIONAL) {
            nodes_add(work, &filled, kids[i]);
            continue;
        }
        work_allows(work, POLICY_ELLIPSIS);
        step = canon_difference(work, kids[i - 1], kids[i - 2]);
        next = canon_sum(work, (struct node *[]){ kids[i - 1], step }, 2);
        while (filled.count < LIMIT_LIST && decide_order(work, next, kids[i + 1], &order) &&
               order * fmpq_sgn(step->value) < 0) {
            nodes_add(work, &filled, next);
            next = canon_sum(work, (struct node *[]){ next, step }, 2);
        }
    }
    return filled;
}

/* The members of a list or set, of anything else itself. */
static struct nodes members_of(struct work *work, struct node *node)
{
    struct nodes one = { 0 };

    if (is_collection(node))
        return fill_ellipsis(work, node->kids, node->count);
    nodes_add(work, &one, node);
    return one;
}

static bool holds_list(const struct node *list)
{
    for (size_t i = 0; list->kind == NODE_LIST && i < list->count; i++)
        if (list->kids[i]->kind == NODE_LIST)
            return true;
    return false;
}

/* p=5, q=2; p=7, q=2 against the same without semicolons: one list of all. */
static struct node *flattened(struct work *work, struct node *list)
{
    struct nodes all = { 0 };

    for (size_t i = 0; i < list->count; i++) {
        struct node *kid = list->kids[i];
        if (kid->kind != NODE_LIST)
            nodes_add(work, &all, kid);
        for (size_t k = 0; kid->kind == NODE_LIST && k < kid->count; k++)
            nodes_add(work, &all, kid->kids[k]);
    }
    return canon_finish(work, node_of(work, NODE_LIST, &all));
}

/* Where a list says x = 1, 3, 5 the name belongs to all of them. */
static size_t count_named(struct work *work, const struct nodes *members, size_t *relations)
{
    const struct node *left;
    size_t named = 0;

    *relations = 0;
    for (size_t i = 0; i < members->count; i++) {
        if (members->items[i]->kind != NODE_RELATION)
            continue;
        ++*relations;
        if (compare_value(work, members->items[i], &left) != NULL && left != NULL)
            named++;
    }
    return named;
}

/* Replaces what is named by its value; values that are lists themselves come in their place. */
static struct nodes values_of(struct work *work, const struct nodes *members)
{
    struct nodes values = { 0 };
    const struct node *left;

    for (size_t i = 0; i < members->count; i++) {
        struct node *member = members->items[i], *value = NULL;
        if (member->kind == NODE_RELATION)
            value = compare_value(work, member, &left);
        value = value == NULL ? member : value;
        if (is_collection(value) && value != member)
            for (size_t k = 0; k < value->count; k++)
                nodes_add(work, &values, value->kids[k]);
        else
            nodes_add(work, &values, value);
    }
    return values;
}

/* Without repetitions, by equality. */
static void fold_repeated(struct compare *compare, struct nodes *members)
{
    size_t kept = 0;

    for (size_t i = 0; i < members->count; i++) {
        bool repeated = false;
        for (size_t k = 0; k < kept && !repeated; k++)
            repeated = compare_nodes(compare, members->items[k], members->items[i]) == SAME;
        if (!repeated)
            members->items[kept++] = members->items[i];
    }
    members->count = kept;
}

/* Finds for gold member i a partner, moving earlier pairs where that frees one (Kuhn). */
static bool find_partner(const unsigned char *same, size_t count, size_t i, bool *tried, size_t *partner_of)
{
    for (size_t k = 0; k < count; k++) {
        if (!same[i * count + k] || tried[k])
            continue;
        tried[k] = true;
        if (partner_of[k] == count || find_partner(same, count, partner_of[k], tried, partner_of)) {
            partner_of[k] = i;
            return true;
        }
    }
    return false;
}

/* Whether the members can be paired off, each with an equal one. */
static enum sameness pair_members(struct compare *compare, const struct nodes *gold, const struct nodes *answer)
{
    struct arena *arena = compare->work->arena;
    size_t count = gold->count;
    unsigned char *same = arena_calloc(arena, count * count + 1, 1);
    size_t *partner_of = arena_calloc(arena, count + 1, sizeof *partner_of);
    bool *tried, undecided = false;

    for (size_t i = 0; i < count; i++) {
        bool alone = true;
        for (size_t k = 0; k < count; k++) {
            enum sameness sameness = compare_nodes(compare, gold->items[i], answer->items[k]);
            same[i * count + k] = sameness == SAME;
            undecided = undecided || sameness == UNDECIDED;
            alone = alone && sameness == DIFFERENT;
        }
        partner_of[i] = count;
        if (alone) {
            compare->rule = "a member is missing";
            return DIFFERENT;
        }
    }
    for (size_t i = 0; i < count; i++) {
        tried = arena_calloc(arena, count + 1, sizeof *tried);
        if (!find_partner(same, count, i, tried, partner_of)) {
            compare->rule = undecided ? "members that cannot be told apart" : "a member is missing";
            return undecided ? UNDECIDED : DIFFERENT;
        }
    }
    compare->rule = "the same members";
    for (size_t k = 0; k < count; k++)
        if (!same[k * count + k])
            work_allows(compare->work, POLICY_LIST_ANY_ORDER);
    return SAME;
}

/* The members as they were written, one by one. */
static enum sameness compare_in_order(struct compare *compare, const struct nodes *gold, const struct nodes *answer)
{
    enum sameness all = SAME;

    for (size_t i = 0; i < gold->count && all != DIFFERENT; i++)
        all = compare_both(all, compare_nodes(compare, gold->items[i], answer->items[i]));
    return all;
}

/* Whether every member says what it is the value of: then the order says nothing. */
static bool is_named_throughout(const struct nodes *members, size_t named)
{
    return named == members->count;
}

static const char *left_text(struct work *work, const struct node *relation)
{
    const struct node *left = NULL;

    return relation->kind == NODE_RELATION && compare_value(work, relation, &left) != NULL && left != NULL
        ? left->text : NULL;
}

/* x = 2, y = 3 as the point (2, 3): the values by their names in the order of the alphabet. NULL: not such a list. */
static struct node *point_of(struct work *work, const struct node *list, char open, char close)
{
    struct node *point = node_new(work, NODE_TUPLE, list->count);
    const struct node **order = arena_calloc(work->arena, list->count + 1, sizeof *order);

    for (size_t i = 0; i < list->count; i++) {
        size_t at = i;
        const char *name = left_text(work, list->kids[i]);
        if (name == NULL)
            return NULL;
        for (; at > 0 && strcmp(left_text(work, order[at - 1]), name) > 0; at--)
            order[at] = order[at - 1];
        if (at > 0 && strcmp(left_text(work, order[at - 1]), name) == 0)
            return NULL;
        order[at] = list->kids[i];
    }
    for (size_t i = 0; i < list->count; i++) {
        const struct node *left;
        point->kids[i] = compare_value(work, order[i], &left);
    }
    point->open = open;
    point->close = close;
    return canon_finish(work, point);
}

/* The same list as a tuple, in the order it was written. */
static struct node *tuple_of(struct work *work, const struct node *list, char open, char close)
{
    struct node *tuple = node_like(work, list, list->count);

    memcpy(tuple->kids, list->kids, list->count * sizeof list->kids[0]);
    tuple->kind = NODE_TUPLE;
    tuple->name = NULL;
    tuple->open = open;
    tuple->close = close;
    return canon_finish(work, tuple);
}

static enum sameness compare_list_with_tuple(struct compare *compare, struct node *list, struct node *tuple,
                                             bool list_is_gold)
{
    struct work *work = compare->work;
    struct node *other = point_of(work, list, tuple->open, tuple->close);
    uint32_t policy = other != NULL ? POLICY_ASSIGNMENTS_AS_POINT : POLICY_TUPLE_WITHOUT_BRACKETS;

    compare->rule = "a list against a tuple";
    if (list->count != tuple->count || !work_allows(work, policy))
        return DIFFERENT;
    if (other == NULL)
        other = tuple_of(work, list, tuple->open, tuple->close);
    return list_is_gold ? compare_nodes(compare, other, tuple) : compare_nodes(compare, tuple, other);
}

static bool is_tuple(const struct node *node)
{
    return node->kind == NODE_TUPLE;
}

static bool is_inequality(const struct node *node)
{
    return node->kind == NODE_RELATION && strpbrk(node->name, "<>lg!") != NULL;
}

/* x < 1 or x > 2: a list of inequalities says a set. */
static bool is_line_list(const struct node *list, const struct node *other)
{
    return list->kind == NODE_LIST && is_inequality(list->kids[0]) && !is_collection(other) &&
           (other->kind == NODE_UNION || other->kind == NODE_TUPLE || other->kind == NODE_WITHOUT ||
            other->kind == NODE_RELATION);
}

/* (x,y) = (5,8) and x = {1,2}: the value of a relation, if it is one. */
static struct node *stripped(struct work *work, struct node *node)
{
    const struct node *left;
    struct node *value = node->kind == NODE_RELATION ? compare_value(work, node, &left) : NULL;

    return value == NULL ? node : value;
}

enum sameness compare_lists(struct compare *compare, struct node *gold, struct node *answer)
{
    struct work *work = compare->work;
    struct nodes ours, theirs;
    size_t named, other_named, relations, other_relations;
    bool set = gold->kind == NODE_SET || answer->kind == NODE_SET;

    if (is_line_list(gold, answer) || is_line_list(answer, gold))
        return compare_pieces(compare, gold, answer);
    if (gold->kind == NODE_LIST && is_tuple(stripped(work, answer)))
        return compare_list_with_tuple(compare, gold, stripped(work, answer), true);
    if (answer->kind == NODE_LIST && is_tuple(stripped(work, gold)))
        return compare_list_with_tuple(compare, answer, stripped(work, gold), false);
    if (gold->kind == NODE_SET && gold->count == 1 && !is_collection(answer))
        return compare_nodes(compare, gold->kids[0], answer);
    if (answer->kind == NODE_SET && answer->count == 1 && !is_collection(gold))
        return compare_nodes(compare, gold, answer->kids[0]);
    compare->rule = "a set against a tuple";
    if (is_tuple(gold) || is_tuple(answer) || gold->kind == NODE_MATRIX || answer->kind == NODE_MATRIX)
        return DIFFERENT;
    if (gold->kind == NODE_LIST && answer->kind == NODE_LIST && gold->count != answer->count) {
        gold = holds_list(gold) ? flattened(work, gold) : gold;
        answer = holds_list(answer) ? flattened(work, answer) : answer;
    }
    ours = members_of(work, gold);
    theirs = members_of(work, answer);
    named = count_named(work, &ours, &relations);
    other_named = count_named(work, &theirs, &other_relations);
    if (named != ours.count || other_named != theirs.count) {
        if (named > 0 && other_relations == 0 && !work_allows(work, POLICY_LEFT_SIDE_DROPPED))
            return DIFFERENT;
        ours = values_of(work, &ours);
        theirs = values_of(work, &theirs);
    }
    if (set) {
        fold_repeated(compare, &ours);
        fold_repeated(compare, &theirs);
    }
    compare->rule = "of different length";
    if (ours.count != theirs.count)
        return DIFFERENT;
    if (!set && !is_named_throughout(&ours, named) && (work->policy & POLICY_LIST_ANY_ORDER) == 0)
        return compare_in_order(compare, &ours, &theirs);
    if (!is_collection(gold) && !is_collection(answer) && ours.count == 1 && ours.items[0] == gold &&
        theirs.items[0] == answer)
        return DIFFERENT;
    return pair_members(compare, &ours, &theirs);
}

/* [[1,2],[3,4]] as a matrix; NULL when it is none. */
static struct node *matrix_of(struct work *work, struct node *node)
{
    struct nodes cells = { 0 };
    struct node *matrix = NULL, *scale = NULL;

    if (node->kind == NODE_MATRIX)
        return node;
    if (node->kind == NODE_PRODUCT) {           /* a factor before it */
        for (size_t i = 0; i < node->count; i++) {
            if (node->kids[i]->kind == NODE_MATRIX && matrix == NULL)
                matrix = node->kids[i];
            else
                scale = scale == NULL ? node->kids[i] : canon_product(work, (struct node *[]){ scale, node->kids[i] }, 2);
        }
        if (matrix == NULL || scale == NULL || !node_is_scalar(scale))
            return NULL;
        for (size_t i = 0; i < matrix->count; i++)
            nodes_add(work, &cells, canon_product(work, (struct node *[]){ scale, matrix->kids[i] }, 2));
        matrix = node_like(work, matrix, cells.count);
        memcpy(matrix->kids, cells.items, cells.count * sizeof cells.items[0]);
        return canon_finish(work, matrix);
    }
    if (node->kind != NODE_TUPLE || node->open != '[' || node->count == 0 || node->kids[0]->kind != NODE_TUPLE)
        return NULL;
    for (size_t i = 0; i < node->count; i++) {
        if (node->kids[i]->kind != NODE_TUPLE || node->kids[i]->count != node->kids[0]->count)
            return NULL;
        for (size_t k = 0; k < node->kids[i]->count; k++)
            nodes_add(work, &cells, node->kids[i]->kids[k]);
    }
    if (!work_allows(work, POLICY_VECTOR_NOTATION))
        return NULL;
    matrix = node_of(work, NODE_MATRIX, &cells);
    matrix->columns = node->kids[0]->count;
    return canon_finish(work, matrix);
}

enum sameness compare_matrices(struct compare *compare, struct node *gold, struct node *answer)
{
    struct node *one = matrix_of(compare->work, gold), *other = matrix_of(compare->work, answer);
    enum sameness all = SAME;

    compare->rule = "a matrix against something else";
    if (one == NULL || other == NULL)
        return DIFFERENT;
    compare->rule = "matrices of different shape";
    if (one->count != other->count ||
        (one->columns != other->columns && !((one->columns == 1 || other->columns == 1) &&
                                             (one->columns == one->count || other->columns == other->count) &&
                                             work_allows(compare->work, POLICY_VECTOR_ORIENTATION))))
        return DIFFERENT;
    for (size_t i = 0; i < one->count && all != DIFFERENT; i++)
        all = compare_both(all, compare_nodes(compare, one->kids[i], other->kids[i]));
    return all;
}

/* Brackets at an infinite end say nothing. */
static bool same_brackets(struct work *work, const struct node *gold, const struct node *answer)
{
    bool first = gold->open == answer->open, last = gold->close == answer->close;

    if ((gold->open == '<' && answer->open == '(') || (gold->open == '(' && answer->open == '<'))
        return gold->close != ']' && answer->close != ']' && work_allows(work, POLICY_VECTOR_NOTATION);
    if (gold->count == 2 && !first)
        first = node_holds(gold->kids[0], NODE_INFINITY);
    if (gold->count == 2 && !last)
        last = node_holds(gold->kids[1], NODE_INFINITY);
    return first && last;
}

enum sameness compare_tuples(struct compare *compare, struct node *gold, struct node *answer)
{
    enum sameness all = SAME;

    compare->rule = "a tuple against something else";
    if (!is_tuple(gold) || !is_tuple(answer))
        return matrix_of(compare->work, gold) != NULL && matrix_of(compare->work, answer) != NULL
                   ? compare_matrices(compare, gold, answer)
                   : DIFFERENT;
    compare->rule = "tuples of different length";
    if (gold->count != answer->count)
        return DIFFERENT;
    compare->rule = "different brackets";
    if (!same_brackets(compare->work, gold, answer))
        return DIFFERENT;
    for (size_t i = 0; i < gold->count && all != DIFFERENT; i++)
        all = compare_both(all, compare_nodes(compare, gold->kids[i], answer->kids[i]));
    return all;
}
