/*
 * clock: what time it is. Deadlines use the monotonic clock only, so a clock that jumps moves no deadline.
 */
#ifndef VERNIER_BASE_CLOCK_H
#define VERNIER_BASE_CLOCK_H

#include <stdint.h>

int64_t clock_utc_ms(void);             /* since 1970, for records */
int64_t clock_monotonic_ms(void);       /* since some start, for deadlines and durations */
double clock_monotonic_us(void);        /* the same, for what takes less than a millisecond */

/* For how long to sleep until then (monotonic; INT64_MAX: nothing is due): from 0 to most_ms. */
int clock_bound_wait(int64_t due_ms, int most_ms);

/* "20261121T194851Z", as run ids begin. */
void clock_format_compact(int64_t utc_ms, char out[17]);
/* "2026-11-21 19:48:51", UTC, for people. */
void clock_format(int64_t utc_ms, char out[20]);

#endif
