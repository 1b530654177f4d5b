#include "tasks/image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/arena.h"
#include "harness/base/base64.h"
#include "harness/base/buf.h"
#include "harness/base/file.h"
#include "harness/base/json.h"

#define PNG "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

struct stage {
    char folder[64];
    struct arena *arena;
    struct images *images;
    struct json_doc *doc;
    struct err err;
};

static int stage_open(void **state)
{
    struct stage *stage = test_calloc(1, sizeof *stage);

    strcpy(stage->folder, "/tmp/vernier-image-XXXXXX");
    assert_non_null(mkdtemp(stage->folder));
    stage->arena = arena_new();
    stage->images = images_new(stage->arena);
    stage->err = (struct err)ERR_INIT;
    *state = stage;
    return 0;
}

static int stage_close(void **state)
{
    struct stage *stage = *state;

    json_free(stage->doc);
    images_free(stage->images);
    arena_free(stage->arena);
    rmdir(stage->folder);
    test_free(stage);
    return 0;
}

static const struct image *add(struct stage *stage, const char *cell)
{
    json_free(stage->doc);
    stage->doc = json_parse(cell, strlen(cell), &stage->err);
    assert_non_null(stage->doc);
    return images_add(stage->images, stage->folder, json_root(stage->doc), &stage->err);
}

/* Adds a file of these bytes as "a.png", which goes away again. */
static const struct image *add_file(struct stage *stage, const void *data, size_t length)
{
    const char *path = file_join(stage->arena, stage->folder, "a.png");
    const struct image *image;

    assert_int_equal(file_write(path, data, length, true, &stage->err), 0);
    image = add(stage, "\"a.png\"");
    unlink(path);
    return image;
}

static void test_images_add_keeps_the_same_picture_once(void **state)
{
    struct stage *stage = *state;
    const struct image *image = add(stage, "{\"bytes\": \"" PNG "\", \"path\": null}");
    struct buf bytes;

    assert_non_null(image);
    assert_string_equal(image->media_type, "image/png");
    assert_string_equal(image->base64, PNG);
    assert_int_equal(image->size_bytes, 70);
    assert_int_equal(strlen(image->sha256), 64);
    assert_ptr_equal(add(stage, "\"data:image/jpeg;base64," PNG "\""), image);
    buf_init(&bytes, 0);
    assert_int_equal(base64_decode(PNG, &bytes), 0);
    assert_ptr_equal(add_file(stage, bytes.data, bytes.length), image);
    bytes.data[20]++;
    assert_ptr_not_equal(add_file(stage, bytes.data, bytes.length), image);
    buf_fini(&bytes);
}

static void test_images_add_tells_kinds_by_their_bytes(void **state)
{
    static const struct { const char *bytes; size_t length; const char *type; } CASES[] = {
        { "\xff\xd8\xff\xe0 jpeg \xff\xd9", 12, "image/jpeg" },
        { "GIF89a and so on", 16, "image/gif" },
        { "RIFF\1\2\3\4WEBPVP8 ", 16, "image/webp" },
    };

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const struct image *image = add_file(*state, CASES[i].bytes, CASES[i].length);
        assert_non_null(image);
        assert_string_equal(image->media_type, CASES[i].type);
    }
}

static void expect(struct stage *stage, const struct image *image, const char *why)
{
    assert_null(image);
    assert_int_equal(stage->err.code, EXIT_BAD_DATA);
    if (strstr(stage->err.text, why) == NULL)
        fail_msg("expected \"%s\" in: %s", why, stage->err.text);
}

static void test_images_add_refuses_what_is_no_picture(void **state)
{
    struct stage *stage = *state;
    char *large = calloc(1, IMAGE_BYTES_MAX + 1);

    expect(stage, add(stage, "\"missing.png\""), "missing.png: No such file");
    expect(stage, add_file(stage, "hello", 5), "a.png: expected a picture");
    expect(stage, add_file(stage, "", 0), "a.png: expected a picture");
    expect(stage, add_file(stage, "\x89PNG\r\n\x1a\n and no end", 20), "a.png: expected a whole picture");
    expect(stage, add_file(stage, large, IMAGE_BYTES_MAX + 1), "a.png: longer than 20971520 bytes");
    expect(stage, add(stage, "{\"bytes\": \"%%%\"}"), "expected base64");
    expect(stage, add(stage, "{\"src\": \"https://host/x.png\", \"height\": 1}"), "addresses are not fetched");
    expect(stage, add(stage, "\"https://host/x.png\""), "addresses are not fetched");
    expect(stage, add(stage, "7"), "expected a file's path");
    expect(stage, add(stage, "\".\""), "is a folder");
    free(large);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, stage_open, stage_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_images_add_keeps_the_same_picture_once),
        TEST(test_images_add_tells_kinds_by_their_bytes),
        TEST(test_images_add_refuses_what_is_no_picture),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
