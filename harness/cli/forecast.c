#include "harness/cli/forecast.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/mem.h"
#include "harness/base/random.h"

/* Bin 0 ends at 10 ms, each other 5 % later than the one before: the last at 30 days. */
#define BINS 400
#define BIN_FIRST_MS 10.0
#define BIN_GROWTH 1.05

#define WEIGHT_MAX 4096
/* Games; fewer where one alone draws many times, since then they differ less. */
#define GAMES 25
#define GAMES_MIN 5
#define DRAWS_MAX 25000
#define PLAYED_MAX 1000
#define SEED 20261121

/* Durations by bin; weights, since old ones fade. */
struct spread { double weight[BINS], sum; };

struct forecast {
    size_t task_count;
    struct spread *tasks, all;
    double edges_ms[BINS + 1];   /* where each bin begins */
};

/* The share that takes longer than the lower edge of each bin, and how it goes on past the last that holds anybody. */
struct curve {
    const double *edges_ms;
    double longer[BINS + 1];
    size_t last;                 /* longer[last] is the last that is known */
    double last_ms, rate, mean_ms;
    double finished_ms;          /* upper edge of the last bin where somebody finished */
};

struct forecast *forecast_new(size_t task_count)
{
    struct forecast *forecast = xcalloc(1, sizeof *forecast);

    forecast->task_count = task_count;
    forecast->tasks = xcalloc(task_count + 1, sizeof forecast->tasks[0]);
    for (size_t i = 1; i <= BINS; i++)
        forecast->edges_ms[i] = BIN_FIRST_MS * pow(BIN_GROWTH, (double)i - 1);
    return forecast;
}

void forecast_free(struct forecast *forecast)
{
    if (forecast == NULL)
        return;
    free(forecast->tasks);
    free(forecast);
}

static size_t bin_of(double t_ms)
{
    double bin = t_ms < BIN_FIRST_MS ? 0 : 1 + floor(log(t_ms / BIN_FIRST_MS) / log(BIN_GROWTH));

    return bin < BINS - 1 ? (size_t)bin : BINS - 1;
}

static void add(struct spread *spread, size_t bin)
{
    spread->weight[bin] += 1;
    spread->sum += 1;
    if (spread->sum < WEIGHT_MAX)
        return;
    for (size_t i = 0; i < BINS; i++)
        spread->weight[i] /= 2;
    spread->sum /= 2;
}

void forecast_add(struct forecast *forecast, size_t task, int64_t took_ms)
{
    size_t bin = bin_of((double)took_ms);

    assert(task < forecast->task_count);
    add(&forecast->tasks[task], bin);
    add(&forecast->all, bin);
}

/* Where the known part ends, how it goes on, and what both come to. */
static void finish(struct curve *curve)
{
    double left = curve->longer[curve->last];

    curve->last_ms = curve->edges_ms[curve->last];
    curve->rate = left > 0 ? -log(left) / curve->last_ms : INFINITY;
    curve->mean_ms = left > 0 ? left / curve->rate : 0;
    for (size_t i = 0; i < curve->last; i++)
        curve->mean_ms += (curve->longer[i] + curve->longer[i + 1]) / 2 * (curve->edges_ms[i + 1] - curve->edges_ms[i]);
}

/* Kaplan and Meier's product; those out leave their bin, on the average, in its middle. */
static void build(struct curve *curve, const double *edges_ms, const struct spread *spread, const double *out,
                  double out_sum)
{
    double at_risk = spread->sum + out_sum;

    *curve = (struct curve){ .edges_ms = edges_ms, .longer = { 1 } };
    for (size_t i = 0; i < BINS; i++) {
        double exposed = at_risk - out[i] / 2;
        double share = exposed > 0 ? spread->weight[i] / exposed : 0;
        curve->longer[i + 1] = curve->longer[i] * (share < 1 ? 1 - share : 0);
        if (spread->weight[i] > 0)
            curve->finished_ms = edges_ms[i + 1];
        if (spread->weight[i] > 0 || out[i] > 0)
            curve->last = i + 1;
        at_risk -= spread->weight[i] + out[i];
    }
    finish(curve);
}

static void build_curve(struct curve *curve, const struct forecast *forecast, const struct forecast_rest *rest,
                        size_t task)
{
    bool own = task < forecast->task_count && forecast->tasks[task].sum >= FORECAST_FINISHED_MIN;
    double out[BINS] = { 0 }, out_sum = 0;

    for (size_t i = 0; i < rest->live_count; i++) {
        if (own && rest->live[i].task != task)
            continue;
        out[bin_of((double)rest->live[i].age_ms)] += 1;
        out_sum += 1;
    }
    build(curve, forecast->edges_ms, own ? &forecast->tasks[task] : &forecast->all, out, out_sum);
}

/* The t that a share longer of all pass. */
static double find_ms(const struct curve *curve, double longer)
{
    size_t low = 0, high = curve->last;

    if (longer < curve->longer[curve->last])
        return curve->last_ms + log(curve->longer[curve->last] / longer) / curve->rate;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (curve->longer[middle] >= longer)
            low = middle;
        else
            high = middle;
    }
    double fall = curve->longer[low] - curve->longer[high];
    double part = fall > 0 ? (curve->longer[low] - longer) / fall : 0;
    return curve->edges_ms[low] + part * (curve->edges_ms[high] - curve->edges_ms[low]);
}

static double find_longer(const struct curve *curve, double t_ms)
{
    size_t bin = bin_of(t_ms);
    double part;

    if (bin >= curve->last)
        return curve->longer[curve->last];
    part = (t_ms - curve->edges_ms[bin]) / (curve->edges_ms[bin + 1] - curve->edges_ms[bin]);
    return curve->longer[bin] + part * (curve->longer[bin + 1] - curve->longer[bin]);
}

