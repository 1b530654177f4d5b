/*
 * What a task's mean is made of, for a person: a table for each line of the board, its categories and, set in, theirs
 * (JSON has those further in too), its forms, or its clusters. Below them the mean over questions, where each question
 * counts the same, and the mean of categories, where each outermost category does; they are two numbers, and are named
 * for it.
 */
#include "reports/parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/text.h"
#include "reports/cell.h"
#include "reports/scoreboard.h"
#include "reports/table.h"

#define NAME_WIDTH_MAX 120

/* "a" before "a/b" before "a b". */
static int by_name(const void *left, const void *right)
{
    const char *a = ((const struct score_part *)left)->name, *b = ((const struct score_part *)right)->name;

    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return (*a == '/' ? 1 : (unsigned char)*a) - (*b == '/' ? 1 : (unsigned char)*b);
}

static const char *show(struct arena *arena, const char *name, size_t depth)
{
    const char *slash = depth > 0 ? strrchr(name, '/') : NULL, *text;
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

static void add_row(struct table *table, struct arena *arena, const char *name, size_t samples, double mean, double se)
{
    table_add_cell(table, name);
    table_add_cell(table, arena_printf(arena, "%zu", samples));
    table_add_cell(table, cell_percent(arena, "", mean));
    table_add_cell(table, cell_percent(arena, CELL_PLUS_MINUS, se));
}

/* Of the replies whose language can be told: how many are in the one asked in. */
static void add_language(struct table *table, struct arena *arena, const struct score_languages *languages)
{
    size_t told = languages->asked - languages->untold;

    table_add_cell(table, cell_percent(arena, "", told == 0 ? NAN : (double)languages->same / (double)told));
    table_add_cell(table, arena_printf(arena, "%zu", languages->untold));
}

static struct table new_table(struct arena *arena, size_t row_max, const char *head)
{
    struct table table = table_new(arena, row_max);

    table_add_column(&table, head, false);
    table_add_column(&table, "n", true);
    table_add_column(&table, "score", true);
    table_add_column(&table, "se", true);
    return table;
}

static struct score_part *sort_parts(struct arena *arena, const struct score_part *parts, size_t count)
{
    struct score_part *sorted = arena_calloc(arena, count, sizeof sorted[0]);

    memcpy(sorted, parts, count * sizeof sorted[0]);
    qsort(sorted, count, sizeof sorted[0], by_name);
    return sorted;
}

static void write_head(const struct score_line *line, struct buf *out)
{
    text_show_line(out, line->task, strlen(line->task), NAME_WIDTH_MAX);
    buf_add_string(out, ", ");
    text_show_line(out, line->model, strlen(line->model), NAME_WIDTH_MAX);
    buf_addf(out, ", run %s\n\n", line->run);
}

/* While categories may be missing, their mean is that of those that are there. */
static const char *name_mean(struct arena *arena, const struct score_line *line)
{
    return arena_printf(arena, "mean of %zu %s%s", line->outermost.samples,
                        line->outermost.samples == 1 ? "category" : "categories", line->unfinished > 0 ? " so far" : "");
}

static void write_categories(const struct score_line *line, struct arena *arena, struct buf *out)
{
    const struct score_part *sorted = sort_parts(arena, line->categories, line->category_count);
    struct table table = new_table(arena, line->category_count + 2, "category");
    bool has_languages = line->languages.asked > 0;

    if (has_languages) {
        table_add_column(&table, "in its language", true);
        table_add_column(&table, "cannot be told", true);
    }
    for (size_t i = 0; i < line->category_count; i++) {
        size_t depth = depth_of(sorted[i].name);
        if (depth > 1)
            continue;
        add_row(&table, arena, show(arena, sorted[i].name, depth), sorted[i].samples, sorted[i].mean, sorted[i].se);
        if (has_languages)
            add_language(&table, arena, &sorted[i].languages);
    }
    add_row(&table, arena, "all questions", line->samples, line->mean, line->se_questions);
    if (has_languages)
        add_language(&table, arena, &line->languages);
    add_row(&table, arena, name_mean(arena, line), line->outermost.samples, line->outermost.mean, line->outermost.se);
    if (has_languages) {
        table_add_cell(&table, "");
        table_add_cell(&table, "");
    }
    write_head(line, out);
    table_write(&table, out);
}

/* Those that are not nested. */
static void write_flat(const struct score_line *line, enum score_by by, struct arena *arena, struct buf *out)
{
    size_t count;
    const struct score_part *parts = score_line_parts(line, by, &count);
    struct table table = new_table(arena, count + 1, score_by_word(by));

    for (size_t i = 0; i < count; i++)
        add_row(&table, arena, show(arena, parts[i].name, 0), parts[i].samples, parts[i].mean, parts[i].se);
    add_row(&table, arena, "all questions", line->samples, line->mean, line->se_questions);
    write_head(line, out);
    table_write(&table, out);
}

void parts_write(const struct scoreboard *board, struct buf *out)
{
    static const char *const missing[] = { "parts", "categories", "questions of both forms", "clusters" };
    struct arena *arena = arena_new();
    size_t before = out->length;

    for (size_t i = 0; i < board->line_count; i++) {
        size_t count;
        score_line_parts(&board->lines[i], board->by, &count);
        if (count > 0 && board->by == SCORE_BY_CATEGORY)
            write_categories(&board->lines[i], arena, out);
        else if (count > 0)
            write_flat(&board->lines[i], board->by, arena, out);
    }
    if (out->length == before)
        buf_addf(out, "No task here has %s.\n", missing[board->by]);
    else
        cell_add_wrapped(out, arena_printf(arena, "In percent. " CELL_PLUS_MINUS "is one standard error over questions; n "
                                           "counts them%s.", board->by == SCORE_BY_CATEGORY
                                           ? ", and categories in the last row" : ""), 0, board->width);
    arena_free(arena);
}
