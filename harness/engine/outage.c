#include "harness/engine/outage.h"

#include "harness/base/call.h"
#include "harness/engine/ask.h"
#include "harness/engine/episode.h"

/* Of one refusal nobody can say whose fault it is. */
#define REFUSED_ALIKE_MIN 2

bool outage_is_answer(const struct reply *reply)
{
    return reply->status == REPLY_OK || reply->cause == CAUSE_FILTERED;
}

bool outage_is_refused(const struct reply *reply)
{
    return reply->cause == CAUSE_REFUSED || reply->cause == CAUSE_OVERFLOW || reply->cause == CAUSE_USELESS;
}

int outage_status(const struct ask *ask)
{
    int status = 0;

    for (const struct call *call = ask->calls; call != NULL; call = call->next)
        status = call->status;
    return status;
}

static void note_sample(struct outage *outage, const struct sample *sample)
{
    for (size_t i = 0; i < outage->sample_count; i++)
        if (outage->samples[i] == sample)
            return;
    if (outage->sample_count < UNANSWERED_IN_A_ROW_MAX)
        outage->samples[outage->sample_count++] = sample;
}

static void forget_refusals(struct outage *outage)
{
    outage->refused = outage->sample_count = 0;
}

/* Alike is what has the same status: in their words servers say the prompt again, and its length. */
static void notice_refusal(struct outage *outage, const struct ask *ask)
{
    int status = outage_status(ask);

    if (status != outage->refused_status)
        forget_refusals(outage);
    outage->refused_status = status;
    outage->refused++;
    note_sample(outage, ask->episode->sample);
}

bool outage_notice(struct outage *outage, const struct ask *ask)
{
    const struct reply *reply = &ask->reply;

    if (reply->status == REPLY_NONE)
        return false;
    if (outage_is_refused(reply))
        notice_refusal(outage, ask);
    if (outage_is_answer(reply)) {
        outage->heard = true;
        forget_refusals(outage);
    }
    if (outage_is_answer(reply) || outage_is_refused(reply) || reply->origin != ORIGIN_PROVIDER) {
        outage->unanswered = outage->unreachable = 0;
        return false;
    }
    outage->unanswered++;
    outage->unreachable = reply_shuts_out_all(reply) ? outage->unreachable + 1 : 0;
    return true;
}

bool outage_is_on(const struct outage *outage, bool worth_saving)
{
    return outage->unreachable >= UNANSWERED_IN_A_ROW_MAX ||
           (worth_saving && outage->unanswered >= UNANSWERED_IN_A_ROW_MAX);
}

bool outage_was_heard(const struct outage *outage)
{
    return outage->heard || outage->unanswered != outage->unreachable || outage->refused > 0;
}

bool outage_is_refusal(const struct outage *outage, size_t voids_max, bool is_last)
{
    size_t least = is_last && !outage->heard ? REFUSED_ALIKE_MIN : UNANSWERED_IN_A_ROW_MAX;

    return outage->sample_count >= least && outage->refused > voids_max;
}
