/*
 * What an older vernier wrote is brought up to date in one transaction: a step for each version, which changes the
 * tables and keeps every row; then the views are made anew from the schema, where they come last.
 */
#include <sqlite3.h>
#include <string.h>

#include "harness/base/embedded.h"
#include "results/fault.h"
#include "results/statement.h"
#include "results/store_body.h"

extern const struct embedded embedded_schema_sql;

#define STRING_OF(value) #value
#define STRING(value) STRING_OF(value)

/* STEPS[v - 1] makes tables of version v those of v + 1. */
static const char *const STEPS[STORE_VERSION - 1] = {
    "ALTER TABLE grade ADD COLUMN verdict TEXT",
    "ALTER TABLE grade ADD COLUMN asked_language TEXT; ALTER TABLE grade ADD COLUMN language TEXT",
    "ALTER TABLE episode ADD COLUMN unparsable INTEGER NOT NULL DEFAULT 0 CHECK (unparsable IN (0, 1))",
    "ALTER TABLE run ADD COLUMN settings TEXT; ALTER TABLE run ADD COLUMN names TEXT;"
    "UPDATE run SET settings = " SETTINGS_OF("plan") ", names = " NAMES_OF("places"),
};

static const char USER_VERSION[] = "PRAGMA user_version";

static int read_version(struct store *store, int64_t *version, struct err *err)
{
    struct statement *statement = statement_get(store, USER_VERSION, err);
    int got = statement == NULL ? -1 : statement_next(statement, "opening", err);

    if (got < 0)
        return -1;
    *version = got > 0 ? statement_read_int(statement) : 0;
    statement_reset(statement);
    return 0;
}

static int run_script(struct store *store, const char *sql, struct err *err)
{
    if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return fault_set(store, err, "bringing it up to date");
    return 0;
}

static int take_steps(struct store *store, int64_t version, struct err *err)
{
    for (; version < STORE_VERSION; version++)
        if (run_script(store, STEPS[version - 1], err) < 0)
            return -1;
    if (run_script(store, "DROP VIEW IF EXISTS samples; DROP VIEW IF EXISTS results; "
                          "DROP VIEW IF EXISTS transcripts", err) < 0 ||
        run_script(store, strstr(embedded_schema_sql.data, "CREATE VIEW"), err) < 0)
        return -1;
    return run_script(store, "PRAGMA user_version = " STRING(STORE_VERSION), err);
}

int store_upgrade(struct store *store, struct err *err)
{
    int64_t version;

    if (read_version(store, &version, err) < 0)
        return -1;
    if (version == STORE_VERSION)
        return 0;
    if (store_begin(store, err) < 0)
        return -1;
    if (take_steps(store, version, err) == 0 && store_commit(store, err) == 0)
        return 0;
    store_rollback(store);
    return -1;
}

int store_refuse_older(struct store *store, struct err *err)
{
    int64_t version;

    if (read_version(store, &version, err) < 0)
        return -1;
    if (version == STORE_VERSION)
        return 0;
    return err_set_code(err, EXIT_STORE, "%s: written by an older vernier (store version %lld, this one reads %d); "
                        "\"vernier grade RUN\" or \"vernier run\" brings it up to date", store->path,
                        (long long)version, STORE_VERSION);
}
