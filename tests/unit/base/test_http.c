/* How calls end that do not go well, and many of them at once. */
#include <poll.h>

#include "tests/unit/base/peer.h"

#include <sys/resource.h>

static void play_reset(int fd)
{
    skip_request(fd);
    say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    nap(30);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){ 1, 0 }, sizeof(struct linger));
    close(fd);
}

static void test_perform_reset_in_the_body_is_broken(void **state)
{
    (void)state;
    play_and_end(play_reset, HTTP_BROKEN, "reset");
}

static void play_cut(int fd)
{
    skip_request(fd);
    say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
}

static void test_perform_close_before_the_length_is_broken(void **state)
{
    (void)state;
    play_and_end(play_cut, HTTP_BROKEN, "middle of the body");
}

static void play_cut_chunks(int fd)
{
    skip_request(fd);
    say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
}

static void test_perform_chunks_without_end_are_broken(void **state)
{
    (void)state;
    play_and_end(play_cut_chunks, HTTP_BROKEN, "middle of the body");
}

static void play_bad_chunk(int fd)
{
    skip_request(fd);
    say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\nhalf\r\n");
    nap(5000);
}

static void test_perform_bad_chunk_is_broken(void **state)
{
    (void)state;
    play_and_end(play_bad_chunk, HTTP_BROKEN, "malformed");
}

static void play_mute_close(int fd)
{
    skip_request(fd);
}

static void test_perform_close_without_reply_is_broken(void **state)
{
    (void)state;
    play_and_end(play_mute_close, HTTP_BROKEN, "without a reply");
}

static void play_once_and_close(int fd)
{
    skip_request(fd);
    say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    skip_request(fd);
}

/* curl would ask again on a new connection by itself: a request that nobody counts, and that may be paid for. */
static void test_perform_never_sends_twice(void **state)
{
    struct scene scene;
    struct http_call *call;

    (void)state;
    scene_open(&scene, play_once_and_close);
    http_free_call(call_once(&scene, HTTP_ANSWERED));
    call = call_once(&scene, HTTP_BROKEN);
    assert_non_null(strstr(call->error, "gave up the connection without a reply"));
    http_free_call(call);
    http_free_call(call_once(&scene, HTTP_ANSWERED));
    scene_close(&scene);
}

static void test_perform_uses_no_connection_twice_that_is_never_kept(void **state)
{
    struct scene scene;
    size_t broken = 0;

    (void)state;
    scene_open(&scene, play_once_and_close);
    for (size_t i = 0; i < 20; i++) {
        struct http_call *call = call_once(&scene, i < 6 && i % 2 == 1 ? HTTP_BROKEN : HTTP_ANSWERED);
        broken += call->end == HTTP_BROKEN;
        http_free_call(call);
    }
    assert_int_equal(broken, 3);
    scene_close(&scene);
}

static void play_no_length(int fd)
{
    skip_request(fd);
    say(fd, "HTTP/1.1 200 OK\r\n\r\nhalf");
}

static void test_perform_close_without_length_looks_answered(void **state)
{
    (void)state;
    play_and_end(play_no_length, HTTP_ANSWERED, NULL);
}

/* As play_and_end, with 150 ms for one of the bounds: the call must end then, not much later. */
static void play_and_time_out(play_fn *play, int64_t *bound_ms, struct scene *scene, const char *words)
{
    struct http_call *call;

    scene_open(scene, play);
    *bound_ms = 150;
    call = call_once(scene, HTTP_TIMED_OUT);
    assert_non_null(strstr(call->error, words));
    assert_non_null(strstr(call->error, "150 ms"));
    assert_true(call->elapsed_ms >= 150 && call->elapsed_ms < 10000);
    http_free_call(call);
    scene_close(scene);
}

static void play_silence(int fd)
{
    skip_request(fd);
    nap(30000);
}

static void test_perform_bounds_the_first_byte(void **state)
{
    struct scene scene;

    (void)state;
    play_and_time_out(play_silence, &scene.request.first_byte_ms, &scene, "no reply from 127.0.0.1:");
}

static void play_headers_only(int fd)
{
    skip_request(fd);
    say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
    nap(30000);
}

static void test_perform_headers_are_not_the_first_byte(void **state)
{
    struct scene scene;

    (void)state;
    play_and_time_out(play_headers_only, &scene.request.first_byte_ms, &scene, "no reply from");
}

static void play_stall(int fd)
{
    skip_request(fd);
    say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    nap(30000);
}

static void test_perform_bounds_silence_in_the_body(void **state)
{
    struct scene scene;

    (void)state;
    play_and_time_out(play_stall, &scene.request.idle_ms, &scene, "silent");
}

