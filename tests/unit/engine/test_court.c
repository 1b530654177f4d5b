#include "tests/unit/engine/asked.h"

#include "harness/base/buf.h"
#include "harness/engine/court.h"
#include "harness/engine/ledger.h"

#define SEATS_MAX 8

/* Two places are asked: "model" and "judge". */
struct fixture {
    struct binding bindings[2];
    struct sample sample, others[SEATS_MAX];
    const struct sample *chosen[1];
    struct work work;
    struct court court;
    struct episode eps[SEATS_MAX];
    struct ask asks[SEATS_MAX];
    struct seat seats[SEATS_MAX];
    struct ask_row rows[SEATS_MAX];      /* what is on paper of them */
    struct buf paper[SEATS_MAX];
    struct arena *arena;
};

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    fixture->bindings[0] = (struct binding){ .kind = ASK_MODEL, .role = "model" };
    fixture->bindings[1] = (struct binding){ .kind = ASK_MODEL, .role = "judge" };
    fixture->chosen[0] = &fixture->sample;
    fixture->work = (struct work){ .samples = fixture->chosen, .sample_count = 1, .epochs = 1 };
    fixture->court = (struct court){ .bindings = fixture->bindings, .binding_count = 2, .voids_max = 1,
                                     .ledger = ledger_new(&fixture->work, 1) };
    fixture->arena = arena_new();
    for (size_t i = 0; i < SEATS_MAX; i++)
        buf_init(&fixture->paper[i], 0);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < SEATS_MAX; i++)
        buf_fini(&fixture->paper[i]);
    arena_free(fixture->arena);
    ledger_free(fixture->court.ledger);
    free(fixture);
    return 0;
}

/* The i-th seat, its episode void after that reply. */
static struct seat *failed(struct fixture *fixture, size_t i, const char *role, struct reply reply)
{
    fixture->asks[i] = (struct ask){ .kind = ASK_MODEL, .role = role, .episode = &fixture->eps[i], .reply = reply };
    fixture->eps[i] = (struct episode){ .outcome = OUTCOME_VOID, .sample = &fixture->others[i], .heard = { &fixture->asks[i] }, .heard_count = 1 };
    fixture->seats[i] = (struct seat){ .ep = &fixture->eps[i], .index = i };
    return &fixture->seats[i];
}

static struct reply turned_down(void)
{
    struct reply reply = reply_failed(ORIGIN_HARNESS, "no such field");

    reply.cause = CAUSE_REFUSED;
    return reply;
}

static struct ask asked(struct episode *ep, struct reply reply)
{
    return (struct ask){ .kind = ASK_MODEL, .role = "model", .episode = ep, .reply = reply };
}

static void test_court_suspects_whom_the_provider_failed(void **state)
{
    struct fixture *fixture = *state;
    struct reply gone = reply_failed(ORIGIN_PROVIDER, "gone");
    struct seat *scored = failed(fixture, 2, "model", gone);

    assert_true(court_suspects(&fixture->court, failed(fixture, 0, "judge", gone)));
    assert_int_equal(1 << 1, fixture->seats[0].accused);
    assert_false(court_suspects(&fixture->court, failed(fixture, 1, "model", reply_failed(ORIGIN_HARNESS, "ours"))));
    assert_false(court_suspects(&fixture->court, failed(fixture, 1, "nobody", gone)));
    scored->ep->outcome = OUTCOME_SCORED;
    assert_false(court_suspects(&fixture->court, scored));
}

static void test_court_suspects_the_turned_down_whoever_was_answered_before(void **state)
{
    struct fixture *fixture = *state;
    struct seat *seat = failed(fixture, 0, "model", turned_down());
    struct ask answer = asked(&fixture->eps[0], reply_empty());
    struct reply too_long = turned_down();

    too_long.cause = CAUSE_OVERFLOW;
    assert_true(court_suspects(&fixture->court, seat));
    assert_false(court_hear(&fixture->court, 0, &answer));
    assert_true(court_suspects(&fixture->court, seat));
    assert_true(court_suspects(&fixture->court, failed(fixture, 1, "model", too_long)));
}

