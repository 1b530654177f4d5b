#include "tasks/hub/pour.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/base64.h"
#include "harness/base/buf.h"
#include "harness/base/encoding.h"
#include "harness/base/file.h"
#include "harness/base/json.h"
#include "harness/base/json_write.h"
#include "harness/base/jsonl.h"
#include "harness/base/mem.h"
#include "tasks/csv.h"
#include "tasks/hub/gunzip.h"
#include "tasks/hub/parquet.h"
#include "tasks/hub/picture.h"

#define UNPACKED_MAX ((int64_t)4 << 30)

/* --- a row --- */

int pour_picture(struct pour *pour, const char *bytes, size_t length, char *path, size_t path_size, struct err *err)
{
    char name[PICTURE_NAME_SIZE];

    if (mkdir(pour->pictures, 0700) < 0 && errno != EEXIST)
        return err_set_code(err, EXIT_STORE, "%s: %s", pour->pictures, strerror(errno));
    if (picture_keep(pour->pictures, bytes, length, name, err) < 0)
        return -1;
    snprintf(path, path_size, "%s/%s", POUR_PICTURES, name);
    pour->picture_count++;
    return 0;
}

/* The base64 of a cell that holds a picture; NULL: it is another cell. */
static const char *picture_of(const struct json *cell)
{
    const char *text = json_text(cell), *comma;

    if (text == NULL)
        return json_string(cell, "bytes");
    comma = strncmp(text, "data:image", 10) == 0 ? strstr(text, ";base64,") : NULL;
    return comma != NULL && comma - text < 64 ? comma + strlen(";base64,") : NULL;
}

static int pour_base64(struct pour *pour, const char *base64, char *path, size_t path_size, struct err *err)
{
    struct buf bytes;
    int status;

    buf_init(&bytes, PICTURE_BYTES_MAX + 1);
    if (base64_decode(base64, &bytes) < 0 && !bytes.cut)
        status = err_set_code(err, EXIT_BAD_DATA, "expected a picture in base64, found other letters or too few");
    else
        status = pour_picture(pour, bytes.data, bytes.length, path, path_size, err);
    buf_fini(&bytes);
    return status;
}

static int write_cell(struct pour *pour, struct json_write *w, const struct json *cell, struct err *err)
{
    const char *base64 = picture_of(cell);
    char path[PICTURE_NAME_SIZE + sizeof POUR_PICTURES];

    if (base64 == NULL) {
        json_add_value(w, json_key(cell), cell);
        return 0;
    }
    if (pour_base64(pour, base64, path, sizeof path, err) < 0)
        return err_prefix(err, "\"%s\": ", json_key(cell));
    json_add_string(w, json_key(cell), path);
    return 0;
}

static bool stays(const struct pour *pour, const struct json *row, const char *raw, size_t raw_length)
{
    if (raw == NULL || pour->config != NULL || memchr(raw, '\n', raw_length) != NULL ||
        memchr(raw, '\r', raw_length) != NULL)
        return false;
    for (const struct json *cell = json_first(row); cell != NULL; cell = json_next(cell))
        if (picture_of(cell) != NULL)
            return false;
    return true;
}

static int write_row(struct pour *pour, const struct json *row, struct buf *line, struct err *err)
{
    struct json_write w = json_write_to(line);

    json_open(&w, NULL, '{');
    for (const struct json *cell = json_first(row); cell != NULL; cell = json_next(cell))
        if (write_cell(pour, &w, cell, err) < 0)
            return -1;
    if (pour->config != NULL && json_get(row, "config") == NULL)
        json_add_string(&w, "config", pour->config);
    json_close(&w);
    return 0;
}

/* raw is what it was written with; NULL: write it anew. */
static int add_row(struct pour *pour, const struct json *row, const char *raw, size_t raw_length, struct err *err)
{
    struct buf line;
    int status = 0;

    if (json_kind(row) != JSON_OBJECT)
        return err_set_code(err, EXIT_BAD_DATA, "expected a row: an object, found %s", json_kind_name(json_kind(row)));
    buf_init(&line, JSON_SIZE_MAX);
    if (stays(pour, row, raw, raw_length))
        buf_add(&line, raw, raw_length);
    else
        status = write_row(pour, row, &line, err);
    buf_add_char(&line, '\n');
    if (status == 0 && line.cut)
        status = err_set_code(err, EXIT_BAD_DATA, "the row is too long");
    if (status == 0 && fwrite(line.data, 1, line.length, pour->out) != line.length)
        status = err_set_code(err, EXIT_STORE, "%s: %s", pour->name, strerror(errno));
    buf_fini(&line);
    pour->row_count += status == 0;
    return status;
}

