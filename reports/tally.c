/*
 * Two levels: a question gathers one sample's scored epochs; at its end it becomes one number in `means`, one term in
 * each @k mean and in its category. What holds for the task as a whole is made of these when it ends.
 *
 * k runs over 1, 2, 4, ... and the epochs. The plan may not say how many these are, and then a later sample may show
 * more than any before it. That needs no second pass: a sample seen before has no epoch of that number, hence too few
 * for the new k, and would have been left out of it anyway.
 */
#include "reports/tally.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/mem.h"
#include "reports/group.h"
#include "reports/items.h"
#include "reports/majority.h"
#include "reports/stats/mean.h"
#include "reports/stats/sum.h"
#include "reports/stats/tries.h"
#include "results/rows.h"

/* Epochs are positive ints: 31 powers of two and the epochs themselves. */
#define AT_MAX 32

struct at {
    size_t k, samples;
    struct sum avg, pass, pass_hat, maj;
};

struct question {
    int64_t sample;                 /* row id; 0: none yet */
    struct group *category;         /* the innermost one: "a/b" is in "a" too */
    struct group *cluster, *form;
    struct arena *arena;            /* of class names */
    double *scores;                 /* of its scored epochs, and beside them */
    int *classes;                   /* which of class_names each answer is */
    const char **class_names;
    size_t count, room, class_count;
};

struct tally {
    struct arena *arena;
    struct score_line *line;
    struct majority *majority;
    struct question question;
    struct groups categories, clusters, forms;
    struct arena *names;            /* theirs */

    struct items items;             /* one a sample */
    enum score_by by;

    struct tries_spread spread;     /* over epochs */
    struct at at[AT_MAX];
    size_t at_count;
    bool all_binary, has_classes;
    size_t costs_unknown;
};

static bool is_power_of_two(size_t k)
{
    return (k & (k - 1)) == 0;
}

/* Makes the list of k reach to epochs, when it does not yet. */
static void extend_epochs(struct tally *tally, size_t epochs)
{
    size_t k = 1;

    if (tally->at_count > 0 && tally->at[tally->at_count - 1].k >= epochs)
        return;
    if (tally->at_count > 0 && !is_power_of_two(tally->at[tally->at_count - 1].k))
        tally->at_count--;
    if (tally->at_count > 0)
        k = 2 * tally->at[tally->at_count - 1].k;
    for (; k < epochs; k *= 2)
        tally->at[tally->at_count++] = (struct at){ .k = k };
    tally->at[tally->at_count++] = (struct at){ .k = epochs };
    assert(tally->at_count <= AT_MAX);
}

/* All that tally_finish sets anew. */
static void clear_counts(struct score_line *line)
{
    line->samples = line->scored = line->unfinished = 0;
    line->voids = line->voids_harness = line->voids_provider = line->voids_environment = 0;
    line->truncated = line->no_answer = line->refused = line->loop = line->tampered = line->undecided = 0;
    line->unparsable = 0;
    line->languages = (struct score_languages){ 0 };
    line->tokens_in = line->tokens_out = line->tokens_reasoning = line->tokens_cache = TOKENS_UNKNOWN;
    line->cost_nanousd = COST_UNKNOWN;
    line->unsure_nanousd = 0;
    line->untold = (struct score_untold){ 0 };
    line->correct = 0;
}

struct tally *tally_new(struct arena *arena, struct score_line *line, uint64_t seed, enum score_by by)
{
    struct tally *tally = xcalloc(1, sizeof *tally);

    tally->arena = arena;
    tally->line = line;
    tally->by = by;
    tally->majority = majority_new(seed);
    tally->names = arena_new();
    tally->categories.arena = tally->clusters.arena = tally->forms.arena = tally->names;
    tally->question.arena = arena_new();
    tally->all_binary = true;
    clear_counts(line);
    if (line->epochs > 0)
        extend_epochs(tally, line->epochs);
    return tally;
}

void tally_free(struct tally *tally)
{
    if (tally == NULL)
        return;
    majority_free(tally->majority);
    groups_fini(&tally->categories);
    groups_fini(&tally->clusters);
    groups_fini(&tally->forms);
    arena_free(tally->names);
    arena_free(tally->question.arena);
    free(tally->question.scores);
    free(tally->question.classes);
    free(tally->question.class_names);
    items_free(&tally->items);
    free(tally);
}

static int class_of(struct question *question, const char *name)
{
    if (name == NULL)
        return CLASS_UNPARSED;
    for (size_t i = 0; i < question->class_count; i++)
        if (strcmp(question->class_names[i], name) == 0)
            return (int)i;
    question->class_names[question->class_count] = arena_strdup(question->arena, name);
    return (int)question->class_count++;
}

