/*
 * Which asks a courier holds back, and what it says of them: for want of room at the server, of money, of peace.
 */
#include "tests/unit/runners/post.h"

#include "harness/engine/purse.h"
#include "runners/paces.h"

#define GOOD_BUT_LAST(ms) PEER_ANSWER("200 OK", "x-ratelimit-remaining-requests: 0\r\n" \
                                      "x-ratelimit-reset-requests: " ms "\r\n", "fine")
#define ADVISED(status, advice) PEER_ANSWER(status, "x-should-retry: " advice "\r\n", "")

/* So many calls at once to begin with, and a purse. */
static void begin_with(struct post *post, const char *const *answers, int start, struct purse *purse)
{
    struct courier_route route;

    post_prepare(post, answers);
    route = post_route(post, 9);
    route.start_in_flight = start;
    post->courier = post_open(&route, &(struct runner_means){ .http = post->http, .purse = purse }, &POST_ANY_SIZE);
}

static void submit(struct post *post, int count)
{
    for (int i = 0; i < count; i++)
        courier_submit(post->courier, &post->asks[i]);
}

static void assert_load(const struct post *post, size_t calling, size_t retrying, size_t held, size_t limit)
{
    struct runner_load load;

    courier_load(post->courier, &load);
    assert_int_equal(calling, load.calling);
    assert_int_equal(retrying, load.retrying);
    assert_int_equal(held, load.held);
    assert_int_equal(limit, load.limit);
}

static struct runner_wait explain(const struct post *post, int ask)
{
    struct runner_wait wait;
    char host[32];

    courier_explain(post->courier, &post->asks[ask], &wait);
    snprintf(host, sizeof host, "127.0.0.1:%d", post->peer.port);
    assert_string_equal(host, wait.host);
    return wait;
}

/* Which ask was posted first, second, ... */
static void assert_heard(const struct post *post, const char *ordinals)
{
    const char *at = post->heard;

    for (; *ordinals != '\0'; ordinals++) {
        at = strstr(at, "\r\n\r\nask ");
        assert_non_null(at);
        at += strlen("\r\n\r\nask ");
        assert_int_equal(*ordinals, *at);
    }
    assert_null(strstr(at, "\r\n\r\nask "));
}

static void test_later_costs_no_try(void **state)
{
    static const char *const answers[] = { LATER, LATER, LATER, GOOD, NULL };
    struct post post;

    (void)state;
    assert_int_equal(REPLY_OK, post_carry(&post, answers, 1)->status);
    assert_int_equal(529, post.asks[0].calls->next->next->status);
    assert_int_equal(4, post.asks[0].calls->next->next->next->try_number);
    post_end(&post);
}

static void test_a_server_that_bears_one_gets_one(void **state)
{
    static const char *const answers[] = { PEER_ON_CALL GOOD, GOOD, GOOD, NULL };
    struct post post;

    (void)state;
    begin_with(&post, answers, 1, NULL);
    submit(&post, 3);
    assert_load(&post, 1, 0, 2, 1);
    assert_string_equal("held: the server bears 1 at once", explain(&post, 1).words);
    assert_int_equal(1, http_in_flight(post.http));
    peer_call(&post.peer);
    for (int i = 0; i < 3; i++)
        assert_int_equal(REPLY_OK, post_collect(&post)->reply.status);
    assert_load(&post, 0, 0, 0, 4);
    post_end(&post);
}

/* Those that were refused go before those that were never sent. */
static void test_older_asks_go_first(void **state)
{
    static const char *const answers[] = { BUSY_FOR("0"), PEER_ON_CALL NEVER, GOOD, GOOD, NULL };
    struct post post;

    (void)state;
    begin_with(&post, answers, 1, NULL);
    submit(&post, 3);
    post_wait_for_calls(&post, &post.asks[0], 1);
    while (post.asks[0].calls->next == NULL && explain(&post, 0).until_ms != 0) {
        post_wait(&post);
        assert_null(courier_collect(post.courier));
    }
    assert_load(&post, 1, 0, 2, 1);
    peer_call(&post.peer);
    assert_ptr_equal(&post.asks[1], post_collect(&post));
    assert_ptr_equal(&post.asks[0], post_collect(&post));
    assert_ptr_equal(&post.asks[2], post_collect(&post));
    post_end(&post);
    assert_heard(&post, "0102");
}

