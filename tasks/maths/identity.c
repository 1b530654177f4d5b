#include "tasks/maths/identity.h"

#include <flint/ulong_extras.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "tasks/maths/atoms.h"
#include "tasks/maths/ball.h"
#include "tasks/maths/canon.h"
#include "tasks/maths/decide.h"
#include "tasks/maths/limits.h"
#include "tasks/maths/tree.h"
#include "tasks/maths/work.h"

#define PARTS_MAX 32
#define SHARE_MAX 100000       /* of a part's coefficient, above and below */
#define TURNS_MAX 48            /* factors of a product of complex numbers, multiplied out */

/* A term over/under special rest, where special is a logarithm or an angle. */
struct part {
    struct node *special;
    const char *rest;
    long over, under;
    bool done;
};

struct parts {
    struct work *work;
    struct part items[PARTS_MAX];
    size_t count;
    struct nodes others;        /* terms without such a factor */
    long times;                 /* of the group at hand: the least that makes its coefficients whole */
};

struct complex { struct node *re, *im; };

static bool is_special(const struct node *node)
{
    static const char *const NAMES[] = { "ln", "arsinh", "arcosh", "artanh", "arctan", "arcsin", "arccos" };

    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        if (node_is_call(node, NAMES[i]) && node->count == 1)
            return true;
    return false;
}

static bool is_logarithm(const struct node *node)
{
    return node->kind == NODE_FUNCTION && (strcmp(node->name, "ln") == 0 || node->name[strlen(node->name) - 1] == 'h');
}

static bool read_share(const struct node *rational, struct part *part)
{
    if (fmpz_cmp_si(fmpq_numref(rational->value), SHARE_MAX) > 0 ||
        fmpz_cmp_si(fmpq_numref(rational->value), -SHARE_MAX) < 0 ||
        fmpz_cmp_ui(fmpq_denref(rational->value), SHARE_MAX) > 0)
        return false;
    part->over = fmpz_get_si(fmpq_numref(rational->value));
    part->under = fmpz_get_si(fmpq_denref(rational->value));
    return true;
}

/* The factor that makes a term a part: a logarithm or an arc before pi, which may be but a factor of it. */
static size_t find_special(const struct node *product)
{
    size_t found = SIZE_MAX;

    for (size_t i = 0; i < product->count; i++)
        if (is_special(product->kids[i]))
            return i;
        else if (product->kids[i]->kind == NODE_PI)
            found = i;
    return found;
}

static bool split_product(struct parts *parts, const struct node *product, size_t at, struct part *part)
{
    struct nodes rest = { 0 };

    part->special = product->kids[at];
    for (size_t i = 0; i < product->count; i++) {
        if (product->kids[i]->kind == NODE_RATIONAL && !read_share(product->kids[i], part))
            return false;
        if (i != at && product->kids[i]->kind != NODE_RATIONAL)
            nodes_add(parts->work, &rest, product->kids[i]);
    }
    part->rest = rest.count == 0 ? "" : canon_product(parts->work, rest.items, rest.count)->text;
    return true;
}

static bool add_part(struct parts *parts, struct node *term)
{
    struct part part = { .special = term, .rest = "", .over = 1, .under = 1 };
    size_t at = term->kind == NODE_PRODUCT ? find_special(term) : SIZE_MAX;

    if (at == SIZE_MAX && !is_special(term) && term->kind != NODE_PI) {
        nodes_add(parts->work, &parts->others, term);
        return true;
    }
    if (parts->count == PARTS_MAX || (at != SIZE_MAX && !split_product(parts, term, at, &part)))
        return false;
    parts->items[parts->count++] = part;
    return true;
}

static bool read_parts(struct parts *parts, const struct node *constant)
{
    if (constant->kind != NODE_SUM)
        return add_part(parts, (struct node *)constant);
    for (size_t i = 0; i < constant->count; i++)
        if (!add_part(parts, constant->kids[i]))
            return false;
    return true;
}

