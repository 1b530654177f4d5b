#include "harness/base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static void test_arena_alloc_is_zeroed_and_aligned(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (size_t round = 0; round < 2; round++) {
        for (size_t size = 0; size < 3000; size += 7) {
            char *memory = arena_alloc(arena, size);

            assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
            for (size_t i = 0; i < size; i++)
                assert_int_equal(memory[i], 0);
            memset(memory, 0xff, size);
        }
        arena_clear(arena);
    }
    arena_free(arena);
}

static void test_arena_alloc_does_not_overlap(void **state)
{
    struct arena *arena = arena_new();
    unsigned char *pieces[500];

    (void)state;
    for (size_t i = 0; i < 500; i++) {
        pieces[i] = arena_alloc(arena, i * 13 % 900 + 1);
        memset(pieces[i], (int)(i % 251), i * 13 % 900 + 1);
    }
    for (size_t i = 0; i < 500; i++)
        for (size_t j = 0; j < i * 13 % 900 + 1; j++)
            assert_int_equal(pieces[i][j], i % 251);
    arena_free(arena);
}

static void test_arena_alloc_gives_a_large_piece_its_own_block(void **state)
{
    struct arena *arena = arena_new();
    size_t before;

    (void)state;
    arena_alloc(arena, 1);
    before = arena_size_bytes(arena);
    arena_alloc(arena, 10 << 20);
    assert_in_range(arena_size_bytes(arena), before + (10 << 20), before + (10 << 20) + 64);
    arena_alloc(arena, 100);    /* the small block goes on */
    assert_in_range(arena_size_bytes(arena), before + (10 << 20), before + (10 << 20) + 64);
    arena_free(arena);
}

static void test_arena_size_stays_near_what_was_asked(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < 10000; i++)
        arena_alloc(arena, 96);
    assert_in_range(arena_size_bytes(arena), 960000, 960000 + (130 << 10));
    arena_free(arena);
}

static void test_arena_clear_gives_memory_back(void **state)
{
    struct arena *arena = arena_new();
    size_t fresh = arena_size_bytes(arena);
    char *first = arena_strdup(arena, "first"), *again;

    (void)state;
    arena_alloc(arena, 5000);
    arena_alloc(arena, 1000);
    arena_alloc(arena, 1500);
    arena_clear(arena);
    assert_int_equal(arena_size_bytes(arena), fresh);
    again = arena_strdup(arena, "again");
    assert_ptr_equal(first, again);
    arena_free(arena);
}

static void test_arena_strings_are_copies(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    assert_string_equal(arena_strdup(arena, "abc"), "abc");
    assert_null(arena_strdup(arena, NULL));
    assert_string_equal(arena_strndup(arena, "abcdef", 3), "abc");
    assert_string_equal(arena_strndup(arena, "", 0), "");
    assert_memory_equal(arena_strndup(arena, "a\0b", 3), "a\0b", 4);
    assert_string_equal(arena_printf(arena, "%s-%d", "x", 7), "x-7");
    assert_int_equal(strlen(arena_printf(arena, "%*d", 100000, 7)), 100000);
    arena_free(arena);
}

static void test_arena_free_takes_null(void **state)
{
    (void)state;
    arena_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arena_alloc_is_zeroed_and_aligned),
        cmocka_unit_test(test_arena_alloc_does_not_overlap),
        cmocka_unit_test(test_arena_alloc_gives_a_large_piece_its_own_block),
        cmocka_unit_test(test_arena_size_stays_near_what_was_asked),
        cmocka_unit_test(test_arena_clear_gives_memory_back),
        cmocka_unit_test(test_arena_strings_are_copies),
        cmocka_unit_test(test_arena_free_takes_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
