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
 * until it is on disk, and no step runs on a reply that is not.
 *
 * Outages: a provider that answers nobody must not turn a thousand samples void. An episode that the provider failed
 * first stands in `suspects`, and so does one whose request was turned down before anybody was answered. An answer from
 * the same place to anyone proves it to be that sample's own bad luck, and it becomes void; so it does when nothing else
 * is left. Too many failures in a row are an outage: the run stops, and the suspects leave without an outcome, as does
 * whoever is parked. What is on paper serves the next start. Before it is said that everybody is turned down, all that
 * are still out are waited for, and no new one is asked (holding): refusals come faster than answers.
 */
#include "harness/engine/engine.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <utlist.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/clock.h"
#include "harness/base/http.h"
#include "harness/base/log.h"
#include "harness/engine/ledger.h"
#include "harness/engine/look.h"
#include "harness/engine/outage.h"
#include "harness/engine/purse.h"
#include "harness/engine/runner.h"
#include "harness/engine/seat.h"
#include "results/store.h"

/* A deadline may be noticed this late. */
#define WAIT_MAX_MS 1000

/* Live episodes beyond those the model is busy with: enough to keep environments and graders fed. */
#define LIVE_SPARE 64

/* So many replies are read before the slots they freed are filled: reading a thousand takes a tenth of a second. */
#define REFILL_EACH 64

#define COMMIT_TRIES 3

struct engine {
    const struct engine_setup *setup;
    struct engine_status *status;
    struct ask_list queue[ASK_KINDS];    /* posted, waiting for room */
    struct seat_list ready, ended, suspects;
    struct seat *live;                   /* all of them, wherever they stand */
    int interrupts;
    struct outage outages[BINDINGS_MAX];    /* of the binding of that number */
    struct buf scratch;                  /* replies pass through here on their way to JSON */
    struct err *err;
    enum engine_end failure;             /* other than ENGINE_DONE: the run cannot go on, and err is set */
    bool holding;                        /* everybody seems to be turned down: those that are out will tell */
};

static bool has_failed(const struct engine *engine)
{
    return engine->failure != ENGINE_DONE;
}

static size_t find_binding(const struct engine *engine, const struct ask *ask)
{
    return binding_find(engine->setup->bindings, engine->setup->binding_count, ask);
}

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

/* The first ask of its last step that got no answer. */
static const struct ask *find_failed(const struct episode *ep)
{
    for (size_t i = 0; i < ep->heard_count; i++)
        if (ep->heard[i]->reply.status != REPLY_OK)
            return ep->heard[i];
    return NULL;
}

/* Whether a void may be the place's doing that was asked, and not its sample's; *accused: which place. */
static bool may_be_outage(const struct engine *engine, const struct seat *seat, size_t *accused)
{
    const struct ask *failed = seat->ep->outcome == OUTCOME_VOID ? find_failed(seat->ep) : NULL;

    if (failed == NULL || failed->kind != ASK_MODEL)
        return false;
    *accused = find_binding(engine, failed);
    if (*accused == engine->setup->binding_count)
        return false;
    return failed->reply.origin == ORIGIN_PROVIDER ||
           (failed->reply.cause == CAUSE_REFUSED && !engine->outages[*accused].heard);
}

