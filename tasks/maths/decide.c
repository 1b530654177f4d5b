/*
 * Points come from the work's seed, which is made of both texts: the same two answers always meet at the same points.
 *
 * Constants. pi, e, logarithms and the like are replaced by symbols near their values. If both sides still meet, they
 * are the same function of them, hence equal. If they do not, the relation between them may be a deeper one (or there is
 * none), so that nothing but distance can decide.
 */
#include "tasks/maths/decide.h"

#include <stdint.h>
#include <string.h>

#include "harness/base/arena.h"
#include "tasks/maths/atoms.h"
#include "tasks/maths/ball.h"
#include "tasks/maths/bound.h"
#include "tasks/maths/canon.h"
#include "tasks/maths/identity.h"
#include "tasks/maths/limits.h"
#include "tasks/maths/modular.h"
#include "tasks/maths/tree.h"
#include "tasks/maths/unknown.h"
#include "tasks/maths/work.h"

#define POINTS 3
#define POINT_TRIES 12

#define NOT_WORKED_OUT "a value in it is not worked out"

static const slong PRECISIONS[] = { 128, 512, 2048 };

/* Two expressions and where they are compared. */
struct comparison {
    struct work *work;
    const struct node *one, *other;
    struct atoms atoms;
    acb_struct *values;         /* of the atoms */
};

enum meeting {
    APART,                      /* certainly different there */
    TOUCHING,                   /* they meet, within 2^-200 of their size */
    BLURRED,                    /* they meet, but widely */
    NOWHERE,                    /* one of them has no value, or only one of them is real */
};

static bool is_narrow(const acb_t ball)
{
    return acb_rel_accuracy_bits(ball) >= 200 || acb_is_exact(ball);
}

/* The difference of two balls against 1 when both hold zero: a relative width says nothing there. */
static bool is_near_zero(const acb_t one, const acb_t other)
{
    mag_t size;
    bool near;

    mag_init(size);
    acb_get_mag(size, one);
    near = mag_cmp_2exp_si(size, -200) < 0;
    acb_get_mag(size, other);
    near = near && mag_cmp_2exp_si(size, -200) < 0;
    mag_clear(size);
    return near;
}

static enum meeting meet(struct comparison *comparison, slong bits)
{
    enum meeting meeting = NOWHERE;
    acb_t one, other;

    acb_init(one);
    acb_init(other);
    if (ball_evaluate(comparison->work, comparison->one, &comparison->atoms, comparison->values, bits, one) &&
        ball_evaluate(comparison->work, comparison->other, &comparison->atoms, comparison->values, bits, other)) {
        if (!acb_overlaps(one, other))
            meeting = comparison->atoms.count > 0 && acb_is_real(one) != acb_is_real(other) ? NOWHERE : APART;
        else
            meeting = (is_narrow(one) && is_narrow(other)) || is_near_zero(one, other) ? TOUCHING : BLURRED;
    }
    acb_clear(one);
    acb_clear(other);
    return meeting;
}

static void init_values(struct comparison *comparison)
{
    comparison->values = arena_calloc(comparison->work->arena, comparison->atoms.count + 1, sizeof *comparison->values);
    for (size_t i = 0; i < comparison->atoms.count; i++)
        acb_init(comparison->values + i);
}

static void clear_values(struct comparison *comparison)
{
    for (size_t i = 0; i < comparison->atoms.count; i++)
        acb_clear(comparison->values + i);
}

/* A random rational in (1/4, 4), one of them at least negative where signs are mixed; distinct whole numbers from 2 on
 * where needed. */
static void choose_point(struct comparison *comparison, bool mixed, size_t point)
{
    struct work *work = comparison->work;
    size_t negative = comparison->atoms.count == 0 ? 0 : work_random(work) % comparison->atoms.count;

    for (size_t i = 0; i < comparison->atoms.count; i++) {
        acb_struct *value = comparison->values + i;
        ulong numerator = 512 + work_random(work) % 7680;      /* over 2048 */
        acb_zero(value);
        if (comparison->atoms.whole) {
            arb_set_ui(acb_realref(value), 2 + (work_random(work) % 7 + 7 * i + 3 * point) % 39);
            continue;
        }
        arb_set_ui(acb_realref(value), 2 * numerator + 1);
        arb_div_ui(acb_realref(value), acb_realref(value), 4099, 4096);
        mag_zero(arb_radref(acb_realref(value)));
        if (mixed && (i == negative || (work_random(work) & 1) != 0))
            acb_neg(value, value);
    }
}

/* Compares at one point, as precisely as needed. */
static enum meeting meet_closely(struct comparison *comparison)
{
    enum meeting meeting = BLURRED;

