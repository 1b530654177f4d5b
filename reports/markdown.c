/*
 * The scoreboard for a person: aligned tables that read well on a terminal of 80 columns and as a page. Scores are in
 * percent. Only what there is to tell is told: the table of epochs, the column of chance and each note come as needed.
 *
 *     whose runs        "Model openai/ft7, run 20261121T194851Z-7f3a"
 *     table             a row per line: score, error, interval, n
 *     table             of those asked in several epochs: error over epochs, pass@k, pass^k, maj@k
 *     table             of those that cost something: in all, by the scored episode, by the correct answer
 *     notes             a list: what was not counted, marks, what was left out, what was used
 */
#include <math.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "reports/cell.h"
#include "reports/label.h"
#include "reports/notes.h"
#include "reports/parts.h"
#include "reports/reports.h"
#include "reports/scoreboard.h"
#include "reports/table.h"

struct page {
    const struct scoreboard *board;
    const struct score_line **lines;    /* of the board, those of one task together, to compare runs */
    struct arena *arena;
    struct buf *out;
    struct label label;
};

/* Of the questions that are planned; 0: nobody knows. */
static size_t count_planned(const struct score_line *line)
{
    return line->expected == COUNT_UNKNOWN || line->epochs == 0 ? 0 : (size_t)line->expected / line->epochs;
}

/* All that was planned is scored: then n says it all. */
static bool is_whole(const struct score_line *line)
{
    return line->scored == line->samples * (line->epochs > 0 ? line->epochs : 1) &&
           (line->expected == COUNT_UNKNOWN || line->scored == (size_t)line->expected);
}

/* Questions times epochs; where episodes are missing just those heard, of those planned if some were not. */
static const char *show_n(struct arena *arena, const struct score_line *line)
{
    size_t planned = count_planned(line);

    if (line->samples < planned)
        return arena_printf(arena, "%zu of %zu", line->samples, planned);
    if (line->epochs <= 1 || !is_whole(line))
        return arena_printf(arena, "%zu", line->samples);
    return arena_printf(arena, "%zu" CELL_TIMES "%zu", line->samples, line->epochs);
}

static const char *show_episodes(struct arena *arena, const struct score_line *line)
{
    if (line->expected == COUNT_UNKNOWN)
        return arena_printf(arena, "%zu", line->scored);
    return arena_printf(arena, "%zu of %lld", line->scored, (long long)line->expected);
}

static struct table new_table(const struct page *page)
{
    return table_new(page->arena, page->board->line_count);
}

static bool has_chance(const struct scoreboard *board)
{
    for (size_t i = 0; i < board->line_count; i++)
        if (board->lines[i].chance > 0)
            return true;
    return false;
}

static bool has_gaps(const struct scoreboard *board)
{
    for (size_t i = 0; i < board->line_count; i++)
        if (!is_whole(&board->lines[i]))
            return true;
    return false;
}

static bool has_epochs(const struct scoreboard *board)
{
    for (size_t i = 0; i < board->line_count; i++)
        if (board->lines[i].epochs > 1)
            return true;
    return false;
}

static void write_scores(const struct page *page)
{
    struct table table = new_table(page);
    bool with_chance = has_chance(page->board), with_episodes = has_gaps(page->board);

    label_add_columns(&page->label, &table);
    table_add_column(&table, "score", true);
    table_add_column(&table, "se", true);
    table_add_column(&table, arena_printf(page->arena, "%g %% interval", 100 * SCORE_LEVEL), true);
    table_add_column(&table, "n", true);
    if (with_episodes)
        table_add_column(&table, "episodes", true);
    if (with_chance)
        table_add_column(&table, "chance", true);
    for (size_t i = 0; i < page->board->line_count; i++) {
        const struct score_line *line = page->lines[i];
        label_add_cells(&page->label, &table, line);
        table_add_cell(&table, cell_percent(page->arena, "", line->mean));
        table_add_cell(&table, cell_percent(page->arena, CELL_PLUS_MINUS, line->se_questions));
        table_add_cell(&table, cell_interval(page->arena, &line->interval));
        table_add_cell(&table, show_n(page->arena, line));
        if (with_episodes)
            table_add_cell(&table, show_episodes(page->arena, line));
        if (with_chance)
            table_add_cell(&table, cell_percent(page->arena, "", line->chance));
    }
    table_write_within(&table, label_count_columns(&page->label), page->board->width, page->out);
}

static void write_epochs(const struct page *page)
{
    struct table table = new_table(page);

    label_add_columns(&page->label, &table);
    table_add_column(&table, "epochs", true);
    table_add_column(&table, "over epochs", true);
    table_add_column(&table, "pass@k", true);
    table_add_column(&table, "pass^k", true);
    table_add_column(&table, "maj@k", true);
    for (size_t i = 0; i < page->board->line_count; i++) {
        const struct score_line *line = page->lines[i];
        const struct score_at *last = score_line_last(line);
        if (line->epochs <= 1)
            continue;
        label_add_cells(&page->label, &table, line);
        table_add_cell(&table, arena_printf(page->arena, "%zu", line->epochs));
        table_add_cell(&table, cell_percent(page->arena, CELL_PLUS_MINUS, line->se_epochs));
        table_add_cell(&table, cell_percent(page->arena, "", last->pass));
        table_add_cell(&table, cell_percent(page->arena, "", last->pass_hat));
        table_add_cell(&table, cell_percent(page->arena, "", last->maj));
    }
    table_write_within(&table, label_count_columns(&page->label), page->board->width, page->out);
}