static void test_nobody_goes_while_the_limit_is_used_up(void **state)
{
    static const char *const answers[] = { GOOD_BUT_LAST("400ms"), GOOD, NULL };
    struct post post;
    int64_t begun_ms = clock_monotonic_ms();

    (void)state;
    begin_with(&post, answers, 8, NULL);
    submit(&post, 1);
    assert_ptr_equal(&post.asks[0], post_collect(&post));
    courier_submit(post.courier, &post.asks[1]);
    assert_load(&post, 0, 0, 1, 9);
    assert_string_equal("held: the server's limit is used up", explain(&post, 1).words);
    assert_true(post_seconds_left(&post) > 0 && post_seconds_left(&post) <= 0.4);
    assert_ptr_equal(&post.asks[1], post_collect(&post));
    assert_true(clock_monotonic_ms() - begun_ms >= 400);
    assert_int_equal(0, post.asks[1].calls->wait_ms);
    post_end(&post);
}

/* Four in a row are told to come in a minute: a fifth does not even go. */
static void test_nobody_goes_to_a_server_that_is_deaf(void **state)
{
    static const char *const answers[] = { LATER_FOR("60"), LATER_FOR("60"), LATER_FOR("60"),
                                           LATER_FOR("60"), GOOD, NULL };
    struct post post;
    struct runner_load load;

    (void)state;
    begin_with(&post, answers, 1, NULL);
    submit(&post, 4);
    for (int i = 0; i < 4; i++)
        post_wait_for_calls(&post, &post.asks[i], 1);
    courier_submit(post.courier, &post.asks[4]);
    assert_int_equal(0, http_in_flight(post.http));
    assert_load(&post, 0, 4, 1, 1);
    courier_load(post.courier, &load);
    assert_int_equal(4, load.later);
    assert_true(load.next_ms > clock_monotonic_ms() + 50000);
    assert_true(explain(&post, 4).until_ms > clock_monotonic_ms() + 50000);
    assert_string_equal("told to come later (529)", explain(&post, 0).words);
    assert_int_equal(1, explain(&post, 0).tries);
    assert_true(post_seconds_left(&post) > 50);
    post_end(&post);
}

/* A call may cost 40, and does cost 5. */
static void test_a_call_waits_until_there_is_money_for_it(void **state)
{
    static const char *const answers[] = { PEER_ON_CALL GOOD, BUSY, GOOD, GOOD, NULL };
    struct purse purse = { .cap_nanousd = 60 };
    struct post post;

    (void)state;
    begin_with(&post, answers, 0, &purse);
    submit(&post, 3);
    assert_load(&post, 1, 0, 2, 0);
    assert_int_equal(40, purse.reserved_nanousd);
    assert_false(purse.is_empty);
    assert_string_equal("held: the money for it is put aside for others", explain(&post, 1).words);
    peer_call(&post.peer);
    for (int i = 0; i < 3; i++)
        assert_int_equal(REPLY_OK, post_collect(&post)->reply.status);
    assert_int_equal(15, purse.spent_nanousd);
    assert_int_equal(0, purse.reserved_nanousd);
    assert_int_equal(0, purse.unsure_nanousd);
    post_end(&post);
}

static void test_a_call_too_dear_empties_the_purse(void **state)
{
    static const char *const answers[] = { GOOD, NULL };
    struct purse purse = { .cap_nanousd = 39 };
    struct post post;

    (void)state;
    begin_with(&post, answers, 0, &purse);
    submit(&post, 1);
    assert_true(purse.is_empty);
    assert_load(&post, 0, 0, 1, 0);
    courier_rest(post.courier);
    assert_ptr_equal(&post.asks[0], courier_collect(post.courier));
    assert_int_equal(REPLY_NONE, post.asks[0].reply.status);
    post_end(&post);
}

/* A model that paused is not asked on while resting where the money is used up: nobody would end that wait. */
static void test_rest_gives_up_what_paused_and_cannot_be_paid(void **state)
{
    static const char *const answers[] = { PEER_ON_CALL PART("one, "), GOOD, NULL };
    struct purse purse = { .cap_nanousd = 44 };
    struct post post;

    (void)state;
    begin_with(&post, answers, 0, &purse);
    submit(&post, 1);
    courier_rest(post.courier);
    peer_call(&post.peer);
    assert_ptr_equal(&post.asks[0], post_collect(&post));
    assert_int_equal(REPLY_NONE, post.asks[0].reply.status);
    assert_int_equal(5, post.asks[0].calls->cost_nanousd);
    assert_int_equal(5, purse.spent_nanousd);
    assert_int_equal(0, purse.reserved_nanousd);
    post_end(&post);
}

/* Nobody knows what a call broken off cost: all that was put aside for it. */
static void test_a_call_broken_off_costs_the_worst(void **state)
{
    static const char *const answers[] = { PEER_SILENCE, NULL };
    struct purse purse = { .cap_nanousd = 100 };
    struct post post;

    (void)state;
    begin_with(&post, answers, 0, &purse);
    submit(&post, 2);
    courier_drop(post.courier);
    assert_int_equal(80, purse.spent_nanousd);
    assert_int_equal(80, purse.unsure_nanousd);
    assert_int_equal(0, purse.reserved_nanousd);
    assert_load(&post, 0, 0, 0, 0);
    post_end(&post);
}

