/*
 * Equations, inequalities, assignments.
 */
#include <string.h>

#include "harness/base/arena.h"
#include "tasks/maths/canon.h"
#include "tasks/maths/compare.h"
#include "tasks/maths/policy.h"
#include "tasks/maths/tree.h"
#include "tasks/maths/work.h"

/* A symbol, f(x), |AB|, or a tuple of symbols: what an answer may be the value of. */
static bool is_name(const struct node *node)
{
    if (node->kind == NODE_SYMBOL)
        return true;
    if (node->kind == NODE_FUNCTION)
        return node->count == 1 && (!node_is_scalar(node->kids[0]) || node->kids[0]->kind == NODE_SYMBOL ||
                                    node_is_whole(node->kids[0]) ||
                                    (node->kids[0]->kind == NODE_PRODUCT && node_is_call(node, "abs")));
    for (size_t i = 0; node->kind == NODE_TUPLE && i < node->count; i++)
        if (!is_name(node->kids[i]))
            return false;
    return node->kind == NODE_TUPLE;
}

/* AB = 4: letters side by side name a segment. */
static bool is_segment(const struct node *node)
{
    for (size_t i = 0; node->kind == NODE_PRODUCT && i < node->count; i++)
        if (node->kids[i]->kind != NODE_SYMBOL || node->kids[i]->name[0] < 'A' || node->kids[i]->name[0] > 'Z')
            return false;
    return node->kind == NODE_PRODUCT;
}

static bool is_left(const struct node *node)
{
    return is_name(node) || is_segment(node);
}

static bool has_symbol(const struct node *node)
{
    return node_holds(node, NODE_SYMBOL);
}

struct node *compare_value(struct work *work, const struct node *relation, const struct node **left)
{
    size_t last = strcspn(relation->name, "~");
    struct node *first = relation->kids[0], *value;

    (void)work;
    *left = NULL;
    if (strspn(relation->name, "=~@") != strlen(relation->name))
        return NULL;
    if (last == 0)              /* x ~ 11: the number is all there is; 2/3 ~ 0.67: what comes first counts */
        return is_left(first) ? (*left = first, relation->kids[1]) : first;
    value = relation->kids[last];
    if (strcspn(relation->name, "@") < last && last > 1)
        return NULL;
    if (is_left(first) && (!is_name(value) || last > 1)) {
        *left = first;
        return value;
    }
    if (is_name(value) && last == 1 && !is_name(first) && relation->name[0] == '=') {
        *left = value;
        return first;
    }
    for (size_t i = 0; i <= last; i++)
        if (has_symbol(relation->kids[i]))
            return NULL;
    return value;
}

/* Whether two left sides name the same: f(n) and f(x) do when the argument does not occur in the value. */
static bool same_left(const struct node *one, const struct node *other, const struct node *value)
{
    if (one == NULL || other == NULL || strcmp(one->text, other->text) == 0)
        return true;
    return one->kind == NODE_FUNCTION && other->kind == NODE_FUNCTION && strcmp(one->name, other->name) == 0 &&
           one->kids[0]->kind == NODE_SYMBOL && other->kids[0]->kind == NODE_SYMBOL && !has_symbol(value);
}

/* left - right of a plain equation or inequality; of a chain of equations, first - last. */
static struct node *side_difference(struct work *work, const struct node *relation)
{
    return canon_difference(work, relation->kids[0], relation->kids[relation->count - 1]);
}

static bool is_all(const char *text, const char *set)
{
    return strspn(text, set) == strlen(text);
}

static bool has_scalar_sides(const struct node *relation)
{
    for (size_t i = 0; i < relation->count; i++)
        if (!node_is_scalar(relation->kids[i]))
            return false;
    return true;
}

static enum sameness compare_equations(struct compare *compare, struct node *gold, struct node *answer)
{
    int sign;

    compare->rule = "equations, by the ratio of their sides' differences";
    if (!has_scalar_sides(gold) || !has_scalar_sides(answer))
        return DIFFERENT;
    return decide_proportional(compare->work, side_difference(compare->work, gold),
                               side_difference(compare->work, answer), &sign)
               ? SAME
               : DIFFERENT;
}

