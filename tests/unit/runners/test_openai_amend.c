/*
 * A reply with its ask in view: prompts that were shortened, answers that were cut, calls in the text and half calls.
 */
#include "tests/unit/runners/scene.h"

#include <math.h>

#include "results/journal.h"
#include "runners/heard.h"
#include "runners/openai_amend.h"
#include "runners/openai_body.h"

static const struct tool TOOLS[] = { { .name = "add" } };

struct bench {
    struct arena *arena;
    struct openai_query query;
    struct ask ask;
    struct chat *chat;
    struct heard heard;
};

static void begin(struct bench *bench, const char *dialect, const char *text)
{
    struct err err = ERR_INIT;

    *bench = (struct bench){ .arena = arena_new() };
    bench->query = (struct openai_query){ .dialect = dialect_find(dialect, &err), .sampling = sampling_unstated() };
    bench->chat = chat_new(bench->arena);
    bench->ask = (struct ask){ .chat = bench->chat };
    bench->heard = (struct heard){ .end = HEARD_ANSWER, .reply = reply_empty(), .cost_nanousd = 7 };
    bench->heard.reply.text = text;
}

static void amend(struct bench *bench)
{
    openai_amend(&bench->query, &bench->ask, bench->arena, &bench->heard);
}

static void end(struct bench *bench)
{
    arena_free(bench->arena);
}

/* 40,000 bytes of words. */
static void say_much(struct bench *bench)
{
    for (int i = 0; i < 4000; i++)
        chat_add_text(bench->chat, ROLE_USER, "some words");
}

static void test_tokens_min_counts_no_runs(void **state)
{
    struct arena *arena = arena_new();
    struct chat *chat = chat_new(arena);

    (void)state;
    assert_int_equal(0, openai_tokens_min(chat));
    chat_add_text(chat, ROLE_USER, "abababab");
    assert_int_equal(1, openai_tokens_min(chat));
    chat_add_text(chat, ROLE_SYSTEM, "----------------------------------------------------------------");
    assert_int_equal(1, openai_tokens_min(chat));
    chat_add_text(chat, ROLE_USER, "abcdefghabcdefgh");
    assert_int_equal(3, openai_tokens_min(chat));
    arena_free(arena);
}

static void test_amend_voids_a_prompt_that_was_shortened(void **state)
{
    struct bench bench;

    (void)state;
    begin(&bench, "ollama", "4");
    say_much(&bench);
    bench.heard.reply.tokens_in = 4096;
    amend(&bench);
    assert_int_equal(HEARD_NEVER, bench.heard.end);
    assert_int_equal(REPLY_FAILED, bench.heard.reply.status);
    assert_int_equal(ORIGIN_PROVIDER, bench.heard.reply.origin);
    assert_non_null(strstr(bench.heard.reply.reason, "shortened the prompt in silence: it read 4096 tokens of 5000"));
    assert_int_equal(7, bench.heard.cost_nanousd);
    end(&bench);
}

static void test_amend_believes_what_may_be(void **state)
{
    static const struct { const char *dialect; int64_t tokens_in; } SOUND[] = {
        { "ollama", 5000 }, { "ollama", 9000 }, { "ollama", TOKENS_UNKNOWN }, { "vllm", 1 },
    };
    struct bench bench;

    (void)state;
    for (size_t i = 0; i < sizeof SOUND / sizeof SOUND[0]; i++) {
        begin(&bench, SOUND[i].dialect, "4");
        say_much(&bench);
        bench.heard.reply.tokens_in = SOUND[i].tokens_in;
        amend(&bench);
        assert_int_equal(HEARD_ANSWER, bench.heard.end);
        assert_null(bench.heard.note);
        end(&bench);
    }
}

static const struct cut { enum stop stop; double limit; int64_t tokens_out; bool is_noted; } CUTS[] = {
    { STOP_LENGTH, 1000, 136, true },
    { STOP_LENGTH, 136, 136, false },
    { STOP_LENGTH, NAN, 136, false },
    { STOP_LENGTH, 1000, TOKENS_UNKNOWN, false },
    { STOP_END, 1000, 136, false },
};

static void test_amend_tells_a_full_context_from_a_limit(void **state)
{
    struct bench bench;

    (void)state;
    for (size_t i = 0; i < sizeof CUTS / sizeof CUTS[0]; i++) {
        begin(&bench, "llama-server", "4");
        bench.query.sampling.value[SAMPLING_MAX_TOKENS] = CUTS[i].limit;
        bench.heard.reply.stop = CUTS[i].stop;
        bench.heard.reply.tokens_in = 1912;
        bench.heard.reply.tokens_out = CUTS[i].tokens_out;
        amend(&bench);
        assert_int_equal(REPLY_OK, bench.heard.reply.status);
        assert_int_equal(CUTS[i].is_noted, bench.heard.note != NULL);
        if (CUTS[i].is_noted) {
            assert_string_equal("context_full: the answer was cut after 136 of 1000 tokens, behind a prompt of 1912",
                                bench.heard.note);
            assert_int_equal(OPENAI_CONTEXT_FULL, openai_note_find(bench.heard.note));
        }
        end(&bench);
    }
}

