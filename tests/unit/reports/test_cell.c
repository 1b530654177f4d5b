#include "reports/cell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <sqlite3.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"

/* Of tests with so many questions at most. */
#define QUESTIONS_MAX 200

static void test_cell_percent_rounds_halves_away_from_0(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    assert_string_equal(cell_percent(arena, "", 0.0625), "6.3");
    assert_string_equal(cell_percent(arena, "", 0.1235), "12.4");      /* a double a little below */
    assert_string_equal(cell_percent(arena, "", 0.12349), "12.3");
    assert_string_equal(cell_percent(arena, "", 1), "100.0");
    assert_string_equal(cell_percent(arena, "", 0), "0.0");
    assert_string_equal(cell_percent(arena, "", NAN), CELL_DASH);
    assert_true(cell_points(-0.0625) <= -6.3);
    assert_string_equal(cell_interval(arena, &(struct interval){ "t", 0.0625, 0.9375 }), "[6.3, 93.8]");
    arena_free(arena);
}

/* What the README's query shows of the view `results`, for each score that so many questions can have. */
static void test_cell_percent_is_what_sqlite_rounds_to(void **state)
{
    static const char SQL[] =
        "WITH RECURSIVE count (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM count WHERE n < ?1)"
        "SELECT 1.0 * right.n / n.n, printf('%.1f', round(100 * (1.0 * right.n / n.n), 1))"
        "  FROM count n JOIN count AS right ON right.n <= n.n WHERE n.n > 0";
    struct arena *arena = arena_new();
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    size_t seen = 0;

    (void)state;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, SQL, -1, &statement, NULL), SQLITE_OK);
    sqlite3_bind_int(statement, 1, QUESTIONS_MAX);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        const char *shown = cell_percent(arena, "", sqlite3_column_double(statement, 0));
        if (strcmp(shown, (const char *)sqlite3_column_text(statement, 1)) != 0)
            fail_msg("%.17g is shown as %s, by SQLite as %s", sqlite3_column_double(statement, 0), shown,
                     (const char *)sqlite3_column_text(statement, 1));
        seen++;
    }
    assert_int_equal(seen, QUESTIONS_MAX * (QUESTIONS_MAX + 3) / 2);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    arena_free(arena);
}

static void test_cell_signed_has_no_sign_where_it_rounds_to_0(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    assert_string_equal(cell_signed(arena, -0.0003), "0.0");
    assert_string_equal(cell_signed(arena, 0.0003), "0.0");
    assert_string_equal(cell_signed(arena, -0.0), "0.0");
    assert_string_equal(cell_signed(arena, -0.0005), "-0.1");
    assert_string_equal(cell_signed(arena, 0.031), "+3.1");
    assert_string_equal(cell_signed(arena, NAN), CELL_DASH);
    assert_string_equal(cell_percent(arena, "", -0.0003), "0.0");
    arena_free(arena);
}

static void test_cell_add_wrapped_keeps_within_its_width(void **state)
{
    static const char TEXT[] = "- ten words of which some are longer than the others, and a last";
    struct buf out;

    (void)state;
    buf_init(&out, 0);
    cell_add_wrapped(&out, TEXT, 2, 0);
    assert_int_equal(strcspn(out.data, "\n"), strlen(TEXT));
    buf_clear(&out);
    cell_add_wrapped(&out, TEXT, 2, 50);
    assert_string_equal(out.data, "- ten words of which some are longer than the\n  others, and a last\n");
    buf_clear(&out);
    cell_add_wrapped(&out, TEXT, 2, 1);
    assert_string_equal(out.data, "- ten words of which some are longer\n  than the others, and a last\n");
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cell_percent_rounds_halves_away_from_0),
        cmocka_unit_test(test_cell_percent_is_what_sqlite_rounds_to),
        cmocka_unit_test(test_cell_signed_has_no_sign_where_it_rounds_to_0),
        cmocka_unit_test(test_cell_add_wrapped_keeps_within_its_width),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
