/* One ask's tries, waits and patience, without a server. */
#include "tests/unit/runners/scene.h"

#include "harness/base/clock.h"
#include "harness/base/http.h"
#include "results/journal.h"
#include "runners/courier.h"
#include "runners/errand.h"
#include "runners/heard.h"

struct fixture {
    struct episode *episode;
    struct ask ask;
    struct errand *errand;
    struct courier_route route;
};

static void begin(struct fixture *f, int tries, int64_t patience_ms)
{
    *f = (struct fixture){ .episode = episode_new(&SCENE_TASK, NULL, &SCENE_SAMPLES[0], 1, 7),
                           .route = { .tries = tries, .patience_ms = patience_ms } };
    f->ask = (struct ask){ .episode = f->episode, .seed = 5 };
    f->errand = errand_new(&f->ask);
}

static void end(struct fixture *f)
{
    errand_free(f->errand);
    episode_free(f->episode);
}

/* A call that ended so, the server asking for so much peace; -1: for none. Whether there is another. */
static bool call(struct fixture *f, enum heard_end how, int64_t retry_after_ms, struct heard *heard)
{
    struct http_call call = { .status = 429, .retry_after_ms = retry_after_ms, .started_ms = clock_monotonic_ms() };

    *heard = (struct heard){ .end = how, .reply = reply_failed(ORIGIN_PROVIDER, "HTTP 429: slow down"),
                             .note = "HTTP 429: slow down", .cost_nanousd = 3 };
    errand_note(f->errand, &call, heard);
    return errand_tries_again(f->errand, &f->route, &call, heard);
}

static void test_tries_again_counts_failures_only(void **state)
{
    struct fixture f;
    struct heard heard;

    (void)state;
    begin(&f, 3, 60000);
    for (int i = 0; i < 50; i++)
        assert_true(call(&f, HEARD_LATER, -1, &heard));
    assert_true(call(&f, HEARD_AGAIN, -1, &heard));
    assert_true(call(&f, HEARD_AGAIN, 1000, &heard));
    assert_false(call(&f, HEARD_AGAIN, -1, &heard));
    assert_false(reply_shuts_out_all(&heard.reply));
    assert_int_equal(53, f.errand->tries);
    end(&f);
}

static void test_tries_again_never_after_an_answer_or_a_no(void **state)
{
    struct fixture f;
    struct heard heard;

    (void)state;
    begin(&f, 9, 60000);
    assert_false(call(&f, HEARD_ANSWER, 5, &heard));
    assert_false(call(&f, HEARD_NEVER, 5, &heard));
    end(&f);
}

static void test_tries_again_says_what_more_peace_than_patience_is_asked_for(void **state)
{
    struct fixture f;
    struct heard heard;

    (void)state;
    begin(&f, 9, 3600000);
    assert_true(call(&f, HEARD_LATER, 3500000, &heard));
    assert_false(call(&f, HEARD_LATER, 7200000, &heard));
    assert_true(reply_shuts_out_all(&heard.reply));
    errand_conclude(f.errand, &heard);
    assert_string_equal("after 2 tries: HTTP 429: slow down; asks for 7200 s of peace, patience_s is 3600",
                        f.ask.reply.reason);
    end(&f);
}

/* Being told to come later and later ends too. */
static void test_tries_again_ends_when_patience_does(void **state)
{
    struct fixture f;
    struct heard heard;

    (void)state;
    begin(&f, 9, 30000);
    assert_true(call(&f, HEARD_LATER, -1, &heard));
    f.errand->refused_ms -= 29000;
    assert_true(call(&f, HEARD_LATER, -1, &heard));
    f.errand->refused_ms -= 2000;
    assert_false(call(&f, HEARD_LATER, -1, &heard));
    assert_string_equal("HTTP 429: slow down; told to come later for 31 s, patience_s is 30", heard.reply.reason);
    end(&f);
}

/* Time in which the server let it in and answered, if badly, is not patience. */
static void test_tries_again_has_its_patience_anew_once_it_was_let_in(void **state)
{
    struct fixture f;
    struct heard heard;

    (void)state;
    begin(&f, 9, 30000);
    assert_true(call(&f, HEARD_LATER, -1, &heard));
    f.errand->refused_ms -= 60000;
    assert_true(call(&f, HEARD_AGAIN, -1, &heard));
    assert_true(call(&f, HEARD_LATER, -1, &heard));
    f.errand->refused_ms -= 60000;
    assert_false(call(&f, HEARD_LATER, -1, &heard));
    end(&f);
}

/* An error that comes with a Retry-After is one all the same, and as much peace may be asked for with it. */
static void test_tries_again_bounds_the_peace_asked_for_with_an_error(void **state)
{
    struct fixture f;
    struct heard heard;

    (void)state;
    begin(&f, 9, 1000);
    assert_true(call(&f, HEARD_AGAIN, 900, &heard));
    assert_false(call(&f, HEARD_AGAIN, 1001, &heard));
    assert_true(reply_shuts_out_all(&heard.reply));
    end(&f);
}

