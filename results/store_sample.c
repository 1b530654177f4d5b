/*
 * The samples of a store: each text kept once, whatever run asked it.
 */
#include <string.h>

#include "harness/base/arena.h"
#include "results/long_text.h"
#include "results/statement.h"
#include "results/store_body.h"

static const char FIND[] = "SELECT id FROM sample WHERE task = ? AND name = ? AND hash = ?";
static const char ADD[] = "INSERT INTO sample (task, name, hash, category, cluster, input, input_blob, choices)"
                          " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (task, name, hash) DO NOTHING";
static const char GET[] =
    "SELECT task, name, hash, category, cluster, input, input_blob, choices FROM sample WHERE id = ?";

static void bind_key(struct statement *statement, const struct sample_row *row)
{
    statement_bind_text(statement, row->task);
    statement_bind_text(statement, row->name);
    statement_bind_cleaned(statement, row->hash, strlen(row->hash));
}

/* Its id, 0 when it is not there, -1 with err set. */
static int64_t find(struct store *store, const struct sample_row *row, struct err *err)
{
    struct statement *statement = statement_get(store, FIND, err);
    int64_t id;
    int got;

    if (statement == NULL)
        return -1;
    bind_key(statement, row);
    got = statement_next(statement, "looking for a sample", err);
    if (got <= 0)
        return got;
    id = statement_read_int(statement);
    statement_reset(statement);
    return id;
}

/* Its id, 0 when it is there already, -1 with err set. */
static int64_t add(struct store *store, const struct sample_row *row, struct err *err)
{
    struct statement *statement = statement_get(store, ADD, err);

    if (statement == NULL)
        return -1;
    bind_key(statement, row);
    statement_bind_text(statement, row->category);
    statement_bind_text(statement, row->cluster);
    if (long_text_bind(store, statement, row->input, strlen(row->input), err) < 0)
        return -1;
    statement_bind_text(statement, row->choices);
    return statement_insert(statement, "writing a sample", err);
}

/* A run's samples are nearly always all new or all known: what the one before was is tried first. */
int64_t store_put_sample(struct store *store, const struct sample_row *row, struct err *err)
{
    int64_t id = store->samples_are_known ? find(store, row, err) : add(store, row, err);

    if (id != 0)
        return id;
    store->samples_are_known = !store->samples_are_known;
    return store->samples_are_known ? find(store, row, err) : add(store, row, err);
}

int store_get_sample(struct store *store, struct arena *arena, int64_t id, struct sample_row *row, struct err *err)
{
    struct statement *statement = statement_get(store, GET, err);
    size_t length;
    int got;

    if (statement == NULL)
        return -1;
    statement_bind_int(statement, id);
    got = statement_next(statement, "reading a sample", err);
    if (got == 0)
        return err_set_code(err, EXIT_STORE, "%s: there is no sample %lld", store_path(store), (long long)id);
    if (got < 0)
        return -1;
    row->task = arena_strdup(arena, statement_read_text(statement));
    row->name = arena_strdup(arena, statement_read_text(statement));
    row->hash = arena_strdup(arena, statement_read_text(statement));
    row->category = arena_strdup(arena, statement_read_text(statement));
    row->cluster = arena_strdup(arena, statement_read_text(statement));
    row->input = long_text_read(store, statement, arena, &length, err);
    row->choices = arena_strdup(arena, statement_read_text(statement));
    statement_reset(statement);
    return row->input == NULL ? -1 : 0;
}
