/*
 * fake_server: a model server of the OpenAI shape that does what a script says, also what no real one should.
 *
 * One thread, one poll loop. A connection reads until a request is whole, then owns a reply and sends it piece by piece;
 * while it has a reply it reads nothing more, and looks only whether the client has gone.
 *
 *     reading ─► waiting (delay, drip) ─► sending ─► reading again | closed | reset | silent until the client goes
 *                   ▲                        │
 *                   └────────────────────────┘
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/clock.h"
#include "harness/base/json_write.h"
#include "harness/base/mem.h"
#include "harness/base/opt.h"
#include "tests/fake/reply.h"
#include "tests/fake/request.h"
#include "tests/fake/script.h"

struct conn {
    int fd;
    struct buf in;                /* what came and is not answered yet */
    size_t taken;                 /* bytes of in that the request being answered took */
    struct arena *arena;          /* of that request */
    struct reply reply;
    bool busy;                    /* has a reply */
    bool silent;                  /* stalled for good */
    size_t sent, allowed;         /* of the reply's bytes */
    int64_t wake_ms;              /* sends nothing before */
};

struct server {
    struct script *script;
    uint64_t seed, number;
    int listener, signals;
    int log;                      /* -1: none */
    int64_t started_ms;
    struct conn **conns;
    struct pollfd *polls;         /* signals, listener, then one a connection */
    size_t count, capacity;
};

static const struct opt_spec OPTIONS[] = {
    { .name = "script", .argument = "FILE", .help = "what to answer; see README.md" },
    { .name = "port", .argument = "PORT", .help = "port on 127.0.0.1; 0, the default, takes a free one" },
    { .name = "port-file", .argument = "PATH", .help = "written with the address once it listens" },
    { .name = "log", .argument = "PATH", .help = "gets every request, one JSON line each" },
    { .name = "seed", .argument = "N", .help = "of the rules with a chance" },
    { .name = "help", .letter = 'h', .help = "show this" },
    { 0 },
};

static void log_request(struct server *server, const struct request *request, const struct rule *rule)
{
    struct buf out;
    struct json_write w;

    if (server->log < 0)
        return;
    buf_init(&out, 0);
    w = json_write_to(&out);
    json_open(&w, NULL, '{');
    json_add_int(&w, "n", (int64_t)server->number);
    json_add_int(&w, "ms", clock_monotonic_ms() - server->started_ms);
    json_add_int(&w, "rule", rule != NULL ? (int64_t)rule->line : 0);
    json_add_string(&w, "method", request->method);
    json_add_string(&w, "path", request->path);
    json_open(&w, "headers", '{');
    for (size_t i = 0; i < request->header_count; i++)
        json_add_string(&w, request->headers[i].name, request->headers[i].value);
    json_close(&w);
    json_add_bytes(&w, "body", request->body, request->body_length);
    json_close(&w);
    buf_add_char(&out, '\n');
    if (write(server->log, out.data, out.length) != (ssize_t)out.length)
        fprintf(stderr, "fake_server: log: %s\n", strerror(errno));
    buf_fini(&out);
}

static bool is_get(const struct request *request, const char *path)
{
    return strcmp(request->method, "GET") == 0 && strcmp(request->path, path) == 0;
}

/* Rules first; what no rule wants has an answer of its own only where a real server needs no model. */
static void build_reply(struct server *server, struct conn *conn, const struct request *request)
{
    struct rule *rule = script_find(server->script, request, server->number, server->seed);

    log_request(server, request, rule);
    if (rule != NULL || request->is_chat)
        reply_build(&conn->reply, rule, request, server->number);
    else if (is_get(request, "/v1/models"))
        reply_build_json(&conn->reply, 200,
            "{\"object\":\"list\",\"data\":[{\"id\":\"fake\",\"object\":\"model\",\"owned_by\":\"fake\"}]}");
    else if (is_get(request, "/health"))
        reply_build_json(&conn->reply, 200, "{\"status\":\"ok\"}");
    else
        reply_build_json(&conn->reply, 404, "{\"error\":{\"message\":\"no such path\",\"code\":404}}");
}

static struct conn *conn_new(int fd)
{
    struct conn *conn = xcalloc(1, sizeof *conn);

    conn->fd = fd;
    conn->arena = arena_new();
    buf_init(&conn->in, 0);
    return conn;
}

static void conn_free(struct conn *conn)
{
    if (conn->busy)
        reply_fini(&conn->reply);
    buf_fini(&conn->in);
    arena_free(conn->arena);
    close(conn->fd);
    free(conn);
}

