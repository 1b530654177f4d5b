/*
 * One epoll descriptor stands for all: the socket (readable: a guest is at the door) and the guests (writable: more can
 * be told). While the house is full the door is left out, else the wait would never sleep.
 *
 * A socket's address holds 108 bytes, so it is named through /proc/self/fd: the folder's descriptor when it is bound,
 * the socket's own when it is connected to.
 */
#include "harness/base/listener.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "harness/base/buf.h"
#include "harness/base/clock.h"
#include "harness/base/mem.h"

#define GUESTS_MAX 4
#define GUEST_MS 5000

/* How long nobody is let in where this process may open no more files. */
#define SHUT_MS 1000

/* What a process may say of itself: its asks in flight, a line each. */
#define TOLD_MAX ((size_t)4 << 20)

struct guest {
    int fd;                  /* -1: the place is free */
    struct buf text;
    size_t told;
    int64_t until_ms;
    bool is_new;             /* nothing was told it yet */
};

struct listener {
    int folder, fd, epoll;
    char *name;              /* in the folder */
    ino_t inode;             /* of the socket's file, so that no other is removed */
    bool is_open;            /* the door: whether epoll watches fd */
    int64_t shut_until_ms;   /* nobody is let in before */
    struct guest guests[GUESTS_MAX];
};

/* A path's folder, opened, and its last part. -1: errno says why. */
static int open_folder(const char *path, const char **name)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash == NULL ? xstrdup(".") : xstrndup(path, slash == path ? 1 : (size_t)(slash - path));
    int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

    free(folder);
    *name = slash == NULL ? path : slash + 1;
    return fd;
}

/* -1 when the name is too long for an address. */
static int make_address(struct sockaddr_un *address, const char *fmt, int fd, const char *name)
{
    int length;

    *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
    length = snprintf(address->sun_path, sizeof address->sun_path, fmt, fd, name);
    return length < (int)sizeof address->sun_path ? 0 : -1;
}

/* What a killed process left goes; what is no socket stays. */
static int clear_place(const struct listener *listener, const char *path, struct err *err)
{
    struct stat there;

    if (fstatat(listener->folder, listener->name, &there, AT_SYMLINK_NOFOLLOW) < 0)
        return 0;
    if (!S_ISSOCK(there.st_mode))
        return err_set(err, "%s: this is no socket", path);
    if (unlinkat(listener->folder, listener->name, 0) < 0)
        return err_set(err, "%s: %s", path, strerror(errno));
    return 0;
}

/* Nobody can connect before listen, so its mode is right before it matters. */
static int bind_socket(struct listener *listener, const char *path, struct err *err)
{
    struct sockaddr_un address;
    struct stat there;

    if (make_address(&address, "/proc/self/fd/%d/%s", listener->folder, listener->name) < 0)
        return err_set(err, "%s: the name is too long for a socket", path);
    listener->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener->fd < 0 || bind(listener->fd, (struct sockaddr *)&address, sizeof address) < 0)
        return err_set(err, "%s: %s", path, strerror(errno));
    if (fchmodat(listener->folder, listener->name, 0600, 0) < 0 ||
        fstatat(listener->folder, listener->name, &there, AT_SYMLINK_NOFOLLOW) < 0 || listen(listener->fd, 8) < 0)
        return err_set(err, "%s: %s", path, strerror(errno));
    listener->inode = there.st_ino;
    return 0;
}

static void watch(struct listener *listener, int operation, int fd, uint32_t events)
{
    struct epoll_event event = { .events = events };
    int result = epoll_ctl(listener->epoll, operation, fd, &event);

    assert(result == 0);
}

static int open_at(struct listener *listener, const char *path, struct err *err)
{
    const char *name;

    listener->folder = open_folder(path, &name);
    listener->name = xstrdup(name);
    if (listener->folder < 0)
        return err_set(err, "%s: %s", path, strerror(errno));
    listener->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (listener->epoll < 0)
        return err_set(err, "%s: %s", path, strerror(errno));
    if (clear_place(listener, path, err) < 0 || bind_socket(listener, path, err) < 0)
        return -1;
    watch(listener, EPOLL_CTL_ADD, listener->fd, EPOLLIN);
    listener->is_open = true;
    return 0;
}

struct listener *listener_open(const char *path, struct err *err)
{
    struct listener *listener = xcalloc(1, sizeof *listener);

    listener->folder = listener->fd = listener->epoll = -1;
    for (int i = 0; i < GUESTS_MAX; i++)
        listener->guests[i].fd = -1;
    if (open_at(listener, path, err) == 0)
        return listener;
    listener_close(listener);
    return NULL;
}

static void part(struct guest *guest)
{
    close(guest->fd);            /* epoll forgets it */
    buf_fini(&guest->text);
    guest->fd = -1;
}

