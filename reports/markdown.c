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
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/price.h"
#include "harness/base/text.h"
#include "reports/parts.h"
#include "reports/reports.h"
#include "reports/scoreboard.h"
#include "reports/table.h"
#include "results/journal.h"

#define WIDTH 80                    /* notes are wrapped at it */
#define NAME_WIDTH_MAX 120          /* a name is cut only when it is no name any more: two models must not look alike */
#define DASH "\xe2\x80\x93"
#define PLUS_MINUS "\xc2\xb1 "
#define TIMES "\xc3\x97"
#define AT_LEAST "\xe2\x89\xa5 "

enum row_name { ROW_TASK, ROW_MODEL, ROW_RUN };     /* what a row is called by, besides its task; ROW_RUN: and its model */

struct page {
    const struct scoreboard *board;
    const struct score_line **lines;    /* of the board, those of one task together, to compare runs */
    struct arena *arena;
    struct buf *out;
    enum row_name row_name;
    bool with_profiles;                 /* one task was asked under two */
};

/* Does this character mean something to Markdown where it stands? A backslash does only before punctuation. */
static bool must_escape(const char *text, size_t i)
{
    if (text[i] == '\\')
        return text[i + 1] == '\0' || ispunct((unsigned char)text[i + 1]);
    return strchr("|`*<>[]&~", text[i]) != NULL || (i == 0 && ispunct((unsigned char)text[i]));
}

/* Foreign text on one line, inert on a terminal and in Markdown, in the arena. */
static const char *show_name(struct arena *arena, const char *name)
{
    struct buf shown, escaped;
    const char *result;

    buf_init(&shown, 0);
    buf_init(&escaped, 0);
    text_show_line(&shown, name, strlen(name), NAME_WIDTH_MAX);
    for (size_t i = 0; i < shown.length; i++) {
        if (must_escape(shown.data, i))
            buf_add_char(&escaped, '\\');
        buf_add_char(&escaped, shown.data[i]);
    }
    result = arena_strdup(arena, escaped.data);
    buf_fini(&shown);
    buf_fini(&escaped);
    return result;
}

static const char *show_percent(struct arena *arena, const char *sign, double share)
{
    return isnan(share) ? DASH : arena_printf(arena, "%s%.1f", sign, 100 * share);
}

static const char *show_interval(struct arena *arena, const struct interval *interval)
{
    if (interval->method == NULL)
        return DASH;
    return arena_printf(arena, "[%.1f, %.1f]", 100 * interval->lower, 100 * interval->upper);
}

static const char *show_n(struct arena *arena, const struct score_line *line)
{
    if (line->epochs <= 1)
        return arena_printf(arena, "%zu", line->samples);
    return arena_printf(arena, "%zu" TIMES "%zu", line->samples, line->epochs);
}

static struct table new_table(const struct page *page)
{
    return table_new(page->arena, page->board->line_count);
}

static void add_name_columns(const struct page *page, struct table *table)
{
    table_add_column(table, "task", false);
    if (page->row_name != ROW_TASK)
        table_add_column(table, "model", false);
    if (page->row_name == ROW_RUN)
        table_add_column(table, "run", false);
    if (page->with_profiles)
        table_add_column(table, "profile", false);
}

/* What tells this line's run from the others. */
static const char *show_row(const struct page *page, const struct score_line *line)
{
    return show_name(page->arena, page->row_name == ROW_RUN ? line->run : line->model);
}

static void add_name_cells(const struct page *page, struct table *table, const struct score_line *line)
{
    table_add_cell(table, show_name(page->arena, line->task));
    if (page->row_name != ROW_TASK)
        table_add_cell(table, show_name(page->arena, line->model));
    if (page->row_name == ROW_RUN)
        table_add_cell(table, show_name(page->arena, line->run));
    if (page->with_profiles)
        table_add_cell(table, line->profile != NULL ? show_name(page->arena, line->profile) : DASH);
}

