/*
 * Theory of operation. A seat (seat.h) is what the engine keeps of one live episode. It goes round like this:
 *
 *     admitted ─► its asks wait in queue[kind] ─► in flight at a runner ─► collected, queued in the journal
 *                        ▲                                                        │ commit
 *                        └── the step asks again ◄── stepped ◄── in ready ◄───────┘
 *                              └── or gives an outcome ─► queued in the journal ─► commit ─► freed
 *
 * A seat whose asks are all answered stands in `ready` until the commit that covers them; one whose episode ended
 * stands in `ended` until the commit that covers its outcome. So all that the journal has queued by pointer stays alive
 * until it is on disk, and no step runs on a reply that is not: but for a grading, which is the last that is asked, goes to
 * disk with the outcome, and is made anew where that was lost.
 *
 * A void that may be the provider's doing stands with the court (court.h) until it is known whose fault it is.
 */
#include "harness/engine/engine.h"

#include <assert.h>
#include <string.h>
#include <utlist.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/clock.h"
#include "harness/base/http.h"
#include "harness/engine/commit.h"
#include "harness/engine/court.h"
#include "harness/engine/halt.h"
#include "harness/engine/ledger.h"
#include "harness/engine/look.h"
#include "harness/engine/purse.h"
#include "harness/engine/runner.h"
#include "harness/engine/seat.h"

/* A deadline may be noticed this late. */
#define WAIT_MAX_MS 1000

/* Live episodes beyond those the model is busy with: enough to keep environments and graders fed. */
#define LIVE_SPARE 64

/* So many replies are read before the slots they freed are filled: reading a thousand takes a tenth of a second. */
#define REFILL_EACH 64

struct engine {
    const struct engine_setup *setup;
    struct engine_status *status;
    struct ask_list queue[ASK_KINDS];    /* posted, waiting for room */
    struct seat_list ready, ended;
    struct seat *live;                   /* all of them, wherever they stand */
    struct court court;                  /* keeps the suspects, and may hold back who is not asked yet */
    int64_t committed_ms;                /* when last */
    struct halt halt;                    /* whether nothing new begins any more */
    struct buf scratch;                  /* replies pass through here on their way to JSON */
    struct err *err;
};

static void answered(struct engine *engine, struct ask *ask)
{
    struct seat *seat = ask->episode->seat;

    assert(seat->ep->ask_open > 0);
    if (--seat->ep->ask_open == 0)
        seat_list_add(&engine->ready, seat);
}

static void begin(struct engine *engine, struct seat *seat)
{
    seat_begin(seat, engine->setup->ledger, engine->setup->seed);
}

static void end(struct engine *engine, struct seat *seat)
{
    seat_end(seat);
    journal_add_outcome(engine->setup->journal, &seat->row, seat->ep->outcome == OUTCOME_SCORED ? &seat->grade : NULL);
    seat_list_add(&engine->ended, seat);
}

/* It leaves without an outcome: what is on disk of it serves the next start. */
static void leave(struct engine *engine, struct seat *seat)
{
    seat->ep->outcome = OUTCOME_NONE;
    seat_list_add(&engine->ended, seat);
}

static void conclude(struct engine *engine, struct seat *seat)
{
    if (!court_suspects(&engine->court, seat))
        end(engine, seat);
    else if (halt_has_failed(&engine->halt))
        leave(engine, seat);
    else
        court_keep(&engine->court, seat);
}

/* Sends a live episode's new asks on their way, or ends it. */
static void follow(struct engine *engine, struct seat *seat)
{
    if (seat->ep->outcome != OUTCOME_NONE) {
        conclude(engine, seat);
        return;
    }
    for (size_t i = 0; i < seat->ep->ask_count; i++) {
        struct ask *ask = seat->ep->asks[i];
        if (seat_recall(seat, ask) || seat->must_restart)     /* it starts over: this is not asked and not paid for */
            answered(engine, ask);
        else
            ask_list_add(&engine->queue[ask->kind], ask);
    }
}

static bool has_room(const struct engine *engine, enum ask_kind kind)
{
    size_t max = engine->setup->in_flight_max[kind];

    if (kind == ASK_MODEL && engine->court.holding)
        return false;
    return max == 0 || engine->status->in_flight[kind] < max;
}

static void submit(struct engine *engine, struct ask *ask)
{
    size_t i = binding_find(engine->setup->bindings, engine->setup->binding_count, ask);

    if (i == engine->setup->binding_count) {
        const char *why = arena_printf(ask->episode->arena, "nobody plays the role \"%s\"", ask->role);
        ask->reply = reply_failed(ORIGIN_HARNESS, why);
        answered(engine, ask);
        return;
    }
    ask->submitted_ms = clock_monotonic_ms();
    ask->episode_row = ask->episode->seat->row.id;
    ask->is_out = true;
    engine->status->in_flight[ask->kind]++;
    runner_type(engine->setup->bindings[i].runner)->submit(engine->setup->bindings[i].runner, ask);
}

