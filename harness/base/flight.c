/*
 * Here a handle is set up and takes what comes in; flight_end.c says what an end means.
 *
 * Only the bound on connecting is curl's. First byte, idle and total are ours: curl's LOW_SPEED_TIME counts in seconds
 * and begins before the reply.
 */
#include "harness/base/flight.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "harness/base/certificates.h"
#include "harness/base/clock.h"
#include "harness/base/mem.h"
#include "harness/base/proxy.h"

/* curl has both per call in flight; its defaults (16 and 64 kB) suit few big transfers, we have many small. The one for
 * sending may not be smaller; it is made only for what we never do, to send from a file. */
#define RECEIVE_BYTES 4096L
#define SEND_BYTES 16384L

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
    return flight->header_bytes > FLIGHT_HEADERS_MAX ? 0 : size * count;
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
