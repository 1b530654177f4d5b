#include "harness/base/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"

/* RFC 4648, section 10. */
static const char *const VECTORS[][2] = {
    { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" },
    { "foobar", "Zm9vYmFy" },
};

static void test_base64_encode_and_decode_as_the_rfc(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof VECTORS / sizeof VECTORS[0]; i++) {
        struct buf out;
        assert_string_equal(base64_encode(arena, VECTORS[i][0], strlen(VECTORS[i][0])), VECTORS[i][1]);
        buf_init(&out, 0);
        assert_int_equal(base64_decode(VECTORS[i][1], &out), 0);
        assert_string_equal(out.data, VECTORS[i][0]);
        buf_fini(&out);
    }
    arena_free(arena);
}

static void test_base64_decode_takes_back_long_bytes(void **state)
{
    struct arena *arena = arena_new();
    unsigned char bytes[100003];
    struct buf out;

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * i >> 3);
    buf_init(&out, 0);
    assert_int_equal(base64_decode(base64_encode(arena, bytes, sizeof bytes), &out), 0);
    assert_int_equal(out.length, sizeof bytes);
    assert_memory_equal(out.data, bytes, sizeof bytes);
    buf_fini(&out);
    arena_free(arena);
}

static void test_base64_decode_refuses_other_text(void **state)
{
    static const char *const BAD[] = { "Zg=", "Zg", "Z", "Zm9v!", "=", "Zg==Zg==" };

    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        struct buf out;
        buf_init(&out, 0);
        assert_int_equal(base64_decode(BAD[i], &out), -1);
        buf_fini(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base64_encode_and_decode_as_the_rfc),
        cmocka_unit_test(test_base64_decode_takes_back_long_bytes),
        cmocka_unit_test(test_base64_decode_refuses_other_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
