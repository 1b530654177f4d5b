/*
 * forecast: when a run will be done, from how long its episodes take.
 *
 * A straight line (time so far x left / done) errs twice: what has finished so far are the short ones, since the long
 * ones are still out; and at the end all wait for the slowest. So three things are done instead:
 *
 * 1. How long an episode of a task takes is a survival curve S(t), the share that takes longer than t. Those still out
 *    count too, as "longer than its age": the product-limit estimate of Kaplan and Meier (1958), over bins 5 % wide.
 * 2. Past the longest seen the curve goes on as exp(-rate t), with the rate that joins it there: Brown, Hollander and
 *    Korwar (1974). So one that is older than all that finished is not expected to end at once, nor never.
 * 3. The rest of the run is played through: each live episode gets a rest drawn from the curve beyond its age, each not
 *    yet begun a whole duration; whoever ends makes room for the next. Of 25 such games (fewer where thousands are
 *    live) the median length is taken. Past 1,000 episodes not yet begun, the first of them only count by their mean,
 *    since many short waits even out.
 *
 * Durations are those of one start, from admission to outcome, waits for the server included, so a slower server shows.
 * Older ones count less: at 4,096 of a task all weights are halved. What it is worth: test_forecast prints its error
 * beside the straight line's. It knows nothing of voids that will be tried again, nor of limits about to change.
 *
 * Drawn from a fixed seed: the same state gives the same forecast. Main thread only.
 */
#ifndef VERNIER_CLI_FORECAST_H
#define VERNIER_CLI_FORECAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct forecast;

/* Fewer finished episodes than this say nothing. */
#define FORECAST_FINISHED_MIN 5

struct forecast *forecast_new(size_t task_count);
void forecast_free(struct forecast *forecast);          /* NULL is allowed */

/* An episode of that task (its number, below task_count) took so long. */
void forecast_add(struct forecast *forecast, size_t task, int64_t took_ms);

struct forecast_live { size_t task; int64_t age_ms; };

/* What is still to come. The episodes live now are also the places there are. */
struct forecast_rest {
    const size_t *unbegun;                /* of each task, in the order they will be begun */
    const struct forecast_live *live;
    size_t live_count;
};

struct forecast_end {
    int64_t left_ms;                      /* -1: nobody can say yet */
    bool is_beyond;                       /* one that is out is older than any of its task that finished */
};

struct forecast_end forecast_end(const struct forecast *forecast, const struct forecast_rest *rest);

/* The duration that this share (0 to 1) of the finished ones stayed below, all tasks together; -1: too few finished. */
int64_t forecast_quantile_ms(const struct forecast *forecast, double share);

#endif
