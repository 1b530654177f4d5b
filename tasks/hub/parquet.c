/*
 * duckdb is asked twice: which columns there are, then for the rows with its pictures' columns written as text,
 * since its JSON has no form for bytes that could be read again. Names go to it quoted, as SQL wants them; no shell
 * is between us.
 */
#include "tasks/hub/parquet.h"

#include <string.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness/base/buf.h"
#include "harness/base/json.h"
#include "harness/base/mem.h"
#include "harness/base/proc.h"

#define PROGRAM "duckdb"
#define ASK_MS (10 * 60 * 1000)
#define OUTPUT_MAX ((size_t)16 << 20)

bool parquet_can(void)
{
    const char *path = getenv("PATH");

    while (path != NULL && *path != '\0') {
        size_t length = strcspn(path, ":");
        struct buf file;
        bool is_there;

        buf_init(&file, 0);
        buf_add(&file, path, length);
        buf_add_string(&file, "/" PROGRAM);
        is_there = access(file.data, X_OK) == 0;
        buf_fini(&file);
        if (is_there)
            return true;
        path += length + (path[length] == ':');
    }
    return false;
}

static void add_quoted(struct buf *out, const char *text, char quote)
{
    buf_add_char(out, quote);
    for (; *text != '\0'; text++) {
        if (*text == quote)
            buf_add_char(out, quote);
        buf_add_char(out, *text);
    }
    buf_add_char(out, quote);
}

/* What it said on stdout, freed by the caller; NULL with err set. No file of the user's is read as its settings. */
static struct proc *ask(const char *query, const char *called, struct err *err)
{
    const char *const argv[] = { PROGRAM, "-init", "/dev/null", "-json", "-c", query, NULL };
    const struct proc_spec spec = { .argv = argv, .output_max = OUTPUT_MAX, .timeout_ms = ASK_MS,
                                    .dies_with_us = true };
    struct proc *proc = proc_start(&spec, err);

    if (proc == NULL)
        return NULL;
    proc_wait(proc);
    if (proc->end == PROC_EXITED && proc->status == 0 && !proc->output.cut)
        return proc;
    if (proc->end == PROC_TIMED_OUT)
        err_set_code(err, EXIT_BAD_DATA, "%s: duckdb did not read it in ten minutes", called);
    else
        err_set_code(err, EXIT_BAD_DATA, "%s: duckdb cannot read it: %.300s", called, proc->error.data);
    proc_free(proc);
    return NULL;
}

/* Some versions quote the names, which are words of SQL too. */
static bool is_picture(const char *type)
{
    static const char *const TYPES[] = {
        "STRUCT(bytes BLOB, path VARCHAR)", "STRUCT(\"bytes\" BLOB, path VARCHAR)",
        "STRUCT(bytes BLOB, \"path\" VARCHAR)", "STRUCT(\"bytes\" BLOB, \"path\" VARCHAR)",
    };

    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++)
        if (strcmp(type, TYPES[i]) == 0)
            return true;
    return false;
}

static int add_column(struct buf *query, const struct json *column, const char *called, struct err *err)
{
    const char *name = json_string(column, "column_name"), *type = json_string(column, "column_type");

    if (name == NULL || type == NULL)
        return err_set_code(err, EXIT_BAD_DATA, "%s: duckdb names its columns in a way that is not known", called);
    if (is_picture(type)) {
        buf_add_string(query, "'data:image;base64,' || base64(");
        add_quoted(query, name, '"');
        buf_add_string(query, ".bytes) AS ");
    }
    add_quoted(query, name, '"');
    buf_add_string(query, ", ");
    return 0;
}

static int add_columns(struct buf *query, const char *from, const char *called, struct err *err)
{
    struct json_doc *doc = NULL;
    struct proc *proc;
    struct buf ask_text;
    int status = -1;

    buf_init(&ask_text, 0);
    buf_add_string(&ask_text, "DESCRIBE SELECT * FROM read_parquet(");
    add_quoted(&ask_text, from, '\'');
    buf_add_char(&ask_text, ')');
    proc = ask(ask_text.data, called, err);
    if (proc != NULL)
        doc = json_parse(proc->output.data, proc->output.length, err);
    if (doc != NULL)
        status = 0;
    for (const struct json *at = json_first(json_root(doc)); status == 0 && at != NULL; at = json_next(at))
        status = add_column(query, at, called, err);
    json_free(doc);
    proc_free(proc);
    buf_fini(&ask_text);
    return status;
}

int parquet_to_jsonl(const char *from, const char *called, const char *to, struct err *err)
{
    struct proc *proc = NULL;
    struct buf query;

    buf_init(&query, 0);
    buf_add_string(&query, "COPY (SELECT ");
    if (add_columns(&query, from, called, err) == 0) {
        buf_add_string(&query, " FROM read_parquet(");
        add_quoted(&query, from, '\'');
        buf_add_string(&query, ")) TO ");
        add_quoted(&query, to, '\'');
        buf_add_string(&query, " (FORMAT json, ARRAY false)");
        proc = ask(query.data, called, err);
    }
    buf_fini(&query);
    if (proc == NULL)
        return -1;
    proc_free(proc);
    return 0;
}
