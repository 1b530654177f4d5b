#include "harness/cli/watch.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/arena.h"
#include "harness/base/clock.h"
#include "harness/base/mem.h"
#include "harness/cli/forecast.h"
#include "harness/cli/glance.h"
#include "harness/cli/standing.h"
#include "harness/cli/stopping.h"
#include "harness/engine/engine.h"
#include "harness/engine/episode.h"
#include "harness/engine/ledger.h"
#include "harness/engine/look.h"
#include "harness/engine/purse.h"

#define SECOND_MS 1000

/* A share of the time that may be spent on figures: one in so many. */
#define COST_SHARE 100

/* The speed of tokens is that of so many seconds. */
#define SPEED_SECONDS 60

/* Nothing is slow that is younger; before anything has finished, nothing that is younger than the second. */
#define SLOW_MIN_MS 10000
#define SLOW_FIRST_MS 60000
#define SLOW_FACTOR 2

struct mark { int64_t at_ms, tokens; };

struct watch {
    struct watch_of of;
    int64_t begun_ms, moved_ms;
    size_t replies;                     /* at moved_ms */
    struct forecast *forecast;
    struct mark marks[SPEED_SECONDS];   /* of the last seconds, a ring */
    size_t mark_count;
    struct standing *standings;         /* of each task, and the forecast: as last worked out */
    struct forecast_end end;
    int64_t figured_ms, figures_due_ms;
};

struct watch *watch_begin(const struct watch_of *of)
{
    struct watch *watch = xcalloc(1, sizeof *watch);
    size_t tasks = ledger_work_count(of->ledger);

    watch->of = *of;
    watch->begun_ms = watch->moved_ms = clock_monotonic_ms();
    watch->forecast = forecast_new(tasks);
    watch->standings = xcalloc(tasks + 1, sizeof watch->standings[0]);
    return watch;
}

void watch_end(struct watch *watch)
{
    forecast_free(watch->forecast);
    free(watch->standings);
    free(watch);
}

static void mark_tokens(struct watch *watch, int64_t now_ms, int64_t tokens)
{
    struct mark *last = &watch->marks[(watch->mark_count + SPEED_SECONDS - 1) % SPEED_SECONDS];

    if (watch->mark_count == 0 || now_ms - last->at_ms >= SECOND_MS)
        watch->marks[watch->mark_count++ % SPEED_SECONDS] = (struct mark){ now_ms, tokens };
}

/* Since the oldest mark, which is at most that many seconds away while the engine turns once a second. */
static double find_speed(const struct watch *watch, int64_t now_ms, int64_t tokens)
{
    const struct mark *oldest = watch->mark_count > SPEED_SECONDS ? &watch->marks[watch->mark_count % SPEED_SECONDS]
                                                                  : &watch->marks[0];
    int64_t span_ms = now_ms - oldest->at_ms;

    return watch->mark_count == 0 || span_ms < SECOND_MS ? 0
        : (double)(tokens - oldest->tokens) / ((double)span_ms / 1000);
}

void watch_turn(struct watch *watch, const struct engine_status *status)
{
    int64_t now_ms = clock_monotonic_ms();

    if (status->replies != watch->replies)
        watch->moved_ms = now_ms;
    watch->replies = status->replies;
    mark_tokens(watch, now_ms, status->tokens_out);
}

void watch_ended(struct watch *watch, size_t index, int64_t took_ms)
{
    forecast_add(watch->forecast, ledger_work_of(watch->of.ledger, index), took_ms);
}

/* Of each task. They are begun in the ledger's order, so those still to come stand last in it. */
static size_t *count_unbegun(const struct watch *watch, const struct engine_status *status)
{
    struct ledger *ledger = watch->of.ledger;
    enum entry_state wanted = ledger_in_voids(ledger) ? ENTRY_VOID : ENTRY_EXPECTED;
    size_t *unbegun = xcalloc(ledger_work_count(ledger) + 1, sizeof unbegun[0]);
    size_t left = status->draining ? 0 : status->unbegun;

    for (size_t i = ledger_count(ledger); left > 0 && i-- > 0;)
        if (ledger_entry(ledger, i)->state == wanted) {
            unbegun[ledger_work_of(ledger, i)]++;
            left--;
        }
    return unbegun;
}

static void forecast_again(struct watch *watch, const struct engine_status *status)
{
    struct look_live *live = xcalloc(status->live + 1, sizeof live[0]);
    size_t count = look_live(status->look, live, status->live), *unbegun = count_unbegun(watch, status);
    struct forecast_live *ages = xcalloc(count + 1, sizeof ages[0]);
    int64_t now_ms = clock_monotonic_ms();

    for (size_t i = 0; i < count; i++)
        ages[i] = (struct forecast_live){ ledger_work_of(watch->of.ledger, live[i].index), now_ms - live[i].begun_ms };
    watch->end = forecast_end(watch->forecast, &(struct forecast_rest){ unbegun, ages, count });
    free(ages);
    free(unbegun);
    free(live);
}

static void work_out(struct watch *watch, const struct engine_status *status)
{
    int64_t now_ms = clock_monotonic_ms(), cost_ms;

    if (now_ms < watch->figures_due_ms)
        return;
    for (size_t w = 0; w < ledger_work_count(watch->of.ledger); w++)
        watch->standings[w] = standing_read(watch->of.ledger, w);
    forecast_again(watch, status);
    cost_ms = clock_monotonic_ms() - now_ms;
    watch->figured_ms = now_ms;
    watch->figures_due_ms = now_ms + (cost_ms * COST_SHARE > SECOND_MS ? cost_ms * COST_SHARE : SECOND_MS);
}

