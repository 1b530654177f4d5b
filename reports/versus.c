#include "reports/versus.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/json.h"
#include "harness/base/json_write.h"
#include "harness/base/mem.h"
#include "reports/cell.h"
#include "reports/stats/mean.h"
#include "reports/table.h"
#include "results/rows.h"
#include "results/store.h"

#define LEVEL 0.95
#define SHARE_MIN 0.99

/* The least that four digits show. */
#define P_SHOWN 0.0001

/* What random signs and resamples are drawn from: the same store, the same digits. */
#define SEED 1

/* One sample of one run. */
struct item {
    const char *task, *cluster;
    int64_t sample;
    double sum;
    size_t epochs;
};

/* In the store's order: by task, then as the samples were first met. */
struct items_of { struct item *items; size_t count, room; };

static void add_row(struct items_of *of, struct arena *arena, const struct result_row *row)
{
    struct item *last = of->count > 0 ? &of->items[of->count - 1] : NULL;
    const char *task = row->episode.task;

    if (!row->has_grade || row->episode.outcome == NULL || strcmp(row->episode.outcome, "scored") != 0)
        return;
    if (last == NULL || last->sample != row->episode.sample || strcmp(last->task, task) != 0) {
        if (of->count == of->room) {
            of->room = of->room == 0 ? 256 : 2 * of->room;
            of->items = xreallocarray(of->items, of->room, sizeof of->items[0]);
        }
        task = last != NULL && strcmp(last->task, task) == 0 ? last->task : arena_strdup(arena, task);
        last = &of->items[of->count++];
        *last = (struct item){ .task = task, .cluster = arena_strdup(arena, row->cluster),
                               .sample = row->episode.sample };
    }
    last->sum += row->grade.score;
    last->epochs++;
}

static int read_items(struct store *store, struct arena *arena, const struct run_row *run, struct items_of *of,
                      struct err *err)
{
    struct rows *rows = rows_open_scores(store, run->id, err);
    struct result_row row;
    int got = rows == NULL ? -1 : 0;

    *of = (struct items_of){ 0 };
    while (rows != NULL && (got = rows_next(rows, &row, err)) > 0)
        add_row(of, arena, &row);
    rows_close(rows);
    return got;
}

struct paired { double a, b; const char *cluster; size_t place; bool is_single; };

static int by_cluster(const void *left, const void *right)
{
    const struct paired *a = left, *b = right;
    int order = a->cluster == NULL || b->cluster == NULL ? (a->cluster == NULL) - (b->cluster == NULL)
                                                         : strcmp(a->cluster, b->cluster);

    return order != 0 ? order : (a->place > b->place) - (a->place < b->place);
}

static struct paired pair_up(const struct item *a, const struct item *b, size_t place)
{
    return (struct paired){ a->sum / (double)a->epochs, b->sum / (double)b->epochs, a->cluster, place,
                            a->epochs == 1 && b->epochs == 1 };
}

/* Numbers that never decrease; NULL where nothing is clustered. Who is in no cluster is one alone. */
static size_t *number_clusters(struct arena *arena, const struct paired *pairs, size_t count)
{
    size_t *cluster = arena_calloc(arena, count + 1, sizeof cluster[0]);

    if (count == 0 || pairs[0].cluster == NULL)
        return NULL;
    for (size_t i = 1; i < count; i++)
        cluster[i] = cluster[i - 1] + (pairs[i].cluster == NULL || strcmp(pairs[i].cluster, pairs[i - 1].cluster) != 0);
    return cluster;
}

static void compare(struct versus_line *line, struct arena *arena, struct paired *pairs)
{
    double *a = arena_calloc(arena, line->paired + 1, sizeof a[0]), *b = arena_calloc(arena, line->paired + 1, sizeof b[0]);
    bool is_single = true;

    qsort(pairs, line->paired, sizeof pairs[0], by_cluster);
    for (size_t i = 0; i < line->paired; i++) {
        a[i] = pairs[i].a;
        b[i] = pairs[i].b;
        is_single = is_single && pairs[i].is_single;
    }
    line->mean = mean_of(a, line->paired);
    line->base_mean = mean_of(b, line->paired);
    line->comparison = pair_compare(a, b, number_clusters(arena, pairs, line->paired), line->paired, is_single, LEVEL, SEED);
}

/* The items of one task, from first on; count of them. */
static size_t count_task(const struct items_of *of, size_t first, const char *task)
{
    size_t next = first;

    while (next < of->count && strcmp(of->items[next].task, task) == 0)
        next++;
    return next - first;
}

