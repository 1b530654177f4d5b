#include "tasks/maths/bound.h"

#include <flint/ulong_extras.h>
#include <math.h>
#include <string.h>

#include "tasks/maths/atoms.h"
#include "tasks/maths/limits.h"
#include "tasks/maths/tree.h"
#include "tasks/maths/work.h"

#define ROOTS_MAX 64

/* Logarithms to base 2, rounded up by SLACK: the sums below have few hundred terms of a double's precision. */
#define SLACK 1e-9

struct sides {
    double over, under;         /* log2 u, log2 l */
};

struct bounding {
    struct work *work;
    const char *roots[ROOTS_MAX];       /* their radicands, and degrees */
    double degrees[ROOTS_MAX];
    size_t root_count;
    double degree;
    double order;               /* all roots of unity in it are powers of one of this order */
};

static bool bound(struct bounding *bounding, const struct node *node, struct sides *out);

static double log_of(const fmpz_t integer)
{
    double size;
    fmpz_t positive;

    if (fmpz_is_zero(integer))
        return 0;
    fmpz_init(positive);
    fmpz_abs(positive, integer);
    size = fmpz_dlog(positive) / log(2) + SLACK;
    fmpz_clear(positive);
    return size;
}

static bool add_root(struct bounding *bounding, const char *text, const fmpz_t degree)
{
    for (size_t i = 0; i < bounding->root_count; i++)
        if (strcmp(bounding->roots[i], text) == 0 && bounding->degrees[i] == fmpz_get_d(degree))
            return true;
    if (bounding->root_count == ROOTS_MAX)
        return false;
    bounding->degrees[bounding->root_count] = fmpz_get_d(degree);
    bounding->roots[bounding->root_count++] = text;
    bounding->degree *= fmpz_get_d(degree);
    return bounding->degree < LIMIT_BOUND_BITS;
}

/* A root of unity of that order joins those before it. */
static bool add_order(struct bounding *bounding, const fmpz_t order)
{
    ulong both, more;

    if (fmpz_cmp_ui(order, 10000) > 0)
        return false;
    more = fmpz_get_ui(order);
    both = (ulong)bounding->order;
    bounding->order = (double)both / (double)n_gcd(both, more) * (double)more;
    return bounding->order < 1e6;
}

static bool bound_members(struct bounding *bounding, const struct node *node, struct sides *out)
{
    struct sides kid;

    if (!bound(bounding, node->kids[0], out))
        return false;
    for (size_t i = 1; i < node->count; i++) {
        if (!bound(bounding, node->kids[i], &kid))
            return false;
        if (node->kind == NODE_PRODUCT) {
            out->over += kid.over;
        } else {
            double one = out->over + kid.under, other = out->under + kid.over;
            double most = one > other ? one : other;
            out->over = most + log2(1 + exp2(-fabs(one - other))) + SLACK;
        }
        out->under += kid.under;
    }
    return true;
}

static bool bound_power(struct bounding *bounding, const struct node *node, struct sides *out)
{
    const fmpq *exponent = node->kids[1]->value;
    double power = fabs(fmpz_get_d(fmpq_numref(exponent))), degree = fmpz_get_d(fmpq_denref(exponent));

    if (!bound(bounding, node->kids[0], out) || power > LIMIT_EXPONENT || degree > 1000)
        return false;
    if (degree > 1) {
        if (!add_root(bounding, node->kids[0]->text, fmpq_denref(exponent)))
            return false;
        if (out->over >= out->under)
            out->over = (out->over + (degree - 1) * out->under) / degree + SLACK;
        else
            out->under = ((degree - 1) * out->over + out->under) / degree + SLACK;
    }
    if (fmpq_sgn(exponent) < 0) {
        double over = out->over;
        out->over = out->under;
        out->under = over;
    }
    out->over *= power;
    out->under *= power;
    return true;
}

/* sin(r pi) is (z - 1/z) / 2i for a root of unity z of order 2 den(r). */
static bool bound_sine(struct bounding *bounding, const struct node *angle, struct sides *out)
{
    const struct node *turn;
    fmpz_t order;
    bool small;

    if (!atoms_is_turn(angle, &turn))
        return false;
    fmpz_init(order);
    fmpz_mul_ui(order, fmpq_denref(turn->value), 4);
    small = add_order(bounding, order);
    fmpz_clear(order);
    *out = (struct sides){ 1, 1 };
    return small;
}

static bool bound_unit_root(struct bounding *bounding, const struct node *node, struct sides *out)
{
    fmpz_t order;
    bool small;

    fmpz_init(order);
    fmpz_mul_ui(order, fmpq_denref(node->kids[1]->kids[0]->value), 2);
    small = add_order(bounding, order);
    fmpz_clear(order);
    *out = (struct sides){ 0, 0 };
    return small;
}

static bool bound(struct bounding *bounding, const struct node *node, struct sides *out)
{
    fmpz_t four;

    if (!work_spend(bounding->work, 1))
        return false;
    switch (node->kind) {
    case NODE_RATIONAL:
        *out = (struct sides){ log_of(fmpq_numref(node->value)), log_of(fmpq_denref(node->value)) };
        return true;
    case NODE_IMAGINARY:
        fmpz_init_set_ui(four, 4);
        add_order(bounding, four);
        fmpz_clear(four);
        *out = (struct sides){ 0, 0 };
        return true;
    case NODE_SUM: case NODE_PRODUCT:
        return bound_members(bounding, node, out);
    case NODE_POWER:
        if (node->kids[1]->kind == NODE_RATIONAL)
            return bound_power(bounding, node, out);
        return atoms_is_unit_root(node) && bound_unit_root(bounding, node, out);
    case NODE_FUNCTION:
        if (node_is_call(node, "sin") || node_is_call(node, "cos"))
            return bound_sine(bounding, node->kids[0], out);
        return node_is_call(node, "abs") && bound(bounding, node->kids[0], out);
    default:
        return false;
    }
}

bool bound_separation(struct work *work, const struct node *node, long *bits)
{
    struct bounding bounding = { .work = work, .degree = 1, .order = 1 };
    struct sides sides;
    double needed;

    if (!bound(&bounding, node, &sides))
        return false;
    if (bounding.order > 2)
        bounding.degree *= (double)n_euler_phi((ulong)bounding.order);
    if (sides.over < 0)
        sides.over = 0;
    needed = (bounding.degree - 1) * sides.over + sides.under + 4;
    if (!(needed < LIMIT_BOUND_BITS))
        return false;
    *bits = (long)ceil(needed);
    return true;
}