/* While draining, only grading goes on: an episode that wants more leaves, and the next start finds it on paper. */
static void submit_or_park(struct engine *engine, struct ask *ask)
{
    if (!engine->status->draining || ask->kind == ASK_GRADE) {
        submit(engine, ask);
        return;
    }
    ask->episode->seat->parked = true;
    answered(engine, ask);
}

static bool may_leave(const struct engine *engine, enum ask_kind kind)
{
    return has_room(engine, kind) || (engine->status->draining && kind != ASK_GRADE);
}

static void submit_asks(struct engine *engine)
{
    for (int kind = 0; kind < ASK_KINDS; kind++)
        while (engine->queue[kind].first != NULL && may_leave(engine, (enum ask_kind)kind))
            submit_or_park(engine, ask_list_take(&engine->queue[kind]));
}

/* Half as many again as may be with the model; an episode takes 4 kB. Suspects take no room: they may have to be as many as
 * the voids allowed before they are found to be an outage. */
static bool is_full(const struct engine *engine)
{
    size_t max = engine->setup->in_flight_max[ASK_MODEL], busy = engine->status->live - engine->court.suspect_count;

    return max != 0 && busy >= max + max / 2 + LIVE_SPARE;
}

static bool wants_more(const struct engine *engine)
{
    return !engine->status->draining && !halt_has_failed(&engine->halt) && engine->queue[ASK_MODEL].first == NULL &&
           has_room(engine, ASK_MODEL) && !is_full(engine);
}

/* The next place; the voids' second chance begins when everything else has ended. */
static size_t next_entry(struct engine *engine)
{
    struct ledger *ledger = engine->setup->ledger;
    size_t index = ledger_next(ledger);

    if (index != SIZE_MAX || ledger_in_voids(ledger) || engine->status->live > 0)
        return index;
    ledger_begin_voids(ledger);
    engine->status->unbegun = ledger_count_open_voids(ledger);
    return ledger_next(ledger);
}

static void admit_samples(struct engine *engine)
{
    submit_asks(engine);
    while (wants_more(engine)) {
        size_t index = next_entry(engine);
        if (index == SIZE_MAX)
            return;
        struct seat *seat = seat_new(engine->setup->ledger, index, engine->setup->store, engine->err);
        if (seat == NULL) {
            halt_fail(&engine->halt, STOPPING_FAULT);
            return;
        }
        DL_APPEND2(engine->live, seat, live_prev, live_next);
        engine->status->live++;
        engine->status->unbegun--;
        engine->status->voided -= ledger_in_voids(engine->setup->ledger);
        begin(engine, seat);
        follow(engine, seat);
        submit_asks(engine);
    }
}

static size_t count_out(const struct engine *engine)
{
    size_t count = 0;

    for (int kind = 0; kind < ASK_KINDS; kind++)
        count += engine->status->in_flight[kind];
    return count;
}

/* For how long the journal waits for company; 0: it is to be committed. Half of what may be in flight, and what came in
 * with the last of it, is the most that a kill may lose of what has come in, beside all that is in flight. */
static int64_t commit_in_ms(const struct engine *engine)
{
    size_t replies = journal_count_replies(engine->setup->journal), max = engine->setup->in_flight_max[ASK_MODEL];
    int64_t left_ms = engine->committed_ms + engine->setup->commit_each_ms - clock_monotonic_ms();

    if (left_ms <= 0 || journal_count(engine->setup->journal) == 0 || (max > 0 && 2 * replies >= max))
        return 0;
    return count_out(engine) > 0 && !is_full(engine) && !engine->status->draining ? left_ms : 0;
}

static int64_t wait_ms(const struct engine *engine)
{
    bool busy = engine->ready.first != NULL || engine->ended.first != NULL;

    return busy || journal_count(engine->setup->journal) > 0 ? commit_in_ms(engine) : WAIT_MAX_MS;
}

static void wait_for_runners(struct engine *engine)
{
    int fds[BINDINGS_MAX + 2];
    size_t count = binding_list_fds(engine->setup->bindings, engine->setup->binding_count, fds);

    if (engine->setup->signal_fd >= 0)
        fds[count++] = engine->setup->signal_fd;
    if (engine->setup->heed_guest != NULL)
        fds[count++] = engine->setup->guest_fd;
    http_wait(engine->setup->http, fds, count, (int)wait_ms(engine));
    halt_heed_signals(&engine->halt);
    halt_heed_deadline(&engine->halt);
}

