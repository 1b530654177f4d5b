/*
 * A call's way: http_start takes a flight (an easy handle and what we must remember) from the pool and gives it to the
 * multi handle; curl moves it; it ends once, in one of three ways, and its call goes to the inbox.
 *
 *     pool ─► in flight ─┬─ curl says it is done (read_messages) ─┬─► call in its inbox, flight back in the pool
 *                        ├─ a deadline passed (expire_calls) ─────┤
 *                        └─ http_drop ────────────────────────────┘   (then no call is handed back)
 *
 * Only the bound on connecting is curl's. First byte, idle and total are ours: curl's LOW_SPEED_TIME counts in seconds
 * and begins before the reply. All calls are looked at together, at most every SCAN_MS, and only once the nearest
 * deadline seen at the last look has come; so a wait costs nothing per call while none is late.
 */
#include "harness/base/http.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <curl/curl.h>

#include "harness/base/clock.h"
#include "harness/base/mem.h"

/* How late a deadline may be seen: the scan costs about 20 us for 4000 calls, so this is nothing. */
#define SCAN_MS 50

/* Connections kept open for the next call: as many as calls may be in flight, else each call pays a TLS handshake. */
#define CONNECTIONS_KEPT 4096L

/* curl allocates both per call in flight; its defaults (16 and 64 kB) suit few big transfers, we have many small. */
#define BUFFER_BYTES 16384L

/* Of all header lines together. One line is bounded by curl itself (100 kB in 7.88). */
#define HEADERS_MAX ((size_t)256 << 10)

struct flight {
    struct flight *previous, *next;   /* in flight; or, through next, in the pool */
    struct http *http;
    struct http_call *call;
    struct http_inbox *inbox;
    CURL *easy;
    struct curl_slist *headers;
    size_t header_bytes;
    int64_t connect_ms, first_byte_ms, idle_ms, total_ms;
    int64_t moved_ms;                 /* monotonic, when the body last grew */
    char place[128];                  /* "host:port", all that error texts say of the URL */
    char curl_error[CURL_ERROR_SIZE];
};

struct http {
    CURLM *multi;
    struct flight *first;             /* in flight */
    struct flight *pool;
    size_t in_flight;
    int64_t nearest_ms;               /* no deadline is before this; INT64_MAX when there is none */
    int64_t scanned_ms;
    bool ended_at_once;               /* a call ended in http_start: the next wait must not sleep */
};

struct http *http_open(struct err *err)
{
    CURLM *multi;

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        err_set(err, "libcurl cannot be started");
        return NULL;
    }
    multi = curl_multi_init();
    if (multi == NULL) {
        curl_global_cleanup();
        err_set(err, "libcurl cannot be started");
        return NULL;
    }
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, CONNECTIONS_KEPT);
    curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
    struct http *http = xcalloc(1, sizeof *http);
    http->multi = multi;
    http->nearest_ms = INT64_MAX;
    return http;
}

/* What fits of the words goes to the call's error, on one line. */
__attribute__((format(printf, 3, 4)))
static void call_fail(struct http_call *call, enum http_end end, const char *fmt, ...)
{
    va_list args;

    call->end = end;
    va_start(args, fmt);
    vsnprintf(call->error, sizeof call->error, fmt, args);
    va_end(args);
}

/* When the call is late, as things stand. */
static int64_t deadline_ms(const struct flight *flight)
{
    const struct http_call *call = flight->call;
    int64_t end_ms = call->started_ms + flight->total_ms;
    int64_t next_ms = call->first_byte_ms < 0 ? call->started_ms + flight->first_byte_ms
                                              : flight->moved_ms + flight->idle_ms;

    return next_ms < end_ms ? next_ms : end_ms;
}

/* At the start and at the first byte a deadline may come nearer; each later byte only moves it away. */
static void note_deadline(struct flight *flight)
{
    int64_t late_ms = deadline_ms(flight);

    if (late_ms < flight->http->nearest_ms)
        flight->http->nearest_ms = late_ms;
}

static size_t take_body(char *data, size_t size, size_t count, void *context)
{
    struct flight *flight = context;
    struct http_call *call = flight->call;
    int64_t now_ms = clock_monotonic_ms();

    flight->moved_ms = now_ms;
    if (call->first_byte_ms < 0) {
        call->first_byte_ms = now_ms - call->started_ms;
        note_deadline(flight);
    }
    buf_add(&call->body, data, size * count);
    return call->body.cut ? 0 : size * count;      /* 0 ends the transfer with CURLE_WRITE_ERROR */
}

