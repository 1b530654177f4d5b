/*
 * A server for tests of what goes over HTTP: a forked process on 127.0.0.1 that plays one raw answer a connection, and
 * tells what it heard.
 */
#ifndef TESTS_RUNNERS_PEER_H
#define TESTS_RUNNERS_PEER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define PEER_ANSWER(status, more, body) "HTTP/1.1 " status "\r\nConnection: close\r\n" more "\r\n" body
#define PEER_SILENCE ""           /* hears, and says nothing until it is stopped */
#define PEER_ON_CALL "\a"         /* before an answer: it comes when peer_call has been called */

struct peer { pid_t pid; int port, heard, gate; };

static inline size_t peer_length(const char *head)
{
    const char *at = strstr(head, "Content-Length: ");

    return at != NULL ? (size_t)atol(at + strlen("Content-Length: ")) : 0;
}

/* Reads headers and body, and passes them on to the test. */
static inline void peer_hear(int fd, int heard)
{
    char text[16384];
    size_t length = 0;
    const char *body;

    do {
        ssize_t n = read(fd, text + length, sizeof text - 1 - length);
        if (n <= 0)
            return;
        length += (size_t)n;
        text[length] = '\0';
        body = strstr(text, "\r\n\r\n");
    } while (body == NULL || length < (size_t)(body + 4 - text) + peer_length(text));
    if (write(heard, text, length) < 0)
        _exit(1);
}

static inline void peer_answer(int fd, int gate, const char *answer)
{
    char called;

    if (*answer == '\0')
        pause();
    if (*answer == *PEER_ON_CALL && read(gate, &called, 1) == 1)
        answer++;
    if (send(fd, answer, strlen(answer), MSG_NOSIGNAL) < 0)
        _exit(1);
    shutdown(fd, SHUT_WR);
    close(fd);
}

/* A test that fails does not come to its peer_stop, so the peer goes with it. */
static inline void peer_play(int listener, int heard, int gate, const char *const *answers)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (; *answers != NULL; answers++) {
        int fd = accept(listener, NULL, NULL);

        peer_hear(fd, heard);
        peer_answer(fd, gate, *answers);
    }
    _exit(0);
}

static inline int peer_listen(int *port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(0, bind(listener, (struct sockaddr *)&address, size));
    assert_int_equal(0, listen(listener, 16));
    assert_int_equal(0, getsockname(listener, (struct sockaddr *)&address, &size));
    *port = ntohs(address.sin_port);
    return listener;
}

/* answers ends with NULL; then the peer is gone. */
static inline struct peer peer_start(const char *const *answers)
{
    struct peer peer = { .pid = 0 };
    int listener = peer_listen(&peer.port), heard[2], gate[2];

    assert_int_equal(0, pipe(heard));
    assert_int_equal(0, pipe(gate));
    fflush(NULL);
    peer.pid = fork();
    if (peer.pid == 0)
        peer_play(listener, heard[1], gate[0], answers);
    close(listener);
    close(heard[1]);
    close(gate[0]);
    peer.heard = heard[0];
    peer.gate = gate[1];
    return peer;
}

static inline void peer_call(const struct peer *peer)
{
    assert_int_equal(1, write(peer->gate, "x", 1));
}

/* All that the peer heard. */
static inline void peer_stop(struct peer *peer, char *heard, size_t size)
{
    size_t length = 0;
    ssize_t n;

    kill(peer->pid, SIGKILL);
    waitpid(peer->pid, NULL, 0);
    while (length < size - 1 && (n = read(peer->heard, heard + length, size - 1 - length)) > 0)
        length += (size_t)n;
    heard[length] = '\0';
    close(peer->heard);
    close(peer->gate);
}

#endif
