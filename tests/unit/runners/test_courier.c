/*
 * How asks are carried, whatever is said: when there is another try and after how long, and what becomes of asks that
 * are given up.
 */
#include "tests/unit/runners/post.h"

static void test_submit_writes_the_body_anew_for_each_try(void **state)
{
    static const char *const answers[] = { BUSY, BUSY, GOOD, NULL };
    struct post post;
    const struct reply *reply = post_carry(&post, answers, 3);
    const char *at;
    int count = 0;

    (void)state;
    assert_int_equal(REPLY_OK, reply->status);
    assert_string_equal("fine", reply->text);
    post_end(&post);
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
    post_carry(&post, answers, 9);
    for (const struct call *call = post.asks[0].calls; call != NULL; call = call->next, try_number++) {
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
    post_end(&post);
}

static void test_collect_waits_as_long_as_it_is_told(void **state)
{
    static const char *const answers[] = { BUSY_FOR("1"), GOOD, NULL };
    int64_t begun_ms = clock_monotonic_ms();
    struct post post;

    (void)state;
    post_carry(&post, answers, 2);
    assert_in_range(post.asks[0].calls->next->wait_ms, 1000, 1100);
    assert_true(clock_monotonic_ms() - begun_ms >= 1000);
    post_end(&post);
}

/* A server that wants more peace than there is patience is one that does not answer. */
static void test_collect_is_patient_so_long(void **state)
{
    static const char *const patient[] = { BUSY_FOR("99"), NULL }, *const more[] = { BUSY_FOR("101"), NULL };
    struct post post;

    (void)state;
    post_begin(&post, patient, 2, &POST_ANY_SIZE);
    courier_submit(post.courier, &post.asks[0]);
    post_wait_for_calls(&post, &post.asks[0], 1);
    assert_true(post_seconds_left(&post) > 90 && post_seconds_left(&post) <= 109);
    post_end(&post);
    assert_int_equal(REPLY_FAILED, post_carry(&post, more, 2)->status);
    post_end(&post);
}

static void test_collect_gives_up_after_the_tries(void **state)
{
    static const char *const answers[] = { BUSY, BUSY, GOOD, NULL };
    struct post post;
    const struct reply *reply = post_carry(&post, answers, 2);

    (void)state;
    assert_int_equal(REPLY_FAILED, reply->status);
    assert_string_equal("after 2 tries: HTTP 429", reply->reason);
    assert_string_equal("HTTP 429", post.asks[0].calls->error);
    post_end(&post);
    reply = post_carry(&post, answers, 1);
    assert_string_equal("after 1 try: HTTP 429", reply->reason);
    post_end(&post);
}

static void test_collect_does_not_try_what_cannot_pass(void **state)
{
    static const char *const answers[] = { NEVER, GOOD, NULL };
    struct post post;
    const struct reply *reply = post_carry(&post, answers, 9);

    (void)state;
    assert_int_equal(REPLY_FAILED, reply->status);
    assert_string_equal("HTTP 400", reply->reason);
    assert_null(post.asks[0].calls->next);
    post_end(&post);
}

static void test_submit_of_too_large_a_body_is_done_at_once(void **state)
{
    static const char *const answers[] = { NULL };
    struct post post;

    (void)state;
    post_begin(&post, answers, 9, &POST_NO_SIZE);
    courier_submit(post.courier, &post.asks[0]);
    assert_true(post_is_readable(&post));
    assert_int_equal(0, http_in_flight(post.http));
    assert_ptr_equal(&post.asks[0], courier_collect(post.courier));
    assert_int_equal(REPLY_FAILED, post.asks[0].reply.status);
    assert_int_equal(ORIGIN_HARNESS, post.asks[0].reply.origin);
    assert_null(post.asks[0].calls);
    assert_null(courier_collect(post.courier));
    assert_false(post_is_readable(&post));
    post_end(&post);
}

static void test_submit_of_what_cannot_be_asked_is_done_at_once(void **state)
{
    static const char *const answers[] = { GOOD, NULL };
    struct post post;

    (void)state;
    post_begin(&post, answers, 9, &POST_ANY_SIZE);
    post.asks[0].ordinal = 7;
    courier_submit(post.courier, &post.asks[0]);
    assert_true(post_is_readable(&post));
    assert_ptr_equal(&post.asks[0], courier_collect(post.courier));
    assert_int_equal(REPLY_FAILED, post.asks[0].reply.status);
    assert_int_equal(ORIGIN_HARNESS, post.asks[0].reply.origin);
    assert_string_equal("seven is never asked", post.asks[0].reply.reason);
    assert_null(post.asks[0].calls);
    post_end(&post);
}

/* What comes after a pause follows on what came before, faults between or not; all of it is paid for. */
static void test_collect_asks_on_a_model_that_paused(void **state)
{
    static const char *const answers[] = { PART("one, "), PART("two, "), BUSY, GOOD, NULL };
    struct post post;
    const struct reply *reply = post_carry(&post, answers, 9);
    const struct call *call = post.asks[0].calls;

    (void)state;
    assert_int_equal(REPLY_OK, reply->status);
    assert_string_equal("one, two, fine", reply->text);
    for (int i = 1; i <= 4; i++, call = call->next) {
        assert_int_equal(i, call->try_number);
        assert_true(i == 4 || call->wait_ms == 0);
        assert_int_equal(i == 3 ? 0 : 5, call->cost_nanousd);
    }
    assert_null(call);
    post_end(&post);
    assert_non_null(strstr(post.heard, "\r\n\r\nask 0POST"));
    assert_non_null(strstr(post.heard, "\r\n\r\nask 0 [one, ]POST"));
    assert_non_null(strstr(strstr(post.heard, "ask 0 [one, two, ]") + 1, "ask 0 [one, two, ]"));
}

/* A wait before one call is none before the next. */
static void test_collect_asks_on_without_the_wait_before(void **state)
{
    static const char *const answers[] = { BUSY_FOR("1"), PART("one, "), GOOD, NULL };
    struct post post;

    (void)state;
    assert_string_equal("one, fine", post_carry(&post, answers, 9)->text);
    assert_true(post.asks[0].calls->next->wait_ms >= 1000);
    assert_int_equal(0, post.asks[0].calls->next->next->wait_ms);
    post_end(&post);
}

static void test_collect_takes_a_pause_for_the_end_after_ten(void **state)
{
    static const char *const answers[] = { PART("1"), PART("2"), PART("3"), PART("4"), PART("5"), PART("6"), PART("7"),
                                           PART("8"), PART("9"), PART("a"), PART("b"), PART("c"), NULL };
    struct post post;

    (void)state;
    assert_string_equal("123456789ab", post_carry(&post, answers, 1)->text);
    post_end(&post);
}

/* What was said is paid for: its answer is asked on to its end. */
static void test_rest_asks_on_a_model_that_paused(void **state)
{
    static const char *const answers[] = { PEER_ON_CALL PART("one, "), PART("two, "), GOOD, NULL };
    struct post post;

    (void)state;
    post_begin(&post, answers, 9, &POST_ANY_SIZE);
    courier_submit(post.courier, &post.asks[0]);
    courier_rest(post.courier);
    peer_call(&post.peer);
    assert_ptr_equal(&post.asks[0], post_collect(&post));
    assert_int_equal(REPLY_OK, post.asks[0].reply.status);
    assert_string_equal("one, two, fine", post.asks[0].reply.text);
    post_end(&post);
}

static void test_collect_gives_every_ask_once(void **state)
{
    static const char *const answers[] = { BUSY, GOOD, BUSY, GOOD, GOOD, NULL };
    struct post post;
    int done[3] = { 0 };

    (void)state;
    post_begin(&post, answers, 9, &POST_ANY_SIZE);
    for (int i = 0; i < 3; i++)
        courier_submit(post.courier, &post.asks[i]);
    for (int i = 0; i < 3; i++)
        done[post_collect(&post)->ordinal]++;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(1, done[i]);
        assert_int_equal(REPLY_OK, post.asks[i].reply.status);
    }
    assert_null(courier_collect(post.courier));
    post_end(&post);
}

