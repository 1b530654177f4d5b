#include <stdio.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/cli/command.h"
#include "harness/cli/print.h"
#include "reports/reports.h"
#include "results/store.h"

static const struct opt_spec OPTIONS[] = {
    { .name = "store", .argument = "FILE", .help = "the results database (default: vernier.db)" },
    { .name = "format", .argument = "md|csv|json",
      .help = "how to write it (default: md, within the columns of a terminal)" },
    { .name = "by", .argument = "category|form|cluster",
      .help = "what each task's score is made of, instead of the leaderboard" },
    { .name = "against", .argument = "RUN", .help = "the differences from this run, paired by question, instead of scores" },
    { .name = "json", .help = "the same as --format json; where the command fails, stdout stays empty" },
    { .name = "all", .help = "every run, not only the newest complete one of each model and plan" },
    { 0 },
};

static bool is_complete(const struct run_row *run)
{
    return strcmp(run->state, "complete") == 0;
}

/* Of one plan (model, tasks, data, sampling) the newest complete run stands for all, else the newest. Runs come oldest
 * first. */
static bool stands_for_plan(const struct run_row *runs, size_t count, size_t at)
{
    for (size_t i = 0; i < count; i++)
        if (i != at && strcmp(runs[i].fingerprint, runs[at].fingerprint) == 0 &&
            (is_complete(&runs[i]) > is_complete(&runs[at]) ||
             (i > at && is_complete(&runs[i]) == is_complete(&runs[at]))))
            return false;
    return true;
}

static struct run_row *keep_newest(struct arena *arena, const struct run_row *runs, size_t *count)
{
    struct run_row *kept = arena_calloc(arena, *count + 1, sizeof kept[0]);
    size_t kept_count = 0;

    for (size_t i = 0; i < *count; i++)
        if (stands_for_plan(runs, *count, i))
            kept[kept_count++] = runs[i];
    *count = kept_count;
    return kept;
}

/* "last" and its name are one run. */
static bool is_there(const struct run_row *runs, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (runs[i].id == id)
            return true;
    return false;
}

static int find_runs(const struct opt *opt, struct store *store, struct arena *arena, struct run_row **runs,
                     size_t *count, struct err *err)
{
    *count = opt_operand_count(opt);
    if (*count == 0) {
        if (store_list_runs(store, arena, runs, count, err) < 0)
            return -1;
        if (!opt_has(opt, "all"))
            *runs = keep_newest(arena, *runs, count);
        return 0;
    }
    *runs = arena_calloc(arena, *count, sizeof (*runs)[0]);
    *count = 0;
    for (size_t i = 0; i < opt_operand_count(opt); i++) {
        if (store_find_run(store, arena, opt_operand(opt, i), &(*runs)[*count], err) < 0)
            return -1;
        *count += !is_there(*runs, *count, (*runs)[*count].id);
    }
    return 0;
}

static int read_by(const struct opt *opt, enum score_by *by, struct err *err)
{
    const char *word = opt_value(opt, "by");

    *by = SCORE_BY_NOTHING;
    if (word == NULL)
        return 0;
    for (*by = SCORE_BY_CATEGORY; *by <= SCORE_BY_CLUSTER; (*by)++)
        if (strcmp(word, score_by_word(*by)) == 0)
            return 0;
    return err_set_code(err, EXIT_USAGE, "--by %s: expected category, form or cluster", word);
}

static int print_found(const struct opt *opt, struct store *store, struct arena *arena, const struct run_row *runs,
                       size_t count, enum score_by by, const char *format, struct err *err)
{
    struct run_row base;

    if (!opt_has(opt, "against"))
        return print_parts(store, runs, count, by, format, err);
    if (by != SCORE_BY_NOTHING || (format != NULL && strcmp(format, "csv") == 0))
        return err_set_code(err, EXIT_USAGE, "--against: expected md or json, and no --by");
    if (store_find_run(store, arena, opt_value(opt, "against"), &base, err) < 0)
        return -1;
    if (count == 1 && runs[0].id == base.id)
        return err_set_code(err, EXIT_USAGE, "--against %s: that is the run itself; name another run to compare it with",
                            opt_value(opt, "against"));
    return print_versus(store, runs, count, &base, format, err);
}

static int run(const struct opt *opt, struct err *err)
{
    const char *format = opt_has(opt, "json") ? "json" : opt_value(opt, "format");
    struct arena *arena = arena_new();
    struct store *store = NULL;
    struct run_row *runs;
    enum score_by by;
    size_t count;
    int code = -1;

    if (read_by(opt, &by, err) < 0)
        code = -1;
    else if (format != NULL && reports_find(format) == NULL)
        err_set_code(err, EXIT_USAGE, "--format %s: expected md, csv or json", format);
    else
        store = store_open_read(store_name(opt), err);
    if (store != NULL && find_runs(opt, store, arena, &runs, &count, err) == 0)
        code = print_found(opt, store, arena, runs, count, by, format, err) < 0 ? -1 : EXIT_OK;
    store_close(store);
    arena_free(arena);
    return code;
}

const struct command command_report = {
    .name = "report",
    .summary = "print the leaderboard, or one run's results",
    .usage = "[RUN...] [options]",
    .examples = "  vernier report\n"
                "  vernier report last --format csv\n"
                "  vernier report last --by category\n"
                "  vernier report last --against 20261121T194851Z-7f3a\n"
                "  vernier report 20261121T194851Z-7f3a --json\n",
    .options = OPTIONS,
    .run = run,
};
