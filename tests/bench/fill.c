/*
 * fill: makes a store of so many episodes, as runs would have left it, through the journal that runs use.
 *
 *     fill STORE EPISODES
 *
 * Ten models took five tasks; every sample was asked four times. Scores are drawn, and always the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/random.h"
#include "results/journal.h"
#include "results/store.h"

#define MODELS 10
#define TASKS 5
#define EPOCHS 4

/* As many outcomes in a commit as a busy run has in a turn; more make little odds to the pages. */
#define TURN 250

/* 21 November 2026, in UTC milliseconds. */
#define STARTED_MS 1795219200000

struct filling {
    struct store *store;
    struct arena *arena;
    struct splitmix random;
    size_t samples;                   /* a task's */
    const char *tasks[TASKS];
    int64_t first[TASKS];             /* row id of a task's first sample */
};

/* A turn's rows: the journal holds pointers to them until its commit. */
struct turn {
    struct episode_row episodes[TURN];
    struct ask_row asks[TURN];
    struct call calls[TURN];
    struct grade_row grades[TURN];
    size_t count;
};

static int add_samples(struct filling *filling, int task, struct err *err)
{
    filling->tasks[task] = arena_printf(filling->arena, "task_%d", task);
    if (store_begin(filling->store, err) < 0)
        return -1;
    for (size_t i = 0; i < filling->samples; i++) {
        struct sample_row row = { .task = filling->tasks[task], .name = arena_printf(filling->arena, "sample-%zu", i),
            .input = "What is seventeen times twenty-three? Think first, and end with the number." };
        int64_t id;

        row.hash = arena_printf(filling->arena, "%064zx", i);
        id = store_put_sample(filling->store, &row, err);
        if (id < 0)
            return -1;
        if (i == 0)
            filling->first[task] = id;
    }
    return store_commit(filling->store, err);
}

static void add_episode(struct filling *filling, struct journal *journal, struct turn *turn, int task, size_t at)
{
    static const char REPLY[] = "{\"text\":\"Twenty times twenty-three is 460; three times it is 69 less: "
        "\\\\boxed{391}\",\"stop\":\"end\",\"tokens_in\":80,\"tokens_out\":40,\"elapsed_ms\":900}";
    bool right = splitmix_unit(&filling->random) < 0.6;
    size_t i = turn->count++;

    turn->calls[i] = (struct call){ .try_number = 1, .status = 200, .started_ms = STARTED_MS, .elapsed_ms = 900,
        .cost_nanousd = 120000, .worst_nanousd = 900000 };
    turn->asks[i] = (struct ask_row){ .kind = "model", .role = "model", .reply = REPLY, .elapsed_ms = 900,
        .reply_length = sizeof REPLY - 1, .cost_nanousd = 120000, .calls = &turn->calls[i],
        .request_hash = "04b8ef6b0bb80f387eb9782116f33e1bccc74f4995bf6fbf197cbddd48fdcf48" };
    turn->grades[i] = (struct grade_row){ .grader = "integer", .version = 1, .profile = "canonical",
        .score = right, .answer = right ? "391" : "390", .answer_class = right ? "391" : "390",
        .graded_ms = STARTED_MS };
    turn->episodes[i] = (struct episode_row){ .sample = filling->first[task] + (int64_t)(at / EPOCHS),
        .task = filling->tasks[task], .epoch = (int)(at % EPOCHS) + 1, .target = "391", .tokens_in = 80,
        .tokens_out = 40, .tokens_reasoning = TOKENS_UNKNOWN, .tokens_cache = TOKENS_UNKNOWN,
        .cost_nanousd = 120000, .passes = 1, .started_ms = STARTED_MS, .ended_ms = STARTED_MS + 900 };
    journal_add_ask(journal, &turn->episodes[i], &turn->asks[i]);
    turn->episodes[i].finished = true;
    turn->episodes[i].outcome = "scored";
    journal_add_outcome(journal, &turn->episodes[i], &turn->grades[i]);
}

static int add_episodes(struct filling *filling, struct journal *journal, int task, struct err *err)
{
    struct turn *turn = arena_calloc(filling->arena, 1, sizeof *turn);

    for (size_t at = 0; at < filling->samples * EPOCHS; at++) {
        add_episode(filling, journal, turn, task, at);
        if (turn->count < TURN && at + 1 < filling->samples * EPOCHS)
            continue;
        if (journal_commit(journal, err) < 0)
            return -1;
        turn->count = 0;
    }
    return 0;
}

static const char *make_plan(struct filling *filling, int model)
{
    static const char BEGIN[] = "{\"vernier\":1,\"model\":{\"id\":\"model-%d\"},\"seed\":0,\"tasks\":[";
    const char *plan = arena_printf(filling->arena, BEGIN, model);

    for (int task = 0; task < TASKS; task++)
        plan = arena_printf(filling->arena, "%s%s{\"name\":\"%s\",\"epochs\":%d,\"samples\":%zu}", plan,
                            task > 0 ? "," : "", filling->tasks[task], EPOCHS, filling->samples);
    return arena_printf(filling->arena, "%s]}", plan);
}

static int add_run(struct filling *filling, int model, struct err *err)
{
    struct run_row row = { .fingerprint = arena_printf(filling->arena, "%064x", model + 1),
        .model = arena_printf(filling->arena, "bench/model-%d", model), .plan = make_plan(filling, model),
        .places = "{}", .version = "bench", .state = "running", .started_ms = STARTED_MS + model };
    struct journal *journal;
    int result = 0;

    if (store_add_run(filling->store, filling->arena, &row, err) < 0)
        return -1;
    journal = journal_open(filling->store, row.id);
    for (int task = 0; task < TASKS && result == 0; task++)
        result = add_episodes(filling, journal, task, err);
    journal_close(journal);
    if (result < 0)
        return -1;
    return store_set_run_state(filling->store, row.id, "complete", STARTED_MS + 3600000, err);
}

static int fill(struct filling *filling, const char *path, struct err *err)
{
    int result = 0;

    filling->store = store_open(path, "fill", err);
    if (filling->store == NULL)
        return -1;
    for (int task = 0; task < TASKS && result == 0; task++)
        result = add_samples(filling, task, err);
    for (int model = 0; model < MODELS && result == 0; model++)
        result = add_run(filling, model, err);
    store_close(filling->store);
    return result;
}

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;
    struct filling filling = { .random = { .state = 1 } };
    int result;

    filling.samples = argc == 3 ? strtoul(argv[2], NULL, 10) / (MODELS * TASKS * EPOCHS) : 0;
    if (filling.samples == 0) {
        fprintf(stderr, "usage: fill STORE EPISODES (%d at least)\n", MODELS * TASKS * EPOCHS);
        return EXIT_USAGE;
    }
    filling.arena = arena_new();
    result = fill(&filling, argv[1], &err);
    if (result < 0)
        fprintf(stderr, "fill: %s\n", err.text);
    arena_free(filling.arena);
    return result < 0 ? EXIT_STORE : 0;
}
