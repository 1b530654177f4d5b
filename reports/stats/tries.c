#include "reports/stats/tries.h"

#include "harness/base/mem.h"
#include "harness/base/random.h"
#include "reports/stats/mean.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* Up to so many subsets are all counted (some milliseconds); beyond, so many are drawn. */
#define SUBSETS_EXACT_MAX 20000
#define SUBSETS_DRAWN 1000

double tries_pass_at_k(size_t epochs, size_t right, size_t k)
{
    double all_wrong = 1;

    assert(right <= epochs);
    if (k == 0 || k > epochs)
        return NAN;
    if (epochs - right < k)
        return 1;
    for (size_t i = epochs - right + 1; i <= epochs; i++)
        all_wrong *= 1 - (double)k / (double)i;
    return 1 - all_wrong;
}

double tries_pass_hat_k(size_t epochs, size_t right, size_t k)
{
    double all_right = 1;

    assert(right <= epochs);
    if (k == 0 || k > epochs)
        return NAN;
    if (right < k)
        return 0;
    for (size_t i = 0; i < k; i++)
        all_right *= (double)(right - i) / (double)(epochs - i);
    return all_right;
}

/*
 * The vote over one item. Classes are renamed to the index of the first answer in them, so that any numbering
 * fits in `counts`. `chosen` lists all epochs; its first k are the subset at hand.
 */
struct vote {
    size_t epochs, k;
    size_t gold;    /* index of the first right answer */
    size_t *name;   /* per answer: its class, or `epochs` when unparsed */
    size_t *chosen; /* per answer: an index into name */
    size_t *counts; /* per class: 0 between subsets */
};

/* The index of the first answer in this class, or epochs when there is none. */
static size_t first_of_class(const int *class_of, size_t epochs, int class)
{
    size_t i = 0;

    while (class >= 0 && i < epochs && class_of[i] != class)
        i++;
    return class >= 0 ? i : epochs;
}

static void vote_init(struct vote *vote, const int *class_of, size_t epochs, int gold, size_t k)
{
    *vote = (struct vote){.epochs = epochs, .k = k, .gold = first_of_class(class_of, epochs, gold)};
    vote->name = xcalloc(epochs, sizeof(size_t));
    vote->chosen = xcalloc(epochs, sizeof(size_t));
    vote->counts = xcalloc(epochs, sizeof(size_t));
    for (size_t i = 0; i < epochs; i++) {
        vote->name[i] = first_of_class(class_of, epochs, class_of[i]);
        vote->chosen[i] = i;
    }
}

static void vote_fini(struct vote *vote)
{
    free(vote->name);
    free(vote->chosen);
    free(vote->counts);
}

/* Gold's share of the credit in this subset. A class is judged where first met, and its count cleared. */
static double vote_credit(struct vote *vote)
{
    size_t best = 0, tied = 0;
    bool gold_leads = false;

    for (size_t i = 0; i < vote->k; i++)
        if (vote->name[vote->chosen[i]] < vote->epochs)
            vote->counts[vote->name[vote->chosen[i]]]++;
    for (size_t i = 0; i < vote->k; i++) {
        size_t class = vote->name[vote->chosen[i]];
        if (class == vote->epochs || vote->counts[class] == 0)
            continue;
        if (vote->counts[class] > best) {
            best = vote->counts[class];
            tied = 0;
            gold_leads = false;
        }
        if (vote->counts[class] == best) {
            tied++;
            gold_leads = gold_leads || class == vote->gold;
        }
        vote->counts[class] = 0;
    }
    return gold_leads ? 1 / (double)tied : 0;
}

/* Moves to the next k-subset in lexicographic order; false after the last. */
static bool next_subset(struct vote *vote)
{
    size_t i = vote->k;

    while (i > 0 && vote->chosen[i - 1] == vote->epochs - vote->k + i - 1)
        i--;
    if (i == 0)
        return false;
    vote->chosen[i - 1]++;
    for (; i < vote->k; i++)
        vote->chosen[i] = vote->chosen[i - 1] + 1;
    return true;
}

static double mean_over_all(struct vote *vote)
{
    struct sum credit = {0};
    size_t subsets = 0;

    do {
        sum_add(&credit, vote_credit(vote));
        subsets++;
    } while (next_subset(vote));
    return sum_value(&credit) / (double)subsets;
}

/* The first k steps of a Fisher-Yates shuffle: fair whatever order the last draw has left. */
static void draw_subset(struct vote *vote, struct splitmix *random)
{
    for (size_t i = 0; i < vote->k; i++) {
        size_t other = i + (size_t)splitmix_below(random, vote->epochs - i);
        size_t kept = vote->chosen[i];
        vote->chosen[i] = vote->chosen[other];
        vote->chosen[other] = kept;
    }
}

static double mean_over_drawn(struct vote *vote, uint64_t seed)
{
    struct splitmix random = {.state = seed};
    struct sum credit = {0};

    for (int i = 0; i < SUBSETS_DRAWN; i++) {
        draw_subset(vote, &random);
        sum_add(&credit, vote_credit(vote));
    }
    return sum_value(&credit) / SUBSETS_DRAWN;
}

/* Is C(n,k) at most SUBSETS_EXACT_MAX? C(n,i) grows up to the middle, so stopping early cannot mislead. */
static bool can_count_all(size_t n, size_t k)
{
    double subsets = 1;
    size_t fewer = k < n - k ? k : n - k;

    for (size_t i = 1; i <= fewer && subsets <= SUBSETS_EXACT_MAX; i++)
        subsets = subsets * (double)(n - fewer + i) / (double)i;
    return subsets <= SUBSETS_EXACT_MAX;
}

double tries_maj_at_k(const int *class_of, size_t epochs, int gold, size_t k, uint64_t seed)
{
    struct vote vote;
    double credit = 0;

    if (k == 0 || k > epochs)
        return NAN;
    vote_init(&vote, class_of, epochs, gold, k);
    if (vote.gold < epochs)
        credit = can_count_all(epochs, k) ? mean_over_all(&vote) : mean_over_drawn(&vote, seed);
    vote_fini(&vote);
    return credit;
}

void tries_spread_add(struct tries_spread *spread, const double *scores, size_t epochs)
{
    assert(epochs > 0);
    spread->items++;
    sum_add(&spread->inverses, 1 / (double)epochs);
    if (epochs < 2)
        return;
    sum_add(&spread->variances, mean_variance(scores, epochs));
    spread->repeated++;
}

double tries_spread_within(const struct tries_spread *spread)
{
    return spread->repeated > 0 ? sum_value(&spread->variances) / (double)spread->repeated : NAN;
}

double tries_spread_se(const struct tries_spread *spread)
{
    double items = (double)spread->items;

    return sqrt(tries_spread_within(spread) * (sum_value(&spread->inverses) / items) / items);
}
