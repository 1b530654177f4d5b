/*
 * What is asked of a Claude, resolved: the user's words before the card's; what the model does not take is refused in
 * words before anything is sent.
 */
#include "tests/unit/runners/scene.h"

#include <math.h>

#include "harness/base/json_write.h"
#include "harness/base/price.h"
#include "runners/anthropic_query.h"
#include "runners/known_models.h"

struct bench { struct arena *arena; struct anthropic_query query; };

/* words: an id and settings. */
static int read_query(struct bench *bench, const char *words, struct err *err)
{
    struct model model;
    char spec[256];

    *bench = (struct bench){ .arena = arena_new() };
    snprintf(spec, sizeof spec, "anthropic/%s", words);
    assert_int_equal(0, model_parse(bench->arena, spec, "--model", &model, err));
    assert_int_equal(0, model_check(&model, runners_find("anthropic")->settings, err));
    return anthropic_query_read(&model, bench->arena, &bench->query, err);
}

static void end(struct bench *bench)
{
    arena_free(bench->arena);
}

/* Spec, and what the plan says of it. */
static const struct described { const char *words, *plan; } DESCRIBED[] = {
    { "claude-opus-4-6", "{\"sampling\":{\"temperature\":1,\"max_tokens\":32000}}" },
    { "claude-opus-4-6,temperature=0,max_tokens=128000", "{\"sampling\":{\"temperature\":0,\"max_tokens\":128000}}" },
    { "claude-opus-4-6,top_p=0.5", "{\"sampling\":{\"top_p\":0.5,\"max_tokens\":32000}}" },
    { "claude-opus-4-6,top_k=5", "{\"sampling\":{\"temperature\":1,\"top_k\":5,\"max_tokens\":32000}}" },
    { "claude-opus-4-6,reasoning=off", "{\"sampling\":{\"temperature\":1,\"max_tokens\":32000},\"thinking\":\"off\"}" },
    { "claude-opus-4-6,thinking=off,reasoning=off", "{\"sampling\":{\"temperature\":1,\"max_tokens\":32000},\"thinking\":"
      "\"off\"}" },
    { "claude-opus-4-6,reasoning=on", "{\"sampling\":{\"max_tokens\":64000},\"thinking\":\"adaptive\"}" },
    { "claude-sonnet-4-6,thinking=adaptive,temperature=1", "{\"sampling\":{\"max_tokens\":64000},\"thinking\":\"adaptive\"}" },
    { "claude-sonnet-4-6,thinking=adaptive,top_p=0.95", "{\"sampling\":{\"top_p\":0.95,\"max_tokens\":64000},\"thinking\":"
      "\"adaptive\"}" },
    { "claude-opus-4-6,thinking=2048,max_tokens=4096", "{\"sampling\":{\"max_tokens\":4096},\"thinking\":2048}" },
    { "claude-opus-4-6,effort=max,thinking=adaptive", "{\"sampling\":{\"max_tokens\":64000},\"thinking\":\"adaptive\","
      "\"effort\":\"max\"}" },
    { "claude-opus-4-6,effort=low", "{\"sampling\":{\"temperature\":1,\"max_tokens\":32000},\"effort\":\"low\"}" },
    { "claude-haiku-4-5-20251001", "{\"sampling\":{\"temperature\":1,\"max_tokens\":32000}}" },
    { "claude-haiku-4-5,reasoning=on", "{\"sampling\":{\"max_tokens\":64000},\"thinking\":32000}" },
    { "claude-haiku-4-5,reasoning=on,max_tokens=5000", "{\"sampling\":{\"max_tokens\":5000},\"thinking\":2500}" },
    { "claude-haiku-4-5,thinking=2000,reasoning=on", "{\"sampling\":{\"max_tokens\":64000},\"thinking\":2000}" },
    { "claude-opus-4-6,beta=a-1", "{\"sampling\":{\"temperature\":1,\"max_tokens\":32000},\"beta\":\"a-1\"}" },
    { "claude-opus-4-6,stream=off,max_tokens=21333", "{\"sampling\":{\"temperature\":1,\"max_tokens\":21333}}" },
    /* Of others nobody knows what they take: they get what was said. */
    { "claude-opus-9", "{\"sampling\":{\"max_tokens\":32000}}" },
    { "claude-opus-9,thinking=adaptive,effort=xhigh,max_tokens=500000", "{\"sampling\":{\"max_tokens\":500000},\"thinking\":"
      "\"adaptive\",\"effort\":\"xhigh\"}" },
    { "qwen3.5-27b", "{\"sampling\":{\"max_tokens\":32000}}" },
    { "q,temperature=0.5,top_p=0.9,top_k=3,thinking=2000,stream=off", "{\"sampling\":{\"temperature\":0.5,\"top_p\":0.9,"
      "\"top_k\":3,\"max_tokens\":32000},\"thinking\":2000}" },
    { "q,like=qwen3-8b", "{\"sampling\":{\"temperature\":0.6,\"top_p\":0.95,\"top_k\":20,\"max_tokens\":32768}}" },
    { "q,like=qwen3-8b,thinking=off,top_k=9", "{\"sampling\":{\"temperature\":0.7,\"top_p\":0.8,\"top_k\":9,\"max_tokens\":"
      "32768},\"thinking\":\"off\"}" },
};

