/*
 * How asks are carried, whatever is said: when there is another try and after how long, and what becomes of asks that
 * are given up. The tongue is made up: it writes the ask's ordinal, and takes 200 for an answer, 202 for a part of one,
 * 400 for a no; it does not ask what has the ordinal 7.
 */
#include "tests/unit/runners/scene.h"

#include <sys/timerfd.h>

#include "harness/base/clock.h"
#include "harness/base/http.h"
#include "harness/base/random.h"
#include "harness/engine/runner.h"
#include "results/journal.h"
#include "runners/courier.h"
#include "runners/heard.h"
#include "tests/unit/runners/peer.h"

#define GOOD PEER_ANSWER("200 OK", "", "fine")
#define BUSY PEER_ANSWER("429 Busy", "", "")
#define BUSY_FOR(seconds) PEER_ANSWER("429 Busy", "Retry-After: " seconds "\r\n", "")
#define NEVER PEER_ANSWER("400 No", "", "")
#define PART(text) PEER_ANSWER("202 Part", "", text)

struct post {
    struct arena *arena;
    struct http *http;
    struct courier *courier;
    struct peer peer;
    struct episode *episode;
    struct ask asks[3];
    char heard[65536];
};

/* query says how large a body may be. */
static void write_body(const void *query, const struct ask *ask, struct buf *out)
{
    out->cut = *(const size_t *)query < 100;
    buf_addf(out, "ask %d", ask->ordinal);
    if (ask->reply.text != NULL)
        buf_addf(out, " [%s]", ask->reply.text);
}

static const char *object(const void *query, const struct ask *ask)
{
    (void)query;
    return ask->ordinal == 7 ? "seven is never asked" : NULL;
}

static void read_answer(const void *query, const struct ask *ask, const struct http_call *call, struct arena *arena,
                        struct heard *out)
{
    (void)query;
    out->end = call->status == 200 ? HEARD_ANSWER : call->status == 202 ? HEARD_PAUSED
             : call->status == 400 ? HEARD_NEVER : HEARD_AGAIN;
    out->note = NULL;
    out->reply = reply_empty();
    out->cost_nanousd = 5;
    if (out->end == HEARD_ANSWER || out->end == HEARD_PAUSED) {
        out->reply.text = arena_printf(arena, "%s%s", ask->reply.text != NULL ? ask->reply.text : "", call->body.data);
        return;
    }
    out->cost_nanousd = 0;
    out->note = arena_printf(arena, "HTTP %d", call->status);
    out->reply = reply_failed(ORIGIN_PROVIDER, out->note);
}

static const size_t ANY_SIZE = 1000, NO_SIZE = 0;

static void begin(struct post *post, const char *const *answers, int tries, const size_t *size)
{
    struct err err = ERR_INIT;
    struct courier_route route = { .connect_ms = 60000, .first_byte_ms = 60000, .idle_ms = 60000, .total_ms = 60000,
                                   .reply_max = 100, .tries = tries, .patience_ms = 100000 };
    struct courier_tongue tongue = { .query = size, .objection = object, .write = write_body, .read = read_answer };

    *post = (struct post){ .arena = arena_new(), .http = http_open(&err), .peer = peer_start(answers) };
    post->episode = episode_new(&SCENE_TASK, NULL, &SCENE_SAMPLES[0], 1, 7);
    for (int i = 0; i < 3; i++)
        post->asks[i] = (struct ask){ .episode = post->episode, .ordinal = i, .seed = 11 + (uint64_t)i };
    route.url = arena_printf(post->arena, "http://127.0.0.1:%d/", post->peer.port);
    post->courier = courier_open(&(struct runner_means){ .http = post->http }, &route, &tongue, &err);
    assert_non_null(post->courier);
}

static void end(struct post *post)
{
    courier_close(post->courier);
    http_close(post->http);
    peer_stop(&post->peer, post->heard, sizeof post->heard);
    episode_free(post->episode);
    arena_free(post->arena);
}

static void wait_a_little(const struct post *post)
{
    int fd = courier_fd(post->courier);

    http_wait(post->http, &fd, 1, 1000);
}

static struct ask *collect(const struct post *post)
{
    struct ask *ask;

