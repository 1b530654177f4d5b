/*
 * The runner as a whole: what it needs before it opens, and, against a peer on 127.0.0.1 that plays one raw answer a
 * connection, when it tries again and what it hands back.
 */
#include "tests/unit/runners/talk.h"

#include "harness/base/redact.h"
#include "results/journal.h"

#define ANSWER "{\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{\"content\":\"4\"},\"finish_reason\":\"stop\"}]}"
#define GOOD PEER_ANSWER("200 OK", "x-request-id: r9\r\n", ANSWER)
#define FAULT PEER_ANSWER("500 Fault", "", "{\"error\":{\"message\":\"fault\"}}")
#define BUSY PEER_ANSWER("429 Too Many", "", "{\"error\":\"busy\"}")

static void test_submit_asks_and_collect_gives_the_answer(void **state)
{
    static const char *const answers[] = { GOOD, NULL };
    struct talk talk;
    const struct reply *reply = talk_hold(&talk, answers, "/v1/", "openai/m");
    const struct call *call = talk.scene.ask.calls;

    (void)state;
    assert_int_equal(REPLY_OK, reply->status);
    assert_string_equal("4", reply->text);
    assert_int_equal(1, talk_count_calls(&talk));
    assert_int_equal(200, call->status);
    assert_string_equal("r9", call->request_id);
    assert_null(call->error);
    assert_int_equal(0, call->wait_ms);
    assert_true(call->started_ms > 1700000000000 && call->started_ms <= clock_utc_ms());
    assert_non_null(strstr(talk.heard, "POST /v1/chat/completions HTTP/1.1\r\n"));
    assert_non_null(strstr(talk.heard, "\"content\":\"2+2?\""));
    assert_null(strstr(talk.heard, "Authorization"));
    talk_end(&talk);
}

static void test_collect_tries_again_after_what_may_pass(void **state)
{
    static const char *const answers[] = { BUSY, "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{\"cho",
                                           PEER_ANSWER("200 OK", "", "{\"cho"), GOOD, NULL };
    struct talk talk;
    const struct reply *reply = talk_hold(&talk, answers, "/v1/", "openai/m");
    const struct call *call = talk.scene.ask.calls;

    (void)state;
    assert_int_equal(REPLY_OK, reply->status);
    assert_string_equal("4", reply->text);
    assert_int_equal(4, talk_count_calls(&talk));
    assert_int_equal(429, call->status);
    assert_string_equal("HTTP 429: busy", call->error);
    assert_true(call->next->wait_ms <= 500);
    assert_true(call->next->next->next->wait_ms <= 2000);
    assert_non_null(call->next->next->error);
    talk_end(&talk);
}

static void test_collect_gives_up_after_the_tries(void **state)
{
    static const char *const answers[] = { FAULT, FAULT, GOOD, NULL };
    struct talk talk;
    const struct reply *reply = talk_hold(&talk, answers, "/v1/", "openai/m,tries=2");

    (void)state;
    assert_int_equal(REPLY_FAILED, reply->status);
    assert_int_equal(ORIGIN_PROVIDER, reply->origin);
    assert_string_equal("after 2 tries: HTTP 500: fault", reply->reason);
    assert_int_equal(2, talk_count_calls(&talk));
    talk_end(&talk);
}

static void test_collect_does_not_try_what_cannot_pass(void **state)
{
    static const char *const answers[] = { PEER_ANSWER("401 No", "", "{\"error\":{\"message\":\"bad key\"}}"), GOOD,
                                           NULL };
    struct talk talk;
    const struct reply *reply = talk_hold(&talk, answers, "/v1/", "openai/m");

    (void)state;
    assert_int_equal(REPLY_FAILED, reply->status);
    assert_int_equal(ORIGIN_PROVIDER, reply->origin);
    assert_string_equal("HTTP 401: bad key", reply->reason);
    assert_int_equal(1, talk_count_calls(&talk));
    talk_end(&talk);
}

