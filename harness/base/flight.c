/*
 * The first half sets a handle up and takes what comes in; the second says what an end means, in words that name the
 * place but never the URL, which may hold a password.
 *
 * Only the bound on connecting is curl's. First byte, idle and total are ours: curl's LOW_SPEED_TIME counts in seconds
 * and begins before the reply.
 */
#include "harness/base/flight.h"

#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "harness/base/certificates.h"
#include "harness/base/clock.h"
#include "harness/base/mem.h"
#include "harness/base/proxy.h"
#include "harness/base/rate.h"
#include "harness/base/redact.h"

/* curl has both per call in flight; its defaults (16 and 64 kB) suit few big transfers, we have many small. The one for
 * sending may not be smaller; it is made only for what we never do, to send from a file. */
#define RECEIVE_BYTES 4096L
#define SEND_BYTES 16384L

/* Of all header lines together. One line is bounded by curl itself (100 kB in 7.88). */
#define HEADERS_MAX ((size_t)256 << 10)

struct flight *flight_new(int64_t *nearest_ms)
{
    struct flight *flight = xcalloc(1, sizeof *flight);

    flight->nearest_ms = nearest_ms;
    flight->easy = curl_easy_init();
    if (flight->easy == NULL)
        mem_exhausted();
    return flight;
}

void flight_free(struct flight *flight)
{
    curl_easy_cleanup(flight->easy);
    curl_url_cleanup(flight->parts);
    free(flight->url);
    free(flight);
}

/* After an answer the handle keeps its manners, for the next call is nearly always of the same kind; after anything else
 * it begins anew, so that no trace of a failure is taken for the next call's. */
static void clear_handle(struct flight *flight)
{
    flight->has_manners = flight->has_manners && flight->is_answered;
    if (flight->has_manners) {
        curl_easy_setopt(flight->easy, CURLOPT_HTTPHEADER, NULL);
        curl_easy_setopt(flight->easy, CURLOPT_COPYPOSTFIELDS, NULL);
    } else {
        curl_easy_reset(flight->easy);
    }
}

void flight_clear(struct flight *flight)
{
    struct flight cleared = { .multi = flight->multi, .easy = flight->easy, .nearest_ms = flight->nearest_ms,
                              .url = flight->url, .parts = flight->parts, .is_proxied = flight->is_proxied };

    clear_handle(flight);
    curl_slist_free_all(flight->headers);
    memcpy(cleared.place, flight->place, sizeof cleared.place);
    cleared.has_manners = flight->has_manners;
    *flight = cleared;
}

void flight_fail(struct flight *flight, enum http_end end, const char *fmt, ...)
{
    struct http_call *call = flight->call;
    va_list args;

    call->end = end;
    va_start(args, fmt);
    vsnprintf(call->error, sizeof call->error, fmt, args);
    va_end(args);
}

int64_t flight_deadline_ms(const struct flight *flight)
{
    const struct http_call *call = flight->call;
    int64_t end_ms = call->started_ms + flight->total_ms;
    int64_t next_ms = call->first_byte_ms < 0 ? call->started_ms + flight->first_byte_ms
                                              : flight->moved_ms + flight->idle_ms;

    return next_ms < end_ms ? next_ms : end_ms;
}

/* At the start and at the first byte a deadline may come nearer; each later byte only moves it away. */
static void lower_nearest(struct flight *flight)
{
    int64_t late_ms = flight_deadline_ms(flight);

    if (late_ms < *flight->nearest_ms)
        *flight->nearest_ms = late_ms;
}

