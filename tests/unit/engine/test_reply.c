#include "asked.h"

#include "harness/base/buf.h"
#include "harness/base/redact.h"

/* Quotes, controls, both ends of UTF-8, what looks like JSON, markup and an escape. */
#define HOSTILE "\"\\ \x01\x1f\x7f\n\t\r </script> {\"text\":1} \\u0000 \xc3\xa9 \xf0\x9f\x98\x80 \xe2\x80\xae"

struct fixture {
    struct arena *arena;
    struct buf json;
    struct err err;
};

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    fixture->arena = arena_new();
    fixture->err = (struct err)ERR_INIT;
    buf_init(&fixture->json, 0);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    buf_fini(&fixture->json);
    arena_free(fixture->arena);
    free(fixture);
    return 0;
}

static struct reply there_and_back(struct fixture *fixture, const struct reply *reply)
{
    struct reply back;

    buf_clear(&fixture->json);
    reply_write(reply, &fixture->json);
    if (reply_read(fixture->json.data, fixture->json.length, fixture->arena, &back, &fixture->err) < 0)
        fail_msg("%s", fixture->err.text);
    return back;
}

static void assert_same_text(const char *a, const char *b)
{
    assert_int_equal(a == NULL, b == NULL);
    if (a != NULL)
        assert_string_equal(a, b);
}

static void assert_same_parts(const struct part *a, const struct part *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next) {
        assert_int_equal(a->kind, b->kind);
        assert_same_text(a->text, b->text);
        assert_same_text(a->id, b->id);
        assert_same_text(a->name, b->name);
        assert_same_text(a->media_type, b->media_type);
    }
    assert_null(a);
    assert_null(b);
}

static void assert_same_counts(const struct reply *a, const struct reply *b)
{
    assert_int_equal(a->exit_code, b->exit_code);
    assert_int_equal(a->tokens_in, b->tokens_in);
    assert_int_equal(a->tokens_out, b->tokens_out);
    assert_int_equal(a->tokens_reasoning, b->tokens_reasoning);
    assert_int_equal(a->tokens_cache, b->tokens_cache);
    assert_int_equal(a->cost_nanousd, b->cost_nanousd);
    assert_int_equal(a->elapsed_ms, b->elapsed_ms);
}

static void assert_same(const struct reply *a, const struct reply *b)
{
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->origin, b->origin);
    assert_int_equal(a->cause, b->cause);
    assert_int_equal(a->stop, b->stop);
    assert_same_text(a->reason, b->reason);
    assert_same_text(a->text, b->text);
    assert_same_text(a->reasoning, b->reasoning);
    assert_same_text(a->model, b->model);
    assert_same_parts(a->parts, b->parts);
    assert_same_counts(a, b);
    assert_same_text(a->precedent, b->precedent);
    assert_int_equal(a->first_cost_nanousd, b->first_cost_nanousd);
}

static void test_reply_read_gives_back_an_empty_one(void **state)
{
    struct reply reply = reply_empty(), back = there_and_back(*state, &reply);
    struct fixture *fixture = *state;

    assert_same(&reply, &back);
    assert_string_equal(fixture->json.data, "{\"text\":\"\",\"elapsed_ms\":0}");
}

static struct reply full_reply(struct part parts[6])
{
    struct reply reply = {
        .status = REPLY_OK, .text = HOSTILE, .reasoning = HOSTILE, .stop = STOP_TOOL, .exit_code = -9,
        .model = "served/model", .tokens_in = 1, .tokens_out = 2, .tokens_reasoning = 0, .tokens_cache = 4,
        .cost_nanousd = 123456789012345, .elapsed_ms = 77, .parts = parts,
        .precedent = "20261122T024443Z-0d23/rivers/" HOSTILE "/1", .first_cost_nanousd = 0,
    };

    for (int i = 0; i < 6; i++)
        parts[i] = (struct part){ .next = i < 5 ? &parts[i + 1] : NULL, .kind = (enum part_kind)i, .text = HOSTILE,
                                  .id = i % 2 == 0 ? HOSTILE : NULL, .name = i % 3 == 0 ? "" : NULL,
                                  .media_type = i == PART_IMAGE ? "image/png" : NULL };
    return reply;
}

static void test_reply_read_gives_back_every_field(void **state)
{
    struct part parts[6];
    struct reply reply = full_reply(parts), back = there_and_back(*state, &reply);

    assert_same(&reply, &back);
}

static void test_reply_read_gives_back_every_status_origin_and_stop(void **state)
{
    for (int i = 0; i < 9; i++) {
        struct reply reply = reply_failed((enum origin)(i % 3), HOSTILE), back;
        reply.status = i / 3 == 0 ? REPLY_FAILED : REPLY_TIMEOUT;
        back = there_and_back(*state, &reply);
        assert_same(&reply, &back);
    }
    for (int i = CAUSE_UNTOLD; i <= CAUSE_NOBODY; i++) {
        struct reply reply = reply_failed(ORIGIN_PROVIDER, "gone"), back;
        reply.cause = (enum cause)i;
        back = there_and_back(*state, &reply);
        assert_same(&reply, &back);
    }
    for (int i = STOP_END; i <= STOP_OTHER; i++) {
        struct reply reply = reply_empty(), back;
        reply.stop = (enum stop)i;
        back = there_and_back(*state, &reply);
        assert_same(&reply, &back);
    }
}

