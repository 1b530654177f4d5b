/*
 * Who writes to a store keeps others out: by the lock beside it.
 */
#include "scratch.h"

#include <sys/wait.h>

#include "harness/base/redact.h"

static void test_store_open_refuses_a_second_writer(void **state)
{
    struct scratch *scratch = *state;
    struct store *store = store_open(scratch->path, "vernier run plan.json", &scratch->err);
    const char *holder = arena_printf(scratch->arena, "in use by pid %ld: vernier run plan.json;", (long)getpid());
    const char *other = scratch_path(scratch, "other.db");

    assert_non_null(store);
    assert_refused(scratch->path, holder);
    assert_int_equal(symlink(scratch->path, other), 0);
    assert_refused(other, holder);
    store_close(store);
    store_close(scratch_store(scratch));
    assert_int_not_equal(access(scratch_path(scratch, "vernier.db.lock"), F_OK), 0);
}

static void test_store_claim_keeps_others_out_before_there_is_a_store(void **state)
{
    struct scratch *scratch = *state;
    struct lock *claim = store_claim(scratch->path, "vernier run", &scratch->err);

    assert_non_null(claim);
    assert_int_not_equal(access(scratch->path, F_OK), 0);
    assert_refused(scratch->path, "in use by pid");
    store_unclaim(claim);
    assert_int_not_equal(access(scratch_path(scratch, "vernier.db.lock"), F_OK), 0);
    claim = store_claim(scratch->path, "vernier run", &scratch->err);
    struct store *store = store_open_claimed(scratch->path, claim, &scratch->err);
    assert_non_null(store);
    assert_refused(scratch->path, "in use by pid");
    store_close(store);
    store_close(scratch_store(scratch));
}

static void test_store_open_ignores_a_stale_lock_file(void **state)
{
    struct scratch *scratch = *state;

    write_file(scratch_path(scratch, "vernier.db.lock"), "pid 1: vernier run long gone\n");
    store_close(scratch_store(scratch));
}

/* Looking keeps nobody out; a file without a holder is nobody. */
static void test_store_find_writer_looks_and_takes_nothing(void **state)
{
    struct scratch *scratch = *state;
    struct err err = ERR_INIT;
    struct buf writer;
    pid_t pid;
    int status;

    buf_init(&writer, 0);
    assert_false(store_find_writer(scratch->path, &writer));
    write_file(scratch_path(scratch, "vernier.db.lock"), "pid 1: vernier run long gone\n");
    assert_false(store_find_writer(scratch->path, &writer));
    struct store *store = scratch_store(scratch);
    assert_true(store_find_writer(scratch->path, &writer));       /* our own, seen through another descriptor */
    buf_clear(&writer);
    pid = fork();
    if (pid == 0)
        _exit(store_find_writer(scratch->path, &writer) && strstr(writer.data, "pid ") != NULL ? 0 : 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    store_close(store);
    assert_false(store_find_writer(scratch->path, &writer));
    store = store_open(scratch->path, "test", &err);
    assert_non_null(store);
    store_close(store);
    buf_fini(&writer);
}

static void test_store_open_keeps_secrets_out_of_the_lock(void **state)
{
    struct scratch *scratch = *state;
    struct store *store;
    struct err err = ERR_INIT;

    redact_register("KEY", "sk-123456789");
    store = store_open(scratch->path, "vernier run --url http://sk-123456789@h/", &err);
    assert_null(store_open(scratch->path, "test", &err));
    assert_null(strstr(err.text, "sk-123456789"));
    assert_says(&err, "[secret KEY]");
    store_close(store);
    redact_forget_all();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_store_open_refuses_a_second_writer),
        TEST(test_store_claim_keeps_others_out_before_there_is_a_store),
        TEST(test_store_open_ignores_a_stale_lock_file),
        TEST(test_store_find_writer_looks_and_takes_nothing),
        TEST(test_store_open_keeps_secrets_out_of_the_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
