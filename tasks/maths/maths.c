/*
 * A comparison: the same bytes are equal. Letters of choices. Then both are read, plus-minus signs written out, put into
 * canonical form and compared as their kinds are. Where the answer has an a/bc, its other reading has a chance too.
 */
#include "tasks/maths/maths.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/mem.h"
#include "tasks/maths/canon.h"
#include "tasks/maths/compare.h"
#include "tasks/maths/limits.h"
#include "tasks/maths/parse.h"
#include "tasks/maths/signs.h"
#include "tasks/maths/tree.h"
#include "tasks/maths/wording.h"
#include "tasks/maths/work.h"

struct maths {
    struct work *work;
};

/* One side of a comparison. */
struct side {
    const char *source;         /* trimmed */
    struct node *written;
    struct node *node;          /* canonical */
    bool slash;
};

struct maths *maths_new(void)
{
    struct maths *maths = xcalloc(1, sizeof *maths);

    maths->work = work_new();
    return maths;
}

void maths_free(struct maths *maths)
{
    if (maths == NULL)
        return;
    work_free(maths->work);
    free(maths);
}

void maths_finish(void)
{
    flint_cleanup();
}

const char *maths_verdict_name(enum maths_verdict verdict)
{
    static const char *const NAMES[] = { "equal", "different", "undecided", "unparsed", "limit", "bad_gold" };

    return NAMES[verdict];
}

/* Without blanks, money-like pairs of $ and a final stop around it. */
static const char *trim(struct work *work, const char *source)
{
    size_t length = strlen(source);

    while (length > 0 && strchr(" \t\r\n", source[0]) != NULL) {
        source++;
        length--;
    }
    while (length > 0 && strchr(" \t\r\n", source[length - 1]) != NULL)
        length--;
    return arena_strndup(work->arena, source, length);
}

static uint64_t hash(const char *text)
{
    uint64_t value = 0xCBF29CE484222325u;

    for (; *text != '\0'; text++)
        value = (value ^ (unsigned char)*text) * 0x100000001B3u;
    return value;
}

static void read_side(struct work *work, struct side *side, bool index_i, bool tight)
{
    struct reading reading = parse(work, side->source, index_i, tight);

    side->written = reading.node;
    side->slash = reading.slash;
    work->node_count = 0;
    if (work->stopped == NULL)
        side->node = canon(work, signs_expand(work, reading.node));
}

static bool is_number_written(const struct node *node)
{
    if (node->kind == NODE_NEGATIVE)
        return is_number_written(node->kids[0]);
    if (node->kind == NODE_QUOTIENT)
        return is_number_written(node->kids[0]) && is_number_written(node->kids[1]);
    return node->kind == NODE_RATIONAL;
}

/* 2/4: a fraction of whole numbers that can be reduced. */
static bool is_unreduced(const struct node *node)
{
    const struct node *over;
    fmpz_t common;
    bool reducible;

    if (node->kind == NODE_NEGATIVE)
        return is_unreduced(node->kids[0]);
    if (node->kind != NODE_QUOTIENT)
        return false;
    over = node->kids[0]->kind == NODE_NEGATIVE ? node->kids[0]->kids[0] : node->kids[0];
    if (!node_is_whole(over) || !node_is_whole(node->kids[1]))
        return false;
    fmpz_init(common);
    fmpz_gcd(common, fmpq_numref(over->value), fmpq_numref(node->kids[1]->value));
    reducible = !fmpz_is_one(common) || fmpz_is_one(fmpq_numref(node->kids[1]->value));
    fmpz_clear(common);
    return reducible;
}

/* 4493 + 2: a sum of numbers that nobody added up. */
static bool is_unevaluated(const struct node *node)
{
    if (node->kind != NODE_SUM)
        return false;
    for (size_t i = 0; i < node->count; i++)
        if (!is_number_written(node->kids[i]) && !is_unevaluated(node->kids[i]))
            return false;
    return true;
}

/* Whether an equal answer is also written as the policy wants it. */
static bool is_well_written(struct work *work, const struct side *gold, const struct side *answer)
{
    if (gold->node->kind != NODE_RATIONAL || answer->node->kind != NODE_RATIONAL)
        return true;
    if (is_unreduced(answer->written) && !is_unreduced(gold->written))
        return work_allows(work, POLICY_UNREDUCED);
    if (is_unevaluated(answer->written) && !is_unevaluated(gold->written))
        return work_allows(work, POLICY_UNEVALUATED);
    return true;
}

/* Words on one side at least. */
static enum sameness compare_words(struct compare *compare, const struct side *gold, const struct side *answer)
{
    char letter = wording_choice(compare->work, answer->source);
    enum sameness sameness = compare_wording(compare, gold->source, answer->source);

    if (sameness == SAME)
        return SAME;
    if (letter != '\0' && gold->source[strspn(gold->source, " $")] == '(' &&
        wording_chosen(compare->work, gold->source) == letter) {
        compare->rule = "the letter of a choice";
        return SAME;
    }
    return compare_nodes(compare, gold->node, answer->node);
}

static enum sameness compare_sides(struct compare *compare, const struct side *gold, const struct side *answer)
{
    if (gold->node->kind == NODE_TEXT || answer->node->kind == NODE_TEXT)
        return compare_words(compare, gold, answer);
    return compare_nodes(compare, gold->node, answer->node);
}

/* The other reading of an answer's slash. */
static enum sameness compare_tight(struct compare *compare, const struct side *gold, const struct side *answer, bool index_i)
{
    struct side other = { .source = answer->source };