static size_t take_body(char *data, size_t size, size_t count, void *context)
{
    struct flight *flight = context;
    struct http_call *call = flight->call;
    int64_t now_ms = clock_monotonic_ms();

    flight->moved_ms = now_ms;
    if (call->first_byte_ms < 0) {
        call->first_byte_ms = now_ms - call->started_ms;
        lower_nearest(flight);
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

/* curl sends a request again by itself when a connection used before dies without a byte of reply. Who sends it again, and
 * that it may be paid for twice, is our business: the second time ends the call. */
static int begin_request(void *context, char *remote_ip, char *local_ip, int remote_port, int local_port)
{
    struct flight *flight = context;

    (void)remote_ip;
    (void)local_ip;
    (void)remote_port;
    (void)local_port;
    return flight->requests++ == 0 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

static int port_of(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return ntohs(((const struct sockaddr_in *)(const void *)address)->sin_port);
    return address->sa_family == AF_INET6 ? ntohs(((const struct sockaddr_in6 *)(const void *)address)->sin6_port) : 0;
}

/* curl gives a socket that cannot be opened the code of a server that is not there. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct flight *flight = context;
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);

    (void)purpose;
    flight->socket_errno = fd < 0 ? errno : 0;
    flight->dialled_port = port_of(&address->addr);
    return fd < 0 ? CURL_SOCKET_BAD : fd;
}

/* What the URL says, kept from call to call. False: curl cannot read it, or it is not http(s). */
static bool take_apart(struct flight *flight, const char *url)
{
    char *scheme = NULL, *host = NULL, *port = NULL;
    bool is_read;

    is_read = curl_url_set(flight->parts, CURLUPART_URL, url, 0) == CURLUE_OK
        && curl_url_get(flight->parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK
        && (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0)
        && curl_url_get(flight->parts, CURLUPART_HOST, &host, 0) == CURLUE_OK
        && curl_url_get(flight->parts, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK;
    if (is_read)
        snprintf(flight->place, sizeof flight->place, "%.100s:%s", host, port);
    curl_free(port);
    curl_free(host);
    curl_free(scheme);
    return is_read;
}

/* Sets place, so that error texts need no URL (it may hold a password). -1: not to be tried. */
static int read_place(struct flight *flight, const char *url)
{
    struct proxy ignored;

    if (flight->url != NULL && strcmp(flight->url, url) == 0)
        return 0;
    free(flight->url);
    flight->url = NULL;
    curl_url_cleanup(flight->parts);
    flight->parts = curl_url();
    if (flight->parts == NULL)
        mem_exhausted();
    if (!take_apart(flight, url))
        return -1;
    flight->url = xstrdup(url);
    flight->is_proxied = proxy_find(url, &ignored);
    return 0;
}

static void add_header(struct flight *flight, const char *header)
{
    struct curl_slist *headers = curl_slist_append(flight->headers, header);

    if (headers == NULL)
        mem_exhausted();
    flight->headers = headers;
}

/* -1 with *bad set to a header that would smuggle in a second one (a key read with its newline does that). */
static int copy_headers(struct flight *flight, const char *const *headers, const char **bad)
{
    /* No "Expect: 100-continue": it costs a second with servers that do not know it. */
    add_header(flight, "Expect:");
    for (; headers != NULL && *headers != NULL; headers++) {
        if (strpbrk(*headers, "\r\n") != NULL) {
            *bad = *headers;
            return -1;
        }
        add_header(flight, *headers);
    }
    return 0;
}

static void set_request(struct flight *flight, const struct http_request *request)
{
    CURL *easy = flight->easy;

    curl_easy_setopt(easy, CURLOPT_CURLU, flight->parts);
    curl_easy_setopt(easy, CURLOPT_PROXY, flight->is_proxied ? NULL : "");      /* else it looks for one each time */
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, flight->headers);
    if (strcmp(request->method, "POST") == 0) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
        curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, request->body != NULL ? request->body : "");
    } else {
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    }
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)request->connect_ms);
    curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)request->reply_max);
}

/* What is the same for every call. */
static void set_manners(struct flight *flight)
{
    CURL *easy = flight->easy;
    const char *certificates;

    if (flight->has_manners)
        return;
    flight->has_manners = true;
    certificates = certificates_own(NULL);
    if (certificates != NULL)
        curl_easy_setopt(easy, CURLOPT_CAINFO, certificates);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, flight);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, flight->curl_error);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, flight);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, flight);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, begin_request);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, flight);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, flight);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, RECEIVE_BYTES);
    curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, SEND_BYTES);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "vernier/" VERNIER_VERSION);
    /* Else ending a call whose name is still being looked up waits for getaddrinfo, which may take a minute. */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
}

