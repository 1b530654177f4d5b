#include "harness/base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static void test_buf_init_is_an_empty_string(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 0);
    assert_string_equal(buf.data, "");
    assert_int_equal(buf.length, 0);
    assert_int_equal(buf.ceiling, BUF_CEILING_DEFAULT);
    assert_false(buf.cut);
    buf_fini(&buf);
}

static void test_buf_add_grows_and_terminates(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 0);
    for (int i = 0; i < 100000; i++)
        buf_add(&buf, "a\0b", 3);
    assert_int_equal(buf.length, 300000);
    assert_memory_equal(buf.data + 299997, "a\0b", 4);
    assert_true(buf.capacity <= 2 * 300001);
    buf_add(&buf, NULL, 0);
    assert_int_equal(buf.length, 300000);
    buf_fini(&buf);
}

static void test_buf_add_stops_at_the_ceiling(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 100);
    for (int i = 0; i < 33; i++)
        buf_add_string(&buf, "abc");
    assert_false(buf.cut);
    buf_add_char(&buf, 'x');
    assert_false(buf.cut);
    assert_int_equal(buf.length, 100);
    buf_add_char(&buf, 'y');
    assert_true(buf.cut);
    assert_int_equal(buf.length, 100);
    assert_string_equal(buf.data + 98, "cx");
    assert_true(buf.capacity <= 101);
    buf_fini(&buf);
}

static void test_buf_add_adds_what_fits(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 4);
    buf_add_string(&buf, "abcdef");
    assert_string_equal(buf.data, "abcd");
    assert_true(buf.cut);
    buf_clear(&buf);
    assert_string_equal(buf.data, "");
    assert_false(buf.cut);
    buf_fini(&buf);
}

static void test_buf_addf_formats_short_and_long(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 0);
    buf_addf(&buf, "%d,", 7);
    buf_addf(&buf, "%*d", 63, 1);
    buf_addf(&buf, "%*d", 5000, 2);
    assert_int_equal(buf.length, 2 + 63 + 5000);
    assert_int_equal(strlen(buf.data), buf.length);
    assert_int_equal(buf.data[buf.length - 1], '2');
    buf_fini(&buf);
    buf_init(&buf, 70);
    buf_addf(&buf, "%s%*d", "abc", 100, 3);
    assert_int_equal(buf.length, 70);
    assert_true(buf.cut);
    buf_fini(&buf);
}

static void test_buf_take_moves_the_data(void **state)
{
    struct buf buf;
    char *data;

    (void)state;
    buf_init(&buf, 1000);
    buf_add_string(&buf, "mine");
    data = buf_take(&buf);
    assert_string_equal(data, "mine");
    assert_string_equal(buf.data, "");
    assert_int_equal(buf.ceiling, 1000);
    buf_add_string(&buf, "other");
    assert_string_equal(data, "mine");
    free(data);
    buf_fini(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buf_init_is_an_empty_string),
        cmocka_unit_test(test_buf_add_grows_and_terminates),
        cmocka_unit_test(test_buf_add_stops_at_the_ceiling),
        cmocka_unit_test(test_buf_add_adds_what_fits),
        cmocka_unit_test(test_buf_addf_formats_short_and_long),
        cmocka_unit_test(test_buf_take_moves_the_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
