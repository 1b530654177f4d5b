/*
 * Numbers with something said about them: percent, degrees, units and money, another base, ratios and times of day.
 */
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "tasks/maths/canon.h"
#include "tasks/maths/compare.h"
#include "tasks/maths/policy.h"
#include "tasks/maths/tree.h"
#include "tasks/maths/unit.h"
#include "tasks/maths/work.h"

#define UNIT_WORDS_MAX 8

/* What a compound unit measures: kinds with their powers, sorted; and how large it is. */
struct measure {
    struct { const char *kind; long power; } kinds[UNIT_WORDS_MAX];
    size_t count;
    fmpq *size;
    bool any;                   /* "units": of whatever kind */
};

static void add_kind(struct measure *measure, const char *kind, long power)
{
    size_t at = 0;

    while (at < measure->count && strcmp(measure->kinds[at].kind, kind) < 0)
        at++;
    if (at < measure->count && strcmp(measure->kinds[at].kind, kind) == 0) {
        measure->kinds[at].power += power;
        return;
    }
    if (measure->count == UNIT_WORDS_MAX)
        return;
    memmove(measure->kinds + at + 1, measure->kinds + at, (measure->count - at) * sizeof measure->kinds[0]);
    measure->kinds[at].kind = kind;
    measure->kinds[at].power = power;
    measure->count++;
}

/* name as parse_unit writes it: "kilometer hour^-1". */
static struct measure measure_of(struct work *work, const char *name)
{
    struct measure measure = { .size = work_rational(work) };
    char *words = arena_strdup(work->arena, strcmp(name, "mile per hour") == 0 ? "mile hour^-1" : name), *rest = NULL;
    fmpq_t size;

    fmpq_init(size);
    fmpq_one(measure.size);
    for (char *word = strtok_r(words, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
        char *caret = strchr(word, '^');
        long power = caret != NULL ? strtol(caret + 1, NULL, 10) : 1;
        const struct unit *unit;
        if (caret != NULL)
            *caret = '\0';
        unit = unit_find(word, strlen(word), true);
        measure.any = measure.any || strcmp(word, "unit") == 0;
        add_kind(&measure, unit == NULL ? word : unit->kind[0] == '\0' ? unit->name : unit->kind, power);
        if (unit == NULL || labs(power) > 9)
            continue;
        fmpq_set_si(size, unit->size, (ulong)unit->per);
        fmpq_pow_si(size, size, power);
        fmpq_mul(measure.size, measure.size, size);
    }
    fmpq_clear(size);
    return measure;
}

static bool same_kinds(const struct measure *one, const struct measure *other)
{
    if (one->count != other->count)
        return false;
    for (size_t i = 0; i < one->count; i++)
        if (strcmp(one->kinds[i].kind, other->kinds[i].kind) != 0 || one->kinds[i].power != other->kinds[i].power)
            return false;
    return true;
}

static enum sameness compare_units(struct compare *compare, struct node *gold, struct node *answer)
{
    struct work *work = compare->work;
    struct measure one = measure_of(work, gold->name), other = measure_of(work, answer->name);
    struct node *scale = node_rational(work);

    if (strcmp(gold->name, answer->name) == 0 || one.any || other.any)
        return compare_nodes(compare, gold->kids[0], answer->kids[0]);
    if (same_kinds(&one, &other)) {
        fmpq_div(scale->value, other.size, one.size);
        canon_finish(work, scale);
        compare->rule = "another unit of the same kind";
        if (!fmpq_is_one(scale->value) && !work_allows(work, POLICY_UNIT_CONVERTED))
            return DIFFERENT;
        return compare_nodes(compare, gold->kids[0], canon_product(work, (struct node *[]){ scale, answer->kids[0] }, 2));
    }
    compare->rule = "a unit of another kind";
    return work_allows(work, POLICY_OTHER_UNIT) ? compare_nodes(compare, gold->kids[0], answer->kids[0]) : DIFFERENT;
}

/* 24 m, where the other side is in meters: a letter that is short for a unit of that kind. NULL: there is none. */
static struct node *with_unit(struct work *work, struct node *product, const struct node *unit)
{
    struct measure one = measure_of(work, unit->name);

