#include "asked.h"

#include "harness/base/buf.h"
#include "harness/engine/ledger.h"
#include "harness/engine/seat.h"
#include "tests/unit/results/scratch.h"

static step_fn first, last;
static const struct step FIRST = { .name = "first", .run = first };
static const struct step LAST = { .name = "last", .run = last, .takes_timeouts = true };
static const struct flow FLOW = { .name = "three", .first = &FIRST };
static const struct task TASK = { .name = "three", .flow = &FLOW, .prompt = asked_prompt, .grader = &ASKED_GRADER };

/* Asks a box, a model and the graders at once: one ask of each kind to recall. */
static const struct step *first(struct episode *ep)
{
    static struct reply said;

    said = reply_empty();
    ask_env(ep, "env", &(struct part){ .kind = PART_TEXT, .text = "ls" });
    ask_model(ep, "model");
    ask_grade(ep, &said, NULL);
    return &LAST;
}

static const struct step *last(struct episode *ep)
{
    episode_score(ep, episode_reply(ep, 2));
    return NULL;
}

struct fixture {
    struct scratch scratch;
    struct store *store;
    struct journal *journal;
    struct sample sample;
    const struct sample *chosen[1];
    struct work work;
    struct ledger *ledger;
    struct seat *seat;
};

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    scratch_init(&fixture->scratch);
    fixture->store = scratch_store(&fixture->scratch);
    fixture->journal = journal_open(fixture->store, add_run(fixture->store, fixture->scratch.arena));
    fixture->sample = ASKED_SAMPLE;
    fixture->sample.row_id = put_sample(fixture->store, "three", "s1");
    fixture->chosen[0] = &fixture->sample;
    fixture->work = (struct work){ .task = &TASK, .profile = &ASKED_PROFILE, .samples = fixture->chosen,
                                   .sample_count = 1, .epochs = 1 };
    fixture->ledger = ledger_new(&fixture->work, 1);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    if (fixture->seat != NULL)
        seat_free(fixture->seat);
    ledger_free(fixture->ledger);
    journal_close(fixture->journal);
    store_close(fixture->store);
    scratch_fini(&fixture->scratch);
    free(fixture);
    return 0;
}

/* The episode's seat as one start of the run makes it. */
static struct episode *sit_down(struct fixture *fixture)
{
    if (fixture->seat != NULL)
        seat_free(fixture->seat);
    fixture->seat = seat_new(fixture->ledger, 0, fixture->store, &fixture->scratch.err);
    assert_non_null(fixture->seat);
    seat_begin(fixture->seat, fixture->ledger, 7);
    return fixture->seat->ep;
}

static struct reply said(const char *text)
{
    struct reply reply = reply_empty();

    reply.text = text;
    reply.tokens_out = 5;
    return reply;
}

/* As the engine does with what came back. */
static int64_t count(struct fixture *fixture, size_t n, struct reply reply)
{
    fixture->seat->ep->asks[n]->reply = reply;
    return seat_count(fixture->seat, fixture->seat->ep->asks[n]);
}

/* Puts a reply to the n-th ask on paper, asked in other words when hash is given. */
static void record(struct fixture *fixture, size_t n, struct reply reply, const char *hash)
{
    const struct ask *ask = fixture->seat->ep->asks[n];
    struct ask_row row = { .ordinal = ask->ordinal, .kind = ask_kind_name(ask->kind), .role = ask->role,
                           .request_hash = hash != NULL ? hash : ask->hash };
    struct buf json;

    buf_init(&json, 0);
    reply_write(&reply, &json);
    row.reply = json.data;
    row.reply_length = json.length;
    count(fixture, n, reply);
    journal_add_ask(fixture->journal, &fixture->seat->row, &row);
    commit(fixture->journal);
    buf_fini(&json);
    ledger_entry(fixture->ledger, 0)->row_id = fixture->seat->row.id;
}

static void test_seat_new_without_paper_recalls_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct episode *ep = sit_down(fixture);

    assert_ptr_equal(ep->seat, fixture->seat);
    assert_string_equal(fixture->seat->row.target, "4");
    assert_null(fixture->seat->row.permutation);
    for (size_t i = 0; i < 3; i++)
        assert_false(seat_recall(fixture->seat, ep->asks[i]));
    assert_false(fixture->seat->must_restart);
}

static void test_seat_recall_answers_models_from_paper(void **state)
{
    struct fixture *fixture = *state;
    struct episode *ep = sit_down(fixture);

    for (size_t i = 0; i < 3; i++)
        record(fixture, i, said("heard"), NULL);
    ep = sit_down(fixture);
    assert_false(seat_recall(fixture->seat, ep->asks[0]));      /* a box is asked again */
    assert_true(seat_recall(fixture->seat, ep->asks[1]));
    assert_string_equal(ep->asks[1]->reply.text, "heard");
    assert_false(seat_recall(fixture->seat, ep->asks[2]));      /* a verdict is made anew */
    assert_int_equal(fixture->seat->row.tokens_out, 15);        /* of all three, once each */
    assert_false(fixture->seat->must_restart);
}