static void test_anthropic_query_says_what_will_be_asked(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof DESCRIBED / sizeof DESCRIBED[0]; i++) {
        struct err err = ERR_INIT;
        struct bench bench;
        struct buf out;
        struct json_write w;

        if (read_query(&bench, DESCRIBED[i].words, &err) < 0)
            fail_msg("%s: %s", DESCRIBED[i].words, err.text);
        buf_init(&out, 0);
        w = json_write_to(&out);
        json_open(&w, NULL, '{');
        anthropic_query_describe(&bench.query, &w);
        json_close(&w);
        if (strcmp(DESCRIBED[i].plan, out.data) != 0)
            fail_msg("%s: %s", DESCRIBED[i].words, out.data);
        buf_fini(&out);
        end(&bench);
    }
}

static const struct wrong { const char *words, *expected; } WRONG[] = {
    { "claude-opus-4-6,temperature=0,top_p=0.5", "claude-opus-4-6 takes temperature or top_p, not both" },
    { "claude-opus-9,temperature=0,top_p=0.5", "claude-opus-9 takes temperature or top_p, not both" },
    { "claude-opus-4-6,thinking=adaptive,temperature=0", "claude-opus-4-6 takes no temperature but 1 while it thinks" },
    { "claude-opus-4-6,reasoning=on,temperature=0.9", "takes no temperature but 1 while it thinks" },
    { "claude-opus-4-6,thinking=2000,top_p=0.9", "takes a top_p from 0.95 to 1 while it thinks" },
    { "claude-opus-4-6,thinking=2000,top_k=0", "takes no top_k while it thinks" },
    { "claude-opus-4-6,max_tokens=128001", "max_tokens: claude-opus-4-6 writes at most 128000 at once" },
    { "claude-haiku-4-5-20251001,max_tokens=64001", "writes at most 64000 at once" },
    { "claude-opus-4-6,stream=off", "stream=off is for max_tokens up to 21333, and here it is 32000" },
    { "claude-opus-9,stream=off,max_tokens=21334", "and here it is 21334" },
    { "claude-haiku-4-5-20251001,thinking=adaptive", "claude-haiku-4-5-20251001 takes no thinking=adaptive: say how many" },
    { "claude-haiku-4-5-20251001,effort=low", "claude-haiku-4-5-20251001 takes no effort" },
    { "claude-opus-4-6,effort=xhigh", "effort: claude-opus-4-6 takes low, medium, high or max, found \"xhigh\"" },
    { "claude-opus-4-6,thinking=1023", "thinking: expected at least 1024 tokens, found 1023" },
    { "claude-opus-4-6,thinking=0", "expected at least 1024 tokens, found 0" },
    { "claude-opus-4-6,thinking=-1", "thinking: expected adaptive, off or a number of tokens, found \"-1\"" },
    { "claude-opus-4-6,thinking=much", "thinking: expected adaptive, off or a number of tokens, found \"much\"" },
    { "claude-opus-4-6,thinking=99999999999999999999", "expected adaptive, off or a number of tokens" },
    { "claude-opus-4-6,thinking=4096,max_tokens=4096", "thinking=4096: max_tokens, thinking included, must be more than "
      "that and is 4096" },
    { "claude-haiku-4-5-20251001,reasoning=on,max_tokens=2000", "expected at least 1024 tokens, found 1000" },
    { "claude-opus-4-6,thinking=adaptive,reasoning=off", "thinking=adaptive and reasoning=off contradict each other" },
    { "claude-opus-4-6,thinking=off,reasoning=on", "thinking=off and reasoning=on contradict each other" },
    { "claude-opus-9,reasoning=on", "nobody knows how claude-opus-9 is told to think" },
    { "q,like=qwen3-9b", "no known model \"qwen3-9b\"" },
    { "claude-opus-4-6,cache=10m", "cache: expected off, 5m or 1h, found \"10m\"" },
    { "claude-opus-4-6,beta=a b", "beta: expected names with commas between, without blanks" },
    { "claude-opus-4-6,beta=a\r\nx-evil: 1", "without blanks" },
};