static void test_amend_takes_calls_out_of_the_text(void **state)
{
    static const char text[] = "So.\n<tool_call>{\"name\":\"add\",\"arguments\":{\"a\":1}}</tool_call>";
    struct bench bench;
    const struct part *part;

    (void)state;
    begin(&bench, "vllm", text);
    bench.ask.tools = TOOLS;
    bench.ask.tool_count = 1;
    bench.heard.reply.reasoning = "hm";
    amend(&bench);
    part = bench.heard.reply.parts;
    assert_int_equal(PART_REASONING, part->kind);
    assert_string_equal("So.\n", part->next->text);
    assert_string_equal("add", part->next->next->name);
    assert_string_equal("{\"a\":1}", part->next->next->text);
    assert_null(part->next->next->next);
    assert_string_equal("So.\n", bench.heard.reply.text);
    assert_int_equal(STOP_TOOL, bench.heard.reply.stop);
    assert_string_equal("tool_parse_fallback: 1 call stood in the text", bench.heard.note);
    assert_int_equal(OPENAI_CALL_IN_TEXT, openai_note_find(bench.heard.note));
    end(&bench);
}

/* Where no tool was offered, or the server found the calls itself, text is text. */
static void test_amend_leaves_text_that_is_text(void **state)
{
    static const char text[] = "<tool_call>{\"name\":\"add\",\"arguments\":{}}</tool_call>";
    struct part call = { .kind = PART_TOOL_CALL, .id = "c", .name = "add", .text = "{}" };
    struct bench bench;

    (void)state;
    begin(&bench, "vllm", text);
    amend(&bench);
    assert_null(bench.heard.reply.parts);
    assert_string_equal(text, bench.heard.reply.text);
    assert_null(bench.heard.note);
    bench.ask.tools = TOOLS;
    bench.ask.tool_count = 1;
    bench.heard.reply.parts = &call;
    amend(&bench);
    assert_ptr_equal(&call, bench.heard.reply.parts);
    assert_null(bench.heard.note);
    end(&bench);
}

static void test_amend_drops_a_call_that_was_cut(void **state)
{
    struct part cut = { .kind = PART_TOOL_CALL, .id = "d", .name = "add", .text = "{\"a\":1" };
    struct part whole = { .kind = PART_TOOL_CALL, .id = "c", .name = "add", .text = "{\"a\":1}", .next = &cut };
    struct bench bench;

    (void)state;
    begin(&bench, "llama-server", "");
    bench.heard.reply.parts = &whole;
    bench.heard.reply.stop = STOP_LENGTH;
    amend(&bench);
    assert_string_equal("c", bench.heard.reply.parts->id);
    assert_null(bench.heard.reply.parts->next);
    assert_int_equal(OPENAI_CALL_CUT, openai_note_find(bench.heard.note));
    end(&bench);
}

/* What a model wrote wrong by itself goes to whoever runs calls: that is news for the model. */
static void test_amend_keeps_a_wrong_call_that_was_not_cut(void **state)
{
    struct part wrong = { .kind = PART_TOOL_CALL, .id = "c", .name = "add", .text = "{\"a\":" };
    struct bench bench;

    (void)state;
    begin(&bench, "llama-server", "");
    bench.heard.reply.parts = &wrong;
    bench.heard.reply.stop = STOP_TOOL;
    amend(&bench);
    assert_ptr_equal(&wrong, bench.heard.reply.parts);
    assert_null(bench.heard.note);
    end(&bench);
}

static void test_note_find_knows_its_own(void **state)
{
    (void)state;
    for (int note = 0; note < OPENAI_NOTES; note++) {
        char text[64];

        snprintf(text, sizeof text, "%s: so", openai_note_name(note));
        assert_int_equal(note, openai_note_find(text));
        assert_true(strlen(openai_note_words(note)) > 0);
    }
    assert_int_equal(OPENAI_NOTES, openai_note_find("HTTP 500: context_full: so"));
    assert_int_equal(OPENAI_NOTES, openai_note_find("context_fuller: so"));
    assert_int_equal(OPENAI_NOTES, openai_note_find(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tokens_min_counts_no_runs),
        cmocka_unit_test(test_amend_voids_a_prompt_that_was_shortened),
        cmocka_unit_test(test_amend_believes_what_may_be),
        cmocka_unit_test(test_amend_tells_a_full_context_from_a_limit),
        cmocka_unit_test(test_amend_takes_calls_out_of_the_text),
        cmocka_unit_test(test_amend_leaves_text_that_is_text),
        cmocka_unit_test(test_amend_drops_a_call_that_was_cut),
        cmocka_unit_test(test_amend_keeps_a_wrong_call_that_was_not_cut),
        cmocka_unit_test(test_note_find_knows_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
