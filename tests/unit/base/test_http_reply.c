/* What comes back with a call that went well: status, body, headers, and what they say of the next one. */
#include "tests/unit/base/peer.h"

#include "harness/base/redact.h"

static void test_perform_gives_status_body_and_headers(void **state)
{
    struct scene scene;
    struct http_call *call;

    (void)state;
    scene_open(&scene, play_plain);
    call = call_once(&scene, HTTP_ANSWERED);
    assert_int_equal(call->status, 200);
    assert_string_equal(call->body.data, "hello");
    assert_string_equal(call->request_id, "req_7");
    assert_string_equal(call->content_type, "application/json");
    assert_int_equal(call->retry_after_ms, -1);
    assert_true(call->first_byte_ms >= 0 && call->first_byte_ms <= call->elapsed_ms);
    http_free_call(call);
    scene_close(&scene);
}

static void play_chunks(int fd)
{
    skip_request(fd);
    say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    nap(30);
    say(fd, "2\r\nde\r\n0\r\n\r\n");
    nap(5000);
}

static void test_perform_joins_chunks(void **state)
{
    struct scene scene;
    struct http_call *call;

    (void)state;
    scene_open(&scene, play_chunks);
    call = call_once(&scene, HTTP_ANSWERED);
    assert_string_equal(call->body.data, "abcde");
    assert_true(call->elapsed_ms >= call->first_byte_ms);
    http_free_call(call);
    scene_close(&scene);
}

static void play_nul(int fd)
{
    skip_request(fd);
    say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n\xff");
    send(fd, "\0z", 2, MSG_NOSIGNAL);
    nap(5000);
}

static void test_perform_keeps_raw_bytes(void **state)
{
    struct scene scene;
    struct http_call *call;

    (void)state;
    scene_open(&scene, play_nul);
    call = call_once(&scene, HTTP_ANSWERED);
    assert_int_equal(call->body.length, 3);
    assert_memory_equal(call->body.data, "\xff\0z", 3);
    http_free_call(call);
    scene_close(&scene);
}

/* Says back the request as its body. */
static void play_echo(int fd)
{
    char text[4096], head[128];
    size_t length = hear(fd, text, sizeof text);

    snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", length);
    say(fd, head);
    say(fd, text);
    nap(5000);
}

static void test_perform_sends_body_and_headers(void **state)
{
    static const char *const headers[] = { "Content-Type: application/json", "X-Key: k", NULL };
    struct scene scene;
    struct http_call *call;

    (void)state;
    scene_open(&scene, play_echo);
    scene.request.method = "POST";
    scene.request.headers = headers;
    scene.request.body = "{\"a\":1} and more";
    scene.request.body_length = 7;
    call = call_once(&scene, HTTP_ANSWERED);
    assert_non_null(strstr(call->body.data, "POST /v1?key=sesame HTTP/1.1\r\n"));
    assert_non_null(strstr(call->body.data, "\r\nX-Key: k\r\n"));
    assert_non_null(strstr(call->body.data, "\r\nContent-Type: application/json\r\n"));
    assert_non_null(strstr(call->body.data, "\r\nContent-Length: 7\r\n"));
    assert_null(strstr(call->body.data, "Expect"));
    assert_string_equal(strstr(call->body.data, "\r\n\r\n"), "\r\n\r\n{\"a\":1}");
    http_free_call(call);
    scene_close(&scene);
}

static void test_perform_sends_an_empty_post(void **state)
{
    struct scene scene;
    struct http_call *call;

    (void)state;
    scene_open(&scene, play_echo);
    scene.request.method = "POST";
    call = call_once(&scene, HTTP_ANSWERED);
    assert_non_null(strstr(call->body.data, "\r\nContent-Length: 0\r\n"));
    http_free_call(call);
    scene_close(&scene);
}

/* Answers on one connection as long as it is used, with the count of requests it had. */
static void play_counting(int fd)
{
    for (int count = 1; ; count++) {
        char text[128];

        skip_request(fd);
        snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n%d", count);
        say(fd, text);
    }
}

static void test_perform_uses_a_connection_again(void **state)
{
    struct scene scene;

    (void)state;
    scene_open(&scene, play_counting);
    for (int i = 1; i <= 3; i++) {
        struct http_call *call = call_once(&scene, HTTP_ANSWERED);

        assert_int_equal(call->body.data[0], '0' + i);
        http_free_call(call);
    }
    scene_close(&scene);
}

static void play_redirect(int fd)
{
    skip_request(fd);
    say(fd, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
    nap(5000);
}

static void test_perform_follows_no_redirect(void **state)
{
    struct scene scene;
    struct http_call *call;

    (void)state;
    scene_open(&scene, play_redirect);
    call = call_once(&scene, HTTP_ANSWERED);
    assert_int_equal(call->status, 302);
    assert_int_equal(call->first_byte_ms, -1);
    http_free_call(call);
    scene_close(&scene);
}

static void play_busy(int fd)
{
    char text[256], date[64];
    time_t soon = time(NULL) + 60;

    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime(&soon));
    const char *const lines[] = { "Retry-After: 2", "retry-after: 0.5", "Retry-After: 9\r\nretry-after-ms: 1500",
        date, "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT", "Retry-After: -3", "Retry-After: soon" };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        skip_request(fd);
        snprintf(text, sizeof text, "HTTP/1.1 429 Slow down\r\n%s%s\r\nRequest-Id: r\r\nContent-Length: 0\r\n\r\n",
            lines[i] == date ? "Retry-After: " : "", lines[i]);
        say(fd, text);
    }
    nap(5000);
}

