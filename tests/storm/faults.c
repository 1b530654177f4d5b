/*
 * faults: a thousand samples through a storm end as in calm weather: the same rows, none lost, none doubled, at a bounded
 * cost in requests and in waiting.
 *
 *     storm_faults VERNIER FAKE_SERVER SCRIPTS
 */
#include <stdio.h>

#include "tests/storm/course.h"

#define SAMPLES 1000

/* Waits told by the server may last a fifth longer in all than it asked for. */
#define WAIT_SLACK 1.2
#define REQUESTS_PER_SAMPLE_MAX 2.5

static const char *const SHORT_PATIENCE[] = { "first_byte_s=0.3", "idle_s=0.3", "tries=12",
                                              "price_in=1", "price_out=2", NULL };
static const struct weather CALM = { "calm.script", "32", SHORT_PATIENCE, NULL };
static const struct weather STORM = { "faults.script", "32", SHORT_PATIENCE, NULL };

struct figures { size_t differ; long lost, doubled, uncounted, refused, asked_ms, waited_ms, other_ms; };

/* A wait stands in the row of the call after it. */
#define WAITS(condition) \
    "SELECT coalesce(sum(c.wait_ms), 0) FROM call c JOIN call before ON before.ask = c.ask AND before.try = c.try - 1 " \
    "WHERE before.status " condition " 429"

static struct figures measure(const struct outcome *storm, size_t differ)
{
    struct figures f = { .differ = differ };

    f.lost = SAMPLES - course_count(storm, "SELECT count(*) FROM samples WHERE outcome = 'scored'");
    f.doubled = course_count(storm, "SELECT count(*) - count(DISTINCT sample) FROM episode")
                + course_count(storm, "SELECT count(*) - count(DISTINCT episode) FROM ask WHERE kind = 'model'");
    f.uncounted = (long)storm->requests - course_count(storm, "SELECT count(*) FROM call");
    f.refused = course_count(storm, "SELECT count(*) FROM call WHERE status = 429");
    f.asked_ms = f.refused * 1000;
    f.waited_ms = course_count(storm, WAITS("="));
    f.other_ms = course_count(storm, WAITS("<>"));
    return f;
}

static bool holds(const struct outcome *storm, const struct figures *f)
{
    return storm->code == 0 && f->differ == 0 && f->lost == 0 && f->doubled == 0 && f->uncounted == 0
           && (double)storm->requests <= REQUESTS_PER_SAMPLE_MAX * SAMPLES
           && f->refused > SAMPLES / 4 && storm->requests > SAMPLES * 14 / 10      /* it did storm */
           && f->waited_ms >= f->asked_ms && (double)f->waited_ms <= WAIT_SLACK * (double)f->asked_ms;
}

static void print(const struct outcome *calm, const struct outcome *storm, const struct figures *f)
{
    printf("%d samples: %zu requests, %ld lost, %ld doubled, %zu differ, %ld requests without a row\n", SAMPLES,
           storm->requests, f->lost, f->doubled, f->differ, f->uncounted);
    printf("refused %ld times for a second: waited %.1f s for it, %.1f s after other faults\n", f->refused,
           (double)f->waited_ms / 1000, (double)f->other_ms / 1000);
    printf("%.1f s in calm, %.1f s in the storm\n", (double)calm->elapsed_ms / 1000, (double)storm->elapsed_ms / 1000);
}

/* 1: it holds; 0: it does not; -1: err set. */
static int weather_both(struct course *course, struct err *err)
{
    struct outcome calm, storm;
    struct figures figures;
    struct buf expected, found;
    int result = -1;

    buf_init(&expected, 0);
    buf_init(&found, 0);
    if (course_run(course, &CALM, &calm, err) == 0 && course_run(course, &STORM, &storm, err) == 0 &&
        course_rows(&calm, &expected, err) == 0 && course_rows(&storm, &found, err) == 0) {
        figures = measure(&storm, course_compare(&expected, &found));
        print(&calm, &storm, &figures);
        printf("promise: %d tried, %zu failed\n", SAMPLES, figures.differ + (size_t)(figures.lost + figures.doubled));
        result = calm.code == 0 && calm.requests == SAMPLES && holds(&storm, &figures);
    }
    buf_fini(&found);
    buf_fini(&expected);
    return result;
}

int main(int argc, char **argv)
{
    struct course course;
    struct err err = ERR_INIT;
    int result = course_open(&course, argc, argv, SAMPLES, &err);

    if (result == 0)
        result = weather_both(&course, &err);
    if (result < 0)
        printf("%s\n", err.text);
    course_close(&course, result != 1);
    return result != 1;
}
