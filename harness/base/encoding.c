#include "harness/base/encoding.h"

#include <stdbool.h>
#include <string.h>

#include "harness/base/text.h"

/* Enough of a text to see whether every second byte is NUL. */
#define LOOK_BYTES 64

/* Where the first byte stands that is not of UTF-8, or is NUL; length: nowhere. */
static size_t find_bad(const char *text, size_t length)
{
    for (size_t at = text_plain_length(text, length); at < length; at += text_plain_length(text + at, length - at)) {
        uint32_t code;
        size_t taken = text_decode(text + at, length - at, &code);

        if (code == UINT32_MAX || code == 0)
            return at;
        at += taken;
    }
    return length;
}

/* By its mark; without one by its NULs, which stand beside Latin letters, all at odd places or all at even ones. */
static bool looks_like_utf16(const char *text, size_t length)
{
    size_t nuls[2] = { 0, 0 };

    if (length >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0))
        return true;
    length = length < LOOK_BYTES ? length : LOOK_BYTES;
    for (size_t i = 0; i < length; i++)
        nuls[i % 2] += text[i] == '\0';
    return (nuls[0] == 0) != (nuls[1] == 0) && (nuls[0] + nuls[1]) * 3 >= length;
}

int encoding_check(const char *text, size_t length, struct err *err)
{
    size_t bad = find_bad(text, length), line = 1;

    if (bad == length)
        return 0;
    for (size_t i = 0; i < bad; i++)
        line += text[i] == '\n';
    if (looks_like_utf16(text, length))
        return err_set_code(err, EXIT_BAD_DATA, "line %zu: not UTF-8: the file looks like UTF-16; save it as UTF-8", line);
    if (text[bad] == '\0')
        return err_set_code(err, EXIT_BAD_DATA, "line %zu: a NUL byte; expected text in UTF-8", line);
    return err_set_code(err, EXIT_BAD_DATA, "line %zu: not UTF-8: the byte 0x%02x stands where a character should; save the "
                        "file as UTF-8", line, (unsigned)(unsigned char)text[bad]);
}
