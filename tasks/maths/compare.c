#include "tasks/maths/compare.h"

#include <string.h>

#include "tasks/maths/canon.h"
#include "tasks/maths/limits.h"
#include "tasks/maths/policy.h"
#include "tasks/maths/tree.h"
#include "tasks/maths/wording.h"
#include "tasks/maths/work.h"

enum sameness compare_both(enum sameness one, enum sameness other)
{
    if (one == DIFFERENT || other == DIFFERENT)
        return DIFFERENT;
    return one == UNDECIDED ? one : other;
}

static bool either(const struct node *gold, const struct node *answer, enum node_kind kind)
{
    return gold->kind == kind || answer->kind == kind;
}

static bool is_line(const struct node *node)
{
    if (node->kind == NODE_SET)         /* {x | x > 1} */
        return node->count == 1 && node_is_call(node->kids[0], "suchthat");
    return node->kind == NODE_UNION || node->kind == NODE_INTERSECTION || node->kind == NODE_WITHOUT ||
           node->kind == NODE_NUMBERS;
}

/* A word stands for a number, or for the empty set. */
static enum sameness compare_word_with_value(struct compare *compare, const struct node *words, const struct node *value)
{
    const char *plain = wording_plain(compare->work, words->name);
    long number = wording_number(plain);

    if (value->kind == NODE_SET && value->count == 0 && wording_is_nothing(plain) &&
        work_allows(compare->work, POLICY_EMPTY_AS_WORDS)) {
        compare->rule = "words for the empty set";
        return SAME;
    }
    if (number >= 0 && node_is_integer(value, number) && work_allows(compare->work, POLICY_NUMBER_WORD)) {
        compare->rule = "a number as a word";
        return SAME;
    }
    compare->rule = "words against mathematics";
    return DIFFERENT;
}

static bool is_plain_decimal(const struct node *node)
{
    return node->kind == NODE_RATIONAL && node->decimal;
}

/* Half a unit of the last place below (side -1) or above (1) a decimal. */
static struct node *rounding_edge(struct work *work, const struct node *decimal, int side)
{
    struct node *edge = node_rational(work);
    fmpz_t unit;

    fmpz_init_set_ui(unit, 1);
    while (!fmpz_divisible(unit, fmpq_denref(decimal->value)) && fmpz_bits(unit) < 8 * LIMIT_LITERAL_DIGITS)
        fmpz_mul_ui(unit, unit, 10);
    fmpz_set_si(fmpq_numref(edge->value), side);
    fmpz_mul_ui(fmpq_denref(edge->value), unit, 2);
    fmpq_canonicalise(edge->value);
    fmpq_add(edge->value, edge->value, decimal->value);
    fmpz_clear(unit);
    return canon_finish(work, edge);
}

/* Whether exact is within half a unit of the last place of a decimal; its denominator says which that is. */
static bool rounds_to(struct compare *compare, struct node *exact, struct node *decimal)
{
    int order;

    for (int side = -1; side <= 1 && is_plain_decimal(decimal); side += 2) {
        struct node *edge = rounding_edge(compare->work, decimal, side);
        if (!decide_order(compare->work, exact, edge, &order) || order * side > 0)
            return false;
    }
    return is_plain_decimal(decimal);
}

static enum sameness compare_scalars(struct compare *compare, struct node *gold, struct node *answer)
{
    enum sameness sameness = decide(compare->work, gold, answer, &compare->rule);
    int for_whole;

    if (sameness == DIFFERENT && (compare->work->policy & POLICY_ROUNDED_DECIMAL) != 0 &&
        (rounds_to(compare, gold, answer) || rounds_to(compare, answer, gold))) {
        work_allows(compare->work, POLICY_ROUNDED_DECIMAL);
        compare->rule = "the same when rounded";
        return SAME;
    }
    if (sameness != UNDECIDED || compare->work->stopped != NULL)
        return sameness;
    for_whole = canon_same_for_whole(compare->work, gold, answer);
    if (for_whole == 0) {
        compare->rule = "a sum of another value where it was worked out";
        return DIFFERENT;
    }
    if (for_whole == 1 && (compare->work->policy & POLICY_SERIES_VALUE) != 0) {
        work_allows(compare->work, POLICY_SERIES_VALUE);
        compare->rule = "a sum of the same value wherever it was worked out";
        return SAME;
    }
    return sameness;
}

/* Of two lists with the same members. */
static bool same_order(const struct node *one, const struct node *other)
{
    for (size_t i = 0; i < one->count && i < other->count; i++)
        if (strcmp(one->kids[i]->text, other->kids[i]->text) != 0)
            return false;
    return true;
}

enum sameness compare_nodes(struct compare *compare, struct node *gold, struct node *answer)
{
    if (compare->work->stopped != NULL)
        return UNDECIDED;
    compare->rule = "the same canonical form";
    if (strcmp(gold->text, answer->text) == 0 &&
        (gold->kind != NODE_LIST || answer->kind != NODE_LIST || same_order(gold, answer) ||
         work_allows(compare->work, POLICY_LIST_ANY_ORDER)))
        return SAME;
    if (gold->kind == NODE_TEXT && answer->kind == NODE_TEXT)
        return compare_wording(compare, gold->name, answer->name);
    if (gold->kind == NODE_TEXT)
        return compare_word_with_value(compare, gold, answer);
    if (answer->kind == NODE_TEXT)
        return compare_word_with_value(compare, answer, gold);
    if (either(gold, answer, NODE_LIST))
        return compare_lists(compare, gold, answer);
    if (either(gold, answer, NODE_RELATION))
        return compare_relations(compare, gold, answer);
    if (is_line(gold) || is_line(answer))
        return compare_pieces(compare, gold, answer);
    if (either(gold, answer, NODE_SET))
        return compare_lists(compare, gold, answer);
    if (either(gold, answer, NODE_MATRIX))
        return compare_matrices(compare, gold, answer);
    if (either(gold, answer, NODE_TUPLE))
        return compare_tuples(compare, gold, answer);
    if (gold->kind > NODE_CASES || answer->kind > NODE_CASES)
        return compare_quantities(compare, gold, answer);
    if (gold->kind == NODE_CASES && answer->kind == NODE_CASES && gold->count == answer->count) {
        enum sameness all = SAME;
        for (size_t i = 0; i < gold->count && all != DIFFERENT; i++)
            all = compare_both(all, compare_nodes(compare, gold->kids[i], answer->kids[i]));
        return all;
    }
    if (node_is_scalar(gold) && node_is_scalar(answer))
        return compare_scalars(compare, gold, answer);
    compare->rule = "of different kinds";
    return DIFFERENT;
}