    for (size_t i = 0; i < sizeof PRECISIONS / sizeof PRECISIONS[0] && meeting == BLURRED; i++)
        meeting = meet(comparison, PRECISIONS[i]);
    return comparison->work->stopped != NULL ? NOWHERE : meeting;
}

/* Both have values that do not meet, once every atom has one. */
static enum sameness compare_apart(const struct atoms *atoms, const char **rule)
{
    if (unknown_is_among(atoms)) {
        *rule = NOT_WORKED_OUT;
        return UNDECIDED;
    }
    *rule = atoms->plain ? "different at a point, by certified balls" : "different where f(x) and its like have any value";
    return DIFFERENT;
}

static enum sameness compare_functions(struct comparison *comparison, const char **rule)
{
    size_t points = 0;

    init_values(comparison);
    for (size_t tries = 0; points < POINTS && tries < POINT_TRIES; tries++) {
        enum meeting meeting;
        /* Mixed signs first, while half the tries last: |x| and x differ there. Roots may have no value. */
        choose_point(comparison, points == 0 && tries < POINT_TRIES / 2, tries);
        meeting = meet_closely(comparison);
        if (meeting == APART) {
            clear_values(comparison);
            return compare_apart(&comparison->atoms, rule);
        }
        points += meeting == TOUCHING;
    }
    clear_values(comparison);
    *rule = points == POINTS ? "the same at three random points, within 2^-200" : "no point found where both have a value";
    return points == POINTS ? SAME : UNDECIDED;
}

/* The values of pi and its like, moved a little: the same functions of them stay the same. */
static bool choose_near(struct comparison *comparison)
{
    struct atoms none = { .kind = ATOMS_FREE };
    bool known = true;
    arb_t shift;

    arb_init(shift);
    for (size_t i = 0; known && i < comparison->atoms.count; i++) {
        acb_struct *value = comparison->values + i;
        known = ball_evaluate(comparison->work, comparison->atoms.items[i], &none, NULL, 64, value);
        arb_set_ui(shift, 1 + work_random(comparison->work) % 8191);
        arb_mul_2exp_si(shift, shift, -24);
        arb_add(acb_realref(value), acb_realref(value), shift, 64);
        mag_zero(arb_radref(acb_realref(value)));
        mag_zero(arb_radref(acb_imagref(value)));
    }
    arb_clear(shift);
    return known;
}

static bool is_identity(struct work *work, const struct node *one, const struct node *other)
{
    struct comparison comparison = { .work = work, .one = one, .other = other, .atoms.kind = ATOMS_TRANSCENDENTAL };
    size_t points = 0;

    atoms_collect(work, one, &comparison.atoms);
    atoms_collect(work, other, &comparison.atoms);
    if (comparison.atoms.count == 0 || work->stopped != NULL)
        return false;
    init_values(&comparison);
    while (points < POINTS && choose_near(&comparison) && meet_closely(&comparison) == TOUCHING)
        points++;
    clear_values(&comparison);
    return points == POINTS;
}

/* An algebraic difference that is smaller than any but zero could be. */
static enum sameness compare_by_bound(struct comparison *comparison, const char **rule)
{
    struct work *work = comparison->work;
    struct node *difference = canon_difference(work, (struct node *)comparison->one, (struct node *)comparison->other);
    enum sameness sameness = UNDECIDED;
    mag_t size;
    acb_t value;
    long bits;

    if (node_is_integer(difference, 0)) {
        *rule = "their difference is zero, worked out exactly";
        return SAME;
    }
    if (!bound_separation(work, difference, &bits) || work->stopped != NULL)
        return UNDECIDED;
    acb_init(value);
    mag_init(size);
    /* More bits where large terms cancel. */
    for (slong extra = 64; extra <= 4096 && sameness == UNDECIDED; extra *= 8) {
        if (!ball_evaluate(work, difference, &comparison->atoms, comparison->values, bits + extra, value))
            break;
        acb_get_mag(size, value);
        if (mag_cmp_2exp_si(size, -bits) < 0) {
            *rule = "equal by a separation bound";
            sameness = SAME;
        } else if (!acb_contains_zero(value)) {
            *rule = "different, by certified balls";
            sameness = DIFFERENT;
        }
    }
    mag_clear(size);
    acb_clear(value);
    return sameness;
}

static enum sameness compare_constants(struct comparison *comparison, const char **rule)
{
    enum meeting meeting = meet(comparison, PRECISIONS[0]);
    enum sameness sameness;

