#include "harness/cli/mend.h"

#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/clock.h"
#include "harness/base/log.h"
#include "harness/cli/resolve.h"
#include "harness/engine/grading.h"
#include "results/journal.h"
#include "results/rows.h"
#include "results/store.h"

bool mend_is_wanted(const struct result_row *row, const struct resolved *resolved)
{
    const struct episode_row *episode = &row->episode;
    const struct resolved_task *task = resolved_find(resolved, episode->task);

    return episode->finished && strcmp(episode->outcome, "void") == 0 &&
           strcmp(episode->origin, origin_name(ORIGIN_HARNESS)) == 0 && episode->reason != NULL &&
           strncmp(episode->reason, GRADING_FAILED, strlen(GRADING_FAILED)) == 0 &&
           (task == NULL || task->work.task->grader->rubric == NULL);
}

struct episode_row *mend_row(struct arena *arena, const struct episode_row *row, const struct reply *said)
{
    struct episode_row *mended = arena_alloc(arena, sizeof *mended);

    *mended = *row;
    mended->outcome = "scored";
    mended->origin = mended->reason = NULL;
    mended->task = arena_strdup(arena, row->task);
    mended->target = arena_strdup(arena, row->target);
    mended->permutation = arena_strdup(arena, row->permutation);
    mended->truncated = said->stop == STOP_LENGTH;
    mended->refused = said->stop == STOP_REFUSAL;
    mended->unparsable = said->stop == STOP_UNPARSABLE;
    mended->loop = reply_is_loop(said);
    return mended;
}

/* How many episodes have ended, and how many of them void. -1 with err set. */
static int count_ended(struct store *store, const struct run_row *run, size_t *ended, size_t *voided, struct err *err)
{
    struct rows *rows = rows_open_scores(store, run->id, err);
    struct result_row row;
    int got;

    *ended = *voided = 0;
    if (rows == NULL)
        return -1;
    while ((got = rows_next(rows, &row, err)) > 0) {
        *ended += row.episode.finished;
        *voided += row.episode.finished && !row.has_grade;
    }
    rows_close(rows);
    return got;
}

int mend_run(struct store *store, const struct run_row *run, const struct resolved *resolved, double void_max,
             struct err *err)
{
    size_t expected = 0, ended, voided;

    for (size_t i = 0; i < resolved->count; i++)
        expected += resolved->works[i].sample_count * (size_t)resolved->works[i].epochs;
    if (strcmp(run->state, "complete") == 0)
        return 0;
    if (count_ended(store, run, &ended, &voided, err) < 0)
        return -1;
    if (ended < expected || (double)voided > void_max * (double)expected)
        return 0;
    log_info("run %s is complete", run->name);
    return store_set_run_state(store, run->id, "complete", clock_utc_ms(), err);
}