    if ((compare->work->policy & POLICY_SLASH_EITHER_WAY) == 0)
        return DIFFERENT;
    read_side(compare->work, &other, index_i, true);
    if (compare->work->stopped != NULL || compare_sides(compare, gold, &other) != SAME)
        return DIFFERENT;
    work_allows(compare->work, POLICY_SLASH_EITHER_WAY);
    return SAME;
}

static char *lower(struct work *work, const char *source)
{
    char *copy = arena_strdup(work->arena, source);

    for (char *c = copy; *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return copy;
}

static enum sameness compare_read(struct work *work, struct side *gold, struct side *answer, struct maths_result *out)
{
    bool index_i = tokens_index_i(gold->source) || tokens_index_i(answer->source);
    struct compare compare = { .work = work, .rule = "" };
    enum sameness sameness;
    const char *rule;

    read_side(work, gold, index_i, false);
    if (work->stopped != NULL) {
        *out = (struct maths_result){ .verdict = MATHS_BAD_GOLD, .rule = work->stopped };
        return UNDECIDED;
    }
    out->gold = gold->node->text;
    read_side(work, answer, index_i, false);
    if (work->stopped != NULL)
        return UNDECIDED;
    out->answer = answer->node->text;
    sameness = compare_sides(&compare, gold, answer);
    rule = compare.rule;
    if (sameness == DIFFERENT && answer->slash) {
        sameness = compare_tight(&compare, gold, answer, index_i);
        rule = sameness == SAME ? compare.rule : rule;
    }
    if (sameness == SAME && !is_well_written(work, gold, answer)) {
        sameness = DIFFERENT;
        rule = "the same number, but not written as asked";
    }
    out->rule = rule;
    return sameness;
}

static void give_verdict(struct work *work, enum sameness sameness, const struct side *gold, const struct side *answer,
                         struct maths_result *out)
{
    if (out->verdict == MATHS_BAD_GOLD)
        return;
    out->policies = sameness == SAME ? work->used : 0;
    if (work->stopped != NULL) {
        out->verdict = MATHS_LIMIT;
        out->rule = work->stopped;
    } else if (sameness == DIFFERENT && answer->node->kind == NODE_TEXT && gold->node->kind != NODE_TEXT) {
        out->verdict = MATHS_UNPARSED;
        out->rule = "the answer is no mathematics that could be read";
    } else {
        out->verdict = sameness == SAME ? MATHS_EQUAL : sameness == DIFFERENT ? MATHS_DIFFERENT : MATHS_UNDECIDED;
    }
}

/* What needs no reading: empty, too long, the same bytes, letters of choices. */
static bool decide_at_sight(struct work *work, const struct side *gold, const struct side *answer, struct maths_result *out)
{
    char right, chosen;

    *out = (struct maths_result){ .verdict = MATHS_EQUAL, .rule = "the same text" };
    if (gold->source[0] == '\0' || strlen(gold->source) > LIMIT_ANSWER_BYTES) {
        *out = (struct maths_result){ .verdict = MATHS_BAD_GOLD,
                                      .rule = gold->source[0] == '\0' ? "it is empty" : "it is too long" };
        return true;
    }
    if (answer->source[0] == '\0' || strlen(answer->source) > LIMIT_ANSWER_BYTES) {
        out->verdict = answer->source[0] == '\0' ? MATHS_UNPARSED : MATHS_LIMIT;
        out->rule = answer->source[0] == '\0' ? "the answer is empty" : "the answer is too long";
        return true;
    }
    right = wording_choice(work, gold->source);
    chosen = right == '\0' ? '\0' : wording_chosen(work, answer->source);
    if (chosen == '\0')
        return false;
    out->gold = arena_strndup(work->arena, &right, 1);
    out->answer = arena_strndup(work->arena, &chosen, 1);
    out->verdict = right == chosen ? MATHS_EQUAL : MATHS_DIFFERENT;
    out->rule = "the letter of a choice";
    return true;
}

void maths_compare(struct maths *maths, uint32_t policy, const char *gold_source, const char *answer_source,
                   struct maths_result *out)
{
    struct work *work = maths->work;
    struct side gold, answer;
    enum sameness sameness;

    work_clear(work);
    work->policy = policy;
    gold = (struct side){ .source = trim(work, gold_source) };
    answer = (struct side){ .source = trim(work, answer_source) };
    work->seed = hash(gold.source) ^ hash(answer.source);
    if (decide_at_sight(work, &gold, &answer, out))
        return;
    if (strcmp(gold.source, answer.source) == 0) {
        out->gold = out->answer = maths_canonical(maths, policy, gold_source);
        return;
    }
    sameness = compare_read(work, &gold, &answer, out);
    if (sameness == DIFFERENT && (policy & POLICY_LETTER_CASE) != 0 && work->stopped == NULL) {
        struct side small_gold = { .source = lower(work, gold.source) }, small = { .source = lower(work, answer.source) };
        struct maths_result again = *out;
        if (compare_read(work, &small_gold, &small, &again) == SAME) {
            sameness = SAME;
            work_allows(work, POLICY_LETTER_CASE);
        }
    }
    give_verdict(work, sameness, &gold, &answer, out);
}

const char *maths_canonical(struct maths *maths, uint32_t policy, const char *source)
{
    struct work *work = maths->work;
    struct side side;

    work_clear(work);
    work->policy = policy;
    side = (struct side){ .source = trim(work, source) };
    if (side.source[0] == '\0' || strlen(side.source) > LIMIT_ANSWER_BYTES)
        return NULL;
    read_side(work, &side, tokens_index_i(side.source), false);
    return work->stopped == NULL ? side.node->text : NULL;
}
