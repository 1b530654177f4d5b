#include "harness/base/redact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/json.h"

static int forget(void **state)
{
    (void)state;
    redact_forget_all();
    return 0;
}

static void assert_redacts(const char *text, const char *expected)
{
    struct buf out;

    buf_init(&out, 0);
    redact_add(&out, text, strlen(text));
    assert_string_equal(out.data, expected);
    assert_int_equal(redact_finds(text, strlen(text)), strstr(expected, "[secret ") != NULL);
    buf_fini(&out);
}

static void test_redact_add_copies_when_nothing_is_registered(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 0);
    redact_add(&out, "a\0b", 3);
    assert_int_equal(out.length, 3);
    assert_memory_equal(out.data, "a\0b", 4);
    assert_false(redact_finds("sk-123456", 9));
    redact_add(&out, "", 0);
    assert_int_equal(out.length, 3);
    buf_fini(&out);
}

static void test_redact_add_replaces_every_one(void **state)
{
    (void)state;
    assert_true(redact_register("KEY", "sk-123456"));
    assert_redacts("sk-123456", "[secret KEY]");
    assert_redacts("a sk-123456, sk-123456sk-123456.", "a [secret KEY], [secret KEY][secret KEY].");
    assert_redacts("sk-12345", "sk-12345");
    assert_redacts("", "");
}

static void test_redact_add_looks_past_nul(void **state)
{
    struct buf out;

    (void)state;
    redact_register("KEY", "sk-123456");
    buf_init(&out, 0);
    redact_add(&out, "\0sk-123456\0", 11);
    assert_int_equal(out.length, 14);
    assert_memory_equal(out.data, "\0[secret KEY]\0", 14);
    buf_fini(&out);
}

static void test_redact_register_refuses_short_ones(void **state)
{
    (void)state;
    assert_false(redact_register("KEY", "12345"));
    assert_false(redact_register("KEY", "  12345 \n"));
    assert_false(redact_register("KEY", ""));
    assert_false(redact_register("KEY", NULL));
    assert_false(redact_register("KEY", "ollama"));
    assert_false(redact_register("KEY", " Not-Needed\n"));
    assert_true(redact_register("KEY", "ollama2"));
    redact_forget_all();
    assert_redacts("12345", "12345");
    assert_true(redact_register("KEY", "123456"));
    assert_redacts("123456", "[secret KEY]");
}

static void test_redact_register_trims_and_knows_repeats(void **state)
{
    (void)state;
    assert_true(redact_register("FIRST", " sk-123456\r\n"));
    assert_true(redact_register("SECOND", "sk-123456"));
    assert_redacts("<sk-123456>", "<[secret FIRST]>");
}

static void test_redact_add_finds_url_encoding(void **state)
{
    (void)state;
    redact_register("KEY", "p/w +x:y\xc3\xa9");
    assert_redacts("p/w +x:y\xc3\xa9", "[secret KEY]");
    assert_redacts("?k=p%2Fw%20%2Bx%3Ay%C3%A9&", "?k=[secret KEY]&");
    assert_redacts("?k=p%2fw%20%2bx%3ay%c3%a9&", "?k=[secret KEY]&");
    assert_redacts("?k=p%2Fw+%2Bx%3Ay%C3%A9&", "?k=[secret KEY]&");
}

static void test_redact_add_finds_json(void **state)
{
    (void)state;
    redact_register("KEY", "a\"b\\c/\xc3\xa9\xf0\x9f\x98\x80");
    assert_redacts("{\"k\":\"a\\\"b\\\\c/\xc3\xa9\xf0\x9f\x98\x80\"}", "{\"k\":\"[secret KEY]\"}");
    assert_redacts("{\"k\":\"a\\\"b\\\\c/\\u00e9\\ud83d\\ude00\"}", "{\"k\":\"[secret KEY]\"}");
    assert_redacts("{\"k\":\"a\\\"b\\\\c\\/\xc3\xa9\xf0\x9f\x98\x80\"}", "{\"k\":\"[secret KEY]\"}");
    assert_redacts("{\"k\":\"a\\\"b\\\\c\\/\\u00e9\\ud83d\\ude00\"}", "{\"k\":\"[secret KEY]\"}");
}

