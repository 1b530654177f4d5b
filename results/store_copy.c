#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/buf.h"
#include "results/store_body.h"

/* Makes the file, so that none is overwritten. */
static int make_file(const char *path, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

    if (fd < 0)
        return err_set_code(err, EXIT_STORE, "%s: %s; name a new file in a folder that can be written", path,
                            errno == EEXIST ? "exists already" : strerror(errno));
    close(fd);
    return 0;
}

/* The copy's connection tells its own failures and the source's alike. */
static int copy_into(struct store *store, struct sqlite3 *copy, const char *path, struct err *err)
{
    sqlite3_backup *backup = sqlite3_backup_init(copy, "main", store_db(store), "main");

    if (backup != NULL) {
        sqlite3_backup_step(backup, -1);
        sqlite3_backup_finish(backup);
    }
    if (sqlite3_errcode(copy) == SQLITE_OK)
        return 0;
    return err_set_code(err, EXIT_STORE, "%s: copying %s: %s", path, store_path(store), sqlite3_errmsg(copy));
}

int store_copy(struct store *store, const char *path, struct err *err)
{
    struct sqlite3 *copy = NULL;
    struct buf name;
    int result;

    if (make_file(path, err) < 0)
        return -1;
    buf_init(&name, 0);
    buf_addf(&name, "%s%s", path[0] == '/' ? "" : "./", path);
    if (sqlite3_open_v2(name.data, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK)
        result = copy_into(store, copy, path, err);
    else
        result = err_set_code(err, EXIT_STORE, "%s: %s", path, sqlite3_errmsg(copy));
    sqlite3_close(copy);
    buf_fini(&name);
    if (result < 0)
        unlink(path);
    return result;
}
