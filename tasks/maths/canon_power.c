/*
 * Powers. Of a rational to a rational power the prime factors are taken apart, so that sqrt(8) is 2*2^(1/2) and
 * sqrt(2)*sqrt(3) is sqrt(6), both written 2^(1/2)*3^(1/2).
 */
#include <flint/fmpz.h>
#include <flint/fmpz_factor.h>
#include <stdlib.h>

#include "tasks/maths/canon.h"
#include "tasks/maths/limits.h"
#include "tasks/maths/policy.h"
#include "tasks/maths/tree.h"
#include "tasks/maths/work.h"

static struct node *plain_power(struct work *work, struct node *base, struct node *exponent)
{
    return canon_finish(work, node_2(work, NODE_POWER, base, exponent));
}

static struct node *rational_node(struct work *work, const fmpq_t value)
{
    struct node *node = node_rational(work);

    fmpq_set(node->value, value);
    return canon_finish(work, node);
}

/* Bits of a rational's longer half. */
static size_t bits_of(const fmpq *value)
{
    size_t over = fmpz_bits(fmpq_numref(value)), under = fmpz_bits(fmpq_denref(value));

    return over > under ? over : under;
}

/* A power too long to work out, by the primes of its base: 4^n as 2^(2n). */
static struct node *long_power(struct work *work, struct node *base, struct node *exponent)
{
    struct nodes factors = { 0 };
    fmpz_factor_t found;

    if (fmpq_sgn(base->value) <= 0 || !fmpz_is_one(fmpq_denref(base->value)) || bits_of(base->value) > 64)
        return plain_power(work, base, exponent);
    fmpz_factor_init(found);
    fmpz_factor(found, fmpq_numref(base->value));
    work_spend(work, 50);
    for (long i = 0; i < found->num; i++) {
        struct node *prime = node_rational(work), *power = node_rational(work);
        fmpz_set(fmpq_numref(prime->value), found->p + i);
        fmpq_mul_ui(power->value, exponent->value, found->exp[i]);
        nodes_add(work, &factors, plain_power(work, canon_finish(work, prime), canon_finish(work, power)));
    }
    fmpz_factor_clear(found);
    return factors.count == 1 ? factors.items[0] : canon_product(work, factors.items, factors.count);
}

/* value^exponent, when that is not too long. */
static struct node *whole_power(struct work *work, struct node *base, struct node *exponent)
{
    struct node *power;
    long n;

    if (fmpz_bits(fmpq_numref(exponent->value)) > 60)
        return long_power(work, base, exponent);
    n = fmpz_get_si(fmpq_numref(exponent->value));
    if (fmpq_is_zero(base->value) && n < 0)
        return plain_power(work, base, exponent);
    if (labs(n) > 1 && bits_of(base->value) > LIMIT_EXACT_BITS / (size_t)labs(n))
        return long_power(work, base, exponent);
    power = node_rational(work);
    fmpq_pow_si(power->value, base->value, n);
    return canon_finish(work, power);
}

/* i^n */
static struct node *imaginary_power(struct work *work, struct node *base, struct node *exponent)
{
    ulong turn = fmpz_fdiv_ui(fmpq_numref(exponent->value), 4);

    if (turn % 2 == 0)
        return canon_integer(work, turn == 0 ? 1 : -1);
    return turn == 1 ? base : canon_negative(work, base);
}

/* The rational prime^(m p/q) is made of: its whole part goes into number, the rest becomes a factor. */
static void add_prime(struct work *work, struct nodes *factors, fmpq *number, const fmpz_t prime, long multiple,
                      const fmpq *exponent)
{
    struct node *rest = node_rational(work), *base;
    fmpq_t part;
    fmpz_t whole;

    fmpq_init(part);
    fmpz_init(whole);
    fmpq_mul_si(rest->value, exponent, multiple);
    fmpz_fdiv_q(whole, fmpq_numref(rest->value), fmpq_denref(rest->value));
    fmpq_sub_fmpz(rest->value, rest->value, whole);
    if (fmpz_bits(whole) > 60 || (size_t)labs(fmpz_get_si(whole)) * fmpz_bits(prime) > LIMIT_EXACT_BITS) {
        work_stop(work, "a power is too large");
    } else {
        fmpq_set_fmpz(part, prime);
        fmpq_pow_fmpz(part, part, whole);
        fmpq_mul(number, number, part);
    }
    if (!fmpq_is_zero(rest->value)) {
        base = node_rational(work);
        fmpz_set(fmpq_numref(base->value), prime);
        nodes_add(work, factors, plain_power(work, canon_finish(work, base), canon_finish(work, rest)));
    }
    fmpq_clear(part);
    fmpz_clear(whole);
}

