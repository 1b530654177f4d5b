#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "harness/base/arena.h"
#include "harness/cli/select.h"

#define COUNT 60

/* 40 of category "big", 15 of "small", 5 without one. */
static struct dataset make_dataset(struct arena *arena)
{
    struct dataset dataset = { .samples = arena_calloc(arena, COUNT, sizeof dataset.samples[0]), .count = COUNT,
                               .path = "made.jsonl" };

    for (size_t i = 0; i < COUNT; i++) {
        dataset.samples[i].id = arena_printf(arena, "s%zu", i);
        dataset.samples[i].category = i % 12 < 8 ? "big" : i % 12 < 11 ? "small" : NULL;
    }
    return dataset;
}

static const struct sample **pick(const struct dataset *dataset, struct plan_task wanted, uint64_t seed,
                                  struct arena *arena, size_t *count)
{
    const struct sample **out;
    struct err err = ERR_INIT;

    assert_int_equal(select_samples(dataset, &wanted, seed, arena, &out, count, &err), 0);
    for (size_t i = 1; i < *count; i++)
        assert_true(out[i] > out[i - 1]);
    return out;
}

static void test_select_samples_takes_all_without_limit(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct dataset dataset = make_dataset(arena);
    size_t count;
    const struct sample **out = pick(&dataset, (struct plan_task){ 0 }, 1, arena, &count);

    assert_int_equal(count, COUNT);
    assert_ptr_equal(out[COUNT - 1], &dataset.samples[COUNT - 1]);
    pick(&dataset, (struct plan_task){ .limit = { .count = 1000 } }, 1, arena, &count);
    assert_int_equal(count, COUNT);
    arena_free(arena);
}

static void test_select_samples_takes_the_first(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct dataset dataset = make_dataset(arena);
    size_t count;
    const struct sample **out = pick(&dataset, (struct plan_task){ .limit = { .count = 7, .first = true } }, 1, arena,
                                     &count);

    assert_int_equal(count, 7);
    for (size_t i = 0; i < count; i++)
        assert_ptr_equal(out[i], &dataset.samples[i]);
    arena_free(arena);
}

static bool is_in(const struct sample *sample, const struct sample **list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == sample)
            return true;
    return false;
}

static void test_select_samples_nests_for_every_limit_and_seed(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct dataset dataset = make_dataset(arena);
    size_t small_count, large_count;

    for (uint64_t seed = 0; seed < 5; seed++)
        for (size_t limit = 1; limit < COUNT; limit++) {
            const struct sample **small = pick(&dataset, (struct plan_task){ .limit = { .count = limit } }, seed, arena,
                                               &small_count);
            const struct sample **large = pick(&dataset, (struct plan_task){ .limit = { .count = limit + 1 } }, seed,
                                               arena, &large_count);
            assert_int_equal(small_count, limit);
            for (size_t i = 0; i < small_count; i++)
                assert_true(is_in(small[i], large, large_count));
        }
    arena_free(arena);
}

static void test_select_samples_gives_each_category_its_share(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct dataset dataset = make_dataset(arena);
    size_t count, big = 0, small = 0;
    const struct sample **out = pick(&dataset, (struct plan_task){ .limit = { .count = 12 } }, 3, arena, &count);

    for (size_t i = 0; i < count; i++) {
        big += out[i]->category != NULL && strcmp(out[i]->category, "big") == 0;
        small += out[i]->category != NULL && strcmp(out[i]->category, "small") == 0;
    }
    assert_int_equal(big, 8);
    assert_int_equal(small, 3);
    arena_free(arena);
}

/* Three languages of twenty questions in two subjects: five questions, each in all three. */
static void test_select_samples_takes_whole_clusters(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct dataset dataset = make_dataset(arena);
    size_t count, seen[20] = { 0 }, found = 0;

    for (size_t i = 0; i < COUNT; i++) {
        dataset.samples[i].cluster = arena_printf(arena, "%zu", i % 20);
        dataset.samples[i].category = arena_printf(arena, "%c/%s", (char)('a' + i / 20), i % 20 < 12 ? "one" : "two");
    }
    const struct sample **out = pick(&dataset, (struct plan_task){ .limit = { .count = 15 } }, 7, arena, &count);
    for (size_t i = 0; i < count; i++)
        seen[(size_t)(out[i] - dataset.samples) % 20]++;
    for (size_t i = 0; i < 20; i++) {
        assert_true(seen[i] == 0 || seen[i] == 3);
        found += seen[i] == 3;
    }
    assert_int_equal(found, 5);
    arena_free(arena);
}

static void test_select_samples_depends_on_the_seed(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct dataset dataset = make_dataset(arena);
    size_t count, same = 0;
    const struct sample **one = pick(&dataset, (struct plan_task){ .limit = { .count = 20 } }, 1, arena, &count);
    const struct sample **two = pick(&dataset, (struct plan_task){ .limit = { .count = 20 } }, 2, arena, &count);

    for (size_t i = 0; i < count; i++)
        same += is_in(one[i], two, count);
    assert_true(same < count);
    arena_free(arena);
}

static void test_select_samples_finds_ids_once_in_file_order(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct dataset dataset = make_dataset(arena);
    const char *const ids[] = { "s9", "s3", "s9" }, *const unknown[] = { "s3", "s60" };
    const struct sample **out;
    struct plan_task wanted = { .sample_ids = ids, .sample_id_count = 3 };
    struct err err = ERR_INIT;
    size_t count;

    out = pick(&dataset, wanted, 1, arena, &count);
    assert_int_equal(count, 2);
    assert_string_equal(out[0]->id, "s3");
    wanted = (struct plan_task){ .sample_ids = unknown, .sample_id_count = 2 };
    assert_int_equal(select_samples(&dataset, &wanted, 1, arena, &out, &count, &err), -1);
    assert_non_null(strstr(err.text, "\"s60\""));
    assert_int_equal(err.code, EXIT_USAGE);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_select_samples_takes_all_without_limit),
        cmocka_unit_test(test_select_samples_takes_the_first),
        cmocka_unit_test(test_select_samples_nests_for_every_limit_and_seed),
        cmocka_unit_test(test_select_samples_gives_each_category_its_share),
        cmocka_unit_test(test_select_samples_takes_whole_clusters),
        cmocka_unit_test(test_select_samples_depends_on_the_seed),
        cmocka_unit_test(test_select_samples_finds_ids_once_in_file_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
