#include "results/room.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "harness/base/buf.h"
#include "results/store.h"

static int fail(const char *path, int64_t bytes, int why, struct err *err)
{
    return err_set_code(err, EXIT_STORE, "%s: there is no room for what would be paid for (%.1f MB are kept for replies): "
                        "%s; free some space and run the same command again", path, (double)bytes / 1e6,
                        why == ENOSPC ? "disk full" : strerror(why));
}

/* What cannot be found out is left to those that write. */
int room_check(const char *path, int64_t bytes, struct err *err)
{
    const char *slash = strrchr(path, '/');
    struct statvfs disk;
    struct buf folder;
    bool is_full;

    buf_init(&folder, 0);
    if (slash == NULL)
        buf_add_char(&folder, '.');
    else
        buf_add(&folder, path, (size_t)(slash - path) + 1);
    is_full = statvfs(folder.data, &disk) == 0 && disk.f_blocks > 0 &&
              (double)disk.f_bavail * (double)disk.f_frsize < (double)bytes;
    buf_fini(&folder);
    return is_full ? fail(path, bytes, ENOSPC, err) : 0;
}

/* 0, or errno. The file's length stays as it is: SQLite goes by it. */
static int give(const char *file, int64_t bytes)
{
    int fd = open(file, O_RDWR | O_CLOEXEC | O_NOFOLLOW), why = 0;

    if (fd < 0)
        return errno;
    while (fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, bytes) < 0 && (why = errno) == EINTR)
        why = 0;
    close(fd);                      /* SQLite has no lock on the log, which this would let go */
    return why;
}

int room_reserve(struct store *store, int64_t bytes, struct err *err)
{
    struct buf log;
    int why;

    buf_init(&log, 0);
    buf_addf(&log, "%s-wal", store_path(store));
    why = give(log.data, bytes);
    buf_fini(&log);
    if (why == ENOSPC || why == EDQUOT || why == EFBIG)
        return fail(store_path(store), bytes, why, err);
    return why == 0 ? 0 : room_check(store_path(store), bytes, err);
}
