/*
 * Pages of a hundred rows, fewer where cells were cut. A picture's address is signed and expires: on 403 the page is
 * asked for again, which gives fresh ones.
 *
 *     page-TABLE-TOTAL-OFFSET there? ──yes──► its rows are poured
 *             │ no
 *             ▼
 *     ask ─► same commit? same total? nothing cut? ─► pictures ─► page-….part ─► page-….jsonl
 *      ▲           (cut: half as many rows)             │ 403        (several at once, see gallery.h)
 *      └────────────────────────────────────────────────┘
 */
#include "tasks/hub/rows.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/file.h"
#include "harness/base/http.h"
#include "harness/base/json.h"
#include "harness/base/json_write.h"
#include "tasks/hub/gallery.h"
#include "tasks/hub/hub.h"
#include "tasks/hub/page.h"
#include "tasks/hub/picture.h"
#include "tasks/hub/pour.h"

#define PAGE_ROWS_MAX 100
#define PAGE_TRIES_MAX 4            /* of a page whose pictures expire, or that is none */

struct table {
    struct hub *hub;
    const struct rows_table *source;
    const char *commit, *work;
    struct pour *pour;
    struct gallery *gallery;        /* of the page at hand */
    size_t row;                     /* of the table, at hand */
    size_t total, length;           /* rows in all; rows to be asked for next */
    bool is_known;                  /* total is */
    struct err *err;
};

enum outcome { GOT, AGAIN, FAILED };

/* --- pictures of a row --- */

static int fetch_picture(struct table *table, const char *url, char *path, size_t path_size)
{
    const char *local = arena_printf(table->hub->arena, "%s/picture", table->work);
    const char *slash = strrchr(url, '/');
    size_t length = slash != NULL ? strcspn(slash + 1, "?#") : 0;
    const char *shown_as = arena_printf(table->hub->arena, "%s, a picture (%.*s)", table->source->id, (int)length,
                                        slash != NULL ? slash + 1 : "");
    const char *part = arena_printf(table->hub->arena, "%s.part", local);
    struct buf bytes;
    char sha256[65];
    int status;

    unlink(part);                   /* of another one, that was not finished */
    buf_init(&bytes, PICTURE_BYTES_MAX + 1);
    status = hub_download(table->hub, table->source->id, url, local, shown_as, (int64_t)PICTURE_BYTES_MAX, sha256,
                          table->err);
    if (status == 0 && file_read(local, &bytes, table->err) == 0)
        status = pour_picture(table->pour, bytes.data, bytes.length, path, path_size, table->err);
    unlink(local);
    buf_fini(&bytes);
    return status;
}

/* Of the picture that the cell is; NULL: it is none. */
static const char *address_of(const struct json *cell)
{
    const char *url = json_kind(cell) == JSON_OBJECT ? json_string(cell, "src") : NULL;

    return url != NULL && (strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0) ? url : NULL;
}

static int write_cell(struct table *table, struct json_write *w, const struct json *cell)
{
    const char *url = address_of(cell), *here;
    char path[PICTURE_NAME_SIZE + sizeof POUR_PICTURES];

    if (url == NULL) {
        json_add_value(w, json_key(cell), cell);
        return 0;
    }
    here = gallery_find(table->gallery, table->row, json_key(cell));
    if (here != NULL) {
        json_add_string(w, json_key(cell), here);
        return 0;
    }
    if (fetch_picture(table, url, path, sizeof path) < 0)
        return err_prefix(table->err, "\"%s\": ", json_key(cell));
    json_add_string(w, json_key(cell), path);
    return 0;
}

static int write_row(struct table *table, FILE *out, const struct json *row)
{
    struct buf line;
    struct json_write w = json_write_to(&line);
    int status = 0;

    buf_init(&line, JSON_SIZE_MAX);
    json_open(&w, NULL, '{');
    for (const struct json *cell = json_first(row); cell != NULL && status == 0; cell = json_next(cell))
        status = write_cell(table, &w, cell);
    json_close(&w);
    buf_add_char(&line, '\n');
    if (status == 0 && (line.cut || fwrite(line.data, 1, line.length, out) != line.length))
        status = err_set_code(table->err, EXIT_STORE, "%s: %s", table->work, strerror(errno));
    buf_fini(&line);
    return status;
}

/* --- pages --- */

static const char *page_path(const struct table *table, size_t offset)
{
    return arena_printf(table->hub->arena, "%s/page-%zu-%zu-%zu.jsonl", table->work, table->source->number,
                        table->total, offset);
}

/* All pictures of the page that come without trouble. */
static int fetch_pictures(struct table *table, const struct page *page, size_t offset)
{
    const struct hub_progress progress = { .what = table->source->id, .done = (int64_t)offset, .is_rows = true,
                                           .total = (int64_t)table->total };
    size_t number = offset;

    for (const struct json *row = page_first(page); row != NULL; row = json_next(row), number++)
        for (const struct json *cell = json_first(json_get(row, "row")); cell != NULL; cell = json_next(cell))
            if (address_of(cell) != NULL)
                gallery_add(table->gallery, number, json_key(cell), address_of(cell));
    return gallery_fetch(table->gallery, &progress, table->err);
}

static int write_page(struct table *table, const struct page *page, size_t offset, const char *path)
{
    const char *part = arena_printf(table->hub->arena, "%s.part", path);
    FILE *out = fopen(part, "wb");
    int status = 0;

    if (out == NULL)
        return err_set_code(table->err, EXIT_STORE, "%s: %s", part, strerror(errno));
    table->row = offset;
    for (const struct json *row = page_first(page); row != NULL && status == 0; row = json_next(row), table->row++)
        status = write_row(table, out, json_get(row, "row"));
    if (fclose(out) != 0 && status == 0)
        status = err_set_code(table->err, EXIT_STORE, "%s: %s", part, strerror(errno));
    if (status == 0 && rename(part, path) < 0)
        status = err_set_code(table->err, EXIT_STORE, "%s: %s", path, strerror(errno));
    return status;
}

