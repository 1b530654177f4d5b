/* What a server of completions answers, and what is heard in it; the tokens of an echo have a test of their own. */
#include "tests/unit/runners/scene.h"

#include "harness/base/http.h"
#include "harness/base/price.h"
#include "runners/heard.h"
#include "runners/openai_amend.h"
#include "runners/openai_body.h"
#include "runners/openai_likelihood.h"

static const char *const LETTERS[] = { " A", " B" };
static const struct continuations ASKED = { .context = "It is", .texts = LETTERS, .count = 2 };

struct hearing { struct arena *arena; struct ask ask; struct heard heard; };

static void hear(struct hearing *hearing, enum likelihood_way way, const char *body)
{
    const struct openai_query query = { .model = "m", .likelihood = way };
    struct http_call call = { .end = HTTP_ANSWERED, .status = 200 };

    buf_init(&call.body, 0);
    buf_add_string(&call.body, body);
    openai_likelihood_read(&query, &hearing->ask, &call, hearing->arena, &hearing->heard);
    buf_fini(&call.body);
}

static struct hearing begin(void)
{
    return (struct hearing){ .arena = arena_new(), .ask = { .continuations = &ASKED, .reply = reply_empty() } };
}

#define NEXT(list) "{\"choices\":[{\"index\":0,\"logprobs\":{\"top_logprobs\":[{" list "}]}}]," \
                   "\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":1}}"

static void test_a_letter_that_is_not_listed_has_a_bound(void **state)
{
    struct hearing hearing = begin();

    (void)state;
    hear(&hearing, LIKELIHOOD_NEXT, NEXT("\" B\":-0.5,\" x\":-2"));
    assert_int_equal(hearing.heard.end, HEARD_ANSWER);
    assert_null(hearing.heard.note);
    assert_string_equal(hearing.heard.reply.text, "{\"likelihoods\":[{\"below\":-2,\"chars\":1,\"bytes\":1},"
                                                  "{\"logprobs\":[-0.5],\"chars\":1,\"bytes\":1}]}");
    arena_free(hearing.arena);
}

/* The model's own doing: as a failure of the server's, five of them would be an outage. */
static void test_where_no_letter_is_listed_the_model_was_heard(void **state)
{
    struct hearing hearing = begin();

    (void)state;
    hear(&hearing, LIKELIHOOD_NEXT, NEXT("\" x\":-0.5,\" y\":-2"));
    assert_int_equal(hearing.heard.end, HEARD_ANSWER);
    assert_int_equal(hearing.heard.reply.status, REPLY_OK);
    assert_int_equal(openai_note_find(hearing.heard.note), OPENAI_NONE_LISTED);
    assert_string_equal(hearing.heard.reply.text, "{\"likelihoods\":[{\"below\":-2,\"chars\":1,\"bytes\":1},"
                                                  "{\"below\":-2,\"chars\":1,\"bytes\":1}]}");
    assert_int_equal(hearing.heard.reply.tokens_in, 9);
    arena_free(hearing.arena);
}

static void test_a_server_that_lists_nothing_was_not_heard(void **state)
{
    struct hearing hearing = begin();

    (void)state;
    hear(&hearing, LIKELIHOOD_NEXT, NEXT(""));
    assert_int_equal(hearing.heard.end, HEARD_NEVER);
    assert_string_equal(hearing.heard.reply.reason, "no log-probabilities of the next token");
    arena_free(hearing.arena);
}

/* It was made, and is paid for: also where it is not what was asked for, or an error that says so. */
static void test_the_tokens_of_an_answer_of_no_use_are_told(void **state)
{
    static const char *const OF_NO_USE[] = { NEXT(""), "{\"error\":{\"message\":\"no\"},\"usage\":{\"prompt_tokens\":9,"
                                                       "\"completion_tokens\":1}}" };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct hearing hearing = begin();

        hear(&hearing, LIKELIHOOD_NEXT, OF_NO_USE[i]);
        assert_int_equal(hearing.heard.reply.status, REPLY_FAILED);
        assert_int_equal(hearing.heard.reply.tokens_in, 9);
        assert_int_equal(hearing.heard.reply.tokens_out, 1);
        arena_free(hearing.arena);
    }
}