static void test_redact_add_finds_base64_at_each_alignment(void **state)
{
    (void)state;
    redact_register("KEY", "sk-123456");
    assert_redacts("c2stMTIzNDU2", "[secret KEY]");                 /* sk-123456 */
    assert_redacts("OnNrLTEyMzQ1Ng==", "On[secret KEY]g==");        /* :sk-123456 */
    assert_redacts("YTpzay0xMjM0NTY=", "YTp[secret KEY]Y=");        /* a:sk-123456 */
    assert_redacts("YWI6c2stMTIzNDU2OmM=", "YWI6[secret KEY]OmM="); /* ab:sk-123456:c */
}

static void test_redact_add_finds_base64_for_urls(void **state)
{
    (void)state;
    redact_register("KEY", "\xff\xef\xbe~~~???");
    assert_redacts("/+++fn5+Pz8/", "[secret KEY]");
    assert_redacts("_---fn5-Pz8_", "[secret KEY]");
}

static void test_redact_add_joins_overlaps(void **state)
{
    (void)state;
    redact_register("SHORT", "abcdef");
    redact_register("LONG", "abcdefghij");
    redact_register("TAIL", "ghijklmn");
    redact_register("SAME", "zzzzzz");
    assert_redacts("abcdefghij", "[secret LONG]");
    assert_redacts("abcdefgh", "[secret SHORT]gh");
    assert_redacts("-abcdefghijklmn-", "-[secret LONG]-");
    assert_redacts("zzzzzzzzzz", "[secret SAME]");
    assert_redacts("abcdefabcdef", "[secret SHORT][secret SHORT]");
}

static void test_redact_register_url_takes_user_and_password(void **state)
{
    (void)state;
    redact_register_url("PROXY", "http://username:pass%2Fword@host:8080/x@y");
    assert_redacts("user username, pass/word or pass%2Fword at host:8080/x@y",
                   "user [secret PROXY], [secret PROXY] or [secret PROXY] at host:8080/x@y");
    redact_register_url("SHORT", "https://me:pw12@host/");
    assert_redacts("me pw12 me:pw12@host", "me pw12 [secret SHORT]@host");
    redact_register_url("TOKEN", "https://token-abc@host");
    assert_redacts("token-abc", "[secret TOKEN]");
}

static void test_redact_register_url_takes_urls_without(void **state)
{
    (void)state;
    redact_register_url("URL", NULL);
    redact_register_url("URL", "");
    redact_register_url("URL", "no url at all");
    redact_register_url("URL", "https://@host/");
    redact_register_url("URL", "https://:@host/");
    redact_register_url("URL", "https://%:%1@");
    redact_register_url("URL", "https://%00%00%00%00%00%00:x@h");
    redact_register_url("URL", "https://host/path:with/signs");
    assert_redacts("https://host/path:with/signs", "https://host/path:with/signs");
}

static void test_redact_register_url_takes_a_raw_slash_for_the_passwords(void **state)
{
    (void)state;
    redact_register_url("URL", "http://me:hunter2/secretpass@host/v1");
    assert_redacts("me:hunter2/secretpass@host/v1, hunter2/secretpass", "[secret URL]@host/v1, [secret URL]");
}

/* curl takes a proxy so, and sends the two in base64. */
static void test_redact_register_url_needs_no_scheme(void **state)
{
    (void)state;
    redact_register_url("http_proxy", "me:swordfish@proxy:3128");
    assert_redacts("swordfish", "[secret http_proxy]");
    assert_redacts("Basic bWU6c3dvcmRmaXNo", "Basic [secret http_proxy]");
}

