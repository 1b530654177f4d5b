#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/engine/likelihood.h"

static void test_lengths_leave_out_the_blanks_before(void **state)
{
    struct likelihood one = likelihood_begin(" \n Zürich  ");

    (void)state;
    assert_int_equal(one.chars, 8);
    assert_int_equal(one.bytes, 9);
    assert_null(one.logprobs);
}

static void test_a_letter_is_one_with_or_without_a_blank(void **state)
{
    (void)state;
    assert_true(likelihood_is_letter(" A"));
    assert_true(likelihood_is_letter("A"));
    assert_true(likelihood_is_letter(" ก"));
    assert_false(likelihood_is_letter(" (A)"));
    assert_false(likelihood_is_letter("  A"));
    assert_false(likelihood_is_letter("\nA"));
    assert_false(likelihood_is_letter(" "));
    assert_false(likelihood_is_letter(""));
}

static void test_what_is_written_is_read_again(void **state)
{
    static const double TWO[] = { -0.1, -1e-17 }, ONE[] = { -3.4028234663852886e+38 };
    struct likelihood all[] = { likelihood_begin(" ab"), likelihood_begin("c"), likelihood_begin(" d") }, *again;
    struct arena *arena = arena_new();
    struct err err = ERR_INIT;
    struct buf text;
    size_t count;

    (void)state;
    likelihood_set(&all[0], TWO, 2);
    likelihood_set(&all[1], ONE, 1);
    all[1].spans = true;
    all[2].sum = -12.5;
    buf_init(&text, 0);
    likelihood_write(all, 3, &text);
    assert_int_equal(likelihood_read(text.data, arena, &again, &count, &err), 0);
    assert_int_equal(count, 3);
    assert_int_equal(again[0].token_count, 2);
    assert_true(again[0].logprobs[0] == TWO[0] && again[0].logprobs[1] == TWO[1] && again[0].sum == all[0].sum);
    assert_true(again[1].spans && again[1].sum == ONE[0] && !again[0].spans);
    assert_null(again[2].logprobs);
    assert_true(again[2].sum == -12.5);
    assert_int_equal(again[0].chars, 2);
    assert_int_equal(again[2].bytes, 1);
    buf_fini(&text);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lengths_leave_out_the_blanks_before),
        cmocka_unit_test(test_a_letter_is_one_with_or_without_a_blank),
        cmocka_unit_test(test_what_is_written_is_read_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