static bool has_chance(const struct scoreboard *board)
{
    for (size_t i = 0; i < board->line_count; i++)
        if (board->lines[i].chance > 0)
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
    bool with_chance = has_chance(page->board);

    add_name_columns(page, &table);
    table_add_column(&table, "score", true);
    table_add_column(&table, "se", true);
    table_add_column(&table, arena_printf(page->arena, "%g %% interval", 100 * SCORE_LEVEL), true);
    table_add_column(&table, "n", true);
    if (with_chance)
        table_add_column(&table, "chance", true);
    for (size_t i = 0; i < page->board->line_count; i++) {
        const struct score_line *line = page->lines[i];
        add_name_cells(page, &table, line);
        table_add_cell(&table, show_percent(page->arena, "", line->mean));
        table_add_cell(&table, show_percent(page->arena, PLUS_MINUS, line->se_questions));
        table_add_cell(&table, show_interval(page->arena, &line->interval));
        table_add_cell(&table, show_n(page->arena, line));
        if (with_chance)
            table_add_cell(&table, show_percent(page->arena, "", line->chance));
    }
    table_write(&table, page->out);
}

static void write_epochs(const struct page *page)
{
    struct table table = new_table(page);

    add_name_columns(page, &table);
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
        add_name_cells(page, &table, line);
        table_add_cell(&table, arena_printf(page->arena, "%zu", line->epochs));
        table_add_cell(&table, show_percent(page->arena, PLUS_MINUS, line->se_epochs));
        table_add_cell(&table, show_percent(page->arena, "", last->pass));
        table_add_cell(&table, show_percent(page->arena, "", last->pass_hat));
        table_add_cell(&table, show_percent(page->arena, "", last->maj));
    }
    table_write(&table, page->out);
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

static const char *show_usd(struct arena *arena, const char *sign, int64_t nanousd)
{
    const char *shown;
    struct buf text;

    if (nanousd < 0)
        return DASH;
    buf_init(&text, 0);
    buf_add_string(&text, sign);
    price_add_usd(&text, nanousd);
    shown = arena_strdup(arena, text.data);
    buf_fini(&text);
    return shown;
}

static const char *show_usd_per(struct arena *arena, const char *sign, int64_t nanousd, double count)
{
    return show_usd(arena, sign, nanousd < 0 || count <= 0 ? COST_UNKNOWN : (int64_t)((double)nanousd / count + 0.5));
}

static void write_costs(const struct page *page)
{
    struct table table = new_table(page);

    add_name_columns(page, &table);
    table_add_column(&table, "cost", true);
    table_add_column(&table, "per episode", true);
    table_add_column(&table, "per correct answer", true);
    for (size_t i = 0; i < page->board->line_count; i++) {
        const struct score_line *line = page->lines[i];
        const char *sign = line->cost_is_known ? "" : AT_LEAST;
        add_name_cells(page, &table, line);
        table_add_cell(&table, show_usd(page->arena, sign, line->cost_nanousd));
        table_add_cell(&table, show_usd_per(page->arena, sign, line->cost_nanousd, (double)line->scored));
        table_add_cell(&table, show_usd_per(page->arena, sign, line->cost_nanousd, line->correct));
    }
    table_write(&table, page->out);
}

/* Adds text in lines of at most WIDTH columns, broken at blanks; those after the first stand indent columns in. */
static void write_wrapped(struct buf *out, const char *text, size_t indent)
{
    size_t column = 0;

    while (*text != '\0') {
        size_t length = strcspn(text, " ");
        struct buf word;

        buf_init(&word, 0);
        buf_add(&word, text, length);
        if (column > indent && column + 1 + text_width(word.data) > WIDTH) {
            buf_add_char(out, '\n');
            buf_addf(out, "%*s", (int)indent, "");
            column = indent;
        } else if (column > 0) {
            buf_add_char(out, ' ');
            column++;
        }
        buf_add_string(out, word.data);
        column += text_width(word.data);
        buf_fini(&word);
        text += length;
        text += strspn(text, " ");
    }
    buf_add_char(out, '\n');
}

/* A note on one line of the board: "- aime2025: 2 of 240 void, ...". Nothing when text is empty. */
static void write_note(const struct page *page, const struct score_line *line, const char *text)
{
    struct buf note;

    if (text[0] == '\0')
        return;
    buf_init(&note, 0);
    buf_add_string(&note, "- ");
    buf_add_string(&note, show_name(page->arena, line->task));
    if (page->row_name != ROW_TASK)
        buf_addf(&note, ", %s", show_row(page, line));
    buf_addf(&note, ": %s", text);
    write_wrapped(page->out, note.data, 2);
    buf_fini(&note);
}

