#include "harness/engine/outage.h"

#include "harness/engine/reply.h"

bool outage_is_answer(const struct reply *reply)
{
    return reply->status == REPLY_OK || reply->singled_out;
}

bool outage_notice(struct outage *outage, const struct reply *reply)
{
    if (reply->status == REPLY_NONE)
        return false;
    if (outage_is_answer(reply) || reply->origin != ORIGIN_PROVIDER) {
        *outage = (struct outage){ .heard = outage->heard || outage_is_answer(reply) };
        return false;
    }
    outage->unanswered++;
    outage->unreachable = reply->unreachable ? outage->unreachable + 1 : 0;
    return true;
}

bool outage_is_on(const struct outage *outage, bool worth_saving)
{
    return outage->unreachable >= UNANSWERED_IN_A_ROW_MAX ||
           (worth_saving && outage->unanswered >= UNANSWERED_IN_A_ROW_MAX);
}

bool outage_was_heard(const struct outage *outage)
{
    return outage->heard || outage->unanswered != outage->unreachable;
}
