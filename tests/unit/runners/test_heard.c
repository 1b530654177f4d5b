/* What a status means, whose fault it is, what it cost, and how a server's words are kept. */
#include "tests/unit/runners/scene.h"

#include "harness/base/http.h"
#include "harness/base/price.h"
#include "harness/base/redact.h"
#include "runners/heard.h"

static const struct heard_word NO_WORDS[] = { { .part = NULL } };

/* Every status a server of the field is known to give, and some at the edges. */
static const struct row {
    int status;
    enum heard_end end;
    enum origin origin;
    enum cause cause;
    int64_t cost_nanousd;
} STATUSES[] = {
    { 200, HEARD_AGAIN, ORIGIN_PROVIDER, CAUSE_SERVER, COST_UNKNOWN },
    { 204, HEARD_AGAIN, ORIGIN_PROVIDER, CAUSE_SERVER, COST_UNKNOWN },
    { 301, HEARD_NEVER, ORIGIN_PROVIDER, CAUSE_PLACE, 0 },
    { 308, HEARD_NEVER, ORIGIN_PROVIDER, CAUSE_PLACE, 0 },
    { 400, HEARD_NEVER, ORIGIN_HARNESS, CAUSE_REFUSED, 0 },
    { 401, HEARD_NEVER, ORIGIN_PROVIDER, CAUSE_KEY, 0 },
    { 402, HEARD_NEVER, ORIGIN_PROVIDER, CAUSE_QUOTA, 0 },
    { 403, HEARD_NEVER, ORIGIN_PROVIDER, CAUSE_KEY, 0 },
    { 404, HEARD_NEVER, ORIGIN_PROVIDER, CAUSE_PLACE, 0 },
    { 405, HEARD_NEVER, ORIGIN_PROVIDER, CAUSE_PLACE, 0 },
    { 407, HEARD_NEVER, ORIGIN_PROVIDER, CAUSE_KEY, 0 },
    { 408, HEARD_AGAIN, ORIGIN_PROVIDER, CAUSE_SERVER, COST_UNKNOWN },
    { 409, HEARD_AGAIN, ORIGIN_PROVIDER, CAUSE_SERVER, 0 },
    { 410, HEARD_NEVER, ORIGIN_PROVIDER, CAUSE_PLACE, 0 },
    { 413, HEARD_NEVER, ORIGIN_HARNESS, CAUSE_OVERFLOW, 0 },
    { 415, HEARD_NEVER, ORIGIN_HARNESS, CAUSE_REFUSED, 0 },
    { 422, HEARD_NEVER, ORIGIN_HARNESS, CAUSE_REFUSED, 0 },
    { 425, HEARD_AGAIN, ORIGIN_PROVIDER, CAUSE_SERVER, 0 },
    { 429, HEARD_LATER, ORIGIN_PROVIDER, CAUSE_LATER, 0 },
    { 451, HEARD_NEVER, ORIGIN_PROVIDER, CAUSE_SERVER, 0 },
    { 499, HEARD_AGAIN, ORIGIN_PROVIDER, CAUSE_SERVER, COST_UNKNOWN },
    { 500, HEARD_AGAIN, ORIGIN_PROVIDER, CAUSE_SERVER, COST_UNKNOWN },
    { 501, HEARD_NEVER, ORIGIN_HARNESS, CAUSE_REFUSED, COST_UNKNOWN },
    { 502, HEARD_AGAIN, ORIGIN_PROVIDER, CAUSE_SERVER, COST_UNKNOWN },
    { 503, HEARD_AGAIN, ORIGIN_PROVIDER, CAUSE_SERVER, 0 },
    { 504, HEARD_AGAIN, ORIGIN_PROVIDER, CAUSE_SERVER, COST_UNKNOWN },
    { 505, HEARD_NEVER, ORIGIN_HARNESS, CAUSE_REFUSED, COST_UNKNOWN },
    { 507, HEARD_AGAIN, ORIGIN_PROVIDER, CAUSE_SERVER, COST_UNKNOWN },
    { 520, HEARD_AGAIN, ORIGIN_PROVIDER, CAUSE_SERVER, COST_UNKNOWN },
    { 524, HEARD_AGAIN, ORIGIN_PROVIDER, CAUSE_SERVER, COST_UNKNOWN },
    { 529, HEARD_LATER, ORIGIN_PROVIDER, CAUSE_LATER, 0 },
    { 599, HEARD_AGAIN, ORIGIN_PROVIDER, CAUSE_SERVER, COST_UNKNOWN },
    { 600, HEARD_NEVER, ORIGIN_PROVIDER, CAUSE_SERVER, COST_UNKNOWN },
    { 999, HEARD_NEVER, ORIGIN_PROVIDER, CAUSE_SERVER, COST_UNKNOWN },
    { 100, HEARD_NEVER, ORIGIN_PROVIDER, CAUSE_SERVER, COST_UNKNOWN },
};

