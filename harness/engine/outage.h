/*
 * outage: is a provider gone, or were these samples out of luck? An outage is not worth a thousand voids.
 *
 * Replies are counted, not outcomes: an agent that gets its answers may score hours later. Nobody there, or nobody let
 * in, is an outage whenever it happens. Other failures may be the samples' own, so they count only while something is
 * left to be saved from them. Zeroed is a provider of which nothing is known.
 */
#ifndef VERNIER_ENGINE_OUTAGE_H
#define VERNIER_ENGINE_OUTAGE_H

#include <stdbool.h>

struct reply;

/* So many asks in a row. */
#define UNANSWERED_IN_A_ROW_MAX 5

struct outage {
    int unanswered, unreachable;      /* failures in a row, and the last of them that were of this kind */
    bool heard;                       /* somebody was answered */
};

/* Whether that proves that somebody is served: a refusal of this sample alone, as by a filter, does too. */
bool outage_is_answer(const struct reply *reply);

/* Notes a reply. True: the provider failed to give one. */
bool outage_notice(struct outage *outage, const struct reply *reply);

/* Whether it is one now; worth_saving: episodes are left that would be spared by a stop. */
bool outage_is_on(const struct outage *outage, bool worth_saving);

/* Whether somebody was answered, or the silence has another cause than that nobody is there. */
bool outage_was_heard(const struct outage *outage);

#endif
