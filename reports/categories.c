/*
 * What a task's mean is made of: a table for each line of the board, its categories and, set in, theirs (JSON has those
 * further in too). Categories count by their questions in the task's mean; the mean of categories gives each outer one
 * the same weight.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/text.h"
#include "reports/reports.h"
#include "reports/scoreboard.h"
#include "reports/table.h"

#define NAME_WIDTH_MAX 120

/* "a" before "a/b" before "a b". */
static int by_name(const void *left, const void *right)
{
    const char *a = ((const struct score_category *)left)->name, *b = ((const struct score_category *)right)->name;

    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return (*a == '/' ? 1 : (unsigned char)*a) - (*b == '/' ? 1 : (unsigned char)*b);
}

static const char *show(struct arena *arena, const char *name, size_t depth)
{
    const char *slash = strrchr(name, '/'), *text;
    struct buf shown;

    buf_init(&shown, 0);
    for (size_t i = 0; i < depth; i++)
        buf_add_string(&shown, "- ");
    name = slash != NULL ? slash + 1 : name;
    text_show_line(&shown, name, strlen(name), NAME_WIDTH_MAX);
    for (char *bar = strchr(shown.data, '|'); bar != NULL; bar = strchr(bar, '|'))
        *bar = '/';                 /* it would end a cell */
    text = arena_strdup(arena, shown.data);
    buf_fini(&shown);
    return text;
}

static size_t depth_of(const char *name)
{
    size_t depth = 0;

    for (const char *slash = strchr(name, '/'); slash != NULL; slash = strchr(slash + 1, '/'))
        depth++;
    return depth;
}

static void add_row(struct table *table, struct arena *arena, const char *name, size_t samples, double mean)
{
    table_add_cell(table, name);
    table_add_cell(table, arena_printf(arena, "%zu", samples));
    table_add_cell(table, isnan(mean) ? "\xe2\x80\x93" : arena_printf(arena, "%.1f", 100 * mean));
}

static void write_line(const struct score_line *line, struct arena *arena, struct buf *out)
{
    struct score_category *sorted = arena_calloc(arena, line->category_count, sizeof sorted[0]);
    struct table table = table_new(arena, line->category_count + 2);
    double sum = 0;
    size_t outer = 0;

    memcpy(sorted, line->categories, line->category_count * sizeof sorted[0]);
    qsort(sorted, line->category_count, sizeof sorted[0], by_name);
    table_add_column(&table, "category", false);
    table_add_column(&table, "n", true);
    table_add_column(&table, "score", true);
    for (size_t i = 0; i < line->category_count; i++) {
        size_t depth = depth_of(sorted[i].name);
        if (depth > 1)
            continue;
        add_row(&table, arena, show(arena, sorted[i].name, depth), sorted[i].samples, sorted[i].mean);
        outer += depth == 0;
        sum += depth == 0 ? sorted[i].mean : 0;
    }
    add_row(&table, arena, "all questions", line->samples, line->mean);
    add_row(&table, arena, arena_printf(arena, "mean of %zu categories", outer), outer, sum / (double)outer);
    text_show_line(out, line->task, strlen(line->task), NAME_WIDTH_MAX);
    buf_add_string(out, ", ");
    text_show_line(out, line->model, strlen(line->model), NAME_WIDTH_MAX);
    buf_addf(out, ", run %s\n\n", line->run);
    table_write(&table, out);
}

static void write_categories(const struct scoreboard *board, struct buf *out)
{
    struct arena *arena = arena_new();
    size_t before = out->length;

    for (size_t i = 0; i < board->line_count; i++)
        if (board->lines[i].category_count > 0)
            write_line(&board->lines[i], arena, out);
    if (out->length == before)
        buf_add_string(out, "No task here has categories.\n");
    arena_free(arena);
}

const struct report report_categories = {
    .name = "categories", .summary = "a table of categories for each task, in percent", .write = write_categories,
};