static void test_seat_recall_asks_again_what_failed(void **state)
{
    struct fixture *fixture = *state;
    struct episode *ep = sit_down(fixture);

    record(fixture, 1, reply_failed(ORIGIN_PROVIDER, "HTTP 500"), NULL);
    ep = sit_down(fixture);
    assert_false(seat_recall(fixture->seat, ep->asks[1]));
    assert_false(fixture->seat->must_restart);
}

/* What it said before that is still what it was asked about. */
static void test_seat_recall_asks_the_judge_of_a_void_once_more(void **state)
{
    struct fixture *fixture = *state;
    struct episode *ep = sit_down(fixture);

    for (int i = 0; i < 2; i++) {
        ep->asks[1]->role = "judge";
        ask_hash(ep->asks[1]);
        ep->asks[1]->ordinal = 1 + i;
        record(fixture, 1, said("dunno"), NULL);
    }
    for (int passes = 1; passes <= PASSES_MAX; passes++) {
        ep = sit_down(fixture);
        fixture->seat->row.passes = passes;
        ep->asks[1]->role = "judge";
        ask_hash(ep->asks[1]);
        assert_true(seat_recall(fixture->seat, ep->asks[1]));
        ep->asks[1]->ordinal = 2;
        assert_int_equal(passes == 1, seat_recall(fixture->seat, ep->asks[1]));
        assert_false(fixture->seat->must_restart);
    }
}

static void test_seat_recall_notes_what_was_asked_in_other_words(void **state)
{
    struct fixture *fixture = *state;
    struct episode *ep = sit_down(fixture);

    record(fixture, 1, said("heard"), HASH_A);
    ep = sit_down(fixture);
    assert_false(seat_recall(fixture->seat, ep->asks[1]));
    assert_true(fixture->seat->must_restart);
}

static bool confirms(struct fixture *fixture, struct reply reply)
{
    struct episode *ep = sit_down(fixture);

    ep->asks[0]->reply = reply;
    return seat_confirms(fixture->seat, ep->asks[0]);
}

static void test_seat_confirms_what_a_box_said_before(void **state)
{
    struct fixture *fixture = *state;
    struct reply other = said("a.c");

    sit_down(fixture);
    assert_false(confirms(fixture, said("a.c")));      /* not on paper yet */
    record(fixture, 0, said("a.c"), NULL);
    assert_true(confirms(fixture, said("a.c")));
    assert_false(fixture->seat->must_restart);
    assert_false(confirms(fixture, said("b.c")));
    assert_true(fixture->seat->must_restart);
    other.exit_code = 1;
    assert_false(confirms(fixture, other));
    assert_true(fixture->seat->must_restart);
    other.status = REPLY_TIMEOUT;
    assert_false(confirms(fixture, other));
    assert_true(fixture->seat->must_restart);
}

static void test_seat_confirms_nothing_by_a_failure(void **state)
{
    struct fixture *fixture = *state;

    sit_down(fixture);
    record(fixture, 0, said("a.c"), NULL);
    assert_false(confirms(fixture, reply_failed(ORIGIN_ENVIRONMENT, "no box")));
    assert_false(fixture->seat->must_restart);
}

static void test_seat_restart_forgets_paper_but_not_what_it_took(void **state)
{
    struct fixture *fixture = *state;
    struct episode *ep = sit_down(fixture);

    record(fixture, 1, said("heard"), NULL);
    ep = sit_down(fixture);
    assert_true(seat_recall(fixture->seat, ep->asks[1]));
    seat_restart(fixture->seat);
    seat_begin(fixture->seat, fixture->ledger, 7);
    assert_false(seat_recall(fixture->seat, fixture->seat->ep->asks[1]));
    assert_int_equal(fixture->seat->row.restarts, 1);
    count(fixture, 1, said("again"));
    assert_int_equal(fixture->seat->row.tokens_out, 10);
}

static void test_seat_count_tells_unknown_from_none(void **state)
{
    struct fixture *fixture = *state;
    struct reply reply = reply_empty();

    sit_down(fixture);
    count(fixture, 0, reply);
    assert_int_equal(fixture->seat->row.tokens_in, TOKENS_UNKNOWN);
    assert_int_equal(fixture->seat->row.cost_nanousd, COST_UNKNOWN);
    reply.tokens_in = reply.cost_nanousd = 0;
    count(fixture, 0, reply);
    reply.tokens_in = 3;
    count(fixture, 0, reply);
    assert_int_equal(fixture->seat->row.tokens_in, 3);
    assert_int_equal(fixture->seat->row.cost_nanousd, 0);
}

