#include "tasks/csv.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/base/encoding.h"
#include "harness/base/json.h"
#include "harness/base/json_write.h"
#include "harness/base/mem.h"

#define COLUMNS_MAX 1000

struct csv {
    const char *name, *at, *end;
    size_t line, row_line;          /* of at; of the row last read */
    char **columns;
    size_t column_count;
    struct buf field;
};

static int fail(const struct csv *csv, struct err *err, const char *what)
{
    return err_set_code(err, EXIT_BAD_DATA, "%s line %zu: %s", csv->name, csv->row_line, what);
}

static int read_quoted(struct csv *csv, struct err *err)
{
    for (csv->at++; csv->at < csv->end; csv->at++) {
        if (*csv->at == '"' && (csv->at + 1 == csv->end || csv->at[1] != '"')) {
            csv->at++;
            return 0;
        }
        csv->at += *csv->at == '"';
        csv->line += *csv->at == '\n';
        buf_add_char(&csv->field, *csv->at);
    }
    return fail(csv, err, "expected a closing quote before the end of the file");
}

/* Reads a field into csv->field. Afterwards at stands on the comma, the line's end or the file's end. */
static int read_field(struct csv *csv, struct err *err)
{
    buf_clear(&csv->field);
    if (csv->at < csv->end && *csv->at == '"') {
        if (read_quoted(csv, err) < 0)
            return -1;
        if (csv->at < csv->end && *csv->at != ',' && *csv->at != '\n' && *csv->at != '\r')
            return fail(csv, err, "expected a comma or the line's end after a quoted field");
        return 0;
    }
    while (csv->at < csv->end && *csv->at != ',' && *csv->at != '\n' && *csv->at != '\r')
        buf_add_char(&csv->field, *csv->at++);
    return 0;
}

/* Steps over what ends a field. True: another field follows in this record. */
static bool more_fields(struct csv *csv)
{
    if (csv->at < csv->end && *csv->at == ',') {
        csv->at++;
        return true;
    }
    if (csv->at < csv->end && *csv->at == '\r')
        csv->at++;
    if (csv->at < csv->end && *csv->at == '\n') {
        csv->at++;
        csv->line++;
    }
    return false;
}

/* Nameless columns are nobody's, so there may be several. */
static bool find_column(const struct csv *csv, const char *name)
{
    for (size_t i = 0; i < csv->column_count && name[0] != '\0'; i++)
        if (strcmp(csv->columns[i], name) == 0)
            return true;
    return false;
}

static int read_header(struct csv *csv, struct err *err)
{
    csv->columns = xcalloc(COLUMNS_MAX, sizeof csv->columns[0]);
    do {
        if (csv->column_count == COLUMNS_MAX)
            return fail(csv, err, "expected at most 1000 columns");
        if (read_field(csv, err) < 0)
            return -1;
        if (find_column(csv, csv->field.data))
            return fail(csv, err, "expected each column's name once");
        csv->columns[csv->column_count++] = xstrdup(csv->field.data);
    } while (more_fields(csv));
    if (csv->column_count == 1 && csv->columns[0][0] == '\0')
        return fail(csv, err, "expected a first line with the columns' names");
    return 0;
}

struct csv *csv_open(const char *name, const char *data, size_t length, struct err *err)
{
    bool has_mark = length >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0;
    struct csv *csv;

    if (encoding_check(data, length, err) < 0) {
        err_prefix(err, "%s ", name);
        return NULL;
    }
    csv = xcalloc(1, sizeof *csv);
    *csv = (struct csv){ .name = name, .at = data + (has_mark ? 3 : 0), .end = data + length, .line = 1, .row_line = 1 };
    buf_init(&csv->field, 0);
    if (read_header(csv, err) == 0)
        return csv;
    csv_close(csv);
    return NULL;
}

static int read_record(struct csv *csv, struct json_write *w, struct err *err)
{
    size_t n = 0;
    bool more;

    json_open(w, NULL, '{');
    do {
        if (read_field(csv, err) < 0)
            return -1;
        if (n < csv->column_count)
            json_add_bytes(w, csv->columns[n], csv->field.data, csv->field.length);
        n++;
        more = more_fields(csv);
    } while (more);
    json_close(w);
    if (n != csv->column_count)
        return err_set_code(err, EXIT_BAD_DATA, "%s line %zu: expected %zu fields, found %zu", csv->name, csv->row_line,
                            csv->column_count, n);
    return 0;
}

int csv_next(struct csv *csv, struct json_doc **doc, struct err *err)
{
    struct buf object;
    struct json_write w = json_write_to(&object);
    int status = -1;

    while (csv->at < csv->end && (*csv->at == '\n' || *csv->at == '\r'))
        csv->line += *csv->at++ == '\n';
    if (csv->at == csv->end)
        return 0;
    csv->row_line = csv->line;
    buf_init(&object, 0);
    if (read_record(csv, &w, err) == 0) {
        *doc = json_parse(object.data, object.length, err);
        status = *doc != NULL ? 1 : err_prefix(err, "%s line %zu: ", csv->name, csv->row_line);
    }
    buf_fini(&object);
    return status;
}

size_t csv_line(const struct csv *csv)
{
    return csv->row_line;
}

void csv_close(struct csv *csv)
{
    if (csv == NULL)
        return;
    for (size_t i = 0; i < csv->column_count; i++)
        free(csv->columns[i]);
    free(csv->columns);
    buf_fini(&csv->field);
    free(csv);
}
