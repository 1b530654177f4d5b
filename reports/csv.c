/*
 * The scoreboard for a spreadsheet: RFC 4180, one record per run and task, the same columns always; new ones come at
 * the end. Scores are shares in [0,1] with 6 digits (all digits are in the JSON); an empty cell is a number that is
 * unknown or not defined. Columns that end in _at_k are for k = epochs. By category, form or cluster: one record a part.
 * language_share: of the language_known replies whose language can be told, of language_asked that were asked in one.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/text.h"
#include "reports/reports.h"
#include "reports/scoreboard.h"
#include "results/journal.h"

#define LANGUAGES "language_asked,language_known,language_share"

static const char HEADER[] =
    "run,model,task,profile,private,samples,epochs,expected,scored,void,void_harness,void_provider,void_environment,"
    "unfinished,truncated,no_answer,refused,loop,tampered,mean,se_over_questions,se_over_epochs,clusters,"
    "interval_method,lower,upper,chance,samples_at_k,pass_at_k,pass_hat_k,maj_at_k,tokens_in,tokens_out,"
    "tokens_reasoning,tokens_cache,cost_usd,cost_is_known,cost_at_most_usd,cost_per_episode_usd,cost_per_correct_usd,"
    "run_cost_usd,run_cost_is_known,undecided,plan_name,model_name,settings,"
    "no_tokens_in,no_tokens_out,no_tokens_reasoning,no_tokens_cache,unparsable," LANGUAGES ","
    "data_sha256,samples_sha256,prompts_sha256\r\n";

/* Foreign text. A spreadsheet runs what begins like a formula; a leading ' makes it text. NULL is an empty cell. */
static void add_cell(struct buf *out, const char *text)
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
    buf_fini(&shown);
}

static void add_text(struct buf *out, const char *text)
{
    add_cell(out, text);
    buf_add_char(out, ',');
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

static void add_languages(struct buf *out, const struct score_languages *languages, const char *end)
{
    size_t known = languages->asked - languages->untold;

    if (languages->asked == 0) {
        buf_addf(out, ",,%s", end);
        return;
    }
    add_count(out, languages->asked);
    add_count(out, known);
    if (known > 0)
        buf_addf(out, "%.6g", (double)languages->same / (double)known);
    buf_add_string(out, end);
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
    add_count(out, line->undecided);
}

static void add_names_and_gaps(struct buf *out, const struct score_line *line, struct arena *arena)
{
    add_text(out, line->settings.plan);
    add_text(out, line->settings.called);
    add_text(out, settings_text(arena, &line->settings));
    add_count(out, line->untold.in);
    add_count(out, line->untold.out);
    add_count(out, line->untold.reasoning);
    add_count(out, line->untold.cache);
    add_count(out, line->unparsable);
    add_languages(out, &line->languages, ",");
    add_text(out, line->asked.data_sha256);
    add_text(out, line->asked.samples_sha256);
    add_cell(out, line->asked.prompts_sha256);
    buf_add_string(out, "\r\n");
}

static void write_csv(const struct scoreboard *board, struct buf *out)
{
    struct arena *arena = arena_new();
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
        add_names_and_gaps(out, &board->lines[i], arena);
    }
    arena_free(arena);
}

static const char PARTS_HEADER[] =
    "run,model,task,by,name,samples,mean,se_over_questions,interval_method,lower,upper," LANGUAGES "\r\n";

static void add_part(struct buf *out, const struct score_line *line, const char *by, const struct score_part *part)
{
    add_text(out, line->run);
    add_text(out, line->model);
    add_text(out, line->task);
    add_text(out, by);
    add_text(out, part->name);
    add_count(out, part->samples);
    add_number(out, part->mean);
    add_number(out, part->se);
    add_text(out, part->interval.method);
    add_number(out, part->interval.lower);
    add_number(out, part->interval.upper);
    add_languages(out, &part->languages, "\r\n");
}

static struct score_part whole_of(const struct score_line *line)
{
    return (struct score_part){ .samples = line->samples, .mean = line->mean, .se = line->se_questions,
                                .interval = line->interval, .languages = line->languages };
}

/* A record for each part, then one for all questions and, of categories, one for their mean, which counts them. */
static void write_parts(const struct scoreboard *board, struct buf *out)
{
    buf_add_string(out, PARTS_HEADER);
    for (size_t i = 0; i < board->line_count; i++) {
        const struct score_line *line = &board->lines[i];
        size_t count;
        const struct score_part whole = whole_of(line), *parts = score_line_parts(line, board->by, &count);
        for (size_t at = 0; at < count; at++)
            add_part(out, line, score_by_word(board->by), &parts[at]);
        add_part(out, line, "all questions", &whole);
        if (board->by == SCORE_BY_CATEGORY && count > 0)
            add_part(out, line, "mean of categories", &line->outermost);
    }
}

const struct report report_csv = {
    .name = "csv", .summary = "one record per run and task, for spreadsheets", .write = write_csv,
    .write_parts = write_parts,
};