    while ((ask = courier_collect(post->courier)) == NULL)
        wait_a_little(post);
    return ask;
}

/* One ask, from submit to its reply. */
static const struct reply *carry(struct post *post, const char *const *answers, int tries)
{
    begin(post, answers, tries, &ANY_SIZE);
    courier_submit(post->courier, &post->asks[0]);
    assert_ptr_equal(&post->asks[0], collect(post));
    assert_null(courier_collect(post->courier));
    return &post->asks[0].reply;
}

/* Until that many of the ask's calls have ended; it is not done by that. */
static void wait_for_calls(const struct post *post, const struct ask *ask, int calls)
{
    for (;;) {
        const struct call_row *last = ask->calls;

        while (last != NULL && last->next != NULL)
            last = last->next;
        if (last != NULL && last->try_number == calls)
            return;
        wait_a_little(post);
        assert_null(courier_collect(post->courier));
    }
}

/* How long the timer still sleeps; 0: it sleeps for good. */
static double seconds_left(const struct post *post)
{
    struct itimerspec when;

    assert_int_equal(0, timerfd_gettime(courier_fd(post->courier), &when));
    return (double)when.it_value.tv_sec + (double)when.it_value.tv_nsec / 1e9;
}

static bool is_readable(const struct post *post)
{
    struct pollfd fd = { .fd = courier_fd(post->courier), .events = POLLIN };

    return poll(&fd, 1, 0) == 1;
}

static void test_submit_writes_the_body_anew_for_each_try(void **state)
{
    static const char *const answers[] = { BUSY, BUSY, GOOD, NULL };
    struct post post;
    const struct reply *reply = carry(&post, answers, 3);
    const char *at;
    int count = 0;

    (void)state;
    assert_int_equal(REPLY_OK, reply->status);
    assert_string_equal("fine", reply->text);
    end(&post);
    for (at = post.heard; (at = strstr(at, "\r\n\r\nask 0")) != NULL; at++)
        count++;
    assert_int_equal(3, count);
}

/* The ask's seed throws the waits, so a test can throw the same. */
static void test_collect_draws_a_wait_below_a_bound_that_doubles(void **state)
{
    static const char *const answers[] = { BUSY, BUSY, BUSY, GOOD, NULL };
    struct post post;
    struct splitmix random = { .state = 11 };
    double bound_ms = 500;
    int try_number = 1;

    (void)state;
    carry(&post, answers, 9);
    for (const struct call_row *call = post.asks[0].calls; call != NULL; call = call->next, try_number++) {
        assert_int_equal(try_number, call->try_number);
        assert_int_equal(try_number < 4 ? 429 : 200, call->status);
        if (try_number == 1) {
            assert_int_equal(0, call->wait_ms);
            continue;
        }
        assert_int_equal((int64_t)(bound_ms * splitmix_unit(&random)), call->wait_ms);
        bound_ms *= 2;
    }
    assert_int_equal(5, try_number);
    end(&post);
}

static void test_collect_waits_as_long_as_it_is_told(void **state)
{
    static const char *const answers[] = { BUSY_FOR("1"), GOOD, NULL };
    int64_t begun_ms = clock_monotonic_ms();
    struct post post;

    (void)state;
    carry(&post, answers, 2);
    assert_in_range(post.asks[0].calls->next->wait_ms, 1000, 1100);
    assert_true(clock_monotonic_ms() - begun_ms >= 1000);
    end(&post);
}

/* A server that wants more peace than there is patience is one that does not answer. */
static void test_collect_is_patient_so_long(void **state)
{
    static const char *const patient[] = { BUSY_FOR("99"), NULL }, *const more[] = { BUSY_FOR("101"), NULL };
    struct post post;

    (void)state;
    begin(&post, patient, 2, &ANY_SIZE);
    courier_submit(post.courier, &post.asks[0]);
    wait_for_calls(&post, &post.asks[0], 1);
    assert_true(seconds_left(&post) > 90 && seconds_left(&post) <= 109);
    end(&post);
    assert_int_equal(REPLY_FAILED, carry(&post, more, 2)->status);
    end(&post);
}

