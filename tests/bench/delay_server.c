/*
 * delay_server: a model server that says the same to everyone after a fixed time, for thousands of calls at once.
 *
 *     delay_server DELAY_MS PORT_FILE [BODIES]
 *
 * It listens on a free port of 127.0.0.1 and writes http://127.0.0.1:PORT/v1 to PORT_FILE. A POST is answered after
 * DELAY_MS, as a stream where the body asks for one, all its events at once; with BODIES the bodies asked are kept
 * there, a line each. GET /stats says "CALLS FIRST PEAK" since it was last asked: how many calls came, when the first
 * came (monotonic microseconds) and how many were waiting at once. Any other GET lists the models. SIGTERM ends it, and
 * so does the end of whoever started it.
 *
 * One thread, one epoll. All wait equally long, so the calls that wait are a queue.
 *
 *     accepted ─► reading ─► waiting (in the queue) ─► sending ─► reading again, until the client goes
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <utlist.h>

#include "harness/base/buf.h"
#include "harness/base/mem.h"

#define EVENTS_MAX 256
#define READ_BYTES 16384

struct client {
    struct client *prev, *next;       /* in the queue */
    int fd;
    struct buf in;
    bool waiting;
    int64_t due_us;
    const struct buf *reply;          /* what it is being sent; NULL: nothing */
    size_t sent;
    size_t taken;                     /* bytes of in that the request took */
};

struct server {
    int epoll, listener;
    int64_t delay_us;
    FILE *bodies;                     /* NULL: not kept */
    struct client *queue;
    struct buf whole, stream, models, stats;
    size_t calls, waiting, waiting_max;
    int64_t first_us;
};

static const char *const WORDS[] = { "First", " the", " tens", ",", " then", " the", " ones", ",", " then", " what",
    " is", " carried", " over", ".", " Taken", " together", ",", " the", " sum", " is", " \\\\boxed{", "7", "}", "." };
#define WORD_COUNT (sizeof WORDS / sizeof WORDS[0])
#define HEAD(object) "{\"id\":\"chatcmpl-1\",\"object\":\"" object "\",\"created\":1795219200,\"model\":\"bench\","
#define USAGE "\"usage\":{\"prompt_tokens\":40,\"completion_tokens\":24,\"total_tokens\":64}"

static volatile sig_atomic_t ended;