/* Both were asked at once; only when both have answered others it was this sample's bad luck. */
static void test_court_suspects_every_place_that_gave_no_answer(void **state)
{
    struct fixture *fixture = *state;
    struct seat *seat = failed(fixture, 0, "model", turned_down()), *first;
    struct ask rival = { .kind = ASK_MODEL, .role = "judge", .episode = seat->ep };

    rival.reply = reply_failed(ORIGIN_PROVIDER, "gone");
    seat->ep->heard[1] = &rival;
    seat->ep->heard_count = 2;
    assert_true(court_suspects(&fixture->court, seat));
    assert_int_equal(1 << 0 | 1 << 1, seat->accused);
    court_keep(&fixture->court, seat);
    assert_int_equal(0, court_accused(&fixture->court));
    assert_string_equal("no such field", court_words(&fixture->court));
    first = court_clear(&fixture->court, 0).first;
    assert_null(first);
    assert_int_equal(1, court_accused(&fixture->court));
    assert_string_equal("gone", court_words(&fixture->court));
    first = court_clear(&fixture->court, 1).first;
    assert_ptr_equal(seat, first);
}

static void test_court_clear_takes_those_of_one_place_in_order(void **state)
{
    struct fixture *fixture = *state;
    struct reply gone = reply_failed(ORIGIN_PROVIDER, "gone");
    struct seat_list cleared;

    for (size_t i = 0; i < 6; i++) {
        struct seat *seat = failed(fixture, i, i % 2 == 0 ? "model" : "judge", gone);
        assert_true(court_suspects(&fixture->court, seat));
        court_keep(&fixture->court, seat);
    }
    cleared = court_clear(&fixture->court, 1);
    for (size_t i = 1; i < 6; i += 2)
        assert_ptr_equal(&fixture->seats[i], seat_list_take(&cleared));
    assert_null(seat_list_take(&cleared));
    assert_int_equal(3, fixture->court.suspect_count);
    for (size_t i = 0; i < 6; i += 2)
        assert_ptr_equal(&fixture->seats[i], court_take(&fixture->court));
    assert_null(court_take(&fixture->court));
    assert_int_equal(0, fixture->court.suspect_count);
}

static void turn_down(struct fixture *fixture, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct seat *seat = failed(fixture, i, "model", turned_down());
        court_hear(&fixture->court, 0, &fixture->asks[i]);
        assert_true(court_suspects(&fixture->court, seat));
        court_keep(&fixture->court, seat);
    }
}

static void test_court_holds_while_everybody_is_turned_down(void **state)
{
    struct fixture *fixture = *state;
    struct ask answer = asked(&fixture->eps[0], reply_empty());

    turn_down(fixture, UNANSWERED_IN_A_ROW_MAX);
    court_hold(&fixture->court, false);
    assert_false(fixture->court.holding);
    court_hold(&fixture->court, true);
    assert_true(fixture->court.holding);
    court_hear(&fixture->court, 0, &answer);
    court_hold(&fixture->court, true);
    assert_false(fixture->court.holding);
    turn_down(fixture, UNANSWERED_IN_A_ROW_MAX);      /* again, in mid-run */
    court_hold(&fixture->court, true);
    assert_true(fixture->court.holding);
}

static void test_court_absolve_lets_go_on(void **state)
{
    struct fixture *fixture = *state;

    turn_down(fixture, UNANSWERED_IN_A_ROW_MAX);
    while (court_take(&fixture->court) != NULL)
        ;
    court_hold(&fixture->court, true);
    assert_true(fixture->court.holding);
    court_absolve(&fixture->court);
    assert_false(fixture->court.holding);
    court_hold(&fixture->court, true);
    assert_false(fixture->court.holding);
}

static void test_court_judges_by_what_the_place_did(void **state)
{
    struct fixture *fixture = *state;

    turn_down(fixture, 2);
    assert_int_equal(STOPPING_NOT, court_judge(&fixture->court, false));
    assert_int_equal(STOPPING_REFUSAL, court_judge(&fixture->court, true));
    fixture->seats[0].accused = 1 << 1;      /* of which nobody ever heard */
    assert_int_equal(STOPPING_OUTAGE, court_judge(&fixture->court, false));
    ledger_begin_voids(fixture->court.ledger);
    assert_int_equal(STOPPING_NOT, court_judge(&fixture->court, false));
}

/* The i-th is void again after that reply, and paper has that it failed of that cause before. */
static void fail_again(struct fixture *fixture, size_t i, enum cause before, struct reply reply)
{
    struct seat *seat = failed(fixture, i, "model", reply);
    struct reply recorded = reply_failed(ORIGIN_PROVIDER, "HTTP 500");

    recorded.cause = before;
    buf_clear(&fixture->paper[i]);
    reply_write(&recorded, &fixture->paper[i]);
    fixture->rows[i] = (struct ask_row){ .reply = fixture->paper[i].data, .reply_length = fixture->paper[i].length };
    seat->recorded = &fixture->rows[i];
    seat->recorded_count = 1;
    seat->ep->arena = fixture->arena;
    assert_true(court_suspects(&fixture->court, seat));
    court_keep(&fixture->court, seat);
}

