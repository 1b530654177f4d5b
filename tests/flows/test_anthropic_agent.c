/*
 * An agent's whole talk with Claude, stepped by hand: its answers are read as they come over the wire, go through the
 * journal, into the chat, and back into each next request. What was signed must be there byte for byte, what was said
 * before must not change, and the marks of the cache must move on so that each request finds what the last one kept.
 */
#include "tests/flows/hand.h"

#include <math.h>

#include "harness/base/http.h"
#include "runners/anthropic_body.h"
#include "runners/anthropic_reply.h"
#include "runners/anthropic_usage.h"

#define THOUGHT(n) "{\"type\":\"thinking\",\"thinking\":\"so \\u00e9\\/ " n "\",\"signature\":\"sig" n "==\"}"
#define REDACTED(n) "{ \"type\" : \"redacted_thinking\", \"data\":\"d" n "\" }"
#define CALL(n) "{\"type\":\"tool_use\",\"id\":\"t" n "\",\"name\":\"sh\",\"input\":{\"c\":\"ls\",  \"n\":1.50}}"
#define ANSWER(blocks, stop) "{\"type\":\"message\",\"model\":\"claude-opus-4-6\",\"content\":[" blocks "],\"stop_reason\":" \
    "\"" stop "\",\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}"
#define MARK ",\"cache_control\":{\"type\":\"ephemeral\"}"
#define TURNS 4

static bool says_done(const char *text)
{
    return strstr(text, "DONE") != NULL;
}

static const struct tool TOOLS[] = { { .name = "sh", .parameters = "{\"type\":\"object\"}" } };
static const struct task TASK = {
    .name = "work", .flow = &flow_agent, .grader = &HAND_GRADER, .prompt = hand_prompt, .submits = says_done,
    .turns_max = TURNS + 1, .tools = TOOLS, .tool_count = 1,
};

static const char *const ANSWERS[TURNS] = {
    ANSWER(THOUGHT("1") "," CALL("1"), "tool_use"),
    ANSWER(THOUGHT("2") "," REDACTED("2") ",{\"type\":\"text\",\"text\":\"Both.\"}," CALL("2") "," CALL("3"), "tool_use"),
    ANSWER("{\"type\":\"text\",\"text\":\"I think in words.\"}", "end_turn"),
    ANSWER(CALL("4"), "tool_use"),
};

static const struct anthropic_query *query_of(void)
{
    static const struct claude opus = { .prefix = "claude-opus-4-6" };
    static struct anthropic_query query = { .model = "claude-opus-4-6", .takes = &opus, .max_tokens = 9, .top_k = -1,
                                            .thinking = CLAUDE_ADAPTIVE };

    query.temperature = query.top_p = NAN;
    return &query;
}

/* The request for the only ask that is open. */
static char *write_request(struct episode *ep)
{
    const struct ask *ask = hand_asked(ep, ASK_MODEL, "model");
    struct buf out;
    char *kept;

    assert_null(anthropic_body_objection(query_of(), ask));
    buf_init(&out, 0);
    anthropic_body_write(query_of(), ask, &out);
    assert_false(out.cut);
    kept = arena_strndup(ep->arena, out.data, out.length);
    buf_fini(&out);
    return kept;
}

/* As it comes back from the journal. */
static void hear(struct episode *ep, const char *body)
{
    struct http_call call = { .end = HTTP_ANSWERED, .status = 200 };
    struct anthropic_usage used;
    struct err err = ERR_INIT;
    struct heard heard;
    struct reply said;
    struct buf json;

    buf_init(&call.body, 0);
    buf_init(&json, 0);
    buf_add_string(&call.body, body);
    anthropic_reply_read(&(struct reply){ .text = NULL }, &call, ep->arena, &used, &heard);
    assert_int_equal(HEARD_ANSWER, heard.end);
    reply_clean(&heard.reply, ep->arena);
    reply_write(&heard.reply, &json);
    assert_int_equal(0, reply_read(json.data, json.length, ep->arena, &said, &err));
    hand_reply(ep, said);
    buf_fini(&json);
    buf_fini(&call.body);
}

