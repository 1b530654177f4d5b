#include "tasks/maths/modular.h"

#include <flint/fmpz.h>
#include <flint/ulong_extras.h>
#include <stdbool.h>
#include <string.h>

#include "harness/base/arena.h"
#include "tasks/maths/atoms.h"
#include "tasks/maths/limits.h"
#include "tasks/maths/tree.h"
#include "tasks/maths/work.h"

/* 2^62 - 87, one more than a multiple of 4: here most different things differ, before other primes are looked for. */
#define FIRST_PRIME 4611686018427387817u

/* Where an expression is evaluated. */
struct place {
    struct work *work;
    const struct atoms *atoms;
    ulong *values;              /* of the atoms */
    ulong prime, inverse;       /* and what FLINT works out in advance */
    ulong imaginary;            /* a square root of -1 */
};

static bool evaluate(const struct place *place, const struct node *node, ulong *out);

static bool divide(const struct place *place, ulong over, ulong under, ulong *out)
{
    if (under == 0)
        return false;
    *out = n_mulmod2_preinv(over, n_invmod(under, place->prime), place->prime, place->inverse);
    return true;
}

static bool evaluate_rational(const struct place *place, const fmpq *value, ulong *out)
{
    return divide(place, fmpz_fdiv_ui(fmpq_numref(value), place->prime), fmpz_fdiv_ui(fmpq_denref(value), place->prime),
                  out);
}

/* The value of a root: x^(p/q) is the p-th power of the atom x^(1/q), whose value is made of its text. */
static ulong root_value(const struct place *place, const struct node *base, const fmpz_t degree)
{
    uint64_t hash = 0xCBF29CE484222325u ^ fmpz_fdiv_ui(degree, place->prime) ^ place->values[place->atoms->count];

    for (const char *c = base->text; *c != '\0'; c++)
        hash = (hash ^ (unsigned char)*c) * 0x100000001B3u;
    hash ^= hash >> 29;
    hash *= 0xBF58476D1CE4E5B9u;
    return (hash ^ (hash >> 32)) % place->prime;
}

static bool evaluate_power(const struct place *place, const struct node *node, ulong *out)
{
    const struct node *exponent = node->kids[1];
    bool negative, root;
    ulong base, e;
    fmpz_t size;

    if (exponent->kind != NODE_RATIONAL)
        return false;
    root = !fmpz_is_one(fmpq_denref(exponent->value));
    if (root)
        base = root_value(place, node->kids[0], fmpq_denref(exponent->value));
    else if (!evaluate(place, node->kids[0], &base))
        return false;
    negative = fmpq_sgn(exponent->value) < 0;
    if (base == 0) {
        *out = 0;
        return !negative;
    }
    /* Numbers too long to prove anything about must not pass for equal here. */
    if (fmpz_bits(fmpq_numref(exponent->value)) > 20)
        return false;
    fmpz_init(size);
    fmpz_abs(size, fmpq_numref(exponent->value));
    e = fmpz_get_ui(size);
    fmpz_clear(size);
    base = n_powmod2_ui_preinv(base, e, place->prime, place->inverse);
    return negative ? divide(place, 1, base, out) : (*out = base, true);
}

static bool evaluate(const struct place *place, const struct node *node, ulong *out)
{
    size_t atom;
    ulong kid;

    if (!work_spend(place->work, 1))
        return false;
    switch (node->kind) {
    case NODE_RATIONAL:
        return evaluate_rational(place, node->value, out);
    case NODE_IMAGINARY:
        *out = place->imaginary;
        return true;
    case NODE_SUM: case NODE_PRODUCT:
        *out = node->kind == NODE_PRODUCT;
        for (size_t i = 0; i < node->count; i++) {
            if (!evaluate(place, node->kids[i], &kid))
                return false;
            *out = node->kind == NODE_SUM ? n_addmod(*out, kid, place->prime)
                                          : n_mulmod2_preinv(*out, kid, place->prime, place->inverse);
        }
        return true;
    case NODE_POWER:
        if (node->kids[1]->kind == NODE_RATIONAL)
            return evaluate_power(place, node, out);
        break;
    default:
        break;
    }
    atom = atoms_find(place->atoms, node);
    if (atom == SIZE_MAX)
        return false;
    *out = place->values[atom];
    return true;
}

static bool holds_root(const struct node *node)
{
    if (node->kind == NODE_POWER && node->kids[1]->kind == NODE_RATIONAL && !node_is_whole(node->kids[1]))
        return true;
    for (size_t i = 0; i < node->count; i++)
        if (holds_root(node->kids[i]))
            return true;
    return false;
}

static void set_prime(struct place *place, ulong prime)
{
    place->prime = prime;
    place->inverse = n_preinvert_limb(prime);
    place->imaginary = n_sqrtmod(prime - 1, prime);
}

/* A prime of 62 bits, one more than a multiple of 4, so that -1 has a root. */
static ulong random_prime(struct work *work)
{
    ulong prime = (work_random(work) >> 3) | (1ul << 61);

    work_spend(work, 300);
    do
        prime = n_nextprime(prime, 0);
    while (prime % 4 != 1);
    return prime;
}

/* 1 the same, 0 different, -1 no value there. */
static int compare_at(struct place *place, const struct node *one, const struct node *other)
{
    ulong first, second;

    for (size_t i = 0; i <= place->atoms->count; i++)
        place->values[i] = work_random(place->work) % place->prime;
    if (!evaluate(place, one, &first) || !evaluate(place, other, &second))
        return -1;
    return first == second;
}

enum modular modular_compare(struct work *work, const struct node *one, const struct node *other)
{
    struct atoms atoms = { .kind = ATOMS_ALGEBRA };
    struct place place = { .work = work, .atoms = &atoms };
    bool plain;

    atoms_collect(work, one, &atoms);
    atoms_collect(work, other, &atoms);
    plain = (atoms.plain || atoms.count == 0) && !holds_root(one) && !holds_root(other);
    place.values = arena_calloc(work->arena, atoms.count + 1, sizeof *place.values);
    for (int round = 0, tries = 0; round < 3 && tries < 6; tries++) {
        set_prime(&place, round == 0 ? FIRST_PRIME : random_prime(work));
        switch (compare_at(&place, one, other)) {
        case 0:
            return plain ? MODULAR_DIFFERENT : MODULAR_UNKNOWN;
        case 1:
            round++;
            break;
        default:
            if (round == 0)
                return MODULAR_UNKNOWN;
        }
        if (work->stopped != NULL || (round < 3 && tries == 5))
            return MODULAR_UNKNOWN;
    }
    return MODULAR_SAME;
}
