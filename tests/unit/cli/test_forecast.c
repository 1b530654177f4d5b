/*
 * Runs that are made up: durations drawn from a law, so many places, the end known. At several moments the forecast and
 * the straight line say how much time is left; the errors of both are printed.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "harness/base/random.h"
#include "harness/cli/forecast.h"

#define EPISODES_MAX 2000
#define PLACES_MAX 64
#define RUNS 20

static double draw_normal(struct splitmix *random)
{
    double u = 1 - splitmix_unit(random), v = splitmix_unit(random);

    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

/* Thinking models: most are done soon, some go on long, none past the token limit. */
static double thinking(struct splitmix *random)
{
    double s = 30 * exp(draw_normal(random));

    return s < 600 ? s : 600;
}

/* One in ten runs into the limit. */
static double limited(struct splitmix *random)
{
    return splitmix_unit(random) < 0.1 ? 300 : 5 + 10 * splitmix_unit(random);
}

static double even(struct splitmix *random)
{
    return 20 + 2 * splitmix_unit(random);
}

static double forgetful(struct splitmix *random)
{
    return -40 * log(1 - splitmix_unit(random));
}

static const struct law {
    const char *name;
    double (*draw)(struct splitmix *random);
    size_t episodes, places;
} LAWS[] = {
    { "thinking, 200 over 16", thinking, 200, 16 },
    { "thinking, 2000 over 64", thinking, 2000, 64 },
    { "one in ten at the limit", limited, 200, 16 },
    { "all alike", even, 200, 16 },
    { "exponential", forgetful, 500, 32 },
};

struct play { double begun_s[EPISODES_MAX], took_s[EPISODES_MAX], end_s; size_t count; };

static void play_run(struct play *play, const struct law *law, uint64_t seed)
{
    struct splitmix random = { .state = seed };
    double free_s[PLACES_MAX] = { 0 };

    *play = (struct play){ .count = law->episodes };
    for (size_t i = 0; i < law->episodes; i++) {
        size_t first = 0;
        for (size_t k = 1; k < law->places; k++)
            first = free_s[k] < free_s[first] ? k : first;
        play->begun_s[i] = free_s[first];
        play->took_s[i] = law->draw(&random);
        free_s[first] += play->took_s[i];
        play->end_s = free_s[first] > play->end_s ? free_s[first] : play->end_s;
    }
}

static int by_size(const void *a, const void *b)
{
    const double *one = a, *two = b;

    return *one < *two ? -1 : *one > *two;
}

/* When so many have finished. */
static double moment(const struct play *play, size_t finished)
{
    double ends_s[EPISODES_MAX];

    for (size_t i = 0; i < play->count; i++)
        ends_s[i] = play->begun_s[i] + play->took_s[i];
    qsort(ends_s, play->count, sizeof ends_s[0], by_size);
    return ends_s[finished - 1] + 0.001;
}

/* What is known of the run at now_s: the seconds left as each of the two says. */
static void guess(const struct play *play, double now_s, double *forecast_s, double *line_s)
{
    struct forecast *forecast = forecast_new(1);
    struct forecast_live live[PLACES_MAX];
    size_t done = 0, unbegun = 0, out = 0;

    for (size_t i = 0; i < play->count; i++)
        if (play->begun_s[i] > now_s) {
            unbegun++;
        } else if (play->begun_s[i] + play->took_s[i] > now_s) {
            live[out++] = (struct forecast_live){ .age_ms = (int64_t)(1000 * (now_s - play->begun_s[i])) };
        } else {
            forecast_add(forecast, 0, (int64_t)(1000 * play->took_s[i]));
            done++;
        }
    const struct forecast_rest rest = { .unbegun = &unbegun, .live = live, .live_count = out };
    *forecast_s = (double)forecast_end(forecast, &rest).left_ms / 1000;
    *line_s = now_s * (double)(play->count - done) / (double)done;
    forecast_free(forecast);
}

/* Mean absolute errors, as shares of the whole run's length, over RUNS runs, when share of it has finished. */
static void measure(const struct law *law, double share, double *forecast_error, double *line_error)
{
    static struct play play;

    *forecast_error = *line_error = 0;
    for (uint64_t seed = 1; seed <= RUNS; seed++) {
        double forecast_s, line_s, now_s, left_s;
        size_t finished = (size_t)(share * (double)law->episodes);
        play_run(&play, law, seed);
        now_s = moment(&play, finished < law->episodes ? finished : law->episodes - 1);
        left_s = play.end_s - now_s;
        guess(&play, now_s, &forecast_s, &line_s);
        *forecast_error += fabs(forecast_s - left_s) / play.end_s / RUNS;
        *line_error += fabs(line_s - left_s) / play.end_s / RUNS;
    }
}

