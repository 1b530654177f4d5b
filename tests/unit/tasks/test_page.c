/* Pages of the rows service: those that can be used, those worth another try, those that cannot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "harness/base/json.h"
#include "tasks/hub/page.h"

#define ROW(index) "{\"row_idx\":" index ",\"row\":{\"id\":" index "},\"truncated_cells\":[]}"

static void test_page_parse_takes_a_page(void **state)
{
    static const char TEXT[] = "{\"features\":[],\"rows\":[" ROW("2") "," ROW("3") "],\"num_rows_total\":9,\"partial\":false}";
    struct err err = ERR_INIT;
    struct page page;
    int64_t id;

    (void)state;
    assert_int_equal(0, page_parse(TEXT, strlen(TEXT), 2, 100, &page, &err));
    assert_int_equal(2, page.count);
    assert_int_equal(9, page.total);
    assert_null(page.cut_cell);
    assert_true(json_get_int64(json_get(page_first(&page), "row"), "id", &id) && id == 2);
    page_free(&page);
}

static void test_page_parse_names_what_is_cut(void **state)
{
    static const char TEXT[] = "{\"rows\":[" ROW("0") ",{\"row_idx\":1,\"row\":{},\"truncated_cells\":[\"question\"]}],"
                               "\"num_rows_total\":2}";
    struct err err = ERR_INIT;
    struct page page;

    (void)state;
    assert_int_equal(0, page_parse(TEXT, strlen(TEXT), 0, 100, &page, &err));
    assert_string_equal("question", page.cut_cell);
    assert_int_equal(1, page.cut_row);
    page_free(&page);
}

static const struct bad { const char *text; enum exit_code code; const char *words; } BAD[] = {
    { "<html>", EXIT_UNAVAILABLE, "line 1" },
    { "{\"rows\":[" ROW("0") "],\"num_ro", EXIT_UNAVAILABLE, "line 1" },
    { "{\"error\":\"no\"}", EXIT_UNAVAILABLE, "expected \"rows\" and \"num_rows_total\"" },
    { "{\"rows\":[" ROW("0") "],\"num_rows_total\":-1}", EXIT_UNAVAILABLE, "expected \"rows\"" },
    { "{\"rows\":[" ROW("1") "],\"num_rows_total\":9}", EXIT_UNAVAILABLE, "expected row 0, found row 1" },
    { "{\"rows\":[" ROW("0") "," ROW("0") "],\"num_rows_total\":9}", EXIT_UNAVAILABLE, "expected row 1, found row 0" },
    { "{\"rows\":[" ROW("0") "," ROW("1") "," ROW("2") "],\"num_rows_total\":9}", EXIT_UNAVAILABLE, "found 3 rows" },
    { "{\"rows\":[],\"num_rows_total\":9}", EXIT_UNAVAILABLE, "found 0 rows" },
    { "{\"rows\":[" ROW("0") "],\"num_rows_total\":0}", EXIT_UNAVAILABLE, "of 0, found 1 rows" },
    { "{\"rows\":[{\"row_idx\":0,\"row\":7}],\"num_rows_total\":9}", EXIT_UNAVAILABLE,
      "expected \"row_idx\" and \"row\"" },
    { "{\"rows\":[" ROW("0") "],\"num_rows_total\":9,\"partial\":true}", EXIT_BAD_DATA, "only a part" },
};

static void test_page_parse_says_what_is_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        struct err err = ERR_INIT;
        struct page page;

        assert_int_equal(-1, page_parse(BAD[i].text, strlen(BAD[i].text), 0, 2, &page, &err));
        assert_int_equal(BAD[i].code, err.code);
        assert_non_null(strstr(err.text, BAD[i].words));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_page_parse_takes_a_page),
        cmocka_unit_test(test_page_parse_names_what_is_cut),
        cmocka_unit_test(test_page_parse_says_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
