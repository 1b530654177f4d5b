#include "scratch.h"

/* One more run: a row. */
static int add_row(struct store *store, struct scratch *scratch)
{
    if (store_begin(store, &scratch->err) < 0)
        return -1;
    add_run(store, scratch->arena);
    return store_commit(store, &scratch->err);
}

static int64_t count_runs(struct scratch *scratch, const char *path)
{
    struct store *store = store_open(path, "test", &scratch->err);
    int64_t count;

    if (store == NULL)
        fail_msg("%s", scratch->err.text);
    count = ask_number(store, "SELECT count(*) FROM run");
    assert_string_equal(ask_text(store, scratch->arena, "PRAGMA integrity_check"), "ok");
    assert_int_equal(store_close(store), 0);
    return count;
}

static bool is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

static void remove_file(struct scratch *scratch, const char *name)
{
    assert_int_equal(unlink(scratch_path(scratch, name)), 0);
}

/* It has noticed, and saved two rows in the file of that name. */
static void assert_saved(struct scratch *scratch, struct store *store, const char *words, const char *name)
{
    assert_int_equal(scratch->err.code, EXIT_STORE);
    assert_says(&scratch->err, words);
    assert_says(&scratch->err, scratch_path(scratch, name));
    assert_true(store_is_lost(store));
    assert_int_equal(store_begin(store, &scratch->err), -1);
    assert_says(&scratch->err, name);
    assert_int_equal(store_close(store), -1);
    assert_int_equal(count_runs(scratch, scratch_path(scratch, name)), 2);
}

static void test_store_commit_saves_the_rows_of_a_deleted_file(void **state)
{
    struct scratch *scratch = *state;
    struct store *store = scratch_store(scratch);

    assert_int_equal(add_row(store, scratch), 0);
    remove_file(scratch, "vernier.db");
    assert_int_equal(add_row(store, scratch), -1);
    assert_false(is_there(scratch->path));
    assert_false(is_there(scratch_path(scratch, "vernier.db-wal")));
    assert_saved(scratch, store, "the file was deleted or moved", "vernier.db.saved");
    assert_false(is_there(scratch->path));
}

static void test_store_commit_saves_when_all_files_are_deleted(void **state)
{
    struct scratch *scratch = *state;
    struct store *store = scratch_store(scratch);

    assert_int_equal(add_row(store, scratch), 0);
    remove_file(scratch, "vernier.db");
    remove_file(scratch, "vernier.db-wal");
    remove_file(scratch, "vernier.db-shm");
    remove_file(scratch, "vernier.db.lock");
    assert_int_equal(add_row(store, scratch), -1);
    assert_saved(scratch, store, "the file was deleted or moved", "vernier.db.saved");
}

static mode_t mode_of(const char *path)
{
    struct stat info;

    assert_int_equal(lstat(path, &info), 0);
    return info.st_mode & 07777;
}

/* The store was made private while it was open. */
static void test_store_commit_saves_with_the_mode_of_the_store(void **state)
{
    struct scratch *scratch = *state;
    struct store *store = scratch_store(scratch);
    const mode_t modes[] = { 0600, 0664 };

    for (size_t i = 0; i < 2; i++) {
        const char *saved = scratch_path(scratch, "vernier.db.saved");
        store = store != NULL ? store : scratch_store(scratch);
        assert_int_equal(chmod(scratch->path, modes[i]), 0);
        assert_int_equal(add_row(store, scratch), 0);
        remove_file(scratch, "vernier.db");
        assert_int_equal(store_close(store), -1);
        assert_int_equal(mode_of(saved), modes[i]);
        assert_int_equal(unlink(saved), 0);
        store = NULL;
    }
}

/* Somebody lies in wait where the copy would be. */
static void test_store_commit_saves_through_no_link(void **state)
{
    struct scratch *scratch = *state;
    struct store *store = scratch_store(scratch);
    const char *bait = scratch_path(scratch, "bait");

    assert_int_equal(symlink(bait, scratch_path(scratch, "vernier.db.saved")), 0);
    assert_int_equal(add_row(store, scratch), 0);
    remove_file(scratch, "vernier.db");
    assert_int_equal(add_row(store, scratch), -1);
    assert_false(is_there(bait));
    assert_saved(scratch, store, "the file was deleted or moved", "vernier.db.saved-2");
}