static void play_drip(int fd)
{
    skip_request(fd);
    say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    for (;;) {
        say(fd, ".");
        nap(20);
    }
}

static void test_perform_bounds_the_whole(void **state)
{
    struct scene scene;

    (void)state;
    play_and_time_out(play_drip, &scene.request.total_ms, &scene, "did not finish");
}

/* A listener whose queue is full lets further SYNs go unanswered. */
static void test_perform_bounds_the_connect(void **state)
{
    struct scene scene;
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int port, fds[8], listener = listen_somewhere(0, &port);
    struct http_call *call;

    (void)state;
    address.sin_port = htons((uint16_t)port);
    for (size_t i = 0; i < 8; i++) {
        fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        connect(fds[i], (struct sockaddr *)&address, sizeof address);
    }
    scene_open(&scene, play_silence);
    snprintf(scene.url, sizeof scene.url, "http://127.0.0.1:%d/", port);
    scene.request.connect_ms = 150;
    call = call_once(&scene, HTTP_REFUSED);
    assert_non_null(strstr(call->error, "no connection to 127.0.0.1"));
    assert_true(call->elapsed_ms >= 140 && call->elapsed_ms < 10000);
    http_free_call(call);
    scene_close(&scene);
    for (size_t i = 0; i < 8; i++)
        close(fds[i]);
    close(listener);
}

static void play_long_header(int fd)
{
    skip_request(fd);
    say(fd, "HTTP/1.1 200 OK\r\nX-Long: ");
    for (int i = 0; i < 4000; i++)
        say(fd, "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789");
    say(fd, "\r\nContent-Length: 0\r\n\r\n");
}

static void test_perform_long_header_is_too_long(void **state)
{
    (void)state;
    play_and_end(play_long_header, HTTP_TOO_LONG, "header");
}

static void play_many_headers(int fd)
{
    skip_request(fd);
    say(fd, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 1000000; i++)
        say(fd, "X-Again: 0123456789012345678901234567890123456789\r\n");
}

static void test_perform_endless_headers_are_too_long(void **state)
{
    (void)state;
    play_and_end(play_many_headers, HTTP_TOO_LONG, "headers");
}

static void play_endless(int fd)
{
    skip_request(fd);
    say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (;;)
        say(fd, "10\r\n0123456789abcdef\r\n");
}

static void test_perform_endless_body_is_too_long(void **state)
{
    struct scene scene;
    struct http_call *call;

    (void)state;
    scene_open(&scene, play_endless);
    call = call_once(&scene, HTTP_TOO_LONG);
    assert_int_equal(call->body.length, scene.request.reply_max);
    assert_non_null(strstr(call->error, "more than 100000 bytes"));
    http_free_call(call);
    scene_close(&scene);
}

static void play_announced(int fd)
{
    skip_request(fd);
    say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n");
    nap(5000);
}

static void test_perform_announced_length_is_too_long(void **state)
{
    (void)state;
    play_and_end(play_announced, HTTP_TOO_LONG, "more than 100000 bytes");
}

static void play_ssh(int fd)
{
    skip_request(fd);
    say(fd, "SSH-2.0-OpenSSH_9.2\r\n\r\n");
    nap(200);
}

static void test_perform_other_protocol_is_not_http(void **state)
{
    (void)state;
    play_and_end(play_ssh, HTTP_NOT_HTTP, "does not speak HTTP");
}

/* Calls url, which needs no peer. */
static void call_url(const char *url, enum http_end end, const char *words)
{
    struct scene scene;
    struct http_call *call;

    scene_open(&scene, play_silence);
    scene.request.url = url;
    call = call_once(&scene, end);
    assert_non_null(strstr(call->error, words));
    assert_int_equal(call->status, 0);
    http_free_call(call);
    scene_close(&scene);
}

static void test_perform_closed_port_is_refused(void **state)
{
    char url[64], words[64];
    int port, listener = listen_somewhere(1, &port);

    (void)state;
    close(listener);
    snprintf(url, sizeof url, "http://me:sesame@127.0.0.1:%d/", port);
    snprintf(words, sizeof words, "127.0.0.1:%d cannot be reached", port);
    call_url(url, HTTP_REFUSED, words);
}

/* A label of more than 63 characters fails without asking a name server. */
static void test_perform_unknown_name_is_no_host(void **state)
{
    (void)state;
    call_url("http://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.invalid/sesame",
        HTTP_NO_HOST, "aaa.invalid:80 has a name that does not resolve");
}

