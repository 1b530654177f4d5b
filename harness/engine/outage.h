/*
 * outage: is a provider gone, or were these samples out of luck? An outage is not worth a thousand voids.
 *
 * Replies are counted, not outcomes: an agent that gets its answers may score hours later. Nobody there, or nobody let
 * in, is an outage whenever it happens. Other failures may be the samples' own, so they count only while something is
 * left to be saved from them. A request that is turned down (CAUSE_REFUSED, CAUSE_OVERFLOW), or gets an answer of no use
 * (CAUSE_USELESS), is its sample's own fault where another is answered after it. Where one sample after the other is
 * turned down with the same status and nobody is answered between, from the first on or in mid-run, it is the server's
 * fault, or that of a setting: a server that came back with a smaller context says of each prompt that it does not fit.
 * That takes more episodes than may be void, of UNANSWERED_IN_A_ROW_MAX samples at least. Zeroed is a provider of which
 * nothing is known.
 */
#ifndef VERNIER_ENGINE_OUTAGE_H
#define VERNIER_ENGINE_OUTAGE_H

#include <stdbool.h>
#include <stddef.h>

struct ask;
struct reply;
struct sample;

/* So many asks in a row. */
#define UNANSWERED_IN_A_ROW_MAX 5

struct outage {
    int unanswered, unreachable;      /* failures in a row, and the last of them that were of this kind */
    bool heard;                       /* somebody was answered */
    size_t refused;                   /* asks turned down since anybody was answered, all of them with ... */
    int refused_status;               /* ... this status */
    const struct sample *samples[UNANSWERED_IN_A_ROW_MAX];      /* theirs, each once, as far as there is room; borrowed */
    size_t sample_count;
};

/* Whether that proves that somebody is served: a refusal of this sample alone, as by a filter, does too. */
bool outage_is_answer(const struct reply *reply);

/* Whether that was turned down, or answered with nothing of use: for its sample's sake, or for no sample's. */
bool outage_is_refused(const struct reply *reply);

/* Notes what came back for an ask. True: the provider failed to give an answer. */
bool outage_notice(struct outage *outage, const struct ask *ask);

/* Whether it is one now; worth_saving: episodes are left that would be spared by a stop. */
bool outage_is_on(const struct outage *outage, bool worth_saving);

/* Whether somebody was answered, or the silence has another cause than that nobody is there. */
bool outage_was_heard(const struct outage *outage);

/* Whether everybody is turned down now and nobody answered: so many samples that they cannot all be voids, of which
 * voids_max are allowed; of one nobody can say. is_last: nothing is left to be asked, so a few will do where nobody ever
 * was answered. */
bool outage_is_refusal(const struct outage *outage, size_t voids_max, bool is_last);

/* Of the ask's last call; 0: none was made, or it got no answer. */
int outage_status(const struct ask *ask);

#endif