static size_t count_busy(const struct server *server)
{
    size_t count = 0;

    for (size_t i = 0; i < server->count; i++)
        count += server->conns[i]->busy;
    return count;
}

/* False: what came is not HTTP, the connection goes. */
static bool take_request(struct server *server, struct conn *conn)
{
    struct request request;
    long taken = request_read(&request, conn->arena, conn->in.data, conn->in.length);

    if (taken > 0) {
        server->number++;
        request.others = count_busy(server);
        request.ms = clock_monotonic_ms();
        reply_init(&conn->reply);
        build_reply(server, conn, &request);
        conn->taken = (size_t)taken;
        conn->busy = true;
        conn->sent = conn->allowed = 0;
        conn->wake_ms = clock_monotonic_ms() + conn->reply.delay_ms;
    }
    arena_clear(conn->arena);
    return taken >= 0;
}

/* The reply is out: on with what came meanwhile. */
static bool next_request(struct server *server, struct conn *conn)
{
    size_t left = conn->in.length - conn->taken;

    memmove(conn->in.data, conn->in.data + conn->taken, left + 1);
    conn->in.length = left;
    reply_fini(&conn->reply);
    conn->busy = false;
    return left == 0 || take_request(server, conn);
}

/* What happens once all is sent that shall be. False: the connection goes. */
static bool end_reply(struct server *server, struct conn *conn)
{
    switch (conn->reply.end) {
    case FAULT_NONE:
        if (conn->reply.loop_from == 0)
            return next_request(server, conn);
        conn->sent = conn->allowed = conn->reply.loop_from;
        return true;
    case FAULT_STALL:
        conn->silent = true;
        return true;
    case FAULT_RESET:
        setsockopt(conn->fd, SOL_SOCKET, SO_LINGER, &(struct linger){ 1, 0 }, sizeof(struct linger));
        return false;
    case FAULT_CLOSE:
    case FAULT_HALF:
        return false;
    }
    return false;
}

/* One piece, or as much as the socket takes. False: the connection goes. */
static bool send_piece(struct server *server, struct conn *conn)
{
    struct reply *reply = &conn->reply;
    ssize_t n = 0;

    if (conn->allowed < reply->limit && conn->sent == conn->allowed)
        conn->allowed = reply_next_stop(reply, conn->sent);
    if (conn->sent < conn->allowed)
        n = send(conn->fd, reply->bytes.data + conn->sent, conn->allowed - conn->sent, MSG_NOSIGNAL);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    conn->sent += (size_t)n;
    if (conn->sent == conn->allowed && conn->sent >= reply->head_length)
        conn->wake_ms = clock_monotonic_ms() + reply->drip_ms;
    return conn->sent < reply->limit || end_reply(server, conn);
}

/* False: the connection goes. */
static bool receive(struct server *server, struct conn *conn)
{
    char data[65536];
    ssize_t n = recv(conn->fd, data, sizeof data, 0);

    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    if (n == 0)
        return false;
    buf_add(&conn->in, data, (size_t)n);
    return !conn->in.cut && take_request(server, conn);
}

static bool move(struct server *server, struct conn *conn, short events)
{
    if (events & (POLLERR | POLLHUP | POLLRDHUP))
        return false;
    if (!conn->busy)
        return (events & POLLIN) == 0 || receive(server, conn);
    if (conn->silent || clock_monotonic_ms() < conn->wake_ms)
        return true;
    return send_piece(server, conn);
}