static struct http_call *new_call(const struct http_request *request, void *owner)
{
    struct http_call *call = xcalloc(1, sizeof *call);

    call->owner = owner;
    call->retry_after_ms = call->spent_for_ms = -1;
    call->first_byte_ms = -1;
    call->started_ms = clock_monotonic_ms();
    buf_init(&call->body, request->reply_max);
    return call;
}

static bool prepare(struct flight *flight, const struct http_request *request)
{
    const char *bad = NULL;

    if (read_place(flight, request->url) < 0) {
        flight_fail(flight, HTTP_NOT_HTTP, "the URL is not one of http or https that can be read");
        return false;
    }
    if (copy_headers(flight, request->headers, &bad) < 0) {
        flight_fail(flight, HTTP_NOT_HTTP, "the header \"%.*s\" holds a line break",
            (int)strcspn(bad, ":\r\n"), bad);
        return false;
    }
    set_request(flight, request);
    set_manners(flight);
    return true;
}

bool flight_begin(struct flight *flight, const struct http_request *request, void *owner)
{
    flight->call = new_call(request, owner);
    memcpy(flight->wants, request->wants, sizeof flight->wants);
    flight->connect_ms = request->connect_ms;
    flight->first_byte_ms = request->first_byte_ms;
    flight->idle_ms = request->idle_ms;
    flight->total_ms = request->total_ms;
    if (!prepare(flight, request))
        return false;
    lower_nearest(flight);
    return true;
}

struct http_progress flight_progress(const struct flight *flight)
{
    const struct http_call *call = flight->call;
    bool has_body = call->first_byte_ms >= 0;
    curl_off_t connected_us = 0;

    curl_easy_getinfo(flight->easy, CURLINFO_PRETRANSFER_TIME_T, &connected_us);
    return (struct http_progress){
        .is_connected = connected_us > 0, .body_bytes = call->body.length,
        .moved_ms = has_body ? flight->moved_ms : call->started_ms, .until_ms = flight_deadline_ms(flight),
        .end_ms = call->started_ms + flight->total_ms,
    };
}

static const char *find_header(CURL *easy, const char *name)
{
    struct curl_header *header;

    return curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK ? header->value : NULL;
}

/* Redacted before it is cut: half a secret would be known for none. */
static void copy_header(CURL *easy, const char *name, char *out, size_t size)
{
    const char *value = find_header(easy, name);
    struct buf whole;

    if (value == NULL || out[0] != '\0')
        return;
    buf_init(&whole, 0);
    redact_add(&whole, value, strlen(value));
    snprintf(out, size, "%s", whole.data);
    buf_fini(&whole);
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

/* What time it is over there: the dates a server names are by its clock, and ours may be wrong or be set at any time. */
static int64_t read_utc_ms(CURL *easy)
{
    const char *text = find_header(easy, "date");
    time_t date = text != NULL ? curl_getdate(text, NULL) : -1;

    return date >= 0 ? (int64_t)date * 1000 : clock_utc_ms();
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
            delay_ms = (int64_t)date * 1000 - read_utc_ms(easy);
            delay_ms = delay_ms < 0 ? 0 : delay_ms;
        }
    }
    return delay_ms;
}

/* Of the limits a server keeps, the one that is spent for the longest. */
static const struct { const char *remaining, *reset; } LIMITS[] = {
    { "anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset" },
    { "anthropic-ratelimit-input-tokens-remaining", "anthropic-ratelimit-input-tokens-reset" },
    { "anthropic-ratelimit-output-tokens-remaining", "anthropic-ratelimit-output-tokens-reset" },
    { "anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset" },
    { "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests" },
    { "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens" },
};

static int64_t read_spent_for(CURL *easy)
{
    int64_t longest_ms = -1;

    for (size_t i = 0; i < sizeof LIMITS / sizeof LIMITS[0]; i++) {
        const char *remaining = find_header(easy, LIMITS[i].remaining);
        int64_t wait_ms = remaining == NULL ? -1
                        : rate_wait_ms(remaining, find_header(easy, LIMITS[i].reset), read_utc_ms(easy));
        longest_ms = wait_ms > longest_ms ? wait_ms : longest_ms;
    }
    return longest_ms;
}

