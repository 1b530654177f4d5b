/*
 * What servers say when they do not answer, and what it means: whose fault it is, whether another try is of use, and
 * whether anybody would be served.
 */
#include "tests/unit/runners/scene.h"

#include "harness/base/json.h"
#include "harness/base/price.h"
#include "runners/openai_error.h"

/* "never provider unreachable: why" of what was heard. */
static const char *sum_up(struct arena *arena, const struct heard *heard)
{
    static const char *const ends[] = { "answer", "again", "later", "never" };

    assert_string_equal(heard->note, heard->reply.reason);
    return arena_printf(arena, "%s %s%s%s: %s", ends[heard->end], origin_name(heard->reply.origin),
                        heard->end != HEARD_LATER && reply_shuts_out_all(&heard->reply) ? " unreachable" : "",
                        heard->reply.cause == CAUSE_FILTERED ? " singled out"
                        : heard->reply.cause == CAUSE_UNPARSABLE ? " unparsable" : "",
                        heard->reply.reason);
}

static const struct case_of_status { int status; const char *expected; } STATUSES[] = {
    { 200, "again provider: HTTP 200: so" }, { 299, "again provider: HTTP 299: so" },
    { 300, "never provider unreachable: HTTP 300: so" }, { 302, "never provider unreachable: HTTP 302: so" },
    { 400, "never harness: HTTP 400: so" },
    { 401, "never provider unreachable: HTTP 401: so" }, { 402, "never provider unreachable: HTTP 402: so" },
    { 403, "never provider unreachable: HTTP 403: so" }, { 404, "never provider unreachable: HTTP 404: so" },
    { 405, "never provider unreachable: HTTP 405: so" }, { 407, "never provider unreachable: HTTP 407: so" },
    { 408, "again provider: HTTP 408: so" }, { 409, "again provider: HTTP 409: so" },
    { 410, "never provider unreachable: HTTP 410: so" },
    { 413, "never harness: HTTP 413: so" }, { 422, "never harness: HTTP 422: so" },
    { 423, "never provider: HTTP 423: so" },
    { 425, "again provider: HTTP 425: so" }, { 429, "later provider: HTTP 429: so" },
    { 451, "never provider: HTTP 451: so" },
    { 499, "again provider: HTTP 499: so" }, { 500, "again provider: HTTP 500: so" },
    { 501, "never harness: HTTP 501: so" },
    { 502, "again provider: HTTP 502: so" }, { 503, "again provider: HTTP 503: so" },
    { 504, "again provider: HTTP 504: so" },
    { 505, "never harness: HTTP 505: so" },
    { 506, "again provider: HTTP 506: so" }, { 529, "later provider: HTTP 529: so" },
    { 599, "again provider: HTTP 599: so" }, { 600, "never provider: HTTP 600: so" },
};

static void test_openai_error_read_goes_by_the_status(void **state)
{
    static const char body[] = "{\"error\":{\"message\":\"so\"}}";

    (void)state;
    for (size_t i = 0; i < sizeof STATUSES / sizeof STATUSES[0]; i++) {
        struct arena *arena = arena_new();
        struct heard heard;

        openai_error_read(STATUSES[i].status, body, strlen(body), arena, &heard);
        assert_string_equal(STATUSES[i].expected, sum_up(arena, &heard));
        arena_free(arena);
    }
}

