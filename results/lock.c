#include "results/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/buf.h"
#include "harness/base/mem.h"
#include "harness/base/redact.h"

/* As much of the holder's command as a refused one is shown. */
#define COMMAND_MAX 400

struct lock {
    int fd;
    char *path;          /* of the lock file */
    char *command;       /* as the holder's */
};

/* PATH.lock beside the file that path leads to. Owned by the caller. */
static char *lock_path(const char *path)
{
    char *real = realpath(path, NULL), *file;
    struct buf buf;

    buf_init(&buf, 0);
    buf_addf(&buf, "%s.lock", real != NULL ? real : path);
    free(real);
    file = buf_take(&buf);
    buf_fini(&buf);
    return file;
}

/* The folder path is in; "." when path has no slash. Owned by the caller. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        return xstrdup(".");
    return slash == path ? xstrdup("/") : xstrndup(path, (size_t)(slash - path));
}

static int fail_open(const char *path, int why, struct err *err)
{
    char *folder = folder_of(path);

    if (why == ENOENT || why == ENOTDIR)
        err_set_code(err, EXIT_STORE, "%s: there is no folder %s; make it first (mkdir -p %s)", path, folder, folder);
    else
        err_set_code(err, EXIT_STORE, "%s: cannot be written, as %s.lock cannot be made: %s; allow writing in %s or "
                     "name a store elsewhere", path, path, strerror(why), folder);
    free(folder);
    return -1;
}

/* The holder may be just about to write it. */
static void read_holder(int fd, char text[COMMAND_MAX + 1])
{
    ssize_t length = pread(fd, text, COMMAND_MAX, 0);

    text[length > 0 ? length : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
}

static int fail_held(const char *path, int fd, struct err *err)
{
    char text[COMMAND_MAX + 1];

    read_holder(fd, text);
    return err_set_code(err, EXIT_STORE, "%s: in use by %s; wait until it ends or name another store", path,
                        text[0] != '\0' ? text : "another process");
}

/* A holder that leaves removes the file: a lock on a removed file keeps nobody out. */
static bool is_still_at(int fd, const char *path)
{
    struct stat held, there;

    return fstat(fd, &held) == 0 && stat(path, &there) == 0 && held.st_dev == there.st_dev
        && held.st_ino == there.st_ino;
}

static struct flock whole_file(void)
{
    return (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET };
}

/* For lock_find_holder alone: where it cannot be had, nobody is told that we are here, and nothing else is lost. */
static void show_ourselves(int fd)
{
    struct flock whole = whole_file();

    fcntl(fd, F_OFD_SETLK, &whole);
}

/* An open, locked descriptor, or -1 with err set. */
static int open_locked(const char *path, const char *file, struct err *err)
{
    for (;;) {
        int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);

        if (fd < 0)
            return fail_open(path, errno, err);
        if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
            if (errno == EWOULDBLOCK)
                fail_held(path, fd, err);
            else
                err_set_code(err, EXIT_STORE, "%s: cannot be locked: %s; keep the store on a local disk", path,
                             strerror(errno));
            close(fd);
            return -1;
        }
        if (is_still_at(fd, file)) {
            show_ourselves(fd);
            return fd;
        }
        close(fd);
    }
}

/* A command may hold a URL with its password. That it cannot be written (a full disk) is no reason to refuse. */
static void write_holder(int fd, const char *command)
{
    struct buf text;
    ssize_t written = -1;

    buf_init(&text, 0);
    buf_addf(&text, "pid %ld: ", (long)getpid());
    redact_add(&text, command, strlen(command));
    buf_add_char(&text, '\n');
    if (ftruncate(fd, 0) == 0)
        written = pwrite(fd, text.data, text.length, 0);
    (void)written;
    buf_fini(&text);
}

struct lock *lock_take(const char *path, const char *command, struct err *err)
{
    char *file = lock_path(path);
    int fd = open_locked(path, file, err);
    struct lock *lock;

    if (fd < 0) {
        free(file);
        return NULL;
    }
    write_holder(fd, command);
    lock = xmalloc(sizeof *lock);
    lock->fd = fd;
    lock->path = file;
    lock->command = xstrdup(command);
    return lock;
}

int lock_keep(struct lock *lock, const char *path, struct err *err)
{
    int fd;

    if (is_still_at(lock->fd, lock->path))
        return 0;
    fd = open_locked(path, lock->path, err);
    if (fd < 0)
        return err_prefix(err, "while it was being written its lock file was removed: ");
    write_holder(fd, lock->command);
    close(lock->fd);
    lock->fd = fd;
    return 0;
}

bool lock_find_holder(const char *path, struct buf *holder)
{
    char *file = lock_path(path), text[COMMAND_MAX + 1];
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct flock whole = whole_file();
    bool is_held = fd >= 0 && fcntl(fd, F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;

    if (is_held) {
        read_holder(fd, text);
        buf_add_string(holder, text);
    }
    if (fd >= 0)
        close(fd);
    free(file);
    return is_held;
}

void lock_release(struct lock *lock)
{
    if (lock == NULL)
        return;
    if (is_still_at(lock->fd, lock->path))
        unlink(lock->path);  /* while it is held, so that nobody takes a file that is about to go */
    close(lock->fd);
    free(lock->command);
    free(lock->path);
    free(lock);
}
