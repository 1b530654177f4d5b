#include "harness/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/mem.h"

#define WRITER_WAIT_MS 5000

static ssize_t read_some(int fd, void *data, size_t length)
{
    ssize_t got;

    do {
        got = read(fd, data, length);
    } while (got < 0 && errno == EINTR);
    return got;
}

/* Adds all that fd gives. On failure out holds what it held before. */
static int read_all(int fd, const char *path, struct buf *out, struct err *err)
{
    char chunk[16384];
    size_t before = out->length;
    ssize_t got;

    while ((got = read_some(fd, chunk, sizeof chunk)) > 0) {
        if ((size_t)got > out->ceiling - out->length) {
            err_set_code(err, EXIT_BAD_DATA, "%s: longer than %zu bytes", path, out->ceiling - before);
            break;
        }
        buf_add(out, chunk, (size_t)got);
    }
    if (got == 0)
        return 0;
    if (got < 0)
        err_set_code(err, EXIT_BAD_DATA, "%s: %s", path, errno == EISDIR ? "is a folder" : strerror(errno));
    out->length = before;
    out->data[before] = '\0';
    return -1;
}

/* Those without, as a shell's <(...) makes them, had their writer when they were made: of them open(2) never waits. */
static bool is_named_pipe(int fd)
{
    struct stat status;
    struct statfs system;

    return fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode) && fstatfs(fd, &system) == 0 &&
           system.f_type != PIPEFS_MAGIC;
}

int file_open(const char *path, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct pollfd written = { .fd = fd, .events = POLLIN };

    if (fd < 0)
        return err_set_code(err, EXIT_BAD_DATA, "%s: %s", path, strerror(errno));
    if (is_named_pipe(fd) && poll(&written, 1, WRITER_WAIT_MS) == 0) {
        close(fd);
        return err_set_code(err, EXIT_BAD_DATA, "%s: is a pipe that nobody wrote to for %d s", path,
                            WRITER_WAIT_MS / 1000);
    }
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
    return fd;
}

int file_read(const char *path, struct buf *out, struct err *err)
{
    int fd = file_open(path, err);
    int result;

    if (fd < 0)
        return -1;
    result = read_all(fd, path, out, err);
    close(fd);
    return result;
}

static int write_all(int fd, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t put = write(fd, data, length);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -1;
        data += put;
        length -= (size_t)put;
    }
    return 0;
}

/* A file that could not be written whole is taken away again when it is surely ours: when it was made exclusively. */
int file_write(const char *path, const void *data, size_t length, bool exclusive, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (exclusive ? O_EXCL : O_TRUNC), 0666);
    int failed;

    if (fd < 0)
        return err_set_code(err, EXIT_STORE, "%s: %s", path, errno == EEXIST ? "exists already" : strerror(errno));
    failed = write_all(fd, data, length) < 0 ? errno : 0;
    if (close(fd) < 0 && failed == 0)
        failed = errno;
    if (failed == 0)
        return 0;
    if (exclusive)
        unlink(path);
    return err_set_code(err, EXIT_STORE, "%s: %s", path, strerror(failed));
}

bool file_exists(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0;
}

char *file_join(struct arena *arena, const char *folder, const char *path)
{
    size_t length = folder == NULL ? 0 : strlen(folder);

    if (length == 0 || path[0] == '/')
        return arena_strdup(arena, path);
    while (strncmp(path, "./", 2) == 0)
        path += 2 + strspn(path + 2, "/");
    return arena_printf(arena, "%s%s%s", folder, folder[length - 1] == '/' ? "" : "/", path);
}

char *file_folder(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        return arena_strdup(arena, ".");
    return slash == path ? arena_strdup(arena, "/") : arena_strndup(arena, path, (size_t)(slash - path));
}

/* A dot at the start hides a file and begins no ending: ".profile" is its own stem. */
char *file_stem(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(name, '.');

    if (dot == NULL || dot == name)
        return arena_strdup(arena, name);
    return arena_strndup(arena, name, (size_t)(dot - name));
}

static bool is_program(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

/* In one of PATH's folders, of which an empty one is the current. */
static bool is_in_path(const char *folders, const char *name)
{
    struct buf path;
    bool is_there = false;

    buf_init(&path, 0);
    for (const char *at = folders; *at != '\0' && !is_there; at += *at == ':') {
        size_t length = strcspn(at, ":");

        buf_clear(&path);
        buf_add(&path, at, length);
        buf_addf(&path, length > 0 ? "/%s" : "./%s", name);
        is_there = is_program(path.data);
        at += length;
    }
    buf_fini(&path);
    return is_there;
}

bool file_is_program(const char *name)
{
    const char *folders = getenv("PATH");

    return strchr(name, '/') != NULL ? is_program(name) : is_in_path(folders != NULL ? folders : "", name);
}

char *file_beside_program(const char *name)
{
    char path[4096];
    ssize_t length = strchr(name, '/') != NULL ? -1 : readlink("/proc/self/exe", path, sizeof path - 1);
    char *slash;

    if (length <= 0)
        return NULL;
    path[length] = '\0';
    slash = strrchr(path, '/');
    if (slash == NULL || (size_t)(slash + 1 - path) + strlen(name) >= sizeof path)
        return NULL;
    memcpy(slash + 1, name, strlen(name) + 1);
    return access(path, X_OK) == 0 ? xstrdup(path) : NULL;
}
