/*
 * odd: a wall clock that jumps an hour in mid-run, and system calls that are interrupted all the time, change nothing:
 * no wait gets longer or shorter, no deadline comes early, the rows are the same.
 *
 *     storm_odd VERNIER FAKE_SERVER SCRIPTS SHIM
 */
#include <stdio.h>

#include "harness/base/arena.h"
#include "tests/storm/course.h"

#define SAMPLES 100

/* A run takes some seconds; with signs of an hour's jump in it, it would take far more, or end at once. */
#define RUN_MS_MAX 60000
#define JUMP_AFTER "ODD_JUMP_AFTER_MS=2500"

static const struct oddity { const char *what, *variables[2]; } ODDITIES[] = {
    { "all in order", { NULL } },
    { "an hour forwards", { "ODD_JUMP_MS=3600000", JUMP_AFTER } },
    { "an hour backwards", { "ODD_JUMP_MS=-3600000", JUMP_AFTER } },
    { "a signal a millisecond", { "ODD_TICK_US=1000" } },
};

static const char *const PATIENT[] = { "patience_s=1200", "first_byte_s=600", "idle_s=600", "total_s=1500",
                                       "price_in=1", "price_out=2", NULL };

static int run_one(struct course *course, const struct oddity *oddity, const char *shim, struct outcome *out,
                   struct err *err)
{
    const char *environment[] = {
        arena_printf(course->arena, "LD_PRELOAD=%s", shim), "ASAN_OPTIONS=verify_asan_link_order=0",
        oddity->variables[0], oddity->variables[1], NULL,
    };
    struct weather weather = { "odd.script", "16", PATIENT, environment };

    return course_run(course, &weather, out, err);
}

/* By how many minutes the clock seems to have moved between the first call and the last. */
static long moved_min(const struct outcome *outcome)
{
    return course_count(outcome, "SELECT (l.started_ms - f.started_ms) / 60000 FROM call f, call l "
                                 "WHERE f.id = (SELECT min(id) FROM call) AND l.id = (SELECT max(id) FROM call)");
}

static bool holds(const struct outcome *outcome, size_t differ, const struct oddity *oddity)
{
    bool should_move = oddity->variables[1] != NULL, moved = moved_min(outcome) >= 50 || moved_min(outcome) <= -50;

    return outcome->code == 0 && differ == 0 && outcome->elapsed_ms < RUN_MS_MAX && moved == should_move &&
           course_count(outcome, "SELECT count(*) FROM samples WHERE outcome = 'scored'") == SAMPLES &&
           course_count(outcome, "SELECT count(*) FROM call WHERE status = 0") == 0 &&
           course_count(outcome, "SELECT count(*) FROM call") == (long)outcome->requests &&
           course_count(outcome, "SELECT count(*) FROM call WHERE wait_ms > 1100 OR elapsed_ms > 30000") == 0;
}

/* 1: it holds; 0: it does not; -1: err set. */
static int meet(struct course *course, const struct oddity *oddity, const char *shim, struct buf *expected,
                struct err *err)
{
    struct outcome outcome;
    struct buf found;
    int result = -1;

    buf_init(&found, 0);
    if (run_one(course, oddity, shim, &outcome, err) == 0 && course_rows(&outcome, &found, err) == 0) {
        if (expected->length == 0)
            buf_add(expected, found.data, found.length);
        size_t differ = course_compare(expected, &found);
        result = holds(&outcome, differ, oddity);
        printf("%s: %zu requests in %.1f s, %zu differ, the clock moved by %ld min%s\n", oddity->what, outcome.requests,
               (double)outcome.elapsed_ms / 1000, differ, moved_min(&outcome), result ? "" : ": this is WRONG");
    }
    buf_fini(&found);
    return result;
}

int main(int argc, char **argv)
{
    struct course course;
    struct err err = ERR_INIT;
    struct buf expected;
    int result = course_open(&course, argc, argv, SAMPLES, &err), held = argc > 4;
    size_t met = 0;

    buf_init(&expected, 0);
    for (size_t i = 0; held && result >= 0 && i < sizeof ODDITIES / sizeof ODDITIES[0]; i++) {
        result = meet(&course, &ODDITIES[i], argv[4], &expected, &err);
        held = result == 1;
        met += held ? SAMPLES : 0;
    }
    if (result < 0)
        printf("%s\n", err.text);
    if (held)
        printf("promise: %zu tried, 0 failed\n", met - SAMPLES);      /* the first is what the others are held against */
    buf_fini(&expected);
    course_close(&course, !held);
    return !held;
}