static void test_refused_goes_by_the_status(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof STATUSES / sizeof STATUSES[0]; i++) {
        const struct row *row = &STATUSES[i];
        struct heard heard;

        heard_refused(&heard, row->status, row->status, "so it is", NO_WORDS, arena);
        if (heard.end != row->end || heard.reply.cause != row->cause)
            print_message("status %d: %d\n", row->status, heard.end);
        assert_int_equal(row->end, heard.end);
        assert_int_equal(row->origin, heard.reply.origin);
        assert_int_equal(row->cause, heard.reply.cause);
        assert_int_equal(REPLY_FAILED, heard.reply.status);
        assert_string_equal(arena_printf(arena, "HTTP %d: so it is", row->status), heard.reply.reason);
        assert_string_equal(heard.reply.reason, heard.note);
        assert_int_equal(row->cost_nanousd, heard.cost_nanousd);
        heard_refused(&heard, 200, row->status, "so it is", NO_WORDS, arena);
        assert_int_equal(row->end, heard.end);
        assert_int_equal(COST_UNKNOWN, heard.cost_nanousd);
    }
    arena_free(arena);
}

static void test_refused_goes_by_the_words_first(void **state)
{
    static const struct heard_word words[] = {
        { "too long", { HEARD_NEVER, CAUSE_OVERFLOW, "prompt does not fit: " } },
        { "gibberish", { HEARD_AGAIN, CAUSE_UNPARSABLE, "" } },
        { .part = NULL },
    };
    struct arena *arena = arena_new();
    struct heard heard;

    (void)state;
    heard_refused(&heard, 500, 500, "it is too long", words, arena);
    assert_int_equal(HEARD_NEVER, heard.end);
    assert_string_equal("prompt does not fit: HTTP 500: it is too long", heard.reply.reason);
    heard_refused(&heard, 500, 500, "gibberish", words, arena);
    assert_int_equal(HEARD_AGAIN, heard.end);
    assert_int_equal(CAUSE_UNPARSABLE, heard.reply.cause);
    assert_string_equal("HTTP 500: gibberish", heard.note);
    heard_refused(&heard, 429, 429, "", words, arena);
    assert_string_equal("HTTP 429", heard.reply.reason);
    arena_free(arena);
}

static const struct ending { enum http_end end; enum heard_end heard; bool unreachable; enum reply_status status; } ENDS[] = {
    { HTTP_REFUSED, HEARD_AGAIN, true, REPLY_FAILED },
    { HTTP_NO_HOST, HEARD_AGAIN, true, REPLY_FAILED },
    { HTTP_TLS, HEARD_NEVER, true, REPLY_FAILED },
    { HTTP_BROKEN, HEARD_AGAIN, false, REPLY_FAILED },
    { HTTP_TIMED_OUT, HEARD_AGAIN, false, REPLY_TIMEOUT },
    { HTTP_TOO_LONG, HEARD_NEVER, false, REPLY_FAILED },
    { HTTP_NOT_HTTP, HEARD_NEVER, true, REPLY_FAILED },
};

