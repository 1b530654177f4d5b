#include "tasks/maths/ball.h"

#include <stdint.h>
#include <string.h>

#include "tasks/maths/atoms.h"
#include "tasks/maths/ball_function.h"
#include "tasks/maths/limits.h"
#include "tasks/maths/policy.h"
#include "tasks/maths/tree.h"
#include "tasks/maths/work.h"

struct evaluation {
    struct work *work;
    const struct atoms *atoms;
    const acb_struct *values;
    slong bits;
    bool inside;                /* of what is algebraic as a whole, where pi is itself */
    bool real;                  /* of functions of real variables: no even root of what is negative */
};

static bool evaluate(struct evaluation *evaluation, const struct node *node, acb_t out);

/* Gamma(n+1) / (Gamma(k+1) Gamma(n-k+1)) */
static bool evaluate_choices(struct evaluation *evaluation, const struct node *node, acb_t out)
{
    slong bits = evaluation->bits;
    bool known;
    acb_t n, k;

    acb_init(n);
    acb_init(k);
    known = evaluate(evaluation, node->kids[0], n) && evaluate(evaluation, node->kids[1], k) &&
            work_spend(evaluation->work, 400 * (size_t)(bits / 64 + 1));
    if (known) {
        acb_add_ui(out, n, 1, bits);
        acb_gamma(out, out, bits);
        acb_sub(n, n, k, bits);
        acb_add_ui(n, n, 1, bits);
        acb_add_ui(k, k, 1, bits);
        acb_rgamma(n, n, bits);
        acb_rgamma(k, k, bits);
        acb_mul(out, out, n, bits);
        acb_mul(out, out, k, bits);
    }
    acb_clear(n);
    acb_clear(k);
    return known;
}

static bool evaluate_extreme(struct evaluation *evaluation, const struct node *node, acb_t out)
{
    bool known = evaluate(evaluation, node->kids[0], out) && acb_is_real(out);
    acb_t other;

    acb_init(other);
    for (size_t i = 1; known && i < node->count; i++) {
        known = evaluate(evaluation, node->kids[i], other) && acb_is_real(other);
        (node->name[1] == 'a' ? arb_max : arb_min)(acb_realref(out), acb_realref(out), acb_realref(other), evaluation->bits);
    }
    acb_clear(other);
    return known;
}

static bool evaluate_function(struct evaluation *evaluation, const struct node *node, acb_t out)
{
    const struct ball_function *function = ball_function_find(node->name);
    bool outside = evaluation->inside, known;

    if (strcmp(node->name, "binom") == 0)
        return evaluate_choices(evaluation, node, out);
    if (node->count >= 2)
        return evaluate_extreme(evaluation, node, out);
    evaluation->inside = outside || atoms_is_turn(node->kids[0], NULL);
    known = evaluate(evaluation, node->kids[0], out);
    evaluation->inside = outside;
    if (!known || !work_spend(evaluation->work, function->cost * (size_t)(evaluation->bits / 64 + 1)))
        return false;
    function->evaluate(out, out, evaluation->bits);
    return acb_is_finite(out);
}

/* The real root of odd degree of a real number, whatever its sign. */
static void odd_root(arb_t x, ulong degree, slong bits)
{
    bool negative = arb_is_negative(x);
    arb_t high;

    if (negative || arb_is_nonnegative(x)) {
        if (negative)
            arb_neg(x, x);
        arb_root_ui(x, x, degree, bits);
        if (negative)
            arb_neg(x, x);
        return;
    }
    arb_init(high);             /* around zero: within the root of its largest magnitude */
    arb_get_mag(arb_radref(high), x);
    arb_zero(x);
    arf_set_mag(arb_midref(high), arb_radref(high));
    mag_zero(arb_radref(high));
    arb_root_ui(high, high, degree, bits);
    arb_add_error(x, high);
    arb_clear(high);
}