static bool has_costs(const struct scoreboard *board)
{
    for (size_t i = 0; i < board->line_count; i++)
        if (board->lines[i].cost_nanousd > 0)
            return true;
    return false;
}

static bool has_unsure_costs(const struct scoreboard *board)
{
    for (size_t i = 0; i < board->line_count; i++)
        if (board->lines[i].cost_nanousd > 0 && !board->lines[i].cost_is_known)
            return true;
    return false;
}

static void write_costs(const struct page *page)
{
    struct table table = new_table(page);

    label_add_columns(&page->label, &table);
    table_add_column(&table, "cost", true);
    table_add_column(&table, "per episode", true);
    table_add_column(&table, "per correct answer", true);
    for (size_t i = 0; i < page->board->line_count; i++) {
        const struct score_line *line = page->lines[i];
        const char *sign = line->cost_is_known ? "" : CELL_AT_LEAST;
        label_add_cells(&page->label, &table, line);
        table_add_cell(&table, cell_usd(page->arena, sign, line->cost_nanousd));
        table_add_cell(&table, cell_usd_per(page->arena, sign, line->cost_nanousd, (double)line->scored));
        table_add_cell(&table, cell_usd_per(page->arena, sign, line->cost_nanousd, line->correct));
    }
    table_write_within(&table, label_count_columns(&page->label), page->board->width, page->out);
}

static void write_legend(const struct page *page)
{
    size_t width = page->board->width;

    cell_add_wrapped(page->out, arena_printf(page->arena, "In percent. " CELL_PLUS_MINUS "is one standard error, [ ] the "
                                             "%g %% interval, both over questions.", 100 * SCORE_LEVEL), 0, width);
    if (has_epochs(page->board))
        cell_add_wrapped(page->out, "Over epochs is the error if these questions were asked again; k is the epochs.", 0,
                         width);
    if (has_unsure_costs(page->board))
        cell_add_wrapped(page->out, CELL_AT_LEAST "is at least: what some calls cost, nobody knows.", 2, width);
}

/* "- run 20261121T194851Z-7f3a: openai/x (cold), plan nightly"; numbered, with the settings too that are in no column
 * then. */
static void write_run(const struct page *page, const struct label *whole, const struct score_line *line)
{
    const char *run = cell_name(page->arena, line->run, CELL_NAME_LONG), *model = label_model(whole, line);
    const char *plan = line->settings.plan;
    struct buf text;

    buf_init(&text, 0);
    if (page->label.with_number)
        buf_addf(&text, "- %zu: run %s: %s", label_number(whole, line), run, model);
    else if (page->label.with_model)
        buf_addf(&text, "- run %s: %s", run, model);
    else
        buf_addf(&text, "Model %s, run %s", model, run);
    if (page->label.with_number && page->label.with_settings)
        buf_addf(&text, ", %s", label_settings(whole, line));
    if (plan != NULL)
        buf_addf(&text, ", plan %s", cell_name(page->arena, plan, CELL_NAME_SHORT));
    if (page->board->width > 0)
        cell_add_wrapped(page->out, text.data, 2, page->board->width);
    else
        buf_addf(page->out, "%s\n", text.data);
    buf_fini(&text);
}

static void write_runs(const struct page *page)
{
    const struct scoreboard *board = page->board;
    struct label whole = page->label;

    whole.width = CELL_NAME_LONG;
    for (size_t i = 0; i < board->line_count; i += label_count_run(board, i))
        write_run(page, &whole, &board->lines[i]);
    buf_add_char(page->out, '\n');
}

static bool is_same_task(const struct score_line *a, const struct score_line *b)
{
    return strcmp(a->task, b->task) == 0;
}

/* The better one first, what has no score last, equals as the board has them. */
static bool goes_before(const struct score_line *a, const struct score_line *b)
{
    return !isnan(a->mean) && (isnan(b->mean) || a->mean > b->mean);
}

/* Tasks as first met, and the lines of each one by score. A board is a page long, so a plain insertion will do. */
static void order_lines(struct page *page)
{
    const struct scoreboard *board = page->board;

    page->lines = arena_calloc(page->arena, board->line_count, sizeof *page->lines);
    for (size_t i = 0; i < board->line_count; i++) {
        const struct score_line *line = &board->lines[i];
        size_t first = 0, at;
        while (first < i && !is_same_task(page->lines[first], line))
            first++;
        for (at = first; at < i && is_same_task(page->lines[at], line) && !goes_before(line, page->lines[at]);)
            at++;
        memmove(&page->lines[at + 1], &page->lines[at], (i - at) * sizeof *page->lines);
        page->lines[at] = line;
    }
}

static void write_page(const struct page *page)
{
    struct buf notes;

    write_runs(page);
    write_scores(page);
    if (has_epochs(page->board))
        write_epochs(page);
    if (has_costs(page->board))
        write_costs(page);
    write_legend(page);
    buf_init(&notes, 0);
    notes_write(&page->label, page->lines, &notes);
    if (notes.length > 0)
        buf_add_char(page->out, '\n');
    buf_add(page->out, notes.data, notes.length);
    buf_fini(&notes);
}

static void write_markdown(const struct scoreboard *board, struct buf *out)
{
    struct page page = { .board = board, .out = out };

    if (board->line_count == 0) {
        buf_add_string(out, "No task has been run yet.\n");
        return;
    }
    page.arena = arena_new();
    page.label = label_choose(board, page.arena);
    order_lines(&page);
    write_page(&page);
    arena_free(page.arena);
}

const struct report report_markdown = {
    .name = "md", .summary = "tables for a terminal or a page, in percent", .write = write_markdown,
    .write_parts = parts_write,
};
