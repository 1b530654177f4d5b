/*
 * reopen: takes the last outcome of a store's last run away, so that the same command goes on with one call.
 *
 *     reopen STORE
 */
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>

#define FAILED_CODE 70

static const char SQL[] =
    "PRAGMA foreign_keys = ON;"
    "DELETE FROM episode WHERE id = (SELECT max(id) FROM episode WHERE run = (SELECT max(id) FROM run));"
    "UPDATE run SET state = 'incomplete' WHERE id = (SELECT max(id) FROM run)";

int main(int argc, char **argv)
{
    sqlite3 *db = NULL;
    bool opened = argc == 2 && sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK;
    bool done = opened && sqlite3_exec(db, SQL, NULL, NULL, NULL) == SQLITE_OK;

    if (!done)
        fprintf(stderr, "reopen: %s\n", db != NULL ? sqlite3_errmsg(db) : "usage: reopen STORE");
    sqlite3_close(db);
    return done ? 0 : FAILED_CODE;
}