/* The chain read from small to large: kids and operators turned round if it falls. NULL when it does both. */
static struct node *rising(struct work *work, struct node *chain)
{
    struct node *turned;
    char *operators;

    if (is_all(chain->name, "<l"))
        return chain;
    if (!is_all(chain->name, ">g"))
        return NULL;
    turned = node_like(work, chain, chain->count);
    operators = arena_strndup(work->arena, chain->name, chain->count - 1);
    for (size_t i = 0; i < chain->count; i++)
        turned->kids[i] = chain->kids[chain->count - 1 - i];
    for (size_t i = 0; i + 1 < chain->count; i++)
        operators[i] = chain->name[chain->count - 2 - i] == '>' ? '<' : 'l';
    turned->name = operators;
    return canon_finish(work, turned);
}

static enum sameness compare_inequalities(struct compare *compare, struct node *gold, struct node *answer)
{
    struct work *work = compare->work;
    struct node *one = rising(work, gold), *other = rising(work, answer);
    enum sameness all = SAME;

    compare->rule = "inequalities, member by member";
    if (one == NULL || other == NULL || one->count != other->count || strcmp(one->name, other->name) != 0)
        return DIFFERENT;
    for (size_t i = 0; i < one->count && all == SAME; i++)
        all = compare_nodes(compare, one->kids[i], other->kids[i]);
    for (size_t i = 0; all != SAME && i + 1 < one->count; i++) {
        int sign = 0;
        if (!has_scalar_sides(one) || !has_scalar_sides(other) ||
            !decide_proportional(work, canon_difference(work, one->kids[i + 1], one->kids[i]),
                                 canon_difference(work, other->kids[i + 1], other->kids[i]), &sign) || sign < 0)
            break;
        if (i + 2 == one->count)
            all = SAME;
    }
    compare->rule = "inequalities, by a positive factor";
    return all;
}

static enum sameness compare_two(struct compare *compare, struct node *gold, struct node *answer)
{
    struct work *work = compare->work;
    const struct node *left, *other_left;
    struct node *value = compare_value(work, gold, &left), *other = compare_value(work, answer, &other_left);

    if (value != NULL && other != NULL && same_left(left, other_left, value))
        return compare_nodes(compare, value, other);
    if (is_all(gold->name, "=") && is_all(answer->name, "=")) {
        if (compare_equations(compare, gold, answer) == SAME)
            return SAME;
        if (value != NULL && other != NULL && (work->policy & POLICY_OTHER_VARIABLE) != 0 &&
            compare_nodes(compare, value, other) == SAME && work_allows(work, POLICY_OTHER_VARIABLE))
            return SAME;
        compare->rule = "different equations";
        return DIFFERENT;
    }
    if (strcmp(gold->name, "!") == 0 && strcmp(answer->name, "!") == 0)
        return compare_equations(compare, gold, answer);
    if (strcmp(gold->name, answer->name) == 0 && !is_all(gold->name, "<>lg") && gold->count == answer->count) {
        enum sameness all = SAME;
        for (size_t i = 0; i < gold->count; i++)
            all = compare_both(all, compare_nodes(compare, gold->kids[i], answer->kids[i]));
        return all;
    }
    if (is_all(gold->name, "<>lg") && is_all(answer->name, "<>lg"))
        return compare_inequalities(compare, gold, answer);
    return compare_pieces(compare, gold, answer);
}

enum sameness compare_relations(struct compare *compare, struct node *gold, struct node *answer)
{
    struct work *work = compare->work;
    bool gold_is = gold->kind == NODE_RELATION;
    const struct node *left;
    struct node *value;

    if (gold_is && answer->kind == NODE_RELATION)
        return compare_two(compare, gold, answer);
    value = compare_value(work, gold_is ? gold : answer, &left);
    if (value == NULL)
        return compare_pieces(compare, gold, answer);
    if (gold_is && left != NULL && !work_allows(work, POLICY_LEFT_SIDE_DROPPED)) {
        compare->rule = "the left side is missing";
        return DIFFERENT;
    }
    return compare_nodes(compare, gold_is ? value : gold, gold_is ? answer : value);
}
