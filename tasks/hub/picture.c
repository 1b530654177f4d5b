#include "tasks/hub/picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/file.h"
#include "harness/base/hash.h"
#include "harness/base/mem.h"

struct bytes { const unsigned char *data; size_t length; };

/* length bytes at offset as one number, the most telling byte first or last; 0 past the end. */
static uint32_t big(struct bytes bytes, size_t offset, size_t length)
{
    uint32_t value = 0;

    for (size_t i = 0; i < length && offset + length <= bytes.length; i++)
        value = value << 8 | bytes.data[offset + i];
    return value;
}

static uint32_t little(struct bytes bytes, size_t offset, size_t length)
{
    uint32_t value = 0;

    for (size_t i = length; i > 0 && offset + length <= bytes.length; i--)
        value = value << 8 | bytes.data[offset + i - 1];
    return value;
}

/* The first chunk says how large it is (https://www.w3.org/TR/png/), the last has no content. */
static bool look_png(struct bytes bytes, struct picture *out)
{
    out->width = big(bytes, 16, 4);
    out->height = big(bytes, 20, 4);
    return bytes.length >= 45 && memcmp(bytes.data + 12, "IHDR", 4) == 0 &&
           memmem(bytes.data + 33, bytes.length - 33, "IEND\xae\x42\x60\x82", 8) != NULL;
}

/* Segments FF kind length...; the frame's kinds are C0 to CF but C4, C8 and CC (ITU T.81). Cameras add to the end. */
static bool look_jpeg(struct bytes bytes, struct picture *out)
{
    size_t at = 2;

    while (at + 9 <= bytes.length && bytes.data[at] == 0xff) {
        unsigned kind = bytes.data[at + 1];
        if (kind >= 0xc0 && kind <= 0xcf && kind != 0xc4 && kind != 0xc8 && kind != 0xcc) {
            out->height = big(bytes, at + 5, 2);
            out->width = big(bytes, at + 7, 2);
            return memmem(bytes.data + at, bytes.length - at, "\xff\xd9", 2) != NULL;
        }
        at += kind == 0xff ? 1 : 2 + big(bytes, at + 2, 2);
    }
    return false;
}

static bool look_gif(struct bytes bytes, struct picture *out)
{
    out->width = little(bytes, 6, 2);
    out->height = little(bytes, 8, 2);
    return bytes.length > 13 && bytes.data[bytes.length - 1] == ';';
}

/* Three forms (https://developers.google.com/speed/webp/docs/riff_container); RIFF says how long the whole is. */
static bool look_webp(struct bytes bytes, struct picture *out)
{
    if (bytes.length < 30 || (size_t)little(bytes, 4, 4) + 8 > bytes.length)
        return false;
    if (memcmp(bytes.data + 12, "VP8X", 4) == 0) {
        out->width = little(bytes, 24, 3) + 1;
        out->height = little(bytes, 27, 3) + 1;
    } else if (memcmp(bytes.data + 12, "VP8L", 4) == 0) {
        out->width = (little(bytes, 21, 4) & 0x3fff) + 1;
        out->height = (little(bytes, 21, 4) >> 14 & 0x3fff) + 1;
    } else {
        out->width = little(bytes, 26, 2) & 0x3fff;
        out->height = little(bytes, 28, 2) & 0x3fff;
    }
    return true;
}

static const struct kind {
    const char *begin;
    size_t length;
    const char *ending;
    bool (*look)(struct bytes bytes, struct picture *out);      /* false: cut short */
} KINDS[] = {
    { "\x89PNG\r\n\x1a\n", 8, "png", look_png }, { "\xff\xd8\xff", 3, "jpg", look_jpeg },
    { "GIF8", 4, "gif", look_gif }, { "RIFF", 4, "webp", look_webp },
};

static const struct kind *find_kind(struct bytes bytes)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
        if (bytes.length >= KINDS[i].length && memcmp(bytes.data, KINDS[i].begin, KINDS[i].length) == 0)
            return &KINDS[i];
    return NULL;
}

int picture_look(const char *data, size_t length, struct picture *out, struct err *err)
{
    struct bytes bytes = { (const unsigned char *)data, length };
    const struct kind *kind = find_kind(bytes);

    if (length > PICTURE_BYTES_MAX)
        return err_set_code(err, EXIT_BAD_DATA, "expected a picture of %zu MiB at most, found %zu bytes",
                            PICTURE_BYTES_MAX >> 20, length);
    if (kind == NULL)
        return err_set_code(err, EXIT_BAD_DATA, "expected a picture (PNG, JPEG, GIF, WebP), found other bytes");
    *out = (struct picture){ .ending = kind->ending };
    if (!kind->look(bytes, out))
        return err_set_code(err, EXIT_BAD_DATA, "expected a whole picture, found one cut short (%s)", kind->ending);
    if (out->width == 0 || out->height == 0 || out->width > PICTURE_SIDE_MAX || out->height > PICTURE_SIDE_MAX ||
        (uint64_t)out->width * out->height > PICTURE_PIXELS_MAX)
        return err_set_code(err, EXIT_BAD_DATA, "expected a picture of at most %d pixels a side, and %d million in "
                            "all, found one of %u x %u", PICTURE_SIDE_MAX, PICTURE_PIXELS_MAX / 1000000, out->width,
                            out->height);
    return 0;
}

static int write_whole(const char *path, const char *bytes, size_t length, struct err *err)
{
    size_t size = strlen(path) + 24;
    char *part = xmalloc(size);
    int status;

    snprintf(part, size, "%s.%d", path, (int)getpid());
    status = file_write(part, bytes, length, false, err);
    if (status == 0 && (chmod(part, 0600) < 0 || rename(part, path) < 0))
        status = err_set_code(err, EXIT_STORE, "%s: cannot be put in its place", path);
    if (status < 0)
        unlink(part);
    free(part);
    return status;
}

int picture_keep(const char *folder, const char *bytes, size_t length, char name[PICTURE_NAME_SIZE], struct err *err)
{
    char sha256[HASH_HEX_SIZE];
    struct picture picture;
    struct stat there;
    size_t path_size;
    char *path;
    int status = 0;

    if (picture_look(bytes, length, &picture, err) < 0)
        return -1;
    hash_sha256_hex(bytes, length, sha256);
    snprintf(name, PICTURE_NAME_SIZE, "%s.%s", sha256, picture.ending);
    path_size = strlen(folder) + PICTURE_NAME_SIZE + 1;
    path = xmalloc(path_size);
    snprintf(path, path_size, "%s/%s", folder, name);
    if (stat(path, &there) < 0 || (size_t)there.st_size != length)
        status = write_whole(path, bytes, length, err);
    free(path);
    return status;
}
