#include "harness/base/sockets.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/base/mem.h"

/* So many are served in a turn; the others come first in the next, as epoll goes round. */
#define READY_MAX 1024

struct sockets {
    CURLM *multi;
    int epoll;
    int64_t due_ms;                   /* curl wants to be called then, monotonic; INT64_MAX: not before a socket is ready */
    bool has_ready;
};

static uint32_t wanted_events(int what)
{
    return (what & CURL_POLL_IN ? (uint32_t)EPOLLIN : 0) | (what & CURL_POLL_OUT ? (uint32_t)EPOLLOUT : 0);
}

/* The set may know that socket or not: a number is used again after a close. Else only the kernel's memory can be short. */
static void add(int epoll, curl_socket_t fd, struct epoll_event *event)
{
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, event) < 0 &&
        (errno != EEXIST || epoll_ctl(epoll, EPOLL_CTL_MOD, fd, event) < 0))
        mem_exhausted();
}

/* Curl tells what it waits for on that socket. */
static int watch(CURL *easy, curl_socket_t fd, int what, void *context, void *ignored)
{
    const struct sockets *sockets = context;
    struct epoll_event event = { .events = wanted_events(what), .data = { .fd = fd } };

    (void)easy;
    (void)ignored;
    if (what == CURL_POLL_REMOVE)
        epoll_ctl(sockets->epoll, EPOLL_CTL_DEL, fd, NULL);
    else
        add(sockets->epoll, fd, &event);
    return 0;
}

static int set_timer(CURLM *multi, long in_ms, void *context)
{
    struct sockets *sockets = context;

    (void)multi;
    sockets->due_ms = in_ms < 0 ? INT64_MAX : clock_monotonic_ms() + in_ms;
    return 0;
}

struct sockets *sockets_open(CURLM *multi, struct err *err)
{
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct sockets *sockets;

    if (epoll < 0) {
        err_set(err, "no epoll set can be had: %s", strerror(errno));
        return NULL;
    }
    sockets = xcalloc(1, sizeof *sockets);
    *sockets = (struct sockets){ .multi = multi, .epoll = epoll, .due_ms = INT64_MAX };
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, watch);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, sockets);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, sockets);
    return sockets;
}

void sockets_close(struct sockets *sockets)
{
    if (sockets == NULL)
        return;
    close(sockets->epoll);
    free(sockets);
}

void sockets_wait(struct sockets *sockets, const int *fds, size_t fd_count, int wait_ms)
{
    struct pollfd polled[fd_count + 1];            /* our few pipes and pidfds beside the set */

    polled[0] = (struct pollfd){ .fd = sockets->epoll, .events = POLLIN };
    for (size_t i = 0; i < fd_count; i++)
        polled[i + 1] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
    wait_ms = clock_bound_wait(sockets->due_ms, wait_ms);
    sockets->has_ready = poll(polled, fd_count + 1, wait_ms) > 0 && polled[0].revents != 0;
}

/* What only epoll knows (an error, a peer that hung up) curl finds out by itself when it is told of nothing. */
static int ready_events(uint32_t events)
{
    return (events & EPOLLIN ? CURL_CSELECT_IN : 0) | (events & EPOLLOUT ? CURL_CSELECT_OUT : 0);
}

/* One whose socket was closed meanwhile, by another's turn, is unknown to curl, which then does nothing. */
static void move_ready(struct sockets *sockets)
{
    struct epoll_event ready[READY_MAX];
    int count = epoll_wait(sockets->epoll, ready, READY_MAX, 0), ignored;

    for (int i = 0; i < count; i++)
        curl_multi_socket_action(sockets->multi, ready[i].data.fd, ready_events(ready[i].events), &ignored);
    sockets->has_ready = false;
}

void sockets_push(struct sockets *sockets)
{
    int ignored;

    if (sockets->due_ms <= clock_monotonic_ms())
        curl_multi_socket_action(sockets->multi, CURL_SOCKET_TIMEOUT, 0, &ignored);
}

void sockets_move(struct sockets *sockets)
{
    if (sockets->has_ready)
        move_ready(sockets);
    sockets_push(sockets);
}
