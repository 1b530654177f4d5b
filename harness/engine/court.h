/*
 * court: whose fault is it that a model gave no answer: its sample's, or that of the place that was asked?
 *
 * A provider that answers nobody must not turn a thousand samples void. An episode that the provider failed first is a
 * suspect, and so is one whose request was turned down. A later answer from the same place to
 * anyone, from each of them where several were asked at once, proves it to be that sample's own bad luck, and it becomes
 * void; so it does when nothing else is left. Too many failures in a row are an outage (outage.h): the run stops, and the
 * suspects leave without an outcome. What is on paper serves the next start. Before it is said that everybody is turned
 * down, all that are still out are waited for, and no new one is asked (holding): refusals come faster than answers. Who
 * interrupts the run ends it without a judgement: the suspects leave then too.
 *
 * The engine's own. The court finds; what becomes of a seat then is the engine's business. Bindings and ledger are
 * borrowed. A place is a binding, by its number.
 */
#ifndef VERNIER_ENGINE_COURT_H
#define VERNIER_ENGINE_COURT_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/engine/binding.h"
#include "harness/engine/engine_status.h"
#include "harness/engine/outage.h"
#include "harness/engine/seat.h"

struct ledger;

struct court {
    const struct binding *bindings;
    size_t binding_count;
    struct ledger *ledger;
    size_t voids_max;                       /* so many voids are allowed: no more than these is taken for an outage */
    struct outage outages[BINDINGS_MAX];    /* of each place; zeroed to begin with */
    struct seat_list suspects;
    size_t suspect_count;
    bool holding;                           /* everybody seems to be turned down: those that are out will tell */
};

/* Whether the outcome of seat's episode may be the doing of a place that was asked; seat->accused is all of these then. */
bool court_suspects(const struct court *court, struct seat *seat);

/* Takes in a seat that it suspects. */
void court_keep(struct court *court, struct seat *seat);

/* Hears what came back from that place. True: it has an outage. */
bool court_hear(struct court *court, size_t place, const struct ask *ask);

/* Takes out the first, or NULL. */
struct seat *court_take(struct court *court);

/* That place is accused no more. Takes out those that accuse no other, in the order they came in. */
struct seat_list court_clear(struct court *court, size_t place);

/* Works out holding anew; is_judged: whether the run would still be stopped by what is found. */
void court_hold(struct court *court, bool is_judged);

/* The first place that the first suspect accuses, and what it got from there; there is one. */
size_t court_accused(const struct court *court);
const char *court_words(const struct court *court);

/* Without suspects, and with nobody out to tell: those who were turned down so far hold nobody back any more. */
void court_absolve(struct court *court);

/*
 * With nothing else left: what the first place that the first suspect accuses is found to do. STOPPING_OUTAGE: nobody at
 * all was answered there. STOPPING_REFUSAL: everybody is turned down; is_all: nobody was ever scored, in this start and
 * any, so a few will do. STOPPING_NOT: these samples had bad luck.
 *
 * Voids on their second chance have failed before: that they fail again, of the same cause, proves nothing. But where
 * several samples are turned down now that failed of another cause then, it is the place's doing. So it is, in either
 * pass, where one found nobody there or no money left, which is no sample's fault, and where several were answered with
 * a page or told to come later until patience was over. As long as no more than voids_max are void with them, nobody is
 * spared by a stop, and they are void.
 */
enum stopping court_judge(const struct court *court, bool is_all);

#endif
