/*
 * backoff: how long to wait before the next try, for who fetches one thing after another and may block. Twice as long
 * each time, drawn anew from nothing to that bound; what the server asks for counts where it is longer.
 */
#ifndef VERNIER_BASE_BACKOFF_H
#define VERNIER_BASE_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/base/random.h"

#define BACKOFF_TRIES_MAX 8        /* in a row, nothing having come */

struct backoff {
    int tries;                     /* in a row; back to 0 by whoever got something */
    struct splitmix jitter;
};

struct backoff backoff_new(void);

/* Counts a try that came to nothing. The wait in ms, or -1: enough was tried, or the server wants to be left alone for
 * longer than five minutes. retry_after_ms: what it asked for, -1 where it did not. */
int64_t backoff_next_ms(struct backoff *backoff, int64_t retry_after_ms);

/* Sleeps, in short naps: before each, go_on is asked (NULL: nobody is) and ends it with 0. True: all of it was slept. */
bool backoff_sleep(int64_t wait_ms, int (*go_on)(void *asked), void *asked);

#endif
