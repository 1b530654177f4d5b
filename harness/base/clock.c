#include "harness/base/clock.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* The years 1 to 9999: what fits the formats. A time outside is shown as the nearest inside. */
#define UTC_MS_MIN INT64_C(-62135596800000)
#define UTC_MS_MAX INT64_C(253402300799999)

static struct timespec read_clock(clockid_t id)
{
    struct timespec now;
    int failed = clock_gettime(id, &now);

    assert(failed == 0);
    return now;
}

static int64_t read_ms(clockid_t id)
{
    struct timespec now = read_clock(id);

    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_utc_ms(void)
{
    return read_ms(CLOCK_REALTIME);
}

int64_t clock_monotonic_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

double clock_monotonic_us(void)
{
    struct timespec now = read_clock(CLOCK_MONOTONIC);

    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* strftime with digits only, so the locale says nothing; but its %Y does not pad, so the year is written apart. */
static void format(int64_t utc_ms, const char *fmt, char *out, size_t size)
{
    struct tm tm;
    time_t seconds;
    char year[16];

    if (utc_ms < UTC_MS_MIN)
        utc_ms = UTC_MS_MIN;
    if (utc_ms > UTC_MS_MAX)
        utc_ms = UTC_MS_MAX;
    seconds = (time_t)(utc_ms / 1000 - (utc_ms % 1000 < 0));
    gmtime_r(&seconds, &tm);
    snprintf(year, sizeof year, "%04d", tm.tm_year + 1900);
    memcpy(out, year, 4);
    strftime(out + 4, size - 4, fmt, &tm);
}

int clock_bound_wait(int64_t due_ms, int most_ms)
{
    int64_t left_ms = due_ms == INT64_MAX ? INT64_MAX : due_ms - clock_monotonic_ms();

    if (left_ms < 0)
        return 0;
    return left_ms < most_ms ? (int)left_ms : most_ms;
}

void clock_format_compact(int64_t utc_ms, char out[17])
{
    format(utc_ms, "%m%dT%H%M%SZ", out, 17);
}

void clock_format(int64_t utc_ms, char out[20])
{
    format(utc_ms, "-%m-%d %H:%M:%S", out, 20);
}