/* --- files --- */

/* A file being read: its bytes lie at path, and called stands for it in errors. */
struct spring {
    struct pour *pour;
    const char *path, *called, *member, *work;
    bool anew;                      /* its rows are written anew, in the form of our own */
    struct err *err;
};

static int pour_jsonl(const struct spring *spring)
{
    struct jsonl *jsonl = jsonl_open(spring->path, spring->err);
    struct json_doc *doc;
    int got = jsonl == NULL ? -1 : 0;

    while (jsonl != NULL && (got = jsonl_next(jsonl, &doc, spring->err)) > 0) {
        size_t length;
        const char *raw = json_raw(doc, json_root(doc), &length);
        int status = add_row(spring->pour, json_root(doc), spring->anew ? NULL : raw, length, spring->err);
        json_free(doc);
        if (status < 0) {
            got = err_prefix(spring->err, "%s line %zu: ", spring->called, jsonl_line(jsonl));
            break;
        }
    }
    jsonl_close(jsonl);
    return got;
}

static int pour_list(const struct spring *spring, const struct json_doc *doc, const struct json *list)
{
    for (const struct json *row = json_first(list); row != NULL; row = json_next(row))
        if (add_row(spring->pour, row, NULL, 0, spring->err) < 0)
            return err_prefix(spring->err, "%s line %zu: ", spring->called, json_line(doc, row));
    return 0;
}

static bool are_columns(const struct json *object)
{
    for (const struct json *column = json_first(object); column != NULL; column = json_next(column))
        if (json_kind(column) != JSON_ARRAY || json_count(column) != json_count(json_first(object)))
            return false;
    return json_first(object) != NULL;
}

/* One row of each column's next cell. cells walk on. */
static int pour_across(const struct spring *spring, const struct json *object, const struct json **cells)
{
    struct buf text;
    struct json_write w = json_write_to(&text);
    struct json_doc *doc;
    size_t i = 0;
    int status = -1;

    buf_init(&text, JSON_SIZE_MAX);
    json_open(&w, NULL, '{');
    for (const struct json *column = json_first(object); column != NULL; column = json_next(column), i++) {
        json_add_value(&w, json_key(column), cells[i]);
        cells[i] = json_next(cells[i]);
    }
    json_close(&w);
    doc = json_parse(text.data, text.length, spring->err);
    if (doc != NULL)
        status = add_row(spring->pour, json_root(doc), NULL, 0, spring->err);
    json_free(doc);
    buf_fini(&text);
    return status;
}

static int pour_columns(const struct spring *spring, const struct json *object)
{
    const struct json **cells = xcalloc(json_count(object), sizeof cells[0]);
    size_t i = 0;
    int status = 0;

    for (const struct json *column = json_first(object); column != NULL; column = json_next(column))
        cells[i++] = json_first(column);
    while (status == 0 && cells[0] != NULL)
        status = pour_across(spring, object, cells);
    free(cells);
    return status < 0 ? err_prefix(spring->err, "%s: ", spring->called) : 0;
}

static int pour_document(const struct spring *spring, const struct json_doc *doc)
{
    const struct json *root = json_root(doc);

    if (spring->member != NULL)
        root = json_get(root, spring->member);
    if (json_kind(root) == JSON_ARRAY)
        return pour_list(spring, doc, root);
    if (json_kind(root) == JSON_OBJECT && are_columns(root))
        return pour_columns(spring, root);
    return err_set_code(spring->err, EXIT_BAD_DATA, "%s: expected a list of rows or an object of columns, lists of one "
                        "length%s%s%s; a list in a member is named by \"#MEMBER\" after the file", spring->called,
                        spring->member != NULL ? ", in \"" : "", spring->member != NULL ? spring->member : "",
                        spring->member != NULL ? "\"" : "");
}

static int pour_json(const struct spring *spring)
{
    struct json_doc *doc = NULL;
    struct buf text;
    int status = -1;

    buf_init(&text, JSON_SIZE_MAX);
    if (file_read(spring->path, &text, spring->err) == 0) {
        doc = encoding_check(text.data, text.length, spring->err) == 0
            ? json_parse_row(text.data, text.length, spring->err) : NULL;
        status = doc == NULL ? err_prefix(spring->err, "%s ", spring->called) : pour_document(spring, doc);
    }
    json_free(doc);
    buf_fini(&text);
    return status;
}

