#include "results/fault.h"

#include <sqlite3.h>
#include <string.h>

#include "results/store_body.h"

/* What to do about a failure, by its primary code; NULL when there is nothing to say but SQLite's words. */
static const char *advice(int code)
{
    switch (code) {
    case SQLITE_FULL: return "disk full; free some space and run the same command again";
    case SQLITE_NOTADB: return "this is not a database; name another file";
    case SQLITE_CORRUPT: return "the database is damaged; take it from a backup, or save what can be read with "
                                "sqlite3's .recover";
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "another program keeps the database locked; close it and run the same command again";
    case SQLITE_READONLY: return "the database cannot be written; look at the permissions of the file and its folder";
    case SQLITE_CANTOPEN: return "the file cannot be opened; look at the permissions of the file and its folder";
    default: return NULL;
    }
}

int fault_set(const struct store *store, struct err *err, const char *doing)
{
    int code = sqlite3_extended_errcode(store->db), why = sqlite3_system_errno(store->db);
    const char *words = advice(code & 0xff);

    if (words != NULL)
        return err_set_code(err, EXIT_STORE, "%s: %s: %s", store->path, doing, words);
    if ((code & 0xff) == SQLITE_IOERR)
        return err_set_code(err, EXIT_STORE, "%s: %s: the disk failed (%s, SQLite's code %d); look at the disk and run "
                            "the same command again", store->path, doing, why != 0 ? strerror(why) : "no reason given",
                            code);
    return err_set_code(err, EXIT_STORE, "%s: %s: %s", store->path, doing, sqlite3_errmsg(store->db));
}