/* The environment answers all that is open. */
static void act(struct episode *ep)
{
    for (size_t left = ep->ask_open; left > 0; left--)
        hand_say(ep, "a.c");
}

static size_t count_marks(const char *request)
{
    size_t count = 0;

    for (; (request = strstr(request, MARK)) != NULL; request++)
        count++;
    return count;
}

/* text without its marks. */
static char *strip(struct episode *ep, const char *text)
{
    size_t kept = 0;
    char *copy = arena_strdup(ep->arena, text);

    while (*text != '\0')
        if (strncmp(text, MARK, strlen(MARK)) == 0)
            text += strlen(MARK);
        else
            copy[kept++] = *text++;
    copy[kept] = '\0';
    return copy;
}

/* Up to the end of the last message, without marks. */
static char *said_in(struct episode *ep, const char *request)
{
    return strip(ep, arena_strndup(ep->arena, request, (size_t)(strstr(request, "],\"thinking\"") - request)));
}

/* What stands before the n-th mark, without marks; NULL: there are not so many. */
static char *before_mark(struct episode *ep, const char *request, size_t n)
{
    const char *at = request;

    for (size_t i = 0; (at = strstr(at, MARK)) != NULL; i++, at++)
        if (i == n)
            return strip(ep, arena_strndup(ep->arena, request, (size_t)(at - request)));
    return NULL;
}

/* What a request asks to be kept is what stands before its last mark; the next one must have a mark there too. */
static void assert_finds_what_was_kept(struct episode *ep, const char *request, const char *next)
{
    const char *kept = before_mark(ep, request, count_marks(request) - 1), *looked_for;
    size_t n = 0;

    while ((looked_for = before_mark(ep, next, n)) != NULL && strcmp(kept, looked_for) != 0)
        n++;
    assert_non_null(looked_for);
}

static void test_agent_sends_claude_its_blocks_back_as_they_came(void **state)
{
    struct episode *ep = hand_begin(&TASK);
    const char *request;

    (void)state;
    hand_say(ep, "hello");
    hear(ep, ANSWERS[0]);
    act(ep);
    request = write_request(ep);
    assert_non_null(strstr(request, "{\"role\":\"assistant\",\"content\":[" THOUGHT("1") "," CALL("1") "]},{\"role\":\"user\","
                           "\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"t1\",\"content\":\"a.c\"" MARK "}]}]"));
    hear(ep, ANSWERS[1]);
    act(ep);
    request = write_request(ep);
    assert_non_null(strstr(request, "{\"role\":\"assistant\",\"content\":[" THOUGHT("2") "," REDACTED("2") ",{\"type\":\"text\","
                           "\"text\":\"Both.\"}," CALL("2") "," CALL("3") "]},{\"role\":\"user\",\"content\":[{\"type\":"
                           "\"tool_result\",\"tool_use_id\":\"t2\",\"content\":\"a.c\"},{\"type\":\"tool_result\","
                           "\"tool_use_id\":\"t3\",\"content\":\"a.c\"" MARK "}]}]"));
    episode_free(ep);
}

static void test_agent_changes_nothing_but_marks_of_what_was_sent(void **state)
{
    struct episode *ep = hand_begin(&TASK);
    const char *request, *next;

    (void)state;
    hand_say(ep, "hello");
    request = write_request(ep);
    assert_int_equal(2, count_marks(request));      /* tools, and the first turn */
    for (int i = 0; i < TURNS; i++) {
        hear(ep, ANSWERS[i]);
        act(ep);
        next = write_request(ep);
        assert_int_equal(0, strncmp(said_in(ep, request), said_in(ep, next), strlen(said_in(ep, request))));
        assert_int_equal(3, count_marks(next));
        assert_finds_what_was_kept(ep, request, next);
        assert_true(strlen(before_mark(ep, next, 2)) > strlen(said_in(ep, request)));
        request = next;
    }
    hear(ep, ANSWER("{\"type\":\"text\",\"text\":\"DONE\"}", "end_turn"));
    hand_asked(ep, ASK_GRADE, "grade");
    episode_free(ep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agent_sends_claude_its_blocks_back_as_they_came),
        cmocka_unit_test(test_agent_changes_nothing_but_marks_of_what_was_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
