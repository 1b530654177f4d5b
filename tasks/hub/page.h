/*
 * page: one reply of the rows service, held against what was asked: rows in their order from the offset on, no cell
 * cut, the whole of the set converted.
 *
 *     {"features":[{"name","type":{"_type":"Image"}},...],"rows":[{"row_idx","row":{...},"truncated_cells":[]},...],
 *      "num_rows_total","partial":false}
 */
#ifndef VERNIER_TASKS_HUB_PAGE_H
#define VERNIER_TASKS_HUB_PAGE_H

#include <stddef.h>

#include "harness/base/err.h"

struct json;
struct json_doc;

struct page {
    struct json_doc *doc;
    size_t count, total;            /* rows here; rows of the whole set */
    size_t cut_row;                 /* the first that has a cell cut */
    const char *cut_cell;           /* its name; NULL: none is cut. Borrowed */
};

/* A page of at most length rows from offset on. 0: freed with page_free; a cut cell is no failure, since smaller
 * pages may be had. -1 with err set: EXIT_UNAVAILABLE where it is no page (worth another try), EXIT_BAD_DATA where
 * it is one that cannot be used. */
int page_parse(const char *text, size_t text_length, size_t offset, size_t length, struct page *out, struct err *err);
void page_free(struct page *page);

/* The rows, {"row_idx", "row"}: for (row = page_first(page); row != NULL; row = json_next(row)). */
const struct json *page_first(const struct page *page);

#endif
