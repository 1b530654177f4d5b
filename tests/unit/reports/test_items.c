/*
 * Twelve questions of two categories and six clusters that reach over both, as translations of one question do. The
 * figures were computed apart, in Python, from the formulas of items.h.
 */
#include "reports/items.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#define NEAR(got, expected) assert_true(fabs((got) - (expected)) < 1e-12)

enum { X, X_A, X_B, Y, Y_A, Y_B, CATEGORIES };

static const struct question { size_t category, cluster; double score; } questions[12] = {
    { X_A, 0, 1 }, { X_A, 1, 0 }, { X_B, 2, 1 }, { X_B, 3, 0.5 }, { X, 4, 1 }, { Y_A, 0, 1 },
    { Y_A, 1, 0 }, { Y_B, 2, 0 }, { Y_B, 3, 0.5 }, { Y_B, 4, 1 }, { Y_B, 5, 0 }, { ITEM_NOWHERE, 5, 1 },
};
static const size_t outermost[CATEGORIES] = { X, X, X, Y, Y, Y };
static const size_t inner[CATEGORIES] = { ITEM_NOWHERE, X_A, X_B, ITEM_NOWHERE, Y_A, Y_B };
static const bool is_outermost[CATEGORIES] = { [X] = true, [Y] = true };

static struct items all_items(void)
{
    struct items items = { 0 };

    for (size_t i = 0; i < 12; i++)
        items_add(&items, questions[i].score, questions[i].cluster, questions[i].category, 0);
    items.epochs = 2;
    return items;
}

static struct partition partition_of(const struct items *items, const size_t *of)
{
    return (struct partition){ .label = items->category, .label_count = CATEGORIES, .of = of, .part_count = CATEGORIES };
}

static void test_items_estimate_parts_level_by_level(void **state)
{
    struct items items = all_items();
    struct partition outer = partition_of(&items, outermost), below = partition_of(&items, inner);
    struct estimate parts[CATEGORIES] = { 0 };

    (void)state;
    items_estimate_parts(&items, &outer, 0.95, parts);
    assert_int_equal(parts[X].count, 5);
    NEAR(parts[X].mean, 0.7);
    NEAR(parts[X].se, 0.2);
    assert_int_equal(parts[Y].count, 6);
    NEAR(parts[Y].mean, 0.4166666666666667);
    NEAR(parts[Y].se, 0.2006932429798716);
    assert_int_equal(parts[X_A].count, 0);
    items_estimate_parts(&items, &below, 0.95, parts);
    assert_int_equal(parts[X].count, 5);        /* as it was */
    assert_int_equal(parts[Y_B].count, 4);
    NEAR(parts[Y_B].mean, 0.375);
    NEAR(parts[Y_B].se, 0.23935677693908453);
    assert_string_equal(parts[Y_B].interval.method, "t");
    items_free(&items);
}

static void test_items_macro_counts_each_category_the_same(void **state)
{
    struct items items = all_items();
    struct partition outer = partition_of(&items, outermost);
    struct estimate parts[CATEGORIES] = { 0 };
    struct macro macro;

    (void)state;
    items_estimate_parts(&items, &outer, 0.95, parts);
    macro = items_macro(&items, &outer, parts, is_outermost);
    assert_int_equal(macro.parts, 2);
    NEAR(macro.mean, 0.5583333333333333);
    NEAR(macro.se, 0.14166666666666666);
    items_free(&items);
}

/* Translations rise and fall together: the error is larger than that of as many independent questions. */
static void test_items_macro_knows_clusters_that_reach_over_categories(void **state)
{
    struct items items = all_items();
    struct partition outer;
    struct estimate parts[CATEGORIES] = { 0 }, whole;
    struct macro macro;

    (void)state;
    items_gather_clusters(&items, 6);
    outer = partition_of(&items, outermost);
    items_estimate_parts(&items, &outer, 0.95, parts);
    NEAR(parts[X].se, 0.2);                     /* no two of X share a cluster */
    macro = items_macro(&items, &outer, parts, is_outermost);
    NEAR(macro.mean, 0.5583333333333333);
    NEAR(macro.se, 0.17224820592518356);
    whole = items_estimate(&items, 0.95);
    NEAR(whole.mean, 0.5833333333333334);
    NEAR(whole.se, 0.15365907428821474);
    items_free(&items);
}

static void test_items_macro_of_a_lone_question_has_no_error(void **state)
{
    static const size_t of[2] = { 0, 1 };
    static const bool both[2] = { true, true };
    struct items items = { .epochs = 1 };
    struct estimate parts[2] = { 0 };
    struct partition partition;
    struct macro macro;

    (void)state;
    for (size_t i = 0; i < 6; i++)
        items_add(&items, (double)(i % 2), i, i == 5, 0);
    partition = (struct partition){ .label = items.category, .label_count = 2, .of = of, .part_count = 2 };
    items_estimate_parts(&items, &partition, 0.95, parts);
    macro = items_macro(&items, &partition, parts, both);
    NEAR(macro.mean, 0.7);
    assert_true(isnan(macro.se));
    items_gather_clusters(&items, 6);
    partition.label = items.category;
    assert_true(isnan(items_macro(&items, &partition, parts, both).se));
    items_free(&items);
}

static void test_items_parts_by_cluster_leave_the_lone_out(void **state)
{
    struct items items = { .epochs = 1 };
    struct estimate parts[2] = { 0 };
    struct partition clusters;

    (void)state;
    items_add(&items, 1, ITEM_NOWHERE, ITEM_NOWHERE, 0);
    items_add(&items, 1, 1, ITEM_NOWHERE, 0);
    items_add(&items, 0, 0, ITEM_NOWHERE, 0);
    items_add(&items, 0, 1, ITEM_NOWHERE, 0);
    items_gather_clusters(&items, 2);
    clusters = (struct partition){ .label = items.cluster, .label_count = 2, .part_count = 2 };
    items_estimate_parts(&items, &clusters, 0.95, parts);
    assert_int_equal(parts[0].count, 1);
    NEAR(parts[0].mean, 0);
    assert_int_equal(parts[1].count, 2);
    NEAR(parts[1].mean, 0.5);
    items_free(&items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_items_estimate_parts_level_by_level),
        cmocka_unit_test(test_items_macro_counts_each_category_the_same),
        cmocka_unit_test(test_items_macro_knows_clusters_that_reach_over_categories),
        cmocka_unit_test(test_items_macro_of_a_lone_question_has_no_error),
        cmocka_unit_test(test_items_parts_by_cluster_leave_the_lone_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