/* One ask waits for its next try; of two calls in flight one is refused, which would have meant another. */
static void test_rest_gives_up_what_waits_and_lets_calls_end(void **state)
{
    static const char *const answers[] = { BUSY_FOR("60"), PEER_ON_CALL GOOD, PEER_ON_CALL BUSY, NULL };
    struct post post;

    (void)state;
    post_begin(&post, answers, 9, &POST_ANY_SIZE);
    courier_submit(post.courier, &post.asks[0]);
    post_wait_for_calls(&post, &post.asks[0], 1);
    courier_submit(post.courier, &post.asks[1]);
    courier_submit(post.courier, &post.asks[2]);
    courier_rest(post.courier);
    assert_true(post_is_readable(&post));
    assert_ptr_equal(&post.asks[0], courier_collect(post.courier));
    assert_int_equal(REPLY_NONE, post.asks[0].reply.status);
    assert_null(courier_collect(post.courier));
    peer_call(&post.peer);
    assert_ptr_equal(&post.asks[1], post_collect(&post));
    assert_int_equal(REPLY_OK, post.asks[1].reply.status);
    peer_call(&post.peer);
    assert_ptr_equal(&post.asks[2], post_collect(&post));
    assert_int_equal(REPLY_NONE, post.asks[2].reply.status);
    assert_int_equal(429, post.asks[2].calls->status);
    post_end(&post);
}