static void heed_end(int number)
{
    (void)number;
    ended = 1;
}

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void set_reply(struct buf *out, const char *type, const char *body)
{
    buf_init(out, 0);
    buf_addf(out, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n%s", type, strlen(body), body);
}

/* An HTTP chunk an event, as servers send them. */
static void add_event(struct buf *out, const char *json)
{
    buf_addf(out, "%zx\r\ndata: %s\n\n\r\n", strlen(json) + strlen("data: \n\n"), json);
}

static void add_piece(struct buf *out, const char *delta, const char *finish)
{
    struct buf json;

    buf_init(&json, 0);
    buf_addf(&json, HEAD("chat.completion.chunk")
        "\"choices\":[{\"index\":0,\"delta\":{%s},\"logprobs\":null,\"finish_reason\":%s}]}", delta, finish);
    add_event(out, json.data);
    buf_fini(&json);
}

static void set_stream(struct buf *out)
{
    buf_init(out, 0);
    buf_add_string(out, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
    add_piece(out, "\"role\":\"assistant\",\"content\":\"\"", "null");
    for (size_t i = 0; i < WORD_COUNT; i++) {
        char delta[64];

        snprintf(delta, sizeof delta, "\"content\":\"%s\"", WORDS[i]);
        add_piece(out, delta, "null");
    }
    add_piece(out, "", "\"stop\"");
    add_event(out, HEAD("chat.completion.chunk") "\"choices\":[]," USAGE "}");
    add_event(out, "[DONE]");
    buf_add_string(out, "0\r\n\r\n");
}

static void set_whole(struct buf *out)
{
    struct buf json;

    buf_init(&json, 0);
    buf_add_string(&json, HEAD("chat.completion")
        "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"");
    for (size_t i = 0; i < WORD_COUNT; i++)
        buf_add_string(&json, WORDS[i]);
    buf_add_string(&json, "\"},\"logprobs\":null,\"finish_reason\":\"stop\"}]," USAGE "}");
    set_reply(out, "application/json", json.data);
    buf_fini(&json);
}

static void watch(struct server *server, int operation, int fd, uint32_t events, struct client *client)
{
    struct epoll_event event = { .events = events, .data.ptr = client };

    if (epoll_ctl(server->epoll, operation, fd, &event) < 0) {
        perror("delay_server: epoll");
        exit(70);
    }
}

static void drop(struct server *server, struct client *client)
{
    if (client->waiting) {
        DL_DELETE(server->queue, client);
        server->waiting--;
    }
    close(client->fd);
    buf_fini(&client->in);
    free(client);
}

/* The request is answered: what came after it is the next one. */
static void forget_request(struct client *client)
{
    struct buf rest;

    client->reply = NULL;
    buf_init(&rest, 0);
    buf_add(&rest, client->in.data + client->taken, client->in.length - client->taken);
    buf_fini(&client->in);
    client->in = rest;
}

/* False: the client has gone. */
static bool send_reply(struct server *server, struct client *client)
{
    const struct buf *reply = client->reply;
    size_t left = reply->length - client->sent;
    ssize_t sent = send(client->fd, reply->data + client->sent, left, MSG_NOSIGNAL | MSG_DONTWAIT);

    if (sent < 0 && errno != EAGAIN)
        return false;
    client->sent += sent > 0 ? (size_t)sent : 0;
    if (client->sent < reply->length) {
        watch(server, EPOLL_CTL_MOD, client->fd, EPOLLIN | EPOLLOUT, client);
        return true;
    }
    if (sent >= 0 && (size_t)sent < reply->length)
        watch(server, EPOLL_CTL_MOD, client->fd, EPOLLIN, client);
    forget_request(client);
    return true;
}

/* As JSON is written by C and by Python. */
static bool asks_stream(const char *body, size_t length)
{
    return memmem(body, length, "\"stream\":true", 13) != NULL || memmem(body, length, "\"stream\": true", 14) != NULL;
}

static void enqueue(struct server *server, struct client *client, const char *body, size_t length)
{
    client->due_us = now_us() + server->delay_us;
    client->reply = asks_stream(body, length) ? &server->stream : &server->whole;
    client->waiting = true;
    DL_APPEND(server->queue, client);
    server->waiting++;
    server->waiting_max = server->waiting > server->waiting_max ? server->waiting : server->waiting_max;
    if (server->calls++ == 0)
        server->first_us = now_us();
    if (server->bodies != NULL)
        fprintf(server->bodies, "%.*s\n", (int)length, body);
}

static void make_stats(struct server *server)
{
    char text[128];

    snprintf(text, sizeof text, "%zu %lld %zu\n", server->calls, (long long)server->first_us, server->waiting_max);
    buf_fini(&server->stats);
    set_reply(&server->stats, "text/plain", text);
    server->calls = server->waiting_max = 0;
    server->first_us = 0;
    if (server->bodies != NULL)
        fflush(server->bodies);
}

/* False: the client has gone. */
static bool answer(struct server *server, struct client *client, const char *body, size_t length)
{
    client->sent = 0;
    if (strncmp(client->in.data, "POST", 4) == 0) {
        enqueue(server, client, body, length);
        return true;
    }
    client->reply = &server->models;
    if (strncmp(client->in.data, "GET /stats", 10) == 0) {
        make_stats(server);
        client->reply = &server->stats;
    }
    return send_reply(server, client);
}

/* Answers a request that is whole. False: the client has gone. */
static bool read_request(struct server *server, struct client *client)
{
    const char *end = client->in.length > 0 ? strstr(client->in.data, "\r\n\r\n") : NULL, *field;
    size_t head, length = 0;

    if (end == NULL || client->reply != NULL)
        return true;
    head = (size_t)(end - client->in.data) + 4;
    field = strcasestr(client->in.data, "\r\ncontent-length:");
    if (field != NULL && field < end)
        length = strtoul(field + strlen("\r\ncontent-length:"), NULL, 10);
    if (client->in.length < head + length)
        return true;
    client->taken = head + length;
    return answer(server, client, client->in.data + head, length);
}

static bool take_bytes(struct server *server, struct client *client)
{
    char bytes[READ_BYTES];
    ssize_t got = recv(client->fd, bytes, sizeof bytes, MSG_DONTWAIT);

    if (got < 0 && errno == EAGAIN)
        return true;
    if (got <= 0)
        return false;
    buf_add(&client->in, bytes, (size_t)got);
    return read_request(server, client);
}

static void accept_clients(struct server *server)
{
    int fd, on = 1;

    while ((fd = accept4(server->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct client *client = xcalloc(1, sizeof *client);

        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        client->fd = fd;
        buf_init(&client->in, 0);
        watch(server, EPOLL_CTL_ADD, fd, EPOLLIN, client);
    }
}

static void answer_due(struct server *server)
{
    int64_t present_us = now_us();

    while (server->queue != NULL && server->queue->due_us <= present_us) {
        struct client *client = server->queue;

        DL_DELETE(server->queue, client);
        client->waiting = false;
        server->waiting--;
        if (!send_reply(server, client) || !read_request(server, client))
            drop(server, client);
    }
}

static int wait_ms(const struct server *server)
{
    int64_t left_us;

    if (server->queue == NULL)
        return -1;
    left_us = server->queue->due_us - now_us();
    return left_us > 0 ? (int)((left_us + 999) / 1000) : 0;
}

/* An epoll event names its client; the listener's names none. */
static void handle(struct server *server, const struct epoll_event *event)
{
    struct client *client = event->data.ptr;
    bool stays = true;

    if (client == NULL) {
        accept_clients(server);
        return;
    }
    if (event->events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        stays = take_bytes(server, client);
    if (stays && (event->events & EPOLLOUT) && client->reply != NULL && !client->waiting)
        stays = send_reply(server, client) && read_request(server, client);
    if (!stays)
        drop(server, client);
}

static void serve(struct server *server)
{
    struct epoll_event events[EVENTS_MAX];

    while (!ended) {
        int count = epoll_wait(server->epoll, events, EVENTS_MAX, wait_ms(server));

        for (int i = 0; i < count; i++)
            handle(server, &events[i]);
        answer_due(server);
    }
}

/* -1 with errno set. */
static int listen_somewhere(struct server *server, const char *port_file)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    FILE *file;

    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    server->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (server->listener < 0 || server->epoll < 0 || bind(server->listener, (struct sockaddr *)&address, size) < 0
        || listen(server->listener, 4096) < 0 || getsockname(server->listener, (struct sockaddr *)&address, &size) < 0)
        return -1;
    watch(server, EPOLL_CTL_ADD, server->listener, EPOLLIN, NULL);
    file = fopen(port_file, "w");
    if (file == NULL)
        return -1;
    fprintf(file, "http://127.0.0.1:%d/v1\n", ntohs(address.sin_port));
    return fclose(file);
}

static void prepare(struct server *server)
{
    struct sigaction action = { .sa_handler = heed_end };
    struct rlimit limit;

    sigaction(SIGTERM, &action, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    set_whole(&server->whole);
    set_stream(&server->stream);
    set_reply(&server->models, "application/json",
        "{\"object\":\"list\",\"data\":[{\"id\":\"bench\",\"object\":\"model\",\"owned_by\":\"bench\"}]}");
    buf_init(&server->stats, 0);
}

int main(int argc, char **argv)
{
    struct server server = { 0 };

    if (argc < 3 || argc > 4) {
        fprintf(stderr, "usage: delay_server DELAY_MS PORT_FILE [BODIES]\n");
        return 64;
    }
    server.delay_us = strtol(argv[1], NULL, 10) * 1000;
    if (argc == 4 && (server.bodies = fopen(argv[3], "w")) == NULL) {
        perror("delay_server: bodies");
        return 74;
    }
    prepare(&server);
    if (listen_somewhere(&server, argv[2]) < 0) {
        perror("delay_server");
        return 70;
    }
    serve(&server);
    if (server.bodies != NULL)
        fclose(server.bodies);
    return 0;
}