/* "5 truncated" after a comma where something stands before it; nothing for 0. */
static void add_count(struct buf *text, const char *before, size_t count, const char *what)
{
    if (count > 0)
        buf_addf(text, "%s%zu %s", text->length > 0 ? ", " : before, count, what);
}

static void note_voids(const struct page *page, const struct score_line *line)
{
    size_t met = line->scored + line->voids + line->unfinished;
    size_t all = line->expected != COUNT_UNKNOWN ? (size_t)line->expected : met;
    struct buf origins, text;

    buf_init(&origins, 0);
    buf_init(&text, 0);
    add_count(&origins, "", line->voids_harness, "harness");
    add_count(&origins, "", line->voids_provider, "provider");
    add_count(&origins, "", line->voids_environment, "environment");
    if (line->voids > 0)
        buf_addf(&text, "%zu of %zu void, not counted (%s)", line->voids, all, origins.data);
    if (line->unfinished > 0)
        buf_addf(&text, "%s%zu of %zu unfinished", line->voids > 0 ? "; " : "", line->unfinished, all);
    write_note(page, line, text.data);
    buf_fini(&origins);
    buf_fini(&text);
}

static void note_marks(const struct page *page, const struct score_line *line)
{
    struct buf text;

    buf_init(&text, 0);
    add_count(&text, "", line->truncated, "truncated");
    add_count(&text, "", line->no_answer, "without an answer");
    add_count(&text, "", line->refused, "refused");
    add_count(&text, "", line->loop, "in a loop");
    add_count(&text, "", line->tampered, "tampered");
    if (text.length > 0)
        buf_addf(&text, ", of %zu scored", line->scored);
    write_note(page, line, text.data);
    buf_fini(&text);
}

static void note_undecided(const struct page *page, const struct score_line *line)
{
    if (line->undecided > 0)
        write_note(page, line, arena_printf(page->arena, "%zu of %zu scored are undecided, which scores 0",
                                            line->undecided, line->scored));
}

static void note_languages(const struct page *page, const struct score_line *line)
{
    const struct score_languages *languages = &line->languages;
    size_t told = languages->asked - languages->untold;

    if (languages->asked > 0)
        write_note(page, line, arena_printf(page->arena, "%zu of %zu replies whose language can be told are in the language asked"
                                            "; %zu cannot be told", languages->same, told, languages->untold));
}

static void note_method(const struct page *page, const struct score_line *line)
{
    const struct score_at *last = score_line_last(line);

    if (line->clusters > 0 && isnan(line->se_questions))
        write_note(page, line, arena_printf(page->arena, "too few clusters (%zu) to tell an error",
                                            line->clusters));
    else if (line->clusters > 0)
        write_note(page, line, arena_printf(page->arena, "se and interval are those of %zu clusters", line->clusters));
    if (last != NULL && last->left_out > 0 && line->epochs > 1)
        write_note(page, line, arena_printf(page->arena, "%zu of %zu questions have fewer than %zu scored epochs and "
                                            "are left out of @k", last->left_out, line->samples, line->epochs));
}

/* 1234567 as 1,234,567. */
static void add_grouped(struct buf *out, int64_t number)
{
    if (number >= 1000) {
        add_grouped(out, number / 1000);
        buf_addf(out, ",%03d", (int)(number % 1000));
    } else {
        buf_addf(out, "%d", (int)number);
    }
}

/* Where some of it is unknown, the bounds. */
static void add_cost(struct buf *out, const struct score_run *run)
{
    if (!run->cost_is_known)
        buf_add_string(out, "at least ");
    price_add_usd(out, run->cost_nanousd);
    if (!run->cost_is_known && run->unsure_nanousd > 0) {
        buf_add_string(out, ", at most ");
        price_add_usd(out, run->cost_nanousd + run->unsure_nanousd);
    }
}

static int64_t none_if_unknown(int64_t count)
{
    return count > 0 ? count : 0;
}