/* Bodies as they come over the wire, under a status that would mean something else. */
static const struct case_of_words { int status; const char *body, *expected; } WORDS[] = {
    { 500, "{\"error\":{\"message\":\"long\",\"type\":\"exceed_context_size_error\"}}",
      "never harness: prompt does not fit: HTTP 500: long; exceed_context_size_error" },
    { 429, "{\"error\":{\"message\":\"long\",\"code\":\"context_length_exceeded\"}}",
      "never harness: prompt does not fit: HTTP 429: long; context_length_exceeded" },
    { 500, "{\"error\":\"it exceeds the available context size\"}",
      "never harness: prompt does not fit: HTTP 500: it exceeds the available context size" },
    { 500, "{\"message\":\"This model's maximum context length is 9\",\"type\":\"BadRequest\"}",
      "never harness: prompt does not fit: HTTP 500: This model's maximum context length is 9; BadRequest" },
    { 503, "the input is longer than the model's context",
      "never harness: prompt does not fit: HTTP 503: the input is longer than the model's context" },
    { 500, "{\"detail\":\"Range of input length should be [1, 9]\"}",
      "never harness: prompt does not fit: HTTP 500: Range of input length should be [1, 9]" },
    { 500, "{\"error\":{\"message\":\"output that does not match the expected format\"}}",
      "again provider unparsable: HTTP 500: output that does not match the expected format" },
    { 500, "{\"error\":{\"message\":\"[json.exception.parse_error.101] bad\"}}",
      "never harness: our request was not understood: HTTP 500: [json.exception.parse_error.101] bad" },
    { 500, "{\"error\":{\"message\":\"image input is not supported\"}}",
      "never harness: HTTP 500: image input is not supported" },
    { 400, "{\"error\":{\"message\":\"no\",\"code\":\"data_inspection_failed\"}}",
      "never provider singled out: HTTP 400: no; data_inspection_failed" },
    { 400, "{\"error\":{\"message\":\"pay\",\"code\":\"Arrearage\"}}",
      "never provider unreachable: HTTP 400: pay; Arrearage" },
    { 400, "{\"error\":{\"message\":\"parameter.enable_thinking must be set to false for non-streaming calls\"}}",
      "never harness: it thinks only with stream=on: HTTP 400: parameter.enable_thinking must be set to false for "
      "non-streaming calls" },
    /* What is used up for good, and what only for this minute. */
    { 429, "{\"error\":{\"message\":\"You exceeded your current quota\",\"code\":\"insufficient_quota\"}}",
      "never provider unreachable: HTTP 429: You exceeded your current quota; insufficient_quota" },
    { 429, "{\"error\":{\"message\":\"Allocated quota exceeded, please increase your quota limit.\",\"code\":"
      "\"insufficient_quota\"}}", "later provider: HTTP 429: Allocated quota exceeded, please increase your "
      "quota limit.; insufficient_quota" },
    { 429, "{\"error\":{\"message\":\"slower\",\"code\":\"Throttling.AllocationQuota\"}}",
      "later provider: HTTP 429: slower; Throttling.AllocationQuota" },
    { 403, "{\"error\":{\"message\":\"gone\",\"code\":\"AllocationQuota.FreeTierOnly\"}}",
      "never provider unreachable: HTTP 403: gone; AllocationQuota.FreeTierOnly" },
    { 429, "{\"error\":{\"message\":\"slower\",\"code\":\"Throttling.RateQuota\"}}",
      "later provider: HTTP 429: slower; Throttling.RateQuota" },
};

static void test_openai_error_read_goes_by_the_words_first(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
        struct arena *arena = arena_new();
        struct heard heard;

        openai_error_read(WORDS[i].status, WORDS[i].body, strlen(WORDS[i].body), arena, &heard);
        assert_string_equal(WORDS[i].expected, sum_up(arena, &heard));
        arena_free(arena);
    }
}