static void test_reply_read_repairs_what_is_not_utf8(void **state)
{
    struct reply reply = reply_empty(), back;

    reply.text = "a\xff" "b\xed\xa0\xbd" "c";
    back = there_and_back(*state, &reply);
    assert_non_null(strstr(back.text, "a\xef\xbf\xbd" "b"));
    reply.text = back.text;      /* once repaired it stays as it is */
    back = there_and_back(*state, &reply);
    assert_string_equal(back.text, reply.text);
}

static void test_reply_read_refuses_what_is_no_reply(void **state)
{
    static const char *const WRONG[] = {
        "", "[]", "null", "\"text\"", "{}", "{\"text\":1}", "{\"text\":null}", "{\"text\":\"a\"", "{\"text\":\"a\"} x",
        "{\"text\":\"a\",\"status\":\"broken\"}", "{\"text\":\"a\",\"status\":7}",
        "{\"text\":\"a\",\"status\":\"failed\",\"origin\":\"the moon\"}",
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        struct reply reply;
        struct err err = ERR_INIT;
        if (reply_read(WRONG[i], strlen(WRONG[i]), fixture->arena, &reply, &err) == 0)
            fail_msg("%s was read", WRONG[i]);
        assert_non_null(strstr(err.text, "journaled reply: "));
    }
}

static void assert_same_grade(const struct grade *a, const struct grade *b)
{
    assert_true(a->score == b->score);
    assert_int_equal(a->tampered, b->tampered);
    assert_same_text(a->answer, b->answer);
    assert_same_text(a->answer_class, b->answer_class);
    assert_same_text(a->reason, b->reason);
}

static void test_reply_copy_is_deep(void **state)
{
    struct fixture *fixture = *state;
    struct part parts[6];
    struct reply reply = full_reply(parts), copy;

    reply.grade = (struct grade){ .score = 0.1, .answer = "C", .answer_class = "", .reason = HOSTILE, .tampered = true };
    copy = reply_copy(fixture->arena, &reply);
    assert_same(&reply, &copy);
    assert_same_grade(&reply.grade, &copy.grade);
    assert_ptr_not_equal(copy.text, reply.text);
    assert_ptr_not_equal(copy.parts, reply.parts);
    assert_ptr_not_equal(copy.grade.reason, reply.grade.reason);
}

/* What a step sees and what the journal gives back must be one, or no resume would fit. */
static void test_reply_clean_makes_what_the_journal_gives_back(void **state)
{
    struct fixture *fixture = *state;
    struct part image = { .kind = PART_IMAGE, .text = "aGk=", .media_type = "image/\xff" };
    struct reply reply = reply_empty(), back;

    redact_register("KEY", "sesame-open");
    reply.text = "\x89PNG, key sesame-open";
    reply.parts = &image;
    reply_clean(&reply, fixture->arena);
    assert_string_equal(reply.text, "\xef\xbf\xbdPNG, key [secret KEY]");
    back = there_and_back(fixture, &reply);
    assert_same(&reply, &back);
    redact_forget_all();
}

static void test_reply_clean_leaves_clean_text_where_it_is(void **state)
{
    struct fixture *fixture = *state;
    struct part parts[6];
    struct reply reply = full_reply(parts);
    const char *text = reply.text;

    reply_clean(&reply, fixture->arena);
    assert_ptr_equal(reply.text, text);
}

static void test_stop_from_name_knows_its_own_names(void **state)
{
    (void)state;
    for (int i = STOP_END; i <= STOP_OTHER; i++)
        assert_int_equal(stop_from_name(stop_name((enum stop)i)), i);
    assert_int_equal(stop_from_name("nobody knows"), STOP_OTHER);
    assert_int_equal(stop_from_name(NULL), STOP_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_reply_read_gives_back_an_empty_one, setup, teardown),
        cmocka_unit_test_setup_teardown(test_reply_read_gives_back_every_field, setup, teardown),
        cmocka_unit_test_setup_teardown(test_reply_read_gives_back_every_status_origin_and_stop, setup, teardown),
        cmocka_unit_test_setup_teardown(test_reply_read_repairs_what_is_not_utf8, setup, teardown),
        cmocka_unit_test_setup_teardown(test_reply_read_refuses_what_is_no_reply, setup, teardown),
        cmocka_unit_test_setup_teardown(test_reply_copy_is_deep, setup, teardown),
        cmocka_unit_test_setup_teardown(test_reply_clean_makes_what_the_journal_gives_back, setup, teardown),
        cmocka_unit_test_setup_teardown(test_reply_clean_leaves_clean_text_where_it_is, setup, teardown),
        cmocka_unit_test(test_stop_from_name_knows_its_own_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