static void write_usage(const struct page *page, const struct score_line *line, const struct score_run *run)
{
    struct buf text;

    buf_init(&text, 0);
    buf_add_string(&text, "- used");
    if (page->row_name != ROW_TASK)
        buf_addf(&text, " by %s", show_row(page, line));
    buf_add_string(&text, ": ");
    add_grouped(&text, none_if_unknown(run->tokens_in));
    buf_add_string(&text, " tokens in, ");
    add_grouped(&text, none_if_unknown(run->tokens_out));
    buf_add_string(&text, " out");
    if (run->tokens_reasoning > 0) {
        buf_add_string(&text, " (");
        add_grouped(&text, run->tokens_reasoning);
        buf_add_string(&text, " of them reasoning)");
    }
    if (run->cost_nanousd > 0 || run->cost_is_known) {
        buf_add_string(&text, "; ");
        add_cost(&text, run);
    }
    if (run->judge_nanousd > 0) {
        buf_add_string(&text, ", of it ");
        price_add_usd(&text, run->judge_nanousd);
        buf_add_string(&text, " for the judge");
    }
    write_wrapped(page->out, text.data, 2);
    buf_fini(&text);
}

/* The lines of one run stand together. Returns how many they are from the first on. */
static size_t count_of_run(const struct scoreboard *board, size_t first)
{
    size_t next = first;

    while (next < board->line_count && strcmp(board->lines[next].run, board->lines[first].run) == 0)
        next++;
    return next - first;
}

static void note_usage(const struct page *page, size_t first)
{
    struct score_run run = scoreboard_sum_run(page->board, first);

    if (run.tokens_in > 0 || run.tokens_out > 0 || run.cost_nanousd > 0)
        write_usage(page, &page->board->lines[first], &run);
}

static void write_notes(const struct page *page)
{
    const struct scoreboard *board = page->board;

    for (size_t i = 0; i < board->line_count; i++) {
        note_voids(page, page->lines[i]);
        note_marks(page, page->lines[i]);
        note_undecided(page, page->lines[i]);
        note_languages(page, page->lines[i]);
        note_method(page, page->lines[i]);
    }
    for (size_t i = 0; i < board->line_count; i += count_of_run(board, i))
        note_usage(page, i);
}

static void write_legend(const struct page *page)
{
    buf_addf(page->out, "In percent. " PLUS_MINUS "is one standard error, [ ] the %g %% interval, both over "
             "questions.\n", 100 * SCORE_LEVEL);
    if (has_epochs(page->board))
        buf_add_string(page->out, "Over epochs is the error if these questions were asked again; k is the epochs.\n");
    if (has_unsure_costs(page->board))
        buf_add_string(page->out, AT_LEAST "is at least: what some calls cost, nobody knows.\n");
}

static void write_runs(const struct page *page)
{
    const struct scoreboard *board = page->board;

    for (size_t i = 0; i < board->line_count; i += count_of_run(board, i)) {
        const char *run = show_name(page->arena, board->lines[i].run);
        const char *model = show_name(page->arena, board->lines[i].model);
        if (page->row_name == ROW_TASK)
            buf_addf(page->out, "Model %s, run %s\n", model, run);
        else
            buf_addf(page->out, "- run %s: %s\n", run, model);
    }
    buf_add_char(page->out, '\n');
}

/* One run needs no name in its rows; several go by their models, unless a model has two. */
static enum row_name choose_row_name(const struct scoreboard *board)
{
    if (count_of_run(board, 0) == board->line_count)
        return ROW_TASK;
    for (size_t i = 0; i < board->line_count; i++)
        for (size_t j = i + count_of_run(board, i); j < board->line_count; j++)
            if (strcmp(board->lines[i].model, board->lines[j].model) == 0)
                return ROW_RUN;
    return ROW_MODEL;
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

static bool has_profiles(const struct page *page)
{
    for (size_t i = 1; i < page->board->line_count; i++) {
        const struct score_line *line = page->lines[i], *before = page->lines[i - 1];
        if (is_same_task(line, before) && line->profile != NULL && before->profile != NULL &&
            strcmp(line->profile, before->profile) != 0)
            return true;
    }
    return false;
}

static void write_page(const struct page *page)
{
    struct page note_page = *page;
    struct buf notes;

    write_runs(page);
    write_scores(page);
    if (has_epochs(page->board))
        write_epochs(page);
    if (has_costs(page->board))
        write_costs(page);
    write_legend(page);
    buf_init(&notes, 0);
    note_page.out = &notes;
    write_notes(&note_page);
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
    page.row_name = choose_row_name(board);
    order_lines(&page);
    page.with_profiles = has_profiles(&page);
    write_page(&page);
    arena_free(page.arena);
}

const struct report report_markdown = {
    .name = "md", .summary = "tables for a terminal or a page, in percent", .write = write_markdown,
    .write_parts = parts_write,
};
