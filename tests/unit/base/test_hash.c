#include "harness/base/err.h"
#include "harness/base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static void test_hash_sha256_hex_agrees_with_fips_180(void **state)
{
    char hex[HASH_HEX_SIZE];

    (void)state;
    hash_sha256_hex("", 0, hex);
    assert_string_equal(hex, EMPTY);
    hash_sha256_hex("abc", 3, hex);
    assert_string_equal(hex, ABC);
    hash_sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, hex);
    assert_string_equal(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void test_hash_sha256_gives_the_bytes(void **state)
{
    unsigned char digest[32];

    (void)state;
    hash_sha256("abc", 3, digest);
    assert_int_equal(digest[0], 0xba);
    assert_int_equal(digest[31], 0xad);
}

static void test_hash_hex_may_be_asked_in_between(void **state)
{
    struct hash hash;
    char hex[HASH_HEX_SIZE];

    (void)state;
    hash_init(&hash);
    hash_hex(&hash, hex);
    assert_string_equal(hex, EMPTY);
    hash_add(&hash, "a", 1);
    hash_hex(&hash, hex);
    hash_add(&hash, "bc", 2);
    hash_hex(&hash, hex);
    assert_string_equal(hex, ABC);
    hash_hex(&hash, hex);
    assert_string_equal(hex, ABC);
}

static void test_hash_string_keeps_borders(void **state)
{
    struct hash one, other;
    char one_hex[HASH_HEX_SIZE], other_hex[HASH_HEX_SIZE];

    (void)state;
    hash_init(&one);
    hash_string(&one, "ab");
    hash_string(&one, "c");
    hash_hex(&one, one_hex);
    hash_init(&other);
    hash_string(&other, "a");
    hash_string(&other, "bc");
    hash_hex(&other, other_hex);
    assert_string_not_equal(one_hex, other_hex);
}

static void test_hash_int_is_eight_bytes_little_end_first(void **state)
{
    struct hash hash;
    char hex[HASH_HEX_SIZE], expected[HASH_HEX_SIZE];

    (void)state;
    hash_init(&hash);
    hash_int(&hash, -2);
    hash_int(&hash, 0x0102);
    hash_hex(&hash, hex);
    hash_sha256_hex("\xfe\xff\xff\xff\xff\xff\xff\xff\x02\x01\0\0\0\0\0\0", 16, expected);
    assert_string_equal(hex, expected);
}

static void test_hash_file_is_the_hash_of_its_bytes(void **state)
{
    char path[] = "/tmp/hashXXXXXX", hex[HASH_HEX_SIZE], expected[HASH_HEX_SIZE];
    struct err err = ERR_INIT;
    int64_t size = 0;
    int fd = mkstemp(path);

    (void)state;
    assert_int_equal(3, write(fd, "a\0b", 3));
    close(fd);
    assert_int_equal(0, hash_file(path, hex, &size, &err));
    hash_sha256_hex("a\0b", 3, expected);
    assert_string_equal(expected, hex);
    assert_int_equal(3, size);
    unlink(path);
    assert_int_equal(-1, hash_file(path, hex, &size, &err));
    assert_non_null(strstr(err.text, path));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hash_sha256_hex_agrees_with_fips_180),
        cmocka_unit_test(test_hash_sha256_gives_the_bytes),
        cmocka_unit_test(test_hash_hex_may_be_asked_in_between),
        cmocka_unit_test(test_hash_string_keeps_borders),
        cmocka_unit_test(test_hash_int_is_eight_bytes_little_end_first),
        cmocka_unit_test(test_hash_file_is_the_hash_of_its_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
