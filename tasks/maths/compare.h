/*
 * compare: two canonical trees, each as its kind is compared. The gold decides the mode. Shared by the parts, one a
 * family: scalars and dispatch (compare.c), relations, lists and tuples and matrices, pieces of the real line,
 * quantities, wording.
 *
 * Every function says SAME, DIFFERENT or UNDECIDED and leaves in rule what decided.
 */
#ifndef VERNIER_MATHS_COMPARE_H
#define VERNIER_MATHS_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "tasks/maths/decide.h"

struct node;
struct work;

struct compare {
    struct work *work;
    const char *rule;
};

/* Any two nodes. */
enum sameness compare_nodes(struct compare *compare, struct node *gold, struct node *answer);

/* x = 5, f(x) = 5, (x,y) = (2,3), x in S, 2+3 = 5: its value, *left what it is the value of (NULL: of a sum worked out).
 * NULL when it is an equation. */
struct node *compare_value(struct work *work, const struct node *relation, const struct node **left);

/* One of them, or both, is a relation. */
enum sameness compare_relations(struct compare *compare, struct node *gold, struct node *answer);

/* A list, set, tuple or matrix is among them. */
enum sameness compare_lists(struct compare *compare, struct node *gold, struct node *answer);
enum sameness compare_tuples(struct compare *compare, struct node *gold, struct node *answer);
enum sameness compare_matrices(struct compare *compare, struct node *gold, struct node *answer);

/* Subsets of the real line: intervals, unions, R, inequalities. */
enum sameness compare_pieces(struct compare *compare, struct node *gold, struct node *answer);

/* Percent, degree, unit, base, ratio is among them. */
enum sameness compare_quantities(struct compare *compare, struct node *gold, struct node *answer);

/* One of them is words. */
enum sameness compare_wording(struct compare *compare, const char *gold, const char *answer);

/* All of several: different wins over undecided. */
enum sameness compare_both(enum sameness one, enum sameness other);

#endif