static void add_score(struct question *question, const struct grade_row *grade)
{
    if (question->count == question->room) {
        question->room = question->room == 0 ? 16 : 2 * question->room;
        question->scores = xreallocarray(question->scores, question->room, sizeof *question->scores);
        question->classes = xreallocarray(question->classes, question->room, sizeof *question->classes);
        question->class_names = xreallocarray(question->class_names, question->room, sizeof *question->class_names);
    }
    question->scores[question->count] = grade->score;
    question->classes[question->count] = class_of(question, grade->answer_class);
    question->count++;
}

/* Puts all right answers in one class, as they equal one target, and returns it. */
static int merge_right(struct question *question)
{
    int gold = CLASS_NOBODY;

    for (size_t i = 0; i < question->count; i++)
        if (question->scores[i] >= 1 && question->classes[i] >= 0) {
            if (gold == CLASS_NOBODY)
                gold = question->classes[i];
            question->classes[i] = gold;
        }
    return gold;
}

static size_t count_right(const struct question *question)
{
    size_t right = 0;

    for (size_t i = 0; i < question->count; i++)
        right += question->scores[i] >= 1;
    return right;
}

static void add_at(struct tally *tally, double mean)
{
    struct question *question = &tally->question;
    size_t right = count_right(question);
    int gold = merge_right(question);

    for (size_t i = 0; i < tally->at_count && tally->at[i].k <= question->count; i++) {
        struct at *at = &tally->at[i];
        at->samples++;
        sum_add(&at->avg, mean);
        sum_add(&at->pass, tries_pass_at_k(question->count, right, at->k));
        sum_add(&at->pass_hat, tries_pass_hat_k(question->count, right, at->k));
        sum_add(&at->maj, majority_credit(tally->majority, question->classes, question->count, gold, at->k));
    }
}

static size_t number_of(const struct group *group)
{
    return group != NULL ? group->number : ITEM_NOWHERE;
}

static void finish_question(struct tally *tally)
{
    struct question *question = &tally->question;
    size_t count = question->count;

    if (count == 0)
        return;
    double mean = mean_of(question->scores, count);
    items_add(&tally->items, mean, number_of(question->cluster), number_of(question->category),
              question->form->number);
    add_at(tally, mean);
    tries_spread_add(&tally->spread, question->scores, count);
    if (count > tally->items.epochs)
        tally->items.epochs = count;
}

static void begin_question(struct tally *tally, const struct result_row *row)
{
    struct question *question = &tally->question;

    finish_question(tally);
    arena_clear(question->arena);
    question->sample = row->episode.sample;
    question->count = question->class_count = 0;
    question->category = groups_find_nested(&tally->categories, row->category);
    question->cluster = row->cluster != NULL ? groups_find(&tally->clusters, row->cluster) : NULL;
    question->form = groups_find(&tally->forms, row->has_choices ? "choice" : "open");
}

static void add_languages(struct score_languages *sum, const struct score_languages *more)
{
    sum->asked += more->asked;
    sum->same += more->same;
    sum->untold += more->untold;
}

/* A store may come from somebody else, with columns NULL that ours never are. */
static bool is(const char *text, const char *word)
{
    return text != NULL && strcmp(text, word) == 0;
}

static void count_language(struct tally *tally, const struct grade_row *grade)
{
    struct score_languages one = { .asked = 1 };

    if (grade->asked_language == NULL || grade->language == NULL)
        return;
    one.same = is(grade->language, grade->asked_language);
    one.untold = is(grade->language, "und");
    add_languages(&tally->line->languages, &one);
    for (struct group *category = tally->question.category; category != NULL; category = category->outer)
        add_languages(&category->languages, &one);
}

static void count_scored(struct tally *tally, const struct result_row *row)
{
    struct score_line *line = tally->line;
    double score = row->grade.score;

    line->scored++;
    line->correct += score;
    line->truncated += row->episode.truncated;
    line->no_answer += row->episode.no_answer;
    line->refused += row->episode.refused;
    line->loop += row->episode.loop;
    line->tampered += row->episode.tampered;
    line->unparsable += row->episode.unparsable;
    line->undecided += is(row->grade.verdict, "undecided");
    count_language(tally, &row->grade);
    if (line->profile == NULL)
        line->profile = arena_strdup(tally->arena, row->grade.profile);
    tally->all_binary = tally->all_binary && (score <= 0 || score >= 1);
    tally->has_classes = tally->has_classes || row->grade.answer_class != NULL;
    add_score(&tally->question, &row->grade);
}

static void count_void(struct score_line *line, const char *origin)
{
    line->voids++;
    line->voids_harness += is(origin, "harness");
    line->voids_provider += is(origin, "provider");
    line->voids_environment += is(origin, "environment");
}

static void count_untold(struct score_untold *untold, const struct episode_row *episode)
{
    untold->in += episode->tokens_in < 0;
    untold->out += episode->tokens_out < 0;
    untold->reasoning += episode->tokens_reasoning < 0;
    untold->cache += episode->tokens_cache < 0;
}

