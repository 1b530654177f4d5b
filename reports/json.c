/*
 * The scoreboard for programs: one object on one line, as report_schema.json says. Numbers read back to the same
 * double; null is what is unknown or not defined.
 */
#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/json_write.h"
#include "reports/mismatch.h"
#include "reports/reports.h"
#include "reports/scoreboard.h"

static void add_count(struct json_write *w, const char *key, size_t count)
{
    json_add_int(w, key, (int64_t)count);
}

/* Unknown is below 0. */
static void add_known(struct json_write *w, const char *key, int64_t number)
{
    if (number < 0)
        json_add_null(w, key);
    else
        json_add_int(w, key, number);
}

static void add_languages(struct json_write *w, const struct score_languages *languages)
{
    if (languages->asked == 0)
        return;
    json_open(w, "language", '{');
    add_count(w, "asked", languages->asked);
    add_count(w, "same", languages->same);
    add_count(w, "untold", languages->untold);
    json_close(w);
}

static void add_episodes(struct json_write *w, const struct score_line *line)
{
    json_open(w, "episodes", '{');
    add_known(w, "expected", line->expected);
    add_count(w, "scored", line->scored);
    add_count(w, "void", line->voids);
    add_count(w, "unfinished", line->unfinished);
    add_count(w, "undecided", line->undecided);
    add_languages(w, &line->languages);
    json_open(w, "void_by_origin", '{');
    add_count(w, "harness", line->voids_harness);
    add_count(w, "provider", line->voids_provider);
    add_count(w, "environment", line->voids_environment);
    json_close(w);
    json_open(w, "marks", '{');
    add_count(w, "truncated", line->truncated);
    add_count(w, "no_answer", line->no_answer);
    add_count(w, "refused", line->refused);
    add_count(w, "loop", line->loop);
    add_count(w, "tampered", line->tampered);
    add_count(w, "unparsable", line->unparsable);
    json_close(w);
    json_close(w);
}

static void add_interval(struct json_write *w, const struct interval *interval)
{
    if (interval->method == NULL) {
        json_add_null(w, "interval");
        return;
    }
    json_open(w, "interval", '{');
    json_add_string(w, "method", interval->method);
    json_add_number(w, "level", SCORE_LEVEL);
    json_add_number(w, "lower", interval->lower);
    json_add_number(w, "upper", interval->upper);
    json_close(w);
}

static void add_score(struct json_write *w, const struct score_line *line)
{
    json_open(w, "score", '{');
    json_add_number(w, "mean", line->mean);
    json_add_number(w, "se_over_questions", line->se_questions);
    json_add_number(w, "se_over_epochs", line->se_epochs);
    add_count(w, "clusters", line->clusters);
    add_interval(w, &line->interval);
    json_close(w);
}

static void add_at(struct json_write *w, const struct score_line *line)
{
    json_open(w, "at_k", '[');
    for (size_t i = 0; i < line->at_count; i++) {
        const struct score_at *at = &line->at[i];
        json_open(w, NULL, '{');
        add_count(w, "k", at->k);
        add_count(w, "samples", at->samples);
        add_count(w, "left_out", at->left_out);
        json_add_number(w, "avg", at->avg);
        json_add_number(w, "pass", at->pass);
        json_add_number(w, "pass_hat", at->pass_hat);
        json_add_number(w, "maj", at->maj);
        json_close(w);
    }
    json_close(w);
}

static void add_parts(struct json_write *w, const char *key, const struct score_part *parts, size_t count)
{
    json_open(w, key, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(w, NULL, '{');
        json_add_string(w, "name", parts[i].name);
        add_count(w, "samples", parts[i].samples);
        json_add_number(w, "mean", parts[i].mean);
        json_add_number(w, "se_over_questions", parts[i].se);
        add_interval(w, &parts[i].interval);
        add_languages(w, &parts[i].languages);
        json_close(w);
    }
    json_close(w);
}

static void add_categories(struct json_write *w, const struct score_line *line)
{
    add_parts(w, "categories", line->categories, line->category_count);
    if (line->category_count == 0) {
        json_add_null(w, "mean_of_categories");
        return;
    }
    json_open(w, "mean_of_categories", '{');
    add_count(w, "categories", line->outermost.samples);
    json_add_number(w, "mean", line->outermost.mean);
    json_add_number(w, "se_over_questions", line->outermost.se);
    json_close(w);
}

static void add_spending(struct json_write *w, const struct score_line *line)
{
    json_open(w, "tokens", '{');
    add_known(w, "in", line->tokens_in);
    add_known(w, "out", line->tokens_out);
    add_known(w, "reasoning", line->tokens_reasoning);
    add_known(w, "cache", line->tokens_cache);
    json_close(w);
    json_open(w, "episodes_without_tokens", '{');
    add_count(w, "in", line->untold.in);
    add_count(w, "out", line->untold.out);
    add_count(w, "reasoning", line->untold.reasoning);
    add_count(w, "cache", line->untold.cache);
    json_close(w);
    json_add_number(w, "cost_usd", score_usd(line->cost_nanousd));
    json_add_bool(w, "cost_is_known", line->cost_is_known);
    json_add_number(w, "cost_at_most_usd", score_usd_most(line->cost_nanousd, line->unsure_nanousd));
    json_add_number(w, "cost_per_episode_usd", score_usd_per(line->cost_nanousd, (double)line->scored));
    json_add_number(w, "cost_per_correct_usd", score_usd_per(line->cost_nanousd, line->correct));
}

