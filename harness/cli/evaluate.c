#include "harness/cli/evaluate.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/clock.h"
#include "harness/base/hash.h"
#include "harness/base/json_write.h"
#include "harness/base/log.h"
#include "harness/cli/budget.h"
#include "harness/cli/cast.h"
#include "harness/cli/progress.h"
#include "harness/cli/smallest.h"
#include "harness/cli/unfinished.h"
#include "harness/cli/stopping.h"
#include "harness/engine/engine.h"
#include "harness/engine/grading.h"
#include "harness/engine/purse.h"
#include "harness/engine/runner.h"
#include "results/journal.h"
#include "results/room.h"
#include "runners/recalling.h"
#include "tasks/graders/judge.h"

/* A JSON list of strings, into out; NULL when there is nothing to choose from. */
static const char *write_choices(const struct sample *sample, struct buf *out)
{
    struct json_write w = json_write_to(out);

    if (sample->choice_count == 0)
        return NULL;
    buf_clear(out);
    json_open(&w, NULL, '[');
    for (size_t i = 0; i < sample->choice_count; i++)
        json_add_string(&w, NULL, sample->choices[i]);
    json_close(&w);
    return out->data;
}

/* The samples that are asked; the data set may hold many more. It is the place their row ids are kept in. */
static int store_work(struct store *store, const struct work *work, struct dataset *dataset, struct err *err)
{
    struct buf choices;
    int status = 0;

    buf_init(&choices, 0);
    for (size_t s = 0; status == 0 && s < work->sample_count; s++) {
        struct sample *sample = &dataset->samples[work->samples[s] - dataset->samples];
        const struct sample_row row = { .task = work->task->name, .name = sample->id, .hash = sample->hash,
                                        .category = sample->category, .cluster = sample->cluster,
                                        .input = sample->input, .choices = write_choices(sample, &choices) };
        sample->row_id = store_put_sample(store, &row, err);
        status = sample->row_id < 0 ? -1 : 0;
    }
    buf_fini(&choices);
    return status;
}

static int store_samples(struct store *store, const struct resolved *resolved, struct err *err)
{
    if (store_begin(store, err) < 0)
        return -1;
    for (size_t t = 0; t < resolved->count; t++)
        if (store_work(store, &resolved->works[t], &resolved->tasks[t].dataset, err) < 0) {
            store_rollback(store);
            return -1;
        }
    return store_commit(store, err);
}

static struct run_row describe(const struct evaluation *evaluation, const struct model *model,
                               const struct cast *cast)
{
    const struct runner *runner = cast_model(cast), *judge = cast_judge(cast);
    struct arena *arena = evaluation->arena;
    const char *shown = runner_type(runner)->shown != NULL ? runner_type(runner)->shown(runner) : NULL;
    char hex[HASH_HEX_SIZE];
    struct buf plan, places;
    struct run_row row = { .version = VERNIER_VERSION, .state = "running", .started_ms = clock_utc_ms() };

    buf_init(&plan, 0);
    buf_init(&places, 0);
    resolved_write_plan(evaluation->resolved, model, runner, judge, &plan);
    resolved_write_places(evaluation->resolved, evaluation->plan, model, runner, judge, &places);
    hash_sha256_hex(plan.data, plan.length, hex);
    row.fingerprint = arena_strdup(arena, hex);
    row.plan = arena_strndup(arena, plan.data, plan.length);
    row.places = arena_strndup(arena, places.data, places.length);
    row.model = shown != NULL ? arena_strdup(arena, shown) : arena_printf(arena, "%s/%s", model->provider, model->id);
    buf_fini(&places);
    buf_fini(&plan);
    return row;
}

static bool is_complete(const struct run_row *run)
{
    return strcmp(run->state, "complete") == 0;
}

/* 1: *run is an earlier run to go on with; 0: a new one is wanted; -1: err set. */
static int find_earlier(const struct evaluation *evaluation, const struct run_row *wanted, struct run_row *run,
                        struct err *err)
{
    int found;

