#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/json.h"
#include "harness/engine/likelihood.h"
#include "runners/echo.h"

/* What a server may echo, and what it comes to: the number of the continuation's tokens and their sum, or words. */
static const struct { const char *what, *context, *continuation, *logprobs; size_t tokens; double sum; bool spans;
                      const char *words; } CASES[] = {
    { "plain, with offsets", "The capital is", " Paris",
      "{\"tokens\":[\"The\",\" capital\",\" is\",\" Par\",\"is\",\".\"],\"token_logprobs\":[null,-4,-1,-2,-0.5,-9],"
      "\"text_offset\":[0,3,11,14,18,20]}", 2, -2.5, false, NULL },
    { "nothing was generated", "The capital is", " Paris",
      "{\"tokens\":[\"The\",\" capital\",\" is\",\" Paris\"],\"token_logprobs\":[null,-4,-1,-2],\"text_offset\":[0,3,11,14]}",
      1, -2, false, NULL },
    { "an end token was", "It is", " so",
      "{\"tokens\":[\"It\",\" is\",\" so\",\"\"],\"token_logprobs\":[null,-1,-2,-3],\"text_offset\":[0,2,5,8]}", 1, -2, false, NULL },
    { "no offsets", "It is", " so", "{\"tokens\":[\"It\",\" is\",\" so\",\" and\"],\"token_logprobs\":[null,-1,-2,-3]}",
      1, -2, false, NULL },
    { "offsets of -1, as SGLang has them", "It is", " so",
      "{\"tokens\":[\"It\",\" is\",\" so\",\"!\"],\"token_logprobs\":[null,-1,-2,-3],\"text_offset\":[-1,-1,-1,-1]}",
      1, -2, false, NULL },
    { "begin-of-text, counted in the offsets", "It is", " so",
      "{\"tokens\":[\"<s>\",\"It\",\" is\",\" so\",\"!\"],\"token_logprobs\":[null,-7,-1,-2,-3],\"text_offset\":[0,3,5,8,11]}",
      1, -2, false, NULL },
    { "begin-of-text, not counted", "It is", " so",
      "{\"tokens\":[\"<s>\",\"It\",\" is\",\" so\",\"!\"],\"token_logprobs\":[null,-7,-1,-2,-3],\"text_offset\":[0,0,2,5,8]}",
      1, -2, false, NULL },
    { "blanks left out of the tokens", "It is", " so",
      "{\"tokens\":[\"It\",\"is\",\"so\",\"and\"],\"token_logprobs\":[null,-1,-2,-3]}", 1, -2, false, NULL },
    { "blanks as SentencePiece has them", "It is", " so",
      "{\"tokens\":[\"\xe2\x96\x81It\",\"\xe2\x96\x81is\",\"\xe2\x96\x81so\",\"\xe2\x96\x81\"],"
      "\"token_logprobs\":[null,-1,-2,-3]}", 1, -2, false, NULL },
    { "a token that spans", "Answer:", " 12",
      "{\"tokens\":[\"Answer\",\": 1\",\"2\",\".\"],\"token_logprobs\":[null,-1,-2,-3],\"text_offset\":[0,6,9,10]}",
      2, -3, true, NULL },
    { "characters of several bytes, offsets in characters", "Où est Zürich? à", " Genève",
      "{\"tokens\":[\"Où\",\" est\",\" Zürich\",\"? à\",\" Gen\",\"ève\",\".\"],\"token_logprobs\":[null,-1,-1,-1,-2,-0.5,-9],"
      "\"text_offset\":[0,2,6,13,16,20,23]}", 2, -2.5, false, NULL },
    { "pieces of characters within the continuation", "Say", " 字典",
      "{\"tokens\":[\"Say\",\" \xef\xbf\xbd\",\"\xef\xbf\xbd\",\"\xef\xbf\xbd\",\"典\",\".\"],"
      "\"token_logprobs\":[null,-1,-2,-3,-4,-9],\"text_offset\":[0,3,4,4,5,6]}", 4, -10, false, NULL },
    { "pieces shown as nothing, without offsets", "Say 字", "典.",
      "{\"tokens\":[\"Say\",\" \",\"\",\"\",\"字\",\"\",\"典\",\".\",\"x\"],\"token_logprobs\":[null,-1,-1,-1,-1,-2,-3,-4,-9]}",
      3, -9, false, NULL },
    { "pieces without offsets, found by their neighbours", "Say", " 字 so",
      "{\"tokens\":[\"Say\",\" \",\"bytes:\\\\xe5\",\"\xef\xbf\xbd\",\"<0x97>\",\" so\",\"x\"],"
      "\"token_logprobs\":[null,-1,-2,-3,-4,-5,-9]}", 5, -15, false, NULL },
    { "pieces with the blank before them", "Say", " 字 so",
      "{\"tokens\":[\"Say\",\" \xef\xbf\xbd\",\"\xef\xbf\xbd\",\" so\",\"x\"],\"token_logprobs\":[null,-2,-3,-5,-9]}",
      3, -10, false, NULL },
    { "pieces at the very end", "Say", " 字",
      "{\"tokens\":[\"Say\",\" \",\"\xef\xbf\xbd\",\"\xef\xbf\xbd\",\".\"],\"token_logprobs\":[null,-1,-2,-3,-9]}",
      3, -6, false, NULL },
    { "pieces that span", "Say 字", "典 so",
      "{\"tokens\":[\"Say\",\" \",\"\xef\xbf\xbd\",\"\xef\xbf\xbd\",\" so\",\"x\"],\"token_logprobs\":[null,-1,-2,-3,-4,-9]}",
      0, 0, false, "tokens of parts of characters span context and continuation" },
    { "no probability at all is a number", "It is", " so",
      "{\"tokens\":[\"It\",\" is\",\" so\"],\"token_logprobs\":[null,-1,-9999.0]}", 1, -9999, false, NULL },
    { "a null where a number must be", "It is", " so",
      "{\"tokens\":[\"It\",\" is\",\" so\"],\"token_logprobs\":[null,-1,null]}", 0, 0, false,
      "token 3 of 3 has no log-probability (null)" },
    { "a number that is none", "It is", " so",
      "{\"tokens\":[\"It\",\" is\",\" so\"],\"token_logprobs\":[null,-1,0.25]}", 0, 0, false,
      "token 3 of 3 has no log-probability (a number above 0)" },
    { "another length", "It is", " so",
      "{\"tokens\":[\"It\",\" is\",\" so\"],\"token_logprobs\":[null,-1]}", 0, 0, false, "3 tokens with 2 log-probabilities" },
    { "cut short", "It is", " so late",
      "{\"tokens\":[\"It\",\" is\",\" so\"],\"token_logprobs\":[null,-1,-2],\"text_offset\":[0,2,5]}", 0, 0, false,
      "the 3 tokens echoed are not the prompt from begin to end" },
    { "cut at its begin", "It is", " so",
      "{\"tokens\":[\" is\",\" so\",\".\"],\"token_logprobs\":[null,-1,-2],\"text_offset\":[0,3,6]}", 0, 0, false,
      "the 3 tokens echoed are not the prompt from begin to end" },
    { "another prompt", "It is", " so",
      "{\"tokens\":[\"It\",\" was\",\" so\",\".\"],\"token_logprobs\":[null,-1,-2,-1]}", 0, 0, false,
      "the 4 tokens echoed are not the prompt from begin to end" },
    { "not echoed", "It is", " so", "{\"tokens\":[\".\"],\"token_logprobs\":[-1],\"text_offset\":[8]}", 0, 0, false,
      "the 1 tokens echoed are not the prompt from begin to end" },
    { "no tokens", "It is", " so", "{\"tokens\":[],\"token_logprobs\":[]}", 0, 0, false,
      "the 0 tokens echoed are not the prompt from begin to end" },
    { "tokens that are no texts", "It is", " so", "{\"tokens\":[1,2],\"token_logprobs\":[null,-1]}", 0, 0, false,
      "\"tokens\": expected texts" },
    { "another shape", "It is", " so", "{\"content\":[]}", 0, 0, false,
      "no log-probabilities of the prompt: expected \"logprobs\" with \"tokens\" and \"token_logprobs\"" },
    { "none", "It is", " so", "null", 0, 0, false,
      "no log-probabilities of the prompt: expected \"logprobs\" with \"tokens\" and \"token_logprobs\"" },
};

static void test_echo_takes_the_continuation_and_nothing_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct arena *arena = arena_new();
        struct err err = ERR_INIT;
        struct json_doc *doc = json_parse(CASES[i].logprobs, strlen(CASES[i].logprobs), &err);
        struct likelihood out = likelihood_begin(CASES[i].continuation);
        const char *words = echo_read(json_root(doc), CASES[i].context, CASES[i].continuation, arena, &out);
        const char *wanted = CASES[i].words != NULL ? CASES[i].words : "";

        if (strcmp(words != NULL ? words : "", wanted) != 0)
            fail_msg("%s: said \"%s\"", CASES[i].what, words);
        if (words == NULL && (out.token_count != CASES[i].tokens || out.sum != CASES[i].sum || out.spans != CASES[i].spans))
            fail_msg("%s: %zu tokens, sum %g, spans %d", CASES[i].what, out.token_count, out.sum, out.spans);
        json_free(doc);
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_echo_takes_the_continuation_and_nothing_else) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