    *rule = "different, by certified balls";
    if (meeting == APART)
        return DIFFERENT;
    if (meeting == NOWHERE) {
        *rule = "one of them has no finite value";
        return UNDECIDED;
    }
    sameness = compare_by_bound(comparison, rule);
    if (sameness != UNDECIDED || comparison->work->stopped != NULL)
        return sameness;
    if (is_identity(comparison->work, comparison->one, comparison->other)) {
        *rule = "the same function of pi and its like";
        return SAME;
    }
    for (size_t i = 1; i < sizeof PRECISIONS / sizeof PRECISIONS[0] && meeting != APART; i++)
        meeting = meet(comparison, PRECISIONS[i]);
    if (meeting == BLURRED)         /* so much cancels that these bits say nothing */
        meeting = meet(comparison, LIMIT_BOUND_BITS);
    *rule = "different, by certified balls";
    if (meeting == APART)
        return DIFFERENT;
    *rule = "a sum of logarithms or angles that is zero, by a separation bound";
    if (identity_is_zero(comparison->work, canon_difference(comparison->work, (struct node *)comparison->one,
                                                            (struct node *)comparison->other)))
        return SAME;
    *rule = meeting == BLURRED ? "not told apart with 20000 bits" : "numerically equal to 2048 bits, but unproved";
    return UNDECIDED;
}

/* A power of numbers that was too long to work out. */
static bool is_long_power(const struct node *node)
{
    if (node->kind == NODE_POWER && node->kids[0]->kind == NODE_RATIONAL && node_is_whole(node->kids[1]) &&
        fmpq_sgn(node->kids[1]->value) > 0)
        return true;
    for (size_t i = 0; i < node->count; i++)
        if (is_long_power(node->kids[i]))
            return true;
    return false;
}

/* Such a power as an exponent: nothing can be said of what has it. */
static bool is_tower(const struct node *node)
{
    if (node->kind == NODE_POWER && is_long_power(node->kids[1]))
        return true;
    for (size_t i = 0; i < node->count; i++)
        if (is_tower(node->kids[i]))
            return true;
    return false;
}

/* The sign of an infinite value; 0 for any other. */
static int infinity_of(const struct node *node)
{
    if (node->kind == NODE_PRODUCT && node->count == 2 && node->kids[0]->kind == NODE_RATIONAL &&
        node->kids[1]->kind == NODE_INFINITY)
        return fmpq_sgn(node->kids[0]->value);
    return node->kind == NODE_INFINITY;
}

/* One value at least is infinite. The bound of a sum is none: pi^2/6 is a sum up to infinity. */
static enum sameness compare_infinite(const struct node *one, const struct node *other, const char **rule)
{
    int first = infinity_of(one), second = infinity_of(other);
    const struct node *rest = first == 0 ? one : other;

    if (first == second || (first * second == 0 && (unknown_is_in(rest) || node_holds(rest, NODE_INFINITY)))) {
        *rule = NOT_WORKED_OUT;
        return UNDECIDED;
    }
    *rule = "one is infinite";
    return DIFFERENT;
}

/* An infinity that is reckoned with: e^{-oo}, 1 + oo. */
static bool has_infinity(const struct atoms *atoms)
{
    for (size_t i = 0; i < atoms->count; i++)
        if (atoms->items[i]->kind == NODE_INFINITY)
            return true;
    return false;
}

enum sameness decide(struct work *work, struct node *one, struct node *other, const char **rule)
{
    struct comparison comparison = { .work = work, .one = one, .other = other, .atoms.kind = ATOMS_FREE };
    enum modular modular;

    *rule = "the same canonical form";
    if (strcmp(one->text, other->text) == 0)
        return SAME;
    *rule = "compared as exact rationals";
    if (one->kind == NODE_RATIONAL && other->kind == NODE_RATIONAL)
        return DIFFERENT;
    if (infinity_of(one) != 0 || infinity_of(other) != 0)
        return compare_infinite(one, other, rule);
    if (is_tower(one) || is_tower(other)) {
        work_stop(work, "a tower of powers is too large");
        return UNDECIDED;
    }
    atoms_collect(work, one, &comparison.atoms);
    atoms_collect(work, other, &comparison.atoms);
    if (has_infinity(&comparison.atoms)) {
        *rule = "an infinity in it is not worked out";
        return UNDECIDED;
    }
    modular = modular_compare(work, one, other);
    if (modular == MODULAR_DIFFERENT && (unknown_is_in(one) || unknown_is_in(other))) {     /* d/dx, among letters */
        *rule = NOT_WORKED_OUT;
        return UNDECIDED;
    }
    *rule = modular == MODULAR_SAME ? "the same rational function" : "different rational functions";
    if (modular != MODULAR_UNKNOWN)
        return modular == MODULAR_SAME ? SAME : DIFFERENT;
    if (work->stopped != NULL)
        return UNDECIDED;
    return comparison.atoms.count == 0 ? compare_constants(&comparison, rule) : compare_functions(&comparison, rule);
}