/* How much longer one takes that has taken age_ms. */
static double draw_rest(const struct curve *curve, double age_ms, struct splitmix *random)
{
    double share = 1 - splitmix_unit(random), t_ms;

    if (age_ms >= curve->last_ms)
        return isfinite(curve->rate) ? -log(share) / curve->rate : 0;
    t_ms = find_ms(curve, share * find_longer(curve, age_ms));
    return t_ms > age_ms ? t_ms - age_ms : 0;
}

/* A game: when each place is free, as a heap whose first is the least. */
struct game { double *free_ms; size_t count; };

static void sink(struct game *game, size_t i)
{
    double value = game->free_ms[i];

    for (size_t child; (child = 2 * i + 1) < game->count; i = child) {
        child += child + 1 < game->count && game->free_ms[child + 1] < game->free_ms[child];
        if (game->free_ms[child] >= value)
            break;
        game->free_ms[i] = game->free_ms[child];
    }
    game->free_ms[i] = value;
}

/* The rest of the run as the games want it. */
struct table {
    struct curve *curves;        /* of each task */
    const struct forecast_rest *rest;
    size_t *played;              /* of each task, of those not yet begun */
    size_t task_count;
    double skipped_ms;           /* what the others take, spread over all places */
};

static double play(const struct table *table, struct game *game, struct splitmix *random)
{
    const struct forecast_rest *rest = table->rest;
    double end_ms = 0;

    game->count = rest->live_count > 0 ? rest->live_count : 1;
    game->free_ms[0] = 0;
    for (size_t i = 0; i < rest->live_count; i++)
        game->free_ms[i] = draw_rest(&table->curves[rest->live[i].task], (double)rest->live[i].age_ms, random);
    for (size_t i = game->count / 2; i-- > 0;)
        sink(game, i);
    for (size_t task = 0; task < table->task_count; task++)
        for (size_t i = 0; i < table->played[task]; i++) {
            game->free_ms[0] += draw_rest(&table->curves[task], 0, random);
            sink(game, 0);
        }
    for (size_t i = 0; i < game->count; i++)
        end_ms = game->free_ms[i] > end_ms ? game->free_ms[i] : end_ms;
    return table->skipped_ms + end_ms;
}

static int by_size(const void *a, const void *b)
{
    const double *one = a, *two = b;

    return *one < *two ? -1 : *one > *two;
}

static size_t count_games(const struct table *table)
{
    size_t draws = table->rest->live_count + 1, games;

    for (size_t task = 0; task < table->task_count; task++)
        draws += table->played[task];
    games = DRAWS_MAX / draws;
    return games < GAMES_MIN ? GAMES_MIN : games > GAMES ? GAMES : games;
}

static double play_all(const struct table *table)
{
    struct game game = { .free_ms = xcalloc(table->rest->live_count + 1, sizeof(double)) };
    struct splitmix random = { .state = SEED };
    size_t games = count_games(table);
    double ends_ms[GAMES];

    for (size_t i = 0; i < games; i++)
        ends_ms[i] = play(table, &game, &random);
    qsort(ends_ms, games, sizeof ends_ms[0], by_size);
    free(game.free_ms);
    return ends_ms[games / 2];
}

/* The first of those not yet begun count by their mean, the last PLAYED_MAX are played. */
static void set_played(struct table *table)
{
    size_t left = 0, places = table->rest->live_count > 0 ? table->rest->live_count : 1;

    for (size_t task = 0; task < table->task_count; task++)
        left += table->rest->unbegun[task];
    for (size_t task = 0; task < table->task_count; task++) {
        size_t unbegun = table->rest->unbegun[task], over = left > PLAYED_MAX ? left - PLAYED_MAX : 0;
        size_t skipped = over < unbegun ? over : unbegun;
        table->played[task] = unbegun - skipped;
        table->skipped_ms += (double)skipped * table->curves[task].mean_ms / (double)places;
        left -= skipped;
    }
}

static bool is_beyond(const struct table *table)
{
    for (size_t i = 0; i < table->rest->live_count; i++)
        if ((double)table->rest->live[i].age_ms > table->curves[table->rest->live[i].task].finished_ms)
            return true;
    return false;
}

struct forecast_end forecast_end(const struct forecast *forecast, const struct forecast_rest *rest)
{
    struct table table = { .rest = rest, .task_count = forecast->task_count };
    struct forecast_end end = { .left_ms = -1 };

    if (forecast->all.sum < FORECAST_FINISHED_MIN)
        return end;
    table.curves = xcalloc(table.task_count + 1, sizeof table.curves[0]);
    table.played = xcalloc(table.task_count + 1, sizeof table.played[0]);
    for (size_t task = 0; task < table.task_count; task++)
        build_curve(&table.curves[task], forecast, rest, task);
    set_played(&table);
    end.left_ms = (int64_t)play_all(&table);
    end.is_beyond = is_beyond(&table);
    free(table.played);
    free(table.curves);
    return end;
}

int64_t forecast_quantile_ms(const struct forecast *forecast, double share)
{
    double below = 0;

    if (forecast->all.sum < FORECAST_FINISHED_MIN)
        return -1;
    for (size_t i = 0; i < BINS; i++) {
        below += forecast->all.weight[i];
        if (below >= share * forecast->all.sum)
            return (int64_t)forecast->edges_ms[i + 1];
    }
    return (int64_t)forecast->edges_ms[BINS];
}
