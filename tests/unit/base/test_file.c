#include "harness/base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/test_file.XXXXXX");
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static const char *inside(const char *name)
{
    static char path[128];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void test_file_write_and_read_agree(void **state)
{
    static char data[100000];
    struct err err = ERR_INIT;
    struct buf buf;

    (void)state;
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (char)(i % 251);
    buf_init(&buf, 0);
    buf_add_string(&buf, "head:");
    assert_int_equal(file_write(inside("a"), data, sizeof data, false, &err), 0);
    assert_int_equal(file_read(inside("a"), &buf, &err), 0);
    assert_int_equal(buf.length, 5 + sizeof data);
    assert_memory_equal(buf.data, "head:", 5);
    assert_memory_equal(buf.data + 5, data, sizeof data);
    assert_int_equal(file_write(inside("a"), "", 0, false, &err), 0);
    buf_clear(&buf);
    assert_int_equal(file_read(inside("a"), &buf, &err), 0);
    assert_int_equal(buf.length, 0);
    assert_string_equal(err.text, "");
    unlink(inside("a"));
    buf_fini(&buf);
}

static void test_file_is_program_looks_in_path(void **state)
{
    struct err err = ERR_INIT;

    (void)state;
    assert_true(file_is_program("sh"));
    assert_true(file_is_program("/bin/sh"));
    assert_false(file_is_program("no-such-program"));
    assert_false(file_is_program("/bin/no-such-program"));
    assert_false(file_is_program("/bin"));
    assert_int_equal(file_write(inside("words"), "", 0, false, &err), 0);
    assert_false(file_is_program(inside("words")));      /* not to be executed */
    unlink(inside("words"));
}

static void test_file_write_exclusive_keeps_what_is_there(void **state)
{
    struct err err = ERR_INIT;
    struct buf buf;

    (void)state;
    buf_init(&buf, 0);
    assert_int_equal(file_write(inside("b"), "one", 3, true, &err), 0);
    assert_int_equal(file_write(inside("b"), "two", 3, true, &err), -1);
    assert_non_null(strstr(err.text, "/b: exists already"));
    assert_int_equal(file_read(inside("b"), &buf, &err), 0);
    assert_string_equal(buf.data, "one");
    unlink(inside("b"));
    buf_fini(&buf);
}

static void test_file_write_says_why(void **state)
{
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(file_write("/nonexistent/x", "a", 1, false, &err), -1);
    assert_string_equal(err.text, "/nonexistent/x: No such file or directory");
    assert_int_equal(err.code, EXIT_STORE);
    assert_int_equal(file_write("/dev/full", "a", 1, false, &err), -1);
    assert_string_equal(err.text, "/dev/full: No space left on device");
}

static void test_file_read_says_why(void **state)
{
    struct err err = ERR_INIT;
    struct buf buf;

    (void)state;
    buf_init(&buf, 0);
    assert_int_equal(file_read(inside("none"), &buf, &err), -1);
    assert_non_null(strstr(err.text, "/none: No such file or directory"));
    assert_int_equal(err.code, EXIT_BAD_DATA);
    assert_int_equal(file_read(folder, &buf, &err), -1);
    assert_non_null(strstr(err.text, ": is a folder"));
    buf_fini(&buf);
}

static void test_file_read_bounds(void **state)
{
    struct err err = ERR_INIT;
    struct buf buf;

    (void)state;
    buf_init(&buf, 10);
    buf_add_string(&buf, "abc");
    assert_int_equal(file_write(inside("c"), "1234567", 7, false, &err), 0);
    assert_int_equal(file_read(inside("c"), &buf, &err), 0);
    assert_string_equal(buf.data, "abc1234567");
    buf_clear(&buf);
    buf_add_string(&buf, "abcd");
    assert_int_equal(file_read(inside("c"), &buf, &err), -1);
    assert_non_null(strstr(err.text, "longer than 6 bytes"));
    assert_string_equal(buf.data, "abcd");
    assert_int_equal(file_read("/dev/zero", &buf, &err), -1);
    unlink(inside("c"));
    buf_fini(&buf);
}

static void test_file_exists_sees_files_and_folders(void **state)
{
    (void)state;
    assert_true(file_exists(folder));
    assert_true(file_exists("/dev/null"));
    assert_false(file_exists(inside("none")));
    assert_false(file_exists(""));
}

static void test_file_join_joins(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    assert_string_equal(file_join(arena, "a", "b"), "a/b");
    assert_string_equal(file_join(arena, "a/", "b"), "a/b");
    assert_string_equal(file_join(arena, "/", "b"), "/b");
    assert_string_equal(file_join(arena, "a", "/b"), "/b");
    assert_string_equal(file_join(arena, ".", "./b"), "./b");
    assert_string_equal(file_join(arena, "a", ".//./../b"), "a/../b");
    assert_string_equal(file_join(arena, "a", ".b"), "a/.b");
    assert_string_equal(file_join(arena, "", "b"), "b");
    assert_string_equal(file_join(arena, NULL, "b"), "b");
    arena_free(arena);
}

static void test_file_folder_and_stem_take_apart(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    assert_string_equal(file_folder(arena, "a/b.json"), "a");
    assert_string_equal(file_folder(arena, "b.json"), ".");
    assert_string_equal(file_folder(arena, "/b"), "/");
    assert_string_equal(file_folder(arena, "/x/y/z"), "/x/y");
    assert_string_equal(file_stem(arena, "a.d/b.json"), "b");
    assert_string_equal(file_stem(arena, "a.d/b"), "b");
    assert_string_equal(file_stem(arena, "b.tar.gz"), "b.tar");
    assert_string_equal(file_stem(arena, ".profile"), ".profile");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file_write_and_read_agree),
        cmocka_unit_test(test_file_write_exclusive_keeps_what_is_there),
        cmocka_unit_test(test_file_write_says_why),
        cmocka_unit_test(test_file_read_says_why),
        cmocka_unit_test(test_file_read_bounds),
        cmocka_unit_test(test_file_exists_sees_files_and_folders),
        cmocka_unit_test(test_file_is_program_looks_in_path),
        cmocka_unit_test(test_file_join_joins),
        cmocka_unit_test(test_file_folder_and_stem_take_apart),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
