/*
 * The runner as a whole: what it needs before it opens, and, against a peer on 127.0.0.1 that plays one raw answer a
 * connection, what it sends there, when it tries again, asks on, and what that costs.
 */
#include "tests/unit/runners/talk.h"

#include "harness/base/redact.h"
#include "results/journal.h"

#define MESSAGE(text, stop) "{\"type\":\"message\",\"model\":\"m\",\"content\":[{\"type\":\"text\",\"text\":\"" text "\"}]," \
    "\"stop_reason\":\"" stop "\",\"usage\":{\"input_tokens\":100,\"output_tokens\":10,\"cache_read_input_tokens\":1000," \
    "\"cache_creation_input_tokens\":200}}"
#define GOOD PEER_ANSWER("200 OK", "request-id: req_9\r\n", MESSAGE("4", "end_turn"))
#define PAUSED PEER_ANSWER("200 OK", "", MESSAGE("I look. ", "pause_turn"))
#define BUSY PEER_ANSWER("529 Overloaded", "retry-after: 0\r\n", "{\"error\":{\"type\":\"overloaded_error\"}}")
#define CUT PEER_ANSWER("200 OK", "Content-Type: text/event-stream\r\n", "event: message_start\ndata: {\"type\":" \
    "\"message_start\",\"message\":{}}\n\n")
#define NO_KEY PEER_ANSWER("401 No", "", "{\"type\":\"error\",\"error\":{\"type\":\"authentication_error\",\"message\":" \
    "\"bad key sk-ant-own-1\"}}")

static void test_submit_asks_and_collect_gives_the_answer(void **state)
{
    static const char *const answers[] = { GOOD, NULL };
    struct talk talk;
    const struct reply *reply = talk_hold(&talk, answers, "/v1", "anthropic/m,beta=new-1,new-2");

    (void)state;
    assert_int_equal(REPLY_OK, reply->status);
    assert_string_equal("4", reply->text);
    assert_int_equal(1300, reply->tokens_in);
    assert_int_equal(1, talk_count_calls(&talk));
    assert_int_equal(COST_UNKNOWN, talk.scene.ask.calls->cost_nanousd);
    assert_string_equal("req_9", talk.scene.ask.calls->request_id);
    assert_non_null(strstr(talk.heard, "POST /v1/messages HTTP/1.1\r\n"));
    assert_non_null(strstr(talk.heard, "\r\nanthropic-version: 2023-06-01\r\n"));
    assert_non_null(strstr(talk.heard, "\r\nanthropic-beta: new-1,new-2\r\n"));
    assert_non_null(strstr(talk.heard, "\r\nContent-Type: application/json\r\n"));
    assert_non_null(strstr(talk.heard, "\"text\":\"2+2?\""));
    assert_null(strstr(talk.heard, "x-api-key"));
    assert_null(strstr(talk.heard, "Authorization"));
    talk_end(&talk);
}

static void test_collect_tries_again_after_what_may_pass(void **state)
{
    static const char *const answers[] = { BUSY, CUT, PEER_ANSWER("200 OK", "", "<html>"), GOOD, NULL };
    struct talk talk;
    const struct reply *reply = talk_hold(&talk, answers, "/v1", "anthropic/m,tries=3");
    const struct call *call = talk.scene.ask.calls;

    (void)state;
    assert_int_equal(REPLY_OK, reply->status);
    assert_string_equal("4", reply->text);
    assert_int_equal(4, talk_count_calls(&talk));
    assert_int_equal(529, call->status);
    assert_string_equal("HTTP 529: overloaded_error", call->error);
    assert_string_equal("the stream ended without message_stop", call->next->error);
    talk_end(&talk);
}

/* Asked on with what was said, as one reply; every call is paid for. */
static void test_collect_asks_on_after_a_pause(void **state)
{
    static const char *const answers[] = { PAUSED, GOOD, NULL };
    struct talk talk;
    const struct reply *reply = talk_hold(&talk, answers, "/v1", "anthropic/claude-opus-4-6,price_in=5,price_out=25,"
                                          "price_cache_read=0.5,tries=1");

    (void)state;
    assert_int_equal(REPLY_OK, reply->status);
    assert_int_equal(STOP_END, reply->stop);
    assert_string_equal("I look. 4", reply->text);
    assert_int_equal(2600, reply->tokens_in);
    assert_int_equal(2, talk_count_calls(&talk));
    for (const struct call *call = talk.scene.ask.calls; call != NULL; call = call->next)
        assert_int_equal(100 * 5000 + 1000 * 500 + 200 * 6250 + 10 * 25000, call->cost_nanousd);
    assert_non_null(strstr(talk.heard, "{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"I look. \"}]}]"));
    talk_end(&talk);
}

static void test_collect_does_not_call_for_what_cannot_be_asked(void **state)
{
    struct scene scene = { .arena = NULL };
    struct err err = ERR_INIT;
    struct http *http = http_open(&err);

    (void)state;
    assert_true(scene_open(&scene, http, "anthropic/m,base_url=http://127.0.0.1:9", &err));
    scene_ask(&scene, &SCENE_TASK, 0, 1);
    scene.type->submit(scene.runner, &scene.ask);
    assert_ptr_equal(&scene.ask, scene.type->collect(scene.runner));
    assert_int_equal(REPLY_FAILED, scene.ask.reply.status);
    assert_string_equal("the chat says nothing", scene.ask.reply.reason);
    assert_null(scene.ask.calls);
    scene_end(&scene);
    http_close(http);
}

