/*
 * versus: runs against one of them, the base: pair by pair on the same samples, never by whether two intervals overlap.
 *
 * Samples are paired by their text (a sample of other text is another sample). Each counts with the mean of its scored
 * epochs; what is void in either run is left out, and then the table says of how many questions it speaks. Where less than
 * 99 % of all samples scored in either run are so in both, nothing is compared: the rest may be the easier part. What the
 * two were asked otherwise than by their samples, in other prompts or under another profile, is told beside it.
 */
#ifndef VERNIER_REPORTS_VERSUS_H
#define VERNIER_REPORTS_VERSUS_H

#include <stddef.h>

#include "harness/base/err.h"
#include "reports/asked.h"
#include "reports/stats/pair.h"

struct arena;
struct buf;
struct run_row;
struct store;

struct versus_line {
    const struct run_row *run;
    const char *task;
    enum asked_difference differ_in;        /* what it and the base were asked */
    size_t paired, all;             /* samples scored in both, in either */
    double mean, base_mean;         /* of the paired */
    struct comparison comparison;   /* test NULL: none */
    double p_holm;                  /* over all lines; NAN: none */
};

struct versus {
    const struct run_row *base;
    struct versus_line *lines;      /* by run as given; within one, tasks that both were asked */
    size_t line_count;
};

/* In the arena, as the rows of runs must be. A run that is the base too is left out. NULL with err set. */
struct versus *versus_gather(struct store *store, struct arena *arena, const struct run_row *runs, size_t run_count,
                             const struct run_row *base, struct err *err);

/* A table, in points, for a terminal of so many columns (0: of any); one JSON object. */
void versus_write(const struct versus *versus, size_t width, struct buf *out);
void versus_write_json(const struct versus *versus, struct buf *out);

#endif
