#include "tasks/hub/page.h"

#include <stdbool.h>

#include "harness/base/json.h"

#define ROWS_MAX 100000000

static int check_row(const struct json *row, size_t expected, struct err *err)
{
    int64_t index;

    if (!json_get_int64(row, "row_idx", &index) || json_kind(json_get(row, "row")) != JSON_OBJECT)
        return err_set_code(err, EXIT_UNAVAILABLE, "expected \"row_idx\" and \"row\" in each of \"rows\"");
    if (index < 0 || (size_t)index != expected)
        return err_set_code(err, EXIT_UNAVAILABLE, "expected row %zu, found row %lld", expected, (long long)index);
    return 0;
}

static void note_cut(struct page *page, const struct json *row, size_t index)
{
    const struct json *cells = json_get(row, "truncated_cells");

    if (page->cut_cell != NULL || json_count(cells) == 0)
        return;
    page->cut_row = index;
    page->cut_cell = json_text(json_first(cells)) != NULL ? json_text(json_first(cells)) : "a cell";
}

static int read_page(struct page *page, size_t offset, size_t length, struct err *err)
{
    const struct json *root = json_root(page->doc), *rows = json_get(root, "rows");
    bool is_partial = false;
    int64_t total;

    if (json_kind(rows) != JSON_ARRAY || !json_get_int64(root, "num_rows_total", &total) || total < 0 ||
        total > ROWS_MAX)
        return err_set_code(err, EXIT_UNAVAILABLE, "expected \"rows\" and \"num_rows_total\"");
    page->count = json_count(rows);
    page->total = (size_t)total;
    if (json_get_bool(root, "partial", &is_partial) && is_partial)
        return err_set_code(err, EXIT_BAD_DATA, "the rows service has only a part of the set (\"partial\")");
    if (page->count > length || page->count > page->total - (offset < page->total ? offset : page->total) ||
        (page->count == 0 && offset < page->total))
        return err_set_code(err, EXIT_UNAVAILABLE, "expected rows %zu to %zu of %zu, found %zu rows", offset,
                            offset + length - 1, page->total, page->count);
    for (const struct json *row = json_first(rows); row != NULL; row = json_next(row)) {
        if (check_row(row, offset, err) < 0)
            return -1;
        note_cut(page, row, offset++);
    }
    return 0;
}

int page_parse(const char *text, size_t text_length, size_t offset, size_t length, struct page *out, struct err *err)
{
    *out = (struct page){ .doc = json_parse(text, text_length, err) };
    if (out->doc == NULL) {
        err->code = EXIT_UNAVAILABLE;
        return -1;
    }
    if (read_page(out, offset, length, err) == 0)
        return 0;
    page_free(out);
    return -1;
}

void page_free(struct page *page)
{
    json_free(page->doc);
    page->doc = NULL;
}

const struct json *page_first(const struct page *page)
{
    return json_first(json_get(json_root(page->doc), "rows"));
}