/* Where servers put their words: an object, a string, flat, FastAPI's detail, no JSON at all, nothing. */
static const struct case_of_body { const char *body, *expected; } BODIES[] = {
    { "{\"error\":{\"message\":\"m\",\"type\":\"t\",\"code\":\"c\"}}", "HTTP 503: m; t; c" },
    { "{\"error\":{\"message\":\"busy: overloaded\",\"type\":\"overloaded\"}}", "HTTP 503: busy: overloaded" },
    { "{\"error\":{\"message\":\"\",\"code\":429}}", "HTTP 503: {\"error\":{\"message\":\"\",\"code\":429}}" },
    { "{\"error\":\"m\",\"code\":\"c\"}", "HTTP 503: m" },
    { "{\"object\":\"error\",\"message\":\"m\",\"type\":\"t\"}", "HTTP 503: m; t" },
    { "{\"error\":null,\"message\":\"m\"}", "HTTP 503: m" },
    { "{\"detail\":\"m\"}", "HTTP 503: m" },
    { "{\"detail\":[{\"loc\":[\"body\"], \"msg\":\"m\"}]}", "HTTP 503: [{\"loc\":[\"body\"], \"msg\":\"m\"}]" },
    { "{\"detail\":\"d\",\"message\":\"m\"}", "HTTP 503: m" },
    { "<html>\n<b>Bad\tGateway</b>", "HTTP 503: <html>\\n<b>Bad\\tGateway</b>" },
    { "\xff" "no UTF-8", "HTTP 503: \xef\xbf\xbdno UTF-8" },
    { "{\"error\":", "HTTP 503: {\"error\":" },
    { "{}", "HTTP 503: {}" },
    { "", "HTTP 503" },
};

static void test_openai_error_read_finds_the_server_s_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof BODIES / sizeof BODIES[0]; i++) {
        struct arena *arena = arena_new();
        struct heard heard;

        openai_error_read(503, BODIES[i].body, strlen(BODIES[i].body), arena, &heard);
        assert_string_equal(BODIES[i].expected, heard.note);
        arena_free(arena);
    }
}

/* Inside an answer with status 200, or a stream, the error's own code says more; but not that nothing is billed. */
static const struct case_of_code { const char *body, *expected; } CODES[] = {
    { "{\"error\":{\"message\":\"m\",\"code\":401}}", "never provider unreachable: HTTP 401: m" },
    { "{\"error\":{\"message\":\"m\",\"code\":400}}", "never harness: HTTP 400: m" },
    { "{\"error\":{\"message\":\"m\",\"code\":599}}", "again provider: HTTP 599: m" },
    { "{\"error\":{\"message\":\"m\",\"code\":399}}", "again provider: HTTP 200: m" },
    { "{\"error\":{\"message\":\"m\",\"code\":600}}", "again provider: HTTP 200: m" },
    { "{\"error\":{\"message\":\"m\",\"code\":\"401\"}}", "again provider: HTTP 200: m; 401" },
    { "{\"message\":\"m\",\"code\":404}", "never provider unreachable: HTTP 404: m" },
    { "{\"error\":{\"message\":\"m\"}}", "again provider: HTTP 200: m" },
};

static void test_openai_error_read_json_heeds_an_inner_code(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CODES / sizeof CODES[0]; i++) {
        struct arena *arena = arena_new();
        struct err err = ERR_INIT;
        struct json_doc *doc = json_parse(CODES[i].body, strlen(CODES[i].body), &err);
        struct heard heard;

        openai_error_read_json(200, doc, arena, &heard);
        assert_string_equal(CODES[i].expected, sum_up(arena, &heard));
        assert_int_equal(COST_UNKNOWN, heard.cost_nanousd);
        json_free(doc);
        arena_free(arena);
    }
}

static void test_heard_blame_model_makes_it_an_empty_answer(void **state)
{
    struct arena *arena = arena_new();
    struct heard heard;

    (void)state;
    heard_fail(&heard, HEARD_AGAIN, CAUSE_UNPARSABLE, "no such\ncall", arena);
    heard_blame_model(&heard, arena);
    assert_int_equal(HEARD_ANSWER, heard.end);
    assert_int_equal(COST_UNKNOWN, heard.cost_nanousd);
    assert_int_equal(REPLY_OK, heard.reply.status);
    assert_string_equal("", heard.reply.text);
    assert_int_equal(STOP_UNPARSABLE, heard.reply.stop);
    assert_string_equal("unparsable: no such\\ncall", heard.note);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_openai_error_read_goes_by_the_status),
        cmocka_unit_test(test_openai_error_read_goes_by_the_words_first),
        cmocka_unit_test(test_openai_error_read_finds_the_server_s_words),
        cmocka_unit_test(test_openai_error_read_json_heeds_an_inner_code),
        cmocka_unit_test(test_heard_blame_model_makes_it_an_empty_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
