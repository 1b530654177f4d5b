/* Where a model's server is, what opens it, and what of that may be shown. */
#include "tests/unit/runners/scene.h"

#include "harness/base/redact.h"
#include "runners/remote.h"

static const char *const HEADERS[] = { "Content-Type: application/json", "Accept: x", NULL };

static const struct remote_kind KIND = {
    .own_host = "https://api.example.com", .version = "/v1", .url_variable = "EXAMPLE_BASE_URL",
    .key_variable = "EXAMPLE_API_KEY", .key_header = "x-key: %s", .path = "/messages", .headers = HEADERS,
    .start_in_flight = 2,
};

struct fixture { struct arena *arena; struct model model; struct remote remote; struct err err; int status; };

/* Reads "example/m" with settings, in an environment of a URL, the provider's own key and another (NULL: not there). */
static struct fixture read_remote(const char *settings, const char *url, const char *key, const char *other)
{
    struct fixture f = { .arena = arena_new(), .err = ERR_INIT };
    const struct { const char *name, *value; } variables[] = {
        { "EXAMPLE_BASE_URL", url }, { "EXAMPLE_API_KEY", key }, { "OTHER_KEY", other },
    };

    for (size_t i = 0; i < 3; i++) {
        unsetenv(variables[i].name);
        if (variables[i].value != NULL)
            setenv(variables[i].name, variables[i].value, 1);
    }
    assert_int_equal(0, model_parse(f.arena, arena_printf(f.arena, "example/m%s", settings), "--model", &f.model, &f.err));
    f.status = remote_read(&f.model, &KIND, f.arena, &f.remote, &f.err);
    return f;
}

static void end(struct fixture *f)
{
    redact_forget_all();
    arena_free(f->arena);
}

/* The key that would be sent; NULL: none. */
static const char *key_of(const struct remote *remote)
{
    for (const char *const *header = remote->headers; *header != NULL; header++)
        if (strncmp(*header, "x-key: ", 7) == 0)
            return *header + 7;
    return NULL;
}

/* settings, the environment's URL; the URL that comes of it and the key that is sent there */
static const struct place { const char *settings, *url, *expected, *key; } PLACES[] = {
    { "", NULL, "https://api.example.com/v1/messages", "own-key-0123456789" },
    { "", "", "https://api.example.com/v1/messages", "own-key-0123456789" },
    { "", "http://gpu1:8000/v1", "http://gpu1:8000/v1/messages", NULL },
    { ",base_url=http://gpu2/v1", "http://gpu1:8000/v1", "http://gpu2/v1/messages", NULL },
    { ",base_url=http://gpu2/a/b/v1///", NULL, "http://gpu2/a/b/v1/messages", NULL },
    { ",base_url=http://gpu2/v1,api_key_env=OTHER_KEY", NULL, "http://gpu2/v1/messages", "other-key-0123456789" },
    { ",api_key_env=OTHER_KEY", NULL, "https://api.example.com/v1/messages", "other-key-0123456789" },
    { ",base_url=https://api.example.com", NULL, "https://api.example.com/messages", "own-key-0123456789" },
    { ",base_url=https://api.example.com/", NULL, "https://api.example.com/messages", "own-key-0123456789" },
    /* Other hosts that look like the own one. */
    { ",base_url=https://api.example.com.evil.org/v1", NULL, "https://api.example.com.evil.org/v1/messages", NULL },
    { ",base_url=https://api.example.com@evil.org/v1", NULL, "https://api.example.com@evil.org/v1/messages", NULL },
    { ",base_url=https://api.example.com:pass@evil.org/v1", NULL, "https://api.example.com:pass@evil.org/v1/messages", NULL },
    { ",base_url=http://[::1]:8000/v1", NULL, "http://[::1]:8000/v1/messages", NULL },
    { ",base_url=http://h/v1:99999", NULL, "http://h/v1:99999/messages", NULL },
    { ",base_url=https://api.example.com:8443/v1", NULL, "https://api.example.com:8443/v1/messages", NULL },
    { ",base_url=https://api.example.comevil.org/v1", NULL, "https://api.example.comevil.org/v1/messages", NULL },
    { ",base_url=https://evil.org/https://api.example.com", NULL, "https://evil.org/https://api.example.com/messages", NULL },
    { ",base_url=https://api.example.com\\@evil.org/v1", NULL, "https://api.example.com\\@evil.org/v1/messages", NULL },
    /* The own one, but for all on the way to read. */
    { ",base_url=http://api.example.com/v1", NULL, "http://api.example.com/v1/messages", NULL },
};

