#include "harness/base/rate.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* No limit of anybody's lasts longer; a clock that is wrong by hours must not stop a night. */
#define WAIT_MAX_MS ((int64_t)10 * 60 * 1000)

static bool is_nothing(const char *remaining)
{
    char *end;
    double left = strtod(remaining, &end);

    return end != remaining && end[strspn(end, " \t")] == '\0' && left <= 0;
}

/* What stands behind the seconds, "Z" or "+02:00", in minutes east; false: neither. */
static bool read_zone(const char *text, int *minutes)
{
    int hour, minute, length = 0;

    *minutes = 0;
    if (strcmp(text, "Z") == 0 || strcmp(text, "z") == 0)
        return true;
    if (sscanf(text, "%*1[+-]%2d:%2d%n", &hour, &minute, &length) != 2 || text[length] != '\0')
        return false;
    *minutes = (hour * 60 + minute) * (*text == '-' ? -1 : 1);
    return hour >= 0 && hour < 24 && minute >= 0 && minute < 60;
}

/* -1: no such date. */
static int64_t read_date_ms(const char *text)
{
    struct tm parts = { 0 };
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &parts);
    int minutes;

    if (rest == NULL)
        return -1;
    if (*rest == '.')
        rest += 1 + strspn(rest + 1, "0123456789");
    return read_zone(rest, &minutes) ? ((int64_t)timegm(&parts) - minutes * 60) * 1000 : -1;
}

static const struct unit { const char *name; double ms; } UNITS[] = {
    { "ms", 1 }, { "s", 1000 }, { "m", 60e3 }, { "h", 3600e3 }, { "d", 24 * 3600e3 },
};

static const struct unit *find_unit(const char *text, size_t length)
{
    for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++)
        if (strlen(UNITS[i].name) == length && strncmp(UNITS[i].name, text, length) == 0)
            return &UNITS[i];
    return NULL;
}

/* "1m30.5s"; a number alone is seconds. -1: no duration. */
static int64_t read_duration_ms(const char *text)
{
    double sum_ms = 0;
    char *end;

    if (*text == '\0')
        return -1;
    while (*text != '\0') {
        double value = strtod(text, &end);
        size_t length = strspn(end, "dhms");
        const struct unit *unit = length > 0 ? find_unit(end, length) : *end == '\0' ? &UNITS[1] : NULL;

        if (end == text || unit == NULL || !(value >= 0 && value < 1e9))
            return -1;
        sum_ms += value * unit->ms;
        text = end + length;
    }
    return sum_ms < 1e15 ? (int64_t)sum_ms : (int64_t)1e15;
}

int64_t rate_wait_ms(const char *remaining, const char *reset, int64_t utc_ms)
{
    int64_t wait_ms;

    if (remaining == NULL || reset == NULL || !is_nothing(remaining))
        return -1;
    wait_ms = read_date_ms(reset);
    if (wait_ms >= 0)
        wait_ms = wait_ms > utc_ms ? wait_ms - utc_ms : 0;
    else
        wait_ms = read_duration_ms(reset);
    return wait_ms < WAIT_MAX_MS ? wait_ms : WAIT_MAX_MS;
}