static void test_collect_gives_up_after_the_tries(void **state)
{
    static const char *const answers[] = { BUSY, BUSY, GOOD, NULL };
    struct post post;
    const struct reply *reply = carry(&post, answers, 2);

    (void)state;
    assert_int_equal(REPLY_FAILED, reply->status);
    assert_string_equal("after 2 tries: HTTP 429", reply->reason);
    assert_string_equal("HTTP 429", post.asks[0].calls->error);
    end(&post);
    reply = carry(&post, answers, 1);
    assert_string_equal("after 1 try: HTTP 429", reply->reason);
    end(&post);
}

static void test_collect_does_not_try_what_cannot_pass(void **state)
{
    static const char *const answers[] = { NEVER, GOOD, NULL };
    struct post post;
    const struct reply *reply = carry(&post, answers, 9);

    (void)state;
    assert_int_equal(REPLY_FAILED, reply->status);
    assert_string_equal("HTTP 400", reply->reason);
    assert_null(post.asks[0].calls->next);
    end(&post);
}

static void test_submit_of_too_large_a_body_is_done_at_once(void **state)
{
    static const char *const answers[] = { NULL };
    struct post post;

    (void)state;
    begin(&post, answers, 9, &NO_SIZE);
    courier_submit(post.courier, &post.asks[0]);
    assert_true(is_readable(&post));
    assert_int_equal(0, http_in_flight(post.http));
    assert_ptr_equal(&post.asks[0], courier_collect(post.courier));
    assert_int_equal(REPLY_FAILED, post.asks[0].reply.status);
    assert_int_equal(ORIGIN_HARNESS, post.asks[0].reply.origin);
    assert_null(post.asks[0].calls);
    assert_null(courier_collect(post.courier));
    assert_false(is_readable(&post));
    end(&post);
}

static void test_submit_of_what_cannot_be_asked_is_done_at_once(void **state)
{
    static const char *const answers[] = { GOOD, NULL };
    struct post post;

    (void)state;
    begin(&post, answers, 9, &ANY_SIZE);
    post.asks[0].ordinal = 7;
    courier_submit(post.courier, &post.asks[0]);
    assert_true(is_readable(&post));
    assert_ptr_equal(&post.asks[0], courier_collect(post.courier));
    assert_int_equal(REPLY_FAILED, post.asks[0].reply.status);
    assert_int_equal(ORIGIN_HARNESS, post.asks[0].reply.origin);
    assert_string_equal("seven is never asked", post.asks[0].reply.reason);
    assert_null(post.asks[0].calls);
    end(&post);
}

/* What comes after a pause follows on what came before, faults between or not; all of it is paid for. */
static void test_collect_asks_on_a_model_that_paused(void **state)
{
    static const char *const answers[] = { PART("one, "), PART("two, "), BUSY, GOOD, NULL };
    struct post post;
    const struct reply *reply = carry(&post, answers, 9);
    const struct call_row *call = post.asks[0].calls;

    (void)state;
    assert_int_equal(REPLY_OK, reply->status);
    assert_string_equal("one, two, fine", reply->text);
    assert_int_equal(15, reply->cost_nanousd);
    for (int i = 1; i <= 4; i++, call = call->next) {
        assert_int_equal(i, call->try_number);
        assert_true(i == 4 || call->wait_ms == 0);
    }
    assert_null(call);
    end(&post);
    assert_non_null(strstr(post.heard, "\r\n\r\nask 0POST"));
    assert_non_null(strstr(post.heard, "\r\n\r\nask 0 [one, ]POST"));
    assert_non_null(strstr(strstr(post.heard, "ask 0 [one, two, ]") + 1, "ask 0 [one, two, ]"));
}

static void test_collect_takes_a_pause_for_the_end_after_ten(void **state)
{
    static const char *const answers[] = { PART("1"), PART("2"), PART("3"), PART("4"), PART("5"), PART("6"), PART("7"),
                                           PART("8"), PART("9"), PART("a"), PART("b"), PART("c"), NULL };
    struct post post;

    (void)state;
    assert_string_equal("123456789ab", carry(&post, answers, 1)->text);
    end(&post);
}

