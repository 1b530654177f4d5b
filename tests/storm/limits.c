/*
 * limits: servers that bear so many calls at once, or so many a second, soon get no more than that, and few are refused;
 * an overload that passes is forgotten.
 *
 *     storm_limits VERNIER FAKE_SERVER SCRIPTS
 */
#include <stdio.h>

#include "tests/storm/course.h"

#define SAMPLES 1000

/* The mean number of calls in flight, in tenths, over the last hundred that were answered. */
#define IN_FLIGHT_AT_THE_END \
    "SELECT 10 * sum(elapsed_ms) / (max(started_ms + elapsed_ms) - min(started_ms)) FROM (SELECT started_ms, elapsed_ms " \
    "FROM call WHERE status = 200 ORDER BY started_ms DESC LIMIT 100 OFFSET 30)"

static const struct server {
    const char *what;
    struct weather weather;
    double refused_max;             /* share of the calls */
    long at_end_min, at_end_max;    /* in flight, in tenths */
} SERVERS[] = {
    { "eight at once", { "at-once.script", "64", NULL, NULL }, 0.15, 50, 95 },
    { "eighty a second", { "a-second.script", "64", NULL, NULL }, 0.25, 5, 640 },
    { "eighty a second, mute", { "a-second-mute.script", "64", NULL, NULL }, 0.25, 5, 640 },
    { "a passing overload", { "passing.script", "32", NULL, NULL }, 0.10, 120, 330 },
};

/* 1: it holds; 0: it does not; -1: err set. */
static int limit(struct course *course, const struct server *server, struct err *err)
{
    struct outcome outcome;
    long scored, refused, at_end;
    double share;
    bool holds;

    if (course_run(course, &server->weather, &outcome, err) < 0)
        return -1;
    scored = course_count(&outcome, "SELECT count(*) FROM samples WHERE outcome = 'scored' AND score = 1");
    refused = course_count(&outcome, "SELECT count(*) FROM call WHERE status <> 200");
    at_end = course_count(&outcome, IN_FLIGHT_AT_THE_END);
    share = (double)refused / (double)outcome.requests;
    holds = outcome.code == 0 && scored == SAMPLES && outcome.requests == (size_t)(SAMPLES + refused) &&
            share <= server->refused_max && at_end >= server->at_end_min && at_end <= server->at_end_max;
    printf("%s: %ld of %d scored in %.1f s, %zu calls, %.1f%% refused, %.1f in flight at the end%s\n", server->what, scored,
           SAMPLES, (double)outcome.elapsed_ms / 1000, outcome.requests, 100 * share, (double)at_end / 10,
           holds ? "" : ": this is NOT within bounds");
    return holds;
}

int main(int argc, char **argv)
{
    struct course course;
    struct err err = ERR_INIT;
    int result = course_open(&course, argc, argv, SAMPLES, &err), held = 1;

    for (size_t i = 0; result >= 0 && i < sizeof SERVERS / sizeof SERVERS[0]; i++) {
        result = limit(&course, &SERVERS[i], &err);
        held = held && result == 1;
    }
    if (result < 0)
        printf("%s\n", err.text);
    course_close(&course, result < 0 || !held);
    return result < 0 || !held;
}