/* The lines themselves are kept by curl (curl_easy_header); here they are only counted. */
static size_t take_header(char *data, size_t size, size_t count, void *context)
{
    struct flight *flight = context;

    (void)data;
    flight->header_bytes += size * count;
    return flight->header_bytes > HEADERS_MAX ? 0 : size * count;
}

static const char *find_header(CURL *easy, const char *name)
{
    struct curl_header *header;

    return curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK ? header->value : NULL;
}

static void copy_header(CURL *easy, const char *name, char *out, size_t size)
{
    const char *value = find_header(easy, name);

    if (value != NULL && out[0] == '\0')
        snprintf(out, size, "%s", value);
}

/* A count of units of unit_ms; -1 when text is none. */
static int64_t read_delay_ms(const char *text, double unit_ms)
{
    char *end;
    double value = strtod(text, &end);

    while (*end == ' ' || *end == '\t')
        end++;
    if (end == text || *end != '\0' || !isfinite(value) || value < 0)
        return -1;
    return value * unit_ms > 1e15 ? (int64_t)1e15 : (int64_t)ceil(value * unit_ms);
}

/* retry-after-ms is finer, so it wins where both are sent. A date in the past means: now. */
static int64_t read_retry_after(CURL *easy)
{
    const char *fine = find_header(easy, "retry-after-ms");
    const char *text = find_header(easy, "retry-after");
    int64_t delay_ms = fine != NULL ? read_delay_ms(fine, 1) : -1;

    if (delay_ms < 0 && text != NULL) {
        delay_ms = read_delay_ms(text, 1000);
        time_t date = delay_ms < 0 ? curl_getdate(text, NULL) : -1;
        if (date >= 0) {
            delay_ms = (int64_t)date * 1000 - clock_utc_ms();
            delay_ms = delay_ms < 0 ? 0 : delay_ms;
        }
    }
    return delay_ms;
}

static void read_reply(struct flight *flight)
{
    struct http_call *call = flight->call;
    long status = 0;

    curl_easy_getinfo(flight->easy, CURLINFO_RESPONSE_CODE, &status);
    call->status = (int)status;
    copy_header(flight->easy, "request-id", call->request_id, sizeof call->request_id);
    copy_header(flight->easy, "x-request-id", call->request_id, sizeof call->request_id);
    copy_header(flight->easy, "content-type", call->content_type, sizeof call->content_type);
    call->retry_after_ms = read_retry_after(flight->easy);
}

/* A peer that hangs up while the handshake goes on is broken, not wrong: curl gives both the same code. */
static bool is_hung_up(const struct flight *flight)
{
    long code = 0;

    curl_easy_getinfo(flight->easy, CURLINFO_OS_ERRNO, &code);
    return code == ECONNRESET || code == EPIPE || strstr(flight->curl_error, "SYSCALL") != NULL
        || strstr(flight->curl_error, "reset by peer") != NULL || strstr(flight->curl_error, "unexpected eof") != NULL;
}

static void end_tls(struct flight *flight, CURLcode code)
{
    const char *why = flight->curl_error[0] != '\0' ? flight->curl_error : curl_easy_strerror(code);

    if (code == CURLE_SSL_CONNECT_ERROR && is_hung_up(flight))
        call_fail(flight->call, HTTP_BROKEN, "%s hung up during the TLS handshake", flight->place);
    else
        call_fail(flight->call, HTTP_TLS, "no TLS with %s: %s", flight->place, why);
}

/* Too long: announced so, or counted by one of our two callbacks, which then stop the transfer. */
static void end_stopped(struct flight *flight, CURLcode code)
{
    struct http_call *call = flight->call;

    if (code == CURLE_FILESIZE_EXCEEDED || call->body.cut)
        call_fail(call, HTTP_TOO_LONG, "%s sends a body of more than %zu bytes", flight->place, call->body.ceiling);
    else
        call_fail(call, HTTP_TOO_LONG, "%s sends more than %zu bytes of headers", flight->place, HEADERS_MAX);
}

static void end_odd(struct flight *flight, CURLcode code)
{
    long proxy = 0;

    curl_easy_getinfo(flight->easy, CURLINFO_HTTP_CONNECTCODE, &proxy);
    if (proxy >= 300)
        call_fail(flight->call, HTTP_REFUSED, "the proxy refused a tunnel to %s with status %ld", flight->place, proxy);
    else
        call_fail(flight->call, HTTP_BROKEN, "the talk with %s broke: %s", flight->place, curl_easy_strerror(code));
}

