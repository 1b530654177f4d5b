/*
 * The runs of a store.
 */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/clock.h"
#include "harness/base/mem.h"
#include "harness/base/price.h"
#include "results/loss.h"
#include "results/statement.h"
#include "results/store_body.h"

/* A second has 65,536 names: when so many tries find none that is free, something else is wrong. */
#define NAME_TRIES 1000

/* Of the runs a prefix fits, how many are named. */
#define NAMED_MAX 5

#define COLUMNS "id, name, fingerprint, model, plan, places, version, state, started_ms, ended_ms, unsure_nanousd"

static const char ADD[] =
    "INSERT INTO run (name, fingerprint, model, plan, places, version, state, started_ms, ended_ms, settings, names)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, " SETTINGS_OF("?4") ", " NAMES_OF("?5") ") ON CONFLICT (name) DO NOTHING";
static const char SET_STATE[] = "UPDATE run SET state = ?, ended_ms = ? WHERE id = ?";
static const char SET_UNSURE[] = "UPDATE run SET unsure_nanousd = ? WHERE id = ?";
static const char SPENDING[] =
    "SELECT coalesce(sum(e.cost_nanousd), 0), coalesce(sum(e.unsure_nanousd), 0),"
    " count(e.id) = count(e.unsure_nanousd), r.unsure_nanousd"
    " FROM run r LEFT JOIN episode e ON e.run = r.id WHERE r.id = ? GROUP BY r.id";
static const char ROLE_COST[] =
    "SELECT iif(count(*) = 0, 0, sum(a.cost_nanousd)), count(*) = count(a.cost_nanousd) AND NOT coalesce(max(EXISTS"
    " (SELECT 1 FROM call c WHERE c.ask = a.id AND c.cost_nanousd IS NULL)), 0)"
    " FROM episode e JOIN ask a ON a.episode = e.id WHERE e.run = ? AND a.role = ?";
static const char STOP_OTHERS[] =
    "UPDATE run SET state = 'incomplete', ended_ms = coalesce((SELECT max(e.ended_ms) FROM episode e"
    " WHERE e.run = run.id), started_ms) WHERE state = 'running' AND id <> ?";
static const char BY_FINGERPRINT[] = "SELECT " COLUMNS " FROM run WHERE fingerprint = ? ORDER BY id DESC LIMIT 1";
static const char BY_NAME[] = "SELECT " COLUMNS " FROM run WHERE name = ?";
static const char BY_BASELINE[] =
    "SELECT " COLUMNS " FROM run WHERE id = (SELECT run FROM baseline WHERE name = ?)";
static const char BY_PREFIX[] = "SELECT " COLUMNS " FROM run WHERE substr(name, 1, length(?1)) = ?1 ORDER BY id";
static const char NEWEST[] = "SELECT " COLUMNS " FROM run ORDER BY id DESC LIMIT 1";
static const char ALL[] = "SELECT " COLUMNS " FROM run ORDER BY id";

/* The row statement stands on, in the arena. */
static void read_row(struct statement *statement, struct arena *arena, struct run_row *row)
{
    row->id = statement_read_int(statement);
    row->name = arena_strdup(arena, statement_read_text(statement));
    row->fingerprint = arena_strdup(arena, statement_read_text(statement));
    row->model = arena_strdup(arena, statement_read_text(statement));
    row->plan = arena_strdup(arena, statement_read_text(statement));
    row->places = arena_strdup(arena, statement_read_text(statement));
    row->version = arena_strdup(arena, statement_read_text(statement));
    row->state = arena_strdup(arena, statement_read_text(statement));
    row->started_ms = statement_read_int(statement);
    row->ended_ms = statement_read_int_or(statement, 0);
    row->unsure_nanousd = statement_read_int(statement);
}

/* The one run that sql finds; key is its parameter, if it has one. 1: *row set; 0: none; -1: err set. */
static int find_one(struct store *store, struct arena *arena, const char *sql, const char *key, struct run_row *row,
                    struct err *err)
{
    struct statement *statement = statement_get(store, sql, err);
    int got;

