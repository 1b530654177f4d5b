#include "harness/engine/court.h"

#include <assert.h>

#include "harness/engine/ledger.h"

_Static_assert(BINDINGS_MAX <= 32, "seat->accused has a bit for each place");

/* Whether that is the doing of the place that was asked, as far as is known. */
static bool accuses(const struct reply *reply)
{
    return reply->origin == ORIGIN_PROVIDER || outage_is_refused(reply);
}

bool court_suspects(const struct court *court, struct seat *seat)
{
    const struct episode *ep = seat->ep;

    seat->accused = 0;
    for (size_t i = 0; i < ep->heard_count && ep->outcome == OUTCOME_VOID; i++) {
        const struct ask *ask = ep->heard[i];
        size_t place = binding_find(court->bindings, court->binding_count, ask);
        if (ask->kind == ASK_MODEL && ask->reply.status != REPLY_OK && place < court->binding_count &&
            accuses(&ask->reply))
            seat->accused |= UINT32_C(1) << place;
    }
    return seat->accused != 0;
}

void court_keep(struct court *court, struct seat *seat)
{
    assert(seat->accused != 0);
    seat_list_add(&court->suspects, seat);
    court->suspect_count++;
}

struct seat *court_take(struct court *court)
{
    struct seat *seat = seat_list_take(&court->suspects);

    court->suspect_count -= seat != NULL;
    return seat;
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
    struct seat *seat;

    while ((seat = court_take(court)) != NULL) {
        seat->accused &= ~(UINT32_C(1) << place);
        seat_list_add(seat->accused == 0 ? &cleared : &others, seat);
    }
    while ((seat = seat_list_take(&others)) != NULL)
        court_keep(court, seat);
    return cleared;
}

void court_hold(struct court *court, bool is_judged)
{
    court->holding = false;
    for (size_t i = 0; i < court->binding_count && is_judged && !ledger_in_voids(court->ledger); i++)
        court->holding |= outage_is_refusal(&court->outages[i], court->voids_max, false);
}

size_t court_accused(const struct court *court)
{
    size_t place = 0;

    assert(court->suspects.first != NULL);
    while ((court->suspects.first->accused >> place & 1) == 0)
        place++;
    return place;
}

/* What that place did not answer of the episode's; NULL: it did nothing to it. */
static const struct ask *find_failed(const struct court *court, const struct episode *ep, size_t place)
{
    for (size_t i = 0; i < ep->heard_count; i++)
        if (ep->heard[i]->reply.status != REPLY_OK &&
            binding_find(court->bindings, court->binding_count, ep->heard[i]) == place)
            return ep->heard[i];
    return NULL;
}

const char *court_words(const struct court *court)
{
    const struct episode *ep = court->suspects.first->ep;
    const struct ask *failed = find_failed(court, ep, court_accused(court));

    return failed != NULL ? failed->reply.reason : ep->reason;
}

void court_absolve(struct court *court)
{
    assert(court->suspects.first == NULL);
    for (size_t i = 0; i < court->binding_count; i++)
        court->outages[i].refused = court->outages[i].sample_count = 0;
    court->holding = false;
}

/* Of no sample's doing: others get as little there. A key may be one that a prompt is refused with, and a page be what a
 * gateway answers a prompt that it does not like. */
static bool is_no_samples(const struct ask *failed)
{
    return failed->reply.cause == CAUSE_QUOTA || (failed->reply.cause == CAUSE_NOBODY && outage_status(failed) == 0);
}

/* What one sample may meet for its own sake, and several hardly: refused (for which the first pass has rules of its own),
 * answered with a page, or told to come later for ever, as a prompt is that is larger than what is let in at once. */
static bool is_turned_down(const struct court *court, const struct reply *reply)
{
    if (!ledger_in_voids(court->ledger))
        return reply->cause == CAUSE_LATER || reply->cause == CAUSE_NOBODY;
    return outage_is_refused(reply) || reply_shuts_out_all(reply);
}

/* What that place did not answer of the seat's; NULL where it is no news: on a second chance, of the same cause as
 * before. */
static const struct ask *find_news(const struct court *court, const struct seat *seat, size_t place)
{
    const struct ask *failed = (seat->accused >> place & 1) != 0 ? find_failed(court, seat->ep, place) : NULL;
    bool is_old = failed != NULL && ledger_in_voids(court->ledger) && seat_fails_as_before(seat, failed);

    return is_old ? NULL : failed;
}

/* By the suspects' own replies from that place, since which it has answered nobody. */
static enum stopping judge_replies(const struct court *court, size_t place)
{
    const struct sample *first = NULL;
    enum stopping found = STOPPING_NOT;

    for (const struct seat *seat = court->suspects.first; seat != NULL; seat = seat->next) {
        const struct ask *failed = find_news(court, seat, place);
        if (failed != NULL && is_no_samples(failed))
            return STOPPING_OUTAGE;
        if (failed == NULL || !is_turned_down(court, &failed->reply))
            continue;
        if (first != NULL && first != seat->ep->sample)
            found = outage_is_refused(&failed->reply) ? STOPPING_REFUSAL : STOPPING_OUTAGE;
        first = seat->ep->sample;
    }
    return found;
}

enum stopping court_judge(const struct court *court, bool is_all)
{
    size_t place = court_accused(court);
    const struct outage *outage = &court->outages[place];
    enum stopping found = STOPPING_NOT;

    if (ledger_count_state(court->ledger, ENTRY_VOID) + court->suspect_count > court->voids_max)
        found = judge_replies(court, place);
    if (found != STOPPING_NOT || ledger_in_voids(court->ledger))
        return found;
    if (outage_is_refusal(outage, court->voids_max, is_all))
        return STOPPING_REFUSAL;
    return outage_was_heard(outage) ? STOPPING_NOT : STOPPING_OUTAGE;
}
