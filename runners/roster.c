#include "runners/roster.h"

#include <utlist.h>

#include "harness/base/clock.h"
#include "harness/engine/runner.h"

struct roster roster_begin(void)
{
    return (struct roster){ .nearest_ms = INT64_MAX };
}

static void leave(struct roster *roster, struct errand *errand)
{
    DL_DELETE(roster->lists[errand->place], errand);
}

static void stand(struct errand *errand, enum errand_place place)
{
    errand->place = place;
    errand->since_ms = clock_monotonic_ms();
}

void roster_hold(struct roster *roster, struct errand *errand)
{
    stand(errand, ERRAND_HELD);
    DL_APPEND(roster->lists[ERRAND_HELD], errand);
}

void roster_hold_again(struct roster *roster, struct errand *errand)
{
    leave(roster, errand);
    stand(errand, ERRAND_HELD);
    DL_PREPEND(roster->lists[ERRAND_HELD], errand);
}

void roster_fly(struct roster *roster, struct errand *errand)
{
    leave(roster, errand);
    stand(errand, ERRAND_FLYING);
    DL_APPEND(roster->lists[ERRAND_FLYING], errand);
}

void roster_postpone(struct roster *roster, struct errand *errand)
{
    leave(roster, errand);
    stand(errand, ERRAND_WAITING);
    DL_APPEND(roster->lists[ERRAND_WAITING], errand);
    if (errand->due_ms < roster->nearest_ms)
        roster->nearest_ms = errand->due_ms;
}

void roster_hold_due(struct roster *roster)
{
    int64_t now_ms = clock_monotonic_ms();
    struct errand *errand, *next, *due = NULL;

    if (now_ms < roster->nearest_ms)
        return;
    roster->nearest_ms = INT64_MAX;
    DL_FOREACH_SAFE(roster->lists[ERRAND_WAITING], errand, next) {
        if (errand->due_ms <= now_ms) {
            leave(roster, errand);
            stand(errand, ERRAND_HELD);
            DL_APPEND(due, errand);
        } else if (errand->due_ms < roster->nearest_ms) {
            roster->nearest_ms = errand->due_ms;
        }
    }
    DL_CONCAT(due, roster->lists[ERRAND_HELD]);
    roster->lists[ERRAND_HELD] = due;
}

void roster_drop(struct roster *roster, struct errand *errand)
{
    leave(roster, errand);
    errand_free(errand);
    if (roster->lists[ERRAND_WAITING] == NULL)
        roster->nearest_ms = INT64_MAX;
}

const struct errand *roster_find(const struct roster *roster, const struct ask *ask)
{
    const struct errand *errand;

    for (int place = 0; place < ERRAND_PLACES; place++)
        DL_FOREACH(roster->lists[place], errand)
            if (errand->ask == ask)
                return errand;
    return NULL;
}

static size_t count(const struct roster *roster, enum errand_place place)
{
    const struct errand *errand;
    size_t sum = 0;

    DL_COUNT(roster->lists[place], errand, sum);
    return sum;
}

static size_t count_later(const struct roster *roster)
{
    const struct errand *errand;
    size_t sum = 0;

    DL_FOREACH(roster->lists[ERRAND_WAITING], errand)
        sum += errand->was_refused;
    return sum;
}

void roster_load(const struct roster *roster, struct runner_load *out)
{
    out->calling = count(roster, ERRAND_FLYING);
    out->retrying = count(roster, ERRAND_WAITING);
    out->held = count(roster, ERRAND_HELD);
    out->later = count_later(roster);
    out->next_ms = roster->nearest_ms == INT64_MAX ? 0 : roster->nearest_ms;
}