static void test_anthropic_query_refuses_what_the_model_does_not_take(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        struct err err = ERR_INIT;
        struct bench bench;

        if (read_query(&bench, WRONG[i].words, &err) == 0)
            fail_msg("%s: taken", WRONG[i].words);
        assert_int_equal(EXIT_USAGE, err.code);
        if (strstr(err.text, WRONG[i].expected) == NULL)
            fail_msg("%s: \"%s\" lacks \"%s\"", WRONG[i].words, err.text, WRONG[i].expected);
        end(&bench);
    }
}

static const struct cached { const char *words; enum claude_cache cache; } CACHES[] = {
    { "m", CLAUDE_CACHE_TURNS }, { "m,cache=off", CLAUDE_CACHE_OFF }, { "m,cache=5m", CLAUDE_CACHE_5M },
    { "m,cache=1h", CLAUDE_CACHE_1H },
};

static void test_anthropic_query_reads_what_is_kept_and_how_it_comes(void **state)
{
    struct err err = ERR_INIT;
    struct bench bench;

    (void)state;
    for (size_t i = 0; i < sizeof CACHES / sizeof CACHES[0]; i++) {
        assert_int_equal(0, read_query(&bench, CACHES[i].words, &err));
        assert_int_equal(CACHES[i].cache, bench.query.cache);
        assert_true(bench.query.stream);
        end(&bench);
    }
    assert_int_equal(0, read_query(&bench, "m,stream=off,beta=x-1,y-2", &err));
    assert_false(bench.query.stream);
    assert_string_equal("x-1,y-2", bench.query.beta);
    end(&bench);
}

/* What is stated in more than one place must be the same there. */
static void test_anthropic_query_agrees_with_cards_and_prices(void **state)
{
    size_t claudes = 0;

    (void)state;
    for (const struct known_model *card = known_models; card->name != NULL; card++) {
        const struct price *price = price_find_at("https://api.anthropic.com/v1", card->name);
        struct err err = ERR_INIT;
        struct bench bench;

        if (strncmp(card->name, "claude-", 7) != 0)
            continue;
        assert_int_equal(0, read_query(&bench, card->name, &err));
        assert_string_equal(card->name, bench.query.takes->card);
        assert_non_null(price);
        assert_int_equal(price->output_max_tokens, bench.query.takes->output_max);
        assert_true(card->thinking->value[SAMPLING_MAX_TOKENS] <= (double)price->output_max_tokens);
        end(&bench);
        claudes++;
    }
    assert_int_equal(3, claudes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_anthropic_query_says_what_will_be_asked),
        cmocka_unit_test(test_anthropic_query_refuses_what_the_model_does_not_take),
        cmocka_unit_test(test_anthropic_query_reads_what_is_kept_and_how_it_comes),
        cmocka_unit_test(test_anthropic_query_agrees_with_cards_and_prices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