static void dismiss_all(struct fixture *fixture)
{
    while (court_take(&fixture->court) != NULL)
        continue;
}

static void test_court_judges_a_second_chance_by_the_first(void **state)
{
    struct fixture *fixture = *state;

    ledger_begin_voids(fixture->court.ledger);
    fail_again(fixture, 0, CAUSE_SERVER, turned_down());
    assert_int_equal(STOPPING_NOT, court_judge(&fixture->court, false));      /* of one nobody can say */
    fail_again(fixture, 1, CAUSE_REFUSED, turned_down());
    assert_int_equal(STOPPING_NOT, court_judge(&fixture->court, false));      /* as it was */
    fail_again(fixture, 2, CAUSE_SERVER, reply_failed(ORIGIN_PROVIDER, "gone"));
    assert_int_equal(STOPPING_NOT, court_judge(&fixture->court, false));      /* no refusal */
    fail_again(fixture, 3, CAUSE_OVERFLOW, turned_down());
    assert_int_equal(STOPPING_REFUSAL, court_judge(&fixture->court, false));
    fixture->eps[3].sample = fixture->eps[0].sample;
    assert_int_equal(STOPPING_NOT, court_judge(&fixture->court, false));      /* another epoch of the same */
    fixture->eps[3].sample = &fixture->others[3];
    fixture->court.voids_max = 4;
    assert_int_equal(STOPPING_NOT, court_judge(&fixture->court, false));      /* so many are allowed */
    dismiss_all(fixture);
}

/* In either pass, and of a single one. */
static void test_court_judges_who_is_gone_at_once(void **state)
{
    static const enum cause CAUSES[] = { CAUSE_NOBODY, CAUSE_QUOTA };
    struct fixture *fixture = *state;
    struct reply gone = reply_failed(ORIGIN_PROVIDER, "gone");

    fixture->court.voids_max = 0;
    turn_down(fixture, 1);      /* somebody was heard */
    dismiss_all(fixture);
    for (size_t i = 0; i < 2; i++) {
        gone.cause = CAUSES[i];
        fail_again(fixture, i, CAUSES[i], gone);
        assert_int_equal(STOPPING_OUTAGE, court_judge(&fixture->court, false));
        dismiss_all(fixture);
    }
    ledger_begin_voids(fixture->court.ledger);
    fail_again(fixture, 0, gone.cause, gone);
    assert_int_equal(STOPPING_NOT, court_judge(&fixture->court, false));      /* as it was: something else is wrong with it */
    dismiss_all(fixture);
    fail_again(fixture, 0, CAUSE_SERVER, gone);
    assert_int_equal(STOPPING_OUTAGE, court_judge(&fixture->court, false));
    gone.cause = CAUSE_PLACE;
    dismiss_all(fixture);
    fail_again(fixture, 0, CAUSE_PLACE, gone);
    assert_int_equal(STOPPING_NOT, court_judge(&fixture->court, false));
}

/* One prompt may be too large to be let in at all; several are not. */
static void test_court_judges_who_comes_later_by_their_number(void **state)
{
    struct fixture *fixture = *state;
    struct reply later = reply_failed(ORIGIN_PROVIDER, "later");

    fixture->court.voids_max = 0;
    later.cause = CAUSE_LATER;
    turn_down(fixture, 1);
    dismiss_all(fixture);
    fail_again(fixture, 0, CAUSE_LATER, later);
    assert_int_equal(STOPPING_NOT, court_judge(&fixture->court, false));
    fail_again(fixture, 1, CAUSE_LATER, later);
    assert_int_equal(STOPPING_OUTAGE, court_judge(&fixture->court, false));
    ledger_begin_voids(fixture->court.ledger);
    assert_int_equal(STOPPING_NOT, court_judge(&fixture->court, false));      /* as before, both of them */
    dismiss_all(fixture);
    fail_again(fixture, 2, CAUSE_SERVER, later);
    fail_again(fixture, 3, CAUSE_SERVER, later);
    assert_int_equal(STOPPING_OUTAGE, court_judge(&fixture->court, false));
    dismiss_all(fixture);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_court_suspects_whom_the_provider_failed),
        TEST(test_court_suspects_the_turned_down_whoever_was_answered_before),
        TEST(test_court_suspects_every_place_that_gave_no_answer),
        TEST(test_court_clear_takes_those_of_one_place_in_order),
        TEST(test_court_holds_while_everybody_is_turned_down),
        TEST(test_court_absolve_lets_go_on),
        TEST(test_court_judges_by_what_the_place_did),
        TEST(test_court_judges_a_second_chance_by_the_first),
        TEST(test_court_judges_who_is_gone_at_once),
        TEST(test_court_judges_who_comes_later_by_their_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