/* Hostile values: no wait overflows. */
static void test_tries_again_survives_any_retry_after(void **state)
{
    struct fixture f;
    struct heard heard;

    (void)state;
    begin(&f, 9, INT64_C(604800000));
    assert_false(call(&f, HEARD_LATER, INT64_C(1000000000000000), &heard));
    assert_non_null(strstr(heard.reply.reason, "asks for 1000000000000 s of peace"));
    errand_draw_wait(f.errand, INT64_C(1000000000000000));
    assert_true(f.errand->wait_ms >= INT64_C(1000000000000000));
    end(&f);
}

static void test_draw_wait_doubles_its_bound_up_to_a_minute(void **state)
{
    struct fixture f;
    int64_t bound_ms = 500;

    (void)state;
    begin(&f, 99, 0);
    for (int calls = 1; calls < 20; calls++) {
        int64_t longest_ms = 0, sum_ms = 0;
        struct heard heard;

        call(&f, HEARD_AGAIN, -1, &heard);
        for (int i = 0; i < 1000; i++) {
            errand_draw_wait(f.errand, -1);
            longest_ms = f.errand->wait_ms > longest_ms ? f.errand->wait_ms : longest_ms;
            sum_ms += f.errand->wait_ms;
        }
        assert_true(longest_ms < bound_ms && longest_ms > bound_ms * 9 / 10);
        assert_true(sum_ms > bound_ms * 440 && sum_ms < bound_ms * 560);
        bound_ms = bound_ms * 2 < 60000 ? bound_ms * 2 : 60000;
    }
    end(&f);
}

/* Refusals and faults are counted apart. */
static void test_draw_wait_knows_a_fault_from_a_refusal(void **state)
{
    struct fixture f;
    struct heard heard;

    (void)state;
    begin(&f, 99, 60000);
    for (int i = 0; i < 8; i++)
        call(&f, HEARD_LATER, -1, &heard);
    call(&f, HEARD_AGAIN, -1, &heard);
    for (int i = 0; i < 100; i++) {
        errand_draw_wait(f.errand, -1);
        assert_true(f.errand->wait_ms < 500);
    }
    end(&f);
}

/* Never sooner than asked, a tenth later at most, and not all at the same moment. */
static void test_draw_wait_heeds_what_is_asked_for(void **state)
{
    struct fixture f;
    int64_t shortest_ms = INT64_MAX, longest_ms = 0;

    (void)state;
    begin(&f, 99, 0);
    f.errand->tries = 20;
    for (int i = 0; i < 1000; i++) {
        errand_draw_wait(f.errand, 10000);
        shortest_ms = f.errand->wait_ms < shortest_ms ? f.errand->wait_ms : shortest_ms;
        longest_ms = f.errand->wait_ms > longest_ms ? f.errand->wait_ms : longest_ms;
    }
    assert_true(shortest_ms >= 10000 && shortest_ms < 10050);
    assert_true(longest_ms <= 11000 && longest_ms > 10950);
    assert_true(f.errand->due_ms > clock_monotonic_ms() + 9000);
    end(&f);
}

/* What each call cost stands with it, and nowhere else. */
static void test_note_keeps_what_each_call_cost(void **state)
{
    struct fixture f;
    struct heard heard;

    (void)state;
    begin(&f, 9, 0);
    call(&f, HEARD_AGAIN, -1, &heard);
    call(&f, HEARD_ANSWER, -1, &heard);
    errand_conclude(f.errand, &heard);
    assert_string_equal("HTTP 429: slow down", f.ask.reply.reason);
    assert_int_equal(3, f.ask.calls->cost_nanousd);
    assert_int_equal(3, f.ask.calls->next->cost_nanousd);
    assert_null(f.ask.calls->next->next);
    assert_int_equal(COST_UNKNOWN, f.ask.reply.cost_nanousd);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tries_again_counts_failures_only),
        cmocka_unit_test(test_tries_again_never_after_an_answer_or_a_no),
        cmocka_unit_test(test_tries_again_says_what_more_peace_than_patience_is_asked_for),
        cmocka_unit_test(test_tries_again_ends_when_patience_does),
        cmocka_unit_test(test_tries_again_has_its_patience_anew_once_it_was_let_in),
        cmocka_unit_test(test_tries_again_bounds_the_peace_asked_for_with_an_error),
        cmocka_unit_test(test_tries_again_survives_any_retry_after),
        cmocka_unit_test(test_draw_wait_doubles_its_bound_up_to_a_minute),
        cmocka_unit_test(test_draw_wait_knows_a_fault_from_a_refusal),
        cmocka_unit_test(test_draw_wait_heeds_what_is_asked_for),
        cmocka_unit_test(test_note_keeps_what_each_call_cost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
