#include "asked.h"

#include "harness/base/buf.h"
#include "harness/base/random.h"
#include "harness/engine/repetition.h"

/* lead, then piece so many times. */
static bool ends_so(const char *lead, const char *piece, int times)
{
    struct buf text;
    bool ends;

    buf_init(&text, 0);
    buf_add_string(&text, lead);
    for (int i = 0; i < times; i++)
        buf_add_string(&text, piece);
    ends = repetition_ends(text.data);
    buf_fini(&text);
    return ends;
}

static void test_repetition_ends_finds_loops(void **state)
{
    (void)state;
    assert_true(ends_so("Let me think. ", "x", 600));
    assert_true(ends_so("Let me think. ", "Wait, let me check that again. ", 40));
    assert_true(ends_so("", "a hundred bytes, or nearly so, are said here again and again; the same words and dots as before..... ", 7));
}

static void test_repetition_ends_needs_length_and_times(void **state)
{
    char piece[201];

    (void)state;
    memset(piece, 'a', sizeof piece - 1);
    piece[sizeof piece - 1] = '\0';
    piece[7] = 'b';
    assert_false(repetition_ends(""));
    assert_false(ends_so("", "x", 599));
    assert_true(ends_so("", "x", 600));
    assert_false(ends_so("#", piece, 5));
    assert_true(ends_so("#", piece, 6));
}

static void test_repetition_ends_sees_a_piece_that_was_cut(void **state)
{
    struct buf text;

    (void)state;
    buf_init(&text, 0);
    for (int i = 0; i < 60; i++)
        buf_add_string(&text, "and so it goes on, ");
    buf_add_string(&text, "and so");
    assert_true(repetition_ends(text.data));
    buf_add_string(&text, " ends with other words");
    assert_false(repetition_ends(text.data));
    buf_fini(&text);
}

static void test_repetition_ends_passes_ordinary_text(void **state)
{
    struct splitmix random = { .state = 3 };
    struct buf text;

    (void)state;
    buf_init(&text, 0);
    for (int i = 0; i < 20000; i++)
        buf_add_char(&text, (char)('a' + splitmix_below(&random, 26)));
    assert_false(repetition_ends(text.data));
    buf_fini(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_repetition_ends_finds_loops),
        cmocka_unit_test(test_repetition_ends_needs_length_and_times),
        cmocka_unit_test(test_repetition_ends_sees_a_piece_that_was_cut),
        cmocka_unit_test(test_repetition_ends_passes_ordinary_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
