/*
 * For tests of http: each forks a peer that plays raw bytes on a port of 127.0.0.1: one process per connection, one play
 * function. Bounds are large unless a test is about them: a busy machine must not make it fail.
 */
#ifndef TESTS_BASE_PEER_H
#define TESTS_BASE_PEER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "harness/base/clock.h"
#include "harness/base/http.h"

typedef void play_fn(int fd);

struct peer { pid_t pid; int port; };

struct scene { struct http *http; struct peer peer; struct http_request request; char url[128]; };

static inline void say(int fd, const char *text)
{
    for (size_t done = 0, length = strlen(text); done < length; ) {
        ssize_t n = send(fd, text + done, length - done, MSG_NOSIGNAL);
        if (n <= 0)
            _exit(0);
        done += (size_t)n;
    }
}

/* Reads up to the end of the headers and whatever body came with them; exits when the client has gone. */
static inline size_t hear(int fd, char *text, size_t size)
{
    size_t length = 0;

    do {
        ssize_t n = read(fd, text + length, size - 1 - length);
        if (n <= 0)
            _exit(0);
        length += (size_t)n;
        text[length] = '\0';
    } while (strstr(text, "\r\n\r\n") == NULL);
    return length;
}

static inline void skip_request(int fd)
{
    char text[4096];

    hear(fd, text, sizeof text);
}

static inline void nap(int ms)
{
    nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000L }, NULL);
}

static inline int listen_somewhere(int backlog, int *port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(fd, backlog), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

static inline void serve(int listener, play_fn *play)
{
    signal(SIGCHLD, SIG_IGN);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            close(listener);
            play(fd);
            _exit(0);
        }
        close(fd);
    }
}

static inline struct peer peer_start(play_fn *play)
{
    struct peer peer;
    int listener = listen_somewhere(256, &peer.port);

    peer.pid = fork();
    if (peer.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);      /* a test that fails leaves no peer behind */
        setpgid(0, 0);
        serve(listener, play);
    }
    setpgid(peer.pid, peer.pid);
    close(listener);
    return peer;
}

static inline void scene_open(struct scene *scene, play_fn *play)
{
    struct err err = ERR_INIT;

    *scene = (struct scene){ .peer = peer_start(play), .request = { .method = "GET", .reply_max = 100000,
        .connect_ms = 20000, .first_byte_ms = 20000, .idle_ms = 20000, .total_ms = 40000 } };
    snprintf(scene->url, sizeof scene->url, "http://127.0.0.1:%d/v1?key=sesame", scene->peer.port);
    scene->request.url = scene->url;
    scene->http = http_open(&err);
    assert_non_null(scene->http);
}

static inline void scene_close(struct scene *scene)
{
    http_close(scene->http);
    kill(-scene->peer.pid, SIGKILL);
    waitpid(scene->peer.pid, NULL, 0);
}

/* One call to a peer that plays so; the call must end so. What errors must never show is looked for here, always. */
static inline struct http_call *call_once(struct scene *scene, enum http_end end)
{
    struct http_call *call = http_perform(scene->http, &scene->request);

    if (call->end != end)
        print_message("ended %d: %s\n", (int)call->end, call->error);
    assert_int_equal(call->end, end);
    assert_int_equal(call->error[0] == '\0', end == HTTP_ANSWERED);
    assert_null(strstr(call->error, "sesame"));
    assert_int_equal(http_in_flight(scene->http), 0);
    assert_true(call->elapsed_ms >= 0);
    return call;
}

static inline void play_and_end(play_fn *play, enum http_end end, const char *words)
{
    struct scene scene;
    struct http_call *call;

    scene_open(&scene, play);
    call = call_once(&scene, end);
    if (words != NULL)
        assert_non_null(strstr(call->error, words));
    http_free_call(call);
    scene_close(&scene);
}

static inline void play_plain(int fd)
{
    skip_request(fd);
    say(fd, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Request-Id: req_7\r\n"
            "Content-Length: 5\r\n\r\nhello");
    nap(5000);
}

#endif