    for (size_t i = 0; product->kind == NODE_PRODUCT && i < product->count; i++) {
        const struct node *kid = product->kids[i];
        const struct unit *named = kid->kind == NODE_SYMBOL ? unit_find(kid->name, strlen(kid->name), true) : NULL;
        struct measure other;
        struct node *node;
        if (named == NULL)
            continue;
        other = measure_of(work, named->name);
        if (!same_kinds(&one, &other))
            continue;
        node = node_1(work, NODE_UNIT, canon_quotient(work, product, product->kids[i]));
        node->name = named->name;
        return canon_finish(work, node);
    }
    return NULL;
}

static struct node *hundredth(struct work *work, struct node *node)
{
    struct node *scale = node_rational(work);

    fmpq_set_si(scale->value, 1, 100);
    return canon_product(work, (struct node *[]){ canon_finish(work, scale), node }, 2);
}

/* One of them has a percent sign. */
static enum sameness compare_percent(struct compare *compare, struct node *gold, struct node *answer)
{
    struct work *work = compare->work;
    bool ours = gold->kind == NODE_PERCENT;
    struct node *with = ours ? gold : answer, *without = ours ? answer : gold;

    if ((work->policy & POLICY_PERCENT_DROPPED) != 0 && compare_nodes(compare, with->kids[0], without) == SAME) {
        work_allows(work, POLICY_PERCENT_DROPPED);
        return SAME;
    }
    if ((work->policy & POLICY_PERCENT_AS_FRACTION) != 0 &&
        compare_nodes(compare, hundredth(work, with->kids[0]), without) == SAME) {
        work_allows(work, POLICY_PERCENT_AS_FRACTION);
        return SAME;
    }
    compare->rule = "percent against a number";
    return DIFFERENT;
}

/* One of them is in degrees. */
static enum sameness compare_degrees(struct compare *compare, struct node *gold, struct node *answer)
{
    struct work *work = compare->work;
    bool ours = gold->kind == NODE_DEGREE, radians;
    struct node *with = ours ? gold : answer, *without = ours ? answer : gold;
    enum sameness sameness;

    radians = without->kind == NODE_UNIT && strcmp(without->name, "radian") == 0;
    if (!radians && without->kind == NODE_UNIT)
        without = without->kids[0];
    sameness = radians ? DIFFERENT : compare_nodes(compare, with->kids[0], without);
    if (sameness != DIFFERENT || (!radians && (work->policy & POLICY_DEGREES_FOR_RADIANS) == 0))
        return sameness;
    if (compare_nodes(compare, canon_scalar(work, with), radians ? without->kids[0] : without) != SAME)
        return DIFFERENT;
    if (!radians)
        work_allows(work, POLICY_DEGREES_FOR_RADIANS);
    compare->rule = "degrees against radians";
    return SAME;
}

static const char *skip_zeros(const char *digits)
{
    while (digits[0] == '0' && digits[1] != '\0')
        digits++;
    return digits;
}

/* The value of digits in a base; NULL when one is too large, or the base is none. */
static struct node *based_value(struct work *work, const struct node *based)
{
    struct node *value = node_rational(work);
    const struct node *kid = based->kids[0];
    bool small = node_is_whole(kid) && fmpz_bits(fmpq_numref(kid->value)) < 8;
    long base = small ? fmpz_get_si(fmpq_numref(kid->value)) : 0;

    for (const char *digit = based->name; *digit != '\0'; digit++) {
        long size = *digit >= '0' && *digit <= '9' ? *digit - '0' : *digit >= 'A' && *digit <= 'Z' ? *digit - 'A' + 10 : 99;
        if (base < 2 || base > 36 || size >= base)
            return NULL;
        fmpz_mul_si(fmpq_numref(value->value), fmpq_numref(value->value), base);
        fmpz_add_ui(fmpq_numref(value->value), fmpq_numref(value->value), (ulong)size);
    }
    return canon_finish(work, value);
}

static enum sameness compare_based(struct compare *compare, struct node *gold, struct node *answer)
{
    struct work *work = compare->work;
    struct node *ours = gold->kind == NODE_BASED ? based_value(work, gold) : gold;
    struct node *theirs = answer->kind == NODE_BASED ? based_value(work, answer) : answer;
    bool both = gold->kind == NODE_BASED && answer->kind == NODE_BASED;