/* Adds the primes of a positive integer. Large ones are divided by small primes only: what is left counts as prime. */
static void add_primes(struct work *work, struct nodes *factors, fmpq *number, const fmpz_t integer, long sign,
                       const fmpq *exponent)
{
    fmpz_factor_t found;

    fmpz_factor_init(found);
    if (fmpz_bits(integer) <= 64) {
        work_spend(work, 2 + fmpz_bits(integer) / 4);
        fmpz_factor(found, integer);
    } else {
        work_spend(work, 500);
        fmpz_factor_trial_range(found, integer, 0, 200);
        fmpz_t rest, power;
        fmpz_init_set(rest, integer);
        fmpz_init(power);
        for (long i = 0; i < found->num; i++) {
            fmpz_pow_ui(power, found->p + i, found->exp[i]);
            fmpz_divexact(rest, rest, power);
        }
        ulong root = (ulong)fmpz_is_perfect_power(power, rest);
        if (root > 1)
            add_prime(work, factors, number, power, sign * (long)root, exponent);
        else if (!fmpz_is_one(rest))
            add_prime(work, factors, number, rest, sign, exponent);
        fmpz_clear(rest);
        fmpz_clear(power);
    }
    for (long i = 0; i < found->num; i++)
        add_prime(work, factors, number, found->p + i, sign * (long)found->exp[i], exponent);
    fmpz_factor_clear(found);
}

static struct node *positive_root(struct work *work, const struct node *base, const struct node *exponent)
{
    struct node *number = node_integer(work, 1);
    struct nodes factors = { 0 };

    add_primes(work, &factors, number->value, fmpq_numref(base->value), 1, exponent->value);
    add_primes(work, &factors, number->value, fmpq_denref(base->value), -1, exponent->value);
    canon_finish(work, number);
    if (factors.count == 0)
        return number;
    if (!fmpq_is_one(number->value))
        nodes_add(work, &factors, number);
    return factors.count == 1 ? factors.items[0] : canon_product(work, factors.items, factors.count);
}

/* A root of a negative number: real when the degree is odd and the policy says so, i times a real one when it is 2. */
static struct node *negative_root(struct work *work, struct node *base, struct node *exponent)
{
    struct node *positive = node_rational(work), *root;
    bool odd = fmpz_is_odd(fmpq_denref(exponent->value));

    fmpq_neg(positive->value, base->value);
    canon_finish(work, positive);
    if (odd && work_allows(work, POLICY_REAL_ODD_ROOT)) {
        root = positive_root(work, positive, exponent);
        return fmpz_is_odd(fmpq_numref(exponent->value)) ? canon_negative(work, root) : root;
    }
    if (fmpz_cmp_ui(fmpq_denref(exponent->value), 2) != 0)
        return plain_power(work, base, exponent);
    root = node_rational(work);
    fmpz_set(fmpq_numref(root->value), fmpq_numref(exponent->value));
    return canon_product(work, (struct node *[]){ positive_root(work, positive, exponent),
                                                  canon_power(work, canon_finish(work, node_new(work, NODE_IMAGINARY, 0)),
                                                              canon_finish(work, root)) }, 2);
}

static struct node *root_of_rational(struct work *work, struct node *base, struct node *exponent)
{
    if (fmpq_is_zero(base->value))
        return fmpq_sgn(exponent->value) > 0 ? base : plain_power(work, base, exponent);
    if (bits_of(exponent->value) > 32)
        return plain_power(work, base, exponent);
    return fmpq_sgn(base->value) > 0 ? positive_root(work, base, exponent) : negative_root(work, base, exponent);
}

