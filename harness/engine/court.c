#include "harness/engine/court.h"

#include <assert.h>

#include "harness/engine/ledger.h"

/* The first ask of its last step that got no answer. */
static const struct ask *find_failed(const struct episode *ep)
{
    for (size_t i = 0; i < ep->heard_count; i++)
        if (ep->heard[i]->reply.status != REPLY_OK)
            return ep->heard[i];
    return NULL;
}

bool court_suspects(const struct court *court, struct seat *seat)
{
    const struct ask *failed = seat->ep->outcome == OUTCOME_VOID ? find_failed(seat->ep) : NULL;

    if (failed == NULL || failed->kind != ASK_MODEL)
        return false;
    seat->accused = binding_find(court->bindings, court->binding_count, failed);
    if (seat->accused == court->binding_count)
        return false;
    return failed->reply.origin == ORIGIN_PROVIDER ||
           (failed->reply.cause == CAUSE_REFUSED && !court->outages[seat->accused].heard);
}

void court_keep(struct court *court, struct seat *seat)
{
    seat_list_add(&court->suspects, seat);
}

/* Nothing is left to be saved from an outage at a run's tail and in the voids' second chance. */
static bool is_worth_saving(const struct court *court)
{
    return !ledger_in_voids(court->ledger) && ledger_has_next(court->ledger);
}

bool court_hear(struct court *court, size_t place, const struct ask *ask)
{
    struct outage *outage = &court->outages[place];

    return outage_notice(outage, ask) && outage_is_on(outage, is_worth_saving(court));
}

struct seat_list court_clear(struct court *court, size_t place)
{
    struct seat_list cleared = { NULL, NULL }, others = { NULL, NULL };

    for (struct seat *seat; (seat = seat_list_take(&court->suspects)) != NULL;)
        seat_list_add(seat->accused == place ? &cleared : &others, seat);
    court->suspects = others;
    return cleared;
}

void court_hold(struct court *court, bool is_judged)
{
    court->holding = false;
    for (size_t i = 0; i < court->binding_count && is_judged && !ledger_in_voids(court->ledger); i++)
        court->holding |= outage_is_refusal(&court->outages[i], court->voids_max, false);
}

enum stopping court_judge(const struct court *court, bool is_all)
{
    const struct outage *outage;

    assert(court->suspects.first != NULL);
    outage = &court->outages[court->suspects.first->accused];
    if (ledger_in_voids(court->ledger))
        return STOPPING_NOT;
    if (outage_is_refusal(outage, court->voids_max, is_all))
        return STOPPING_REFUSAL;
    return outage_was_heard(outage) ? STOPPING_NOT : STOPPING_OUTAGE;
}
