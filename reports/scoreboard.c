#include "reports/scoreboard.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/json.h"
#include "harness/base/mem.h"
#include "reports/stats/sum.h"
#include "reports/tally.h"
#include "results/rows.h"
#include "results/store.h"

/* The lines so far: they grow, so a pointer to one holds until the next is added. */
struct gathering {
    struct arena *arena;
    struct score_line *lines;
    size_t count, room;
    size_t first;                   /* of the run at hand */
    const struct run_row *run;
    uint64_t seed;                  /* its plan's */
    enum score_by by;
    bool is_judged;                 /* too: a model judges */
    struct run_settings settings;   /* too */
};

/* A line as it is for a task of which nothing is known but its name. */
static struct score_line *add_line(struct gathering *gathering, const char *task)
{
    struct score_line *line;

    if (gathering->count == gathering->room) {
        gathering->room = gathering->room == 0 ? 16 : 2 * gathering->room;
        gathering->lines = xreallocarray(gathering->lines, gathering->room, sizeof *gathering->lines);
    }
    line = &gathering->lines[gathering->count++];
    *line = (struct score_line){
        .run = arena_strdup(gathering->arena, gathering->run->name),
        .model = arena_strdup(gathering->arena, gathering->run->model),
        .task = arena_strdup(gathering->arena, task),
        .chance = NAN,
        .expected = COUNT_UNKNOWN,
        .may_cluster = true,
        .untold_nanousd = gathering->run->unsure_nanousd,
        .settings = gathering->settings,
    };
    return line;
}

/* The line of a task of the run at hand; added when the plan did not name it. */
static struct score_line *get_line(struct gathering *gathering, const char *task)
{
    for (size_t i = gathering->first; i < gathering->count; i++)
        if (strcmp(gathering->lines[i].task, task) == 0)
            return &gathering->lines[i];
    return add_line(gathering, task);
}

static void read_task(struct gathering *gathering, const struct json *task)
{
    const char *name = json_string(task, "name");
    int64_t epochs = 0, samples;
    struct score_line *line;

    if (name == NULL)
        return;
    line = get_line(gathering, name);
    line->asked = asked_read(gathering->arena, task);
    line->profile = line->asked.profile;
    json_get_number(task, "chance", &line->chance);
    json_get_bool(task, "private", &line->is_private);
    json_get_bool(task, "clustered", &line->may_cluster);
    if (!json_get_int64(task, "epochs", &epochs) || epochs < 1 || epochs > INT_MAX)
        return;
    line->epochs = (size_t)epochs;
    if (json_get_int64(task, "samples", &samples) && samples >= 0 && samples <= INT64_MAX / epochs)
        line->expected = samples * epochs;
}

static void read_settings(struct gathering *gathering, const struct json_doc *plan)
{
    struct err ignored = ERR_INIT;
    struct json_doc *places = json_parse(gathering->run->places, strlen(gathering->run->places), &ignored);

    gathering->settings = settings_read(gathering->arena, plan != NULL ? json_root(plan) : NULL,
                                        places != NULL ? json_root(places) : NULL);
    json_free(places);
}

/* Lenient: what it does not say, or says in a way we do not know, is unknown. The scores do not depend on it. */
static void read_plan(struct gathering *gathering)
{
    struct err ignored = ERR_INIT;
    struct json_doc *doc = json_parse(gathering->run->plan, strlen(gathering->run->plan), &ignored);
    int64_t seed;

    read_settings(gathering, doc);
    gathering->seed = 0;
    gathering->is_judged = false;
    if (doc == NULL)
        return;
    gathering->is_judged = json_get(json_root(doc), "judge") != NULL;
    if (json_get_int64(json_root(doc), "seed", &seed))
        gathering->seed = (uint64_t)seed;
    for (const struct json *task = json_first(json_get(json_root(doc), "tasks")); task != NULL; task = json_next(task))
        read_task(gathering, task);
    json_free(doc);
}

/* What is planned and not begun: nothing counted, all expected. */
static void finish_empty(struct gathering *gathering)
{
    for (size_t i = gathering->first; i < gathering->count; i++)
        tally_finish(tally_new(gathering->arena, &gathering->lines[i], gathering->seed, gathering->by));
}