/* Sends a live episode's new asks on their way, or ends it. */
static void follow(struct engine *engine, struct seat *seat)
{
    if (seat->ep->outcome != OUTCOME_NONE) {
        if (!may_be_outage(engine, seat, &seat->accused))
            end(engine, seat);
        else if (has_failed(engine))
            leave(engine, seat);
        else
            seat_list_add(&engine->suspects, seat);
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

    if (kind == ASK_MODEL && engine->holding)
        return false;
    return max == 0 || engine->status->in_flight[kind] < max;
}

static void submit(struct engine *engine, struct ask *ask)
{
    size_t i = find_binding(engine, ask);

    if (i == engine->setup->binding_count) {
        const char *why = arena_printf(ask->episode->arena, "nobody plays the role \"%s\"", ask->role);
        ask->reply = reply_failed(ORIGIN_HARNESS, why);
        answered(engine, ask);
        return;
    }
    ask->submitted_ms = clock_monotonic_ms();
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

static bool wants_more(const struct engine *engine)
{
    size_t max = engine->setup->in_flight_max[ASK_MODEL];

    return !engine->status->draining && !has_failed(engine) && engine->queue[ASK_MODEL].first == NULL &&
           has_room(engine, ASK_MODEL) && (max == 0 || engine->status->live < 2 * max + LIVE_SPARE);
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

/* No new asks from here on, and no more tries at old ones. */
static void drain(struct engine *engine, enum stopping why)
{
    if (engine->status->stopping == STOPPING_NOT)
        engine->status->stopping = why;
    engine->status->draining = true;
    binding_rest_all(engine->setup->bindings, engine->setup->binding_count);
}

/* engine->err says why. */
static void stop(struct engine *engine, enum engine_end failure)
{
    engine->failure = failure;
    drain(engine, failure == ENGINE_OUTAGE ? STOPPING_OUTAGE : failure == ENGINE_REFUSAL ? STOPPING_REFUSAL
                                                                                          : STOPPING_FAULT);
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
            stop(engine, ENGINE_FAILED);
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

static void heed_interrupt(struct engine *engine)
{
    struct signalfd_siginfo info;

    while (engine->setup->signal_fd >= 0 && read(engine->setup->signal_fd, &info, sizeof info) == sizeof info)
        engine->interrupts++;
    if (engine->interrupts > 0 && !engine->status->draining)
        drain(engine, STOPPING_WISH);
}

static void heed_deadline(struct engine *engine)
{
    int64_t deadline_ms = engine->setup->deadline_ms;

    if (deadline_ms != 0 && clock_monotonic_ms() >= deadline_ms && !engine->status->draining)
        drain(engine, STOPPING_CLOCK);
}

static void heed_purse(struct engine *engine)
{
    const struct purse *purse = engine->setup->purse;

    if (purse != NULL && purse->has_failed && !has_failed(engine)) {
        *engine->err = purse->err;
        stop(engine, ENGINE_FAILED);
    }
    if (purse != NULL && purse->is_empty && !engine->status->draining)
        drain(engine, STOPPING_MONEY);
}

static void wait_for_runners(struct engine *engine)
{
    int fds[BINDINGS_MAX + 2];
    size_t count = binding_list_fds(engine->setup->bindings, engine->setup->binding_count, fds);
    bool busy = engine->ready.first != NULL || engine->ended.first != NULL;

    if (engine->setup->signal_fd >= 0)
        fds[count++] = engine->setup->signal_fd;
    if (engine->setup->heed_guest != NULL)
        fds[count++] = engine->setup->guest_fd;
    http_wait(engine->setup->http, fds, count, busy ? 0 : WAIT_MAX_MS);
    heed_interrupt(engine);
    heed_deadline(engine);
}

static void count_calls(struct engine *engine, const struct ask *ask)
{
    for (const struct call *call = ask->calls; call != NULL; call = call->next) {
        engine->status->calls++;
        engine->status->retries += call->try_number > 1;
        engine->status->refused += call->status == 429 || call->status == 529;
    }
}

static void count_reply(struct engine *engine, const struct reply *reply)
{
    engine->status->tokens_in += reply->tokens_in > 0 ? reply->tokens_in : 0;
    engine->status->tokens_out += reply->tokens_out > 0 ? reply->tokens_out : 0;
    engine->status->cost_nanousd += reply->cost_nanousd > 0 ? reply->cost_nanousd : 0;
}

static void keep_reply(struct engine *engine, struct seat *seat, struct ask *ask)
{
    reply_clean(&ask->reply, seat->ep->arena);
    ask->reply.elapsed_ms = clock_monotonic_ms() - ask->submitted_ms;
    if (!seat_confirms(seat, ask))
        seat_journal(seat, ask, engine->setup->journal, &engine->scratch);
}

/* It was given up, but what its calls cost was paid for. */
static void park(struct engine *engine, struct seat *seat, struct ask *ask)
{
    seat->parked = true;
    if (ask->calls != NULL)
        journal_add_calls(engine->setup->journal, &seat->row, ask->calls);
}

/* The row, the status and the purse learn what it took. */
static void count_ask(struct engine *engine, struct seat *seat, struct ask *ask)
{
    int64_t charge = seat_count(seat, ask);

    count_calls(engine, ask);
    count_reply(engine, &ask->reply);
    engine->status->untold += ask->kind == ASK_MODEL && ask->reply.status == REPLY_OK && ask->reply.tokens_out < 0;
    if (engine->setup->purse != NULL)
        purse_tell(engine->setup->purse, charge);
}

static void take_reply(struct engine *engine, struct ask *ask)
{
    struct seat *seat = ask->episode->seat;

    ask->is_out = false;
    engine->status->in_flight[ask->kind]--;
    engine->status->replies++;
    count_ask(engine, seat, ask);
    if (ask->reply.status == REPLY_NONE)
        park(engine, seat, ask);
    else
        keep_reply(engine, seat, ask);
    answered(engine, ask);
}

/* Those that failed at that place are their samples' own bad luck. */
static void clear_suspects(struct engine *engine, size_t accused)
{
    struct seat_list others = { NULL, NULL };

    for (struct seat *seat; (seat = seat_list_take(&engine->suspects)) != NULL;)
        if (seat->accused == accused)
            end(engine, seat);
        else
            seat_list_add(&others, seat);
    engine->suspects = others;
}

static void declare(struct engine *engine, enum engine_end failure, const char *words)
{
    err_set_code(engine->err, EXIT_UNAVAILABLE, "%s", words);
    stop(engine, failure);
    for (struct seat *seat; (seat = seat_list_take(&engine->suspects)) != NULL;)
        leave(engine, seat);
}

/* Nothing is left to be saved from an outage at a run's tail and in the voids' second chance. */
static bool is_worth_saving(struct engine *engine)
{
    return !ledger_in_voids(engine->setup->ledger) && ledger_has_next(engine->setup->ledger);
}

static void heed_reply(struct engine *engine, size_t i, const struct ask *ask)
{
    struct outage *outage = &engine->outages[i];

    if (outage_notice(outage, ask) && !has_failed(engine) && outage_is_on(outage, is_worth_saving(engine)))
        declare(engine, ENGINE_OUTAGE, ask->reply.reason);
    if (outage_is_answer(&ask->reply))
        clear_suspects(engine, i);
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

/* The rows that the journal has queued, with what the run may have spent beside them. */
static int commit_rows(struct engine *engine, struct err *err)
{
    struct journal *journal = engine->setup->journal;
    struct purse *purse = engine->setup->purse;
    int64_t unsure_nanousd;

    if (purse == NULL || journal_is_empty(journal))
        return journal_commit(journal, err);
    if (purse_draft(purse, &unsure_nanousd))
        journal_set_unsure(journal, unsure_nanousd);
    if (journal_commit(journal, err) < 0)
        return -1;
    purse_commit(purse);
    return 0;
}

/* A disk that is full for a moment should not cost what was paid for: what is queued stays queued between tries. */
static int commit(struct engine *engine)
{
    struct err err = ERR_INIT;

    for (int i = 1; commit_rows(engine, &err) < 0; i++) {
        if (i == COMMIT_TRIES || store_is_lost(engine->setup->store)) {
            *engine->err = err;
            return -1;
        }
        log_warn("%s; trying again", err.text);
        sleep(1);
    }
    return 0;
}

/* One that went on from paper took less than its time; one that left has not ended. */
static void tell_ended(const struct engine *engine, const struct seat *seat)
{
    if (engine->setup->ended != NULL && seat->paper == NULL && seat->ep->outcome != OUTCOME_NONE)
        engine->setup->ended(seat->index, clock_monotonic_ms() - seat->begun_ms, engine->setup->shown_to);
}

static void settle(struct engine *engine, struct seat *seat)
{
    struct entry *entry = ledger_entry(engine->setup->ledger, seat->index);

    entry->row_id = seat->row.id;
    entry->restarts = (uint32_t)seat->row.restarts;
    if (seat->ep->outcome == OUTCOME_SCORED) {
        entry->state = ENTRY_SCORED;
        engine->status->scored++;
        engine->status->score_sum += seat->ep->grade.score;
        engine->status->truncated += seat->row.truncated;
        ledger_add_score(engine->setup->ledger, seat->index, seat->ep->grade.score);
    } else if (seat->ep->outcome == OUTCOME_VOID) {
        entry->state = ENTRY_VOID;
        engine->status->voided++;
        snprintf(engine->status->void_reason, sizeof engine->status->void_reason, "%s", seat->ep->reason);
    }
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

static enum engine_end how_it_ended(const struct engine *engine)
{
    if (has_failed(engine))
        return engine->failure;
    return engine->status->draining && !ledger_is_done(engine->setup->ledger) ? ENGINE_DRAINED : ENGINE_DONE;
}

/* While it seems that everybody is turned down, nobody new is asked. Those that are out will tell. */
static void hold_or_not(struct engine *engine)
{
    bool is_judged = !has_failed(engine) && !engine->status->draining && !ledger_in_voids(engine->setup->ledger);

    engine->holding = false;
    for (size_t i = 0; i < engine->setup->binding_count; i++)
        engine->holding |= is_judged && outage_is_refusal(&engine->outages[i], engine->setup->voids_max, false);
}

/* Nobody at all was answered there; or too few to tell were asked, and all of them turned down, in this start and any. */
static enum engine_end judge(const struct engine *engine, const struct outage *outage)
{
    if (has_failed(engine) || ledger_in_voids(engine->setup->ledger))      /* these have failed before: a few prove nothing */
        return ENGINE_DONE;
    if (outage_is_refusal(outage, engine->setup->voids_max, engine->status->scored == 0))
        return ENGINE_REFUSAL;
    return outage_was_heard(outage) ? ENGINE_DONE : ENGINE_OUTAGE;
}

/* With nothing else left, the suspects are void, or nobody is to blame for them but the place they were asked at. */
static void judge_suspects(struct engine *engine)
{
    const struct seat *first = engine->suspects.first;
    enum engine_end verdict;

    assert(first != NULL);
    verdict = judge(engine, &engine->outages[first->accused]);
    if (verdict != ENGINE_DONE)
        declare(engine, verdict, first->ep->reason);
    else
        clear_suspects(engine, first->accused);
}

/* Every live seat that is no suspect stands somewhere: nothing is waited for in vain. */
static bool is_moving(const struct engine *engine)
{
    size_t busy = engine->ready.first != NULL || engine->ended.first != NULL;

    for (int kind = 0; kind < ASK_KINDS; kind++)
        busy += engine->status->in_flight[kind] + (engine->queue[kind].first != NULL && may_leave(engine, (enum ask_kind)kind));
    return busy > 0;
}

static void show(const struct engine *engine)
{
    if (engine->setup->show != NULL)
        engine->setup->show(engine->status, engine->setup->shown_to);
    if (engine->setup->heed_guest != NULL)
        engine->setup->heed_guest(engine->status, engine->setup->shown_to);
}

static enum engine_end run(struct engine *engine)
{
    heed_interrupt(engine);
    admit_samples(engine);
    while (engine->status->live > 0) {
        if (!is_moving(engine))
            judge_suspects(engine);
        heed_purse(engine);
        wait_for_runners(engine);      /* the only place that blocks */
        collect_replies(engine);       /* finished asks are queued in the journal; nothing steps yet */
        hold_or_not(engine);
        refill(engine);                /* freed slots, before the disk is waited for */
        if (commit(engine) < 0)
            return ENGINE_FAILED;      /* nothing steps on a reply that is not on disk */
        if (engine->interrupts > 1)
            return ENGINE_INTERRUPTED;
        settle_outcomes(engine);
        step_episodes(engine);         /* those whose last reply is on disk now */
        admit_samples(engine);
        show(engine);
    }
    return how_it_ended(engine);
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
    const struct look look = { .setup = setup, .live = &engine.live, .holding = &engine.holding };
    struct ledger *ledger = setup->ledger;
    enum engine_end end;

    assert(setup->binding_count <= BINDINGS_MAX);
    *status = (struct engine_status){ .expected = ledger_count(ledger) };
    if (ledger_load(ledger, setup->store, setup->run, &status->score_sum, err) < 0)
        return ENGINE_FAILED;
    status->scored = ledger_count_state(ledger, ENTRY_SCORED);
    status->voided = ledger_count_state(ledger, ENTRY_VOID);
    status->resumed = status->scored + status->voided;
    status->unbegun = status->expected - status->resumed;
    status->truncated = ledger_truncated(ledger);
    status->look = &look;
    buf_init(&engine.scratch, 0);
    end = run(&engine);
    status->look = NULL;
    drop_live(&engine);
    buf_fini(&engine.scratch);
    return end;
}