static void test_perform_reads_retry_after(void **state)
{
    static const int64_t low[] = { 2000, 500, 1500, 50000, 0, -1, -1 };
    static const int64_t high[] = { 2000, 500, 1500, 60000, 0, -1, -1 };
    struct scene scene;

    (void)state;
    scene_open(&scene, play_busy);
    for (size_t i = 0; i < sizeof low / sizeof low[0]; i++) {
        struct http_call *call = call_once(&scene, HTTP_ANSWERED);

        assert_int_equal(call->status, 429);
        assert_string_equal(call->request_id, "r");
        assert_true(call->retry_after_ms >= low[i] && call->retry_after_ms <= high[i]);
        http_free_call(call);
    }
    scene_close(&scene);
}

/* By its own clock, which says 2015; ours does not matter. */
static const char *const LATER[] = {
    "Date: Wed, 21 Oct 2015 07:28:00 GMT\r\nRetry-After: Wed, 21 Oct 2015 07:29:30 GMT",
    "x-should-retry: true",
    "x-should-retry: false",
    "Date: Wed, 21 Oct 2015 07:28:00 GMT\r\nanthropic-ratelimit-requests-remaining: 0\r\n"
        "anthropic-ratelimit-requests-reset: 2015-10-21T07:28:07Z\r\nanthropic-ratelimit-tokens-remaining: 0\r\n"
        "anthropic-ratelimit-tokens-reset: 2015-10-21T07:28:20Z",
    "x-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: 1m2s",
    "x-ratelimit-remaining-requests: 5\r\nx-ratelimit-reset-requests: 1m2s",
    "x-ratelimit-remaining-tokens: 0",
    "Date: yesterday\r\nx-ratelimit-remaining-tokens: 0\r\nx-ratelimit-reset-tokens: 30ms",
};

static void play_later(int fd)
{
    char text[1024];

    for (size_t i = 0; i < sizeof LATER / sizeof LATER[0]; i++) {
        skip_request(fd);
        snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\n%s\r\nContent-Length: 0\r\n\r\n", LATER[i]);
        say(fd, text);
    }
    nap(5000);
}

static void test_perform_reads_limits_and_advice(void **state)
{
    static const int64_t retry[] = { 90000, -1, -1, -1, -1, -1, -1, -1 };
    static const int64_t spent[] = { -1, -1, -1, 20000, 62000, -1, -1, 30 };
    static const enum http_advice advice[] = { 0, HTTP_TRY_AGAIN, HTTP_TRY_NO_MORE, 0, 0, 0, 0, 0 };
    struct scene scene;

    (void)state;
    scene_open(&scene, play_later);
    for (size_t i = 0; i < sizeof retry / sizeof retry[0]; i++) {
        struct http_call *call = call_once(&scene, HTTP_ANSWERED);

        assert_int_equal(call->retry_after_ms, retry[i]);
        assert_int_equal(call->spent_for_ms, spent[i]);
        assert_int_equal(call->advice, advice[i]);
        http_free_call(call);
    }
    scene_close(&scene);
}

/* The key would be cut in the middle, and half of it is found by nobody. */
static void play_key_at_the_cut(int fd)
{
    skip_request(fd);
    say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nx-request-id: "
            "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
            "0123456789 sesame-0123456789abcdef\r\n\r\n");
    nap(5000);
}

static void test_perform_redacts_a_header_before_it_is_cut(void **state)
{
    struct scene scene;
    struct http_call *call;

    (void)state;
    redact_register("KEY", "sesame-0123456789abcdef");
    scene_open(&scene, play_key_at_the_cut);
    call = call_once(&scene, HTTP_ANSWERED);
    assert_non_null(strstr(call->request_id, "0123456789 [secret KEY]"));
    assert_null(strstr(call->request_id, "sesame"));
    http_free_call(call);
    scene_close(&scene);
    redact_forget_all();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_perform_gives_status_body_and_headers),
        cmocka_unit_test(test_perform_joins_chunks),
        cmocka_unit_test(test_perform_keeps_raw_bytes),
        cmocka_unit_test(test_perform_sends_body_and_headers),
        cmocka_unit_test(test_perform_sends_an_empty_post),
        cmocka_unit_test(test_perform_uses_a_connection_again),
        cmocka_unit_test(test_perform_follows_no_redirect),
        cmocka_unit_test(test_perform_reads_retry_after),
        cmocka_unit_test(test_perform_reads_limits_and_advice),
        cmocka_unit_test(test_perform_redacts_a_header_before_it_is_cut),
    };

    setenv("no_proxy", "*", 1);
    return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
