#include "tests/cases/server.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/buf.h"
#include "harness/base/clock.h"
#include "harness/base/file.h"
#include "harness/base/mem.h"
#include "harness/base/proc.h"

#define START_MS 10000
#define STOP_MS 3000

struct server {
    struct proc *proc;
    char *log, *url;
};

static struct proc *start(const char *program, const char *script, const char *log, int port, struct err *err)
{
    char number[16];
    const char *argv[] = { program, "--script", script, "--log", log, "--port", number, NULL };
    struct proc_spec spec = { .argv = argv, .output_max = 65536 };

    snprintf(number, sizeof number, "%d", port);
    return proc_start(&spec, err);
}

/* Its first line is its URL. */
static int hear_url(struct server *server, struct err *err)
{
    int64_t deadline_ms = clock_monotonic_ms() + START_MS;
    const struct buf *said = &server->proc->output;
    bool ended = false;

    while (!ended && clock_monotonic_ms() < deadline_ms && memchr(said->data, '\n', said->length) == NULL)
        ended = proc_poll(server->proc, 50);
    if (memchr(said->data, '\n', said->length) == NULL)
        return err_set(err, "fake_server: does not listen: %.400s", server->proc->error.data);
    server->url = xstrndup(said->data, strcspn(said->data, "\n"));
    return 0;
}

struct server *server_start(const char *program, const char *script, const char *log, int port, struct err *err)
{
    struct server *server = xcalloc(1, sizeof *server);

    unlink(log);
    server->log = xstrdup(log);
    server->proc = start(program, script, log, port, err);
    if (server->proc != NULL && hear_url(server, err) == 0)
        return server;
    server_stop(server);
    return NULL;
}

void server_stop(struct server *server)
{
    int64_t deadline_ms = clock_monotonic_ms() + STOP_MS;

    if (server == NULL)
        return;
    if (server->proc != NULL)
        proc_signal(server->proc, SIGTERM);
    while (server->proc != NULL && !proc_poll(server->proc, 50) && clock_monotonic_ms() < deadline_ms)
        continue;
    proc_free(server->proc);
    free(server->log);
    free(server->url);
    free(server);
}

const char *server_url(const struct server *server)
{
    return server->url;
}

int server_port(const struct server *server)
{
    const char *colon = strrchr(server->url, ':');

    return colon != NULL ? atoi(colon + 1) : 0;
}

static void read_log(const struct server *server, struct buf *out)
{
    struct err ignored = ERR_INIT;      /* no log yet: nothing was asked yet */

    buf_init(out, (size_t)1 << 30);
    file_read(server->log, out, &ignored);
}

size_t server_count(const struct server *server)
{
    struct buf log;
    size_t count = 0;

    read_log(server, &log);
    for (size_t i = 0; i < log.length; i++)
        count += log.data[i] == '\n';
    buf_fini(&log);
    return count;
}

bool server_was_asked(const struct server *server, const char *text)
{
    struct buf log;
    bool found;

    read_log(server, &log);
    found = memmem(log.data, log.length, text, strlen(text)) != NULL;
    buf_fini(&log);
    return found;
}
