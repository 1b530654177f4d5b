#include "runners/pace.h"

#include <assert.h>

struct pace pace_begin(int start)
{
    return (struct pace){ .limit = start > 0 ? (size_t)start : PACE_UNLIMITED, .cut_ms = INT64_MIN,
                          .closed_until_ms = INT64_MIN };
}

bool pace_has_room(const struct pace *pace, int64_t now_ms)
{
    return pace->in_flight < pace->limit && now_ms >= pace->closed_until_ms;
}

void pace_start(struct pace *pace)
{
    pace->in_flight++;
}

/* Of those in flight when the first complaint came, the others bring no news. */
static void cut(struct pace *pace, int64_t started_ms, int64_t now_ms)
{
    if (started_ms < pace->cut_ms)
        return;
    pace->limit = pace->in_flight > 2 ? pace->in_flight / 2 : 1;
    pace->cut_ms = now_ms;
}

void pace_end(struct pace *pace, enum pace_end end, int64_t started_ms, int64_t now_ms)
{
    assert(pace->in_flight > 0);
    if (end == PACE_REFUSED)
        cut(pace, started_ms, now_ms);
    else if (end == PACE_ANSWERED && pace->limit != PACE_UNLIMITED)
        pace->limit++;
    pace->in_flight--;
}

void pace_close(struct pace *pace, int64_t until_ms)
{
    if (until_ms > pace->closed_until_ms)
        pace->closed_until_ms = until_ms;
}
