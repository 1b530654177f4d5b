#include "reports/table.h"

#include <assert.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/text.h"

/* Of a cell, beside its text: "| " and a blank. */
#define BORDER 3

struct table table_new(struct arena *arena, size_t row_max)
{
    return (struct table){ .cells = arena_calloc(arena, row_max * TABLE_COLUMNS_MAX, sizeof(char *)) };
}

void table_add_column(struct table *table, const char *head, bool is_number)
{
    assert(table->column_count < TABLE_COLUMNS_MAX);
    table->columns[table->column_count++] = (struct table_column){ head, is_number };
}

void table_add_cell(struct table *table, const char *text)
{
    table->cells[table->cell_count++] = text;
}

static void pad(struct buf *out, char filler, size_t count)
{
    while (count-- > 0)
        buf_add_char(out, filler);
}

static size_t column_width(const struct table *table, size_t column)
{
    size_t width = text_width(table->columns[column].head);

    width = width < 2 ? 2 : width;      /* "-:" is the shortest rule that Markdown takes for one */
    for (size_t i = column; i < table->cell_count; i += table->column_count)
        if (text_width(table->cells[i]) > width)
            width = text_width(table->cells[i]);
    return width;
}

static void write_cell(struct buf *out, const char *text, bool is_number, size_t width)
{
    size_t blank = width - text_width(text);

    buf_add_string(out, "| ");
    pad(out, ' ', is_number ? blank : 0);
    buf_add_string(out, text);
    pad(out, ' ', is_number ? 1 : blank + 1);
}

static void write_rule(struct buf *out, bool is_number, size_t width)
{
    buf_add_string(out, "| ");
    pad(out, '-', is_number ? width - 1 : width);
    buf_add_string(out, is_number ? ": " : " ");
}

/* The columns that are written side by side: labels, and of the others those from begin to end. */
struct block { size_t label_count, begin, end, widths[TABLE_COLUMNS_MAX]; };

static bool is_in(const struct block *block, size_t column)
{
    return column < block->label_count || (column >= block->begin && column < block->end);
}

static void write_heads(const struct table *table, const struct block *block, struct buf *out)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (is_in(block, i))
            write_cell(out, table->columns[i].head, table->columns[i].is_number, block->widths[i]);
    buf_add_string(out, "|\n");
    for (size_t i = 0; i < table->column_count; i++)
        if (is_in(block, i))
            write_rule(out, table->columns[i].is_number, block->widths[i]);
    buf_add_string(out, "|\n");
}

static void write_block(const struct table *table, const struct block *block, struct buf *out)
{
    write_heads(table, block, out);
    for (size_t i = 0; i < table->cell_count; i++) {
        size_t column = i % table->column_count;
        if (is_in(block, column))
            write_cell(out, table->cells[i], table->columns[column].is_number, block->widths[column]);
        if (column + 1 == table->column_count)
            buf_add_string(out, "|\n");
    }
    buf_add_string(out, "\n");
}

void table_write_within(const struct table *table, size_t label_count, size_t width, struct buf *out)
{
    struct block block = { .label_count = label_count };
    size_t taken = 1;

    for (size_t i = 0; i < table->column_count; i++) {
        block.widths[i] = column_width(table, i);
        taken += i < label_count ? block.widths[i] + BORDER : 0;
    }
    for (block.begin = label_count; block.begin < table->column_count; block.begin = block.end) {
        size_t used = taken;
        for (block.end = block.begin; block.end < table->column_count; block.end++) {
            used += block.widths[block.end] + BORDER;
            if (width > 0 && used > width && block.end > block.begin)
                break;
        }
        write_block(table, &block, out);
    }
}

void table_write(const struct table *table, struct buf *out)
{
    table_write_within(table, 0, 0, out);
}

size_t table_width(const struct table *table)
{
    size_t width = 1;

    for (size_t i = 0; i < table->column_count; i++)
        width += column_width(table, i) + BORDER;
    return width;
}