static void compare_task(struct versus_line *line, struct arena *arena, const struct item *a, size_t a_count,
                         const struct item *b, size_t b_count)
{
    struct paired *pairs = arena_calloc(arena, a_count + 1, sizeof pairs[0]);

    for (size_t i = 0, j = 0; i < a_count && j < b_count;) {
        if (a[i].sample == b[j].sample) {
            pairs[line->paired] = pair_up(&a[i++], &b[j++], line->paired);
            line->paired++;
        } else if (a[i].sample < b[j].sample) {
            i++;
        } else {
            j++;
        }
    }
    line->all = a_count + b_count - line->paired;
    if (line->paired > 0 && (double)line->paired >= SHARE_MIN * (double)line->all)
        compare(line, arena, pairs);
    else
        line->mean = line->base_mean = NAN;
}

/* Lenient: a plan that does not say what it asked, or not so that we know it, says nothing. */
static struct asked read_asked(struct arena *arena, const struct run_row *run, const char *task)
{
    struct err ignored = ERR_INIT;
    struct json_doc *doc = json_parse(run->plan, strlen(run->plan), &ignored);
    struct asked asked = { 0 };

    if (doc == NULL)
        return asked;
    for (const struct json *of = json_first(json_get(json_root(doc), "tasks")); of != NULL; of = json_next(of)) {
        const char *name = json_string(of, "name");
        if (name != NULL && strcmp(name, task) == 0)
            asked = asked_read(arena, of);
    }
    json_free(doc);
    return asked;
}

static enum asked_difference compare_asked(struct arena *arena, const struct run_row *a, const struct run_row *b,
                                           const char *task)
{
    const struct asked of_a = read_asked(arena, a, task), of_b = read_asked(arena, b, task);

    return asked_compare(&of_a, &of_b);
}

static void compare_runs(struct versus *versus, struct arena *arena, const struct run_row *run, const struct items_of *a,
                         const struct items_of *b)
{
    static const struct comparison NONE = { .difference = NAN, .se = NAN, .interval = { NULL, NAN, NAN }, .p = NAN };

    for (size_t i = 0, many; i < a->count; i += many) {
        const char *task = a->items[i].task;
        size_t first = 0;
        many = count_task(a, i, task);
        while (first < b->count && strcmp(b->items[first].task, task) != 0)
            first++;
        if (first == b->count)
            continue;
        struct versus_line *line = &versus->lines[versus->line_count++];
        *line = (struct versus_line){ .run = run, .task = task, .comparison = NONE, .p_holm = NAN };
        line->differ_in = compare_asked(arena, run, versus->base, task);
        compare_task(line, arena, &a->items[i], many, &b->items[first], count_task(b, first, task));
    }
}

static void adjust(struct versus *versus, struct arena *arena)
{
    double *p = arena_calloc(arena, versus->line_count + 1, sizeof p[0]);
    double *out = arena_calloc(arena, versus->line_count + 1, sizeof out[0]);
    size_t count = 0, at = 0;

    for (size_t i = 0; i < versus->line_count; i++)
        if (versus->lines[i].comparison.test != NULL)
            p[count++] = versus->lines[i].comparison.p;
    pair_holm(p, count, out);
    for (size_t i = 0; i < versus->line_count; i++)
        if (versus->lines[i].comparison.test != NULL)
            versus->lines[i].p_holm = out[at++];
}

/* Room for each task of a run to be a line. */
static size_t count_tasks(const struct items_of *of)
{
    size_t tasks = 0;

    for (size_t i = 0; i < of->count; i++)
        tasks += i == 0 || strcmp(of->items[i].task, of->items[i - 1].task) != 0;
    return tasks;
}

struct versus *versus_gather(struct store *store, struct arena *arena, const struct run_row *runs, size_t run_count,
                             const struct run_row *base, struct err *err)
{
    struct versus *versus = arena_calloc(arena, 1, sizeof *versus);
    struct items_of of_base = { 0 }, of_run = { 0 };
    int status = read_items(store, arena, base, &of_base, err);

    versus->base = base;
    versus->lines = arena_calloc(arena, run_count * count_tasks(&of_base) + 1, sizeof versus->lines[0]);
    for (size_t i = 0; i < run_count && status == 0; i++) {
        if (runs[i].id == base->id)
            continue;
        status = read_items(store, arena, &runs[i], &of_run, err);
        if (status == 0)
            compare_runs(versus, arena, &runs[i], &of_run, &of_base);
        free(of_run.items);
    }
    free(of_base.items);
    adjust(versus, arena);
    return status < 0 ? NULL : versus;
}