static void add_conn(struct server *server, int fd)
{
    if (server->count == server->capacity) {
        server->capacity = server->capacity * 2 + 64;
        server->conns = xreallocarray(server->conns, server->capacity, sizeof *server->conns);
        server->polls = xreallocarray(server->polls, server->capacity + 2, sizeof *server->polls);
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
    server->conns[server->count++] = conn_new(fd);
}

static void accept_all(struct server *server)
{
    int fd;

    while ((fd = accept4(server->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
        add_conn(server, fd);
}

/* Fills polls. Returns how long to wait: until the first connection that only waits for time. */
static int prepare_polls(struct server *server)
{
    int64_t now_ms = clock_monotonic_ms(), wait_ms = 1000;

    server->polls[0] = (struct pollfd){ .fd = server->signals, .events = POLLIN };
    server->polls[1] = (struct pollfd){ .fd = server->listener, .events = POLLIN };
    for (size_t i = 0; i < server->count; i++) {
        const struct conn *conn = server->conns[i];
        short events = POLLRDHUP;

        if (!conn->busy)
            events = POLLIN;
        else if (!conn->silent && conn->wake_ms <= now_ms)
            events = POLLRDHUP | POLLOUT;
        else if (!conn->silent && conn->wake_ms - now_ms < wait_ms)
            wait_ms = conn->wake_ms - now_ms;
        server->polls[i + 2] = (struct pollfd){ .fd = conn->fd, .events = events };
    }
    return (int)wait_ms;
}

/* Backwards, so that the last one can take the place of one that goes. */
static void move_all(struct server *server)
{
    for (size_t i = server->count; i-- > 0; )
        if (!move(server, server->conns[i], server->polls[i + 2].revents)) {
            conn_free(server->conns[i]);
            server->conns[i] = server->conns[--server->count];
        }
}

static void serve(struct server *server)
{
    for (;;) {
        int wait_ms = prepare_polls(server);

        if (poll(server->polls, server->count + 2, wait_ms) < 0 && errno != EINTR)
            return;
        if (server->polls[0].revents != 0)
            return;
        move_all(server);
        if (server->polls[1].revents != 0)
            accept_all(server);
    }
}

static int open_listener(int port, int *bound, struct err *err)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) < 0 || listen(fd, 4096) < 0
        || getsockname(fd, (struct sockaddr *)&address, &size) < 0) {
        err_set_code(err, EXIT_UNAVAILABLE, "127.0.0.1:%d: %s", port, strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    *bound = ntohs(address.sin_port);
    return fd;
}

/* SIGTERM and SIGINT end the loop, through a descriptor in the same poll. */
static int open_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* A thousand connections and more need a thousand descriptors and more. */
static void raise_descriptors(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* Whoever waits for the file finds it whole: it is renamed into its place. */
static int announce(const char *path, int port, struct err *err)
{
    char draft[4096];
    FILE *file;

    printf("http://127.0.0.1:%d/v1\n", port);
    fflush(stdout);
    if (path == NULL)
        return 0;
    snprintf(draft, sizeof draft, "%s.new", path);
    file = fopen(draft, "we");
    if (file == NULL)
        return err_set(err, "%s: %s", draft, strerror(errno));
    fprintf(file, "http://127.0.0.1:%d/v1\n", port);
    if (fclose(file) != 0 || rename(draft, path) != 0)
        return err_set(err, "%s: %s", path, strerror(errno));
    return 0;
}

static int server_open(struct server *server, const struct opt *opt, struct err *err)
{
    int64_t port = 0, seed = 0;
    int bound;

    if (opt_value(opt, "script") == NULL)
        return err_set_code(err, EXIT_USAGE, "--script is needed");
    if (opt_int(opt, "port", 0, 65535, &port, err) < 0 || opt_int(opt, "seed", 0, INT64_MAX, &seed, err) < 0)
        return -1;
    server->seed = (uint64_t)seed;
    server->script = script_read(opt_value(opt, "script"), err);
    if (server->script == NULL)
        return -1;
    if (opt_has(opt, "log")) {
        server->log = open(opt_value(opt, "log"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
        if (server->log < 0)
            return err_set(err, "%s: %s", opt_value(opt, "log"), strerror(errno));
    }
    server->signals = open_signals();
    server->listener = open_listener((int)port, &bound, err);
    return server->listener < 0 ? -1 : announce(opt_value(opt, "port-file"), bound, err);
}

static void server_close(struct server *server)
{
    for (size_t i = 0; i < server->count; i++)
        conn_free(server->conns[i]);
    free(server->conns);
    free(server->polls);
    script_free(server->script);
    for (size_t i = 0; i < 3; i++) {
        int fd = (int[]){ server->listener, server->signals, server->log }[i];
        if (fd >= 0)
            close(fd);
    }
}

static int run(const struct opt *opt, struct err *err)
{
    struct server server = { .listener = -1, .signals = -1, .log = -1, .started_ms = clock_monotonic_ms() };
    int result;

    server.polls = xcalloc(2, sizeof *server.polls);
    raise_descriptors();
    result = server_open(&server, opt, err);
    if (result == 0)
        serve(&server);
    server_close(&server);
    return result;
}

static void print_help(void)
{
    struct buf out;

    buf_init(&out, 0);
    opt_help(OPTIONS, &out);
    printf("usage: fake_server --script FILE [options]\n%s", out.data);
    buf_fini(&out);
}

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;
    struct opt *opt = opt_parse(OPTIONS, argc, argv, &err);
    int result = opt != NULL ? 0 : -1;

    if (opt != NULL && opt_has(opt, "help"))
        print_help();
    else if (opt != NULL)
        result = run(opt, &err);
    opt_free(opt);
    if (result < 0)
        fprintf(stderr, "fake_server: %s\n", err.text);
    return result < 0 ? (int)err.code : 0;
}