static void test_perform_refuses_other_urls(void **state)
{
    (void)state;
    call_url("ftp://me:sesame@127.0.0.1/", HTTP_NOT_HTTP, "URL");
    call_url("file:///etc/passwd", HTTP_NOT_HTTP, "URL");
    call_url("127.0.0.1:80/sesame", HTTP_NOT_HTTP, "URL");
    call_url("http://127.0.0.1:99999/sesame", HTTP_NOT_HTTP, "URL");
    call_url("", HTTP_NOT_HTTP, "URL");
}

static void test_perform_refuses_a_header_with_a_line_break(void **state)
{
    static const char *const headers[] = { "Authorization: Bearer sesame\n", NULL };
    struct scene scene;
    struct http_call *call;

    (void)state;
    scene_open(&scene, play_plain);
    scene.request.headers = headers;
    call = call_once(&scene, HTTP_NOT_HTTP);
    assert_non_null(strstr(call->error, "\"Authorization\""));
    http_free_call(call);
    scene_close(&scene);
}

static void play_not_tls(int fd)
{
    char text[4096];

    if (read(fd, text, sizeof text) > 0)
        say(fd, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    nap(5000);
}

static void play_hang_up(int fd)
{
    char text[4096];

    if (read(fd, text, sizeof text) > 0)
        close(fd);
}

static void play_hang_up_hard(int fd)
{
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){ 1, 0 }, sizeof(struct linger));
    play_hang_up(fd);
}

static void tls_and_end(play_fn *play, enum http_end end, const char *words)
{
    struct scene scene;
    struct http_call *call;

    scene_open(&scene, play);
    snprintf(scene.url, sizeof scene.url, "https://127.0.0.1:%d/", scene.peer.port);
    call = call_once(&scene, end);
    assert_non_null(strstr(call->error, words));
    http_free_call(call);
    scene_close(&scene);
}

static void test_perform_tells_bad_tls_from_a_broken_handshake(void **state)
{
    (void)state;
    tls_and_end(play_not_tls, HTTP_TLS, "no TLS with 127.0.0.1:");
    tls_and_end(play_hang_up, HTTP_BROKEN, "handshake");
    tls_and_end(play_hang_up_hard, HTTP_BROKEN, "127.0.0.1:");
}

static void play_slow(int fd)
{
    skip_request(fd);
    nap(500);
    say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    nap(5000);
}

static void test_start_serves_many_at_once(void **state)
{
    struct scene scene;
    struct http_inbox inbox = { NULL, NULL };
    struct http_call *call;
    char owners[100] = { 0 };
    size_t count = 0;
    int64_t begun_ms = clock_monotonic_ms();

    (void)state;
    scene_open(&scene, play_slow);
    for (size_t i = 0; i < 100; i++)
        http_start(scene.http, &scene.request, &inbox, &owners[i]);
    assert_int_equal(http_in_flight(scene.http), 100);
    while (count < 100 && clock_monotonic_ms() - begun_ms < 45000) {
        http_wait(scene.http, NULL, 0, 1000);
        for (; (call = http_collect(&inbox)) != NULL; count++) {
            assert_int_equal(call->end, HTTP_ANSWERED);
            assert_int_equal((*(char *)call->owner)++, 0);
            http_free_call(call);
        }
    }
    assert_int_equal(count, 100);
    assert_int_equal(http_in_flight(scene.http), 0);
    assert_true(clock_monotonic_ms() - begun_ms < 45000);      /* one by one it would be 50 s */
    scene_close(&scene);
}

static void test_drop_leaves_other_inboxes_alone(void **state)
{
    struct scene scene;
    struct http_inbox mine = { NULL, NULL }, theirs = { NULL, NULL };
    struct http_call *call;

    (void)state;
    scene_open(&scene, play_slow);
    for (int i = 0; i < 3; i++) {
        http_start(scene.http, &scene.request, &mine, NULL);
        http_start(scene.http, &scene.request, &theirs, NULL);
    }
    scene.request.url = "nonsense";
    http_start(scene.http, &scene.request, &mine, NULL);       /* waits in its inbox at once */
    http_wait(scene.http, NULL, 0, 10);
    http_drop(scene.http, &mine);
    assert_null(http_collect(&mine));
    assert_true(http_in_flight(scene.http) <= 3);
    for (int i = 0; i < 3; ) {
        http_wait(scene.http, NULL, 0, 1000);
        for (; (call = http_collect(&theirs)) != NULL; i++)
            http_free_call(call);
    }
    assert_null(http_collect(&mine));
    assert_int_equal(http_in_flight(scene.http), 0);
    scene_close(&scene);
}

