#include "runners/probe.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/certificates.h"
#include "harness/base/clock.h"
#include "harness/base/http.h"
#include "harness/base/log.h"
#include "harness/base/redact.h"
#include "harness/engine/model.h"
#include "runners/remote.h"

#define WORDS_MAX 400               /* columns of a finding's words */
#define REPLY_MAX ((size_t)4 << 20) /* a list of some thousand models fits; no answer to a probe is longer */
#define REFUSED_WAIT_S 30.0
#define LOADING_WAIT_S 600.0
#define PAUSE_MS 500                /* between two looks at a server that is loading */

struct probe probe_begin(struct http *http, int signal_fd, const struct probe_wish *wish)
{
    return (struct probe){ .http = http, .signal_fd = signal_fd, .wish = *wish, .arena = arena_new(),
                           .watcher = { .guest_fd = -1 } };
}

void probe_end(struct probe *probe)
{
    arena_free(probe->arena);
    *probe = (struct probe){ .signal_fd = -1 };
}

void probe_find(struct probe *probe, const char *name, enum severity severity, const char *fix, const char *fmt, ...)
{
    struct finding *finding = arena_calloc(probe->arena, 1, sizeof *finding);
    struct buf words;
    va_list args;

    buf_init(&words, 0);
    va_start(args, fmt);
    buf_addv(&words, fmt, args);
    va_end(args);
    *finding = (struct finding){ .name = name, .severity = severity, .fix = fix,
                                 .words = redact_line(probe->arena, words.data, words.length, WORDS_MAX) };
    buf_fini(&words);
    if (probe->last != NULL)
        probe->last->next = finding;
    else
        probe->first = finding;
    probe->last = finding;
}

enum severity probe_worst(const struct probe *probe)
{
    enum severity worst = SEVERITY_OK;

    for (const struct finding *finding = probe->first; finding != NULL; finding = finding->next)
        worst = finding->severity > worst ? finding->severity : worst;
    return worst;
}

const char *severity_name(enum severity severity)
{
    static const char *const names[] = { [SEVERITY_OK] = "ok", [SEVERITY_WARN] = "warn", [SEVERITY_BAD] = "bad" };

    return names[severity];
}

/* Whether a person wants the end of it. The signal is left to be read by whoever comes after us. */
static bool is_interrupted(struct probe *probe)
{
    struct pollfd signals = { .fd = probe->signal_fd, .events = POLLIN };

    probe->interrupted = probe->interrupted || poll(&signals, 1, 0) > 0;
    return probe->interrupted;
}

/* A moment that ends early for a signal. */
static void wait_for(struct probe *probe, int64_t ms)
{
    int fds[2];
    size_t count = 0;

    if (probe->signal_fd >= 0)
        fds[count++] = probe->signal_fd;
    if (probe->watcher.guest_fd >= 0)
        fds[count++] = probe->watcher.guest_fd;
    http_wait(probe->http, fds, count, (int)ms);
    if (probe->watcher.look != NULL)
        probe->watcher.look(probe, probe->watcher.of);
}

static struct http_call *ask_once(struct probe *probe, const struct http_request *request)
{
    struct http_inbox inbox = { NULL, NULL };
    struct http_call *call = NULL;

    if (is_interrupted(probe))
        return NULL;
    http_start(probe->http, request, &inbox, NULL);
    while ((call = http_collect(&inbox)) == NULL && !is_interrupted(probe))
        wait_for(probe, 1000);
    http_drop(probe->http, &inbox);
    return call;
}

/* vLLM and SGLang listen only once they are ready; llama-server says 503 until then. */
bool probe_is_loading(const struct http_call *call)
{
    return call->end == HTTP_REFUSED || (call->status == 503 && strstr(call->body.data, "oading") != NULL);
}

/* One that is not there, or lets nobody through: that is no server that is starting, so nobody waits for it unasked. */
static bool is_for_the_proxy(const struct http_call *call)
{
    return call->end == HTTP_REFUSED && strstr(call->error, "the proxy ") != NULL;
}

