#include "harness/engine/look.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "harness/base/mem.h"
#include "harness/engine/engine_setup.h"
#include "harness/engine/episode.h"
#include "harness/engine/seat.h"

/* The lower of two where 0 is none. */
static int64_t lower(int64_t a, int64_t b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

/* One runner may play several roles. */
static bool is_first(const struct engine_setup *setup, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (setup->bindings[k].runner == setup->bindings[i].runner)
            return false;
    return true;
}

void look_load(const struct look *look, struct runner_load *out)
{
    const struct engine_setup *setup = look->setup;

    *out = (struct runner_load){ .limit = 0 };
    for (size_t i = 0; i < setup->binding_count; i++) {
        const struct binding *binding = &setup->bindings[i];
        struct runner_load load;
        if (binding->kind != ASK_MODEL || runner_type(binding->runner)->load == NULL || !is_first(setup, i))
            continue;
        runner_type(binding->runner)->load(binding->runner, &load);
        out->calling += load.calling;
        out->retrying += load.retrying;
        out->later += load.later;
        out->held += load.held;
        out->limit = (size_t)lower((int64_t)out->limit, (int64_t)load.limit);
        out->next_ms = lower(out->next_ms, load.next_ms);
    }
}

size_t look_live(const struct look *look, struct look_live *out, size_t max)
{
    const struct seat *seat;
    size_t count = 0;

    DL_FOREACH2(*look->live, seat, live_next) {
        if (count == max)
            return count;
        out[count++] = (struct look_live){ .index = seat->index, .begun_ms = seat->begun_ms };
    }
    return count;
}

/* Of the asks of its step the first that is at a runner; else, while some are open, one that waits for room. */
static const struct ask *find_open(const struct episode *ep)
{
    for (size_t i = 0; i < ep->ask_count; i++)
        if (ep->asks[i]->is_out)
            return ep->asks[i];
    return ep->ask_open > 0 ? ep->asks[ep->ask_count - 1] : NULL;
}

static void explain(const struct look *look, struct look_wait *wait)
{
    const struct engine_setup *setup = look->setup;
    size_t i = binding_find(setup->bindings, setup->binding_count, wait->ask);
    const struct runner *runner = i < setup->binding_count ? setup->bindings[i].runner : NULL;

    wait->at = (struct runner_wait){ .tries = 0 };
    if (*look->holding && wait->ask->episode->outcome != OUTCOME_NONE)
        snprintf(wait->at.words, sizeof wait->at.words, "turned down, as all were so far; those still out will tell");
    else if (wait->ask->episode->outcome != OUTCOME_NONE)
        snprintf(wait->at.words, sizeof wait->at.words, "failed; waits to see whether others are answered");
    else if (!wait->ask->is_out)
        snprintf(wait->at.words, sizeof wait->at.words, "waits for room: %zu asks at once",
                 setup->in_flight_max[wait->ask->kind]);
    else if (runner != NULL && runner_type(runner)->explain != NULL)
        runner_type(runner)->explain(runner, wait->ask, &wait->at);
}

static bool describe(const struct seat *seat, struct look_wait *out)
{
    if (seat->ep == NULL)
        return false;
    *out = (struct look_wait){ .ask = find_open(seat->ep), .since_ms = seat->begun_ms };
    if (out->ask == NULL && seat_is_suspect(seat) && seat->ep->heard_count > 0)
        out->ask = seat->ep->heard[0];
    else if (out->ask != NULL && out->ask->is_out)
        out->since_ms = out->ask->submitted_ms;
    return out->ask != NULL;
}

static int by_age(const void *a, const void *b)
{
    const struct look_wait *one = a, *two = b;

    return one->since_ms < two->since_ms ? -1 : one->since_ms > two->since_ms;
}

size_t look_waits(const struct look *look, struct look_wait *out, size_t max)
{
    struct look_wait *all;
    const struct seat *seat;
    size_t count = 0, given;

    DL_COUNT2(*look->live, seat, count, live_next);
    all = xcalloc(count + 1, sizeof all[0]);
    count = 0;
    DL_FOREACH2(*look->live, seat, live_next)
        count += describe(seat, &all[count]);
    qsort(all, count, sizeof all[0], by_age);
    given = count < max ? count : max;
    for (size_t i = 0; i < given; i++)
        explain(look, &all[i]);
    memcpy(out, all, given * sizeof all[0]);
    free(all);
    return count;
}