/* Codes whose words need no more than the place before them. */
static const struct ending { CURLcode code; enum http_end end; const char *words; } ENDINGS[] = {
    { CURLE_COULDNT_CONNECT, HTTP_REFUSED, "cannot be reached: nobody listens there, or no route" },
    { CURLE_INTERFACE_FAILED, HTTP_REFUSED, "cannot be reached: no network interface" },
    { CURLE_COULDNT_RESOLVE_HOST, HTTP_NO_HOST, "has a name that does not resolve" },
    { CURLE_COULDNT_RESOLVE_PROXY, HTTP_NO_HOST, "has a proxy whose name does not resolve" },
    { CURLE_PROXY, HTTP_REFUSED, "cannot be reached through the proxy" },
    { CURLE_GOT_NOTHING, HTTP_BROKEN, "closed the connection without a reply" },
    { CURLE_PARTIAL_FILE, HTTP_BROKEN, "closed the connection in the middle of the body" },
    { CURLE_RECV_ERROR, HTTP_BROKEN, "sent a reply that broke off or is malformed" },
    { CURLE_SEND_ERROR, HTTP_BROKEN, "stopped reading the request" },
    { CURLE_BAD_CONTENT_ENCODING, HTTP_BROKEN, "sent a body that cannot be unpacked" },
    /* What 7.88 says of a header line over its own bound; we never run out of memory otherwise. */
    { CURLE_OUT_OF_MEMORY, HTTP_TOO_LONG, "sent a header line that is too long" },
#if LIBCURL_VERSION_NUM >= 0x080600
    { CURLE_TOO_LARGE, HTTP_TOO_LONG, "sent a header line that is too long" },
#endif
    /* The URL's scheme was looked at before, so this speaks of the reply. */
    { CURLE_UNSUPPORTED_PROTOCOL, HTTP_NOT_HTTP, "does not speak HTTP" },
    { CURLE_WEIRD_SERVER_REPLY, HTTP_NOT_HTTP, "does not speak HTTP" },
};

static bool is_tls(CURLcode code)
{
    static const CURLcode codes[] = {
        CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
        CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_NOTFOUND,
        CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
        CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT, CURLE_USE_SSL_FAILED,
    };

    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (codes[i] == code)
            return true;
    return false;
}

static void end_by_table(struct flight *flight, CURLcode code)
{
    for (size_t i = 0; i < sizeof ENDINGS / sizeof ENDINGS[0]; i++)
        if (ENDINGS[i].code == code) {
            call_fail(flight->call, ENDINGS[i].end, "%s %s", flight->place, ENDINGS[i].words);
            return;
        }
    end_odd(flight, code);
}

static void end_call(struct flight *flight, CURLcode code)
{
    struct http_call *call = flight->call;

    if (code == CURLE_OK)
        call->end = HTTP_ANSWERED;
    else if (code == CURLE_WRITE_ERROR || code == CURLE_FILESIZE_EXCEEDED)
        end_stopped(flight, code);
    else if (code == CURLE_OPERATION_TIMEDOUT)
        call_fail(call, HTTP_TIMED_OUT, "no connection to %s within %lld ms", flight->place,
            (long long)flight->connect_ms);
    else if (code == CURLE_RECV_ERROR && is_hung_up(flight))
        call_fail(call, HTTP_BROKEN, "%s reset the connection", flight->place);
    else if (is_tls(code))
        end_tls(flight, code);
    else
        end_by_table(flight, code);
}

static struct flight *take_flight(struct http *http)
{
    struct flight *flight = http->pool;

    if (flight != NULL) {
        http->pool = flight->next;
        return flight;
    }
    flight = xcalloc(1, sizeof *flight);
    flight->http = http;
    flight->easy = curl_easy_init();
    if (flight->easy == NULL) {
        fputs("vernier: out of memory\n", stderr);
        exit(EXIT_INTERNAL);
    }
    return flight;
}

/* Back to the pool, with nothing of its call in it. The connection stays with the multi handle. */
static void return_flight(struct flight *flight)
{
    CURL *easy = flight->easy;
    struct http *http = flight->http;

    curl_easy_reset(easy);
    curl_slist_free_all(flight->headers);
    *flight = (struct flight){ .easy = easy, .http = http, .next = http->pool };
    http->pool = flight;
}

static void add_flight(struct http *http, struct flight *flight)
{
    flight->next = http->first;
    flight->previous = NULL;
    if (http->first != NULL)
        http->first->previous = flight;
    http->first = flight;
    http->in_flight++;
}

static void remove_flight(struct http *http, struct flight *flight)
{
    curl_multi_remove_handle(http->multi, flight->easy);
    if (flight->previous != NULL)
        flight->previous->next = flight->next;
    else
        http->first = flight->next;
    if (flight->next != NULL)
        flight->next->previous = flight->previous;
    http->in_flight--;
}

