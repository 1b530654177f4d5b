/*
 * What a runner over HTTP says of an ask that is out, for the person who asks why nothing moves.
 */
#include "tests/unit/runners/scene.h"

#include "harness/base/clock.h"
#include "harness/base/http.h"
#include "harness/engine/runner.h"
#include "tests/unit/runners/peer.h"

struct talk {
    struct http *http;
    struct peer peer;
    struct scene scene;
    char host[64], heard[65536];
};

static void begin(struct talk *talk, const char *const *answers)
{
    struct err err = ERR_INIT;
    char spec[160];

    *talk = (struct talk){ .http = http_open(&err), .peer = peer_start(answers) };
    snprintf(talk->host, sizeof talk->host, "127.0.0.1:%d", talk->peer.port);
    snprintf(spec, sizeof spec, "openai/x,base_url=http://me:sesame123@%s/v1", talk->host);
    assert_true(scene_open(&talk->scene, talk->http, spec, &err));
    talk->scene.type->submit(talk->scene.runner, scene_ask(&talk->scene, &SCENE_TASK, 0, 1));
}

static void end(struct talk *talk)
{
    scene_end(&talk->scene);
    http_close(talk->http);
    peer_stop(&talk->peer, talk->heard, sizeof talk->heard);
}

/* Waits until it says words of the ask. */
static struct runner_wait wait_for(struct talk *talk, const char *words)
{
    int64_t begun_ms = clock_monotonic_ms();
    struct runner_wait at;

    for (;;) {
        int fd = talk->scene.type->fd(talk->scene.runner);
        http_wait(talk->http, &fd, 1, 100);
        talk->scene.type->collect(talk->scene.runner);
        talk->scene.type->explain(talk->scene.runner, &talk->scene.ask, &at);
        assert_string_equal(at.host, talk->host);      /* without its password */
        if (strstr(at.words, words) != NULL)
            return at;
        if (clock_monotonic_ms() - begun_ms > 20000)
            fail_msg("expected \"%s\", found \"%s\"", words, at.words);
    }
}

static void test_explain_tells_silence(void **state)
{
    static const char *const answers[] = { PEER_SILENCE, NULL };
    struct talk talk;
    struct runner_wait at;
    struct runner_load load;

    (void)state;
    begin(&talk, answers);
    at = wait_for(&talk, "no byte yet");
    assert_int_equal(at.tries, 0);
    assert_true(at.until_ms > clock_monotonic_ms());
    talk.scene.type->load(talk.scene.runner, &load);
    assert_int_equal(load.calling, 1);
    end(&talk);
}

static void test_explain_tells_when_it_comes_again(void **state)
{
    static const char *const answers[] = { PEER_ANSWER("429 Busy", "Retry-After: 60\r\n", "{}"), NULL };
    struct talk talk;
    struct runner_wait at;
    struct runner_load load;

    (void)state;
    begin(&talk, answers);
    at = wait_for(&talk, "told to come later (429)");
    assert_int_equal(at.tries, 1);
    assert_string_equal(at.then, "next try");
    assert_in_range(at.until_ms - clock_monotonic_ms(), 50000, 70000);
    talk.scene.type->load(talk.scene.runner, &load);
    assert_int_equal(load.retrying, 1);
    assert_int_equal(load.later, 1);
    assert_int_equal(load.calling, 0);
    end(&talk);
}

static void test_explain_tells_a_failed_try_apart(void **state)
{
    static const char *const answers[] = { PEER_ANSWER("503 No", "Retry-After: 60\r\n", "{}"), NULL };
    struct talk talk;
    struct runner_load load;

    (void)state;
    begin(&talk, answers);
    wait_for(&talk, "another try after HTTP 503");
    talk.scene.type->load(talk.scene.runner, &load);
    assert_int_equal(load.retrying, 1);
    assert_int_equal(load.later, 0);
    end(&talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_explain_tells_silence),
        cmocka_unit_test(test_explain_tells_when_it_comes_again),
        cmocka_unit_test(test_explain_tells_a_failed_try_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