/* The row, the status and the purse learn what it took. */
static void count_ask(struct engine *engine, struct seat *seat, struct ask *ask)
{
    int64_t charge = seat_count(seat, ask);

    engine_status_count_ask(engine->status, ask);
    if (engine->setup->purse != NULL)
        purse_tell(engine->setup->purse, charge);
}

static void take_reply(struct engine *engine, struct ask *ask)
{
    struct seat *seat = ask->episode->seat;

    ask->is_out = false;
    engine->status->in_flight[ask->kind]--;
    count_ask(engine, seat, ask);
    seat_keep(seat, ask, engine->setup->journal, &engine->scratch);
    answered(engine, ask);
}

/* Those that failed at that place are their samples' own bad luck. */
static void clear_suspects(struct engine *engine, size_t place)
{
    struct seat_list cleared = court_clear(&engine->court, place);

    for (struct seat *seat; (seat = seat_list_take(&cleared)) != NULL;)
        end(engine, seat);
}

/* Nobody judges them. */
static void dismiss_suspects(struct engine *engine)
{
    for (struct seat *seat; (seat = court_take(&engine->court)) != NULL;)
        leave(engine, seat);
}

/* The model's place needs no name. */
static void declare(struct engine *engine, enum stopping failure, size_t place, const char *words)
{
    const char *role = engine->setup->bindings[place].role;

    err_set_code(engine->err, EXIT_UNAVAILABLE, "%s", words);
    if (strcmp(role, "model") != 0)
        err_prefix(engine->err, "the %s: ", role);
    halt_fail(&engine->halt, failure);
    dismiss_suspects(engine);
}

/* A run fails once; and who has asked for a stop gets that, whatever is found afterwards. */
static bool may_fail(const struct engine *engine)
{
    return !halt_has_failed(&engine->halt) && engine->halt.interrupts == 0;
}

static void heed_reply(struct engine *engine, size_t place, const struct ask *ask)
{
    if (court_hear(&engine->court, place, ask) && may_fail(engine))
        declare(engine, STOPPING_OUTAGE, place, ask->reply.reason);
    if (outage_is_answer(&ask->reply))
        clear_suspects(engine, place);
}

/* What is asked anew goes out at once: a slot must not wait for other replies to be read, nor for the disk. */
static void refill(struct engine *engine)
{
    admit_samples(engine);
    http_push(engine->setup->http);
}

static void collect_from(struct engine *engine, size_t i)
{
    const struct binding *binding = &engine->setup->bindings[i];
    struct ask *ask;

    for (size_t taken = 1; (ask = runner_type(binding->runner)->collect(binding->runner)) != NULL; taken++) {
        take_reply(engine, ask);
        if (binding->kind == ASK_MODEL && ask->reply.precedent == NULL)     /* from the store: no sign of life */
            heed_reply(engine, i, ask);
        if (taken % REFILL_EACH == 0)
            refill(engine);
    }
}

static void collect_replies(struct engine *engine)
{
    for (size_t i = 0; i < engine->setup->binding_count; i++)
        collect_from(engine, i);
}

/* One that went on from paper took less than its time; one that left has not ended. */
static void tell_ended(const struct engine *engine, const struct seat *seat)
{
    if (engine->setup->ended != NULL && seat->paper == NULL && seat->ep->outcome != OUTCOME_NONE)
        engine->setup->ended(seat->index, clock_monotonic_ms() - seat->begun_ms, engine->setup->shown_to);
}

static void settle(struct engine *engine, struct seat *seat)
{
    seat_settle(seat, engine->setup->ledger);
    engine_status_count_end(engine->status, seat);
    tell_ended(engine, seat);
    engine->status->live--;
    DL_DELETE2(engine->live, seat, live_prev, live_next);
    seat_free(seat);
}

/* Frees the seats whose outcome is on disk now. */
static void settle_outcomes(struct engine *engine)
{
    for (struct seat *seat; (seat = seat_list_take(&engine->ended)) != NULL;)
        settle(engine, seat);
}

static void step(struct engine *engine, struct seat *seat)
{
    if (seat->parked) {
        leave(engine, seat);
        return;
    }
    if (seat->must_restart) {
        engine->status->restarts++;
        seat_restart(seat);
        journal_add_restart(engine->setup->journal, &seat->row);
        begin(engine, seat);
    } else {
        episode_step(seat->ep);
    }
    follow(engine, seat);
}

/* Those that become ready meanwhile, answered from paper, are stepped too: they are on disk. */
static void step_episodes(struct engine *engine)
{
    for (struct seat *seat; (seat = seat_list_take(&engine->ready)) != NULL;)
        step(engine, seat);
}

/* While it seems that everybody is turned down, nobody new is asked. Those that are out will tell. */
static void hold_or_not(struct engine *engine)
{
    court_hold(&engine->court, !halt_has_failed(&engine->halt) && !engine->status->draining);
}

