#include "harness/base/backoff.h"

#include <time.h>

#include "harness/base/clock.h"

#define FIRST_MS 500.0
#define BOUND_MS 30000.0
#define RETRY_AFTER_MAX_MS (5 * 60 * 1000)
#define NAP_MS 200

struct backoff backoff_new(void)
{
    return (struct backoff){ .jitter = { .state = (uint64_t)clock_utc_ms() } };
}

int64_t backoff_next_ms(struct backoff *backoff, int64_t retry_after_ms)
{
    double bound_ms = FIRST_MS * (double)(1 << backoff->tries);
    int64_t wait_ms = (int64_t)((bound_ms < BOUND_MS ? bound_ms : BOUND_MS) * splitmix_unit(&backoff->jitter));

    if (++backoff->tries >= BACKOFF_TRIES_MAX || retry_after_ms > RETRY_AFTER_MAX_MS)
        return -1;
    return retry_after_ms > wait_ms ? retry_after_ms : wait_ms;
}

bool backoff_sleep(int64_t wait_ms, int (*go_on)(void *asked), void *asked)
{
    int64_t until_ms = clock_monotonic_ms() + wait_ms, left_ms;

    while ((left_ms = until_ms - clock_monotonic_ms()) > 0) {
        const struct timespec rest = { 0, (left_ms < NAP_MS ? left_ms : NAP_MS) * 1000000 };

        if (go_on != NULL && go_on(asked) == 0)
            return false;
        nanosleep(&rest, NULL);
    }
    return true;
}
