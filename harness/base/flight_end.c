/*
 * What an end means, in words that name the place but never the URL, which may hold a password; and what the reply's
 * headers said.
 */
#include "harness/base/flight.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/base/clock.h"
#include "harness/base/mem.h"
#include "harness/base/proxy.h"
#include "harness/base/rate.h"
#include "harness/base/redact.h"

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
        flight_fail(flight, HTTP_TOO_LONG, "%s sends more than %zu bytes of headers", flight->place, FLIGHT_HEADERS_MAX);
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