static void test_a_key_goes_to_the_host_it_belongs_to(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof PLACES / sizeof PLACES[0]; i++) {
        const struct place *place = &PLACES[i];
        struct fixture f = read_remote(place->settings, place->url, "own-key-0123456789", "other-key-0123456789");

        if (f.status < 0)
            print_message("%s: %s\n", place->settings, f.err.text);
        assert_int_equal(0, f.status);
        assert_string_equal(place->expected, f.remote.route.url);
        if (place->key != NULL)
            assert_string_equal(place->key, key_of(&f.remote));
        else
            assert_null(key_of(&f.remote));
        end(&f);
    }
}

static const struct wrong { const char *settings, *url, *key, *other; enum exit_code code; const char *words; } WRONGS[] = {
    { "", NULL, NULL, NULL, EXIT_UNAVAILABLE, "no key: set the environment variable EXAMPLE_API_KEY" },
    { "", NULL, " \t\n", NULL, EXIT_UNAVAILABLE, "set the environment variable EXAMPLE_API_KEY" },
    { ",base_url=http://h/v1,api_key_env=OTHER_KEY", NULL, "k", NULL, EXIT_UNAVAILABLE, "OTHER_KEY" },
    { "", NULL, "two words", NULL, EXIT_USAGE, "EXAMPLE_API_KEY holds blanks" },
    { "", NULL, "line\nbreak: x", NULL, EXIT_USAGE, "EXAMPLE_API_KEY holds blanks" },
    { "", NULL, "schl\xc3\xbcssel", NULL, EXIT_USAGE, "letters that no key has" },
    { ",base_url=gpu1:8000/v1", NULL, "k", NULL, EXIT_USAGE, "expected http://HOST/v1 or https://HOST/v1" },
    { ",base_url=file:///etc/passwd", NULL, "k", NULL, EXIT_USAGE, "expected http://HOST/v1" },
    { ",base_url=HTTP://h/v1", NULL, "k", NULL, EXIT_USAGE, "expected http://HOST/v1" },
    { ",base_url=http://", NULL, "k", NULL, EXIT_USAGE, "expected http://HOST/v1" },
    { ",base_url=http://h:99999/v1", NULL, "k", NULL, EXIT_USAGE, "expected a port from 1 to 65535, found \"99999\"" },
    { ",base_url=http://me:pw@h:0", NULL, "k", NULL, EXIT_USAGE, "expected a port from 1 to 65535, found \"0\"" },
    { ",base_url=http://[::1]:80000/v1", NULL, "k", NULL, EXIT_USAGE, "found \"80000\"" },
    { ",base_url=http://h:80a/v1", NULL, "k", NULL, EXIT_USAGE, "found \"80a\"" },
    { ",base_url=https://", NULL, "k", NULL, EXIT_USAGE, "expected http://HOST/v1" },
    { "", "gpu1/v1", "k", NULL, EXIT_USAGE, "expected http://HOST/v1" },
    { ",base_url=http://h/v1?key=x", NULL, "k", NULL, EXIT_USAGE, "without blanks, ? and #" },
    { ",base_url=http://h/v1#x", NULL, "k", NULL, EXIT_USAGE, "without blanks, ? and #" },
    { "", "http://h/v1\r\nX: y", "k", NULL, EXIT_USAGE, "without blanks, ? and #" },
    { ",base_url=http://h/v1/messages", NULL, "k", NULL, EXIT_USAGE, "expected the address up to /v1; /messages is added" },
    { ",base_url=http://me:hunter2/secretpass@h/v1", NULL, "k", NULL, EXIT_USAGE, "in a password write / as %2F" },
    { ",base_url=http://h/v1/messages/", NULL, "k", NULL, EXIT_USAGE, "/messages is added" },
    { ",base_url=http:////", NULL, "k", NULL, EXIT_USAGE, "expected http://HOST/v1" },
};