/* The n-th ask comes back after these calls. */
static int64_t pay(struct fixture *fixture, size_t n, struct call *calls)
{
    fixture->seat->ep->asks[n]->calls = calls;
    return count(fixture, n, reply_empty());
}

static void test_seat_count_adds_up_calls(void **state)
{
    struct fixture *fixture = *state;
    struct call third = { .cost_nanousd = 500, .worst_nanousd = 900 };
    struct call second = { .next = &third, .cost_nanousd = COST_UNKNOWN, .worst_nanousd = 900 };
    struct call first = { .next = &second, .cost_nanousd = 0, .worst_nanousd = 900 };
    struct call priceless = { .cost_nanousd = COST_UNKNOWN };
    const struct episode_row *row;

    sit_down(fixture);
    row = &fixture->seat->row;
    assert_int_equal(pay(fixture, 1, &first), 1400);
    assert_int_equal(fixture->seat->ep->asks[1]->reply.cost_nanousd, 500);
    assert_int_equal(row->cost_nanousd, 500);
    assert_int_equal(row->unsure_nanousd, 900);
    assert_int_equal(pay(fixture, 1, &third), 500);
    assert_int_equal(row->cost_nanousd, 1000);
    assert_int_equal(pay(fixture, 1, &priceless), 0);
    assert_int_equal(fixture->seat->ep->asks[1]->reply.cost_nanousd, COST_UNKNOWN);
    assert_int_equal(row->cost_nanousd, 1000);
    assert_int_equal(row->unsure_nanousd, COST_UNKNOWN);
    assert_int_equal(pay(fixture, 1, &second), 1400);
    assert_int_equal(row->unsure_nanousd, COST_UNKNOWN);        /* once nobody knows, nobody knows */
}

/* What was paid for is paid for: the next start goes on counting where the last one's rows stand. */
static void test_seat_new_goes_on_counting(void **state)
{
    struct fixture *fixture = *state;
    struct call call = { .cost_nanousd = 500, .worst_nanousd = 900 };
    struct call lost = { .cost_nanousd = COST_UNKNOWN, .worst_nanousd = 900 };

    sit_down(fixture);
    pay(fixture, 1, &call);
    pay(fixture, 1, &lost);
    record(fixture, 1, said("heard"), HASH_A);
    sit_down(fixture);
    assert_int_equal(fixture->seat->row.cost_nanousd, 500);
    assert_int_equal(fixture->seat->row.unsure_nanousd, 900 + 900);      /* record counts the last calls once more */
    seat_restart(fixture->seat);
    seat_begin(fixture->seat, fixture->ledger, 7);
    pay(fixture, 1, &call);
    assert_int_equal(fixture->seat->row.cost_nanousd, 1000);
}

static void test_seat_end_writes_outcome_and_marks(void **state)
{
    struct fixture *fixture = *state;
    struct episode *ep = sit_down(fixture);
    struct reply graded = reply_empty();

    ep->truncated = ep->loop = true;
    graded.grade = (struct grade){ .score = 0.5, .tampered = true };
    episode_score(ep, &graded);
    seat_end(fixture->seat);
    const struct episode_row *row = &fixture->seat->row;
    assert_true(row->finished && row->truncated && row->loop && row->no_answer && row->tampered && !row->refused);
    assert_string_equal(row->outcome, "scored");
    assert_string_equal(fixture->seat->grade.grader, "same");
    assert_string_equal(fixture->seat->grade.profile, "plain");
    assert_true(fixture->seat->grade.score == 0.5);
    ep = sit_down(fixture);
    episode_void(ep, ORIGIN_ENVIRONMENT, "no box");
    seat_end(fixture->seat);
    assert_string_equal(fixture->seat->row.outcome, "void");
    assert_string_equal(fixture->seat->row.origin, "environment");
    assert_string_equal(fixture->seat->row.reason, "no box");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_seat_new_without_paper_recalls_nothing),
        TEST(test_seat_recall_answers_models_from_paper),
        TEST(test_seat_recall_asks_again_what_failed),
        TEST(test_seat_recall_asks_the_judge_of_a_void_once_more),
        TEST(test_seat_recall_notes_what_was_asked_in_other_words),
        TEST(test_seat_confirms_what_a_box_said_before),
        TEST(test_seat_confirms_nothing_by_a_failure),
        TEST(test_seat_restart_forgets_paper_but_not_what_it_took),
        TEST(test_seat_count_tells_unknown_from_none),
        TEST(test_seat_count_adds_up_calls),
        TEST(test_seat_new_goes_on_counting),
        TEST(test_seat_end_writes_outcome_and_marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