static void remove_file(const struct listener *listener)
{
    struct stat there;

    if (listener->inode != 0 && fstatat(listener->folder, listener->name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
        there.st_ino == listener->inode)
        unlinkat(listener->folder, listener->name, 0);
}

void listener_close(struct listener *listener)
{
    int fds[3];

    if (listener == NULL)
        return;
    for (int i = 0; i < GUESTS_MAX; i++)
        if (listener->guests[i].fd >= 0)
            part(&listener->guests[i]);
    remove_file(listener);
    fds[0] = listener->fd;
    fds[1] = listener->epoll;
    fds[2] = listener->folder;
    for (int i = 0; i < 3; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    free(listener->name);
    free(listener);
}

int listener_fd(const struct listener *listener)
{
    return listener->epoll;
}

/* As much as it takes now; then it is done, gone, late, or has to be waited for. */
static void tell_more(struct guest *guest, int64_t now_ms)
{
    while (guest->told < guest->text.length) {
        ssize_t sent = send(guest->fd, guest->text.data + guest->told, guest->text.length - guest->told,
                            MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) && now_ms < guest->until_ms)
            return;
        if (sent <= 0)
            break;
        guest->told += (size_t)sent;
    }
    part(guest);
}

static struct guest *find_free(struct listener *listener)
{
    for (int i = 0; i < GUESTS_MAX; i++)
        if (listener->guests[i].fd < 0)
            return &listener->guests[i];
    return NULL;
}

/* False when nobody is at the door, or there is no descriptor for who is. */
static bool let_in(struct listener *listener, struct guest *guest, int64_t now_ms)
{
    int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd < 0) {
        if (errno != EAGAIN)
            listener->shut_until_ms = now_ms + SHUT_MS;      /* else who waits there would wake us at once again */
        return false;
    }
    shutdown(fd, SHUT_RD);
    *guest = (struct guest){ .fd = fd, .until_ms = now_ms + GUEST_MS, .is_new = true };
    buf_init(&guest->text, TOLD_MAX);
    watch(listener, EPOLL_CTL_ADD, fd, EPOLLOUT);
    return true;
}

/* All that are at the door and find a place. False: there was none. */
static bool let_all_in(struct listener *listener, int64_t now_ms)
{
    struct guest *guest = find_free(listener);
    bool some = false;

    while (guest != NULL && now_ms >= listener->shut_until_ms && let_in(listener, guest, now_ms)) {
        some = true;
        guest = find_free(listener);
    }
    return some;
}

static void tell_new(struct listener *listener, const struct buf *text)
{
    for (struct guest *guest = listener->guests; guest < listener->guests + GUESTS_MAX; guest++) {
        if (guest->fd >= 0 && guest->is_new)
            buf_add(&guest->text, text->data, text->length);
        guest->is_new = false;
    }
}

static void open_door(struct listener *listener, bool is_open)
{
    if (is_open != listener->is_open)
        watch(listener, EPOLL_CTL_MOD, listener->fd, is_open ? EPOLLIN : 0);
    listener->is_open = is_open;
}

static bool is_empty(const struct listener *listener)
{
    for (int i = 0; i < GUESTS_MAX; i++)
        if (listener->guests[i].fd >= 0)
            return false;
    return true;
}

/* That nobody is there is asked for cheaply: accept4 makes room for who might be before it looks. */
static bool is_quiet(const struct listener *listener)
{
    struct epoll_event ignored;

    return listener->is_open && is_empty(listener) && epoll_wait(listener->epoll, &ignored, 1, 0) == 0;
}

void listener_serve(struct listener *listener, void (*tell)(void *teller, struct buf *out), void *teller)
{
    int64_t now_ms = clock_monotonic_ms();
    struct buf text;

    if (is_quiet(listener))
        return;
    if (let_all_in(listener, now_ms)) {
        buf_init(&text, TOLD_MAX);
        tell(teller, &text);
        tell_new(listener, &text);
        buf_fini(&text);
    }
    for (int i = 0; i < GUESTS_MAX; i++)
        if (listener->guests[i].fd >= 0)
            tell_more(&listener->guests[i], now_ms);
    open_door(listener, find_free(listener) != NULL && now_ms >= listener->shut_until_ms);
}

/* Connected, or -1 with err set; -2: nobody listens there. */
static int connect_to(const char *path, struct err *err)
{
    int file = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC), fd, why;
    struct sockaddr_un address;
    struct stat there;

    if (file < 0)
        return errno == ENOENT || errno == ENOTDIR ? -2 : err_set(err, "%s: %s", path, strerror(errno));
    if (fstat(file, &there) < 0 || !S_ISSOCK(there.st_mode)) {
        close(file);
        return err_set(err, "%s: this is no socket", path);
    }
    make_address(&address, "/proc/self/fd/%d%s", file, "");
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    why = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0 ? 0 : errno;
    close(file);
    if (why == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return why == ECONNREFUSED ? -2 : err_set(err, "%s: %s", path, strerror(why));
}

/* All that is told, up to its end. */
static int hear(int fd, int64_t until_ms, struct buf *out)
{
    char part_of_it[16384];

    for (;;) {
        struct pollfd ready = { .fd = fd, .events = POLLIN };
        int64_t left_ms = until_ms - clock_monotonic_ms();
        ssize_t got;
        if (left_ms <= 0 || out->cut)
            return -1;
        if (poll(&ready, 1, (int)left_ms) <= 0)
            continue;
        got = read(fd, part_of_it, sizeof part_of_it);
        if (got < 0 && errno != EINTR && errno != EAGAIN)
            return -1;
        if (got == 0)
            return 0;
        if (got > 0)
            buf_add(out, part_of_it, (size_t)got);
    }
}

int listener_ask(const char *path, int timeout_ms, struct buf *out, struct err *err)
{
    int fd = connect_to(path, err), heard;

    if (fd < 0)
        return fd == -2 ? 0 : -1;
    heard = hear(fd, clock_monotonic_ms() + timeout_ms, out);
    close(fd);
    if (heard < 0 || out->length == 0)
        return err_set(err, "%s: somebody listens there and told nothing within %d s", path, timeout_ms / 1000);
    return 1;
}