    if (statement == NULL)
        return -1;
    if (key != NULL)
        statement_bind_cleaned(statement, key, strlen(key));
    got = statement_next(statement, "looking for a run", err);
    if (got > 0) {
        read_row(statement, arena, row);
        statement_reset(statement);
    }
    return got;
}

/* The new id, or -1. 0: a run of that name is there already. */
static int64_t add_named(struct store *store, const struct run_row *row, const char *name, struct err *err)
{
    struct statement *statement = statement_get(store, ADD, err);
    int64_t id;

    if (statement == NULL)
        return -1;
    statement_bind_cleaned(statement, name, strlen(name));
    statement_bind_cleaned(statement, row->fingerprint, strlen(row->fingerprint));
    statement_bind_text(statement, row->model);
    statement_bind_text(statement, row->plan);
    statement_bind_text(statement, row->places);
    statement_bind_text(statement, row->version);
    statement_bind_text(statement, row->state);
    statement_bind_int(statement, row->started_ms);
    statement_bind_int_or_null(statement, row->ended_ms, 0);
    id = statement_insert(statement, "adding a run", err);
    return id > 0 && sqlite3_changes(store_db(store)) == 0 ? 0 : id;
}

int store_add_run(struct store *store, struct arena *arena, struct run_row *row, struct err *err)
{
    char start[17];

    clock_format_compact(row->started_ms, start);
    for (int tries = 0; tries < NAME_TRIES; tries++) {
        unsigned short digits = 0;
        const char *name;
        int64_t id;

        if (getrandom(&digits, sizeof digits, 0) != sizeof digits)
            continue;
        name = arena_printf(arena, "%s-%04x", start, (unsigned)digits);
        id = add_named(store, row, name, err);
        if (id < 0)
            return -1;
        if (id > 0) {
            row->id = id;
            row->name = name;
            return 0;
        }
    }
    return err_set_code(err, EXIT_STORE, "%s: no free name for a run of %s; try again", store_path(store), start);
}

int store_set_run_state(struct store *store, int64_t run, const char *state, int64_t ended_ms, struct err *err)
{
    struct statement *statement = statement_get(store, SET_STATE, err);

    if (statement == NULL)
        return -1;
    statement_bind_text(statement, state);
    statement_bind_int_or_null(statement, ended_ms, 0);
    statement_bind_int(statement, run);
    if (statement_run(statement, "writing a run's state", err) < 0)
        return -1;
    if (sqlite3_changes(store_db(store)) == 0)
        return err_set_code(err, EXIT_STORE, "%s: there is no run %lld", store_path(store), (long long)run);
    return loss_check(store, err);
}

int store_set_run_unsure(struct store *store, int64_t run, int64_t unsure_nanousd, struct err *err)
{
    struct statement *statement = statement_get(store, SET_UNSURE, err);

    if (statement == NULL)
        return -1;
    statement_bind_int(statement, unsure_nanousd);
    statement_bind_int(statement, run);
    return statement_run(statement, "writing what a run may have spent", err);
}

int store_read_spending(struct store *store, int64_t run, struct run_spending *out, struct err *err)
{
    struct statement *statement = statement_get(store, SPENDING, err);
    int got;

    if (statement == NULL)
        return -1;
    statement_bind_int(statement, run);
    got = statement_next(statement, "reading what a run has spent", err);
    if (got == 0)
        return err_set_code(err, EXIT_STORE, "%s: there is no run %lld", store_path(store), (long long)run);
    if (got < 0)
        return -1;
    out->known = statement_read_int(statement);
    out->unsure = statement_read_int(statement);
    out->is_bounded = statement_read_int(statement) != 0;
    out->untold = statement_read_int(statement);
    statement_reset(statement);
    return 0;
}

int store_read_role_cost(struct store *store, int64_t run, const char *role, struct role_cost *cost,
                         struct err *err)
{
    struct statement *statement = statement_get(store, ROLE_COST, err);

    if (statement == NULL)
        return -1;
    statement_bind_int(statement, run);
    statement_bind_text(statement, role);
    if (statement_next(statement, "reading what a role has cost", err) < 0)
        return -1;
    cost->nanousd = statement_read_int_or(statement, COST_UNKNOWN);
    cost->is_known = statement_read_int(statement) != 0;
    statement_reset(statement);
    return 0;
}