static int pour_csv_rows(const struct spring *spring, struct csv *csv)
{
    struct json_doc *doc;
    int got;

    while ((got = csv_next(csv, &doc, spring->err)) > 0) {
        int status = add_row(spring->pour, json_root(doc), NULL, 0, spring->err);
        json_free(doc);
        if (status < 0)
            return err_prefix(spring->err, "%s line %zu: ", spring->called, csv_line(csv));
    }
    return got;
}

static int pour_csv(const struct spring *spring)
{
    struct csv *csv = NULL;
    struct buf text;
    int status = -1;

    buf_init(&text, (size_t)1 << 30);
    if (file_read(spring->path, &text, spring->err) == 0)
        csv = csv_open(spring->called, text.data, text.length, spring->err);
    if (csv != NULL)
        status = pour_csv_rows(spring, csv);
    csv_close(csv);
    buf_fini(&text);
    return status;
}

static char *work_path(const struct spring *spring, const char *name)
{
    size_t size = strlen(spring->work) + strlen(name) + 2;
    char *path = xmalloc(size);

    snprintf(path, size, "%s/%s", spring->work, name);
    return path;
}

static int pour_parquet(const struct spring *spring)
{
    struct spring rows = *spring;
    char *path = work_path(spring, "duckdb.jsonl");
    int status;

    rows.path = path;
    rows.anew = true;
    status = parquet_to_jsonl(spring->path, spring->called, path, spring->err);
    if (status == 0)
        status = pour_jsonl(&rows);
    unlink(path);
    free(path);
    return status;
}

static int pour_gz(const struct spring *spring);

static const struct format {
    const char *ending;
    int (*pour)(const struct spring *spring);
} FORMATS[] = {
    { ".jsonl", pour_jsonl }, { ".json", pour_json }, { ".csv", pour_csv }, { ".parquet", pour_parquet },
    { ".gz", pour_gz },
};

static const struct format *find_format(const char *called, size_t length)
{
    for (size_t i = 0; i < sizeof FORMATS / sizeof FORMATS[0]; i++) {
        size_t size = strlen(FORMATS[i].ending);
        if (length > size && memcmp(called + length - size, FORMATS[i].ending, size) == 0)
            return &FORMATS[i];
    }
    return NULL;
}

/* The format of what a .gz file holds, by its name without that; NULL: it is none. */
static const struct format *find_inner(const char *called, size_t length)
{
    const struct format *format = find_format(called, length - strlen(".gz"));

    return format != NULL && format->pour != pour_gz ? format : NULL;
}

static int pour_gz(const struct spring *spring)
{
    struct spring inner = *spring;
    char *path = work_path(spring, "unpacked");
    int status;

    inner.path = path;
    status = gunzip(spring->path, path, UNPACKED_MAX, spring->err);
    if (status == 0)
        status = find_inner(spring->called, strlen(spring->called))->pour(&inner);
    unlink(path);
    free(path);
    return status;
}

int pour_can(const char *called, struct err *err)
{
    size_t length = strcspn(called, "#");
    const struct format *format = find_format(called, length);

    if (format != NULL && format->pour == pour_gz)
        format = find_inner(called, length);
    if (format == NULL)
        return err_set_code(err, EXIT_BAD_DATA, "%s: expected a name that ends in .jsonl, .json, .csv or .parquet, or "
                            "in one of these and .gz", called);
    if (format->pour != pour_parquet || parquet_can())
        return 0;
    return err_set_code(err, EXIT_BAD_DATA, "%s is a Parquet file, and the program duckdb that reads it is not in "
                        "PATH: install it (https://duckdb.org), or give the rows as .jsonl or .csv with --file", called);
}

int pour_file(struct pour *pour, const char *path, const char *called, const char *work, struct err *err)
{
    size_t length = strcspn(called, "#");
    const struct format *format = find_format(called, length);
    char *name;
    int status;

    if (pour_can(called, err) < 0)
        return -1;
    name = xstrndup(called, length);
    const struct spring spring = { .pour = pour, .path = path, .called = name, .work = work, .err = err,
                                   .member = called[length] == '#' ? called + length + 1 : NULL };
    status = format->pour(&spring);
    free(name);
    return status;
}
