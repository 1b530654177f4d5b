/*
 * A probe's findings, and the whole of one against a peer on 127.0.0.1 that plays one raw answer a connection: what the
 * cases of the whole program cannot reach, tools and pictures, and that a probe is short.
 */
#include "tests/unit/runners/scene.h"

#include "harness/base/http.h"
#include "harness/base/redact.h"
#include "runners/fix.h"
#include "runners/dialect.h"
#include "runners/probe.h"
#include "tests/unit/runners/peer.h"

static const struct finding *find(const struct probe *probe, const char *name)
{
    for (const struct finding *finding = probe->first; finding != NULL; finding = finding->next)
        if (strcmp(finding->name, name) == 0)
            return finding;
    return NULL;
}

static void test_probe_find_keeps_the_order_and_the_worst(void **state)
{
    struct probe probe = probe_begin(NULL, -1, &(struct probe_wish){ .connections = 0 });

    (void)state;
    assert_int_equal(SEVERITY_OK, probe_worst(&probe));
    probe_find(&probe, "a", SEVERITY_WARN, "do so", "%d times", 3);
    probe_find(&probe, "b", SEVERITY_OK, NULL, "well");
    assert_int_equal(SEVERITY_WARN, probe_worst(&probe));
    probe_find(&probe, "c", SEVERITY_BAD, NULL, "ill");
    assert_int_equal(SEVERITY_BAD, probe_worst(&probe));
    assert_string_equal("3 times", probe.first->words);
    assert_string_equal("do so", probe.first->fix);
    assert_string_equal("b", probe.first->next->name);
    assert_string_equal("c", probe.last->name);
    probe_end(&probe);
}

static void test_probe_find_tames_foreign_words(void **state)
{
    struct probe probe = probe_begin(NULL, -1, &(struct probe_wish){ .connections = 0 });

    (void)state;
    redact_register("KEY", "sk-canary-77");
    probe_find(&probe, "a", SEVERITY_OK, NULL, "sk-canary-77\n\x1b[31m");
    assert_string_equal("[secret KEY]\\n\\x1b[31m", probe.first->words);
    redact_forget_all();
    probe_end(&probe);
}

static void test_probe_is_loading_only_while_it_loads(void **state)
{
    static const struct { enum http_end end; int status; const char *body; bool is; } LOOKS[] = {
        { HTTP_REFUSED, 0, "", true },
        { HTTP_ANSWERED, 503, "{\"error\":{\"message\":\"Loading model\"}}", true },
        { HTTP_ANSWERED, 503, "{\"error\":{\"message\":\"no slot available\"}}", false },
        { HTTP_ANSWERED, 200, "Loading model", false },
        { HTTP_TIMED_OUT, 0, "", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof LOOKS / sizeof LOOKS[0]; i++) {
        struct http_call call = { .end = LOOKS[i].end, .status = LOOKS[i].status };

        buf_init(&call.body, 0);
        buf_add_string(&call.body, LOOKS[i].body);
        assert_int_equal(LOOKS[i].is, probe_is_loading(&call));
        buf_fini(&call.body);
    }
}

static void test_fix_of_has_an_answer_for_everything(void **state)
{
    (void)state;
    for (int flaw = 0; flaw < FLAWS; flaw++) {
        assert_true(strlen(fix_of(&dialect_unnamed, (enum flaw)flaw)) > 0);
        for (const struct dialect *dialect = dialects; dialect->name != NULL; dialect++)
            assert_true(strlen(fix_of(dialect, (enum flaw)flaw)) > 0);
    }
}

#define JSON(body) PEER_ANSWER("200 OK", "Content-Type: application/json\r\n", body)
#define NONE PEER_ANSWER("404 None", "", "{}")
#define MODELS JSON("{\"data\":[{\"id\":\"m\"}]}")
#define USAGE "\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3}}"
#define SAY(text) JSON("{\"choices\":[{\"index\":0,\"message\":{\"content\":\"" text "\"},\"finish_reason\":\"stop\"}]," USAGE)
#define CALL JSON("{\"choices\":[{\"index\":0,\"message\":{\"content\":null,\"tool_calls\":[{\"id\":\"c\",\"function\":{" \
                  "\"name\":\"add\",\"arguments\":\"{}\"}}]},\"finish_reason\":\"tool_calls\"}]," USAGE)

struct talk { struct scene scene; struct http *http; struct probe probe; char heard[65536]; };