    compare->rule = "numbers of a base, digit by digit";
    if (both && strcmp(skip_zeros(gold->name), skip_zeros(answer->name)) == 0 &&
        strcmp(gold->kids[0]->text, answer->kids[0]->text) == 0)
        return SAME;
    if (ours == NULL || theirs == NULL || !node_is_whole(ours) || !node_is_whole(theirs))
        return DIFFERENT;
    if (gold->kind != NODE_BASED || (both && node_is_integer(answer->kids[0], 10))) {
        if (!both && !node_is_integer(answer->kids[0], 10))
            return DIFFERENT;
        return strcmp(ours->text, theirs->text) == 0 && (!both || work_allows(work, POLICY_BASE_TEN_MARKED))
            ? SAME : DIFFERENT;
    }
    if (!both && strcmp(skip_zeros(gold->name), theirs->text) == 0 && work_allows(work, POLICY_BASE_DROPPED))
        return SAME;
    return !both && strcmp(ours->text, theirs->text) == 0 && work_allows(work, POLICY_BASE_TEN_BARE) ? SAME : DIFFERENT;
}

static bool is_time(const struct node *ratio)
{
    return ratio->name != NULL;
}

static bool is_half(const struct node *ratio)
{
    return ratio->name != NULL && strcmp(ratio->name, "time") != 0;
}

static enum sameness compare_ratios(struct compare *compare, struct node *gold, struct node *answer)
{
    struct work *work = compare->work;
    enum sameness all = SAME;
    const char *rule;

    compare->rule = "ratios of different length";
    if (gold->count != answer->count)
        return DIFFERENT;
    for (size_t i = 0; i < gold->count && all != DIFFERENT; i++)
        all = compare_both(all, compare_nodes(compare, gold->kids[i], answer->kids[i]));
    if (is_half(gold) && is_half(answer) && strcmp(gold->name, answer->name) != 0)
        return DIFFERENT;
    if (all == SAME && is_half(gold) != is_half(answer) && !work_allows(work, POLICY_HALF_DAY_ADDED))
        return DIFFERENT;
    compare->rule = "ratios, member by member";
    if (all == SAME || is_time(gold) || is_time(answer) || (work->policy & POLICY_RATIO_MULTIPLE) == 0)
        return all;
    all = SAME;
    for (size_t i = 1; i < gold->count && all != DIFFERENT; i++) {
        if (!node_is_scalar(gold->kids[i]) || !node_is_scalar(answer->kids[i]) || !node_is_scalar(gold->kids[0]))
            return DIFFERENT;
        all = compare_both(all, decide(work, canon_product(work, (struct node *[]){ gold->kids[0], answer->kids[i] }, 2),
                                       canon_product(work, (struct node *[]){ answer->kids[0], gold->kids[i] }, 2), &rule));
    }
    if (all == SAME)
        work_allows(work, POLICY_RATIO_MULTIPLE);
    return all;
}

/* 3:2 against 3/2. */
static enum sameness compare_ratio_with_number(struct compare *compare, struct node *ratio, struct node *number)
{
    compare->rule = "a ratio against a number";
    if (ratio->count != 2 || is_time(ratio) || !node_is_scalar(number) ||
        !work_allows(compare->work, POLICY_RATIO_AS_FRACTION))
        return DIFFERENT;
    return decide(compare->work, canon_quotient(compare->work, ratio->kids[0], ratio->kids[1]), number, &compare->rule);
}

enum sameness compare_quantities(struct compare *compare, struct node *gold, struct node *answer)
{
    enum node_kind one = gold->kind, other = answer->kind;

    if (one == other && (one == NODE_PERCENT || one == NODE_DEGREE))
        return compare_nodes(compare, gold->kids[0], answer->kids[0]);
    if (one == NODE_UNIT && other == NODE_UNIT)
        return compare_units(compare, gold, answer);
    if (one == NODE_DEGREE || other == NODE_DEGREE)
        return compare_degrees(compare, gold, answer);
    if (one == NODE_PERCENT || other == NODE_PERCENT)
        return compare_percent(compare, gold, answer);
    if (one == NODE_UNIT) {
        struct node *named = with_unit(compare->work, answer, gold);
        return named != NULL ? compare_units(compare, gold, named) : compare_nodes(compare, gold->kids[0], answer);
    }
    if (other == NODE_UNIT) {
        struct node *named = with_unit(compare->work, gold, answer);
        return named != NULL ? compare_units(compare, named, answer) : compare_nodes(compare, gold, answer->kids[0]);
    }
    if (one == NODE_BASED || other == NODE_BASED)
        return compare_based(compare, gold, answer);
    if (one == NODE_RATIO && other == NODE_RATIO)
        return compare_ratios(compare, gold, answer);
    if (one == NODE_RATIO)
        return compare_ratio_with_number(compare, gold, answer);
    if (other == NODE_RATIO)
        return compare_ratio_with_number(compare, answer, gold);
    compare->rule = "of different kinds";
    return DIFFERENT;
}