int store_stop_others(struct store *store, int64_t run, struct err *err)
{
    struct statement *statement = statement_get(store, STOP_OTHERS, err);

    if (statement == NULL)
        return -1;
    statement_bind_int(statement, run);
    return statement_run(statement, "writing runs' states", err);
}

int store_find_fingerprint(struct store *store, struct arena *arena, const char *fingerprint, struct run_row *row,
                           struct err *err)
{
    return find_one(store, arena, BY_FINGERPRINT, fingerprint, row, err);
}

/* Reads what sql finds, into memory of its own. */
static int read_all(struct statement *statement, struct arena *arena, struct run_row **rows, size_t *count,
                    struct err *err)
{
    size_t room = 0;
    int got;

    *rows = NULL;
    *count = 0;
    while ((got = statement_next(statement, "reading the runs", err)) > 0) {
        if (*count == room) {
            room = room == 0 ? 16 : 2 * room;
            *rows = xreallocarray(*rows, room, sizeof **rows);
        }
        read_row(statement, arena, &(*rows)[(*count)++]);
    }
    return got;
}

static int fail_several(const struct run_row *rows, size_t count, const char *prefix, struct err *err)
{
    struct buf names;

    buf_init(&names, 0);
    for (size_t i = 0; i < count && i < NAMED_MAX; i++)
        buf_addf(&names, "%s%s", i > 0 ? ", " : "", rows[i].name);
    err_set_code(err, EXIT_USAGE, "%zu runs begin with \"%s\": %s%s; name one of them", count, prefix, names.data,
                 count > NAMED_MAX ? ", ..." : "");
    buf_fini(&names);
    return -1;
}

/* 1: *row set; 0: none begins so; -1: err set, several do. */
static int find_prefix(struct store *store, struct arena *arena, const char *prefix, struct run_row *row,
                       struct err *err)
{
    struct statement *statement = statement_get(store, BY_PREFIX, err);
    struct run_row *rows;
    size_t count;
    int result;

    if (statement == NULL)
        return -1;
    statement_bind_cleaned(statement, prefix, strlen(prefix));
    result = read_all(statement, arena, &rows, &count, err);
    if (result == 0 && count > 1)
        result = fail_several(rows, count, prefix, err);
    if (result == 0 && count == 1) {
        *row = rows[0];
        result = 1;
    }
    free(rows);
    return result;
}

static int fail_none(struct store *store, struct arena *arena, const char *name, struct err *err)
{
    struct run_row newest;
    int got = find_one(store, arena, NEWEST, NULL, &newest, err);

    if (got < 0)
        return -1;
    if (got == 0)
        return err_set_code(err, EXIT_USAGE, "%s: there are no runs yet", store_path(store));
    return err_set_code(err, EXIT_USAGE, "%s: no run is called \"%s\"; the newest run is %s",
                        store_path(store), name, newest.name);
}

int store_find_run(struct store *store, struct arena *arena, const char *name, struct run_row *row, struct err *err)
{
    int got = find_one(store, arena, BY_NAME, name, row, err);

    if (got == 0 && strcmp(name, "last") == 0)
        got = find_one(store, arena, NEWEST, NULL, row, err);
    if (got == 0)
        got = find_one(store, arena, BY_BASELINE, name, row, err);
    if (got == 0 && name[0] != '\0')
        got = find_prefix(store, arena, name, row, err);
    if (got == 0)
        return fail_none(store, arena, name, err);
    return got < 0 ? -1 : 0;
}

int store_list_runs(struct store *store, struct arena *arena, struct run_row **rows, size_t *count, struct err *err)
{
    struct statement *statement = statement_get(store, ALL, err);
    struct run_row *read;
    int got;

    if (statement == NULL)
        return -1;
    got = read_all(statement, arena, &read, count, err);
    *rows = arena_calloc(arena, *count, sizeof **rows);
    if (*count > 0)
        memcpy(*rows, read, *count * sizeof *read);
    free(read);
    return got;
}