static const char *show_interval(struct arena *arena, const struct interval *interval)
{
    if (interval->method == NULL)
        return CELL_DASH;
    return arena_printf(arena, "[%s, %s]", cell_signed(arena, interval->lower), cell_signed(arena, interval->upper));
}

/* A bound that lies below what is shown is shown as that. */
static const char *show_p(struct arena *arena, double p, bool is_bound)
{
    if (isnan(p))
        return CELL_DASH;
    if (p < P_SHOWN)
        return "< 0.0001";
    return arena_printf(arena, "%s%.4f", is_bound ? CELL_AT_MOST : "", p);
}

static const char *show_n(struct arena *arena, const struct versus_line *line)
{
    if (line->paired == line->all)
        return arena_printf(arena, "%zu", line->paired);
    return arena_printf(arena, "%zu of %zu", line->paired, line->all);
}

/* What is written, and how: on a terminal that has no room for models and runs in the table, runs are numbered. */
struct page {
    const struct versus *versus;
    size_t width;                   /* of the terminal; 0: any */
    bool is_numbered, has_notes;
    struct arena *arena;
    struct buf *out;
};

/* Which run it is of, from 1: those of one stand together. */
static size_t number_run(const struct versus *versus, const struct versus_line *line)
{
    size_t number = 1;

    for (const struct versus_line *one = versus->lines; one < line; one++)
        number += one[1].run->id != one->run->id;
    return number;
}

static void add_label(const struct page *page, struct table *table, const struct versus_line *line)
{
    table_add_cell(table, cell_name(page->arena, line->task, CELL_NAME_SHORT));
    if (page->is_numbered) {
        table_add_cell(table, arena_printf(page->arena, "%zu", number_run(page->versus, line)));
        return;
    }
    table_add_cell(table, cell_name(page->arena, line->run->model, CELL_NAME_SHORT));
    table_add_cell(table, line->run->name);
}

static void add_cells(const struct page *page, struct table *table, const struct versus_line *line)
{
    const struct comparison *comparison = &line->comparison;
    struct arena *arena = page->arena;

    add_label(page, table, line);
    table_add_cell(table, cell_signed(arena, comparison->difference));
    table_add_cell(table, cell_percent(arena, CELL_PLUS_MINUS, comparison->se));
    table_add_cell(table, show_interval(arena, &comparison->interval));
    table_add_cell(table, show_p(arena, comparison->p, comparison->p_is_bound));
    table_add_cell(table, show_p(arena, line->p_holm, comparison->p_is_bound));
    table_add_cell(table, show_n(arena, line));
}

/* Nothing to say where both were asked the same and answered all of it. */
static void add_note(struct page *page, const struct versus_line *line)
{
    bool is_part = line->paired < line->all;
    struct buf note;

    if (!is_part && line->differ_in == ASKED_ALIKE)
        return;
    if (!page->has_notes)
        buf_add_char(page->out, '\n');
    page->has_notes = true;
    buf_init(&note, 0);
    buf_addf(&note, "- %s, ", cell_name(page->arena, line->task, CELL_NAME_SHORT));
    if (page->is_numbered)
        buf_addf(&note, "run %zu: ", number_run(page->versus, line));
    else
        buf_addf(&note, "%s: ", line->run->name);
    if (line->comparison.test == NULL)
        buf_addf(&note, "not compared, as %zu of %zu questions are scored in both", line->paired, line->all);
    else if (is_part)
        buf_addf(&note, "over the %zu of %zu questions that are scored in both alone", line->paired, line->all);
    if (line->differ_in != ASKED_ALIKE)
        buf_addf(&note, "%s%s", is_part ? "; " : "", asked_words(line->differ_in));
    cell_add_wrapped(page->out, note.data, 2, page->width);
    buf_fini(&note);
}

/* Of what the table holds. */
static void add_legend(const struct versus *versus, size_t width, struct buf *out)
{
    bool has_bound = false, has_dash = false;

    for (size_t i = 0; i < versus->line_count; i++) {
        has_bound = has_bound || versus->lines[i].comparison.p_is_bound;
        has_dash = has_dash || versus->lines[i].comparison.interval.method == NULL;
    }
    cell_add_wrapped(out, "In points, over questions, paired. p is two-sided; Holm's holds for all rows together.", 0,
                     width);
    if (has_bound)
        cell_add_wrapped(out, CELL_AT_MOST "is at most: none of the signs drawn came so far.", 2, width);
    if (has_dash)
        cell_add_wrapped(out, CELL_DASH " where runs share less than 99 % of their questions, and where all differ alike.",
                         2, width);
}