static void test_what_is_wrong_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof WRONGS / sizeof WRONGS[0]; i++) {
        struct fixture f = read_remote(WRONGS[i].settings, WRONGS[i].url, WRONGS[i].key, WRONGS[i].other);

        if (f.status == 0 || strstr(f.err.text, WRONGS[i].words) == NULL)
            print_message("%s %s: %s\n", WRONGS[i].settings, WRONGS[i].url, f.err.text);
        assert_int_equal(-1, f.status);
        assert_int_equal(WRONGS[i].code, f.err.code);
        assert_non_null(strstr(f.err.text, WRONGS[i].words));
        end(&f);
    }
}

/* A server's own path may hold the word: "/v1" behind it is no such path. */
static void test_the_path_is_looked_for_at_the_end(void **state)
{
    struct fixture f = read_remote(",base_url=http://h/messages/v1", NULL, NULL, NULL);

    (void)state;
    assert_int_equal(0, f.status);
    assert_string_equal("http://h/messages/v1/messages", f.remote.route.url);
    end(&f);
}

static void test_keys_are_trimmed_and_never_shown(void **state)
{
    struct fixture f = read_remote("", NULL, " own-key-0123456789\r\n", NULL);

    (void)state;
    assert_string_equal("own-key-0123456789", key_of(&f.remote));
    assert_true(redact_finds("own-key-0123456789", strlen("own-key-0123456789")));
    end(&f);
    f = read_remote(",base_url=http://me:hunter2hunter2@h/v1", NULL, NULL, NULL);
    assert_true(redact_finds("hunter2hunter2", strlen("hunter2hunter2")));
    end(&f);
    f = read_remote(",base_url=http://me:hunter2hunter2@h/v1/messages", NULL, NULL, NULL);
    assert_null(strstr(f.err.text, "hunter2"));
    end(&f);
}

static void test_settings_bound_every_wait(void **state)
{
    struct fixture f = read_remote(",base_url=http://h/v1,tries=3,patience_s=7,connect_s=0.5,first_byte_s=2,idle_s=3,"
                                   "total_s=4,reply_max_mb=5", NULL, NULL, NULL);

    (void)state;
    assert_int_equal(0, f.status);
    assert_int_equal(3, f.remote.route.tries);
    assert_int_equal(7000, f.remote.route.patience_ms);
    assert_int_equal(500, f.remote.route.connect_ms);
    assert_int_equal(2000, f.remote.route.first_byte_ms);
    assert_int_equal(3000, f.remote.route.idle_ms);
    assert_int_equal(4000, f.remote.route.total_ms);
    assert_int_equal((size_t)5 << 20, f.remote.route.reply_max);
    assert_string_equal("m", f.remote.route.model);
    end(&f);
}

/* A server of one's own is asked as much at once as there is; the provider's is met with care. */
static void test_the_own_host_is_begun_slowly(void **state)
{
    struct fixture f = read_remote("", NULL, "own-key-0123456789", NULL);

    (void)state;
    assert_true(f.remote.is_own);
    assert_int_equal(2, f.remote.route.start_in_flight);
    assert_string_equal("Content-Type: application/json", f.remote.headers[0]);
    end(&f);
    f = read_remote(",base_url=http://h/v1", NULL, NULL, NULL);
    assert_false(f.remote.is_own);
    assert_int_equal(0, f.remote.route.start_in_flight);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_key_goes_to_the_host_it_belongs_to),
        cmocka_unit_test(test_what_is_wrong_is_told),
        cmocka_unit_test(test_the_path_is_looked_for_at_the_end),
        cmocka_unit_test(test_keys_are_trimmed_and_never_shown),
        cmocka_unit_test(test_settings_bound_every_wait),
        cmocka_unit_test(test_the_own_host_is_begun_slowly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