    if (evaluation->again == AGAIN_NEW)
        return 0;
    if (evaluation->again == AGAIN_CONTINUE) {
        found = store_find_fingerprint(evaluation->store, evaluation->arena, wanted->fingerprint, run, err);
        return found > 0 && is_complete(run) ? 0 : found;
    }
    if (strcmp(evaluation->resume.fingerprint, wanted->fingerprint) != 0)
        return err_set_code(err, EXIT_USAGE, "run %s was started with another plan (model, tasks, data, sampling, "
                            "epochs or seed differ); without --resume a new run begins", evaluation->resume.name);
    *run = evaluation->resume;
    return 1;
}

static int begin_run(const struct evaluation *evaluation, const struct run_row *wanted, struct run_row *run,
                     struct err *err)
{
    int found = find_earlier(evaluation, wanted, run, err);

    if (found < 0 || store_stop_others(evaluation->store, found > 0 ? run->id : 0, err) < 0)
        return -1;
    if (found > 0) {
        log_info("run %s goes on", run->name);
        return store_set_run_state(evaluation->store, run->id, "running", 0, err);
    }
    *run = *wanted;
    if (store_add_run(evaluation->store, evaluation->arena, run, err) < 0)
        return -1;
    log_info("run %s begins", run->name);
    smallest_tell(evaluation->resolved);
    return evaluation->again == AGAIN_CONTINUE ? unfinished_tell(evaluation->store, evaluation->arena, run, err) : 0;
}

static bool too_many_voids(const struct engine_status *status, double void_max)
{
    return (double)status->voided > void_max * (double)status->expected;
}

/* What a grader of the user's did not grade needs no model to be graded; a judge would have to be asked again. */
static void tell_mending(const struct evaluation *evaluation, const struct run_row *run,
                         const struct engine_status *status)
{
    if (strncmp(status->void_reason, GRADING_FAILED, strlen(GRADING_FAILED)) == 0 &&
        !resolved_asks_judge(evaluation->resolved))
        log_warn("what a grader did not grade is kept: with the grader mended, `vernier grade %s` scores it, calling no "
                 "model", run->name);
}

static void tell_voids(const struct engine_status *status, size_t open)
{
    if (status->void_reason[0] != '\0')
        log_warn("the last void: %s", status->void_reason);
    if (open == status->voided)
        log_warn("%zu of %zu episodes are void, more than allowed (--max-void); the same command tries them again",
                 status->voided, status->expected);
    else if (open > 0)
        log_warn("%zu of %zu episodes are void, more than allowed (--max-void); the same command tries %zu of them again",
                 status->voided, status->expected, open);
    else
        log_warn("%zu of %zu episodes are void, more than allowed, and all %d tries are used up: --max-void allows more, "
                 "--new begins again", status->voided, status->expected, PASSES_MAX);
}

/* Says how the run ended, keeps it, and finds the exit code. */
static int end_run(const struct evaluation *evaluation, const struct run_row *run, const struct engine_status *status,
                   struct ledger *ledger, enum engine_end end, struct err *err)
{
    bool voids = too_many_voids(status, evaluation->plan->void_max);
    bool complete = end == ENGINE_DONE && !voids;
    struct err second = ERR_INIT;

    if (store_set_run_state(evaluation->store, run->id, complete ? "complete" : "incomplete", clock_utc_ms(),
                            &second) < 0 && end < ENGINE_OUTAGE) {
        *err = second;
        return -1;
    }
    if (status->restarts > 0)
        log_info("%zu episodes began anew: what was journaled of them did not fit", status->restarts);
    if (stopping_preface(end) != NULL)
        return err_prefix(err, "%s", stopping_preface(end));
    if (end == ENGINE_FAILED)
        return -1;
    if (end == ENGINE_INTERRUPTED)
        return EXIT_INTERRUPTED;
    if (end == ENGINE_DONE && voids)
        tell_voids(status, ledger_count_open_voids(ledger));
    if (status->voided > 0)
        tell_mending(evaluation, run, status);
    if (end == ENGINE_DRAINED)
        log_info("of %zu episodes %zu %s scored, %zu void, %zu left%s", status->expected, status->scored,
                 status->scored == 1 ? "is" : "are", status->voided, status->expected - status->scored - status->voided,
                 evaluation->purse->is_empty ? "" : "; the same command goes on");
    return complete ? EXIT_OK : EXIT_INCOMPLETE;
}