/* The other's file stays as it is: our log would be read into it. */
static void test_store_commit_leaves_what_stands_there_instead(void **state)
{
    struct scratch *scratch = *state;
    const char *other = scratch_path(scratch, "other.db"), *saved = scratch_path(scratch, "vernier.db.saved");
    struct store *store = store_open(other, "test", &scratch->err);
    FILE *file = fopen(saved, "wb");

    assert_non_null(file);
    fclose(file);
    assert_int_equal(add_row(store, scratch), 0);
    assert_int_equal(store_close(store), 0);
    store = scratch_store(scratch);
    assert_int_equal(add_row(store, scratch), 0);
    assert_int_equal(rename(other, scratch->path), 0);
    assert_int_equal(add_row(store, scratch), -1);
    assert_saved(scratch, store, "the file was replaced by another", "vernier.db.saved-2");
    assert_int_equal(count_runs(scratch, scratch->path), 1);
}

/* The next writer's lock is not ours to remove. */
static void test_store_close_leaves_the_next_writer_alone(void **state)
{
    struct scratch *scratch = *state;
    struct store *store = scratch_store(scratch), *next;

    assert_int_equal(add_row(store, scratch), 0);
    remove_file(scratch, "vernier.db");
    remove_file(scratch, "vernier.db-wal");
    remove_file(scratch, "vernier.db-shm");
    remove_file(scratch, "vernier.db.lock");
    next = scratch_store(scratch);
    assert_int_equal(add_row(next, scratch), 0);
    assert_int_equal(store_close(store), -1);
    assert_true(is_there(scratch_path(scratch, "vernier.db.lock")));
    assert_int_equal(add_row(next, scratch), 0);
    assert_int_equal(store_close(next), 0);
    assert_int_equal(count_runs(scratch, scratch->path), 2);
    assert_int_equal(count_runs(scratch, scratch_path(scratch, "vernier.db.saved")), 1);
}

static void test_store_close_notices_too(void **state)
{
    struct scratch *scratch = *state;
    struct store *store = scratch_store(scratch);

    assert_int_equal(add_row(store, scratch), 0);
    remove_file(scratch, "vernier.db");
    assert_int_equal(store_close(store), -1);
    assert_int_equal(count_runs(scratch, scratch_path(scratch, "vernier.db.saved")), 1);
}

static void test_store_commit_takes_over_a_deleted_log(void **state)
{
    struct scratch *scratch = *state;
    struct store *store = scratch_store(scratch);

    assert_int_equal(add_row(store, scratch), 0);
    remove_file(scratch, "vernier.db-wal");
    assert_int_equal(add_row(store, scratch), -1);
    assert_says(&scratch->err, "all rows are in the store");
    assert_int_equal(store_close(store), -1);
    assert_int_equal(count_runs(scratch, scratch->path), 2);
    assert_false(is_there(scratch_path(scratch, "vernier.db.saved")));
}

static void test_store_commit_takes_a_removed_lock_anew(void **state)
{
    struct scratch *scratch = *state;
    struct store *store = scratch_store(scratch), *other;
    struct err err = ERR_INIT;

    remove_file(scratch, "vernier.db.lock");
    assert_int_equal(add_row(store, scratch), 0);
    assert_null(store_open(scratch->path, "test", &err));
    assert_says(&err, "in use by pid");
    remove_file(scratch, "vernier.db.lock");
    other = store_open(scratch->path, "quicker", &err);
    assert_non_null(other);
    assert_int_equal(add_row(store, scratch), -1);
    assert_says(&scratch->err, "its lock file was removed");
    assert_says(&scratch->err, "quicker");
    store_close(store);
    assert_int_equal(add_row(other, scratch), 0);
    assert_int_equal(store_close(other), 0);
    assert_int_equal(count_runs(scratch, scratch->path), 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_store_commit_saves_the_rows_of_a_deleted_file),
        TEST(test_store_commit_saves_when_all_files_are_deleted),
        TEST(test_store_commit_saves_with_the_mode_of_the_store),
        TEST(test_store_commit_saves_through_no_link),
        TEST(test_store_commit_leaves_what_stands_there_instead),
        TEST(test_store_close_leaves_the_next_writer_alone),
        TEST(test_store_close_notices_too),
        TEST(test_store_commit_takes_over_a_deleted_log),
        TEST(test_store_commit_takes_a_removed_lock_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
