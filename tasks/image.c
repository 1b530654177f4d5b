#include "tasks/image.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "harness/base/arena.h"
#include "harness/base/base64.h"
#include "harness/base/buf.h"
#include "harness/base/file.h"
#include "harness/base/hash.h"
#include "harness/base/json.h"
#include "harness/base/mem.h"

struct known {
    struct image image;             /* its data is the arena's */
    UT_hash_handle hh;              /* by sha256 */
};

struct images {
    struct arena *arena;
    struct known *known;
};

struct images *images_new(struct arena *arena)
{
    struct images *images = xcalloc(1, sizeof *images);

    images->arena = arena;
    return images;
}

void images_free(struct images *images)
{
    if (images != NULL)
        HASH_CLEAR(hh, images->known);
    free(images);
}

/* By its first bytes, never by its name. NULL when it is no picture that models are shown. */
static const char *media_type(const struct buf *bytes)
{
    static const struct { const char *begin; size_t length; const char *type; } KINDS[] = {
        { "\x89PNG\r\n\x1a\n", 8, "image/png" }, { "\xff\xd8\xff", 3, "image/jpeg" }, { "GIF87a", 6, "image/gif" },
        { "GIF89a", 6, "image/gif" },
    };

    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
        if (bytes->length >= KINDS[i].length && memcmp(bytes->data, KINDS[i].begin, KINDS[i].length) == 0)
            return KINDS[i].type;
    if (bytes->length >= 12 && memcmp(bytes->data, "RIFF", 4) == 0 && memcmp(bytes->data + 8, "WEBP", 4) == 0)
        return "image/webp";
    return NULL;
}

/* A picture cut short has no end: PNG's last chunk, JPEG's last marker. */
static bool is_whole(const struct buf *bytes, const char *type)
{
    if (strcmp(type, "image/png") == 0)
        return memmem(bytes->data, bytes->length, "IEND", 4) != NULL;
    if (strcmp(type, "image/jpeg") == 0)
        return memmem(bytes->data, bytes->length, "\xff\xd9", 2) != NULL;
    return true;
}

static const struct image *keep(struct images *images, const struct buf *bytes, const char *type)
{
    struct known *known;
    char sha256[HASH_HEX_SIZE];

    hash_sha256_hex(bytes->data, bytes->length, sha256);
    HASH_FIND_STR(images->known, sha256, known);
    if (known != NULL)
        return &known->image;
    known = arena_alloc(images->arena, sizeof *known);
    known->image = (struct image){ .media_type = type, .size_bytes = bytes->length,
                                   .base64 = base64_encode(images->arena, bytes->data, bytes->length) };
    memcpy(known->image.sha256, sha256, sizeof sha256);
    HASH_ADD_STR(images->known, image.sha256, known);
    return &known->image;
}

static const struct image *look(struct images *images, const struct buf *bytes, const char *name, struct err *err)
{
    const char *type = media_type(bytes);

    if (bytes->cut)
        err_set_code(err, EXIT_BAD_DATA, "%s: expected %zu MiB at most, found more", name, IMAGE_BYTES_MAX >> 20);
    else if (type == NULL)
        err_set_code(err, EXIT_BAD_DATA, "%s: expected a picture (PNG, JPEG, GIF, WebP), found other bytes", name);
    else if (!is_whole(bytes, type))
        err_set_code(err, EXIT_BAD_DATA, "%s: expected a whole picture, found one cut short", name);
    else
        return keep(images, bytes, type);
    return NULL;
}

static const struct image *decode(struct images *images, const char *base64, struct err *err)
{
    const struct image *image = NULL;
    struct buf bytes;

    buf_init(&bytes, IMAGE_BYTES_MAX);
    if (base64_decode(base64, &bytes) < 0 && !bytes.cut)
        err_set_code(err, EXIT_BAD_DATA, "expected base64, found other characters or too few");
    else
        image = look(images, &bytes, "the bytes", err);
    buf_fini(&bytes);
    return image;
}

/* The cache names a picture by the hash of its bytes: under such a name others are none. */
static bool was_changed(const char *path, const struct image *image)
{
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;

    return strspn(name, "0123456789abcdef") == HASH_HEX_SIZE - 1 && strncmp(name, image->sha256, HASH_HEX_SIZE - 1) != 0;
}

static const struct image *load(struct images *images, const char *path, struct err *err)
{
    const struct image *image = NULL;
    struct buf bytes;

    buf_init(&bytes, IMAGE_BYTES_MAX);
    if (file_read(path, &bytes, err) == 0)
        image = look(images, &bytes, path, err);
    buf_fini(&bytes);
    if (image == NULL || !was_changed(path, image))
        return image;
    err_set_code(err, EXIT_BAD_DATA, "%s was changed since it was fetched: its sha256 is not the one of its name", path);
    return NULL;
}

const struct image *images_add(struct images *images, const char *folder, const struct json *cell, struct err *err)
{
    const char *bytes = json_string(cell, "bytes"), *text = json_text(cell), *comma;

    if (bytes != NULL)
        return decode(images, bytes, err);
    text = text != NULL ? text : json_string(cell, "path");
    if (text != NULL && strncmp(text, "data:", 5) == 0 && (comma = strstr(text, ";base64,")) != NULL)
        return decode(images, comma + 8, err);
    if (text != NULL && strstr(text, "://") == NULL)
        return load(images, file_join(images->arena, folder, text), err);
    err_set_code(err, EXIT_BAD_DATA, "expected a file's path, a data: address or an object with \"bytes\"%s",
                 text != NULL || json_string(cell, "src") != NULL ? "; addresses are not fetched here" : "");
    return NULL;
}
