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

/* For each call curl goes through half of its multi handle's connections, 0.1 us for each: with a thousand in one that was
 * a fifth of all the time a run took. A multi handle takes 35 kB and two descriptors. */
#define LANE_CALLS 16
#define LANES_MAX 32
#define LANE_DESCRIPTORS 2

/* Connections that a lane keeps open for the next call: more than it ever has calls, to a few hosts, else each call pays a
 * TLS handshake. */
#define CONNECTIONS_KEPT 512L

struct lane {
    struct sockets *sockets;
    CURLM *multi;
    int64_t due_ms;                   /* curl wants to be called then, monotonic; INT64_MAX: not before a socket is ready */
};

struct sockets {
    int epoll;
    struct lane lanes[LANES_MAX];
    size_t lane_count, assigned;
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

/* Lane and socket, as an event has room for one number. */
static uint64_t pack(const struct lane *lane, curl_socket_t fd)
{
    return (uint64_t)(lane - lane->sockets->lanes) << 32 | (uint32_t)fd;
}

/* Curl tells what it waits for on that socket. */
static int watch(CURL *easy, curl_socket_t fd, int what, void *context, void *ignored)
{
    const struct lane *lane = context;
    struct sockets *sockets = lane->sockets;
    struct epoll_event event = { .events = wanted_events(what), .data = { .u64 = pack(lane, fd) } };

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
    struct lane *lane = context;

    (void)multi;
    lane->due_ms = in_ms < 0 ? INT64_MAX : clock_monotonic_ms() + in_ms;
    return 0;
}

static bool open_lane(struct sockets *sockets)
{
    struct lane *lane = &sockets->lanes[sockets->lane_count];
    CURLM *multi = curl_multi_init();

    if (multi == NULL)
        return false;
    *lane = (struct lane){ .sockets = sockets, .multi = multi, .due_ms = INT64_MAX };
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, CONNECTIONS_KEPT);
    curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, watch);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, lane);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, lane);
    sockets->lane_count++;
    return true;
}

struct sockets *sockets_open(struct err *err)
{
    struct sockets *sockets = xcalloc(1, sizeof *sockets);

    sockets->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (sockets->epoll < 0)
        err_set(err, "no epoll set can be had: %s", strerror(errno));
    else if (!open_lane(sockets))
        err_set(err, "libcurl cannot be started");
    else
        return sockets;
    sockets_close(sockets);
    return NULL;
}

void sockets_close(struct sockets *sockets)
{
    if (sockets == NULL)
        return;
    for (size_t i = 0; i < sockets->lane_count; i++)
        curl_multi_cleanup(sockets->lanes[i].multi);
    if (sockets->epoll >= 0)
        close(sockets->epoll);
    free(sockets);
}

size_t sockets_descriptors(size_t calls)
{
    size_t lanes = (calls + LANE_CALLS - 1) / LANE_CALLS;

    return calls + (lanes < LANES_MAX ? lanes : LANES_MAX) * LANE_DESCRIPTORS + 1;
}

/* Lane by lane until all are full or no other can be opened, then in turns. */
CURLM *sockets_assign(struct sockets *sockets)
{
    size_t i = sockets->assigned++, lane = i / LANE_CALLS;

    if (lane == sockets->lane_count && lane < LANES_MAX)
        open_lane(sockets);
    return sockets->lanes[lane < sockets->lane_count ? lane : i % sockets->lane_count].multi;
}

CURLM *sockets_multi(const struct sockets *sockets, size_t i)
{
    return i < sockets->lane_count ? sockets->lanes[i].multi : NULL;
}

void sockets_wait(struct sockets *sockets, const int *fds, size_t fd_count, int wait_ms)
{
    struct pollfd polled[fd_count + 1];            /* our few pipes and pidfds beside the set */

    polled[0] = (struct pollfd){ .fd = sockets->epoll, .events = POLLIN };
    for (size_t i = 0; i < fd_count; i++)
        polled[i + 1] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
    for (size_t i = 0; i < sockets->lane_count; i++)
        wait_ms = clock_bound_wait(sockets->lanes[i].due_ms, wait_ms);
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
        curl_multi_socket_action(sockets->lanes[ready[i].data.u64 >> 32].multi, (int)(uint32_t)ready[i].data.u64,
                                 ready_events(ready[i].events), &ignored);
    sockets->has_ready = false;
}

void sockets_push(struct sockets *sockets)
{
    int64_t now_ms = clock_monotonic_ms();
    int ignored;

    for (struct lane *lane = sockets->lanes; lane < sockets->lanes + sockets->lane_count; lane++)
        if (lane->due_ms <= now_ms)
            curl_multi_socket_action(lane->multi, CURL_SOCKET_TIMEOUT, 0, &ignored);
}

void sockets_move(struct sockets *sockets)
{
    if (sockets->has_ready)
        move_ready(sockets);
    sockets_push(sockets);
}
