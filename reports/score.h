/*
 * score: how well one run did on one task: a line of the scoreboard, and the parts it is made of.
 *
 * What is not defined is NAN, and what nobody told is TOKENS_UNKNOWN, COST_UNKNOWN or COUNT_UNKNOWN: print null, empty
 * or a dash, never 0. Scores are shares in [0,1]. Errors and intervals "over questions" say what the score tells of
 * other questions of the kind; "over epochs", how far it would move if these very questions were asked again.
 *
 * Plain values, read by anyone once tally.h has filled them in; names and lists are in the arena of whoever made the line.
 */
#ifndef VERNIER_REPORTS_SCORE_H
#define VERNIER_REPORTS_SCORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reports/asked.h"
#include "reports/settings.h"
#include "reports/stats/interval.h"
#include "results/store.h"

#define SCORE_LEVEL 0.95
#define COUNT_UNKNOWN (-1)

/* k of a sample's epochs: means over the samples with at least k scored ones; the others voids have left too short. */
struct score_at {
    size_t k;
    size_t samples, left_out;
    double avg;
    double pass, pass_hat;          /* at least one of k is right, all of k are; NAN unless all scores are 0 or 1 */
    double maj;                     /* the commonest of k answers is right; NAN where answers form no classes */
};

/* Of scored episodes whose question says in which language it asks: how many were answered in it, and of how many
 * nobody can tell (a letter alone, a formula). */
struct score_languages { size_t asked, same, untold; };

/* A category, a form or a cluster. */
struct score_part {
    const char *name;
    size_t samples;                 /* with a scored epoch */
    double mean, se;                /* as in a line; se over questions */
    struct interval interval;       /* method NULL: none */
    struct score_languages languages;       /* of a category */
};

/* What is told beside the task as a whole: its categories, its forms, or its clusters, of which there may be very many. */
enum score_by { SCORE_BY_NOTHING, SCORE_BY_CATEGORY, SCORE_BY_FORM, SCORE_BY_CLUSTER };

/* Finished episodes of which nobody told so many tokens: the sum beside it is a lower bound. */
struct score_untold { size_t in, out, reasoning, cache; };

struct score_line {
    const char *run, *model, *task;
    struct run_settings settings;   /* its run's */
    const char *profile;            /* NULL: unknown */
    struct asked asked;
    double chance;                  /* a blind guess's score; NAN: unknown */
    bool is_private;                /* its texts are not for publishing */
    bool may_cluster;               /* the plan does not say that its samples are independent */

    size_t samples;                 /* the n of mean and se: samples with at least one scored epoch */
    size_t epochs;                  /* planned, or the largest met where that is more; 0: unknown, none met */
    int64_t expected;               /* episodes, as planned; or COUNT_UNKNOWN */
    size_t scored;                  /* episodes; those that count */
    size_t voids, voids_harness, voids_provider, voids_environment;
    size_t unfinished;              /* of those expected, else of those begun */
    size_t truncated, no_answer, refused, loop, tampered, unparsable;   /* of the scored ones */
    size_t undecided;               /* of them too: the grader could not tell, which scores 0 */
    struct score_languages languages;

    double mean;                    /* over samples of each one's mean over its epochs */
    double se_questions;            /* corrected for clusters where there are some; NAN: one sample, too few clusters */
    double se_epochs;               /* NAN: no sample with two epochs, or of an unfinished run not each with two */
    size_t clusters;                /* 0: not clustered */
    struct interval interval;       /* over questions, at SCORE_LEVEL, in [0,1]; method NULL: none */

    struct score_at *at;            /* k = 1, 2, 4, ... and, last, the epochs */
    size_t at_count;
    struct score_part *categories;  /* as first met; "a/b" stands in "a" too */
    size_t category_count;
    struct score_part outermost;    /* of samples outermost categories, each counted the same; without name, interval */
    struct score_part *forms;       /* "choice": of questions that offer some, and "open"; where the task has both */
    size_t form_count;
    struct score_part *by_cluster;  /* as first met; only of a board by cluster */
    size_t by_cluster_count;

    int64_t tokens_in, tokens_out, tokens_reasoning, tokens_cache;      /* of voids too: they were paid for */
    struct score_untold untold;
    double correct;                 /* the sum of all scores: correct answers, where each is right or wrong */
    int64_t cost_nanousd;           /* what is known of it */
    bool cost_is_known;             /* of every finished episode; else cost_nanousd is a lower bound, or unknown */
    int64_t unsure_nanousd;         /* so much more at most; COST_UNKNOWN: nobody knows */
    int64_t untold_nanousd;         /* of its run: the most that calls may cost of which no row tells */
    bool is_judged;                 /* its run has a model as judge */
    struct role_cost judge;         /* of its run: the judge's part of the cost */
};

/* What the line's mean is made of; NULL by nothing. */
const struct score_part *score_line_parts(const struct score_line *line, enum score_by by, size_t *count);

/* "category", "form" or "cluster"; NULL of nothing. */
const char *score_by_word(enum score_by by);

/* In US$; NAN where it is unknown. */
double score_usd(int64_t nanousd);

/* For each of so many; NAN too where there is none. */
double score_usd_per(int64_t nanousd, double count);

/* At most, in US$; NAN where nobody knows. */
double score_usd_most(int64_t nanousd, int64_t unsure_nanousd);

/* The last of line->at, k being the epochs; NULL when there is none. */
const struct score_at *score_line_last(const struct score_line *line);

#endif