static enum http_advice read_advice(CURL *easy)
{
    const char *text = find_header(easy, "x-should-retry");

    if (text == NULL)
        return HTTP_NO_ADVICE;
    return strcmp(text, "true") == 0 ? HTTP_TRY_AGAIN : strcmp(text, "false") == 0 ? HTTP_TRY_NO_MORE : HTTP_NO_ADVICE;
}

static void keep_wanted(struct flight *flight)
{
    for (size_t i = 0; i < HTTP_WANTS_MAX && flight->wants[i] != NULL; i++) {
        const char *value = find_header(flight->easy, flight->wants[i]);
        flight->call->got[i] = value != NULL ? xstrdup(value) : NULL;
    }
}

static void read_reply(struct flight *flight)
{
    struct http_call *call = flight->call;
    long status = 0, port = 0;

    if (flight->header_bytes == 0)          /* what curl has is of an earlier call */
        return;
    curl_easy_getinfo(flight->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(flight->easy, CURLINFO_PRIMARY_PORT, &port);
    call->status = (int)status;
    if (flight->is_proxied)
        proxy_name_gate(flight->url, flight->place, (int)port, call->gate, sizeof call->gate);
    copy_header(flight->easy, "request-id", call->request_id, sizeof call->request_id);
    copy_header(flight->easy, "x-request-id", call->request_id, sizeof call->request_id);
    copy_header(flight->easy, "content-type", call->content_type, sizeof call->content_type);
    call->retry_after_ms = read_retry_after(flight->easy);
    call->spent_for_ms = read_spent_for(flight->easy);
    call->advice = read_advice(flight->easy);
    keep_wanted(flight);
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
        flight_fail(flight, HTTP_BROKEN, "%s hung up during the TLS handshake", flight->place);
    else
        flight_fail(flight, HTTP_TLS, "no TLS with %s: %s", flight->place, why);
}

/* Too long: announced so, or counted by one of our two callbacks, which then stop the transfer. */
static void end_stopped(struct flight *flight, CURLcode code)
{
    struct http_call *call = flight->call;

    if (code == CURLE_FILESIZE_EXCEEDED || call->body.cut)
        flight_fail(flight, HTTP_TOO_LONG, "%s sends a body of more than %zu bytes", flight->place, call->body.ceiling);
    else
        flight_fail(flight, HTTP_TOO_LONG, "%s sends more than %zu bytes of headers", flight->place, HEADERS_MAX);
}

/* Who was to be connected to: the server, or the proxy that stands before it. */
static const char *name_peer(const struct flight *flight, CURLcode code, char *text, size_t size)
{
    bool is_its_fault = code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_PROXY;
    struct proxy proxy;

    if (code == CURLE_OK || !proxy_find(flight->url, &proxy)
        || !(is_its_fault || proxy_was_called(&proxy, flight->place, flight->dialled_port, flight->curl_error)))
        return flight->place;
    if (code == CURLE_OPERATION_TIMEDOUT)        /* either may be the slow one */
        snprintf(text, size, "%.60s by the proxy %s (%s)", flight->place, proxy.place, proxy.variable);
    else
        snprintf(text, size, "the proxy %s (%s) for %.60s", proxy.place, proxy.variable, flight->place);
    return text;
}

/* The proxy answered the CONNECT, and not with a tunnel. */
static bool is_refused_by_proxy(const struct flight *flight, long *status)
{
    *status = 0;
    curl_easy_getinfo(flight->easy, CURLINFO_HTTP_CONNECTCODE, status);
    return *status >= 300;
}

/* Codes whose words need no more than the place before them. */
static const struct ending { CURLcode code; enum http_end end; const char *words; } ENDINGS[] = {
    { CURLE_COULDNT_CONNECT, HTTP_REFUSED, "cannot be reached: nobody listens there, or no route" },
    { CURLE_INTERFACE_FAILED, HTTP_REFUSED, "cannot be reached: no network interface" },
    { CURLE_COULDNT_RESOLVE_HOST, HTTP_NO_HOST, "has a name that does not resolve" },
    { CURLE_COULDNT_RESOLVE_PROXY, HTTP_NO_HOST, "has a name that does not resolve" },
    { CURLE_PROXY, HTTP_REFUSED, "lets nobody through" },
    { CURLE_GOT_NOTHING, HTTP_BROKEN, "closed the connection without a reply" },
    { CURLE_ABORTED_BY_CALLBACK, HTTP_BROKEN, "gave up the connection without a reply" },      /* begin_request */
    { CURLE_PARTIAL_FILE, HTTP_BROKEN, "closed the connection in the middle of the body" },
    { CURLE_RECV_ERROR, HTTP_BROKEN, "sent a reply that broke off or is malformed" },
    { CURLE_SEND_ERROR, HTTP_BROKEN, "stopped reading the request" },
    { CURLE_BAD_CONTENT_ENCODING, HTTP_BROKEN, "sent a body that cannot be unpacked" },
    /* What 7.88 says of a header line over its own bound; we never run out of memory otherwise. */
    { CURLE_OUT_OF_MEMORY, HTTP_TOO_LONG, "sent headers that are too long" },
#if LIBCURL_VERSION_NUM >= 0x080600
    { CURLE_TOO_LARGE, HTTP_TOO_LONG, "sent headers that are too long" },
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

static void end_by_table(struct flight *flight, CURLcode code, const char *peer)
{
    for (size_t i = 0; i < sizeof ENDINGS / sizeof ENDINGS[0]; i++)
        if (ENDINGS[i].code == code) {
            bool is_unreached = ENDINGS[i].end == HTTP_REFUSED || ENDINGS[i].end == HTTP_NO_HOST;
            flight_fail(flight, ENDINGS[i].end, "%s %s", is_unreached ? peer : flight->place, ENDINGS[i].words);
            return;
        }
    flight_fail(flight, HTTP_BROKEN, "the talk with %s broke: %s", flight->place, curl_easy_strerror(code));
}

/* Of the others a host without IPv6 makes some, on the way to the address that works. */
static bool is_out_of_descriptors(const struct flight *flight)
{
    return flight->socket_errno == EMFILE || flight->socket_errno == ENFILE;
}

void flight_end(struct flight *flight, CURLcode code)
{
    char text[320];
    const char *peer = name_peer(flight, code, text, sizeof text);
    long status;

    read_reply(flight);
    flight->is_answered = code == CURLE_OK;
    if (code == CURLE_OK)
        flight->call->end = HTTP_ANSWERED;
    else if (is_out_of_descriptors(flight))
        flight_fail(flight, HTTP_NO_DESCRIPTOR, "no connection to %s: this process may open no more files (ulimit -n)",
            flight->place);
    else if (is_refused_by_proxy(flight, &status))
        flight_fail(flight, HTTP_REFUSED, "%s refused a tunnel with status %ld",
            name_peer(flight, CURLE_PROXY, text, sizeof text), status);
    else if (code == CURLE_WRITE_ERROR || code == CURLE_FILESIZE_EXCEEDED)
        end_stopped(flight, code);
    else if (code == CURLE_OPERATION_TIMEDOUT)
        flight_fail(flight, HTTP_REFUSED, "no connection to %s within %lld ms", peer, (long long)flight->connect_ms);
    else if (code == CURLE_RECV_ERROR && is_hung_up(flight))
        flight_fail(flight, HTTP_BROKEN, "%s reset the connection", flight->place);
    else if (is_tls(code))
        end_tls(flight, code);
    else
        end_by_table(flight, code, peer);
}

void flight_expire(struct flight *flight, int64_t now_ms)
{
    const struct http_call *call = flight->call;

    read_reply(flight);
    if (now_ms - call->started_ms >= flight->total_ms)
        flight_fail(flight, HTTP_TIMED_OUT, "%s did not finish its reply within %lld ms", flight->place,
            (long long)flight->total_ms);
    else if (call->first_byte_ms < 0)
        flight_fail(flight, HTTP_TIMED_OUT, "no reply from %s within %lld ms", flight->place,
            (long long)flight->first_byte_ms);
    else
        flight_fail(flight, HTTP_TIMED_OUT, "%s was silent for %lld ms in the middle of its reply", flight->place,
            (long long)flight->idle_ms);
}