/* The likelihoods so far are in the ask's reply; which prompt is next needs no look into it. */
static void test_each_call_of_several_has_the_next_prompt(void **state)
{
    static const char *const PROMPTS[] = { "\"prompt\":\"It is A\"", "\"prompt\":\"It is B\"" };
    const struct openai_query query = { .model = "m", .likelihood = LIKELIHOOD_ECHO_EACH };
    struct hearing hearing = begin();

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct buf body;

        buf_init(&body, 0);
        openai_likelihood_write(&query, &hearing.ask, i, &body);
        assert_non_null(strstr(body.data, PROMPTS[i]));
        buf_fini(&body);
    }
    arena_free(hearing.arena);
}

#define ECHO(letter, logprob) "{\"choices\":[{\"logprobs\":{\"tokens\":[\"It\",\" is\",\" " letter "\"]," \
                              "\"token_logprobs\":[null,-1," logprob "]}}]}"

static void test_several_calls_come_to_one_reply(void **state)
{
    struct hearing hearing = begin();

    (void)state;
    hear(&hearing, LIKELIHOOD_ECHO_EACH, ECHO("A", "-3"));
    assert_int_equal(hearing.heard.end, HEARD_PAUSED);
    hearing.ask.reply = hearing.heard.reply;
    hear(&hearing, LIKELIHOOD_ECHO_EACH, ECHO("B", "-4"));
    assert_int_equal(hearing.heard.end, HEARD_ANSWER);
    assert_string_equal(hearing.heard.reply.text, "{\"likelihoods\":[{\"logprobs\":[-3],\"chars\":1,\"bytes\":1},"
                                                  "{\"logprobs\":[-4],\"chars\":1,\"bytes\":1}]}");
    arena_free(hearing.arena);
}

static void test_tokens_of_several_calls_are_summed_where_each_told_them(void **state)
{
    struct hearing hearing = begin();
    struct reply *earlier = &hearing.ask.reply, *reply = &hearing.heard.reply;

    (void)state;
    *reply = reply_empty();
    reply->tokens_in = 10;
    reply->tokens_out = 1;
    openai_likelihood_join(&hearing.ask, &hearing.heard);           /* the first call: nothing was before it */
    assert_int_equal(reply->tokens_in, 10);
    earlier->text = "{\"likelihoods\":[{\"logprobs\":[-1],\"chars\":1,\"bytes\":1}]}";
    earlier->tokens_in = 7;
    reply->tokens_cache = 3;
    openai_likelihood_join(&hearing.ask, &hearing.heard);
    assert_int_equal(reply->tokens_in, 17);
    assert_int_equal(reply->tokens_out, TOKENS_UNKNOWN);            /* the earlier calls' is not known */
    assert_int_equal(reply->tokens_cache, TOKENS_UNKNOWN);
    earlier->tokens_in = 5;
    reply->tokens_in = TOKENS_UNKNOWN;
    openai_likelihood_join(&hearing.ask, &hearing.heard);           /* this one's is not */
    assert_int_equal(reply->tokens_in, TOKENS_UNKNOWN);
    arena_free(hearing.arena);
}

/* One call or several come to the same numbers: one fingerprint. */
static void test_a_plan_tells_what_is_asked_and_not_in_how_many_calls(void **state)
{
    static const struct { const char *name, *told; } WAYS[] = { { "echo", "echo" }, { "echo_each", "echo" }, { "next", "next" } };
    enum likelihood_way way = LIKELIHOOD_OPEN;
    struct err err = ERR_INIT;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(likelihood_way_find(WAYS[i].name, &way, &err), 0);
        assert_string_equal(likelihood_way_told(way), WAYS[i].told);
    }
    assert_int_equal(likelihood_way_find("ask", &way, &err), -1);
    assert_string_equal(err.text, "likelihood: expected echo, echo_each or next, found \"ask\"");
    assert_null(likelihood_way_told(LIKELIHOOD_OPEN));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_letter_that_is_not_listed_has_a_bound),
        cmocka_unit_test(test_where_no_letter_is_listed_the_model_was_heard),
        cmocka_unit_test(test_a_server_that_lists_nothing_was_not_heard),
        cmocka_unit_test(test_the_tokens_of_an_answer_of_no_use_are_told),
        cmocka_unit_test(test_each_call_of_several_has_the_next_prompt),
        cmocka_unit_test(test_several_calls_come_to_one_reply),
        cmocka_unit_test(test_tokens_of_several_calls_are_summed_where_each_told_them),
        cmocka_unit_test(test_a_plan_tells_what_is_asked_and_not_in_how_many_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