static bool is_zero(struct work *work, struct node *node)
{
    const char *rule;

    return decide(work, node, canon_integer(work, 0), &rule) == SAME;
}

/* Its value as a real ball; false where it has none. */
static bool value_of(struct work *work, const struct node *node, arb_t out)
{
    struct atoms none = { .kind = ATOMS_FREE };
    acb_t value;
    bool real;

    acb_init(value);
    real = ball_evaluate(work, node, &none, NULL, 256, value) && acb_is_real(value) && acb_is_finite(value);
    arb_set(out, acb_realref(value));
    acb_clear(value);
    return real;
}

static bool is_positive(struct work *work, const struct node *node)
{
    arb_t value;
    bool positive;

    arb_init(value);
    positive = value_of(work, node, value) && arb_is_positive(value);
    arb_clear(value);
    return positive;
}

static bool is_real(struct work *work, const struct node *node)
{
    arb_t value;
    bool real;

    arb_init(value);
    real = value_of(work, node, value);
    arb_clear(value);
    return real;
}

/* sign x^2 + more */
static struct node *square_and(struct work *work, struct node *x, long sign, long more)
{
    struct node *square = canon_product(work, (struct node *[]){ canon_integer(work, sign), x, x }, 3);

    return canon_sum(work, (struct node *[]){ square, canon_integer(work, more) }, 2);
}

static struct node *root_of(struct work *work, struct node *node)
{
    return canon_function(work, "sqrt", &node, 1);
}

/* What it is the logarithm of, a positive real; for artanh, which is half a logarithm, that of its double. NULL: nobody
 * can tell. */
static struct node *antilogarithm(struct work *work, const struct node *special)
{
    struct node *x = special->kids[0], *one = canon_integer(work, 1), *result = x;

    if (!is_real(work, x))
        return NULL;
    if (node_is_call(special, "arsinh"))
        result = canon_sum(work, (struct node *[]){ x, root_of(work, square_and(work, x, 1, 1)) }, 2);
    else if (node_is_call(special, "arcosh"))
        result = canon_sum(work, (struct node *[]){ x, root_of(work, square_and(work, x, 1, -1)) }, 2);
    else if (node_is_call(special, "artanh"))
        result = canon_quotient(work, canon_sum(work, (struct node *[]){ one, x }, 2), canon_difference(work, one, x));
    return is_positive(work, result) ? result : NULL;
}

/* Those with a positive power stand on one side, the others on the other. */
static bool logarithms_cancel(struct parts *parts, const char *rest)
{
    struct work *work = parts->work;
    struct node *sides[2] = { canon_integer(work, 1), canon_integer(work, 1) };
    const char *rule;

    for (size_t i = 0; i < parts->count; i++) {
        const struct part *part = &parts->items[i];
        long power = part->over * (parts->times / part->under);
        struct node *base;

        if (strcmp(part->rest, rest) != 0 || !is_logarithm(part->special))
            continue;
        base = antilogarithm(work, part->special);
        if (base == NULL)
            return false;
        if (node_is_call(part->special, "artanh") && power % 2 != 0)
            return false;       /* times is even where there is one */
        power = node_is_call(part->special, "artanh") ? power / 2 : power;
        if (labs(power) > LIMIT_EXPONENT)
            return false;
        base = canon_power(work, base, canon_integer(work, labs(power)));
        sides[power < 0] = canon_product(work, (struct node *[]){ sides[power < 0], base }, 2);
    }
    return work->stopped == NULL && decide(work, sides[0], sides[1], &rule) == SAME;
}

/* A complex number other than 0 of that angle. */
static bool pointing(struct work *work, const struct node *special, struct complex *out)
{
    struct node *x = special->kids[0], *leg = square_and(work, x, -1, 1);

    if (!is_real(work, x))
        return false;
    if (node_is_call(special, "arctan")) {
        *out = (struct complex){ canon_integer(work, 1), x };
        return true;
    }
    if (!is_positive(work, leg))
        return false;
    leg = root_of(work, leg);
    *out = node_is_call(special, "arcsin") ? (struct complex){ leg, x } : (struct complex){ x, leg };
    return true;
}