static double choose_wait_s(const struct model *model, const struct http_call *call)
{
    double usual = is_for_the_proxy(call) ? 0 : call->end == HTTP_REFUSED ? REFUSED_WAIT_S : LOADING_WAIT_S;

    return model_number(model, "wait_s", usual);
}

/* The first wait of a probe says so; time counts from there, whatever the server says meanwhile. */
static bool may_wait(struct probe *probe, const struct model *model, const struct http_call *call)
{
    double wait_s = choose_wait_s(model, call);
    int64_t now_ms = clock_monotonic_ms();

    if (probe->waiting_since_ms == 0 && wait_s > 0)
        log_info("model %s: waiting up to %.0f s for its server (%s); Ctrl-C stops that", model->name, wait_s,
                 call->end == HTTP_REFUSED ? call->error : "it is loading the model");
    if (probe->waiting_since_ms == 0)
        probe->waiting_since_ms = now_ms;
    probe->waits_for = call->end == HTTP_REFUSED ? "a server to listen" : "the server to load";
    probe->wait_s = wait_s;
    return now_ms < probe->waiting_since_ms + (int64_t)(wait_s * 1000);
}

struct http_call *probe_ask(struct probe *probe, const struct model *model, const struct remote *remote,
                            const struct probe_question *question)
{
    int64_t limit_ms = (int64_t)(model_number(model, "probe_s", 60) * 1000);
    int64_t connect_ms = remote->route.connect_ms < limit_ms ? remote->route.connect_ms : limit_ms;
    const struct http_request request = {
        .method = question->body != NULL ? "POST" : "GET", .url = question->url, .headers = remote->headers,
        .body = question->body, .body_length = question->body_length, .reply_max = REPLY_MAX,
        .connect_ms = connect_ms, .first_byte_ms = limit_ms, .idle_ms = limit_ms, .total_ms = limit_ms,
    };
    struct http_call *call = ask_once(probe, &request);

    while (call != NULL && probe_is_loading(call) && may_wait(probe, model, call)) {
        http_free_call(call);
        wait_for(probe, PAUSE_MS);
        call = ask_once(probe, &request);
    }
    probe->waits_for = NULL;
    return call;
}

/* What mends a server that gave no answer; the words name who did not. */
static const char *fix_absence(const struct http_call *call)
{
    static const char *const fixes[] = {
        [HTTP_NO_HOST] = "look for a misspelling in --base-url, or in the proxy; else at this machine's "
                         "name servers (getent hosts NAME)",
    };
    bool has_own = call->end < sizeof fixes / sizeof fixes[0] && fixes[call->end] != NULL;

    if (is_for_the_proxy(call))
        return strstr(call->error, "refused a tunnel") != NULL
            ? "have the proxy let this host through; no_proxy=HOST asks the server without it"
            : "start the proxy, or correct its variable; no_proxy=HOST asks the server without it";
    return has_own ? fixes[call->end]
        : "start it, or give its --base-url; -M wait_s=N waits longer for one that is starting";
}

static void tell_no_tls(struct probe *probe, const struct http_call *call)
{
    struct buf fix;

    buf_init(&fix, 0);
    certificates_add_fix(&fix, call->error);
    probe_find(probe, "server", SEVERITY_BAD, arena_strdup(probe->arena, fix.data), "%s", call->error);
    buf_fini(&fix);
}

bool probe_judge_presence(struct probe *probe, const struct http_call *call)
{
    if (call->end == HTTP_TLS)
        tell_no_tls(probe, call);
    else if (call->end != HTTP_ANSWERED)
        probe_find(probe, "server", SEVERITY_BAD, fix_absence(call), "%s", call->error);
    else if (probe_is_loading(call))
        probe_find(probe, "server", SEVERITY_BAD, "-M wait_s=N waits longer", "still loading its model (HTTP 503)");
    else
        return true;
    return false;
}