static int check_commit(const struct table *table, const struct http_call *call)
{
    const char *commit = call->got[HUB_WANTS_REVISION];

    if (commit == NULL)
        return err_set_code(table->err, EXIT_UNAVAILABLE, "%s: the rows service does not say which commit it gives "
                            "(X-Revision)", table->source->id);
    if (strcmp(commit, table->commit) == 0)
        return 0;
    return err_set_code(table->err, EXIT_BAD_DATA, "%s: the rows service gives the commit %.40s, wanted is %s; only "
                        "files can be had of an older commit: --file PATH takes yours, --revision %.40s that of the service",
                            table->source->id, commit,
                        table->commit, commit);
}

static int check_total(struct table *table, const struct page *page)
{
    if (table->is_known && page->total != table->total)
        return err_set_code(table->err, EXIT_UNAVAILABLE, "%s: the rows service counted %zu rows, and now %zu: the set "
                            "changed while it was fetched; try again later", table->source->id, table->total, page->total);
    table->total = page->total;
    table->is_known = true;
    return 0;
}

/* Fewer rows at once leave more room for each. */
static enum outcome heed_cut(struct table *table, const struct page *page)
{
    if (table->length > 1) {
        table->length /= 2;
        return AGAIN;
    }
    err_set_code(table->err, EXIT_BAD_DATA, "%s: the rows service cuts \"%.80s\" of row %zu short, alone too",
                 table->source->id,
                 page->cut_cell, page->cut_row);
    return FAILED;
}

static enum outcome keep_page(struct table *table, const struct http_call *call, size_t offset)
{
    enum outcome outcome = FAILED;
    struct page page;

    if (check_commit(table, call) < 0)
        return FAILED;
    if (page_parse(call->body.data, call->body.length, offset, table->length, &page, table->err) < 0) {
        err_prefix(table->err, "%s: the rows service, from row %zu: ", table->source->id, offset);
        return table->err->code == EXIT_UNAVAILABLE ? AGAIN : FAILED;
    }
    if (check_total(table, &page) < 0)
        outcome = FAILED;
    else if (page.cut_cell != NULL)
        outcome = heed_cut(table, &page);
    else if (fetch_pictures(table, &page, offset) == 0 && write_page(table, &page, offset, page_path(table, offset)) == 0)
        outcome = GOT;
    else if (table->err->code == EXIT_UNAVAILABLE)
        outcome = AGAIN;
    page_free(&page);
    return outcome;
}

/* 0: the page from offset lies in its file. */
static int fetch_page(struct table *table, size_t offset)
{
    enum outcome outcome = AGAIN;

    table->gallery = gallery_new(table->hub, table->pour);
    for (int tries = 0; outcome == AGAIN && tries < PAGE_TRIES_MAX; tries++) {
        size_t length = table->length;
        const char *url = hub_rows_url(table->hub, table->source->id, table->source->config, table->source->split,
                                       offset, length);
        struct http_call *call = hub_get(table->hub, table->source->id, url, table->err);
        if (call == NULL)
            outcome = FAILED;
        else
            outcome = keep_page(table, call, offset);
        http_free_call(call);
        tries = table->length < length ? -1 : tries;       /* fewer rows is another question */
    }
    gallery_free(table->gallery);
    table->length = table->length * 2 < PAGE_ROWS_MAX ? table->length * 2 : PAGE_ROWS_MAX;
    return outcome == GOT ? 0 : -1;
}

static int show(const struct table *table, size_t offset)
{
    const struct hub_progress progress = { .what = table->source->id, .done = (int64_t)offset, .is_rows = true,
                                           .total = table->is_known ? (int64_t)table->total : -1 };

    if (table->hub->show == NULL || table->hub->show(table->hub->shown_to, &progress) == 0)
        return 0;
    return err_set_code(table->err, EXIT_INTERRUPTED, "interrupted; what has come stays");
}

int rows_fetch(struct hub *hub, const struct rows_table *source, const char *commit, const char *work,
               struct pour *pour,
               struct err *err)
{
    struct table table = { .hub = hub, .source = source, .commit = commit, .work = work, .pour = pour,
                           .length = PAGE_ROWS_MAX, .err = err };
    size_t offset = 0;

    do {
        size_t before = pour->row_count;
        if (show(&table, offset) < 0)
            return -1;
        if ((offset == 0 || !file_exists(page_path(&table, offset))) && fetch_page(&table, offset) < 0)
            return -1;
        if (pour_file(pour, page_path(&table, offset), "page.jsonl", work, err) < 0)
            return -1;
        offset += pour->row_count - before;
        if (pour->row_count == before && offset < table.total)
            return err_set_code(err, EXIT_BAD_DATA, "%s: no rows in it", page_path(&table, offset));
    } while (offset < table.total);
    return show(&table, offset);
}

const char *rows_commit(struct hub *hub, const struct rows_table *source, struct err *err)
{
    const char *url = hub_rows_url(hub, source->id, source->config, source->split, 0, 1), *commit;
    struct http_call *call = hub_get(hub, source->id, url, err);

    if (call == NULL)
        return NULL;
    commit = call->got[HUB_WANTS_REVISION];
    commit = commit != NULL && hub_is_commit(commit) ? arena_strdup(hub->arena, commit) : NULL;
    http_free_call(call);
    if (commit == NULL)
        err_set_code(err, EXIT_UNAVAILABLE, "%s: the rows service does not say which commit it gives (X-Revision)",
                     source->id);
    return commit;
}
