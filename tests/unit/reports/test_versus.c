#include "reports/versus.h"

#include <math.h>

#include "results/store.h"
#include "tests/unit/reports/schema.h"

static const struct run_row base = { .name = "20261121T194851Z-7f3a", .model = "fake/base" };
static const struct run_row other = { .name = "20261122T000000Z-0001", .model = "fake/\x1b[31m\"other\"" };

static void check(struct versus_line *lines, size_t count)
{
    const struct versus versus = { .base = &base, .lines = lines, .line_count = count };
    struct buf out;

    buf_init(&out, 0);
    versus_write_json(&versus, &out);
    assert_ptr_equal(strchr(out.data, '\n'), out.data + out.length - 1);
    assert_fits_schema(SOURCE_DIR "/reports/versus_schema.json", &out);
    buf_fini(&out);
}

static struct versus_line compare(const double *a, const double *b, const size_t *cluster, size_t count, bool is_single)
{
    return (struct versus_line){ .run = &other, .task = "t", .paired = count, .all = count + 1, .mean = 0.5,
                                 .base_mean = 0.25, .p_holm = 1,
                                 .comparison = pair_compare(a, b, cluster, count, is_single, 0.95, 1) };
}

static void test_versus_json_is_as_its_schema_says(void **state)
{
    static const double a[] = { 1, 1, 0, 1, 1, 1 }, b[] = { 0, 1, 0, 0.5, 0, 0 }, c[] = { 0, 1, 1, 0, 0, 0 };
    static const size_t cluster[] = { 0, 0, 1, 2, 3, 4 };
    struct versus_line lines[] = {
        compare(a, c, NULL, 6, true), compare(a, b, NULL, 6, false), compare(a, b, cluster, 6, false),
        compare(a, a, NULL, 6, true), compare(a, b, NULL, 1, true), compare(a, b, NULL, 0, true),
    };

    (void)state;
    assert_string_equal(lines[0].comparison.test, "mcnemar");
    assert_string_equal(lines[0].comparison.interval.method, "t");
    assert_string_equal(lines[1].comparison.interval.method, "bca");
    lines[5].mean = lines[5].base_mean = lines[5].p_holm = NAN;
    check(lines, 6);
    check(NULL, 0);
}

/* A p that is a bound is shown as one, and so is what Holm makes of it. */
static void test_versus_write_tells_a_bound_from_a_chance(void **state)
{
    double a[60], b[60];
    struct versus_line line;
    const struct versus versus = { .base = &base, .lines = &line, .line_count = 1 };
    struct buf out;

    (void)state;
    for (size_t i = 0; i < 60; i++) {
        a[i] = 0.75;
        b[i] = (double)(i % 3) / 4;
    }
    line = compare(a, b, NULL, 60, false);
    line.p_holm = 4 * line.comparison.p;
    buf_init(&out, 0);
    versus_write(&versus, 0, &out);
    assert_non_null(strstr(out.data, "| ≤ 0.0001 | ≤ 0.0004 |"));
    buf_clear(&out);
    versus_write_json(&versus, &out);
    assert_non_null(strstr(out.data, "\"permutations\":9999,\"p\":0.0001,\"p_is_bound\":true,"));
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_versus_json_is_as_its_schema_says),
        cmocka_unit_test(test_versus_write_tells_a_bound_from_a_chance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