static void add_line(struct json_write *w, const struct score_line *line, enum score_by by)
{
    json_open(w, NULL, '{');
    json_add_string(w, "run", line->run);
    json_add_string(w, "model", line->model);
    json_add_string(w, "task", line->task);
    json_add_string(w, "profile", line->profile);
    json_add_string(w, "data_sha256", line->asked.data_sha256);
    json_add_string(w, "samples_sha256", line->asked.samples_sha256);
    json_add_string(w, "prompts_sha256", line->asked.prompts_sha256);
    json_add_bool(w, "private", line->is_private);
    json_add_number(w, "chance", line->chance);
    add_count(w, "samples", line->samples);
    add_count(w, "epochs", line->epochs);
    add_episodes(w, line);
    add_score(w, line);
    add_at(w, line);
    add_categories(w, line);
    add_parts(w, "forms", line->forms, line->form_count);
    if (by == SCORE_BY_CLUSTER)
        add_parts(w, "by_cluster", line->by_cluster, line->by_cluster_count);
    add_spending(w, line);
    json_close(w);
}

static void add_settings(struct json_write *w, const struct run_settings *settings)
{
    json_add_string(w, "plan_name", settings->plan);
    json_add_string(w, "model_name", settings->called);
    json_open(w, "settings", '{');
    for (size_t i = 0; i < settings->count; i++)
        json_add_string(w, settings->list[i].key, settings->list[i].value);
    json_close(w);
}

static void add_run(struct json_write *w, const struct score_line *first, const struct score_run *run)
{
    json_open(w, NULL, '{');
    json_add_string(w, "run", first->run);
    json_add_string(w, "model", first->model);
    add_settings(w, &first->settings);
    json_add_number(w, "cost_usd", score_usd(run->cost_nanousd));
    json_add_bool(w, "cost_is_known", run->cost_is_known);
    json_add_number(w, "cost_at_most_usd", score_usd_most(run->cost_nanousd, run->unsure_nanousd));
    json_add_number(w, "cost_per_episode_usd", score_usd_per(run->cost_nanousd, (double)run->scored));
    json_add_number(w, "cost_per_correct_usd", score_usd_per(run->cost_nanousd, run->correct));
    if (run->is_judged) {
        json_add_number(w, "judge_cost_usd", score_usd(run->judge.nanousd));
        json_add_bool(w, "judge_cost_is_known", run->judge.is_known);
    }
    json_close(w);
}

static void add_runs(struct json_write *w, const struct scoreboard *board)
{
    json_open(w, "runs", '[');
    for (size_t i = 0; i < board->line_count;) {
        struct score_run run = scoreboard_sum_run(board, i);
        add_run(w, &board->lines[i], &run);
        i += run.line_count;
    }
    json_close(w);
}

static void add_mismatch(struct json_write *w, const struct mismatch *mismatch)
{
    json_open(w, NULL, '{');
    json_add_string(w, "task", mismatch->lines[0]->task);
    json_add_string(w, "differ_in", asked_word(mismatch->difference));
    json_open(w, "groups", '[');
    for (size_t i = 0; i < mismatch->count; i++) {
        if (i == 0 || mismatch->groups[i] != mismatch->groups[i - 1])
            json_open(w, NULL, '[');
        json_add_string(w, NULL, mismatch->lines[i]->run);
        if (i + 1 == mismatch->count || mismatch->groups[i] != mismatch->groups[i + 1])
            json_close(w);
    }
    json_close(w);
    json_close(w);
}

static void add_mismatches(struct json_write *w, const struct scoreboard *board)
{
    struct arena *arena = arena_new();
    size_t count;
    const struct mismatch *found = mismatch_find(board, arena, &count);

    json_open(w, "mismatches", '[');
    for (size_t i = 0; i < count; i++)
        add_mismatch(w, &found[i]);
    json_close(w);
    arena_free(arena);
}

static void add_budget(struct json_write *w, const struct score_budget *budget)
{
    if (budget == NULL)
        return;
    json_open(w, "budget", '{');
    json_add_number(w, "cap_usd", score_usd(budget->cap_nanousd));
    json_add_number(w, "spent_usd", score_usd(budget->spent_nanousd));
    json_add_number(w, "unsure_usd", score_usd(budget->unsure_nanousd));
    json_add_bool(w, "is_reached", budget->is_reached);
    json_close(w);
}

static void write_json(const struct scoreboard *board, struct buf *out)
{
    struct json_write w = json_write_to(out);

    json_open(&w, NULL, '{');
    json_add_string(&w, "kind", "scores");
    json_add_int(&w, "version", 1);
    json_open(&w, "lines", '[');
    for (size_t i = 0; i < board->line_count; i++)
        add_line(&w, &board->lines[i], board->by);
    json_close(&w);
    add_runs(&w, board);
    add_mismatches(&w, board);
    add_budget(&w, board->budget);
    json_close(&w);
    buf_add_char(out, '\n');
}

const struct report report_json = {
    .name = "json", .summary = "one object with all numbers, for programs", .write = write_json,
    .write_parts = write_json,
};
