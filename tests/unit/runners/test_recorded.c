#include "tests/unit/runners/scene.h"

#include "runners/recorded.h"

static const struct reply REPLIES[4] = { { .text = "0" }, { .text = "1" }, { .text = "2" }, { .text = "3" } };

struct shelf { struct arena *arena; struct recorded *recorded; };

static struct shelf begin(void)
{
    struct shelf shelf = { .arena = arena_new() };

    shelf.recorded = recorded_new(shelf.arena);
    return shelf;
}

static void end(struct shelf *shelf)
{
    recorded_free(shelf->recorded);
    arena_free(shelf->arena);
}

static void test_find_of_what_nobody_recorded_is_null(void **state)
{
    struct shelf shelf = begin();

    (void)state;
    assert_null(recorded_find(shelf.recorded, "sums", "s1", 1));
    recorded_add(shelf.recorded, "sums", "s1", 1, 5, &REPLIES[0]);
    assert_null(recorded_find(shelf.recorded, "sums", "s1", 2));
    assert_null(recorded_find(shelf.recorded, "sums", "s2", 1));
    assert_null(recorded_find(shelf.recorded, "mute", "s1", 1));
    assert_ptr_equal(&REPLIES[0], recorded_find(shelf.recorded, "sums", "s1", 1));
    end(&shelf);
    recorded_free(NULL);
}

/* Task and epoch, then the task for all epochs, then the epoch of any task, then whatever there is. */
static void test_find_prefers_what_is_named(void **state)
{
    static const struct { const char *task; int epoch; } ADDED[] = {
        { NULL, 0 }, { NULL, 1 }, { "sums", 0 }, { "sums", 1 },
    };
    struct shelf shelf = begin();

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(0, recorded_add(shelf.recorded, ADDED[i].task, "s1", ADDED[i].epoch, 1 + i, &REPLIES[i]));
        assert_ptr_equal(&REPLIES[i], recorded_find(shelf.recorded, "sums", "s1", 1));
    }
    assert_ptr_equal(&REPLIES[2], recorded_find(shelf.recorded, "sums", "s1", 2));
    assert_ptr_equal(&REPLIES[1], recorded_find(shelf.recorded, "mute", "s1", 1));
    assert_ptr_equal(&REPLIES[0], recorded_find(shelf.recorded, "mute", "s1", 2));
    end(&shelf);
}

static void test_add_tells_where_the_same_stands_already(void **state)
{
    struct shelf shelf = begin();

    (void)state;
    assert_int_equal(0, recorded_add(shelf.recorded, "sums", "s1", 1, 5, &REPLIES[0]));
    assert_int_equal(5, recorded_add(shelf.recorded, "sums", "s1", 1, 9, &REPLIES[1]));
    assert_ptr_equal(&REPLIES[0], recorded_find(shelf.recorded, "sums", "s1", 1));
    assert_int_equal(0, recorded_add(shelf.recorded, "sums", "s1", 0, 10, &REPLIES[1]));
    assert_int_equal(0, recorded_add(shelf.recorded, NULL, "s1", 1, 11, &REPLIES[2]));
    end(&shelf);
}

/* Names may hold what parts them in a key. */
static void test_find_never_takes_one_name_for_another(void **state)
{
    struct shelf shelf = begin();

    (void)state;
    recorded_add(shelf.recorded, "a:b", "c", 1, 1, &REPLIES[0]);
    recorded_add(shelf.recorded, "a", "b:c", 1, 2, &REPLIES[1]);
    recorded_add(shelf.recorded, "a", "c:1", 1, 3, &REPLIES[2]);
    recorded_add(shelf.recorded, "a", "c", 1, 4, &REPLIES[3]);
    assert_ptr_equal(&REPLIES[0], recorded_find(shelf.recorded, "a:b", "c", 1));
    assert_ptr_equal(&REPLIES[1], recorded_find(shelf.recorded, "a", "b:c", 1));
    assert_ptr_equal(&REPLIES[2], recorded_find(shelf.recorded, "a", "c:1", 1));
    assert_ptr_equal(&REPLIES[3], recorded_find(shelf.recorded, "a", "c", 1));
    assert_null(recorded_find(shelf.recorded, "a:b", "c", 11));
    end(&shelf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find_of_what_nobody_recorded_is_null),
        cmocka_unit_test(test_find_prefers_what_is_named),
        cmocka_unit_test(test_add_tells_where_the_same_stands_already),
        cmocka_unit_test(test_find_never_takes_one_name_for_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