bool decide_order(struct work *work, struct node *one, struct node *other, int *order)
{
    struct atoms none = { .kind = ATOMS_FREE };
    const char *rule;
    bool known = false;
    acb_t value;

    if (one->kind == NODE_RATIONAL && other->kind == NODE_RATIONAL) {
        *order = fmpq_cmp(one->value, other->value);
        *order = (*order > 0) - (*order < 0);
        return true;
    }
    acb_init(value);
    if (ball_evaluate(work, canon_difference(work, one, other), &none, NULL, 256, value) && acb_is_real(value) &&
        !acb_contains_zero(value)) {
        *order = arb_is_positive(acb_realref(value)) ? 1 : -1;
        known = true;
    }
    acb_clear(value);
    if (!known && decide(work, one, other, &rule) == SAME) {
        *order = 0;
        known = true;
    }
    return known;
}

/* FLINT ends the process when an integer would be too large. */
static bool is_near_one_integer(const acb_t value, slong bits)
{
    return arf_cmpabs_2exp_si(arb_midref(acb_realref(value)), bits) < 0 &&
           mag_cmp_2exp_si(arb_radref(acb_realref(value)), -1) < 0;
}

struct node *decide_floor(struct work *work, struct node *constant)
{
    struct atoms none = { .kind = ATOMS_FREE };
    struct node *whole = node_rational(work);
    bool known = false;
    acb_t value;

    acb_init(value);
    for (slong bits = 64; !known && bits < LIMIT_BOUND_BITS;) {       /* 256, 1024, 4096, 16384, and all there are */
        bits = bits * 4 < LIMIT_BOUND_BITS ? bits * 4 : LIMIT_BOUND_BITS;
        if (!ball_evaluate(work, constant, &none, NULL, bits, value) || !acb_is_real(value))
            break;
        if (!is_near_one_integer(value, bits))
            continue;
        arb_floor(acb_realref(value), acb_realref(value), bits);
        known = arb_get_unique_fmpz(fmpq_numref(whole->value), acb_realref(value)) != 0;
    }
    acb_clear(value);
    return known ? canon_finish(work, whole) : NULL;
}

/* The ratio of two expressions at a first point, if it has a value other than zero there. */
static bool ratio_at_a_point(struct work *work, struct node *one, struct node *other, acb_t ratio)
{
    struct comparison comparison = { .work = work, .one = one, .other = other, .atoms.kind = ATOMS_FREE };
    bool known = false;
    acb_t under;

    atoms_collect(work, one, &comparison.atoms);
    atoms_collect(work, other, &comparison.atoms);
    init_values(&comparison);
    acb_init(under);
    for (size_t tries = 0; !known && tries < POINT_TRIES && work->stopped == NULL; tries++) {
        choose_point(&comparison, false, tries);
        known = ball_evaluate(work, one, &comparison.atoms, comparison.values, 192, ratio) &&
                ball_evaluate(work, other, &comparison.atoms, comparison.values, 192, under) && !acb_contains_zero(under) &&
                !acb_contains_zero(ratio);
    }
    if (known)
        acb_div(ratio, ratio, under, 192);
    acb_clear(under);
    clear_values(&comparison);
    return known;
}

bool decide_proportional(struct work *work, struct node *one, struct node *other, int *sign)
{
    struct node *quotient, *number;
    bool known, same = false;
    const char *rule;
    acb_t ratio;
    fmpz_t scaled;

    acb_init(ratio);
    known = ratio_at_a_point(work, one, other, ratio) && acb_is_real(ratio);
    if (known)
        *sign = arb_is_negative(acb_realref(ratio)) ? -1 : 1;
    /* The constant is a rational in nearly all answers; then it shows. */
    number = node_rational(work);
    fmpz_init(scaled);
    if (known) {
        arb_t times;
        arb_init(times);
        arb_mul_ui(times, acb_realref(ratio), 5354228880u, 192);       /* lcm of 1 to 24 */
        /* FLINT ends the process when an integer would be too large. */
        if (arf_cmpabs_2exp_si(arb_midref(times), 180) < 0 && arf_cmpabs_2exp_si(arb_midref(times), -1) > 0 &&
            mag_cmp_2exp_si(arb_radref(times), -1) < 0 && arb_get_unique_fmpz(scaled, times)) {
            fmpz_set(fmpq_numref(number->value), scaled);
            fmpz_set_ui(fmpq_denref(number->value), 5354228880u);
            fmpq_canonicalise(number->value);
            canon_finish(work, number);
            same = decide(work, one, canon_product(work, (struct node *[]){ number, other }, 2), &rule) == SAME;
        }
        arb_clear(times);
    }
    fmpz_clear(scaled);
    acb_clear(ratio);
    if (same || !known)
        return same;
    quotient = canon_quotient(work, one, other);
    return quotient->kind == NODE_RATIONAL;
}
