/* What is written of sets is read alike; the entry that a task wants is found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "tasks/hub/manifest.h"
#include "harness/engine/task.h"

#define A "0123456789abcdef0123456789abcdef01234567"
#define B "89abcdef0123456789abcdef0123456789abcdef"
#define SHA "bef57ec7f53a6d40beb640a780a639c83bc29ac8a9816f1fc6c5c6dcd93c4721"

static const struct provenance SOURCE = { .id = "o/n", .split = "test" };

static struct manifest_entry entry_of(const char *revision, int64_t rows)
{
    static struct manifest_file files[] = { { "data/x.csv", SHA } };

    return (struct manifest_entry){ .sha256 = SHA, .id = "o/n", .split = "test", .revision = revision, .way = "files",
                                    .rows = rows,
                                    .host = "https://h", .fetched_ms = 5, .files = files, .file_count = 1 };
}

static void test_manifest_is_read_as_it_was_written(void **state)
{
    struct arena *arena = arena_new();
    struct manifest manifest = { .task = "t" }, again;
    struct manifest_entry entry = entry_of(A, 7);
    struct err err = ERR_INIT;
    struct buf text, twice;

    (void)state;
    buf_init(&text, 0);
    buf_init(&twice, 0);
    manifest_add(&manifest, arena, &entry);
    manifest_write(&manifest, &text);
    assert_int_equal(0, manifest_parse(arena, "m.json", text.data, text.length, &again, &err));
    assert_int_equal(1, again.count);
    assert_string_equal(A, again.entries[0].revision);
    assert_int_equal(7, again.entries[0].rows);
    assert_null(again.entries[0].config);
    assert_string_equal("data/x.csv", again.entries[0].files[0].path);
    manifest_write(&again, &twice);
    assert_string_equal(text.data, twice.data);
    buf_fini(&text);
    buf_fini(&twice);
    arena_free(arena);
}

static void test_manifest_find_takes_the_commit_wanted(void **state)
{
    struct arena *arena = arena_new();
    struct manifest manifest = { .task = "t" };
    struct provenance other = { .id = "o/n", .split = "validation" };
    const struct manifest_entry entries[] = { entry_of(A, 1), entry_of(NULL, 2), entry_of(B, 3) };

    (void)state;
    assert_null(manifest_find(&manifest, &SOURCE, NULL));
    for (size_t i = 0; i < 3; i++)
        manifest_add(&manifest, arena, &entries[i]);
    manifest_add(&manifest, arena, &entries[0]);                 /* fetched again: no second entry, and the newest */
    assert_int_equal(3, manifest.count);
    assert_int_equal(1, manifest_find(&manifest, &SOURCE, A)->rows);
    assert_int_equal(3, manifest_find(&manifest, &SOURCE, B)->rows);
    assert_int_equal(1, manifest_find(&manifest, &SOURCE, NULL)->rows);
    assert_int_equal(2, manifest_find(&manifest, &SOURCE, "ffffffffffffffffffffffffffffffffffffffff")->rows);
    assert_null(manifest_find(&manifest, &other, NULL));
    arena_free(arena);
}

static void test_manifest_parse_says_what_is_wrong(void **state)
{
    static const struct { const char *text, *words; } BAD[] = {
        { "{", "m.json line 1: " }, { "[]", "m.json: expected \"manifest\": 1" }, { "{\"manifest\":2,\"task\":\"t\"}",
                "expected \"manifest\": 1" },
        { "{\"manifest\":1,\"task\":\"t\",\"sets\":[\n{\"sha256\":\"../../x\"}]}", "m.json line 2: expected a set" },
        { "{\"manifest\":1,\"task\":\"t\",\"sets\":[{\"sha256\":\"" SHA "\",\"id\":\"x\",\"way\":\"disk\",\"rows\":-1}]}", "line 1: expected a set" },
        { "{\"manifest\":1,\"task\":\"t\",\"sets\":[{\"sha256\":\"" SHA "\",\"id\":\"x\",\"way\":\"disk\",\"revision\":\"main\",\"rows\":1,"
          "\"bytes\":1,\"pictures\":0,\"fetched_ms\":1}]}", "line 1: expected a set" },
    };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        struct err err = ERR_INIT;
        struct manifest manifest;
        assert_int_equal(-1, manifest_parse(arena, "m.json", BAD[i].text, strlen(BAD[i].text), &manifest, &err));
        assert_int_equal(EXIT_BAD_DATA, err.code);
        assert_non_null(strstr(err.text, BAD[i].words));
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_manifest_is_read_as_it_was_written),
        cmocka_unit_test(test_manifest_find_takes_the_commit_wanted),
        cmocka_unit_test(test_manifest_parse_says_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