static void add_spending(struct tally *tally, const struct episode_row *episode)
{
    struct score_line *line = tally->line;

    if (episode->finished)
        count_untold(&line->untold, episode);
    sum_add_known(&line->tokens_in, episode->tokens_in);
    sum_add_known(&line->tokens_out, episode->tokens_out);
    sum_add_known(&line->tokens_reasoning, episode->tokens_reasoning);
    sum_add_known(&line->tokens_cache, episode->tokens_cache);
    sum_add_known(&line->cost_nanousd, episode->cost_nanousd);
    tally->costs_unknown += (episode->cost_nanousd < 0 || episode->unsure_nanousd != 0) && episode->finished;
    if (episode->unsure_nanousd < 0)
        line->unsure_nanousd = COST_UNKNOWN;
    else if (line->unsure_nanousd >= 0)
        sum_add_known(&line->unsure_nanousd, episode->unsure_nanousd);
}

void tally_add(struct tally *tally, const struct result_row *row)
{
    const struct episode_row *episode = &row->episode;

    if (episode->sample != tally->question.sample)
        begin_question(tally, row);
    if (episode->epoch > 0)
        extend_epochs(tally, (size_t)episode->epoch);
    add_spending(tally, episode);
    if (!episode->finished)
        tally->line->unfinished++;
    else if (is(episode->outcome, "void"))
        count_void(tally->line, episode->origin);
    else if (row->has_grade)
        count_scored(tally, row);
}

static void set_estimate(struct tally *tally)
{
    struct score_line *line = tally->line;
    struct items *items = &tally->items;
    struct estimate estimate;

    items->epochs = items->epochs > 0 ? items->epochs : 1;
    if (line->may_cluster && tally->clusters.count > 0 && items->count > 0)
        items_gather_clusters(items, tally->clusters.count);
    estimate = items_estimate(items, SCORE_LEVEL);
    line->samples = items->count;
    line->clusters = estimate.clusters;
    line->mean = estimate.mean;
    line->se_questions = estimate.se;
    line->interval = estimate.interval;
}

/* While a run goes on, those with two epochs are the quick ones, which may differ less than the others. */
static double se_over_epochs(const struct tally *tally)
{
    const struct tries_spread *spread = &tally->spread;

    return tally->line->unfinished > 0 && spread->repeated < spread->items ? NAN : tries_spread_se(spread);
}

static double mean_if(bool defined, const struct sum *sum, size_t count)
{
    return defined && count > 0 ? sum_value(sum) / (double)count : NAN;
}

static void set_at(struct tally *tally)
{
    struct score_line *line = tally->line;

    line->at = arena_calloc(tally->arena, tally->at_count, sizeof *line->at);
    line->at_count = tally->at_count;
    for (size_t i = 0; i < tally->at_count; i++) {
        const struct at *at = &tally->at[i];
        line->at[i] = (struct score_at){
            .k = at->k,
            .samples = at->samples,
            .left_out = tally->items.count - at->samples,
            .avg = mean_if(true, &at->avg, at->samples),
            .pass = mean_if(tally->all_binary, &at->pass, at->samples),
            .pass_hat = mean_if(tally->all_binary, &at->pass_hat, at->samples),
            .maj = mean_if(tally->has_classes, &at->maj, at->samples),
        };
    }
    line->epochs = tally->at_count > 0 ? tally->at[tally->at_count - 1].k : 0;
}

static void set_parts(struct tally *tally)
{
    struct score_line *line = tally->line;
    const struct items *items = &tally->items;

    line->outermost = (struct score_part){ .mean = NAN, .se = NAN, .interval = { NULL, NAN, NAN } };
    line->category_count = tally->categories.count;
    if (line->category_count > 0)
        line->categories = groups_score_nested(&tally->categories, items, items->category, tally->arena,
                                               &line->outermost);
    line->form_count = tally->forms.count > 1 ? tally->forms.count : 0;
    if (line->form_count > 0)
        line->forms = groups_score(&tally->forms, items, items->form, tally->arena);
    line->by_cluster_count = tally->by == SCORE_BY_CLUSTER ? tally->clusters.count : 0;
    if (line->by_cluster_count > 0)
        line->by_cluster = groups_score(&tally->clusters, items, items->cluster, tally->arena);
}

void tally_finish(struct tally *tally)
{
    struct score_line *line = tally->line;
    int64_t done;

    finish_question(tally);
    done = (int64_t)(line->scored + line->voids);
    if (line->expected != COUNT_UNKNOWN)
        line->unfinished = line->expected > done ? (size_t)(line->expected - done) : 0;
    set_estimate(tally);
    line->se_epochs = se_over_epochs(tally);
    set_at(tally);
    set_parts(tally);
    line->cost_is_known = line->cost_nanousd != COST_UNKNOWN && tally->costs_unknown == 0;
    tally_free(tally);
}