static void test_close_drops_what_is_in_flight(void **state)
{
    struct scene scene;
    struct http_inbox inbox = { NULL, NULL };

    (void)state;
    scene_open(&scene, play_silence);
    for (int i = 0; i < 5; i++)
        http_start(scene.http, &scene.request, &inbox, NULL);
    http_wait(scene.http, NULL, 0, 50);
    scene_close(&scene);
    assert_null(http_collect(&inbox));
}

static void play_part(int fd)
{
    skip_request(fd);
    nap(100);
    say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nseven b");
    nap(30000);
}

static void test_find_progress_tells_how_far_a_call_is(void **state)
{
    struct scene scene;
    struct http_inbox inbox = { NULL, NULL }, other = { NULL, NULL };
    struct http_progress progress = { .body_bytes = 99 };
    int owner;

    (void)state;
    scene_open(&scene, play_part);
    scene.request.idle_ms = 9000;
    http_start(scene.http, &scene.request, &inbox, &owner);
    assert_true(http_find_progress(scene.http, &inbox, &owner, &progress));
    assert_int_equal(progress.body_bytes, 0);
    int64_t started_ms = progress.moved_ms;
    assert_int_equal(progress.until_ms, started_ms + scene.request.first_byte_ms);
    while (progress.body_bytes == 0) {
        http_wait(scene.http, NULL, 0, 1000);
        assert_true(http_find_progress(scene.http, &inbox, &owner, &progress));
    }
    assert_true(progress.is_connected);
    assert_int_equal(progress.body_bytes, 7);
    assert_true(progress.moved_ms >= started_ms + 90);
    assert_int_equal(progress.until_ms, progress.moved_ms + 9000);
    assert_false(http_find_progress(scene.http, &inbox, &scene, &progress));
    assert_false(http_find_progress(scene.http, &other, &owner, &progress));
    scene_close(&scene);
}

static int heard_fds[2];

/* Keeps the connection; says so when a second request has come. */
static void play_two(int fd)
{
    skip_request(fd);
    say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    skip_request(fd);
    assert_int_equal(write(heard_fds[1], "!", 1), 1);
    say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nho");
}

static void test_push_sends_without_waiting(void **state)
{
    struct http_inbox inbox = { NULL, NULL };
    struct pollfd heard = { .events = POLLIN };
    struct http_call *call;
    struct scene scene;

    (void)state;
    assert_int_equal(pipe(heard_fds), 0);
    heard.fd = heard_fds[0];
    scene_open(&scene, play_two);
    http_free_call(call_once(&scene, HTTP_ANSWERED));
    http_start(scene.http, &scene.request, &inbox, NULL);
    assert_int_equal(poll(&heard, 1, 100), 0);
    http_push(scene.http);
    assert_int_equal(poll(&heard, 1, 20000), 1);
    while ((call = http_collect(&inbox)) == NULL)
        http_wait(scene.http, NULL, 0, 20000);
    assert_string_equal(call->body.data, "ho");
    http_free_call(call);
    scene_close(&scene);
    close(heard_fds[0]);
    close(heard_fds[1]);
}

/* What ends while it is pushed has no descriptor left that could wake who waits. */
static void test_push_leaves_nothing_to_sleep_on(void **state)
{
    struct http_inbox inbox = { NULL, NULL };
    int64_t start_ms;
    struct http_call *call;
    struct scene scene;

    (void)state;
    scene_open(&scene, play_two);
    snprintf(scene.url, sizeof scene.url, "http://127.0.0.1:1/");
    http_start(scene.http, &scene.request, &inbox, NULL);
    start_ms = clock_monotonic_ms();
    http_push(scene.http);
    while ((call = http_collect(&inbox)) == NULL)
        http_wait(scene.http, NULL, 0, 20000);
    assert_int_not_equal(call->end, HTTP_ANSWERED);
    assert_true(clock_monotonic_ms() - start_ms < 10000);
    http_free_call(call);
    scene_close(&scene);
}

static void test_wait_returns_for_a_readable_fd(void **state)
{
    struct scene scene;
    struct http_inbox inbox = { NULL, NULL };
    int64_t begun_ms;
    int fds[2];

    (void)state;
    scene_open(&scene, play_silence);
    scene.request.first_byte_ms = scene.request.total_ms = 60000;
    http_start(scene.http, &scene.request, &inbox, NULL);
    for (int i = 0; i < 20; i++)
        http_wait(scene.http, NULL, 0, 10);
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(write(fds[1], "x", 1), 1);
    begun_ms = clock_monotonic_ms();
    http_wait(scene.http, fds, 1, 60000);
    assert_true(clock_monotonic_ms() - begun_ms < 30000);
    close(fds[0]);
    close(fds[1]);
    scene_close(&scene);
}