/* A positive rational factor comes out of a root: sqrt(4x) is 2 sqrt(x). Its other factors stay together. */
static struct node *root_of_product(struct work *work, struct node *number, struct node *rest, struct node *exponent)
{
    struct node *positive = number, *inner = rest;

    if (fmpq_sgn(number->value) < 0) {
        positive = node_rational(work);
        fmpq_neg(positive->value, number->value);
        canon_finish(work, positive);
        inner = canon_negative(work, rest);
    }
    if (node_is_integer(positive, 1))
        return plain_power(work, inner, exponent);
    return canon_product(work, (struct node *[]){ root_of_rational(work, positive, exponent),
                                                  plain_power(work, inner, exponent) }, 2);
}

static struct node *power_of_product(struct work *work, struct node *base, struct node *exponent, bool whole)
{
    struct node **factors;

    if (whole) {
        factors = node_new(work, NODE_PRODUCT, base->count)->kids;
        for (size_t i = 0; i < base->count; i++)
            factors[i] = canon_power(work, base->kids[i], exponent);
        return canon_product(work, factors, base->count);
    }
    if (base->kids[0]->kind != NODE_RATIONAL || fmpq_sgn(base->kids[0]->value) < 0)
        return plain_power(work, base, exponent);
    return root_of_product(work, base->kids[0], canon_quotient(work, base, base->kids[0]), exponent);
}

/* A short sum to a small whole power is multiplied out. */
static struct node *power_of_sum(struct work *work, struct node *base, struct node *exponent, bool whole)
{
    struct node *content, *primitive = canon_primitive(work, base, &content), *power = base;
    long n = whole && fmpz_fits_si(fmpq_numref(exponent->value)) ? fmpz_get_si(fmpq_numref(exponent->value)) : 0;
    size_t terms = base->count;

    for (long i = 1; i < n && terms <= LIMIT_EXPANDED_TERMS; i++)
        terms *= base->count;
    if (n > 1 && n <= 8 && terms <= 4 * LIMIT_EXPANDED_TERMS) {
        for (long i = 1; i < n && work->stopped == NULL; i++)
            power = power->kind == NODE_SUM ? canon_multiply(work, power, base)
                                            : canon_product(work, (struct node *[]){ power, base }, 2);
        return power;
    }
    if (node_is_integer(content, 1))
        return plain_power(work, base, exponent);
    if (whole)
        return canon_product(work, (struct node *[]){ canon_power(work, content, exponent),
                                                      plain_power(work, primitive, exponent) }, 2);
    return root_of_product(work, content, primitive, exponent);
}

/* Whether (b^e)^c is b^(ec) for every real e and c: b is positive. */
static bool is_positive_base(const struct node *base)
{
    return base->kind == NODE_EULER || base->kind == NODE_PI || (base->kind == NODE_RATIONAL && fmpq_sgn(base->value) > 0);
}

/* e^(i pi r) for the angles whose sine is known. */
static struct node *unit_root(struct work *work, const struct node *exponent)
{
    struct nodes angle = { 0 };
    struct node *cosine, *sine, *imaginary = NULL;

    for (size_t i = 0; exponent->kind == NODE_PRODUCT && i < exponent->count; i++) {
        if (exponent->kids[i]->kind == NODE_IMAGINARY)
            imaginary = exponent->kids[i];
        else
            nodes_add(work, &angle, exponent->kids[i]);
    }
    if (imaginary == NULL || angle.count == 0)
        return NULL;
    cosine = canon_product(work, angle.items, angle.count);
    sine = canon_sine(work, cosine);
    cosine = canon_cosine(work, cosine);
    if (sine == NULL || cosine == NULL)
        return NULL;
    return canon_sum(work, (struct node *[]){ cosine, canon_product(work, (struct node *[]){ sine, imaginary }, 2) }, 2);
}

struct node *canon_power(struct work *work, struct node *base, struct node *exponent)
{
    bool rational = exponent->kind == NODE_RATIONAL, whole = node_is_whole(exponent);
    struct node *root;