static void test_redact_register_members_takes_what_is_called_a_secret(void **state)
{
    static const char text[] = "{\"api_key\": \"sesame-1\", \"deep\": [{\"X-Auth-Token\": \"sesame-2\"}], \"max_tokens\": 1234567,"
                               "\"tokenizer\": \"llama-tok\", \"stop_token\": \"<|im_end|>\", \"prompt_cache_key\": \"cache-1\"}";
    struct err err = ERR_INIT;
    struct json_doc *doc = json_parse(text, strlen(text), &err);

    (void)state;
    assert_non_null(doc);
    redact_register_members("extra", json_root(doc));
    json_free(doc);
    assert_redacts("sesame-1 sesame-2", "[secret extra] [secret extra]");
    assert_redacts("1234567 llama-tok <|im_end|> cache-1", "1234567 llama-tok <|im_end|> cache-1");
    redact_register_members("extra", NULL);
}

static void test_redact_register_env_takes_the_value(void **state)
{
    (void)state;
    setenv("VERNIER_TEST_KEY", "from-the-environment", 1);
    redact_register_env("VERNIER_TEST_KEY");
    redact_register_env("VERNIER_TEST_NOT_SET");
    assert_redacts("from-the-environment", "[secret VERNIER_TEST_KEY]");
}

static void test_redact_add_is_quick_on_long_texts(void **state)
{
    size_t length = 8 << 20;
    char *text = malloc(length);
    struct buf out;
    clock_t start;

    (void)state;
    memset(text, 'a', length);
    redact_register("A", "aaaaaaaaaaaaaaab");
    redact_register("B", "baaaaaaaaaaaaaaa");
    for (int i = 0; i < 8; i++) {
        char secret[32];

        snprintf(secret, sizeof secret, "sk-%d-0123456789abcdef", i);
        redact_register("KEY", secret);
    }
    buf_init(&out, 0);
    start = clock();
    redact_add(&out, text, length);
    assert_int_equal(out.length, length);
    assert_true(clock() - start < 20 * CLOCKS_PER_SEC);
    buf_fini(&out);
    free(text);
}

/* The secret goes before the cut: half of it would not be found. */
static void test_redact_line_is_short_and_keeps_no_half(void **state)
{
    struct arena *arena = arena_new();
    const char *text = "a key sesame-opens-it\nand more";
    char *line;

    (void)state;
    redact_forget_all();
    redact_register("KEY", "sesame-opens-it");
    line = redact_line(arena, text, strlen(text), 12);
    assert_null(strstr(line, "sesame"));
    assert_null(strchr(line, '\n'));
    assert_true(strlen(line) <= 15);
    redact_forget_all();
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_redact_add_copies_when_nothing_is_registered, forget),
        cmocka_unit_test_teardown(test_redact_line_is_short_and_keeps_no_half, forget),
        cmocka_unit_test_teardown(test_redact_add_replaces_every_one, forget),
        cmocka_unit_test_teardown(test_redact_add_looks_past_nul, forget),
        cmocka_unit_test_teardown(test_redact_register_refuses_short_ones, forget),
        cmocka_unit_test_teardown(test_redact_register_trims_and_knows_repeats, forget),
        cmocka_unit_test_teardown(test_redact_add_finds_url_encoding, forget),
        cmocka_unit_test_teardown(test_redact_add_finds_json, forget),
        cmocka_unit_test_teardown(test_redact_add_finds_base64_at_each_alignment, forget),
        cmocka_unit_test_teardown(test_redact_add_finds_base64_for_urls, forget),
        cmocka_unit_test_teardown(test_redact_add_joins_overlaps, forget),
        cmocka_unit_test_teardown(test_redact_register_url_takes_user_and_password, forget),
        cmocka_unit_test_teardown(test_redact_register_url_takes_urls_without, forget),
        cmocka_unit_test_teardown(test_redact_register_url_takes_a_raw_slash_for_the_passwords, forget),
        cmocka_unit_test_teardown(test_redact_register_url_needs_no_scheme, forget),
        cmocka_unit_test_teardown(test_redact_register_members_takes_what_is_called_a_secret, forget),
        cmocka_unit_test_teardown(test_redact_register_env_takes_the_value, forget),
        cmocka_unit_test_teardown(test_redact_add_is_quick_on_long_texts, forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
