#include "harness/engine/seat.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/clock.h"
#include "harness/base/mem.h"
#include "harness/engine/ledger.h"

void seat_list_add(struct seat_list *list, struct seat *seat)
{
    seat->next = NULL;
    if (list->last != NULL)
        list->last->next = seat;
    else
        list->first = seat;
    list->last = seat;
}

struct seat *seat_list_take(struct seat_list *list)
{
    struct seat *seat = list->first;

    if (seat == NULL)
        return NULL;
    list->first = seat->next;
    if (list->first == NULL)
        list->last = NULL;
    return seat;
}

static void clear_counts(struct episode_row *row)
{
    row->tokens_in = row->tokens_out = row->tokens_reasoning = row->tokens_cache = TOKENS_UNKNOWN;
    row->cost_nanousd = COST_UNKNOWN;
    row->unsure_nanousd = 0;
}

struct seat *seat_new(struct ledger *ledger, size_t index, struct store *store, struct err *err)
{
    const struct entry *entry = ledger_entry(ledger, index);
    struct seat *seat = xcalloc(1, sizeof *seat);
    const struct sample *sample;
    const struct work *work = ledger_find(ledger, index, &sample, &seat->row.epoch);

    seat->index = index;
    seat->row.id = entry->row_id;
    seat->row.sample = sample->row_id;
    seat->row.task = work->task->name;
    seat->row.passes = entry->passes;
    seat->row.restarts = (int)entry->restarts;
    seat->row.started_ms = clock_utc_ms();
    seat->begun_ms = clock_monotonic_ms();
    clear_counts(&seat->row);
    if (entry->row_id == 0)
        return seat;
    seat->paper = arena_new();
    if (journal_read_spending(store, entry->row_id, &seat->row, err) == 0 &&
        journal_read_asks(store, seat->paper, entry->row_id, &seat->recorded, &seat->recorded_count, err) == 0)
        return seat;
    seat_free(seat);
    return NULL;
}

void seat_free(struct seat *seat)
{
    episode_free(seat->ep);
    arena_free(seat->paper);
    free(seat);
}

static const char *format_order(const struct episode *ep)
{
    size_t count = ep->sample->choice_count;
    char *text;

    if (ep->order == NULL)
        return NULL;
    text = arena_alloc(ep->arena, count + 1);
    for (size_t i = 0; i < count; i++)
        text[i] = (char)('0' + ep->order[i]);     /* past 9 this goes on with ':', ';', ...: one character a choice */
    return text;
}

void seat_begin(struct seat *seat, struct ledger *ledger, uint64_t run_seed)
{
    const struct sample *sample;
    int epoch;
    const struct work *work = ledger_find(ledger, seat->index, &sample, &epoch);

    seat->ep = episode_new(work->task, work->profile, sample, epoch, run_seed);
    seat->ep->seat = seat;
    episode_start(seat->ep);
    seat->row.target = seat->ep->target;
    seat->row.permutation = format_order(seat->ep);
}

void seat_restart(struct seat *seat)
{
    episode_free(seat->ep);
    seat->ep = NULL;
    seat->recorded_count = 0;
    seat->must_restart = false;
    seat->row.restarts++;
}

static const struct ask_row *find_recorded(struct seat *seat, const struct ask *ask)
{
    for (size_t i = 0; i < seat->recorded_count; i++) {
        if (seat->recorded[i].ordinal != ask->ordinal)
            continue;
        if (strcmp(seat->recorded[i].request_hash, ask->hash) == 0)
            return &seat->recorded[i];
        seat->must_restart = true;
    }
    return NULL;
}

/* A failed reply on paper is no answer: the ask goes out again. */
static bool read_recorded(struct seat *seat, const struct ask *ask, struct reply *reply)
{
    const struct ask_row *row = find_recorded(seat, ask);
    struct err err = ERR_INIT;

    return row != NULL && reply_read(row->reply, row->reply_length, seat->ep->arena, reply, &err) == 0 &&
           reply->status == REPLY_OK;
}

/* Whether it is what a judge was asked last, in an earlier pass of a void: that was no verdict, or of no use as one. */
static bool is_judges_last(const struct seat *seat, const struct ask *ask)
{
    bool is_last = seat->row.passes > 1 && strcmp(ask->role, "judge") == 0;

    for (size_t i = 0; i < seat->recorded_count && is_last; i++)
        is_last = seat->recorded[i].ordinal <= ask->ordinal;
    return is_last;
}

bool seat_recall(struct seat *seat, struct ask *ask)
{
    struct reply reply;

    if (ask->kind == ASK_GRADE || !read_recorded(seat, ask, &reply) || ask->kind == ASK_ENV || is_judges_last(seat, ask))
        return false;
    ask->reply = reply;
    return true;
}

bool seat_confirms(struct seat *seat, const struct ask *ask)
{
    struct reply before;

    if (ask->kind != ASK_ENV || ask->reply.status == REPLY_FAILED || !read_recorded(seat, ask, &before))
        return false;
    if (ask->reply.status == REPLY_OK && strcmp(before.text, ask->reply.text) == 0 &&
        before.exit_code == ask->reply.exit_code)
        return true;
    seat->must_restart = true;
    return false;
}

bool seat_fails_as_before(const struct seat *seat, const struct ask *ask)
{
    struct err err = ERR_INIT;
    struct reply before;

    for (size_t i = 0; i < seat->recorded_count; i++)
        if (seat->recorded[i].ordinal == ask->ordinal &&
            reply_read(seat->recorded[i].reply, seat->recorded[i].reply_length, seat->ep->arena, &before, &err) == 0)
            return before.status == REPLY_FAILED && before.cause == ask->reply.cause;
    return false;
}

