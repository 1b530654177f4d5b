#include "tasks/pylist.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "harness/base/arena.h"

static void test_pylist_reads_what_python_writes(void **state)
{
    static const struct { const char *text, *items[5]; } CASES[] = {
        { "['$6', '$7']", { "$6", "$7" } },
        { "['red', \"artist's blue\", 'a\\'b']", { "red", "artist's blue", "a'b" } },
        { "[]", { NULL } },
        { " [ 'a' , 'b', ] ", { "a", "b" } },
        { "['\\n\\t\\\\', '\\x41\\u00e9\\U0001f600']", { "\n\t\\", "A\xc3\xa9\xf0\x9f\x98\x80" } },
        { "['\\frac{1}{2}', '\\alpha']", { "\\frac{1}{2}", "\\alpha" } },
        { "[<image 1>, 2.5 , '']", { "<image 1>", "2.5", "" } },
        { "[\"a\\\"b\", 'c,]']", { "a\"b", "c,]" } },
    };
    struct arena *arena = arena_new();
    struct err err = ERR_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const char **items;
        size_t count, n = 0;
        if (pylist_parse(arena, CASES[i].text, &items, &count, &err) < 0)
            fail_msg("%s: %s", CASES[i].text, err.text);
        for (; CASES[i].items[n] != NULL; n++)
            assert_string_equal(items[n], CASES[i].items[n]);
        assert_int_equal(count, n);
    }
    arena_free(arena);
}

static void test_pylist_refuses_faults_by_character(void **state)
{
    static const struct { const char *text, *why; } CASES[] = {
        { "", "character 1: expected a list in brackets" },
        { "'a'", "character 1: expected a list" },
        { "['a'", "character 5: expected \",\" or \"]\"" },
        { "['a", "character 4: expected a closing quote" },
        { "['a\\", "character 5: expected a character after the backslash" },
        { "['a' 'b']", "character 6: expected \",\" or \"]\"" },
        { "['a',,'b']", "character 6: expected an item" },
        { "['\\xg0']", "character 4: expected hexadecimal digits" },
        { "['a'] b", "character 7: expected nothing after the list" },
        { "[a", "character 2: expected \"]\"" },
    };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct err err = ERR_INIT;
        const char **items;
        size_t count;
        assert_int_equal(pylist_parse(arena, CASES[i].text, &items, &count, &err), -1);
        if (strstr(err.text, CASES[i].why) == NULL)
            fail_msg("%s: expected \"%s\" in: %s", CASES[i].text, CASES[i].why, err.text);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pylist_reads_what_python_writes),
        cmocka_unit_test(test_pylist_refuses_faults_by_character),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