/* Nowhere is it much worse than the line, at the tail it is far better, and over all it is better. */
static void test_forecast_end_errs_less_than_a_straight_line(void **state)
{
    static const double SHARES[] = { 0.1, 0.25, 0.5, 0.75, 0.9, 0.97, 1 };
    double sum = 0, line_sum = 0;

    (void)state;
    print_message("mean error in %% of the run's length, %d runs each: forecast (straight line)\n%-26s", RUNS, "done");
    for (size_t s = 0; s < sizeof SHARES / sizeof SHARES[0]; s++)
        print_message(SHARES[s] < 1 ? "%12.0f %%" : "    last one", 100 * SHARES[s]);
    for (size_t i = 0; i < sizeof LAWS / sizeof LAWS[0]; i++) {
        print_message("\n%-26s", LAWS[i].name);
        for (size_t s = 0; s < sizeof SHARES / sizeof SHARES[0]; s++) {
            double error, line_error;
            measure(&LAWS[i], SHARES[s], &error, &line_error);
            print_message(" %5.1f (%5.1f)", 100 * error, 100 * line_error);
            assert_true(error < line_error + 0.06);
            sum += error;
            line_sum += line_error;
        }
    }
    print_message("\nin all %.1f (%.1f)\n", 100 * sum / 35, 100 * line_sum / 35);
    assert_true(sum < 0.7 * line_sum);
}

/* A thousand have taken 10 s, one is out for ten minutes. */
static void test_forecast_end_says_when_one_is_older_than_all(void **state)
{
    struct forecast *forecast = forecast_new(1);
    struct forecast_live live = { .age_ms = 10 };
    size_t unbegun = 0;
    const struct forecast_rest rest = { .unbegun = &unbegun, .live = &live, .live_count = 1 };
    struct forecast_end end;

    (void)state;
    for (int i = 0; i < 1000; i++)
        forecast_add(forecast, 0, 10000);
    end = forecast_end(forecast, &rest);
    assert_in_range(end.left_ms, 9000, 11000);
    assert_false(end.is_beyond);
    live.age_ms = 600000;
    end = forecast_end(forecast, &rest);
    assert_true(end.is_beyond);
    assert_in_range(end.left_ms, 10000, 600000);
    forecast_free(forecast);
}

/* The second task's take ten times as long; those of a task that none has finished of count as any. */
static void test_forecast_end_tells_tasks_apart(void **state)
{
    struct forecast *forecast = forecast_new(3);
    struct forecast_live live = { .task = 0 };
    size_t first[] = { 10, 0, 0 }, second[] = { 0, 10, 0 }, third[] = { 0, 0, 10 };
    struct forecast_rest rest = { .unbegun = first, .live = &live, .live_count = 1 };

    (void)state;
    for (int i = 0; i < 50; i++) {
        forecast_add(forecast, 0, 1000);
        forecast_add(forecast, 1, 10000);
    }
    assert_in_range(forecast_end(forecast, &rest).left_ms, 10000, 12500);
    rest.unbegun = second;
    assert_in_range(forecast_end(forecast, &rest).left_ms, 95000, 110000);
    rest.unbegun = third;
    assert_in_range(forecast_end(forecast, &rest).left_ms, 30000, 90000);
    forecast_free(forecast);
}

static void test_forecast_end_does_not_know_at_first(void **state)
{
    struct forecast *forecast = forecast_new(1);
    size_t unbegun = 1000000;
    const struct forecast_rest rest = { .unbegun = &unbegun };

    (void)state;
    for (int i = 0; i < FORECAST_FINISHED_MIN; i++) {
        assert_int_equal(forecast_end(forecast, &rest).left_ms, -1);
        assert_int_equal(forecast_quantile_ms(forecast, 0.9), -1);
        forecast_add(forecast, 0, 2000);
    }
    assert_in_range(forecast_end(forecast, &rest).left_ms, 1900000000, 2100000000);      /* most of them by their mean */
    forecast_free(forecast);
}

static void test_forecast_add_takes_any_duration(void **state)
{
    static const int64_t TIMES[] = { 0, 1, 9, 10, 11, 1000, 86400000, INT64_MAX };
    struct forecast *forecast = forecast_new(1);
    size_t unbegun = 3;
    struct forecast_live live[] = { { .age_ms = 0 }, { .age_ms = INT64_MAX } };
    const struct forecast_rest rest = { .unbegun = &unbegun, .live = live, .live_count = 2 };

    (void)state;
    for (int i = 0; i < 10000; i++)
        forecast_add(forecast, 0, TIMES[i % 8]);
    assert_true(forecast_end(forecast, &rest).left_ms >= 0);
    assert_true(forecast_quantile_ms(forecast, 0.5) < 100);
    assert_true(forecast_quantile_ms(forecast, 0.8) > 80000000);
    forecast_free(forecast);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forecast_end_errs_less_than_a_straight_line),
        cmocka_unit_test(test_forecast_end_says_when_one_is_older_than_all),
        cmocka_unit_test(test_forecast_end_tells_tasks_apart),
        cmocka_unit_test(test_forecast_end_does_not_know_at_first),
        cmocka_unit_test(test_forecast_add_takes_any_duration),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
