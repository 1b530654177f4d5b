#include "harness/engine/purse.h"

#include <assert.h>
#include <stddef.h>

/* Settled or in flight, and on disk in no row. */
static int64_t find_untold(const struct purse *purse)
{
    return purse->spent_nanousd + purse->reserved_nanousd - purse->told_nanousd;
}

/* A quarter more than untold, but no more than the cap lets anyone spend beside what told says. */
static int64_t with_slack(const struct purse *purse, int64_t untold, int64_t told)
{
    int64_t room = purse->cap_nanousd - told, wanted = untold + untold / 4;

    if (purse->cap_nanousd > 0 && wanted > room)
        wanted = room > untold ? room : untold;
    return purse->lost_nanousd + wanted;
}

/* Before the call begins, the store must say that it may. */
static bool keep(struct purse *purse, int64_t untold)
{
    int64_t wanted = with_slack(purse, untold, purse->told_nanousd);

    if (purse->keep == NULL || purse->lost_nanousd + untold <= purse->kept_nanousd)
        return true;
    purse->has_failed = purse->has_failed || purse->keep(purse->keep_to, wanted, &purse->err) < 0;
    if (!purse->has_failed)
        purse->kept_nanousd = wanted;
    return !purse->has_failed;
}

bool purse_reserve(struct purse *purse, int64_t worst_nanousd)
{
    assert(worst_nanousd >= 0);
    if (purse->cap_nanousd > 0 && worst_nanousd > purse->cap_nanousd - purse->spent_nanousd - purse->reserved_nanousd) {
        purse->is_empty |= purse->reserved_nanousd == 0;
        return false;
    }
    if (!keep(purse, find_untold(purse) + worst_nanousd))
        return false;
    purse->reserved_nanousd += worst_nanousd;
    return true;
}

static void count_over(struct purse *purse, int64_t over_nanousd)
{
    purse->over_count++;
    purse->over_nanousd += over_nanousd;
    keep(purse, find_untold(purse));      /* it is spent, whether the store can say so or not: then has_failed is set */
}

void purse_settle(struct purse *purse, int64_t worst_nanousd, int64_t cost_nanousd)
{
    assert(purse->reserved_nanousd >= worst_nanousd);
    purse->reserved_nanousd -= worst_nanousd;
    if (cost_nanousd < 0)
        purse->unsure_nanousd += worst_nanousd;
    purse->spent_nanousd += cost_nanousd < 0 ? worst_nanousd : cost_nanousd;
    if (worst_nanousd > 0 && cost_nanousd > worst_nanousd)
        count_over(purse, cost_nanousd - worst_nanousd);
}

void purse_add_spent(struct purse *purse, int64_t nanousd, int64_t unsure_nanousd)
{
    purse->spent_nanousd += nanousd;
    purse->unsure_nanousd += unsure_nanousd;
}

void purse_begin_run(struct purse *purse, int64_t unsure_nanousd, purse_keep_fn *keep_fn, void *keep_to)
{
    assert(purse->reserved_nanousd == 0);
    purse->keep = keep_fn;
    purse->keep_to = keep_to;
    purse->told_nanousd = purse->spent_nanousd;
    purse->queued_nanousd = 0;
    purse->lost_nanousd = purse->kept_nanousd = purse->draft_nanousd = unsure_nanousd;
}

void purse_tell(struct purse *purse, int64_t nanousd)
{
    purse->queued_nanousd += nanousd;
}

bool purse_draft(struct purse *purse, int64_t *unsure_nanousd)
{
    int64_t told = purse->told_nanousd + purse->queued_nanousd;

    purse->draft_nanousd = with_slack(purse, find_untold(purse) - purse->queued_nanousd, told);
    *unsure_nanousd = purse->draft_nanousd;
    return purse->draft_nanousd != purse->kept_nanousd;
}

void purse_commit(struct purse *purse)
{
    purse->told_nanousd += purse->queued_nanousd;
    purse->queued_nanousd = 0;
    purse->kept_nanousd = purse->draft_nanousd;
}

int64_t purse_end_run(struct purse *purse)
{
    int64_t unsure_nanousd = purse->lost_nanousd + find_untold(purse);

    assert(purse->reserved_nanousd == 0);
    purse->keep = NULL;
    purse->told_nanousd = purse->spent_nanousd;
    purse->queued_nanousd = 0;
    return unsure_nanousd;
}