/* The probe of an unnamed server that wants tools and pictures: four pages that are not there come before the answers. */
static void hold(struct talk *talk, const char *answer, const char *to_tool, const char *to_image)
{
    const char *answers[] = { MODELS, NONE, NONE, NONE, NONE, answer, to_tool, to_image, NULL };
    struct peer peer = peer_start(answers);
    struct err err = ERR_INIT;
    struct model model;
    char spec[128];

    *talk = (struct talk){ .http = http_open(&err) };
    talk->scene.arena = arena_new();
    snprintf(spec, sizeof spec, "openai/m,wait_s=0,base_url=http://127.0.0.1:%d/v1", peer.port);
    assert_int_equal(0, model_parse(talk->scene.arena, spec, "--model", &model, &err));
    talk->scene.runner = runners_open(&model, &(struct runner_means){ .http = talk->http, .probes = true }, &err);
    assert_non_null(talk->scene.runner);
    talk->scene.type = runner_type(talk->scene.runner);
    talk->probe = probe_begin(talk->http, -1, &(struct probe_wish){ .tools = true, .images = true });
    talk->scene.type->probe(talk->scene.runner, &talk->probe);
    peer_stop(&peer, talk->heard, sizeof talk->heard);
}

static void end(struct talk *talk)
{
    probe_end(&talk->probe);
    scene_end(&talk->scene);
    http_close(talk->http);
}

static const struct show {
    const char *to_tool, *to_image;
    enum severity tools, images;
    const char *words;
} SHOWN[] = {
    { CALL, SAY("Red."), SEVERITY_OK, SEVERITY_OK, "a call comes as a call" },
    { SAY("<tool_call><function=add></function></tool_call>"), SAY("Red."), SEVERITY_WARN, SEVERITY_OK,
      "a call stands in the text; it is taken from there" },
    { SAY("[TOOL_CALLS] add"), SAY("Red."), SEVERITY_BAD, SEVERITY_OK, "a call stands in the text ([TOOL_CALLS])" },
    { SAY("5"), SAY("Red."), SEVERITY_WARN, SEVERITY_OK, "was asked to call a tool and did not" },
    { PEER_ANSWER("400 Bad", "", "{\"error\":{\"message\":\"\\\"auto\\\" tool choice requires --enable-auto-tool-choice\"}}"),
      PEER_ANSWER("500 No", "", "{\"error\":{\"message\":\"image input is not supported\"}}"), SEVERITY_BAD, SEVERITY_BAD,
      "tool choice requires --enable-auto-tool-choice" },
};

static void test_probe_tries_a_tool_and_a_picture(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SHOWN / sizeof SHOWN[0]; i++) {
        struct talk talk;

        hold(&talk, SAY("5"), SHOWN[i].to_tool, SHOWN[i].to_image);
        assert_int_equal(SHOWN[i].tools, find(&talk.probe, "tools")->severity);
        assert_non_null(strstr(find(&talk.probe, "tools")->words, SHOWN[i].words));
        assert_int_equal(SHOWN[i].images, find(&talk.probe, "images")->severity);
        assert_non_null(strstr(talk.heard, "\"tools\":[{\"type\":\"function\""));
        assert_non_null(strstr(talk.heard, "data:image/png;base64,"));
        end(&talk);
    }
}

static const struct { const char *answer; enum severity severity; } REFUSALS[] = {
    { PEER_ANSWER("400 No", "", "{\"error\":{\"message\":\"no\"}}"), SEVERITY_BAD },
    { PEER_ANSWER("402 No", "", "{\"error\":{\"message\":\"pay\"}}"), SEVERITY_BAD },
    { PEER_ANSWER("429 No", "", "{\"error\":{\"message\":\"insufficient_quota\"}}"), SEVERITY_BAD },
    /* What may pass is what a run tries again for. */
    { PEER_ANSWER("429 No", "", "{\"error\":{\"message\":\"slower\"}}"), SEVERITY_WARN },
    { PEER_ANSWER("500 No", "", "{\"error\":{\"message\":\"fault\"}}"), SEVERITY_WARN },
    { "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{\"cho", SEVERITY_WARN },
};

/* Where the plain answer never came, nothing more is asked. */
static void test_probe_asks_no_more_after_a_refusal(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof REFUSALS / sizeof REFUSALS[0]; i++) {
        struct talk talk;

        hold(&talk, REFUSALS[i].answer, CALL, SAY("Red."));
        assert_int_equal(REFUSALS[i].severity, find(&talk.probe, "answer")->severity);
        assert_null(find(&talk.probe, "tools"));
        assert_null(strstr(talk.heard, "data:image/png"));
        end(&talk);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_probe_find_keeps_the_order_and_the_worst),
        cmocka_unit_test(test_probe_find_tames_foreign_words),
        cmocka_unit_test(test_probe_is_loading_only_while_it_loads),
        cmocka_unit_test(test_fix_of_has_an_answer_for_everything),
        cmocka_unit_test(test_probe_tries_a_tool_and_a_picture),
        cmocka_unit_test(test_probe_asks_no_more_after_a_refusal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