/* The server lets nobody in for a minute, so the second ask was never sent; nor is it when the run is to end. */
static void test_rest_gives_up_what_was_never_sent(void **state)
{
    static const char *const answers[] = {
        PEER_ANSWER("200 OK", "x-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: 60s\r\n", "fine"), NULL
    };
    struct post post;

    (void)state;
    post_begin(&post, answers, 9, &POST_ANY_SIZE);
    courier_submit(post.courier, &post.asks[0]);
    assert_ptr_equal(&post.asks[0], post_collect(&post));
    post.asks[1].reply = reply_empty();     /* as an ask begins */
    courier_submit(post.courier, &post.asks[1]);
    assert_null(courier_collect(post.courier));
    courier_rest(post.courier);
    assert_ptr_equal(&post.asks[1], courier_collect(post.courier));
    assert_int_equal(REPLY_NONE, post.asks[1].reply.status);
    assert_null(post.asks[1].calls);
    post_end(&post);
}

static void test_drop_lets_go_of_every_ask(void **state)
{
    static const char *const answers[] = { BUSY_FOR("60"), PEER_SILENCE, NULL };
    struct post post;

    (void)state;
    post_begin(&post, answers, 9, &POST_ANY_SIZE);
    courier_submit(post.courier, &post.asks[0]);
    post_wait_for_calls(&post, &post.asks[0], 1);
    courier_submit(post.courier, &post.asks[1]);
    assert_int_equal(1, http_in_flight(post.http));
    assert_true(post_seconds_left(&post) > 0);
    courier_drop(post.courier);
    assert_int_equal(0, http_in_flight(post.http));
    assert_true(post_seconds_left(&post) <= 0);
    assert_null(courier_collect(post.courier));
    post_end(&post);
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
        cmocka_unit_test(test_collect_asks_on_without_the_wait_before),
        cmocka_unit_test(test_collect_takes_a_pause_for_the_end_after_ten),
        cmocka_unit_test(test_rest_asks_on_a_model_that_paused),
        cmocka_unit_test(test_collect_gives_every_ask_once),
        cmocka_unit_test(test_rest_gives_up_what_waits_and_lets_calls_end),
        cmocka_unit_test(test_rest_gives_up_what_was_never_sent),
        cmocka_unit_test(test_drop_lets_go_of_every_ask),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
