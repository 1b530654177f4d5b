/* Pictures by their bytes: kinds, sizes, cut ones, and those that claim too much. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "tasks/hub/picture.h"

#define PNG(width, height) "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR" width height "\x08\0\0\0\0\1\2\3\4"
#define PNG_END "\0\0\0\0IEND\xae\x42\x60\x82"
#define BYTES(text) (text), sizeof (text) - 1

static const struct good { const char *bytes; size_t length; const char *ending; uint32_t width, height; } GOOD[] = {
    { BYTES(PNG("\0\0\0\3", "\0\0\0\5") PNG_END), "png", 3, 5 },
    { BYTES("\xff\xd8\xff\xe0\0\4ab\xff\xc2\0\x0b\x08\0\5\0\3xxxxx\xff\xd9"), "jpg", 3, 5 },
    { BYTES("GIF89a\3\0\5\0xxxxx;"), "gif", 3, 5 },
    { BYTES("RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\2\0\0\4\0\0"), "webp", 3, 5 },
    { BYTES("RIFF\x16\0\0\0WEBPVP8 \x0a\0\0\0xxx\x9d\1\x2a\3\0\5\0"), "webp", 3, 5 },
};

static void test_picture_look_knows_its_kinds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
        struct err err = ERR_INIT;
        struct picture picture;
        assert_int_equal(0, picture_look(GOOD[i].bytes, GOOD[i].length, &picture, &err));
        assert_string_equal(GOOD[i].ending, picture.ending);
        assert_int_equal(GOOD[i].width, picture.width);
        assert_int_equal(GOOD[i].height, picture.height);
    }
}

/* Cut after any byte it is no whole picture; where it is cut late enough for its kind to be seen, that is said. */
static void test_picture_look_refuses_what_was_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++)
        for (size_t length = 0; length < GOOD[i].length; length++) {
            struct err err = ERR_INIT;
            struct picture picture;
            char *copy = malloc(length + 1);      /* so that a sanitizer sees what is read past it */
            memcpy(copy, GOOD[i].bytes, length);
            assert_int_equal(-1, picture_look(copy, length, &picture, &err));
            assert_int_equal(EXIT_BAD_DATA, err.code);
            assert_non_null(strstr(err.text, length < 8 ? "expected" : "cut short"));
            free(copy);
        }
}

static void test_picture_look_refuses_what_no_one_can_see(void **state)
{
    static const struct { const char *bytes; size_t length; const char *words; } BAD[] = {
        { BYTES(PNG("\0\0\0\0", "\0\0\0\5") PNG_END), "found one of 0 x 5" },
        { BYTES(PNG("\0\0\xff\xff", "\0\0\0\5") PNG_END), "found one of 65535 x 5" },
        { BYTES(PNG("\0\0\x70\0", "\0\0\x70\0") PNG_END), "200 million in all" },
        { BYTES("<html>expired</html>"), "found other bytes" },
        { BYTES("\xff\xd8\xff\xda\0\4ab\xff\xd9zzzzzzzzzz"), "cut short" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        struct err err = ERR_INIT;
        struct picture picture;
        assert_int_equal(-1, picture_look(BAD[i].bytes, BAD[i].length, &picture, &err));
        assert_non_null(strstr(err.text, BAD[i].words));
    }
}

static void test_picture_keep_names_it_by_its_hash(void **state)
{
    char folder[] = "/tmp/pictureXXXXXX", name[PICTURE_NAME_SIZE], again[PICTURE_NAME_SIZE], path[128];
    struct err err = ERR_INIT;
    struct stat there;

    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(0, picture_keep(folder, GOOD[0].bytes, GOOD[0].length, name, &err));
    assert_int_equal(0, picture_keep(folder, GOOD[0].bytes, GOOD[0].length, again, &err));
    assert_string_equal(name, again);
    assert_int_equal(68, strlen(name));
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(0, stat(path, &there));
    assert_int_equal(0600, there.st_mode & 0777);
    assert_int_equal(GOOD[0].length, there.st_size);
    unlink(path);
    assert_int_equal(-1, picture_keep(folder, "x", 1, name, &err));
    assert_int_equal(0, rmdir(folder));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_picture_look_knows_its_kinds),
        cmocka_unit_test(test_picture_look_refuses_what_was_cut),
        cmocka_unit_test(test_picture_look_refuses_what_no_one_can_see),
        cmocka_unit_test(test_picture_keep_names_it_by_its_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