/* What was sent and may have been worked on is paid for, who knows how much. */
static void test_nothing_goes_by_how_the_call_ended(void **state)
{
    struct arena *arena = arena_new();
    struct heard heard;

    (void)state;
    for (size_t i = 0; i < sizeof ENDS / sizeof ENDS[0]; i++) {
        struct http_call call = { .end = ENDS[i].end, .error = "h:80 went away" };

        assert_true(heard_nothing(&call, arena, &heard));
        assert_int_equal(ENDS[i].heard, heard.end);
        assert_int_equal(ENDS[i].unreachable, reply_shuts_out_all(&heard.reply));
        assert_int_equal(ENDS[i].status, heard.reply.status);
        assert_int_equal(ORIGIN_PROVIDER, heard.reply.origin);
        assert_string_equal("h:80 went away", heard.reply.reason);
        assert_int_equal(ENDS[i].unreachable ? 0 : COST_UNKNOWN, heard.cost_nanousd);
    }
    assert_false(heard_nothing(&(struct http_call){ .end = HTTP_ANSWERED, .status = 500 }, arena, &heard));
    arena_free(arena);
}

static void test_garbage_is_pardoned_and_nothing_else(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof ENDS / sizeof ENDS[0]; i++) {
        struct http_call call = { .end = ENDS[i].end, .error = "h:80 does not speak HTTP" };
        bool is_garbage = call.end == HTTP_NOT_HTTP;
        struct heard heard;

        assert_true(heard_nothing(&call, arena, &heard));
        heard_pardon_garbage(&heard, &call, arena);
        assert_int_equal(is_garbage ? HEARD_AGAIN : ENDS[i].heard, heard.end);
        assert_int_equal(is_garbage ? false : ENDS[i].unreachable, reply_shuts_out_all(&heard.reply));
        if (is_garbage)
            assert_int_equal(COST_UNKNOWN, heard.cost_nanousd);
    }
    arena_free(arena);
}

static void test_nothing_takes_no_page_for_an_answer(void **state)
{
    struct http_call call = { .end = HTTP_ANSWERED, .status = 200, .content_type = "Text/HTML; charset=utf-8" };
    struct arena *arena = arena_new();
    struct heard heard;

    (void)state;
    buf_init(&call.body, 0);
    buf_add_string(&call.body, "<html>\nPlease log in");
    assert_true(heard_nothing(&call, arena, &heard));
    assert_int_equal(HEARD_AGAIN, heard.end);
    assert_true(reply_shuts_out_all(&heard.reply));
    assert_non_null(strstr(heard.reply.reason, "a page instead of an answer: <html>"));
    assert_non_null(strstr(heard.reply.reason, "Please log in"));
    assert_int_equal(COST_UNKNOWN, heard.cost_nanousd);
    call.status = 500;
    assert_false(heard_nothing(&call, arena, &heard));
    buf_fini(&call.body);
    arena_free(arena);
}

/* One line, without escapes, without secrets, and short; a secret at the cut is not cut in half. */
static void test_words_are_tamed(void **state)
{
    struct arena *arena = arena_new();
    struct heard heard;
    char words[2048];

    (void)state;
    redact_register("KEY", "sk-secret-0123456789");
    heard_fail(&heard, HEARD_NEVER, CAUSE_SERVER, "one\ntwo \x1b[31mred sk-secret-0123456789", arena);
    assert_null(strchr(heard.reply.reason, '\n'));
    assert_null(strchr(heard.reply.reason, '\x1b'));
    assert_null(strstr(heard.reply.reason, "sk-secret"));
    assert_non_null(strstr(heard.reply.reason, "[secret KEY]"));
    for (size_t before = 270; before < 310; before++) {
        snprintf(words, sizeof words, "%*s%s%01000d", (int)before, "", "sk-secret-0123456789", 0);
        heard_fail(&heard, HEARD_NEVER, CAUSE_SERVER, words, arena);
        assert_true(strlen(heard.reply.reason) < 400);
        assert_null(strstr(heard.reply.reason, "sk-s"));
    }
    redact_forget_all();
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused_goes_by_the_status),
        cmocka_unit_test(test_refused_goes_by_the_words_first),
        cmocka_unit_test(test_nothing_goes_by_how_the_call_ended),
        cmocka_unit_test(test_garbage_is_pardoned_and_nothing_else),
        cmocka_unit_test(test_nothing_takes_no_page_for_an_answer),
        cmocka_unit_test(test_words_are_tamed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