static int run_engine(struct evaluation *evaluation, const struct cast *cast, const struct run_row *run,
                      struct err *err)
{
    struct journal *journal = journal_open(evaluation->store, run->id);
    struct ledger *ledger = ledger_new(evaluation->resolved->works, evaluation->resolved->count);
    const struct watch_of watched = { .model = run->model, .run = run->name, .ledger = ledger, .purse = evaluation->purse };
    struct progress *progress = progress_begin(&watched, evaluation->listener);
    struct engine_status status;
    const struct engine_setup setup = {
        .http = evaluation->http, .purse = evaluation->purse, .store = evaluation->store, .journal = journal, .run = run->id,
        .seed = evaluation->resolved->seed, .bindings = cast->bindings, .binding_count = cast->count, .ledger = ledger,
        .in_flight_max = { [ASK_MODEL] = evaluation->connections_max },
        .voids_max = (size_t)(evaluation->plan->void_max * (double)ledger_count(ledger)), .commit_each_ms = COMMIT_EACH_MS,
        .deadline_ms = evaluation->deadline_ms,
        .signal_fd = evaluation->signal_fd, .show = progress_show, .ended = progress_ended,
        .heed_guest = progress_guest_fd(progress) >= 0 ? progress_heed_guest : NULL,
        .guest_fd = progress_guest_fd(progress), .shown_to = progress,
    };
    enum engine_end end = engine_run(&setup, &status, err);
    struct err unkept = ERR_INIT;
    int kept = budget_end_run(evaluation, run, &unkept), code;

    progress_end(progress);
    /* Also where nothing was left to be done: who interrupts means the whole command. */
    evaluation->stopped = stopping_is_all(status.stopping);
    code = end_run(evaluation, run, &status, ledger, end, err);
    if (kept < 0 && code >= 0) {
        *err = unkept;
        code = -1;
    }
    ledger_free(ledger);
    journal_close(journal);
    return code;
}

/* What the judge said before, in whatever run of the store, it need not say again. */
static int run_recalling(struct evaluation *evaluation, const struct cast *cast, const struct run_row *run,
                         struct err *err)
{
    struct cast recalled = *cast;
    struct runner *recalling = NULL;
    int code;

    if (cast_judge(cast) != NULL && !evaluation->judge_anew &&
        recalling_suits(evaluation->resolved->judge, cast_judge(cast))) {
        recalling = recalling_open(cast_judge(cast), evaluation->store, run->id, judge_is_verdict, err);
        if (recalling == NULL)
            return -1;
        cast_set_judge(&recalled, recalling);
    }
    code = run_engine(evaluation, &recalled, run, err);
    recalling_close(recalling);
    return code;
}

int evaluate_find(const struct evaluation *evaluation, const struct model *model, const struct cast *cast,
                  struct run_row *run, struct err *err)
{
    struct run_row wanted = describe(evaluation, model, cast);

    return find_earlier(evaluation, &wanted, run, err);
}

int evaluate(struct evaluation *evaluation, const struct model *model, const struct cast *cast, struct run_row *run,
             struct err *err)
{
    if (store_samples(evaluation->store, evaluation->resolved, err) < 0 ||
        room_reserve(evaluation->store, ROOM_BYTES(evaluation->connections_max), err) < 0)
        return -1;
    struct run_row wanted = describe(evaluation, model, cast);
    if (begin_run(evaluation, &wanted, run, err) < 0)
        return -1;
    budget_begin_run(evaluation, run);
    return run_recalling(evaluation, cast, run, err);
}
