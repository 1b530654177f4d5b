/*
 * scratch: what the tests of this folder share: a folder of their own, and rows to put into a store.
 */
#ifndef VERNIER_TESTS_SCRATCH_H
#define VERNIER_TESTS_SCRATCH_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/arena.h"
#include "harness/base/err.h"
#include "results/journal.h"
#include "results/store_body.h"

#define HASH_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

struct scratch {
    char folder[64];
    struct arena *arena;
    const char *path;        /* folder/vernier.db */
    struct err err;
};

static inline void scratch_init(struct scratch *scratch)
{
    *scratch = (struct scratch){ .folder = "/tmp/vernier-test-XXXXXX", .arena = arena_new(), .err = ERR_INIT };
    assert_non_null(mkdtemp(scratch->folder));
    scratch->path = arena_printf(scratch->arena, "%s/vernier.db", scratch->folder);
}

static inline int scratch_remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info;
    (void)type;
    (void)walk;
    return remove(path);
}

static inline void scratch_fini(struct scratch *scratch)
{
    nftw(scratch->folder, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    arena_free(scratch->arena);
}

/* Of a test whose state is a scratch and nothing more. */
static inline int scratch_setup(void **state)
{
    *state = malloc(sizeof(struct scratch));
    assert_non_null(*state);
    scratch_init(*state);
    return 0;
}

static inline int scratch_teardown(void **state)
{
    scratch_fini(*state);
    free(*state);
    return 0;
}

static inline const char *scratch_path(struct scratch *scratch, const char *name)
{
    return arena_printf(scratch->arena, "%s/%s", scratch->folder, name);
}

static inline struct store *scratch_store(struct scratch *scratch)
{
    struct store *store = store_open(scratch->path, "test", &scratch->err);

    if (store == NULL)
        fail_msg("%s", scratch->err.text);
    return store;
}

static inline int64_t add_run_of(struct store *store, struct arena *arena, const char *plan)
{
    struct err err = ERR_INIT;
    struct run_row run = { .fingerprint = "f1", .model = "fake/one", .plan = plan, .places = "{}", .version = "0.1.0",
                           .state = "running", .started_ms = 1795290531000 };

    if (store_add_run(store, arena, &run, &err) < 0)
        fail_msg("%s", err.text);
    return run.id;
}

static inline int64_t add_run(struct store *store, struct arena *arena)
{
    return add_run_of(store, arena, "{}");
}

static inline int64_t put_sample(struct store *store, const char *task, const char *name)
{
    struct err err = ERR_INIT;
    struct sample_row row = { .task = task, .name = name, .hash = HASH_A, .input = "2 + 2?" };
    int64_t id = store_put_sample(store, &row, &err);

    if (id < 0)
        fail_msg("%s", err.text);
    return id;
}

static inline struct episode_row started_episode(const char *task, int64_t sample, int epoch)
{
    return (struct episode_row){ .sample = sample, .task = task, .epoch = epoch, .tokens_in = TOKENS_UNKNOWN,
                                 .tokens_out = TOKENS_UNKNOWN, .tokens_reasoning = TOKENS_UNKNOWN,
                                 .tokens_cache = TOKENS_UNKNOWN, .cost_nanousd = COST_UNKNOWN, .passes = 1,
                                 .started_ms = 1000 };
}

static inline struct ask_row model_ask(int ordinal, const char *reply)
{
    return (struct ask_row){ .ordinal = ordinal, .kind = "model", .role = "model", .request_hash = HASH_A,
                             .reply = reply, .reply_length = strlen(reply), .elapsed_ms = 7,
                             .cost_nanousd = COST_UNKNOWN };
}

static inline struct grade_row plain_grade(double score)
{
    return (struct grade_row){ .grader = "choice", .version = 1, .profile = "default", .score = score, .answer = "A",
                               .answer_class = "A", .graded_ms = 2000 };
}

static inline void commit(struct journal *journal)
{
    struct err err = ERR_INIT;

    if (journal_commit(journal, &err) < 0)
        fail_msg("%s", err.text);
}

/* What that asks, at its first row; NULL where there is none. The caller finalizes it. */
static inline sqlite3_stmt *ask_first(struct store *store, const char *sql)
{
    sqlite3_stmt *stmt = NULL;

    if (sqlite3_prepare_v2(store_db(store), sql, -1, &stmt, NULL) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(store_db(store)));
    if (sqlite3_step(stmt) == SQLITE_ROW)
        return stmt;
    sqlite3_finalize(stmt);
    return NULL;
}

/* The first column of the first row, as text in the arena; NULL for NULL and for no row. */
static inline const char *ask_text(struct store *store, struct arena *arena, const char *sql)
{
    sqlite3_stmt *stmt = ask_first(store, sql);
    const char *text = stmt == NULL ? NULL : arena_strdup(arena, (const char *)sqlite3_column_text(stmt, 0));

    sqlite3_finalize(stmt);
    return text;
}

static inline int64_t ask_number(struct store *store, const char *sql)
{
    sqlite3_stmt *stmt = ask_first(store, sql);
    int64_t number = stmt == NULL ? -1 : sqlite3_column_int64(stmt, 0);

    sqlite3_finalize(stmt);
    return number;
}

static inline double ask_real(struct store *store, const char *sql)
{
    sqlite3_stmt *stmt = ask_first(store, sql);
    double number = stmt == NULL ? -1 : sqlite3_column_double(stmt, 0);

    sqlite3_finalize(stmt);
    return number;
}

static inline void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static inline void assert_says(const struct err *err, const char *words)
{
    if (strstr(err->text, words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", err->text, words);
}

/* No writer gets that store, in words that name it. */
static inline void assert_refused(const char *path, const char *words)
{
    struct err err = ERR_INIT;

    assert_null(store_open(path, "test", &err));
    assert_int_equal(err.code, EXIT_STORE);
    assert_says(&err, path);
    assert_says(&err, words);
}

#endif