static void test_collect_waits_as_long_as_the_server_asks(void **state)
{
    static const char *const answers[] = { PEER_ANSWER("503 Busy", "Retry-After: 1\r\n", "{}"), GOOD, NULL };
    struct talk talk;
    const struct reply *reply = talk_hold(&talk, answers, "/v1/", "openai/m");

    (void)state;
    assert_int_equal(REPLY_OK, reply->status);
    assert_in_range(talk.scene.ask.calls->next->wait_ms, 1000, 1101);
    assert_true(talk.took_ms >= 1000);
    talk_end(&talk);
}

static void test_collect_gives_a_timeout_when_the_last_try_was_one(void **state)
{
    static const char *const answers[] = { PEER_SILENCE, PEER_SILENCE, NULL };
    struct talk talk;
    const struct reply *reply = talk_hold(&talk, answers, "/v1/", "openai/m,tries=1,first_byte_s=0.2");

    (void)state;
    assert_int_equal(REPLY_TIMEOUT, reply->status);
    assert_int_equal(ORIGIN_PROVIDER, reply->origin);
    assert_non_null(strstr(reply->reason, "after 1 try: no reply from 127.0.0.1"));
    talk_end(&talk);
}

static void test_submit_sends_the_key_of_that_server(void **state)
{
    static const char *const answers[] = { PEER_ANSWER("401 No", "", "{\"error\":\"bad key gpu-secret-1\"}"), NULL };
    struct talk talk;
    const struct reply *reply;

    (void)state;
    setenv("GPU1_KEY", " gpu-secret-1\n", 1);
    setenv("OPENAI_API_KEY", "own-secret-1", 1);
    reply = talk_hold(&talk, answers, "/v1/", "openai/m,api_key_env=GPU1_KEY");
    assert_non_null(strstr(talk.heard, "\r\nAuthorization: Bearer gpu-secret-1\r\n"));
    assert_null(strstr(talk.heard, "own-secret-1"));
    assert_null(strstr(reply->reason, "gpu-secret-1"));
    assert_null(strstr(talk.scene.ask.calls->error, "gpu-secret-1"));
    unsetenv("GPU1_KEY");
    unsetenv("OPENAI_API_KEY");
    redact_forget_all();
    talk_end(&talk);
}

/* OPENAI_BASE_URL names a foreign host: it is asked, and gets no key of OpenAI's. */
static void test_submit_never_sends_the_own_key_elsewhere(void **state)
{
    static const char *const answers[] = { GOOD, NULL };
    struct peer peer = peer_start(answers);
    struct scene scene = { .arena = NULL };
    struct err err = ERR_INIT;
    struct http *http = http_open(&err);
    char url[64], heard[4096];

    (void)state;
    snprintf(url, sizeof url, "http://127.0.0.1:%d/v1", peer.port);
    setenv("OPENAI_BASE_URL", url, 1);
    setenv("OPENAI_API_KEY", "own-secret-1", 1);
    assert_true(scene_open(&scene, http, "openai/m", &err));
    scene_ask(&scene, &SCENE_TASK, 0, 1);
    scene.type->submit(scene.runner, &scene.ask);
    while (scene.type->collect(scene.runner) == NULL)
        http_wait(http, NULL, 0, 1000);
    assert_int_equal(REPLY_OK, scene.ask.reply.status);
    peer_stop(&peer, heard, sizeof heard);
    assert_non_null(strstr(heard, "POST /v1/chat/completions"));
    assert_null(strstr(heard, "own-secret-1"));
    unsetenv("OPENAI_BASE_URL");
    unsetenv("OPENAI_API_KEY");
    redact_forget_all();
    scene_end(&scene);
    http_close(http);
}