/* What stands in x-should-retry counts for more than the status. */
static void test_advice_is_heeded(void **state)
{
    static const char *const again[] = { ADVISED("400 No", "true"), GOOD, NULL };
    static const char *const no_more[] = { ADVISED("500 Oops", "false"), GOOD, NULL };
    static const char *const of_an_answer[] = { ADVISED("200 OK", "true"), NULL };
    struct post post;

    (void)state;
    assert_int_equal(REPLY_OK, post_carry(&post, again, 9)->status);
    post_end(&post);
    assert_string_equal("HTTP 500", post_carry(&post, no_more, 9)->reason);
    post_end(&post);
    assert_int_equal(REPLY_OK, post_carry(&post, of_an_answer, 9)->status);
    post_end(&post);
}

/* A complaint is one also where the server advises against another try. */
static void test_a_complaint_slows_whatever_is_advised(void **state)
{
    static const char *const answers[] = { ADVISED("529 Overloaded", "false"), NULL };
    struct post post;

    (void)state;
    begin_with(&post, answers, 8, NULL);
    submit(&post, 1);
    assert_int_equal(REPLY_FAILED, post_collect(&post)->reply.status);
    assert_load(&post, 0, 0, 0, 1);
    post_end(&post);
}

/* Two couriers to one server, which bears one call at once. */
static void test_who_asks_the_same_model_keeps_one_pace(void **state)
{
    static const char *const answers[] = { PEER_ON_CALL GOOD, GOOD, NULL };
    struct paces *paces = paces_new();
    struct courier_route route;
    struct runner_means means;
    struct courier *other;
    struct post post;

    (void)state;
    post_prepare(&post, answers);
    route = post_route(&post, 9);
    route.start_in_flight = 1;
    means = (struct runner_means){ .http = post.http, .paces = paces };
    post.courier = post_open(&route, &means, &POST_ANY_SIZE);
    other = post_open(&route, &means, &POST_ANY_SIZE);
    courier_submit(post.courier, &post.asks[0]);
    courier_submit(other, &post.asks[1]);
    assert_int_equal(1, http_in_flight(post.http));
    peer_call(&post.peer);
    assert_ptr_equal(&post.asks[0], post_collect(&post));
    assert_null(courier_collect(other));
    assert_int_equal(1, http_in_flight(post.http));
    courier_close(other);
    assert_load(&post, 0, 0, 0, 2);
    post_end(&post);
    paces_free(paces);
}

static void test_paces_differ_by_model_and_address(void **state)
{
    struct paces *paces = paces_new();
    struct pace *one = paces_get(paces, "http://a/", "x", 3);

    (void)state;
    assert_ptr_equal(one, paces_get(paces, "http://a/", "x", 5));
    assert_ptr_not_equal(one, paces_get(paces, "http://a/", "y", 5));
    assert_ptr_not_equal(one, paces_get(paces, "http://b/", "x", 5));
    paces_free(paces);
}

static void test_explain_shows_no_password(void **state)
{
    static const char *const answers[] = { NULL };
    struct courier_route route = { .url = "https://me:p@ss@host:8000/v1/x", .model = "x", .tries = 1 };
    struct runner_wait wait;
    struct post post;

    (void)state;
    post_prepare(&post, answers);
    post.courier = post_open(&route, &(struct runner_means){ .http = post.http }, &POST_ANY_SIZE);
    courier_explain(post.courier, &post.asks[0], &wait);
    assert_string_equal("host:8000", wait.host);
    assert_string_equal("", wait.words);
    post_end(&post);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_later_costs_no_try),
        cmocka_unit_test(test_a_server_that_bears_one_gets_one),
        cmocka_unit_test(test_older_asks_go_first),
        cmocka_unit_test(test_nobody_goes_while_the_limit_is_used_up),
        cmocka_unit_test(test_nobody_goes_to_a_server_that_is_deaf),
        cmocka_unit_test(test_a_call_waits_until_there_is_money_for_it),
        cmocka_unit_test(test_a_call_too_dear_empties_the_purse),
        cmocka_unit_test(test_rest_gives_up_what_paused_and_cannot_be_paid),
        cmocka_unit_test(test_a_call_broken_off_costs_the_worst),
        cmocka_unit_test(test_advice_is_heeded),
        cmocka_unit_test(test_a_complaint_slows_whatever_is_advised),
        cmocka_unit_test(test_who_asks_the_same_model_keeps_one_pace),
        cmocka_unit_test(test_paces_differ_by_model_and_address),
        cmocka_unit_test(test_explain_shows_no_password),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