static bool evaluate_root(struct evaluation *evaluation, const fmpq *exponent, acb_t out)
{
    ulong degree = fmpz_get_ui(fmpq_denref(exponent));
    slong bits = evaluation->bits;

    if (fmpz_bits(fmpq_denref(exponent)) > 20)
        return false;
    work_spend(evaluation->work, 4 + (size_t)(bits / 64));
    if (degree % 2 == 1 && acb_is_real(out) && (evaluation->work->policy & POLICY_REAL_ODD_ROOT) != 0) {
        if (!arb_is_nonnegative(acb_realref(out)))
            evaluation->work->used |= POLICY_REAL_ODD_ROOT;
        odd_root(acb_realref(out), degree, bits);
    } else if (evaluation->real && acb_is_real(out) && arb_is_negative(acb_realref(out))) {
        return false;
    } else if (degree == 2) {
        acb_sqrt(out, out, bits);
    } else {
        acb_root_ui(out, out, degree, bits);
    }
    acb_pow_fmpz(out, out, fmpq_numref(exponent), bits);
    return acb_is_finite(out);
}

static bool evaluate_power(struct evaluation *evaluation, const struct node *node, acb_t out)
{
    const struct node *exponent = node->kids[1];
    slong bits = evaluation->bits;
    bool outside = evaluation->inside, known;
    acb_t power;

    if (exponent->kind == NODE_RATIONAL) {
        if (!evaluate(evaluation, node->kids[0], out))
            return false;
        if (!fmpz_is_one(fmpq_denref(exponent->value)))
            return evaluate_root(evaluation, exponent->value, out);
        work_spend(evaluation->work, fmpz_bits(fmpq_numref(exponent->value)) * (size_t)(bits / 256 + 1));
        acb_pow_fmpz(out, out, fmpq_numref(exponent->value), bits);
        return acb_is_finite(out);
    }
    acb_init(power);
    evaluation->inside = outside || atoms_is_unit_root(node);
    known = evaluate(evaluation, exponent, power) && work_spend(evaluation->work, 80 * (size_t)(bits / 64 + 1));
    evaluation->inside = outside;
    if (known && node->kids[0]->kind == NODE_EULER && atoms_find(evaluation->atoms, node->kids[0]) == SIZE_MAX)
        acb_exp(out, power, bits);
    else if ((known = known && evaluate(evaluation, node->kids[0], out)))
        acb_pow(out, out, power, bits);
    acb_clear(power);
    return known && acb_is_finite(out);
}

static bool evaluate_members(struct evaluation *evaluation, const struct node *node, acb_t out)
{
    bool known = true;
    acb_t kid;

    acb_init(kid);
    acb_set_ui(out, node->kind == NODE_PRODUCT);
    for (size_t i = 0; known && i < node->count; i++) {
        known = evaluate(evaluation, node->kids[i], kid);
        (node->kind == NODE_PRODUCT ? acb_mul : acb_add)(out, out, kid, evaluation->bits);
    }
    acb_clear(kid);
    return known && acb_is_finite(out);
}

static bool evaluate(struct evaluation *evaluation, const struct node *node, acb_t out)
{
    slong bits = evaluation->bits;
    size_t atom;

    if (!work_spend(evaluation->work, 1 + (size_t)(bits / 128)))
        return false;
    acb_zero(out);
    if (!(evaluation->inside && node->kind == NODE_PI) && atoms_is(node, evaluation->atoms->kind)) {
        atom = atoms_find(evaluation->atoms, node);
        if (atom != SIZE_MAX) {
            acb_set_round(out, evaluation->values + atom, bits);
            return true;
        }
    }
    switch (node->kind) {
    case NODE_RATIONAL: arb_set_fmpq(acb_realref(out), node->value, bits); return true;
    case NODE_PI: arb_const_pi(acb_realref(out), bits); return true;
    case NODE_EULER: arb_const_e(acb_realref(out), bits); return true;
    case NODE_IMAGINARY: acb_onei(out); return true;
    case NODE_SUM: case NODE_PRODUCT: return evaluate_members(evaluation, node, out);
    case NODE_POWER: return evaluate_power(evaluation, node, out);
    case NODE_FUNCTION: return ball_function_knows(node) && evaluate_function(evaluation, node, out);
    default: return false;
    }
}

bool ball_evaluate(struct work *work, const struct node *node, const struct atoms *atoms, const acb_struct *values,
                   slong bits, acb_t out)
{
    struct evaluation evaluation = { .work = work, .atoms = atoms, .values = values, .bits = bits,
                                     .real = atoms->kind == ATOMS_FREE && atoms->count > 0 };

    return evaluate(&evaluation, node, out) && acb_is_finite(out);
}