/* The call has its end: to the inbox with it. */
static void deliver(struct flight *flight)
{
    struct http_inbox *inbox = flight->inbox;
    struct http_call *call = flight->call;

    call->elapsed_ms = clock_monotonic_ms() - call->started_ms;
    if (inbox->last != NULL)
        inbox->last->next = call;
    else
        inbox->first = call;
    inbox->last = call;
    return_flight(flight);
}

/* Sets place, so that error texts need no URL (it may hold a password). -1: curl cannot read it, or not http(s). */
static int read_place(struct flight *flight, const char *url)
{
    CURLU *parts = curl_url();
    char *scheme = NULL, *host = NULL, *port = NULL;
    int result = -1;

    if (curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK
        && curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK
        && (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0)
        && curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK
        && curl_url_get(parts, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK) {
        snprintf(flight->place, sizeof flight->place, "%.100s:%s", host, port);
        result = 0;
    }
    curl_free(port);
    curl_free(host);
    curl_free(scheme);
    curl_url_cleanup(parts);
    return result;
}

/* -1 with *bad set to a header that would smuggle in a second one (a key read with its newline does that). */
static int copy_headers(struct flight *flight, const char *const *headers, const char **bad)
{
    /* No "Expect: 100-continue": it costs a second with servers that do not know it. */
    flight->headers = curl_slist_append(NULL, "Expect:");
    for (; headers != NULL && *headers != NULL; headers++) {
        if (strpbrk(*headers, "\r\n") != NULL) {
            *bad = *headers;
            return -1;
        }
        flight->headers = curl_slist_append(flight->headers, *headers);
    }
    return 0;
}

static void set_request(struct flight *flight, const struct http_request *request)
{
    CURL *easy = flight->easy;

    curl_easy_setopt(easy, CURLOPT_URL, request->url);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, flight->headers);
    if (strcmp(request->method, "POST") == 0) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
        curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, request->body != NULL ? request->body : "");
    }
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)request->connect_ms);
    curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)request->reply_max);
}

static void set_manners(struct flight *flight)
{
    CURL *easy = flight->easy;

    curl_easy_setopt(easy, CURLOPT_PRIVATE, flight);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, flight->curl_error);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, flight);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, flight);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, BUFFER_BYTES);
    curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, BUFFER_BYTES);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "vernier/" VERNIER_VERSION);
    /* Else ending a call whose name is still being looked up waits for getaddrinfo, which may take a minute. */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
}

static struct http_call *new_call(const struct http_request *request, void *owner)
{
    struct http_call *call = xcalloc(1, sizeof *call);

    call->owner = owner;
    call->retry_after_ms = -1;
    call->first_byte_ms = -1;
    call->started_ms = clock_monotonic_ms();
    buf_init(&call->body, request->reply_max);
    return call;
}

/* False, and the call has its end, when the request cannot even be tried. */
static bool prepare(struct flight *flight, const struct http_request *request)
{
    const char *bad = NULL;

    if (read_place(flight, request->url) < 0) {
        call_fail(flight->call, HTTP_NOT_HTTP, "the URL is not one of http or https that can be read");
        return false;
    }
    if (copy_headers(flight, request->headers, &bad) < 0) {
        call_fail(flight->call, HTTP_NOT_HTTP, "the header \"%.*s\" holds a line break",
            (int)strcspn(bad, ":\r\n"), bad);
        return false;
    }
    set_request(flight, request);
    set_manners(flight);
    return true;
}

void http_start(struct http *http, const struct http_request *request, struct http_inbox *inbox, void *owner)
{
    struct flight *flight = take_flight(http);

    assert(strcmp(request->method, "GET") == 0 || strcmp(request->method, "POST") == 0);
    assert(request->connect_ms > 0 && request->first_byte_ms > 0 && request->idle_ms > 0 && request->total_ms > 0);
    flight->inbox = inbox;
    flight->call = new_call(request, owner);
    flight->connect_ms = request->connect_ms;
    flight->first_byte_ms = request->first_byte_ms;
    flight->idle_ms = request->idle_ms;
    flight->total_ms = request->total_ms;
    if (!prepare(flight, request) || curl_multi_add_handle(http->multi, flight->easy) != CURLM_OK) {
        if (flight->call->error[0] == '\0')
            call_fail(flight->call, HTTP_BROKEN, "libcurl did not take the call to %s", flight->place);
        deliver(flight);
        http->ended_at_once = true;
        return;
    }
    add_flight(http, flight);
    note_deadline(flight);
}