static struct table make_table(const struct page *page)
{
    static const char *const NUMBERS[] = { "difference", "se", "95 % interval", "p", "p (Holm)", "n" };
    struct table table = table_new(page->arena, page->versus->line_count);

    table_add_column(&table, "task", false);
    if (!page->is_numbered)
        table_add_column(&table, "model", false);
    table_add_column(&table, "run", page->is_numbered);
    for (size_t i = 0; i < sizeof NUMBERS / sizeof NUMBERS[0]; i++)
        table_add_column(&table, NUMBERS[i], true);
    for (size_t i = 0; i < page->versus->line_count; i++)
        add_cells(page, &table, &page->versus->lines[i]);
    return table;
}

/* What the numbers of the table stand for. */
static void list_runs(const struct page *page)
{
    const struct versus *versus = page->versus;

    for (size_t i = 0; i < versus->line_count; i++) {
        const struct run_row *run = versus->lines[i].run;
        if (i > 0 && run->id == versus->lines[i - 1].run->id)
            continue;
        cell_add_wrapped(page->out, arena_printf(page->arena, "- %zu: run %s: %s", number_run(versus, &versus->lines[i]),
                                                 run->name, cell_name(page->arena, run->model, CELL_NAME_LONG)), 2,
                         page->width);
    }
    buf_add_char(page->out, '\n');
}

static void write_table(struct page *page)
{
    struct table table = make_table(page);

    page->is_numbered = page->width > 0 && table_width(&table) > page->width;
    if (page->is_numbered) {
        list_runs(page);
        table = make_table(page);
    }
    table_write_within(&table, page->is_numbered ? 2 : 3, page->width, page->out);
}

/* "Against openai/x, run 20261121T194851Z-7f3a" */
static void add_head(const struct page *page)
{
    const struct run_row *base = page->versus->base;
    const char *head = arena_printf(page->arena, "Against %s, run %s", cell_name(page->arena, base->model, CELL_NAME_LONG),
                                    base->name);

    if (page->width > 0)
        cell_add_wrapped(page->out, head, 2, page->width);
    else
        buf_addf(page->out, "%s\n", head);
    buf_add_char(page->out, '\n');
}

void versus_write(const struct versus *versus, size_t width, struct buf *out)
{
    struct page page = { .versus = versus, .width = width, .arena = arena_new(), .out = out };

    if (versus->line_count == 0) {
        buf_add_string(out, "No task was asked in both runs.\n");
    } else {
        add_head(&page);
        write_table(&page);
        add_legend(versus, width, out);
        for (size_t i = 0; i < versus->line_count; i++)
            add_note(&page, &versus->lines[i]);
    }
    arena_free(page.arena);
}

static void add_json(struct json_write *w, const struct versus_line *line)
{
    const struct comparison *comparison = &line->comparison;

    json_open(w, NULL, '{');
    json_add_string(w, "run", line->run->name);
    json_add_string(w, "model", line->run->model);
    json_add_string(w, "task", line->task);
    json_add_string(w, "differ_in", asked_word(line->differ_in));
    json_add_int(w, "paired", (int64_t)line->paired);
    json_add_int(w, "all", (int64_t)line->all);
    json_add_number(w, "mean", line->mean);
    json_add_number(w, "base_mean", line->base_mean);
    json_add_number(w, "difference", comparison->difference);
    json_add_number(w, "se", comparison->se);
    json_add_int(w, "clusters", (int64_t)comparison->clusters);
    json_add_string(w, "interval_method", comparison->interval.method);
    json_add_number(w, "lower", comparison->interval.lower);
    json_add_number(w, "upper", comparison->interval.upper);
    json_add_string(w, "test", comparison->test);
    if (comparison->signs > 0)
        json_add_int(w, "permutations", (int64_t)comparison->signs);
    else
        json_add_null(w, "permutations");
    json_add_number(w, "p", comparison->p);
    json_add_bool(w, "p_is_bound", comparison->p_is_bound);
    json_add_number(w, "p_holm", line->p_holm);
    json_close(w);
}

void versus_write_json(const struct versus *versus, struct buf *out)
{
    struct json_write w = json_write_to(out);

    json_open(&w, NULL, '{');
    json_add_string(&w, "kind", "comparison");
    json_add_int(&w, "version", 1);
    json_add_string(&w, "base", versus->base->name);
    json_add_number(&w, "level", LEVEL);
    json_add_int(&w, "seed", SEED);
    json_open(&w, "lines", '[');
    for (size_t i = 0; i < versus->line_count; i++)
        add_json(&w, &versus->lines[i]);
    json_close(&w);
    json_close(&w);
    buf_add_char(out, '\n');
}
