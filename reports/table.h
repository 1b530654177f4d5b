/*
 * table: rows and columns as Markdown writes them, aligned for a terminal too. Heads and cells are borrowed until it is
 * written, and stand there as they are: foreign text goes through cell.h first. Widths are columns of a terminal, not bytes.
 */
#ifndef VERNIER_REPORTS_TABLE_H
#define VERNIER_REPORTS_TABLE_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct buf;

#define TABLE_COLUMNS_MAX 12

struct table {
    struct table_column { const char *head; bool is_number; } columns[TABLE_COLUMNS_MAX];
    size_t column_count;
    const char **cells;             /* row after row */
    size_t cell_count;
};

/* An empty one of at most so many rows, in the arena. */
struct table table_new(struct arena *arena, size_t row_max);

/* Columns first, TABLE_COLUMNS_MAX at most, then cells, row after row, whole rows and no more than table_new was told.
 * Numbers stand at the right. */
void table_add_column(struct table *table, const char *head, bool is_number);
void table_add_cell(struct table *table, const char *text);

/* Adds it and an empty line. */
void table_write(const struct table *table, struct buf *out);

/*
 * The same for a terminal of so many columns (0: of any), its first label_count columns being what rows go by: where the
 * others do not fit beside these, they follow in further tables, each with the labels again. Nothing is cut.
 */
void table_write_within(const struct table *table, size_t label_count, size_t width, struct buf *out);

/* How many columns of a terminal it takes as one. */
size_t table_width(const struct table *table);

#endif
