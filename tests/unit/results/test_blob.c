#include "scratch.h"

#include "harness/base/buf.h"
#include "harness/base/hash.h"
#include "harness/base/redact.h"
#include "results/blob.h"

struct fixture {
    struct scratch scratch;
    struct store *store;
    struct buf out;
    char sha256[65];
};

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    scratch_init(&fixture->scratch);
    fixture->store = scratch_store(&fixture->scratch);
    buf_init(&fixture->out, 0);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    buf_fini(&fixture->out);
    store_close(fixture->store);
    scratch_fini(&fixture->scratch);
    free(fixture);
    return 0;
}

static void put(struct fixture *fixture, const void *data, size_t length)
{
    if (blob_put(fixture->store, data, length, fixture->sha256, &fixture->scratch.err) < 0)
        fail_msg("%s", fixture->scratch.err.text);
}

static int get(struct fixture *fixture)
{
    return blob_get(fixture->store, fixture->sha256, &fixture->out, &fixture->scratch.err);
}

static void test_blob_put_names_it_by_its_hash(void **state)
{
    struct fixture *fixture = *state;
    char hex[65];

    put(fixture, "abc", 3);
    hash_sha256_hex("abc", 3, hex);
    assert_string_equal(fixture->sha256, hex);
    assert_memory_equal(hex, "ba7816bf", 8);
}

static void test_blob_put_keeps_the_same_bytes_once(void **state)
{
    struct fixture *fixture = *state;

    put(fixture, "abc", 3);
    put(fixture, "abc", 3);
    put(fixture, "abd", 3);
    assert_int_equal(ask_number(fixture->store, "SELECT count(*) FROM blob"), 2);
}

static void test_blob_get_gives_any_bytes_back(void **state)
{
    struct fixture *fixture = *state;
    static const size_t LENGTHS[] = { 1, 0, 255, 4097, 1000000, 3 };
    unsigned char *data = malloc(1000000);

    for (size_t i = 0; i < 1000000; i++)
        data[i] = (unsigned char)(i * i >> 3);
    for (size_t i = 0; i < sizeof LENGTHS / sizeof *LENGTHS; i++) {
        put(fixture, data, LENGTHS[i]);
        buf_clear(&fixture->out);
        assert_int_equal(get(fixture), 0);
        assert_int_equal(fixture->out.length, LENGTHS[i]);
        assert_memory_equal(fixture->out.data, data, LENGTHS[i]);
    }
    free(data);
}

static void test_blob_get_adds_to_what_is_there(void **state)
{
    struct fixture *fixture = *state;

    put(fixture, "world", 5);
    buf_add_string(&fixture->out, "hello ");
    assert_int_equal(get(fixture), 0);
    assert_string_equal(fixture->out.data, "hello world");
}

static void test_blob_put_compresses(void **state)
{
    struct fixture *fixture = *state;
    char *text = malloc(100000);

    for (size_t i = 0; i < 100000; i++)
        text[i] = "the cat sat on the mat. "[i % 24];
    put(fixture, text, 100000);
    assert_true(ask_number(fixture->store, "SELECT length(zstd) FROM blob") < 1000);
    assert_int_equal(ask_number(fixture->store, "SELECT size_bytes FROM blob"), 100000);
    free(text);
}

static void test_blob_put_keeps_no_secret(void **state)
{
    struct fixture *fixture = *state;
    char hex[65];

    redact_register("KEY", "sk-123456789");
    put(fixture, "a sk-123456789 b", 16);
    redact_forget_all();
    assert_int_equal(get(fixture), 0);
    assert_string_equal(fixture->out.data, "a [secret KEY] b");
    hash_sha256_hex(fixture->out.data, fixture->out.length, hex);
    assert_string_equal(fixture->sha256, hex);
}

static void test_blob_get_refuses_an_unknown_hash(void **state)
{
    struct fixture *fixture = *state;

    strcpy(fixture->sha256, "none");
    assert_int_equal(get(fixture), -1);
    assert_int_equal(fixture->scratch.err.code, EXIT_STORE);
    assert_says(&fixture->scratch.err, "there is no blob none");
}

/* Changes the stored blob with sql, and expects that it is refused. */
static void assert_notices(struct fixture *fixture, const char *sql, const char *words)
{
    put(fixture, "some text that is stored", 24);
    assert_int_equal(sqlite3_exec(store_db(fixture->store), sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(get(fixture), -1);
    assert_int_equal(fixture->scratch.err.code, EXIT_STORE);
    assert_says(&fixture->scratch.err, words);
    assert_int_equal(fixture->out.length, 0);
    sqlite3_exec(store_db(fixture->store), "DELETE FROM blob", NULL, NULL, NULL);
}

static void test_blob_get_refuses_damage(void **state)
{
    struct fixture *fixture = *state;

    assert_notices(fixture, "UPDATE blob SET zstd = x'00'", "is damaged");
    assert_notices(fixture, "UPDATE blob SET zstd = x''", "is damaged");
    assert_notices(fixture, "UPDATE blob SET size_bytes = 23", "is damaged");
    assert_notices(fixture, "UPDATE blob SET size_bytes = 25", "its bytes do not match its hash");
    assert_notices(fixture, "UPDATE blob SET size_bytes = -1", "only");
    assert_notices(fixture, "UPDATE blob SET size_bytes = 1 << 60", "only");
    assert_notices(fixture, "UPDATE blob SET zstd = CAST(substr(zstd, 1, length(zstd) - 3) || x'ffffff' AS BLOB)",
                   "is damaged");
}

static void test_blob_get_refuses_what_is_over_the_ceiling(void **state)
{
    struct fixture *fixture = *state;
    struct buf small;

    put(fixture, "0123456789", 10);
    buf_init(&small, 12);
    buf_add_string(&small, "abc");
    assert_int_equal(blob_get(fixture->store, fixture->sha256, &small, &fixture->scratch.err), -1);
    assert_says(&fixture->scratch.err, "has 10 bytes, but only 9 are allowed here");
    assert_string_equal(small.data, "abc");
    buf_fini(&small);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_blob_put_names_it_by_its_hash),
        TEST(test_blob_put_keeps_the_same_bytes_once),
        TEST(test_blob_get_gives_any_bytes_back),
        TEST(test_blob_get_adds_to_what_is_there),
        TEST(test_blob_put_compresses),
        TEST(test_blob_put_keeps_no_secret),
        TEST(test_blob_get_refuses_an_unknown_hash),
        TEST(test_blob_get_refuses_damage),
        TEST(test_blob_get_refuses_what_is_over_the_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