static void read_messages(struct http *http)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(http->multi, &left)) != NULL) {
        struct flight *flight = NULL;
        CURLcode code = message->data.result;      /* the message dies with the handle's removal */

        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &flight);
        read_reply(flight);
        end_call(flight, code);
        remove_flight(http, flight);
        deliver(flight);
    }
}

static void expire(struct http *http, struct flight *flight, int64_t now_ms)
{
    struct http_call *call = flight->call;

    read_reply(flight);
    if (now_ms - call->started_ms >= flight->total_ms)
        call_fail(call, HTTP_TIMED_OUT, "%s did not finish its reply within %lld ms", flight->place,
            (long long)flight->total_ms);
    else if (call->first_byte_ms < 0)
        call_fail(call, HTTP_TIMED_OUT, "no reply from %s within %lld ms", flight->place,
            (long long)flight->first_byte_ms);
    else
        call_fail(call, HTTP_TIMED_OUT, "%s was silent for %lld ms in the middle of its reply", flight->place,
            (long long)flight->idle_ms);
    remove_flight(http, flight);
    deliver(flight);
}

static void expire_calls(struct http *http)
{
    int64_t now_ms = clock_monotonic_ms();
    struct flight *next;

    if (now_ms < http->nearest_ms || now_ms < http->scanned_ms + SCAN_MS)
        return;
    http->scanned_ms = now_ms;
    http->nearest_ms = INT64_MAX;
    for (struct flight *flight = http->first; flight != NULL; flight = next) {
        int64_t late_ms = deadline_ms(flight);

        next = flight->next;
        if (late_ms <= now_ms)
            expire(http, flight, now_ms);
        else if (late_ms < http->nearest_ms)
            http->nearest_ms = late_ms;
    }
}

/* wait_ms, or less when a scan is due before. */
static int bound_wait(const struct http *http, int wait_ms)
{
    int64_t due_ms = http->scanned_ms + SCAN_MS;
    int64_t left_ms;

    if (http->ended_at_once)
        return 0;
    if (http->nearest_ms == INT64_MAX)
        return wait_ms;
    due_ms = due_ms > http->nearest_ms ? due_ms : http->nearest_ms;
    left_ms = due_ms - clock_monotonic_ms();
    if (left_ms < 0)
        return 0;
    return left_ms < wait_ms ? (int)left_ms : wait_ms;
}

void http_wait(struct http *http, const int *fds, size_t fd_count, int wait_ms)
{
    struct curl_waitfd extra[fd_count + 1];        /* our few pipes and pidfds; one more, as an array of 0 is none */
    int running;

    for (size_t i = 0; i < fd_count; i++)
        extra[i] = (struct curl_waitfd){ .fd = fds[i], .events = CURL_WAIT_POLLIN };
    curl_multi_poll(http->multi, extra, (unsigned)fd_count, bound_wait(http, wait_ms), NULL);
    http->ended_at_once = false;
    curl_multi_perform(http->multi, &running);
    read_messages(http);
    expire_calls(http);
}

struct http_call *http_collect(struct http_inbox *inbox)
{
    struct http_call *call = inbox->first;

    if (call == NULL)
        return NULL;
    inbox->first = call->next;
    if (inbox->first == NULL)
        inbox->last = NULL;
    call->next = NULL;
    return call;
}

void http_free_call(struct http_call *call)
{
    if (call == NULL)
        return;
    buf_fini(&call->body);
    free(call);
}

static void drop_flight(struct http *http, struct flight *flight)
{
    remove_flight(http, flight);
    http_free_call(flight->call);
    return_flight(flight);
}

void http_drop(struct http *http, struct http_inbox *inbox)
{
    struct flight *next;
    struct http_call *call;

    for (struct flight *flight = http->first; flight != NULL; flight = next) {
        next = flight->next;
        if (flight->inbox == inbox)
            drop_flight(http, flight);
    }
    while ((call = http_collect(inbox)) != NULL)
        http_free_call(call);
}

size_t http_in_flight(const struct http *http)
{
    return http->in_flight;
}

struct http_call *http_perform(struct http *http, const struct http_request *request)
{
    struct http_inbox inbox = { NULL, NULL };
    struct http_call *call;

    http_start(http, request, &inbox, NULL);
    while ((call = http_collect(&inbox)) == NULL)
        http_wait(http, NULL, 0, 1000);
    return call;
}

void http_close(struct http *http)
{
    if (http == NULL)
        return;
    while (http->first != NULL)
        drop_flight(http, http->first);
    while (http->pool != NULL) {
        struct flight *flight = http->pool;

        http->pool = flight->next;
        curl_easy_cleanup(flight->easy);
        free(flight);
    }
    curl_multi_cleanup(http->multi);
    curl_global_cleanup();
    free(http);
}
