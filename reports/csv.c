/*
 * The scoreboard for a spreadsheet: RFC 4180, one record per run and task, the same columns always; new ones come at
 * the end. Scores are shares in [0,1] with 6 digits (all digits are in the JSON); an empty cell is a number that is
 * unknown or not defined. Columns that end in _at_k are for k = epochs.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/base/text.h"
#include "reports/reports.h"
#include "reports/scoreboard.h"
#include "results/journal.h"

static const char HEADER[] =
    "run,model,task,profile,private,samples,epochs,expected,scored,void,void_harness,void_provider,void_environment,"
    "unfinished,truncated,no_answer,refused,loop,tampered,mean,se_over_questions,se_over_epochs,clusters,"
    "interval_method,lower,upper,chance,samples_at_k,pass_at_k,pass_hat_k,maj_at_k,tokens_in,tokens_out,"
    "tokens_reasoning,tokens_cache,cost_usd,cost_is_known,cost_at_most_usd,cost_per_episode_usd,cost_per_correct_usd,"
    "run_cost_usd,run_cost_is_known,undecided\r\n";

/* Foreign text. A spreadsheet runs what begins like a formula; a leading ' makes it text. NULL is an empty cell. */
static void add_text(struct buf *out, const char *text)
{
    struct buf shown;

    if (text == NULL)
        text = "";
    buf_init(&shown, 0);
    if (text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL)
        buf_add_char(&shown, '\'');
    text_show_line(&shown, text, strlen(text), SIZE_MAX);
    if (strpbrk(shown.data, ",\"") == NULL) {
        buf_add(out, shown.data, shown.length);
    } else {
        buf_add_char(out, '"');
        for (const char *c = shown.data; *c != '\0'; c++)
            buf_addf(out, *c == '"' ? "\"%c" : "%c", *c);
        buf_add_char(out, '"');
    }
    buf_add_char(out, ',');
    buf_fini(&shown);
}

static void add_count(struct buf *out, size_t count)
{
    buf_addf(out, "%zu,", count);
}

/* Unknown is below 0. */
static void add_known(struct buf *out, int64_t number)
{
    if (number >= 0)
        buf_addf(out, "%" PRId64, number);
    buf_add_char(out, ',');
}

static void add_number(struct buf *out, double number)
{
    if (!isnan(number))
        buf_addf(out, "%.6g", number);
    buf_add_char(out, ',');
}

static void add_bool(struct buf *out, bool value)
{
    buf_add_string(out, value ? "true," : "false,");
}

static void add_names(struct buf *out, const struct score_line *line)
{
    add_text(out, line->run);
    add_text(out, line->model);
    add_text(out, line->task);
    add_text(out, line->profile);
    add_bool(out, line->is_private);
}

static void add_episodes(struct buf *out, const struct score_line *line)
{
    add_count(out, line->samples);
    add_count(out, line->epochs);
    add_known(out, line->expected);
    add_count(out, line->scored);
    add_count(out, line->voids);
    add_count(out, line->voids_harness);
    add_count(out, line->voids_provider);
    add_count(out, line->voids_environment);
    add_count(out, line->unfinished);
    add_count(out, line->truncated);
    add_count(out, line->no_answer);
    add_count(out, line->refused);
    add_count(out, line->loop);
    add_count(out, line->tampered);
}

static void add_scores(struct buf *out, const struct score_line *line)
{
    const struct score_at none = { .pass = NAN, .pass_hat = NAN, .maj = NAN };
    const struct score_at *last = score_line_last(line) != NULL ? score_line_last(line) : &none;

    add_number(out, line->mean);
    add_number(out, line->se_questions);
    add_number(out, line->se_epochs);
    add_count(out, line->clusters);
    add_text(out, line->interval.method);
    add_number(out, line->interval.lower);
    add_number(out, line->interval.upper);
    add_number(out, line->chance);
    add_count(out, last->samples);
    add_number(out, last->pass);
    add_number(out, last->pass_hat);
    add_number(out, last->maj);
}

static void add_spending(struct buf *out, const struct score_line *line, const struct score_run *run)
{
    add_known(out, line->tokens_in);
    add_known(out, line->tokens_out);
    add_known(out, line->tokens_reasoning);
    add_known(out, line->tokens_cache);
    add_number(out, score_usd(line->cost_nanousd));
    add_bool(out, line->cost_is_known);
    add_number(out, score_usd_most(line->cost_nanousd, line->unsure_nanousd));
    add_number(out, score_usd_per(line->cost_nanousd, (double)line->scored));
    add_number(out, score_usd_per(line->cost_nanousd, line->correct));
    add_number(out, score_usd(run->cost_nanousd));
    add_bool(out, run->cost_is_known);
    buf_addf(out, "%zu\r\n", line->undecided);
}

static void write_csv(const struct scoreboard *board, struct buf *out)
{
    struct score_run run = { 0 };

    buf_add_string(out, HEADER);
    for (size_t i = 0, left = 0; i < board->line_count; i++, left--) {
        if (left == 0) {
            run = scoreboard_sum_run(board, i);
            left = run.line_count;
        }
        add_names(out, &board->lines[i]);
        add_episodes(out, &board->lines[i]);
        add_scores(out, &board->lines[i]);
        add_spending(out, &board->lines[i], &run);
    }
}

const struct report report_csv = {
    .name = "csv", .summary = "one record per run and task, for spreadsheets", .write = write_csv,
};