static struct node *two(struct work *work, struct node *one, struct node *other)
{
    return canon_product(work, (struct node *[]){ one, other }, 2);
}

static struct complex multiply(struct work *work, struct complex a, struct complex b)
{
    return (struct complex){
        canon_difference(work, two(work, a.re, b.re), two(work, a.im, b.im)),
        canon_sum(work, (struct node *[]){ two(work, a.re, b.im), two(work, a.im, b.re) }, 2),
    };
}

/* A sum of angles, times so much, that is a multiple of pi and nearer to 0 than to any other. */
static bool is_less_than_a_turn(struct parts *parts, const struct nodes *angles)
{
    arb_t value, most;
    bool less;

    arb_init(value);
    arb_init(most);
    less = value_of(parts->work, canon_sum(parts->work, angles->items, angles->count), value);
    arb_mul_si(value, value, parts->times, 128);
    arb_abs(value, value);
    arb_set_ui(most, 3);
    less = less && arb_lt(value, most);
    arb_clear(most);
    arb_clear(value);
    return less;
}

static struct node *with_share(struct work *work, const struct part *part)
{
    struct node *share = node_rational(work);

    fmpq_set_si(share->value, part->over, (ulong)part->under);
    return canon_product(work, (struct node *[]){ canon_finish(work, share), part->special }, 2);
}

/* pi's own share is a whole number of half turns, as times makes it, and changes no direction but its sign. */
static bool angles_cancel(struct parts *parts, const char *rest)
{
    struct work *work = parts->work;
    struct complex all = { canon_integer(work, 1), canon_integer(work, 0) }, one;
    struct nodes angles = { 0 };
    long turns = 0;

    for (size_t i = 0; i < parts->count; i++) {
        const struct part *part = &parts->items[i];
        long power = part->over * (parts->times / part->under);

        if (strcmp(part->rest, rest) != 0 || is_logarithm(part->special))
            continue;
        nodes_add(work, &angles, with_share(work, part));
        if (part->special->kind == NODE_PI)
            continue;
        turns += labs(power);
        if (turns > TURNS_MAX || !pointing(work, part->special, &one))
            return false;
        one.im = power < 0 ? canon_negative(work, one.im) : one.im;
        for (long k = 0; k < labs(power) && work->stopped == NULL; k++)
            all = multiply(work, all, one);
    }
    return angles.count == 0 ||
           (work->stopped == NULL && is_zero(work, all.im) && is_less_than_a_turn(parts, &angles));
}

/* Sets times; false when it grows too large. */
static bool make_whole(struct parts *parts, const char *rest)
{
    parts->times = 1;
    for (size_t i = 0; i < parts->count && parts->times <= SHARE_MAX; i++) {
        struct part *part = &parts->items[i];
        long under = node_is_call(part->special, "artanh") ? 2 * part->under : part->under;

        if (strcmp(part->rest, rest) != 0)
            continue;
        part->done = true;
        parts->times *= under / (long)n_gcd((ulong)parts->times, (ulong)under);
    }
    return parts->times <= SHARE_MAX;
}

bool identity_is_zero(struct work *work, const struct node *constant)
{
    struct parts *parts = arena_alloc(work->arena, sizeof *parts);

    parts->work = work;
    if (!read_parts(parts, constant) || parts->count == 0)
        return false;
    for (size_t i = 0; i < parts->count; i++)
        if (!parts->items[i].done && !(make_whole(parts, parts->items[i].rest) &&
                                       logarithms_cancel(parts, parts->items[i].rest) &&
                                       angles_cancel(parts, parts->items[i].rest)))
            return false;
    return work->stopped == NULL &&
           (parts->others.count == 0 || is_zero(work, canon_sum(work, parts->others.items, parts->others.count)));
}