static void take_tasks(const struct watch *watch, struct arena *arena, struct glance *out)
{
    out->task_count = ledger_work_count(watch->of.ledger);
    out->tasks = arena_calloc(arena, out->task_count + 1, sizeof out->tasks[0]);
    for (size_t w = 0; w < out->task_count; w++) {
        const struct standing *standing = &watch->standings[w];
        const struct interval *interval = &standing->estimate.interval;
        out->tasks[w] = (struct glance_task){ .name = standing->task, .questions = standing->questions,
                                              .heard = standing->heard, .mean = standing->estimate.mean,
                                              .lower = interval->lower, .upper = interval->upper };
    }
}

static int64_t find_slow_ms(const struct watch *watch)
{
    int64_t most_ms = forecast_quantile_ms(watch->forecast, 0.9);

    if (most_ms < 0)
        return SLOW_FIRST_MS;
    return SLOW_FACTOR * most_ms > SLOW_MIN_MS ? SLOW_FACTOR * most_ms : SLOW_MIN_MS;
}

/* A moment of the monotonic clock on the other; 0 stays 0. */
static int64_t to_utc(int64_t monotonic_ms)
{
    return monotonic_ms == 0 ? 0 : clock_utc_ms() + monotonic_ms - clock_monotonic_ms();
}

static struct glance_wait describe(const struct look_wait *wait, int64_t slow_ms, struct arena *arena)
{
    const struct episode *ep = wait->ask->episode;
    int64_t age_ms = clock_monotonic_ms() - wait->since_ms;

    return (struct glance_wait){
        .task = arena_strdup(arena, ep->task->name), .sample = arena_strdup(arena, ep->sample->id), .epoch = ep->epoch,
        .kind = ask_kind_name(wait->ask->kind), .host = arena_strdup(arena, wait->at.host),
        .state = arena_strdup(arena, wait->at.words), .then = wait->at.then != NULL ? wait->at.then : "",
        .age_ms = age_ms, .tries = wait->at.tries, .until_ms = to_utc(wait->at.until_ms),
        .is_slow = age_ms >= slow_ms || (wait->at.tries > 0 && age_ms >= SLOW_MIN_MS),
    };
}

static void take_waits(const struct watch *watch, const struct engine_status *status, size_t max, struct arena *arena,
                       struct glance *out)
{
    size_t room = status->live < max ? status->live : max;
    struct look_wait *waits = xcalloc(room + 1, sizeof waits[0]);
    int64_t slow_ms = find_slow_ms(watch);

    out->wait_total = look_waits(status->look, waits, room);
    out->wait_count = out->wait_total < room ? out->wait_total : room;
    out->waits = arena_calloc(arena, out->wait_count + 1, sizeof out->waits[0]);
    for (size_t i = 0; i < out->wait_count; i++)
        out->waits[i] = describe(&waits[i], slow_ms, arena);
    free(waits);
}

static void take_counts(const struct engine_status *status, struct glance *out)
{
    struct runner_load load;

    look_load(status->look, &load);
    out->expected = status->expected;
    out->scored = status->scored;
    out->voided = status->voided;
    out->truncated = status->truncated;
    out->out_model = status->in_flight[ASK_MODEL];
    out->out_env = status->in_flight[ASK_ENV];
    out->out_grade = status->in_flight[ASK_GRADE];
    out->calling = load.calling;
    out->retrying = load.retrying;
    out->later = load.later;
    out->held = load.held;
    out->limit = load.limit;
    out->next_ms = to_utc(load.next_ms);
    out->retries = status->retries;
    out->refused = status->refused;
    out->tokens_out = status->tokens_out;
    out->untold = status->untold;
}

static void take_money(const struct purse *purse, struct glance *out)
{
    if (purse == NULL)
        return;
    out->spent_nanousd = purse->spent_nanousd;
    out->unsure_nanousd = purse->unsure_nanousd;
    out->cap_nanousd = purse->cap_nanousd;
}

/* As it was figured out, less what has passed since. */
static int64_t find_left_ms(const struct watch *watch, int64_t now_ms)
{
    int64_t left_ms = watch->end.left_ms - (now_ms - watch->figured_ms);

    return watch->end.left_ms < 0 ? -1 : left_ms > 0 ? left_ms : 0;
}

void watch_take(struct watch *watch, const struct engine_status *status, size_t waits_max, struct arena *arena,
                struct glance *out)
{
    int64_t now_ms = clock_monotonic_ms();

    work_out(watch, status);
    *out = (struct glance){
        .pid = getpid(), .run = watch->of.run, .model = watch->of.model, .running_ms = now_ms - watch->begun_ms,
        .still_ms = now_ms - watch->moved_ms, .tokens_per_s = find_speed(watch, now_ms, status->tokens_out),
        .left_ms = find_left_ms(watch, now_ms), .is_beyond = watch->end.is_beyond && status->unbegun == 0,
        .stopping = stopping_words(status->stopping),
    };
    take_counts(status, out);
    take_money(watch->of.purse, out);
    take_tasks(watch, arena, out);
    take_waits(watch, status, waits_max, arena, out);
}