static void test_wait_lasts_no_longer_than_asked(void **state)
{
    struct scene scene;
    int64_t begun_ms;

    (void)state;
    scene_open(&scene, play_silence);
    begun_ms = clock_monotonic_ms();
    http_wait(scene.http, NULL, 0, 100);
    assert_true(clock_monotonic_ms() - begun_ms >= 90);
    assert_true(clock_monotonic_ms() - begun_ms < 30000);
    scene_close(&scene);
}

static void test_wait_does_not_sleep_on_a_call_that_failed_at_once(void **state)
{
    struct scene scene;
    struct http_inbox inbox = { NULL, NULL };
    int64_t begun_ms = clock_monotonic_ms();

    (void)state;
    scene_open(&scene, play_silence);
    scene.request.url = "nonsense";
    http_start(scene.http, &scene.request, &inbox, NULL);
    http_wait(scene.http, NULL, 0, 60000);
    assert_true(clock_monotonic_ms() - begun_ms < 30000);
    http_free_call(http_collect(&inbox));
    assert_null(http_collect(&inbox));
    scene_close(&scene);
}

static void play_empty(int fd)
{
    skip_request(fd);
    say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    nap(5000);
}

/* Our own limit, not a server that is away. */
static void test_perform_without_a_descriptor_is_our_fault(void **state)
{
    struct rlimit limit, none;
    struct scene scene;
    struct http_call *call;
    int next;

    (void)state;
    scene_open(&scene, play_empty);
    getrlimit(RLIMIT_NOFILE, &limit);
    next = dup(0);
    close(next);
    none = (struct rlimit){ .rlim_cur = (rlim_t)next, .rlim_max = limit.rlim_max };
    setrlimit(RLIMIT_NOFILE, &none);
    call = call_once(&scene, HTTP_NO_DESCRIPTOR);
    assert_non_null(strstr(call->error, "this process may open no more files"));
    http_free_call(call);
    setrlimit(RLIMIT_NOFILE, &limit);
    http_free_call(call_once(&scene, HTTP_ANSWERED));
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_perform_reset_in_the_body_is_broken),
        cmocka_unit_test(test_perform_close_before_the_length_is_broken),
        cmocka_unit_test(test_perform_chunks_without_end_are_broken),
        cmocka_unit_test(test_perform_bad_chunk_is_broken),
        cmocka_unit_test(test_perform_close_without_reply_is_broken),
        cmocka_unit_test(test_perform_never_sends_twice),
        cmocka_unit_test(test_perform_uses_no_connection_twice_that_is_never_kept),
        cmocka_unit_test(test_perform_without_a_descriptor_is_our_fault),
        cmocka_unit_test(test_perform_close_without_length_looks_answered),
        cmocka_unit_test(test_perform_bounds_the_first_byte),
        cmocka_unit_test(test_perform_headers_are_not_the_first_byte),
        cmocka_unit_test(test_perform_bounds_silence_in_the_body),
        cmocka_unit_test(test_perform_bounds_the_whole),
        cmocka_unit_test(test_perform_bounds_the_connect),
        cmocka_unit_test(test_perform_long_header_is_too_long),
        cmocka_unit_test(test_perform_endless_headers_are_too_long),
        cmocka_unit_test(test_perform_endless_body_is_too_long),
        cmocka_unit_test(test_perform_announced_length_is_too_long),
        cmocka_unit_test(test_perform_other_protocol_is_not_http),
        cmocka_unit_test(test_perform_closed_port_is_refused),
        cmocka_unit_test(test_perform_unknown_name_is_no_host),
        cmocka_unit_test(test_perform_refuses_other_urls),
        cmocka_unit_test(test_perform_refuses_a_header_with_a_line_break),
        cmocka_unit_test(test_perform_tells_bad_tls_from_a_broken_handshake),
        cmocka_unit_test(test_start_serves_many_at_once),
        cmocka_unit_test(test_drop_leaves_other_inboxes_alone),
        cmocka_unit_test(test_close_drops_what_is_in_flight),
        cmocka_unit_test(test_find_progress_tells_how_far_a_call_is),
        cmocka_unit_test(test_push_sends_without_waiting),
        cmocka_unit_test(test_push_leaves_nothing_to_sleep_on),
        cmocka_unit_test(test_wait_returns_for_a_readable_fd),
        cmocka_unit_test(test_wait_lasts_no_longer_than_asked),
        cmocka_unit_test(test_wait_does_not_sleep_on_a_call_that_failed_at_once),
    };

    setenv("no_proxy", "*", 1);
    return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