/* One ask is in flight, one waits for its next try: neither comes back, and the runner goes on. */
static void test_drop_lets_go_of_what_is_under_way(void **state)
{
    static const char *const answers[] = { PEER_ANSWER("503 Busy", "Retry-After: 60\r\n", "{}"), PEER_SILENCE,
                                           PEER_SILENCE, NULL };
    struct peer peer = peer_start(answers);
    struct scene scene = { .arena = NULL };
    struct err err = ERR_INIT;
    struct http *http = http_open(&err);
    char spec[128], heard[4096];
    struct ask second;

    (void)state;
    snprintf(spec, sizeof spec, "openai/m,base_url=http://127.0.0.1:%d", peer.port);
    assert_true(scene_open(&scene, http, spec, &err));
    scene_ask(&scene, &SCENE_TASK, 0, 1);
    second = scene.ask;
    scene.type->submit(scene.runner, &scene.ask);
    while (scene.ask.calls == NULL) {
        http_wait(http, NULL, 0, 1000);
        assert_null(scene.type->collect(scene.runner));
    }
    scene.type->submit(scene.runner, &second);
    http_wait(http, NULL, 0, 50);
    assert_int_equal(1, http_in_flight(http));
    scene.type->drop(scene.runner);
    assert_int_equal(0, http_in_flight(http));
    assert_null(scene.type->collect(scene.runner));
    scene.type->submit(scene.runner, &second);
    http_wait(http, NULL, 0, 50);
    scene_end(&scene);
    assert_int_equal(0, http_in_flight(http));
    peer_stop(&peer, heard, sizeof heard);
    http_close(http);
}

static const struct wrong { const char *spec; enum exit_code code; const char *words; } WRONG[] = {
    { "openai/m", EXIT_UNAVAILABLE, "OPENAI_API_KEY" },
    { "openai/m,base_url=https://api.openai.com/v1", EXIT_UNAVAILABLE, "OPENAI_API_KEY" },
    { "openai/m,base_url=http://h/v1,api_key_env=NO_SUCH_KEY", EXIT_UNAVAILABLE, "NO_SUCH_KEY" },
    { "openai/m,base_url=gpu1:8000/v1", EXIT_USAGE, "http://" },
    { "openai/m,base_url=http://", EXIT_USAGE, "http://" },
    { "openai/m,base_url=http://h/v1/chat/completions", EXIT_USAGE, "/chat/completions is added" },
    { "openai/m,base_url=http://h/v1?x=1", EXIT_USAGE, "without blanks" },
    { "openai/m,base_url=http://h/v1,temprature=1", EXIT_USAGE, "temperature" },
    { "openai/m,base_url=http://h/v1,temperature=3", EXIT_USAGE, "from 0 to 2" },
    { "openai/m,base_url=http://h/v1,dialect=vlm", EXIT_USAGE, "model openai/m: unknown dialect" },
};

static void test_open_says_what_is_wrong(void **state)
{
    (void)state;
    unsetenv("OPENAI_API_KEY");
    unsetenv("OPENAI_BASE_URL");
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        struct scene scene = { .arena = NULL };
        struct err err = ERR_INIT;

        assert_false(scene_open(&scene, NULL, WRONG[i].spec, &err));
        assert_int_equal(WRONG[i].code, err.code);
        if (strstr(err.text, WRONG[i].words) == NULL)
            fail_msg("\"%s\" lacks \"%s\"", err.text, WRONG[i].words);
        scene_end(&scene);
    }
}

static void test_open_keeps_a_url_s_password_secret(void **state)
{
    struct scene scene = { .arena = NULL };
    struct err err = ERR_INIT;
    struct http *http = http_open(&err);

    (void)state;
    assert_true(scene_open(&scene, http, "openai/m,base_url=http://me:hunter2hunter2@h/v1", &err));
    assert_true(redact_finds("hunter2hunter2", 14));
    redact_forget_all();
    scene_end(&scene);
    http_close(http);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open_says_what_is_wrong),
        cmocka_unit_test(test_open_keeps_a_url_s_password_secret),
        cmocka_unit_test(test_submit_asks_and_collect_gives_the_answer),
        cmocka_unit_test(test_collect_tries_again_after_what_may_pass),
        cmocka_unit_test(test_collect_gives_up_after_the_tries),
        cmocka_unit_test(test_collect_does_not_try_what_cannot_pass),
        cmocka_unit_test(test_collect_waits_as_long_as_the_server_asks),
        cmocka_unit_test(test_collect_gives_a_timeout_when_the_last_try_was_one),
        cmocka_unit_test(test_submit_sends_the_key_of_that_server),
        cmocka_unit_test(test_submit_never_sends_the_own_key_elsewhere),
        cmocka_unit_test(test_drop_lets_go_of_what_is_under_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