    if (work->stopped != NULL || !work_spend(work, 2))
        return canon_integer(work, 0);
    if (node_is_integer(exponent, 1) || node_is_integer(base, 1))
        return base;
    if (node_is_integer(exponent, 0))
        return canon_integer(work, 1);
    if (base->kind == NODE_RATIONAL && rational)
        return whole ? whole_power(work, base, exponent) : root_of_rational(work, base, exponent);
    if (base->kind == NODE_IMAGINARY && whole)
        return imaginary_power(work, base, exponent);
    if (base->kind == NODE_POWER && (whole || (rational && is_positive_base(base->kids[0]) &&
                                               base->kids[1]->kind == NODE_RATIONAL)))
        return canon_power(work, base->kids[0], canon_product(work, (struct node *[]){ base->kids[1], exponent }, 2));
    if (base->kind == NODE_PRODUCT && rational)
        return power_of_product(work, base, exponent, whole);
    if (base->kind == NODE_SUM && rational)
        return power_of_sum(work, base, exponent, whole);
    if (base->kind == NODE_EULER && node_is_call(exponent, "ln"))
        return exponent->kids[0];
    if (base->kind == NODE_EULER && (root = unit_root(work, exponent)) != NULL)
        return root;
    return plain_power(work, base, exponent);
}

/* r for a rational multiple r pi, modulo 2. */
static bool turn_of(const struct node *angle, fmpq_t turn)
{
    fmpz_t pairs;

    if (node_is_integer(angle, 0))
        fmpq_zero(turn);
    else if (angle->kind == NODE_PI)
        fmpq_one(turn);
    else if (angle->kind == NODE_PRODUCT && angle->count == 2 && angle->kids[0]->kind == NODE_RATIONAL &&
             angle->kids[1]->kind == NODE_PI)
        fmpq_set(turn, angle->kids[0]->value);
    else
        return false;
    fmpz_init(pairs);
    fmpz_mul_ui(pairs, fmpq_denref(turn), 2);
    fmpz_fdiv_r(fmpq_numref(turn), fmpq_numref(turn), pairs);
    fmpq_canonicalise(turn);
    fmpz_clear(pairs);
    return true;
}

/* sin(r pi), 0 <= r < 2, with 12 r whole: the square of it is 0, 1/4, 1/2, 3/4 or 1. NULL: 1/12 and its like. */
static struct node *sine_of_turn(struct work *work, fmpq_t turn)
{
    static const int QUARTERS[] = { 0, -1, 1, 2, 3, -1, 4 };      /* of its square, at 0, 15, 30 ... 90 degrees */
    struct node *half = node_rational(work);
    fmpq_t square;
    ulong twelfths;
    bool negative;

    fmpq_mul_ui(turn, turn, 12);
    if (!fmpz_is_one(fmpq_denref(turn)))
        return NULL;
    twelfths = fmpz_get_ui(fmpq_numref(turn));
    negative = twelfths > 12;
    twelfths %= 12;
    twelfths = twelfths > 6 ? 12 - twelfths : twelfths;
    if (QUARTERS[twelfths] < 0)
        return NULL;
    fmpq_init(square);
    fmpq_set_si(square, QUARTERS[twelfths], 4);
    fmpq_set_si(half->value, 1, 2);
    half = canon_power(work, rational_node(work, square), canon_finish(work, half));
    fmpq_clear(square);
    return negative ? canon_negative(work, half) : half;
}

static struct node *sine_after(struct work *work, const struct node *angle, long halves)
{
    struct node *sine = NULL;
    fmpq_t turn;

    fmpq_init(turn);
    if (turn_of(angle, turn)) {
        fmpq_t shift;
        fmpq_init(shift);
        fmpq_set_si(shift, halves, 2);
        fmpq_add(turn, turn, shift);
        fmpq_clear(shift);
        if (fmpz_cmp_ui(fmpq_numref(turn), 0) >= 0) {
            fmpq_t two;
            fmpq_init(two);
            fmpq_set_si(two, 2, 1);
            if (fmpq_cmp(turn, two) >= 0)
                fmpq_sub(turn, turn, two);
            fmpq_clear(two);
        }
        sine = sine_of_turn(work, turn);
    }
    fmpq_clear(turn);
    return sine;
}

struct node *canon_sine(struct work *work, const struct node *angle)
{
    return sine_after(work, angle, 0);
}

struct node *canon_cosine(struct work *work, const struct node *angle)
{
    return sine_after(work, angle, 1);
}
