#include "runners/pace.h"

#include <assert.h>

struct pace pace_begin(int start)
{
    return (struct pace){ .limit = start > 0 ? (size_t)start : PACE_UNLIMITED, .ceiling = PACE_UNLIMITED, .lift = 1,
                          .cut_ms = INT64_MIN, .closed_until_ms = INT64_MIN };
}

bool pace_has_room(const struct pace *pace, int64_t now_ms)
{
    return pace->in_flight < pace->limit && now_ms >= pace->closed_until_ms;
}

void pace_start(struct pace *pace)
{
    pace->in_flight++;
}

/* False: it is there for too short a time. */
static bool lift_ceiling(struct pace *pace)
{
    if (++pace->borne < PACE_ROUNDS * pace->limit)
        return false;
    pace->ceiling += pace->lift;
    pace->lift *= 2;
    pace->borne = 0;
    return true;
}

static void grow(struct pace *pace)
{
    if (pace->limit != PACE_UNLIMITED && (pace->limit < pace->ceiling || lift_ceiling(pace)))
        pace->limit++;
}

static size_t at_least_one(size_t count)
{
    return count > 0 ? count : 1;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Of those in flight when the first complaint came, the others bring no news but how many are left. */
static void cut(struct pace *pace, int64_t started_ms, int64_t now_ms)
{
    size_t kept = at_least_one(pace->in_flight - 1);

    if (started_ms >= pace->cut_ms) {
        pace->limit = at_least_one(pace->in_flight / 2);
        pace->ceiling = PACE_UNLIMITED;
        pace->lift = 1;
        pace->borne = 0;
        pace->cut_ms = now_ms;
    }
    pace->limit = least(pace->limit, kept);
    pace->ceiling = least(pace->ceiling, kept);
}

void pace_end(struct pace *pace, enum pace_end end, int64_t started_ms, int64_t now_ms)
{
    assert(pace->in_flight > 0);
    pace->refused_in_a_row = end == PACE_REFUSED ? pace->refused_in_a_row + 1 : 0;
    if (end == PACE_REFUSED)
        cut(pace, started_ms, now_ms);
    else if (end == PACE_ANSWERED)
        grow(pace);
    pace->has_answered |= end == PACE_ANSWERED;
    pace->in_flight--;
}

void pace_break(struct pace *pace)
{
    assert(pace->in_flight > 0);
    pace->in_flight--;
}

void pace_heed_wait(struct pace *pace, int64_t until_ms)
{
    if (pace->refused_in_a_row >= PACE_DEAF && pace->in_flight == 0)
        pace_close(pace, until_ms);
}

void pace_close(struct pace *pace, int64_t until_ms)
{
    if (until_ms > pace->closed_until_ms)
        pace->closed_until_ms = until_ms;
}