static void test_rest_gives_up_what_paused(void **state)
{
    static const char *const answers[] = { PEER_ON_CALL PART("one, "), GOOD, NULL };
    struct post post;

    (void)state;
    begin(&post, answers, 9, &ANY_SIZE);
    courier_submit(post.courier, &post.asks[0]);
    courier_rest(post.courier);
    peer_call(&post.peer);
    assert_ptr_equal(&post.asks[0], collect(&post));
    assert_int_equal(REPLY_NONE, post.asks[0].reply.status);
    assert_string_equal("", post.asks[0].reply.text);
    end(&post);
}

static void test_collect_gives_every_ask_once(void **state)
{
    static const char *const answers[] = { BUSY, GOOD, BUSY, GOOD, GOOD, NULL };
    struct post post;
    int done[3] = { 0 };

    (void)state;
    begin(&post, answers, 9, &ANY_SIZE);
    for (int i = 0; i < 3; i++)
        courier_submit(post.courier, &post.asks[i]);
    for (int i = 0; i < 3; i++)
        done[collect(&post)->ordinal]++;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(1, done[i]);
        assert_int_equal(REPLY_OK, post.asks[i].reply.status);
    }
    assert_null(courier_collect(post.courier));
    end(&post);
}

/* One ask waits for its next try; of two calls in flight one is refused, which would have meant another. */
static void test_rest_gives_up_what_waits_and_lets_calls_end(void **state)
{
    static const char *const answers[] = { BUSY_FOR("60"), PEER_ON_CALL GOOD, PEER_ON_CALL BUSY, NULL };
    struct post post;

    (void)state;
    begin(&post, answers, 9, &ANY_SIZE);
    courier_submit(post.courier, &post.asks[0]);
    wait_for_calls(&post, &post.asks[0], 1);
    courier_submit(post.courier, &post.asks[1]);
    courier_submit(post.courier, &post.asks[2]);
    courier_rest(post.courier);
    assert_true(is_readable(&post));
    assert_ptr_equal(&post.asks[0], courier_collect(post.courier));
    assert_int_equal(REPLY_NONE, post.asks[0].reply.status);
    assert_null(courier_collect(post.courier));
    peer_call(&post.peer);
    assert_ptr_equal(&post.asks[1], collect(&post));
    assert_int_equal(REPLY_OK, post.asks[1].reply.status);
    peer_call(&post.peer);
    assert_ptr_equal(&post.asks[2], collect(&post));
    assert_int_equal(REPLY_NONE, post.asks[2].reply.status);
    assert_int_equal(429, post.asks[2].calls->status);
    end(&post);
}

static void test_drop_lets_go_of_every_ask(void **state)
{
    static const char *const answers[] = { BUSY_FOR("60"), PEER_SILENCE, NULL };
    struct post post;

    (void)state;
    begin(&post, answers, 9, &ANY_SIZE);
    courier_submit(post.courier, &post.asks[0]);
    wait_for_calls(&post, &post.asks[0], 1);
    courier_submit(post.courier, &post.asks[1]);
    assert_int_equal(1, http_in_flight(post.http));
    assert_true(seconds_left(&post) > 0);
    courier_drop(post.courier);
    assert_int_equal(0, http_in_flight(post.http));
    assert_true(seconds_left(&post) <= 0);
    assert_null(courier_collect(post.courier));
    end(&post);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_submit_writes_the_body_anew_for_each_try),
        cmocka_unit_test(test_collect_draws_a_wait_below_a_bound_that_doubles),
        cmocka_unit_test(test_collect_waits_as_long_as_it_is_told),
        cmocka_unit_test(test_collect_is_patient_so_long),
        cmocka_unit_test(test_collect_gives_up_after_the_tries),
        cmocka_unit_test(test_collect_does_not_try_what_cannot_pass),
        cmocka_unit_test(test_submit_of_too_large_a_body_is_done_at_once),
        cmocka_unit_test(test_submit_of_what_cannot_be_asked_is_done_at_once),
        cmocka_unit_test(test_collect_asks_on_a_model_that_paused),
        cmocka_unit_test(test_collect_takes_a_pause_for_the_end_after_ten),
        cmocka_unit_test(test_rest_gives_up_what_paused),
        cmocka_unit_test(test_collect_gives_every_ask_once),
        cmocka_unit_test(test_rest_gives_up_what_waits_and_lets_calls_end),
        cmocka_unit_test(test_drop_lets_go_of_every_ask),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