static int read_rows(struct gathering *gathering, struct rows *rows, struct err *err)
{
    struct tally *tally = NULL;
    struct score_line *line = NULL;
    struct result_row row;
    int got;

    while ((got = rows_next(rows, &row, err)) > 0) {
        if (line == NULL || strcmp(line->task, row.episode.task) != 0) {
            if (tally != NULL)
                tally_finish(tally);
            line = get_line(gathering, row.episode.task);
            tally = tally_new(gathering->arena, line, gathering->seed, gathering->by);
        }
        tally_add(tally, &row);
    }
    if (got == 0 && tally != NULL)
        tally_finish(tally);
    else
        tally_free(tally);
    return got;
}

/* Only where there is one: it takes a look at every ask. */
static int read_judge(struct gathering *gathering, struct store *store, struct err *err)
{
    struct role_cost cost;

    if (store_read_role_cost(store, gathering->run->id, "judge", &cost, err) < 0)
        return -1;
    for (size_t i = gathering->first; i < gathering->count; i++) {
        gathering->lines[i].is_judged = true;
        gathering->lines[i].judge = cost;
    }
    return 0;
}

static int gather_run(struct gathering *gathering, struct store *store, const struct run_row *run, struct err *err)
{
    struct rows *rows;
    int result;

    gathering->run = run;
    gathering->first = gathering->count;
    read_plan(gathering);
    finish_empty(gathering);
    rows = rows_open_scores(store, run->id, err);
    if (rows == NULL)
        return -1;
    result = read_rows(gathering, rows, err);
    rows_close(rows);
    return result < 0 || !gathering->is_judged ? result : read_judge(gathering, store, err);
}

struct scoreboard *scoreboard_gather(struct store *store, struct arena *arena, const struct run_row *runs,
                                     size_t run_count, enum score_by by, struct err *err)
{
    struct gathering gathering = { .arena = arena, .by = by };
    struct scoreboard *board = NULL;
    int result = 0;

    for (size_t i = 0; i < run_count && result == 0; i++)
        result = gather_run(&gathering, store, &runs[i], err);
    if (result == 0) {
        board = arena_alloc(arena, sizeof *board);
        board->by = by;
        board->line_count = gathering.count;
        board->lines = arena_calloc(arena, gathering.count, sizeof *board->lines);
        if (gathering.count > 0)
            memcpy(board->lines, gathering.lines, gathering.count * sizeof *board->lines);
    }
    free(gathering.lines);
    return board;
}

static void add_line_to_run(struct score_run *run, const struct score_line *line)
{
    run->line_count++;
    run->scored += line->scored;
    run->correct += line->correct;
    sum_add_known(&run->tokens_in, line->tokens_in);
    sum_add_known(&run->tokens_out, line->tokens_out);
    sum_add_known(&run->tokens_reasoning, line->tokens_reasoning);
    run->untold.in += line->untold.in;
    run->untold.out += line->untold.out;
    run->untold.reasoning += line->untold.reasoning;
    sum_add_known(&run->cost_nanousd, line->cost_nanousd);
    run->cost_is_known = run->cost_is_known && (line->cost_is_known || line->scored + line->voids == 0);
    if (line->unsure_nanousd < 0)
        run->unsure_nanousd = COST_UNKNOWN;
    else if (run->unsure_nanousd >= 0)
        sum_add_known(&run->unsure_nanousd, line->unsure_nanousd);
}

struct score_run scoreboard_sum_run(const struct scoreboard *board, size_t first)
{
    const char *name = board->lines[first].run;
    int64_t untold_nanousd = board->lines[first].untold_nanousd;
    struct score_run run = { .tokens_in = TOKENS_UNKNOWN, .tokens_out = TOKENS_UNKNOWN,
                             .tokens_reasoning = TOKENS_UNKNOWN, .cost_nanousd = COST_UNKNOWN,
                             .unsure_nanousd = untold_nanousd, .cost_is_known = untold_nanousd == 0,
                             .is_judged = board->lines[first].is_judged,
                             .judge = board->lines[first].judge };

    for (size_t i = first; i < board->line_count && strcmp(board->lines[i].run, name) == 0; i++)
        add_line_to_run(&run, &board->lines[i]);
    run.cost_is_known = run.cost_is_known && run.cost_nanousd != COST_UNKNOWN && run.unsure_nanousd == 0;
    return run;
}