static void add_count(int64_t *total, int64_t count)
{
    if (count >= 0)
        *total = (*total < 0 ? 0 : *total) + count;
}

/* Returns the charge on the purse. */
static int64_t count_call(struct episode_row *row, const struct call *call)
{
    add_count(&row->cost_nanousd, call->cost_nanousd);
    if (call->cost_nanousd >= 0)
        return call->cost_nanousd;
    if (call->worst_nanousd == 0)
        row->unsure_nanousd = COST_UNKNOWN;
    else if (row->unsure_nanousd >= 0)
        row->unsure_nanousd += call->worst_nanousd;
    return call->worst_nanousd;
}

int64_t seat_count(struct seat *seat, struct ask *ask)
{
    struct reply *reply = &ask->reply;
    int64_t charge = 0;

    add_count(&seat->row.tokens_in, reply->tokens_in);
    add_count(&seat->row.tokens_out, reply->tokens_out);
    add_count(&seat->row.tokens_reasoning, reply->tokens_reasoning);
    add_count(&seat->row.tokens_cache, reply->tokens_cache);
    if (ask->calls == NULL) {
        add_count(&seat->row.cost_nanousd, reply->cost_nanousd);
        return 0;
    }
    reply->cost_nanousd = COST_UNKNOWN;
    for (const struct call *call = ask->calls; call != NULL; call = call->next) {
        charge += count_call(&seat->row, call);
        add_count(&reply->cost_nanousd, call->cost_nanousd);
    }
    return charge;
}

/* As JSON. What does not fit is worth nothing to the next start, so it must be worth nothing to this one. */
static void write_reply(struct ask *ask, struct buf *out)
{
    int64_t cost_nanousd = ask->reply.cost_nanousd;

    buf_clear(out);
    reply_write(&ask->reply, out);
    if (!out->cut)
        return;
    ask->reply = reply_failed(ORIGIN_HARNESS, "the reply is too large to be kept");
    ask->reply.cost_nanousd = cost_nanousd;
    buf_clear(out);
    reply_write(&ask->reply, out);
}

/* Such is a command in a box: the half of all that an agent asks. */
static bool is_free(const struct ask *ask)
{
    const struct reply *reply = &ask->reply;

    return ask->calls == NULL && reply->cost_nanousd < 0 && reply->tokens_in < 0 && reply->tokens_out < 0
        && reply->tokens_reasoning < 0 && reply->tokens_cache < 0;
}

static void keep_reply(struct seat *seat, struct ask *ask, struct journal *journal, struct buf *scratch)
{
    struct ask_row *row = arena_alloc(seat->ep->arena, sizeof *row);

    write_reply(ask, scratch);
    *row = (struct ask_row){
        .ordinal = ask->ordinal,
        .kind = ask_kind_name(ask->kind),
        .role = ask->role,
        .request_hash = ask->hash,
        .reply = arena_strndup(seat->ep->arena, scratch->data, scratch->length),
        .reply_length = scratch->length,
        .elapsed_ms = ask->reply.elapsed_ms,
        .cost_nanousd = ask->reply.cost_nanousd,
        .is_free = is_free(ask),
        .calls = ask->calls,
    };
    journal_add_ask(journal, &seat->row, row);
}

void seat_keep(struct seat *seat, struct ask *ask, struct journal *journal, struct buf *scratch)
{
    if (ask->reply.status == REPLY_NONE) {
        seat->parked = true;
        if (ask->calls != NULL)
            journal_add_calls(journal, &seat->row, ask->calls);
        return;
    }
    reply_clean(&ask->reply, seat->ep->arena);
    ask->reply.elapsed_ms = clock_monotonic_ms() - ask->submitted_ms;
    if (ask->kind != ASK_GRADE && !seat_confirms(seat, ask))
        keep_reply(seat, ask, journal, scratch);
}

static void end_scored(struct seat *seat)
{
    const struct episode *ep = seat->ep;

    seat->row.outcome = "scored";
    seat->row.truncated = ep->truncated;
    seat->row.refused = ep->refused;
    seat->row.loop = ep->loop;
    seat->row.unparsable = ep->unparsable;
    seat->row.no_answer = ep->grade.answer == NULL;
    seat->row.tampered = ep->grade.tampered;
    seat->grade = (struct grade_row){
        .grader = ep->task->grader->name,
        .version = ep->task->grader->version,
        .profile = ep->profile->name,
        .score = ep->grade.score,
        .answer = ep->grade.answer,
        .answer_class = ep->grade.answer_class,
        .reason = ep->grade.reason,
        .verdict = ep->grade.verdict,
        .asked_language = ep->grade.asked_language,
        .language = ep->grade.language,
        .graded_ms = clock_utc_ms(),
    };
}

bool seat_is_suspect(const struct seat *seat)
{
    return seat->ep->outcome == OUTCOME_VOID && !seat->row.finished;
}

void seat_end(struct seat *seat)
{
    seat->row.finished = true;
    seat->row.ended_ms = clock_utc_ms();
    if (seat->ep->outcome == OUTCOME_SCORED) {
        end_scored(seat);
        return;
    }
    seat->row.outcome = "void";
    seat->row.origin = origin_name(seat->ep->origin);
    seat->row.reason = seat->ep->reason;
}

void seat_settle(const struct seat *seat, struct ledger *ledger)
{
    struct entry *entry = ledger_entry(ledger, seat->index);

    entry->row_id = seat->row.id;
    entry->restarts = (uint32_t)seat->row.restarts;
    if (seat->ep->outcome == OUTCOME_VOID)
        entry->state = ENTRY_VOID;
    if (seat->ep->outcome != OUTCOME_SCORED)
        return;
    entry->state = ENTRY_SCORED;
    ledger_add_score(ledger, seat->index, seat->ep->grade.score);
}
