#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "harness/base/encoding.h"

#define TEXT(literal) literal, sizeof literal - 1

static const struct { const char *text; size_t length; const char *expected; } TABLE[] = {
    { TEXT(""), NULL },
    { TEXT("\xef\xbb\xbf{\"a\": \"K\xc3\xb6ln \xf0\x9f\x8e\x89\"}\n"), NULL },
    { TEXT("id,q\n1,K\xf6ln\n"), "line 2: not UTF-8: the byte 0xf6 stands where a character should; save the file as UTF-8" },
    { TEXT("a\n\nK\xc3"), "line 3: not UTF-8: the byte 0xc3 stands where a character should; save the file as UTF-8" },
    { TEXT("\xed\xa0\x80"), "line 1: not UTF-8: the byte 0xed stands where a character should; save the file as UTF-8" },
    { TEXT("id,q\n1,a\0b\n"), "line 2: a NUL byte; expected text in UTF-8" },
    { TEXT("\xff\xfei\0d\0"), "line 1: not UTF-8: the file looks like UTF-16; save it as UTF-8" },
    { TEXT("\xfe\xff\0i\0d"), "line 1: not UTF-8: the file looks like UTF-16; save it as UTF-8" },
    { TEXT("i\0d\0,\0q\0\n\0"), "line 1: not UTF-8: the file looks like UTF-16; save it as UTF-8" },
    { TEXT("\0i\0d\0,\0q\0\n"), "line 1: not UTF-8: the file looks like UTF-16; save it as UTF-8" },
};

static void test_encoding_check_names_line_and_fault(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
        struct err err = ERR_INIT;

        assert_int_equal(encoding_check(TABLE[i].text, TABLE[i].length, &err), TABLE[i].expected == NULL ? 0 : -1);
        assert_string_equal(err.text, TABLE[i].expected != NULL ? TABLE[i].expected : "");
        assert_int_equal(err.code, TABLE[i].expected != NULL ? EXIT_BAD_DATA : EXIT_INTERNAL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encoding_check_names_line_and_fault),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