/* The key named for that server goes there, in its header, and stands in nothing that is kept. */
static void test_submit_sends_the_key_of_that_server(void **state)
{
    static const char *const answers[] = { NO_KEY, NULL };
    struct talk talk;
    const struct reply *reply;

    (void)state;
    setenv("GATE_KEY", "sk-ant-own-1\n", 1);
    reply = talk_hold(&talk, answers, "/v1", "anthropic/m,api_key_env=GATE_KEY");
    assert_non_null(strstr(talk.heard, "\r\nx-api-key: sk-ant-own-1\r\n"));
    assert_int_equal(REPLY_FAILED, reply->status);
    assert_true(reply_shuts_out_all(reply));
    assert_null(strstr(reply->reason, "sk-ant-own-1"));
    assert_null(strstr(talk.scene.ask.calls->error, "sk-ant-own-1"));
    unsetenv("GATE_KEY");
    redact_forget_all();
    talk_end(&talk);
}

/* ANTHROPIC_BASE_URL is an address without a version, as Anthropic's own programs have it; a foreign one gets no key. */
static void test_submit_never_sends_the_own_key_elsewhere(void **state)
{
    static const char *const answers[] = { GOOD, NULL };
    struct peer peer = peer_start(answers);
    struct scene scene = { .arena = NULL };
    struct err err = ERR_INIT;
    struct http *http = http_open(&err);
    char url[64], heard[4096];

    (void)state;
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", peer.port);
    setenv("ANTHROPIC_BASE_URL", url, 1);
    setenv("ANTHROPIC_API_KEY", "sk-ant-own-1", 1);
    assert_true(scene_open(&scene, http, "anthropic/m", &err));
    scene_ask(&scene, &SCENE_TASK, 0, 1);
    chat_add_text(scene.episode->chat, ROLE_USER, "2+2?");
    scene.type->submit(scene.runner, &scene.ask);
    while (scene.type->collect(scene.runner) == NULL)
        http_wait(http, NULL, 0, 1000);
    assert_int_equal(REPLY_OK, scene.ask.reply.status);
    peer_stop(&peer, heard, sizeof heard);
    assert_non_null(strstr(heard, "POST /v1/messages HTTP/1.1\r\n"));
    assert_null(strstr(heard, "sk-ant-own-1"));
    unsetenv("ANTHROPIC_BASE_URL");
    unsetenv("ANTHROPIC_API_KEY");
    redact_forget_all();
    scene_end(&scene);
    http_close(http);
}

static const struct wrong { const char *spec, *words; enum exit_code code; } WRONG[] = {
    { "anthropic/claude-opus-4-6", "no key: set the environment variable ANTHROPIC_API_KEY", EXIT_UNAVAILABLE },
    { "anthropic/claude-opus-4-6,base_url=https://api.anthropic.com", "ANTHROPIC_API_KEY", EXIT_UNAVAILABLE },
    { "anthropic/m,base_url=http://127.0.0.1:9/v1/messages", "expected the address up to /v1; /messages is added",
      EXIT_USAGE },
    { "anthropic/m,base_url=gpu1:8000", "base_url", EXIT_USAGE },
    { "anthropic/claude-opus-4-6,temperature=2", "from 0 to 1", EXIT_USAGE },
    { "anthropic/claude-opus-4-6,seed=1", "seed", EXIT_USAGE },
    { "anthropic/claude-opus-4-6,effort=most", "model anthropic/claude-opus-4-6: effort: ", EXIT_USAGE },
    { "anthropic/m,base_url=http://127.0.0.1:9,price_in=1", "price_in and price_out together", EXIT_USAGE },
};

static void test_open_says_what_is_wrong(void **state)
{
    (void)state;
    unsetenv("ANTHROPIC_API_KEY");
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        struct scene scene = { .arena = NULL };
        struct err err = ERR_INIT;
        struct http *http = http_open(&err);

        assert_false(scene_open(&scene, http, WRONG[i].spec, &err));
        assert_int_equal(WRONG[i].code, err.code);
        if (strstr(err.text, WRONG[i].words) == NULL)
            fail_msg("%s: \"%s\" lacks \"%s\"", WRONG[i].spec, err.text, WRONG[i].words);
        scene_end(&scene);
        http_close(http);
    }
}

/* Where Claude is served its price is known, and so is the most that a call can cost; elsewhere the user says it. */
static void test_bounds_cost_knows_the_list(void **state)
{
    static const struct { const char *spec; bool knows; } specs[] = {
        { "anthropic/claude-opus-4-6", true },
        { "anthropic/claude-opus-4-6,base_url=http://127.0.0.1:9", false },
        { "anthropic/m,base_url=http://127.0.0.1:9,price_in=0,price_out=0", true },
    };

    (void)state;
    setenv("ANTHROPIC_API_KEY", "sk-ant-own-1", 1);
    for (size_t i = 0; i < 3; i++) {
        struct scene scene = { .arena = NULL };
        struct err err = ERR_INIT;
        struct http *http = http_open(&err);

        assert_true(scene_open(&scene, http, specs[i].spec, &err));
        assert_int_equal(specs[i].knows ? 0 : -1, scene.type->bounds_cost(scene.runner, true, &err));
        scene_end(&scene);
        http_close(http);
    }
    unsetenv("ANTHROPIC_API_KEY");
    redact_forget_all();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_submit_asks_and_collect_gives_the_answer),
        cmocka_unit_test(test_collect_tries_again_after_what_may_pass),
        cmocka_unit_test(test_collect_asks_on_after_a_pause),
        cmocka_unit_test(test_collect_does_not_call_for_what_cannot_be_asked),
        cmocka_unit_test(test_submit_sends_the_key_of_that_server),
        cmocka_unit_test(test_submit_never_sends_the_own_key_elsewhere),
        cmocka_unit_test(test_open_says_what_is_wrong),
        cmocka_unit_test(test_bounds_cost_knows_the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