/* With nothing else left, the suspects are void, or nobody is to blame for them but the place they were asked at. */
static void judge_suspects(struct engine *engine)
{
    bool has_failed = halt_has_failed(&engine->halt);
    enum stopping found = has_failed ? STOPPING_NOT : court_judge(&engine->court, engine->status->scored == 0);

    if (found != STOPPING_NOT)
        declare(engine, found, court_accused(&engine->court), court_words(&engine->court));
    else
        clear_suspects(engine, court_accused(&engine->court));
}

/* Who asks for a stop waits for no judgement: the next start asks the suspects again. */
static void part_with_suspects(struct engine *engine)
{
    halt_heed_signals(&engine->halt);
    if (engine->halt.interrupts > 0 && !halt_has_failed(&engine->halt))
        dismiss_suspects(engine);
    else
        judge_suspects(engine);
}

/* Nothing is under way: suspects wait for their judgement, or nobody is asked any more since all seem to be turned down. */
static void break_stillness(struct engine *engine)
{
    if (engine->court.suspects.first != NULL) {
        part_with_suspects(engine);
        return;
    }
    assert(engine->court.holding);
    court_absolve(&engine->court);
    admit_samples(engine);
}

/* Every live seat that is no suspect stands somewhere: nothing is waited for in vain. */
static bool is_moving(const struct engine *engine)
{
    size_t busy = count_out(engine) + (engine->ready.first != NULL || engine->ended.first != NULL);

    for (int kind = 0; kind < ASK_KINDS; kind++)
        busy += engine->queue[kind].first != NULL && may_leave(engine, (enum ask_kind)kind);
    return busy > 0;
}

static void show(const struct engine *engine)
{
    if (engine->setup->show != NULL)
        engine->setup->show(engine->status, engine->setup->shown_to);
}

static void heed_guest(const struct engine *engine)
{
    if (engine->setup->heed_guest != NULL)
        engine->setup->heed_guest(engine->status, engine->setup->shown_to);
}

static int commit(struct engine *engine)
{
    bool brings = journal_count(engine->setup->journal) > 0;
    int done = commit_turn(engine->setup->journal, engine->setup->purse, engine->setup->store, engine->err);

    if (brings)
        engine->committed_ms = clock_monotonic_ms();
    return done;
}

static enum engine_end run(struct engine *engine)
{
    halt_heed_signals(&engine->halt);
    admit_samples(engine);
    while (engine->status->live > 0) {
        while (!is_moving(engine))
            break_stillness(engine);
        halt_heed_purse(&engine->halt);
        wait_for_runners(engine);      /* the only place that blocks */
        collect_replies(engine);       /* finished asks are queued in the journal; nothing steps yet */
        hold_or_not(engine);
        refill(engine);                /* freed slots, before the disk is waited for */
        heed_guest(engine);
        if (commit_in_ms(engine) > 0)
            continue;                  /* more is about to come: one sync for both */
        if (commit(engine) < 0)
            return ENGINE_FAILED;      /* nothing steps on a reply that is not on disk */
        if (engine->halt.interrupts > 1)
            return ENGINE_INTERRUPTED;
        settle_outcomes(engine);
        step_episodes(engine);         /* those whose last reply is on disk now */
        admit_samples(engine);
        show(engine);
    }
    return halt_end(&engine->halt);
}

/* After a failure or a second interrupt episodes are still out: the runners let go of their asks first. */
static void drop_live(struct engine *engine)
{
    struct seat *seat, *next;

    binding_drop_all(engine->setup->bindings, engine->setup->binding_count);
    DL_FOREACH_SAFE2(engine->live, seat, next, live_next)
        seat_free(seat);
}

enum engine_end engine_run(const struct engine_setup *setup, struct engine_status *status, struct err *err)
{
    struct engine engine = { .setup = setup, .status = status, .err = err };
    const struct look look = { .setup = setup, .live = &engine.live, .holding = &engine.court.holding };
    double score_sum = 0;
    enum engine_end end;

    assert(setup->binding_count <= BINDINGS_MAX);
    *status = (struct engine_status){ .expected = ledger_count(setup->ledger) };
    if (ledger_load(setup->ledger, setup->store, setup->run, &score_sum, err) < 0)
        return ENGINE_FAILED;
    *status = engine_status_begin(setup->ledger, score_sum);
    engine.court = (struct court){ .bindings = setup->bindings, .binding_count = setup->binding_count,
                                   .ledger = setup->ledger, .voids_max = setup->voids_max };
    engine.halt = (struct halt){ .setup = setup, .status = status, .err = err };
    status->look = &look;
    buf_init(&engine.scratch, 0);
    end = run(&engine);
    status->look = NULL;
    drop_live(&engine);
    buf_fini(&engine.scratch);
    return end;
}
