#include "reports/table.h"

#include <assert.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/text.h"

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

void table_write(const struct table *table, struct buf *out)
{
    size_t widths[TABLE_COLUMNS_MAX];

    for (size_t i = 0; i < table->column_count; i++) {
        widths[i] = column_width(table, i);
        write_cell(out, table->columns[i].head, table->columns[i].is_number, widths[i]);
    }
    buf_add_string(out, "|\n");
    for (size_t i = 0; i < table->column_count; i++)
        write_rule(out, table->columns[i].is_number, widths[i]);
    buf_add_string(out, "|\n");
    for (size_t i = 0; i < table->cell_count; i++) {
        size_t column = i % table->column_count;
        write_cell(out, table->cells[i], table->columns[column].is_number, widths[column]);
        if (column + 1 == table->column_count)
            buf_add_string(out, "|\n");
    }
    buf_add_string(out, "\n");
}
